/* How each template reads its data from JSON: the entries of label_templates. Not for users of templates. */
#ifndef LABEL_TEMPLATE_JSON_H
#define LABEL_TEMPLATE_JSON_H

#include "drivers/label/label.h"

#include <jansson.h>

int shipping_label_from_json(const json_t *data, int64_t dpi, struct label **ret, struct error *error);
int manifest_label_from_json(const json_t *data, int64_t dpi, struct label **ret, struct error *error);
int code_label_from_json(const json_t *data, int64_t dpi, struct label **ret, struct error *error);

#endif
