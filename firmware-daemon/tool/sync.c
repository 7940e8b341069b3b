/* Tells people how the site stands with head office, and what to do where that is not well. */
#include "base/json.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

const struct option_def sync_options[] = {
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "the daemon's answer as it came"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

__attribute__((format(printf, 2, 3))) static void line(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%-14s ", name);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}

/* "90 s", "12 min", "3 h", "2 d" */
static void print_age(int64_t seconds, char *out, size_t size)
{
    static const struct {
        int64_t seconds, below;
        const char *unit;
    } units[] = {{1, 120, "s"}, {60, 7200, "min"}, {3600, 172800, "h"}, {86400, INT64_MAX, "d"}};
    size_t i = 0;
    while (seconds >= units[i].below)
        i++;
    snprintf(out, size, "%" PRId64 " %s", seconds / units[i].seconds, units[i].unit);
}

static void print_connection(const json_t *sync)
{
    const json_t *link = json_object_get(sync, "link"), *office = json_object_get(sync, "head_office");
    const json_t *words = json_object_get(sync, "text"), *online = json_object_get(office, "online");
    const char *why = text_of(link, "why"), *since = text_of(office, "since");
    line("State", "%s · %s", text_of(words, "en"), text_of(words, "zh"));
    line("Link", "%s%s%s", json_is_true(json_object_get(link, "up")) ? "connected to the broker" : "no broker",
         *why ? ": " : "", why);
    line("Head office", "%s%s%s",
         json_is_true(online)    ? "there"
         : json_is_false(online) ? "not there"
                                 : "not known",
         *since ? ", since " : "", since);
    if (*text_of(sync, "fault"))
        line("Fault", "%s", text_of(sync, "fault"));
}

static void print_events(const json_t *sync)
{
    const json_t *outbox = json_object_get(sync, "outbox"), *applied = json_object_get(sync, "applied");
    const char *time = text_of(applied, "time");
    line("Epoch", "%" PRId64, number_of(sync, "epoch"));
    line("Last event", "%" PRId64, number_of(sync, "last_seq"));
    if (number_of(outbox, "count") > 0) {
        char age[32];
        print_age(number_of(outbox, "oldest_s"), age, sizeof(age));
        line("To send", "%" PRId64 ", the oldest of %s (%s ago)", number_of(outbox, "count"), text_of(outbox, "oldest"),
             age);
    } else {
        line("To send", "nothing");
    }
    line("Acknowledged", "%" PRId64 "%s%s", number_of(applied, "seq"), *time ? ", at " : "", time);
    line("In its backup", "%" PRId64, number_of(sync, "durable"));
    if (json_is_true(json_object_get(sync, "snapshot")))
        line("Snapshot", "head office is asked what it knows more of this site");
}

static void print_changes(const json_t *sync)
{
    const json_t *feed = json_object_get(sync, "feed"), *parked = json_object_get(sync, "parked");
    const json_t *head = json_object_get(feed, "head"), *newest = json_object_get(parked, "newest");
    if (json_is_integer(head))
        line("Changes", "%" PRId64 " of %" PRId64 " are here", number_of(feed, "seq"),
             (int64_t)json_integer_value(head));
    else
        line("Changes", "%" PRId64 " are here", number_of(feed, "seq"));
    line("Parked", "%" PRId64, number_of(parked, "count"));
    for (size_t i = 0; i < json_array_size(newest); i++) {
        const json_t *change = json_array_get(newest, i), *why = json_object_get(change, "why");
        line("", "%" PRId64 " %s: %s · %s", number_of(change, "feed_seq"), text_of(change, "type"), text_of(why, "en"),
             text_of(why, "zh"));
    }
}

static void print_troubles(const json_t *sync)
{
    const json_t *troubles = json_object_get(sync, "troubles");
    for (size_t i = 0; i < json_array_size(troubles); i++) {
        const json_t *words = json_object_get(json_array_get(troubles, i), "text");
        printf("\n! %s\n  %s\n", text_of(words, "en"), text_of(words, "zh"));
    }
}

enum exit_code command_sync_status(struct command_call *call)
{
    CLEANUP_BUF struct buf answer = {0};
    enum exit_code code = daemon_fetch(call->options.url, (const char *const[]){"sync", NULL}, NULL, &answer);
    if (code != EXIT_GOOD)
        return code;
    json_t *sync = json_loadb(buf_text(&answer), answer.length, 0, NULL);
    const char *state = text_of(sync, "state");
    if (!*state) {
        code = command_fail(EXIT_FAILED, "the daemon says nothing of sync: is it floorhandd of the same release?");
    } else if (call->options.json) {
        puts(buf_text(&answer));
    } else {
        line("Site", "%s, box %s", text_of(sync, "site"), text_of(sync, "box"));
        print_connection(sync);
        print_events(sync);
        print_changes(sync);
        print_troubles(sync);
    }
    if (strcmp(state, "in_step") != 0)
        code = EXIT_FAILED;
    json_decref(sync);
    return code;
}
