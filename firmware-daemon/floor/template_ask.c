/* A supervisor keeps a label template of the site's own, or has the shipped one again. That the text can be printed was
 * seen before (label_desk.c): a rule draws nothing. */
#include "floor/ask.h"
#include "store/label_template.h"

#include "base/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct template_fields {
    char name[LABEL_TEMPLATE_NAME_MAX];
    char text[LABEL_TEMPLATE_TEXT_MAX + 1];
};
_Static_assert(sizeof(struct template_fields) <= ASK_FIELDS_MAX, "a template is the longest that is asked for");

#define NAME                                                                                                           \
    {                                                                                                                  \
        "name", OPTION_TEXT_AT(struct template_fields, name), .help = "the template's name"                            \
    }

static const struct option_def keep_fields[] = {
    NAME,
    {"text", OPTION_TEXT_AT(struct template_fields, text), .help = "the whole text of the template, line by line"},
    {0},
};

static const struct option_def name_fields[] = {NAME, {0}};

static int answer_kept(struct ask *ask, const char *type, enum message message, struct buf *data)
{
    const struct template_fields *fields = ask->fields;
    int result = ask_record(ask, type, "template", fields->name, data);
    ask->effect->relabels = true;
    answer_text(ask_accept(ask, message), "t", fields->name);
    return result;
}

static int keep(struct ask *ask)
{
    const struct template_fields *fields = ask->fields;
    CLEANUP_BUF struct buf data = {0};
    int result = label_template_set(ask->store, fields->name, fields->text);
    if (result == -ENOSPC) {
        char most[24];
        snprintf(most, sizeof(most), "%d", LABEL_TEMPLATES_MAX);
        return ask_refuse(ask, E89_TEMPLATES, "n", most);
    }
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "template", fields->name);
    json_int(&data, "length", (int64_t)strlen(fields->text));
    return answer_kept(ask, "template.saved", DONE_TEMPLATE_SAVED, &data);
}

static int take_back(struct ask *ask)
{
    const struct template_fields *fields = ask->fields;
    CLEANUP_BUF struct buf data = {0};
    int result = label_template_delete(ask->store, fields->name);
    if (result == -ENOENT)
        return ask_refuse(ask, E01_UNKNOWN, "c", fields->name);
    if (result)
        return result;
    json_open_object(&data, NULL);
    json_text(&data, "template", fields->name);
    return answer_kept(ask, "template.reset", DONE_TEMPLATE_RESET, &data);
}

const struct verb template_verbs[] = {
    {"template.save", keep_fields, sizeof(struct template_fields), keep,
     "Keep a label template of the site's own: it is printed from now on."},
    {"template.reset", name_fields, sizeof(struct template_fields), take_back,
     "Give up the site's own label template: the built-in one is printed again."},
    {0},
};
