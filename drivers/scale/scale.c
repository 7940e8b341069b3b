#include "drivers/scale/scale.h"

#include "drivers/driver.h"

#include <errno.h>
#include <string.h>

const struct scale_ops *const scale_registry[] = {&hid_scale_ops, NULL};

struct scale {
    const struct scale_ops *ops;
    void *decoder;
};

const char *scale_state_name(enum scale_state state)
{
    static const char *const names[] = {
        [SCALE_STABLE] = "stable",         [SCALE_MOTION] = "motion", [SCALE_UNDER_ZERO] = "under_zero",
        [SCALE_OVER_RANGE] = "over_range", [SCALE_BUSY] = "busy",     [SCALE_ERROR] = "error",
    };
    return names[state];
}

int scale_new(const char *protocol, const struct scale_settings *settings, const struct scale_sink *sink,
              struct scale **ret, struct error *error)
{
    const struct scale_ops *ops = scale_registry[0];
    for (size_t i = 0; ops && strcmp(ops->name, protocol) != 0;)
        ops = scale_registry[++i];
    if (!ops)
        return error_set(error, -EINVAL, "There is no scale protocol \"%s\".", protocol);
    struct scale *scale CLEANUP(scale_free_p) = calloc(1, sizeof(*scale));
    if (!scale)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    scale->ops = ops;
    int r = ops->open(settings, sink, &scale->decoder, error);
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
