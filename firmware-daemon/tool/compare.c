/* A parallel run: the old system's file beside this site's figures. */
#include "base/id.h"
#include "base/json.h"
#include "base/text.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/variance.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROWS_PRINTED_MAX 3000 /* on labels: a longer list is for a screen */

const struct option_def compare_options[] = {
    {"kind", OPTION_CHOICE_AT(struct tool_options, kind), "stock", 0, 0, "stock|orders|parcels",
     "what the file holds: stock (location, sku, quantity), orders (order, sku, quantity shipped) or parcels (waybill, "
     "order)"},
    {"with", OPTION_TEXT_AT(struct tool_options, with), "", 0, 0, NULL,
     "a file to compare with, instead of asking the daemon"},
    {"columns", OPTION_TEXT_AT(struct tool_options, columns), "", 0, 0, NULL,
     "how FILE.csv calls its columns where it does otherwise: sku=Item no,quantity=Qty"},
    {"since", OPTION_TEXT_AT(struct tool_options, since), "", 0, 0, NULL,
     "leave out what this site shipped before: YYYY-MM-DD, or YYYY-MM-DD HH:MM, local time"},
    {"station", OPTION_TEXT_AT(struct tool_options, station), "", 0, 0, NULL, "print the report there too"},
    {"tell", OPTION_FLAG_AT(struct tool_options, tell), "no", 0, 0, NULL,
     "have the site keep what was found, and tell head office: a parallel run"},
    {"json", OPTION_FLAG_AT(struct tool_options, json), "no", 0, 0, NULL, "print one JSON object"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

/* Seconds of the Unix clock; "" when everything counts. False: not a time. */
static bool read_since(const char *text, char *out, size_t capacity)
{
    struct tm day = {.tm_isdst = -1}, time_of_day = {.tm_isdst = -1};
    *out = '\0';
    if (!*text)
        return true;
    const char *end = strptime(text, "%Y-%m-%d", &day);
    if (end && *end) {
        time_of_day = day;
        end = strptime(end, " %H:%M", &time_of_day);
        day = time_of_day;
    }
    if (!end || *end)
        return false;
    day.tm_isdst = -1;
    snprintf(out, capacity, "%" PRId64, (int64_t)mktime(&day));
    return true;
}

static enum exit_code load_here(const struct command_call *call, struct buf *here)
{
    const struct tool_options *options = &call->options;
    struct error error;
    char since[24];
    if (!read_since(options->since, since, sizeof(since)))
        return command_fail(EXIT_USAGE, "--since is a day, YYYY-MM-DD, or with a time, YYYY-MM-DD HH:MM, not \"%s\"",
                            options->since);
    if (*options->with)
        return table_load(options->with, here, &error) ? command_fail(EXIT_FAILED, "%s", error.text) : EXIT_GOOD;
    return daemon_fetch(options->url, (const char *const[]){"figures", options->kind, NULL},
                        *since ? (const char *const[]){"since", since, NULL} : NULL, here);
}

static void today(char out[24])
{
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(out, 24, "%Y-%m-%d %H:%M", &local);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The daemon's own words about the job are nobody's question here. */
static enum exit_code print_report(const struct command_call *call, const struct variance *variance)
{
    CLEANUP_BUF struct buf data = {0}, body = {0}, answer = {0};
    char date[24], key[ID_TEXT_SIZE];
    size_t rows = variance->count - variance->verdicts[VARIANCE_MATCHING];
    if (rows > ROWS_PRINTED_MAX)
        return command_fail(EXIT_FAILED, "%zu lines are too many to print: look at them with --json", rows);
    today(date);
    id_new(&random_system, key);
    variance_write_label(variance, base_name(call->words[0]), date, &data);
    json_open_object(&body, NULL);
    json_text(&body, "template", "variance");
    json_text(&body, "key", key);
    json_raw(&body, "data", buf_text(&data));
    json_close_object(&body);
    return daemon_send(call->options.url, (const char *const[]){"stations", call->options.station, "labels", NULL},
                       "application/json", &body, &answer);
}

/* The totals alone: the rows stay where they were compared. */
static enum exit_code tell_head_office(const struct command_call *call, const struct variance *variance)
{
    static const char *const names[] = {"matching", "different", "missing_here", "missing_there"};
    static const enum variance_verdict verdicts[] = {VARIANCE_MATCHING, VARIANCE_DIFFERENT, VARIANCE_MISSING_HERE,
                                                     VARIANCE_MISSING_THERE};
    CLEANUP_BUF struct buf body = {0}, answer = {0};
    char name[65];
    text_copy(name, sizeof(name), base_name(call->words[0]));
    json_open_object(&body, NULL);
    json_text(&body, "figures", call->options.kind);
    json_text(&body, "name", name);
    for (size_t i = 0; i < COUNT(names); i++)
        json_int(&body, names[i], (int64_t)variance->verdicts[verdicts[i]]);
    json_close_object(&body);
    return daemon_send(call->options.url, (const char *const[]){"asks", "trial.compared", NULL}, "application/json",
                       &body, &answer);
}

static enum exit_code report(const struct command_call *call, const struct variance *variance)
{
    CLEANUP_BUF struct buf text = {.max = TABLE_FILE_MAX};
    enum exit_code code = EXIT_GOOD;
    if (call->options.json) {
        variance_write_json(variance, &text);
        buf_putc(&text, '\n');
    } else {
        variance_write_text(variance, &text);
    }
    if (text.failed)
        return command_fail(EXIT_FAILED, "the report is too long");
    fwrite(buf_text(&text), 1, text.length, stdout);
    if (*call->options.station)
        code = print_report(call, variance);
    if (code == EXIT_GOOD && call->options.tell)
        code = tell_head_office(call, variance);
    bool equal = variance->verdicts[VARIANCE_MATCHING] == variance->count;
    return code != EXIT_GOOD ? code : equal ? EXIT_GOOD : EXIT_FAILED;
}

enum exit_code command_compare(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    CLEANUP_BUF struct buf here = {.max = TABLE_FILE_MAX}, there = {0};
    CLEANUP(variance_done) struct variance variance = {0};
    struct error error;
    if (table_load(call->words[0], &there, &error) != 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    enum exit_code code = load_here(call, &here);
    if (code != EXIT_GOOD)
        return code;
    const struct variance_file ours = {
        .path = *options->with ? options->with : "the site's figures", .text = buf_text(&here), .length = here.length};
    const struct variance_file theirs = {
        .path = call->words[0], .text = buf_text(&there), .length = there.length, .names = options->columns};
    if (variance_find((enum variance_kind)variance_kind_named(options->kind), &ours, &theirs, &variance, &error) != 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    return report(call, &variance);
}
