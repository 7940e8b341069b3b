/* What printers say of themselves. First byte: the protocol; then an answer. */
#include "drivers/printer/printer_status.h"
#include "drivers/printer/status_take.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>

static const struct {
    const char *name;
    status_take *take;
} protocols[] = {
    {"zpl", status_take_hs},        {"hqes", status_take_hqes},        {"sgd", status_take_sgd},
    {"tspl", status_take_tspl},     {"epl", status_take_epl},          {"cpcl", status_take_cpcl},
    {"escpos", status_take_escpos}, {"port-status", status_take_port},
};

static bool has_fault(const struct printer_status *status)
{
    return status->paper_out || status->head_open || status->ribbon_out || status->overheated || status->jammed ||
           status->cutter_fault || status->other_fault;
}

static bool is_nothing(const struct printer_status *status)
{
    return status->state == PRINTER_UNKNOWN && !has_fault(status) && !status->paused && !status->memory_full &&
           !status->paper_low && !status->label_waiting && status->formats == PRINTER_NOT_SAID &&
           status->remaining == PRINTER_NOT_SAID && status->odometer == PRINTER_NOT_SAID;
}

/* Good news has no fault beside it, and bad news says what it is. */
static void check_status(const struct printer_status *status)
{
    CLAIM(status->state >= PRINTER_UNKNOWN && status->state <= PRINTER_ERROR);
    bool good = status->state == PRINTER_READY || status->state == PRINTER_BUSY;
    CLAIM(!good || (!has_fault(status) && !status->paused));
    CLAIM(status->state != PRINTER_READY || !status->memory_full);
    CLAIM(status->state != PRINTER_ERROR || has_fault(status));
    CLAIM(status->state != PRINTER_PAUSED || status->paused);
    CLAIM(status->formats >= PRINTER_NOT_SAID && status->remaining >= PRINTER_NOT_SAID);
    CLAIM(status->odometer >= PRINTER_NOT_SAID);
}

static void check_json(const struct printer_status *status)
{
    struct buf json CLEANUP_BUF = {0};
    printer_status_json(status, NULL, &json);
    json_t *root = json_loads(buf_text(&json), JSON_REJECT_DUPLICATES, NULL);
    CLAIM(json_is_string(json_object_get(root, "state")));
    json_decref(root);
}

/* What is no answer, or not yet, says nothing; nobody takes more than there is. Returns what was taken. */
static size_t check_take(status_take *take, struct input bytes, bool ended)
{
    struct printer_status status = status_fresh();
    ptrdiff_t taken = take(bytes.at, bytes.left, ended, &status);
    size_t used = (size_t)(taken < 0 ? -taken : taken);
    CLAIM(used <= bytes.left);
    CLAIM(taken > 0 || is_nothing(&status));
    check_status(&status);
    return used;
}

static void check_takes(status_take *take, struct input bytes)
{
    while (bytes.left > 0) {
        check_take(take, bytes, false);
        size_t used = check_take(take, bytes, true);
        if (used == 0)
            break;
        bytes.at += used;
        bytes.left -= used;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input bytes = {data, size};
    size_t protocol = input_byte(&bytes) % COUNT(protocols);
    struct printer_status status, again;
    CLAIM(printer_status_decode(protocols[protocol].name, bytes.at, bytes.left, &status) == 0);
    check_status(&status);
    check_json(&status);
    CLAIM(bytes.left > 0 || is_nothing(&status));
    bool is_zpl = strcmp(protocols[protocol].name, "zpl") == 0; /* a whole answer says its numbers */
    CLAIM(!is_zpl || status.state == PRINTER_UNKNOWN || (status.formats >= 0 && status.remaining >= 0));
    CLAIM(printer_status_decode(protocols[protocol].name, bytes.at, bytes.left, &again) == 0);
    CLAIM(again.state == status.state);
    check_takes(protocols[protocol].take, bytes);
    return 0;
}
