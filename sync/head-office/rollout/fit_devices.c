#include "sync/head-office/rollout/fit_devices.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

int fit_devices_open(struct fit_devices *ret, struct error *error)
{
    *ret = (struct fit_devices){0};
    return model_set_load(device_models, &ret->models, error);
}

void fit_devices_close(struct fit_devices *devices)
{
    model_set_done(&devices->models);
}

/* What is behind the make, one of "Honeywell/Metrologic"; NULL: it is another make's. */
static const char *behind_make(const char *make, const char *name)
{
    for (size_t length; *make; make += length + (make[length] == '/')) {
        length = strcspn(make, "/");
        if (length > 0 && strncasecmp(name, make, length) == 0)
            return name + length;
    }
    return NULL;
}

/* The name begins with the make; a word behind it stands in the model's name. */
static bool is_model(const struct model *model, const char *name)
{
    char word[48];
    const char *at = strcmp(model->driver, "none") == 0 ? NULL : behind_make(model->make, name);
    while (at && *at) {
        at += strspn(at, " ");
        size_t length = strcspn(at, " ");
        if (length > 0 && text_copy_n(word, sizeof(word), at, length) && strcasestr(model->name, word))
            return true;
        at += length;
    }
    return false;
}

bool fit_devices_know(const struct fit_devices *devices, const char *name)
{
    for (size_t i = 0; i < devices->models.count; i++)
        if (is_model(&devices->models.models[i], name))
            return true;
    return false;
}
