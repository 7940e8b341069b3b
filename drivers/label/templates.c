#include "drivers/label/templates.h"

#include "drivers/label/fields.h"
#include "drivers/label/template_json.h"

#include <errno.h>
#include <string.h>

const struct label_template label_templates[] = {
    {"shipping", shipping_label_from_json},
    {"manifest", manifest_label_from_json},
    {"code", code_label_from_json},
    {0},
};

int label_from_json(const char *template_name, const char *json, size_t length, int64_t dpi, struct label **ret,
                    struct error *error)
{
    const struct label_template *entry = label_templates;
    while (entry->name && strcmp(entry->name, template_name) != 0)
        entry++;
    if (!entry->name)
        return error_set(error, -ENOENT, "label_template: there is no template \"%s\"", template_name);
    json_error_t problem;
    json_t *data = json_loadb(json, length, JSON_REJECT_DUPLICATES, &problem);
    int result = json_is_object(data) ? entry->from_json(data, dpi, ret, error)
                 : data ? error_set(error, -EINVAL, "label_data: the data of the label is not a JSON object")
                        : error_set(error, -EINVAL, "label_data: the data of the label is not JSON: %s", problem.text);
    json_decref(data);
    return result;
}
