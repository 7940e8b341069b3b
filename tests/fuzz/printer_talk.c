/* The conversation with a printer. First byte: the language; then steps: bytes come, time passes, it is asked, a job
 * wants to know. */
#include "drivers/printer/talk.h"
#include "tests/fuzz/fuzz.h"

enum { STEP_READ, STEP_WAIT, STEP_ASK, STEP_WANT, STEP_BITS = 2 };

struct model {
    struct printer_talk talk;
    int64_t now_us;
    bool heard;   /* since it was plugged in, a byte */
    bool framed;  /* its good news needs no question */
    bool owed;    /* it was asked, and nothing was understood since */
    bool may_ask; /* time went by, somebody wanted to know, or something was understood since the last question */
};

static bool is_good(const struct model *model)
{
    return model->talk.status.state == PRINTER_READY || model->talk.status.state == PRINTER_BUSY;
}

static void check(const struct model *model)
{
    const struct printer_talk *talk = &model->talk;
    CLAIM(talk->length < sizeof(talk->bytes));
    CLAIM(model->heard || talk->status.state == PRINTER_UNKNOWN);
    CLAIM(!talk->asked || !talk->mute);
    bool may = printer_talk_may_print(talk);
    CLAIM(may == (talk->mute || (!talk->asked && is_good(model) && !talk->status.memory_full)));
    CLAIM(printer_talk_deadline(talk) == INT64_MAX || talk->asked);
    CLAIM(talk->since_us <= model->now_us);
}

/* Byte by byte. Good news that could be noise counts only when it was asked for. */
static void hear(struct model *model, struct input bytes)
{
    while (bytes.left > 0) {
        bool was_good = is_good(model);
        uint8_t byte = input_byte(&bytes);
        model->heard = true;
        bool understood = printer_talk_feed(&model->talk, &byte, 1, model->now_us);
        CLAIM(understood || was_good == is_good(model));
        CLAIM(!understood || !is_good(model) || model->framed || model->owed);
        CLAIM(!understood || (!model->talk.asked && !model->talk.mute));
        model->owed = model->owed && !understood;
        model->may_ask = model->may_ask || understood;
        check(model);
    }
}

/* An answer that has missed its time is no answer: nobody knows how the printer is. */
static void pass(struct model *model, int64_t us)
{
    model->now_us += us;
    model->may_ask = true;
    bool due = model->now_us >= printer_talk_deadline(&model->talk);
    bool changed = printer_talk_tick(&model->talk, model->now_us);
    CLAIM(due || !changed);
    CLAIM(!due || printer_talk_deadline(&model->talk) == INT64_MAX);
    CLAIM(!due || changed || !is_good(model));
    CLAIM(!due || !is_good(model) || model->framed || model->owed);
    if (due && changed && model->talk.status.state != PRINTER_UNKNOWN)
        model->owed = false;
    check(model);
}

static void ask(struct model *model)
{
    size_t length = 0;
    const char *question = printer_talk_question(&model->talk, model->now_us, &length);
    if (!question)
        return;
    CLAIM(length > 0 && length == strlen(question));
    CLAIM(model->may_ask);
    model->may_ask = false;
    CLAIM(printer_talk_deadline(&model->talk) == model->now_us + TALK_ANSWER_US);
    CLAIM(!printer_talk_question(&model->talk, model->now_us, &length));
    CLAIM(!printer_talk_may_print(&model->talk));
    model->owed = true;
    check(model);
}

static void step(struct model *model, struct input *script)
{
    uint8_t byte = input_byte(script);
    size_t n = byte >> STEP_BITS, kind = byte % (1 << STEP_BITS);
    if (kind == STEP_READ) {
        struct input bytes CLEANUP_INPUT = input_cut(script, n + 1);
        hear(model, bytes);
    } else if (kind == STEP_WAIT) {
        pass(model, (int64_t)(4000 * n * n + 1));
    } else if (kind == STEP_ASK) {
        ask(model);
    } else {
        printer_talk_want(&model->talk, model->now_us);
        model->may_ask = true;
    }
}

/* Once it is silent for good it does not count as ready. A first answer may come of what it had said before. */
static void fall_silent(struct model *model)
{
    for (int round = 0; round < 3; round++) {
        pass(model, TALK_REPEAT_US);
        ask(model);
        pass(model, TALK_ANSWER_US);
    }
    CLAIM(!is_good(model));
    CLAIM(printer_talk_may_print(&model->talk) == model->talk.mute);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input script = {data, size};
    enum printer_language language = (enum printer_language)(input_byte(&script) % PRINTER_LANGUAGES);
    struct model model = {.may_ask = true, .framed = language == PRINTER_ZPL || language == PRINTER_EPL};
    printer_talk_begin(&model.talk, language, 0);
    check(&model);
    while (script.left > 0)
        step(&model, &script);
    fall_silent(&model);
    return 0;
}
