/* Reads the fields of a template's data, and names the field when it is missing or of the wrong kind.
 * Does not copy: texts live as long as the JSON. */
#ifndef LABEL_FIELDS_H
#define LABEL_FIELDS_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* One text field of a struct. path: "waybill" or "receiver.name". */
struct field_text {
    const char *path;
    size_t offset; /* of a const char * */
    bool needed;
};

/* Missing and null are the same. -EINVAL with a sentence. */
int fields_read_texts(const json_t *data, const struct field_text *fields, size_t count, void *target,
                      struct error *error);

/* fallback when it is missing. -EINVAL when it is not a whole number within the bounds. */
int fields_read_int(const json_t *data, const char *path, int64_t min, int64_t max, int64_t fallback, int64_t *ret,
                    struct error *error);

/* Missing yields NULL, of which json_array_size is 0. -EINVAL when it is not an array of objects. */
int fields_read_array(const json_t *data, const char *path, const json_t **ret, struct error *error);

#endif
