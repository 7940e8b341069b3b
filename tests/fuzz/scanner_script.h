/* A fuzzer's bytes as a day of a scanner: reads, silence, verdicts, a pulled plug. What every decoder owes is claimed
 * here; what one protocol owes stands in its target. Does not know any protocol. */
#ifndef TESTS_FUZZ_SCANNER_SCRIPT_H
#define TESTS_FUZZ_SCANNER_SCRIPT_H

#include "base/buf.h"
#include "base/text.h"
#include "drivers/scanner/scanner.h"
#include "tests/fuzz/fuzz.h"

/* A step begins with a byte: what it is in the low two bits, a number n in the others. */
enum {
    STEP_READ,      /* the n + 1 bytes that follow */
    STEP_READ_MORE, /* the 16 * (n + 1) bytes that follow; or, where the target makes packets, n + 1 to make one of */
    STEP_WAIT,      /* 4 ms times n squared, and one */
    STEP_EVENT,     /* n modulo 4: a verdict, or the device goes away */
};
enum { STEP_BITS = 2, EVENT_UNPLUG = 3, EVENTS };

#define SILENCE_US ((int64_t)60 * 1000 * 1000)
#define MADE_MAX   512
#define STREAM_MAX (SCAN_TEXT_MAX + MADE_MAX) /* bytes read in one script: more say nothing new */

enum activity { READING, WAITING, ANSWERING, UNPLUGGING };

struct play;

/* All optional. */
struct play_hooks {
    void (*before_read)(struct play *play, const uint8_t *bytes, size_t length);
    void (*after_read)(struct play *play);
    void (*interrupted)(struct play *play); /* what was half received is about to be forgotten */
    void (*scan)(struct play *play, const char *text, size_t length, unsigned flags);
    void (*aborted)(struct play *play);
    void (*send)(struct play *play, const uint8_t *bytes, size_t length);
    size_t (*make)(struct input bytes, uint8_t out[MADE_MAX]); /* a packet */
};

struct play {
    struct scanner *scanner;
    const struct play_hooks *hooks;
    void *model;   /* of the target */
    bool answers;  /* every scan is accepted while it is handed over */
    size_t heard;  /* bytes read so far */
    bool bytewise; /* reads come byte by byte */
    int64_t now_us;
    enum activity activity;
    enum scan_verdict verdict; /* while answering */
    size_t pending;            /* scans without a verdict; while answering, the one that is answered too */
    struct buf log;            /* all that came out */
};

static inline void play_answer(struct play *play, enum scan_verdict verdict)
{
    enum activity before = play->activity;
    play->activity = ANSWERING;
    play->verdict = verdict;
    scanner_answer(play->scanner, verdict);
    play->activity = before;
    play->pending -= play->pending > 0;
}

static inline void play_on_scan(void *user, const char *text, size_t length, unsigned flags)
{
    struct play *play = user;
    CLAIM(play->activity == READING);
    CLAIM(length > 0 && length <= SCAN_TEXT_MAX);
    CLAIM(text_is_utf8(text, length));
    CLAIM((flags & ~(unsigned)(SCAN_CONVERTED | SCAN_LOSSY)) == 0);
    buf_printf(&play->log, "scan %u %zu ", flags, length);
    buf_put(&play->log, text, length);
    if (play->hooks->scan)
        play->hooks->scan(play, text, length, flags);
    play->pending++;
    if (play->answers)
        play_answer(play, SCAN_ACCEPTED);
}

static inline void play_on_aborted(void *user, size_t length)
{
    struct play *play = user;
    CLAIM(length > 0);
    CLAIM(play->activity != ANSWERING);
    buf_printf(&play->log, "aborted %zu ", length);
    if (play->hooks->aborted)
        play->hooks->aborted(play);
}

static inline void play_on_send(void *user, const void *bytes, size_t length)
{
    struct play *play = user;
    CLAIM(length > 0);
    buf_printf(&play->log, "sent %zu ", length);
    buf_put(&play->log, bytes, length);
    if (play->hooks->send)
        play->hooks->send(play, bytes, length);
}

/* False when the settings were refused, with a sentence. */
static inline bool play_begin(struct play *play, const char *driver, const struct scanner_settings *settings,
                              const struct play_hooks *hooks)
{
    const struct scan_sink sink = {play_on_scan, play_on_aborted, play_on_send, play};
    struct error error = {0};
    play->hooks = hooks;
    int r = scanner_new(driver, settings, &sink, &play->scanner, &error);
    CLAIM(r == 0 || (r < 0 && *error.text));
    CLAIM(r < 0 || scanner_deadline(play->scanner) == INT64_MAX);
    return r == 0;
}

static inline void play_end(struct play *play)
{
    scanner_free(play->scanner);
    buf_done(&play->log);
}

#define CLEANUP_PLAY CLEANUP(play_end)

static inline void play_notice_deadline(struct play *play)
{
    if (play->hooks->interrupted && play->now_us >= scanner_deadline(play->scanner))
        play->hooks->interrupted(play);
}

/* An owner that waits for a deadline which has passed would spin. */
static inline void play_check_deadline(const struct play *play)
{
    CLAIM(scanner_deadline(play->scanner) > play->now_us);
}

static inline void play_wait(struct play *play, int64_t us)
{
    play->now_us += us;
    play->activity = WAITING;
    play_notice_deadline(play);
    scanner_tick(play->scanner, play->now_us);
    play_check_deadline(play);
}

static inline void play_unplug(struct play *play)
{
    play->activity = UNPLUGGING;
    if (play->hooks->interrupted)
        play->hooks->interrupted(play);
    scanner_reset(play->scanner);
    CLAIM(scanner_deadline(play->scanner) == INT64_MAX);
}

static inline void play_piece(struct play *play, const uint8_t *bytes, size_t length)
{
    play->activity = READING;
    play_notice_deadline(play);
    if (play->hooks->before_read)
        play->hooks->before_read(play, bytes, length);
    scanner_feed(play->scanner, bytes, length, play->now_us);
    if (play->hooks->after_read)
        play->hooks->after_read(play);
    play_check_deadline(play);
}

static inline void play_byte(struct play *play, uint8_t byte)
{
    play_piece(play, &byte, 1);
}

static inline void play_read(struct play *play, struct input bytes)
{
    play->heard += bytes.left;
    while (play->bytewise && bytes.left > 0)
        play_byte(play, input_byte(&bytes));
    struct input whole CLEANUP_INPUT = input_cut(&bytes, bytes.left);
    if (whole.left > 0)
        play_piece(play, whole.at, whole.left);
}

static inline void play_read_more(struct play *play, struct input *script, size_t n)
{
    uint8_t made[MADE_MAX];
    bool makes = play->hooks->make;
    struct input bytes CLEANUP_INPUT = input_cut(script, makes ? n + 1 : 16 * (n + 1));
    play_read(play, makes && bytes.left > 0 ? (struct input){made, play->hooks->make(bytes, made)} : bytes);
}

static inline void play_event(struct play *play, size_t n)
{
    if (n % EVENTS == EVENT_UNPLUG)
        play_unplug(play);
    else
        play_answer(play, (enum scan_verdict)(n % EVENTS));
}

static inline void play_script(struct play *play, struct input script)
{
    while (script.left > 0 && play->heard < STREAM_MAX) {
        uint8_t step = input_byte(&script);
        size_t n = step >> STEP_BITS;
        if (step % (1 << STEP_BITS) == STEP_READ) {
            struct input bytes CLEANUP_INPUT = input_cut(&script, n + 1);
            play_read(play, bytes);
        } else if (step % (1 << STEP_BITS) == STEP_READ_MORE) {
            play_read_more(play, &script, n);
        } else if (step % (1 << STEP_BITS) == STEP_WAIT) {
            play_wait(play, (int64_t)(4000 * n * n + 1));
        } else {
            play_event(play, n);
        }
    }
}

/* Whatever came before: after a silence, and with every scan answered, a scan that is well said is read. */
static inline void play_must_read(struct play *play, const void *bytes, size_t length, const char *text)
{
    play_wait(play, SILENCE_US);
    CLAIM(scanner_deadline(play->scanner) == INT64_MAX);
    while (play->pending > 0)
        play_answer(play, SCAN_ACCEPTED);
    buf_clear(&play->log);
    play_read(play, (struct input){bytes, length});
    struct buf expected CLEANUP_BUF = {0};
    buf_printf(&expected, "scan 0 %zu %s", strlen(text), text);
    CLAIM(strncmp(buf_text(&play->log), buf_text(&expected), expected.length) == 0);
}

static inline void play_must_agree(const struct play *one, const struct play *other)
{
    CLAIM(one->log.length == other->log.length);
    CLAIM(memcmp(buf_text(&one->log), buf_text(&other->log), one->log.length) == 0);
}

#endif
