/* Which device belongs to which station: a scanner by scanning the station's label with it, a printer or a scale by
 * scanning its own label at the station. */
#include "floor/rule.h"

#include "base/json.h"
#include "base/text.h"
#include "store/binding.h"

#include <errno.h>
#include <string.h>

static int answer_bound(struct answer *answer, const struct binding *binding)
{
    answer_set(answer, DONE_BOUND);
    answer_text(answer, "d", binding->device);
    answer_text(answer, "s", binding->station);
    return 0;
}

static int refuse_binding(struct answer *answer, enum message message, const struct binding *binding)
{
    answer_set(answer, message);
    answer_text(answer, "d", binding->device);
    answer_text(answer, "s", binding->station);
    return FLOOR_REFUSED;
}

static bool begins_with_any(const char *text, const char *const *prefixes)
{
    for (; *prefixes; prefixes++)
        if (strncmp(text, *prefixes, strlen(*prefixes)) == 0 && text[strlen(*prefixes)])
            return true;
    return false;
}

static bool is_device(const char *id)
{
    return begins_with_any(id, (const char *const[]){"usb:", "usb-path:", "serial:", "tcp:", "stream:", "unix:", NULL});
}

/* The same binding again is good, and leaves no row. */
static int bind(struct store *store, const struct binding *binding, struct effect *effect)
{
    struct binding before = {.station = ""};
    if (!is_device(binding->device))
        return refuse_binding(&effect->answer, E33_NO_DEVICE, binding);
    if (station_exists(store, binding->station) == -ENOENT)
        return refuse_binding(&effect->answer, E31_NO_STATION, binding);
    if (strcmp(binding->role, "scanner") != 0 && station_is_fixed(store, binding->station, binding->role) == 1)
        return refuse_binding(&effect->answer, E32_FIXED, binding);
    int result = binding_of(store, binding->device, &before);
    if (result && result != -ENOENT)
        return result;
    if (!result && memcmp(&before, binding, sizeof(before)) == 0)
        return answer_bound(&effect->answer, binding);
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "role", binding->role);
    json_text(&data, "station", binding->station);
    json_text(&data, "before", *before.station ? before.station : NULL);
    json_close_object(&data);
    result = binding_set(store, binding);
    if (!result)
        result = note(store, "device.bound", "device", binding->device, &data, &effect->seq);
    effect->rewires = true;
    return result ? result : answer_bound(&effect->answer, binding);
}

/* Labels: STATION:bench-1, PRINTER:usb:0a5f:0166:SERIAL, SCALE:… */
static const struct {
    const char *prefix, *role;
} labels[] = {{"STATION:", "scanner"}, {"PRINTER:", "printer"}, {"SCALE:", "scale"}};

bool is_binding_label(const char *text)
{
    for (size_t i = 0; i < COUNT(labels); i++)
        if (strncmp(text, labels[i].prefix, strlen(labels[i].prefix)) == 0)
            return true;
    return false;
}

/* A label binds what is plugged into this machine. Anybody can print a code: one that names a network address must not
 * send labels there. A page or the tool may name any. */
static bool is_of_this_machine(const char *device)
{
    return begins_with_any(device, (const char *const[]){"usb:", "usb-path:", "serial:", NULL});
}

int scan_binding_label(struct store *store, const struct event *event, const char *text, struct effect *effect)
{
    struct binding binding = {.station = ""};
    size_t i = 0;
    while (strncmp(text, labels[i].prefix, strlen(labels[i].prefix)) != 0)
        i++;
    const char *named = text + strlen(labels[i].prefix);
    bool scanner = i == 0;
    text_copy(binding.role, sizeof(binding.role), labels[i].role);
    bool whole = text_copy(binding.device, sizeof(binding.device), scanner ? event->device : named) &&
                 text_copy(binding.station, sizeof(binding.station), scanner ? named : event->station);
    if (!whole || !*binding.device || !*binding.station) { /* a page has no scanner to bind; a device needs a station */
        answer_set(&effect->answer, *event->station ? E25_NOT_NOW : E30_UNBOUND);
        answer_text(&effect->answer, "c", text);
        return FLOOR_REFUSED;
    }
    if (!scanner && !is_of_this_machine(binding.device)) {
        answer_set(&effect->answer, E01_UNKNOWN);
        answer_text(&effect->answer, "c", text);
        return FLOOR_REFUSED;
    }
    if (scanner && event->device_fixed)
        return refuse_binding(&effect->answer, E32_FIXED, &binding);
    return bind(store, &binding, effect);
}

int bind_rule(struct store *store, const struct event *event, struct effect *effect)
{
    struct binding binding = {.station = ""};
    text_copy(binding.role, sizeof(binding.role), event->name);
    text_copy(binding.station, sizeof(binding.station), event->station);
    text_copy(binding.device, sizeof(binding.device), event_bytes(event));
    effect->shows = true;
    return bind(store, &binding, effect);
}

/* One line a station: code, blank, then letters: p its printer, s its scale is named by the configuration. */
int stations_from_boot(struct store *store, const struct event *event)
{
    char line[STORE_CODE_MAX + 8];
    int result = station_forget_all(store);
    for (const char *at = event_bytes(event); !result && *at; at += strcspn(at, "\n"), at += *at == '\n') {
        text_copy_n(line, sizeof(line), at, strcspn(at, "\n"));
        char *flags = strchr(line, ' ');
        if (!flags)
            continue;
        *flags++ = '\0';
        result = station_add(store, line, strchr(flags, 'p') != NULL, strchr(flags, 's') != NULL);
    }
    return result;
}
