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

/* The name begins with the make; a word behind it stands in the model's name. */
static bool is_model(const struct model *model, const char *name)
{
    size_t length = strlen(model->make);
    char word[48];
    if (!length || strncasecmp(name, model->make, length) != 0 || strcmp(model->driver, "none") == 0)
        return false;
    for (const char *at = name + length; *at; at += strcspn(at, " ")) {
        at += strspn(at, " ");
        if (text_copy_n(word, sizeof(word), at, strcspn(at, " ")) && *word && strcasestr(model->name, word))
            return true;
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
