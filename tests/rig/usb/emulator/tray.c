#include "tray.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int tray_open(struct tray *tray, const struct options *options)
{
    const char *path = option_value(options, "out", "/dev/null");
    snprintf(tray->count_path, sizeof(tray->count_path), "%s", option_value(options, "count", ""));
    tray->slow = option_number(options, "slow", 0) != 0;
    FILE *file = *tray->count_path ? fopen(tray->count_path, "re") : NULL;
    char digits[16];
    if (file)
        tray->count = fgets(digits, sizeof(digits), file) ? (unsigned)strtoul(digits, NULL, 10) : 0;
    if (file)
        fclose(file);
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
                          "030,%d,%d,1218,%03u,0,0,0,000,0,0,0\x03\r\n"
                          "\x02"
                          "000,0,%d,%d,1,2,6,0,00000000,1,000\x03\r\n"
                          "\x02"
                          "1234,0\x03\r\n",
                          tray->paper_out, tray->paused, tray->due, tray->head_open, tray->ribbon_out);
    tray->said = (size_t)length;
}

/* Set-Get-Do: between quotation marks; "?" for a variable that it has not. */
static void answer_count(struct tray *tray)
{
    if (tray->mode == TRAY_MUTE)
        return;
    int length = *tray->count_path ? snprintf(tray->answer, sizeof(tray->answer), "\"%u\"", tray->count)
                                   : snprintf(tray->answer, sizeof(tray->answer), "\"?\"");
    tray->said = (size_t)length;
}

static void print_label(struct tray *tray)
{
    tray->count++;
    FILE *file = *tray->count_path ? fopen(tray->count_path, "we") : NULL;
    if (file) {
        fprintf(file, "%u", tray->count);
        fclose(file);
    }
}

/* "^PQ3,0,0,N^XZ" is three of it; what is said before the last bytes is not seen, and counts as one. */
static unsigned labels_of(const struct tray *tray)
{
    for (size_t at = sizeof(tray->recent) - 4; at-- > 0;) {
        if (memcmp(tray->recent + at, "^PQ", 3) != 0)
            continue;
        unsigned labels = 0;
        for (at += 3; at < sizeof(tray->recent) && tray->recent[at] >= '0' && tray->recent[at] <= '9'; at++)
            labels = labels * 10 + (unsigned)(tray->recent[at] - '0');
        return labels;
    }
    return 1;
}

static void take_label(struct tray *tray)
{
    for (unsigned left = labels_of(tray); left > 0; left--) {
        if (tray->slow)
            tray->due++;
        else
            print_label(tray);
    }
}

static void forget_labels(struct tray *tray)
{
    tray->due = 0;
}

static void look_for_words(struct tray *tray, const uint8_t *bytes, size_t length)
{
    static const struct {
        const char *word;
        void (*act)(struct tray *tray);
    } words[] = {{"~HS", answer_status},
                 {"getvar \"odometer.total_label_count\"\r\n", answer_count},
                 {"^XZ", take_label},
                 {"~JA", forget_labels}};
    for (size_t i = 0; i < length; i++) {
        memmove(tray->recent, tray->recent + 1, sizeof(tray->recent) - 1);
        tray->recent[sizeof(tray->recent) - 1] = (char)bytes[i];
        for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) {
            size_t size = strlen(words[w].word);
            if (memcmp(tray->recent + sizeof(tray->recent) - size, words[w].word, size) == 0)
                words[w].act(tray);
        }
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
    look_for_words(tray, bytes, length);
    return (long)length;
}

int tray_command(struct tray *tray, const char *word, const char *rest)
{
    if (strcmp(word, "print") == 0 && tray->due > 0) {
        tray->due--;
        print_label(tray);
        return 0;
    }
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
    snprintf(text, size, " mode=%d status_asked=%u count=%u due=%u", (int)tray->mode, tray->asked, tray->count,
             tray->due);
}
