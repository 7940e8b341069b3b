#include "tray.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int tray_open(struct tray *tray, const struct options *options)
{
    const char *path = option_value(options, "out", "/dev/null");
    tray->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    return tray->fd < 0 ? -errno : 0;
}

void tray_close(struct tray *tray)
{
    if (tray->fd >= 0)
        close(tray->fd);
    tray->fd = -1;
}

/* Three lines between STX and ETX. */
static void answer_status(struct tray *tray)
{
    tray->asked++;
    if (tray->mode == TRAY_MUTE)
        return;
    int length;
    if (tray->mode == TRAY_GARBAGE)
        length = snprintf(tray->answer, sizeof(tray->answer), "\x02\xff\xfe?,,\x03\r\n\x02%s", "9,9,9,9,9,9,9,9,9\r");
    else
        length = snprintf(tray->answer, sizeof(tray->answer),
                          "\x02"
                          "030,%d,%d,1218,000,0,0,0,000,0,0,0\x03\r\n"
                          "\x02"
                          "000,0,%d,%d,1,2,6,0,00000000,1,000\x03\r\n"
                          "\x02"
                          "1234,0\x03\r\n",
                          tray->paper_out, tray->paused, tray->head_open, tray->ribbon_out);
    tray->said = (size_t)length;
}

static void look_for_question(struct tray *tray, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        tray->recent[0] = tray->recent[1];
        tray->recent[1] = tray->recent[2];
        tray->recent[2] = (char)bytes[i];
        if (memcmp(tray->recent, "~HS", 3) == 0)
            answer_status(tray);
    }
}

long tray_take(struct tray *tray, const uint8_t *bytes, size_t length)
{
    tray->said = 0;
    if (tray->mode == TRAY_STOP)
        return 0;
    if (tray->mode == TRAY_STALL)
        return -EPIPE;
    for (size_t done = 0; done < length;) {
        ssize_t written = write(tray->fd, bytes + done, length - done);
        if (written < 0)
            return -EIO;
        done += (size_t)written;
    }
    look_for_question(tray, bytes, length);
    return (long)length;
}

int tray_command(struct tray *tray, const char *word, const char *rest)
{
    static const char *const modes[] = {"normal", "mute", "stop", "garbage", "stalls"};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(modes[i], word) == 0) {
            tray->mode = (enum tray_mode)i;
            return 0;
        }
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"paper", &tray->paper_out},
                 {"pause", &tray->paused},
                 {"head", &tray->head_open},
                 {"ribbon", &tray->ribbon_out}};
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (strcmp(flags[i].name, word) == 0) {
            *flags[i].flag = strcmp(rest, "1") == 0;
            return 0;
        }
    return -EINVAL;
}

void tray_tell(const struct tray *tray, char *text, size_t size)
{
    snprintf(text, size, " mode=%d status_asked=%u", (int)tray->mode, tray->asked);
}
