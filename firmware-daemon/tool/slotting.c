/* Which SKU should lie in which face, by what was picked lately. */
#include "plan/slotting.h"
#include "base/clock.h"
#include "plan/slot.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/rows.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DAY_US     INT64_C(86400000000)
#define SECOND_US  INT64_C(1000000)
#define PATIENT_US (2 * SECOND_US) /* nothing is said of what is done by then */

const struct option_def slotting_options[] = {
    {"days", OPTION_NUMBER_AT(struct tool_options, days), "90", 1, 3650, NULL, "how far back picks count"},
    {"limit", OPTION_NUMBER_AT(struct tool_options, limit), "50", 1, SLOT_ITEMS_MAX, NULL, "suggestions at most"},
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "one JSON object a line, for programs"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

struct reading {
    struct slotting *slotting;
    char since[CLOCK_TEXT_SIZE];
    int64_t begun_us, said_us, picks;
    int result; /* of the first row that could not be taken */
};

static bool read_face(void *user, json_t *row)
{
    struct reading *reading = user;
    reading->result = slotting_add_face(reading->slotting, row);
    return reading->result == 0;
}

static bool read_stock(void *user, json_t *row)
{
    struct reading *reading = user;
    reading->result = slotting_add_stock(reading->slotting, row);
    return reading->result == 0;
}

static bool read_item(void *user, json_t *row)
{
    struct reading *reading = user;
    reading->result = slotting_add_item(reading->slotting, row);
    return reading->result == 0;
}

static void say_progress(struct reading *reading, const char *time)
{
    int64_t now_us = clock_mono_us();
    reading->picks++;
    if (now_us - reading->begun_us < PATIENT_US || now_us - reading->said_us < SECOND_US)
        return;
    fprintf(stderr, "floorhand: %lld picks read, back to %.10s of %.10s\n", (long long)reading->picks, time,
            reading->since);
    reading->said_us = now_us;
}

/* The newest come first. */
static bool read_pick(void *user, json_t *row)
{
    struct reading *reading = user;
    const char *time = json_string_value(json_object_get(row, "time"));
    if (!time || strcmp(time, reading->since) < 0)
        return false;
    say_progress(reading, time);
    reading->result = slotting_add_pick(reading->slotting, row);
    return reading->result == 0;
}

static enum exit_code read_all(const char *url, struct reading *reading)
{
    static const struct words faces = {{"kind", "face"}, 1}, picks = {{"reason", "pick"}, 1};
    const struct {
        const char *kind;
        const struct words *filters;
        bool (*read)(void *user, json_t *row);
    } lists[] = {
        {"locations", &faces, read_face},
        {"stock", NULL, read_stock},
        {"moves", &picks, read_pick},
        {"items", NULL, read_item},
    };
    enum exit_code code = EXIT_GOOD;
    for (size_t i = 0; i < COUNT(lists) && code == EXIT_GOOD && !reading->result; i++)
        code = rows_visit(url, lists[i].kind, lists[i].filters, lists[i].read, reading);
    return code;
}

static enum exit_code fail(int result)
{
    if (result == -E2BIG)
        return command_fail(EXIT_FAILED, "the site has more than %d faces or %d SKUs", SLOT_BINS_MAX, SLOT_ITEMS_MAX);
    return command_fail(EXIT_FAILED, "nothing can be suggested: %s", strerror(-result));
}

static void print(json_t *rows, bool json)
{
    if (json)
        rows_print_lines(rows);
    else if (json_array_size(rows) == 0)
        puts("Nothing that could be moved would save walking.");
    else
        rows_print_table(rows);
}

enum exit_code command_slotting(struct command_call *call)
{
    CLEANUP(slotting_free_p) struct slotting *slotting = slotting_new();
    struct reading reading = {.slotting = slotting, .begun_us = clock_mono_us()};
    json_t *rows = NULL;
    if (!slotting)
        return fail(-ENOMEM);
    clock_format(clock_wall_us() - call->options.days * DAY_US, reading.since);
    enum exit_code code = read_all(call->options.url, &reading);
    if (code != EXIT_GOOD)
        return code;
    int result = reading.result ? reading.result : slotting_suggest(slotting, (size_t)call->options.limit, &rows);
    if (result)
        return fail(result);
    print(rows, call->options.json);
    json_decref(rows);
    return EXIT_GOOD;
}
