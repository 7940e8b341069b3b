/* A template and its data. The input: the template's file, a zero byte, the data as JSON. */
#include "base/text.h"
#include "drivers/label/template.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>

/* libfontconfig keeps what it has found of fonts, in ways that the sanitizer takes for lost. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

/* Templates of huge labels take long and prove no more. */
#define SIDE_MAX_TENTHS 1500

static void check_fault(int result, const struct label_fault *fault)
{
    CLAIM(result < 0);
    CLAIM(strncmp(fault->code, "label_", 6) == 0 && *fault->error.text);
    CLAIM(text_is_utf8(fault->error.text, strlen(fault->error.text)));
    CLAIM(strlen(fault->field) < LABEL_FIELD_MAX);
}

/* Every dot that is printed lies in its element's box, and that on the label. */
static void check_label(const struct label *label)
{
    for (size_t i = 0; i < label->count; i++) {
        const struct label_element *element = &label->elements[i];
        const struct label_box *box = &element->box;
        CLAIM(box->x >= 0 && box->y >= 0 && box->x + box->width <= label->width &&
              box->y + box->height <= label->height);
        if (element->kind == LABEL_FRAME || !element->dots.bits)
            continue;
        CLAIM(element->x >= box->x && element->x + element->dots.width <= box->x + box->width);
        CLAIM(element->y >= box->y && element->y + element->dots.height <= box->y + box->height);
    }
}

static void draw(const struct template *template, const char *json, size_t length)
{
    struct label *label = NULL;
    struct label_fault fault = {.code = ""};
    const struct template_about about = template_about(template);
    json_t *data = json_loadb(json, length, 0, NULL);
    if (!json_is_object(data) || about.width_tenths > SIDE_MAX_TENTHS || about.height_tenths > SIDE_MAX_TENTHS) {
        json_decref(data);
        return;
    }
    int result = template_draw(template, data, 203, LABEL_ENGLISH, &label, &fault);
    if (result)
        check_fault(result, &fault);
    for (const struct label *page = label; page; page = page->next)
        check_label(page);
    CLAIM((result == 0) == (label != NULL));
    label_free(label);
    json_decref(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size ? memchr(text, '\0', size) : NULL;
    size_t length = end ? (size_t)(end - text) : size;
    struct template *template = NULL;
    struct label_fault fault = {.code = ""};
    int result = template_parse("fuzz", text, length, &template, &fault);
    if (result)
        check_fault(result, &fault);
    else if (end)
        draw(template, end + 1, size - length - 1);
    CLAIM((result == 0) == (template != NULL));
    template_free(template);
    return 0;
}
