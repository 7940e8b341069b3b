/* Device ids of printers, with or without their length in front. */
#include "base/text.h"
#include "drivers/printer/printer_status.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>

static void check_name(const char *name, size_t capacity)
{
    const char *end = memchr(name, '\0', capacity);
    CLAIM(end);
    for (const char *c = name; c < end; c++)
        CLAIM((unsigned char)*c >= ' ');
}

static void check_json(const struct printer_identity *identity)
{
    struct buf json CLEANUP_BUF = {0};
    printer_identity_json(identity, NULL, &json);
    json_t *root = json_loads(buf_text(&json), JSON_REJECT_DUPLICATES, NULL);
    const char *model = json_string_value(json_object_get(root, "model"));
    CLAIM(model && json_is_string(json_object_get(root, "language")));
    CLAIM(!text_is_utf8(identity->model, strlen(identity->model)) || strcmp(model, identity->model) == 0);
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct printer_identity identity, untouched;
    memset(&identity, 0xA5, sizeof(identity));
    memset(&untouched, 0xA5, sizeof(untouched));
    if (printer_identity_parse(data, size, &identity) < 0) {
        CLAIM(memcmp(&identity, &untouched, sizeof(identity)) == 0);
        return 0;
    }
    check_name(identity.manufacturer, sizeof(identity.manufacturer));
    check_name(identity.model, sizeof(identity.model));
    check_name(identity.serial, sizeof(identity.serial));
    CLAIM(identity.language >= PRINTER_LANGUAGE_UNKNOWN && identity.language < PRINTER_LANGUAGES);
    check_json(&identity);
    return 0;
}
