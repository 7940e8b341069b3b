#include "drivers/printer/talk.h"

#include "base/cleanup.h"
#include "drivers/printer/status_take.h"

#include <string.h>

/* framed: an answer shows where it begins and ends and is not easily made of noise. Answers that are single bytes are,
 * so of them good news must have been asked for, and come without noise. */
static const struct {
    const char *question;
    status_take *take;
    bool framed;
} languages[PRINTER_LANGUAGES] = {
    [PRINTER_ZPL] = {"~HS\r\n", status_take_hs, true},
    [PRINTER_TSPL] = {"\x1b!?", status_take_tspl, false}, /* no LF: clones print it, or take it for a command */
    [PRINTER_EPL] = {"^ee\r\n", status_take_epl, true},
    [PRINTER_CPCL] = {"\x1bh", status_take_cpcl, false},
    [PRINTER_ESCPOS] = {"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04", status_take_escpos, false},
};

enum { XON = 0x11, XOFF = 0x13 };

static bool is_framed(const struct printer_talk *talk)
{
    return languages[talk->language].framed;
}

void printer_talk_begin(struct printer_talk *talk, enum printer_language language, int64_t now_us)
{
    *talk = (struct printer_talk){.language = language, .status = status_fresh(), .since_us = now_us};
    talk->mute = !languages[language].question;
    talk->next_us = talk->mute ? INT64_MAX : now_us;
}

const char *printer_talk_question(struct printer_talk *talk, int64_t now_us, size_t *ret_length)
{
    if (talk->mute || talk->asked || now_us < talk->next_us)
        return NULL;
    talk->asked = talk->owed = true;
    talk->noisy = false;
    talk->asked_us = now_us;
    if (!is_framed(talk)) /* what came before cannot be told from the answer */
        talk->length = 0;
    *ret_length = strlen(languages[talk->language].question);
    return languages[talk->language].question;
}

void printer_talk_want(struct printer_talk *talk, int64_t now_us)
{
    if (!talk->mute)
        talk->next_us = now_us;
}

static bool set_state(struct printer_talk *talk, enum printer_state state, int64_t now_us)
{
    if (talk->status.state == state)
        return false;
    talk->status.state = state;
    talk->since_us = now_us;
    return true;
}

static bool is_good(enum printer_state state)
{
    return state == PRINTER_READY || state == PRINTER_BUSY;
}

static bool is_trusted(const struct printer_talk *talk, const struct printer_status *said)
{
    if (said->state == PRINTER_UNKNOWN)
        return false;
    return is_framed(talk) || !is_good(said->state) || (talk->owed && !talk->noisy);
}

static bool understand(struct printer_talk *talk, const struct printer_status *said, int64_t now_us)
{
    if (!is_trusted(talk, said)) {
        if (!talk->owed && !is_good(talk->status.state)) /* it says that it recovered: ask */
            printer_talk_want(talk, now_us);
        return false;
    }
    set_state(talk, said->state, now_us);
    talk->status = *said;
    talk->answers = true;
    talk->asked = talk->owed = talk->mute = false;
    talk->next_us = now_us + TALK_REPEAT_US;
    return true;
}

/* Reads all that can be read; keeps the beginning of an answer. */
static bool read_answers(struct printer_talk *talk, bool ended, int64_t now_us)
{
    bool understood = false;
    size_t at = 0;
    while (at < talk->length) {
        struct printer_status said = status_fresh();
        ptrdiff_t taken = languages[talk->language].take(talk->bytes + at, talk->length - at, ended, &said);
        if (taken == 0 && at == 0 && talk->length == sizeof(talk->bytes))
            taken = -1;
        if (taken == 0)
            break;
        if (taken > 0)
            understood |= understand(talk, &said, now_us);
        else
            talk->noisy |= talk->bytes[at] != '\r'; /* the line end of the answer before */
        at += (size_t)(taken > 0 ? taken : -taken);
    }
    talk->length -= at;
    memmove(talk->bytes, talk->bytes + at, talk->length);
    return understood;
}

/* An ESC/POS printer answers questions that it finds in the dots of a picture: what was not asked by this side is about
 * something that nobody knows. Its XON and XOFF are no part of any answer. */
static bool is_wanted(const struct printer_talk *talk, uint8_t byte)
{
    if (talk->language != PRINTER_ESCPOS)
        return true;
    return byte != XON && byte != XOFF && (talk->owed || !status_is_realtime(byte));
}

bool printer_talk_feed(struct printer_talk *talk, const void *bytes, size_t length, int64_t now_us)
{
    if (!languages[talk->language].take)
        return false;
    bool understood = false;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = ((const uint8_t *)bytes)[i];
        if (!is_wanted(talk, byte))
            continue;
        talk->bytes[talk->length++] = byte;
        understood |= read_answers(talk, false, now_us);
    }
    return understood;
}

int64_t printer_talk_deadline(const struct printer_talk *talk)
{
    return talk->asked ? talk->asked_us + TALK_ANSWER_US : INT64_MAX;
}

bool printer_talk_tick(struct printer_talk *talk, int64_t now_us)
{
    if (now_us < printer_talk_deadline(talk))
        return false;
    if (read_answers(talk, true, now_us))
        return true;
    talk->asked = false;
    talk->mute = !talk->answers;
    talk->next_us = talk->mute ? INT64_MAX : now_us + TALK_REPEAT_US;
    return set_state(talk, PRINTER_UNKNOWN, now_us) || talk->mute;
}

bool printer_talk_may_print(const struct printer_talk *talk)
{
    if (talk->mute)
        return true;
    return !talk->asked && is_good(talk->status.state) && !talk->status.memory_full;
}
