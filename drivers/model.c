#include "drivers/model.h"

#include "base/cleanup.h"
#include "base/option.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DRIVERS                                                                                                        \
    "hid-keyboard|hid-pos|serial|ssi|zpl|tspl|epl|cpcl|escpos|hid|mt-sics|toledo-8217|toledo-continuous|a-and-d|cas|"  \
    "auto|none"

static const struct option_def keys[] = {
    {"make", OPTION_TEXT_AT(struct model, make), NULL, 0, 0, NULL, "the maker"},
    {"match", OPTION_TEXT_AT(struct model, match), NULL, 0, 0, NULL, "what names it"},
    {"kind", OPTION_CHOICE_AT(struct model, kind), NULL, 0, 0, "scanner|printer|scale", "what it is"},
    {"driver", OPTION_CHOICE_AT(struct model, driver), NULL, 0, 0, DRIVERS, "driver, language or protocol"},
    {"baud", OPTION_NUMBER_AT(struct model, baud), NULL, 300, 921600, NULL, "the serial line's speed"},
    {"data_bits", OPTION_NUMBER_AT(struct model, data_bits), NULL, 7, 8, NULL, "the serial line's data bits"},
    {"parity", OPTION_CHOICE_AT(struct model, parity), NULL, 0, 0, "none|even|odd", "the serial line's parity"},
    {"flow", OPTION_CHOICE_AT(struct model, flow), NULL, 0, 0, "none|rtscts|xonxoff", "the serial line's flow control"},
    {"answer", OPTION_CHOICE_AT(struct model, answer), NULL, 0, 0, "none|ack-nak|honeywell", "what a scan waits for"},
    {"quirks", OPTION_TEXT_AT(struct model, quirks), NULL, 0, 0, NULL, "what to beware of"},
    {"capabilities", OPTION_TEXT_AT(struct model, capabilities), NULL, 0, 0, NULL, "what it can do"},
    {"support", OPTION_CHOICE_AT(struct model, support), NULL, 0, 0, "hardware|rig|documents", "verified against"},
    {"source", OPTION_TEXT_AT(struct model, source), NULL, 0, 0, NULL, "the document that the facts come from"},
    {"note", OPTION_TEXT_AT(struct model, note), NULL, 0, 0, NULL, "what a person should know or do"},
    {.name = NULL},
};

/* ---------------------------------------------------------------- finding */

/* How much a match says; the best wins. Of the classes, what reads a scan whole comes before what types it. */
enum score {
    SCORE_NONE = 0,
    SCORE_CLASS = 1,
    SCORE_VENDOR = 20,
    SCORE_MAKE = 30,
    SCORE_MODEL = 40,
    SCORE_PRODUCT = 50
};

static const struct class_match {
    const char *name;
    unsigned kind;
} classes[] = {{"keyboard", PLUGGED_KEYBOARD},
               {"printer", PLUGGED_PRINTER},
               {"hid-scale", PLUGGED_HID_SCALE},
               {"hid-barcode", PLUGGED_HID_BARCODE}};

static int score_of_class(const char *name, const struct plugged *plugged)
{
    for (size_t i = 0; i < COUNT(classes); i++)
        if (strcmp(name, classes[i].name) == 0)
            return plugged->kinds & classes[i].kind ? SCORE_CLASS + (int)i : SCORE_NONE;
    return -EINVAL;
}

/* "05e0:1200", "1eab:??03", "0c2e:*" */
static int score_of_usb(const char *pattern, const struct plugged *plugged)
{
    char id[10];
    size_t digits = strspn(pattern, "0123456789abcdef");
    const char *product = pattern + 5;
    if (digits != 4 || pattern[4] != ':' || strspn(product, "0123456789abcdef?*") != strlen(product) || !*product)
        return -EINVAL;
    snprintf(id, sizeof(id), "%04x:%04x", plugged->vendor, plugged->product);
    if (fnmatch(pattern, id, 0) != 0)
        return SCORE_NONE;
    int wild = 0;
    for (const char *at = product; *at; at++)
        wild += *at == '?' ? 1 : *at == '*' ? 5 : 0;
    return wild == 0 ? SCORE_PRODUCT : wild < 4 ? SCORE_MODEL - wild : SCORE_VENDOR;
}

static bool begins_with(const char *text, const char *start, size_t length)
{
    return strncasecmp(text, start, length) == 0 && !isalnum((unsigned char)text[length]);
}

/* "MANUFACTURER/MODEL": how both begin, whole words, either case; "*" is any model. */
static int score_of_1284(const char *pattern, const struct plugged *plugged)
{
    const char *slash = strchr(pattern, '/');
    if (!slash || slash == pattern || !slash[1])
        return -EINVAL;
    if (!*plugged->printer_make || !begins_with(plugged->printer_make, pattern, (size_t)(slash - pattern)))
        return SCORE_NONE;
    if (strcmp(slash + 1, "*") == 0)
        return SCORE_MAKE;
    return begins_with(plugged->printer_model, slash + 1, strlen(slash + 1)) ? SCORE_MODEL : SCORE_NONE;
}

static const struct {
    const char *start;
    int (*score)(const char *pattern, const struct plugged *plugged);
} matchers[] = {{"usb:", score_of_usb}, {"1284:", score_of_1284}, {"class:", score_of_class}};

static int score_of_item(const char *item, const struct plugged *plugged)
{
    for (size_t i = 0; i < COUNT(matchers); i++) {
        size_t length = strlen(matchers[i].start);
        if (strncmp(item, matchers[i].start, length) == 0)
            return matchers[i].score(item + length, plugged);
    }
    return -EINVAL;
}

/* The best of the items; -EINVAL when one of them is none. */
static int score_of(const struct model *model, const struct plugged *plugged)
{
    char items[sizeof(model->match)];
    char *rest = NULL;
    int best = SCORE_NONE;
    memcpy(items, model->match, sizeof(items));
    for (char *item = strtok_r(items, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        int score = score_of_item(item + strspn(item, " "), plugged);
        if (score < 0)
            return score;
        best = score > best ? score : best;
    }
    return best;
}

const struct model *model_find(const struct model_set *set, const struct plugged *plugged)
{
    const struct model *found = NULL;
    int best = SCORE_NONE;
    for (size_t i = 0; i < set->count; i++) {
        int score = score_of(&set->models[i], plugged);
        if (score > best) {
            found = &set->models[i];
            best = score;
        }
    }
    return found;
}

bool model_is_generic(const struct model *model)
{
    return strncmp(model->match, "class:", 6) == 0;
}

const char *model_driver(const struct model *model, const struct plugged *plugged)
{
    if (strcmp(model->driver, "auto") != 0)
        return model->driver;
    if (strcmp(model->kind, "scale") == 0)
        return plugged->kinds & PLUGGED_HID_SCALE ? "hid" : "";
    if (strcmp(model->kind, "scanner") != 0)
        return "";
    if (plugged->kinds & PLUGGED_HID_BARCODE)
        return "hid-pos";
    if (plugged->kinds & PLUGGED_KEYBOARD)
        return "hid-keyboard";
    return plugged->kinds & PLUGGED_SERIAL ? "serial" : "";
}

bool model_lists(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, " ") == length && strncmp(at, word, length) == 0)
            return true;
    return false;
}

/* ---------------------------------------------------------------- loading */

static void *open_model(void *user, const struct option_section *section, const char *name)
{
    (void)section;
    struct model_set *set = user;
    struct model *model = &set->models[set->count];
    if (set->count == MODELS_MAX || !text_copy(model->name, sizeof(model->name), name))
        return NULL;
    set->count++;
    return model;
}

static int by_make_and_name(const void *left, const void *right)
{
    const struct model *a = left, *b = right;
    int order = strcasecmp(a->make, b->make);
    return order ? order : strcasecmp(a->name, b->name);
}

static int check(const struct model *model, struct error *error)
{
    static const struct plugged nothing;
    if (!*model->make || !*model->kind || !*model->driver || !*model->support || !*model->source)
        return error_set(error, -EINVAL, "The model %s lacks its make, kind, driver, support or source.", model->name);
    if (score_of(model, &nothing) < 0)
        return error_set(error, -EINVAL, "The model %s %s matches nothing that can be: \"%s\".", model->make,
                         model->name, model->match);
    return 0;
}

int model_set_load(const struct embedded_file *files, struct model_set *ret, struct error *error)
{
    static const struct option_section sections[] = {{"model ", keys, open_model}, {.name = NULL}};
    CLEANUP(model_set_done) struct model_set set = {.models = calloc(MODELS_MAX, sizeof(*set.models))};
    if (!set.models)
        return error_set(error, -ENOMEM, "There is no memory left for the list of models.");
    for (; files->name; files++) {
        int r = option_load_text(files->name, files->data, sections, &set, error);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < set.count; i++) {
        int r = check(&set.models[i], error);
        if (r < 0)
            return r;
    }
    qsort(set.models, set.count, sizeof(*set.models), by_make_and_name);
    *ret = set;
    set = (struct model_set){0};
    return 0;
}

void model_set_done(struct model_set *set)
{
    free(set->models);
    *set = (struct model_set){0};
}
