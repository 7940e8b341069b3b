/* Serial scanners: any suffix, any answer. First byte: settings; then a script, in which few bytes make a long scan. */
#include "tests/fuzz/scanner_script.h"

static const char *const suffixes[] = {"any", "cr", "lf", "crlf"};
static const char *const never_in_a_scan[] = {"\r", "\r", "\n", "\r\n"};
static const char *const answers[] = {"none", "ack-nak", "honeywell", "none"};

struct model {
    size_t suffix, answer;
    struct buf heard; /* all that was read */
    struct buf last;  /* the last scan that was handed over as it came */
};

static bool holds(const char *text, size_t length, const char *part, size_t part_length)
{
    return memmem(text, length, part, part_length) != NULL;
}

static void on_read(struct play *play, const uint8_t *bytes, size_t length)
{
    buf_put(&((struct model *)play->model)->heard, bytes, length);
}

/* A scan is a piece of what was read, ends where its suffix was, and is not handed over twice for one verdict. */
static void on_scan(struct play *play, const char *text, size_t length, unsigned flags)
{
    struct model *model = play->model;
    const char *end = never_in_a_scan[model->suffix];
    CLAIM(!holds(text, length, end, strlen(end)));
    CLAIM(model->suffix != 0 || !holds(text, length, "\n", 1));
    bool converted = flags & SCAN_CONVERTED, waits = model->answer == 1 || model->answer == 2;
    CLAIM(converted || holds(buf_text(&model->heard), model->heard.length, text, length));
    bool again = model->last.length == length && memcmp(buf_text(&model->last), text, length) == 0;
    CLAIM(!waits || converted || play->pending == 0 || !again);
    buf_clear(&model->last);
    if (!converted)
        buf_put(&model->last, text, length);
}

static void on_aborted(struct play *play)
{
    buf_clear(&((struct model *)play->model)->last);
}

/* The good news is said by a verdict alone, and that a scan was not saved may be said at once. */
static void on_send(struct play *play, const uint8_t *bytes, size_t length)
{
    const struct model *model = play->model;
    bool answering = play->activity == ANSWERING, saved = answering && play->verdict != SCAN_NOT_SAVED;
    CLAIM(!answering || play->pending == 1);
    if (model->answer == 1) {
        CLAIM(saved && length == 1 && *bytes == 0x06);
        return;
    }
    CLAIM(model->answer == 2 && length == 3 && bytes[0] == 0x1B && bytes[2] == ',');
    bool good = answering && play->verdict == SCAN_ACCEPTED;
    CLAIM(bytes[1] == (good ? '7' : '8'));
    CLAIM(answering || play->activity == READING);
}

/* Again and again. */
static size_t make_long(struct input bytes, uint8_t out[MADE_MAX])
{
    size_t length = 8 * bytes.left;
    CLAIM(length <= MADE_MAX);
    for (size_t i = 0; i < length; i++)
        out[i] = bytes.at[i % bytes.left];
    return length;
}

static const struct play_hooks hooks = {
    .before_read = on_read, .scan = on_scan, .aborted = on_aborted, .send = on_send, .make = make_long};

static void done(struct model *model)
{
    buf_done(&model->heard);
    buf_done(&model->last);
}

static void run(struct play *play, const struct model *model, struct input script)
{
    struct scanner_settings settings = {0};
    text_copy(settings.suffix, sizeof(settings.suffix), suffixes[model->suffix]);
    text_copy(settings.answer, sizeof(settings.answer), answers[model->answer]);
    CLAIM(play_begin(play, "serial", &settings, &hooks));
    play_script(play, script);
}

static void must_recover(struct play *play, const struct model *model)
{
    static const char *const scans[] = {"LOC-A01\r", "LOC-A01\r", "LOC-A01\n", "LOC-A01\r\n"};
    const char *scan = scans[model->suffix];
    play_must_read(play, scan, strlen(scan), "LOC-A01");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input script = {data, size};
    uint8_t byte = input_byte(&script);
    struct model model CLEANUP(done) = {.suffix = byte & 3, .answer = byte >> 2 & 3};
    struct model other CLEANUP(done) = {.suffix = model.suffix, .answer = model.answer};
    struct play whole CLEANUP_PLAY = {.model = &model, .answers = byte & 0x10};
    struct play bytewise CLEANUP_PLAY = {.model = &other, .answers = byte & 0x10, .bytewise = true};
    run(&whole, &model, script);
    run(&bytewise, &other, script);
    play_must_agree(&whole, &bytewise);
    must_recover(&bytewise, &other);
    return 0;
}
