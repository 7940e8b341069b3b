#include "drivers/scale/scale.h"

#include "base/json.h"
#include "drivers/driver.h"

#include <errno.h>
#include <string.h>

const struct scale_ops *const scale_registry[] = {
    &hid_scale_ops, &mt_sics_ops, &toledo_8217_ops, &toledo_continuous_ops, &a_and_d_ops, &cas_ops, NULL,
};

struct scale {
    const struct scale_ops *ops;
    void *decoder;
    struct scale_sink sink;
};

const char *scale_state_name(enum scale_state state)
{
    static const char *const names[] = {
        [SCALE_STABLE] = "stable",         [SCALE_MOTION] = "motion", [SCALE_UNDER_ZERO] = "under_zero",
        [SCALE_OVER_RANGE] = "over_range", [SCALE_BUSY] = "busy",     [SCALE_ERROR] = "error",
    };
    return names[state];
}

static void number_or_null(struct buf *json, const char *key, bool has, int64_t value)
{
    if (has)
        json_int(json, key, value);
    else
        json_text(json, key, NULL);
}

void scale_reading_json(const struct scale_reading *reading, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "state", scale_state_name(reading->state));
    number_or_null(json, "milligrams", reading->has_weight, reading->milligrams);
    number_or_null(json, "count", reading->has_count, reading->count);
    if (reading->state == SCALE_ERROR)
        json_text(json, "why", reading->why);
    json_close_object(json);
}

static const struct scale_ops *find(const char *protocol)
{
    for (size_t i = 0; scale_registry[i]; i++)
        if (strcmp(scale_registry[i]->name, protocol) == 0)
            return scale_registry[i];
    return NULL;
}

static int no_such_protocol(const char *protocol, struct error *error)
{
    CLEANUP_BUF struct buf names = {0};
    for (size_t i = 0; scale_registry[i]; i++)
        buf_printf(&names, "%s%s", i == 0 ? "" : scale_registry[i + 1] ? ", " : " or ", scale_registry[i]->name);
    return error_set(error, -EINVAL, "There is no scale protocol \"%s\": use %s.", protocol, buf_text(&names));
}

static bool is_setting_unit(const char *unit)
{
    static const char *const units[] = {"", "kg", "g", "lb", "oz"};
    for (size_t i = 0; i < COUNT(units); i++)
        if (strcmp(units[i], unit) == 0)
            return true;
    return false;
}

int scale_new(const char *protocol, const struct scale_settings *settings, const struct scale_sink *sink,
              struct scale **ret, struct error *error)
{
    const struct scale_ops *ops = find(protocol);
    if (!ops)
        return no_such_protocol(protocol, error);
    if (!memchr(settings->unit, '\0', sizeof(settings->unit)) || !is_setting_unit(settings->unit))
        return error_set(error, -EINVAL, "A scale's unit is kg, g, lb or oz, not \"%.*s\".",
                         (int)sizeof(settings->unit), settings->unit);
    struct scale *scale CLEANUP(scale_free_p) = calloc(1, sizeof(*scale));
    if (!scale)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    scale->ops = ops;
    scale->sink = *sink;
    int r = ops->open(settings, &scale->sink, &scale->decoder, error);
    if (r < 0)
        return r;
    *ret = scale;
    scale = NULL;
    return 0;
}

struct scale *scale_free(struct scale *scale)
{
    if (scale && scale->decoder)
        scale->ops->close(scale->decoder);
    free(scale);
    return NULL;
}

void scale_feed(struct scale *scale, const void *bytes, size_t length)
{
    scale->ops->feed(scale->decoder, bytes, length);
}

const char *scale_question(const struct scale *scale, size_t *ret_length)
{
    *ret_length = scale->ops->question_length;
    return scale->ops->question;
}

void scale_reset(struct scale *scale)
{
    if (scale->ops->reset)
        scale->ops->reset(scale->decoder);
}
