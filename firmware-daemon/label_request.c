#include "label_request.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

static int fill_draft(const struct label_desk *desk, json_t *draft, struct label_fault *fault)
{
    json_t *data = NULL;
    int result = json_is_object(draft) ? label_desk_data(desk, draft, &data, fault) : 0;
    if (result || !data)
        return result;
    json_object_del(draft, "of");
    return json_object_set_new(draft, "data", data) ? -ENOMEM : 0;
}

static int read_request(struct plugboard *board, size_t station, bool sample, const json_t *root, struct event *event,
                        struct buf *words, struct label_fault *fault)
{
    const char *template = json_string_value(json_object_get(root, "template"));
    const char *key = json_string_value(json_object_get(root, "key"));
    const json_t *copies = json_object_get(root, "copies");
    CLEANUP(cleanup_free) char *data = json_dumps(json_object_get(root, "data"), JSON_COMPACT);
    event->number = copies ? json_integer_value(copies) : 1;
    if (!template || !data || !key || !*key || strlen(key) >= STORE_CODE_MAX || strlen(template) >= TEMPLATE_NAME_MAX ||
        strpbrk(key, "\r\n"))
        return label_refuse(
            fault, -EINVAL, LABEL_DATA, NULL,
            "A label is asked for with {\"template\", \"data\", \"key\"}; key: of the asker's choice, at "
            "most %d bytes, the same for the same label",
            STORE_CODE_MAX - 1);
    if (event->number < 1 || event->number > LABEL_COPIES_MAX)
        return label_refuse(fault, -EINVAL, LABEL_SIZE, "copies", "copies is a number from 1 to %d", LABEL_COPIES_MAX);
    buf_printf(words, "%s\n%s\n%s", template, key, data);
    return plugboard_check_label(
        board, station,
        &(struct render_job){.template_name = template, .json = data, .length = strlen(data), .sample = sample}, fault);
}

int label_request_read(struct plugboard *board, const struct label_desk *desk, size_t station, bool sample,
                       const char *json, size_t length, struct event *event, struct buf *words,
                       struct label_fault *fault)
{
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL);
    const char *template = json_string_value(json_object_get(root, "template"));
    int result = 0;
    if (template && strcmp(template, RENDER_DRAFT) == 0)
        result = fill_draft(desk, json_object_get(root, "data"), fault);
    if (!result)
        result = read_request(board, station, sample, root, event, words, fault);
    json_decref(root);
    return result;
}
