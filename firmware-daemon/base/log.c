#define SD_JOURNAL_SUPPRESS_LOCATION /* each line would name this file */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <time.h>
#include <unistd.h>

#define SAME_US    60000000LL
#define TEXT_MAX   1024
#define FIELDS_MAX 6

/* ---------------------------------------------------------------- how often */

static unsigned long long hash_of(const char *text)
{
    unsigned long long hash = 14695981039346656037ULL; /* FNV-1a */
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
    return hash ? hash : 1;
}

/* Its own place, or the one of the line that was told the longest ago. */
static struct log_seen *place_of(struct log_gate *gate, unsigned long long hash)
{
    struct log_seen *oldest = &gate->seen[0];
    for (size_t i = 0; i < sizeof(gate->seen) / sizeof(gate->seen[0]); i++) {
        if (gate->seen[i].text == hash)
            return &gate->seen[i];
        if (gate->seen[i].since_us < oldest->since_us)
            oldest = &gate->seen[i];
    }
    return oldest;
}

int log_gate_passes(struct log_gate *gate, const char *text, long long now_us, int *ret_held)
{
    unsigned long long hash = hash_of(text);
    struct log_seen *seen = place_of(gate, hash);
    *ret_held = 0;
    if (seen->text == hash && now_us - seen->since_us < SAME_US) {
        bool passes = seen->told < LOG_SAME_MAX;
        *(passes ? &seen->told : &seen->held) += 1;
        return passes;
    }
    if (seen->text == hash)
        *ret_held = seen->held;
    *seen = (struct log_seen){.text = hash, .since_us = now_us, .told = 1};
    return 1;
}

/* ---------------------------------------------------------------- where to */

static _Thread_local struct log_about about;

void log_about(struct log_about next)
{
    about = next;
}

/* sd_journal_stream: "DEVICE:INODE" of what standard error is, where it is the journal (systemd.exec(5),
 * JOURNAL_STREAM).
 */
static bool is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat own;
    unsigned long long device = 0, inode = 0;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(STDERR_FILENO, &own) == 0 &&
           own.st_dev == device && own.st_ino == inode;
}

static void add_field(struct iovec *fields, int *count, char *room, size_t size, const char *name, const char *value)
{
    if (!value || !*value)
        return;
    int length = snprintf(room, size, "%s=%s", name, value);
    fields[(*count)++] = (struct iovec){room, length < (int)size ? (size_t)length : size - 1};
}

static bool to_journal(int priority, const char *text)
{
    char message[TEXT_MAX + 16], level[16], rest[FIELDS_MAX][256], number[4];
    struct iovec fields[FIELDS_MAX + 2];
    int count = 0;
    snprintf(number, sizeof(number), "%d", priority);
    add_field(fields, &count, message, sizeof(message), "MESSAGE", text);
    add_field(fields, &count, level, sizeof(level), "PRIORITY", number);
    add_field(fields, &count, rest[0], sizeof(rest[0]), "SYSLOG_IDENTIFIER", program_invocation_short_name);
    add_field(fields, &count, rest[1], sizeof(rest[1]), "FLOORHAND_EVENT", about.event);
    add_field(fields, &count, rest[2], sizeof(rest[2]), "FLOORHAND_STATION", about.station);
    add_field(fields, &count, rest[3], sizeof(rest[3]), "FLOORHAND_DEVICE", about.device);
    return sd_journal_sendv(fields, count) == 0;
}

static long long monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

__attribute__((format(printf, 3, 0))) static void line(int priority, const char *word, const char *format,
                                                       va_list arguments)
{
    static _Thread_local struct log_gate gate;
    static int journal = -1;
    char text[TEXT_MAX];
    int held;
    vsnprintf(text, sizeof(text), format, arguments);
    if (journal < 0)
        journal = is_journal();
    bool passes = log_gate_passes(&gate, text, monotonic_us(), &held);
    size_t length = strlen(text);
    if (passes && held > 0)
        snprintf(text + length, sizeof(text) - length, " (and %d times more since it was last said)", held);
    if (passes && !(journal && to_journal(priority, text)))
        fprintf(stderr, "%s: %s\n", word, text); /* the journal may be gone: then it takes what it reads here */
    about = (struct log_about){0};
}

#define DEFINE_LEVEL(name, priority, word)                                                                             \
    void name(const char *format, ...)                                                                                 \
    {                                                                                                                  \
        va_list arguments;                                                                                             \
        va_start(arguments, format);                                                                                   \
        line(priority, word, format, arguments);                                                                       \
        va_end(arguments);                                                                                             \
    }

DEFINE_LEVEL(log_error, 3, "error")
DEFINE_LEVEL(log_warning, 4, "warning")
DEFINE_LEVEL(log_info, 6, "info")
