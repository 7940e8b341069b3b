#include "drivers/printer/printer_status.h"

#include "base/cleanup.h"
#include "base/json.h"
#include "drivers/printer/status_take.h"

#include <errno.h>
#include <string.h>

static const struct {
    const char *name;
    status_take *take;
} protocols[] = {
    {"zpl", status_take_hs},        {"hqes", status_take_hqes},        {"sgd", status_take_sgd},
    {"tspl", status_take_tspl},     {"epl", status_take_epl},          {"cpcl", status_take_cpcl},
    {"escpos", status_take_escpos}, {"port-status", status_take_port},
};

const char *printer_state_name(enum printer_state state)
{
    static const char *const names[] = {"unknown", "ready", "busy", "paused", "error"};
    return (size_t)state < COUNT(names) ? names[state] : names[PRINTER_UNKNOWN];
}

const char *printer_language_name(enum printer_language language)
{
    static const char *const names[PRINTER_LANGUAGES] = {"unknown", "zpl", "tspl", "epl", "cpcl", "escpos"};
    return (size_t)language < COUNT(names) ? names[language] : names[PRINTER_LANGUAGE_UNKNOWN];
}

enum printer_language printer_language_named(const char *name)
{
    for (enum printer_language language = 0; language < PRINTER_LANGUAGES; language++)
        if (strcmp(printer_language_name(language), name) == 0)
            return language;
    return PRINTER_LANGUAGE_UNKNOWN;
}

struct printer_status status_fresh(void)
{
    return (struct printer_status){
        .formats = PRINTER_NOT_SAID, .remaining = PRINTER_NOT_SAID, .odometer = PRINTER_NOT_SAID};
}

void status_settle(struct printer_status *status, bool busy)
{
    bool fault = status->paper_out || status->head_open || status->ribbon_out || status->overheated || status->jammed ||
                 status->cutter_fault || status->other_fault;
    busy = busy || status->formats > 0 || status->remaining > 0 || status->label_waiting || status->memory_full;
    status->state = fault ? PRINTER_ERROR : status->paused ? PRINTER_PAUSED : busy ? PRINTER_BUSY : PRINTER_READY;
}

uint32_t status_set_bits(struct printer_status *status, const struct status_bit *table, uint32_t bits)
{
    for (; table->mask; table++) {
        if ((bits & table->mask) && table->flag != STATUS_IGNORED)
            *(bool *)((char *)status + table->flag) = true;
        bits &= ~table->mask;
    }
    return bits;
}

ptrdiff_t status_skip_line_end(const uint8_t *bytes, size_t length, bool ended)
{
    if (bytes[0] != '\r')
        return 1;
    if (length == 1)
        return ended ? 1 : 0;
    return bytes[1] == '\n' ? -2 : 1;
}

/* The last whole answer counts. What is cut short at the end leaves the one before it standing. */
static struct printer_status decode(status_take *take, const uint8_t *bytes, size_t length)
{
    struct printer_status status = status_fresh();
    for (size_t at = 0; at < length;) {
        ptrdiff_t taken = take(bytes + at, length - at, true, &status);
        if (taken == 0)
            break;
        at += (size_t)(taken > 0 ? taken : -taken);
    }
    return status;
}

int printer_status_decode(const char *protocol, const void *bytes, size_t length, struct printer_status *ret)
{
    for (size_t i = 0; i < COUNT(protocols); i++) {
        if (strcmp(protocols[i].name, protocol) != 0)
            continue;
        *ret = decode(protocols[i].take, bytes, length);
        return 0;
    }
    return -EINVAL;
}

static void json_said(struct buf *json, const char *key, int64_t value)
{
    if (value == PRINTER_NOT_SAID)
        json_raw(json, key, "null");
    else
        json_int(json, key, value);
}

void printer_status_json(const struct printer_status *status, const char *key, struct buf *json)
{
    static const struct {
        const char *name;
        size_t flag;
    } flags[] = {
        {"paper_out", STATUS_FLAG(paper_out)},       {"head_open", STATUS_FLAG(head_open)},
        {"ribbon_out", STATUS_FLAG(ribbon_out)},     {"paused", STATUS_FLAG(paused)},
        {"overheated", STATUS_FLAG(overheated)},     {"jammed", STATUS_FLAG(jammed)},
        {"cutter_fault", STATUS_FLAG(cutter_fault)}, {"memory_full", STATUS_FLAG(memory_full)},
        {"paper_low", STATUS_FLAG(paper_low)},       {"label_waiting", STATUS_FLAG(label_waiting)},
        {"other_fault", STATUS_FLAG(other_fault)},
    };
    json_open_object(json, key);
    json_text(json, "state", printer_state_name(status->state));
    for (size_t i = 0; i < COUNT(flags); i++)
        json_bool(json, flags[i].name, *(const bool *)((const char *)status + flags[i].flag));
    json_said(json, "formats", status->formats);
    json_said(json, "remaining", status->remaining);
    json_said(json, "odometer", status->odometer);
    json_close_object(json);
}
