#include "label_desk.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "floor/label.h"
#include "station/picture.h"
#include "store/catalog.h"
#include "store/label_template.h"
#include "store/parcel.h"
#include "store/print_job.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

static void decref(json_t **json)
{
    json_decref(*json);
}

/* ---------------------------------------------------------------- which there are */

static void write_about(const struct template_about *about, const struct label_template *own, struct buf *json)
{
    json_text(json, "name", about->name);
    json_words(json, "title", about->title_en, about->title_zh);
    buf_printf(json, ",\"width\":%g,\"height\":%g", about->width_tenths / 10.0, about->height_tenths / 10.0);
    json_text(json, "needs", about->needs);
    json_text(json, "origin", *own->name ? "site" : about->shipped ? "shipped" : "folder");
    json_bool(json, "shipped", template_shipped_text(about->name) != NULL);
}

static void write_kept(const struct label_template *own, struct buf *json)
{
    char time[CLOCK_TEXT_SIZE] = "";
    if (*own->name)
        clock_format(own->changed_us, time);
    json_text(json, "changed", *own->name ? time : NULL);
    json_text(json, "worker", *own->name ? own->worker : NULL);
}

/* The row of one that is kept; .name is "" when there is none. */
static int find_kept(const struct label_desk *desk, const char *name, struct label_template *ret, struct buf *text)
{
    *ret = (struct label_template){.name = ""};
    int result = label_template_find(desk->store, name, ret, text);
    return result == -ENOENT ? 0 : result;
}

int label_desk_list(const struct label_desk *desk, struct buf *json)
{
    int result = 0;
    json_open_array(json, NULL);
    for (size_t i = 0; i < desk->labels->count && !result; i++) {
        const struct template_about about = template_about(desk->labels->templates[i]);
        struct label_template own;
        CLEANUP_BUF struct buf text = {0};
        result = find_kept(desk, about.name, &own, &text);
        json_open_object(json, NULL);
        write_about(&about, &own, json);
        write_kept(&own, json);
        json_close_object(json);
    }
    json_close_array(json);
    return result;
}

/* What stands behind the site's own: a file of the folder, else what is shipped. false: nothing does. */
static bool text_behind(const struct label_desk *desk, const char *name, struct buf *ret)
{
    CLEANUP_BUF struct buf path = {0};
    const struct embedded_file *shipped = template_shipped_text(name);
    ret->max = TEMPLATE_FILE_MAX;
    buf_printf(&path, "%s/%s.label", desk->labels->folder, name);
    if (*desk->labels->folder && file_load(buf_text(&path), ret) == 0)
        return true;
    if (shipped)
        buf_put(ret, shipped->data, shipped->length);
    return shipped != NULL;
}

/* One that is kept but cannot be read any more is told all the same: it is to be mended. */
int label_desk_one(const struct label_desk *desk, const char *name, struct buf *json)
{
    struct label_template own;
    CLEANUP_BUF struct buf text = {0}, behind = {0};
    const struct template *template = template_set_find(desk->labels, name);
    const struct embedded_file *sample = template_sample(name);
    int result = find_kept(desk, name, &own, &text);
    if (result || (!template && !*own.name))
        return result ? result : -ENOENT;
    bool is_behind = text_behind(desk, name, &behind);
    json_open_object(json, NULL);
    if (template) {
        const struct template_about about = template_about(template);
        write_about(&about, &own, json);
    } else {
        json_text(json, "name", name);
        json_text(json, "origin", "site");
    }
    write_kept(&own, json);
    json_text(json, "text", *own.name ? buf_text(&text) : buf_text(&behind));
    json_text(json, "built_in", is_behind ? buf_text(&behind) : NULL);
    json_raw(json, "sample", sample ? sample->data : "null");
    json_close_object(json);
    return 0;
}

/* ---------------------------------------------------------------- data to draw */

static int data_of_job(struct store *store, const char *code, struct buf *ret)
{
    char *end;
    int64_t job = strtoll(code, &end, 10);
    return *end || !*code ? -ENOENT : print_job_data(store, job, ret);
}

/* As it was printed, else as it would be. */
static int data_of_order(struct store *store, const char *code, struct buf *ret)
{
    struct order order;
    struct parcel parcel = {0};
    struct print_job job;
    int64_t id;
    int result = order_find(store, code, &id);
    if (!result)
        result = order_load(store, id, &order);
    if (result)
        return result;
    result = parcel_of_order(store, id, &parcel);
    if (result && result != -ENOENT)
        return result;
    if (!result && print_job_of_parcel(store, parcel.id, &job) == 0 && strcmp(job.template, RENDER_OPAQUE) != 0)
        return print_job_data(store, job.id, ret);
    return label_write(store, &order, parcel.id, 1, ret);
}

static int data_of_item(struct store *store, const char *code, struct buf *ret)
{
    int64_t id;
    struct item item;
    char barcode[STORE_CODE_MAX] = "";
    int result = item_find(store, code, &id);
    if (!result)
        result = item_load(store, id, &item);
    if (!result)
        result = item_barcode(store, id, barcode, sizeof(barcode));
    if (result)
        return result;
    json_open_object(ret, NULL);
    json_text(ret, "sku", item.sku);
    json_text(ret, "name", item.name);
    if (*barcode && strspn(barcode, "0123456789") == strlen(barcode))
        json_text(ret, "gtin", barcode);
    json_close_object(ret);
    return 0;
}

static int data_of_location(struct store *store, const char *code, struct buf *ret)
{
    int64_t id;
    struct location location;
    int result = location_find(store, code, &id);
    if (!result)
        result = location_load(store, id, &location);
    if (result)
        return result;
    json_open_object(ret, NULL);
    json_text(ret, "location", location.code);
    if (*location.zone)
        json_text(ret, "zone", location.zone);
    json_close_object(ret);
    return 0;
}

static const struct {
    const char *kind;
    int (*write)(struct store *store, const char *code, struct buf *ret);
} sources[] = {{"order", data_of_order}, {"item", data_of_item}, {"location", data_of_location}, {"job", data_of_job}};

int label_desk_data(const struct label_desk *desk, const json_t *request, json_t **ret, struct label_fault *fault)
{
    const json_t *of = json_object_get(request, "of");
    const char *kind = json_string_value(json_object_get(of, "kind")),
               *code = json_string_value(json_object_get(of, "code"));
    CLEANUP_BUF struct buf data = {0};
    if (!of) {
        json_t *given = json_object_get(request, "data");
        *ret = given ? json_incref(given) : json_object();
        return 0;
    }
    for (size_t i = 0; kind && code && i < COUNT(sources); i++) {
        if (strcmp(sources[i].kind, kind) != 0)
            continue;
        int result = sources[i].write(desk->store, code, &data);
        if (result && result != -ENOENT)
            return result;
        *ret = result ? NULL : json_loadb(buf_text(&data), data.length, 0, NULL);
        if (*ret)
            return 0;
    }
    return label_refuse(fault, -EINVAL, LABEL_DATA, NULL, "There is no %s \"%.60s\" here", kind ? kind : "data",
                        code ? code : "");
}

/* ---------------------------------------------------------------- how it would look */

struct preview {
    struct template *template;
    json_t *data;
    struct label *pages;
    struct template_faults faults;
    bool keepable; /* nothing that the shipped one must show is missing */
    int64_t dpi;
    enum label_tongue tongue;
};

static void preview_done(struct preview *preview)
{
    label_free(preview->pages); /* lends of the template */
    template_free(preview->template);
    json_decref(preview->data);
}

static void write_base64(const struct buf *bytes, const char *key, struct buf *json)
{
    size_t room = sodium_base64_encoded_len(bytes->length, sodium_base64_VARIANT_ORIGINAL);
    CLEANUP(cleanup_free) char *text = malloc(room);
    if (text)
        sodium_bin2base64(text, room, (const unsigned char *)bytes->data, bytes->length,
                          sodium_base64_VARIANT_ORIGINAL);
    json_text(json, key, text);
}

static void warn(const char *section, struct buf *json, const char *sentence)
{
    struct label_fault fault;
    label_refuse(&fault, 0, LABEL_OVERFLOW, section, "%s", sentence);
    if (section)
        snprintf(fault.section, sizeof(fault.section), "%s", section);
    json_open_object(json, NULL);
    label_fault_write(&fault, json);
    json_close_object(json);
}

/* What is printed, but not as somebody may think. */
static void write_warnings(const struct label *pages, struct buf *json)
{
    struct label_fault fault;
    char sentence[ERROR_TEXT_MAX];
    int64_t missing = 0;
    json_open_array(json, "warnings");
    if (template_clear_codes(pages, &fault) != 0)
        warn(fault.section, json, fault.error.text);
    for (const struct label *page = pages; page; page = page->next) {
        missing += page->missing;
        for (size_t i = 0; i < page->count; i++) {
            if (!page->elements[i].shortened)
                continue;
            snprintf(sentence, sizeof(sentence), "%s ends with …: it is cut where its box ends",
                     page->elements[i].section);
            warn(page->elements[i].section, json, sentence);
        }
    }
    snprintf(sentence, sizeof(sentence), "%" PRId64 " characters are in no font: each is printed as a box", missing);
    if (missing)
        warn(NULL, json, sentence);
    json_close_array(json);
}

static void write_faults(const struct template_faults *faults, struct buf *json)
{
    json_open_array(json, "faults");
    for (size_t i = 0; i < faults->count; i++) {
        json_open_object(json, NULL);
        label_fault_write(&faults->list[i], json);
        json_close_object(json);
    }
    json_close_array(json);
}

/* Whether the shipped one would be printed in its place. */
static bool has_stand_in(const struct label_desk *desk, const char *name, const struct preview *preview)
{
    const struct template *now = template_set_find(desk->labels, name);
    const struct template *shipped = now && template_shipped_behind(now) ? template_shipped_behind(now) : now;
    CLEANUP(label_free_p) struct label *pages = NULL;
    return preview->faults.count > 0 && preview->keepable && shipped && template_about(shipped).shipped &&
           template_draw(shipped, preview->data, preview->dpi, preview->tongue, &pages, NULL) == 0;
}

static int write_preview(const struct label_desk *desk, const char *name, const struct preview *preview,
                         struct buf *json)
{
    CLEANUP_BUF struct buf png = {0};
    int result = preview->pages ? picture_of_pages(preview->pages, &png) : 0;
    json_open_object(json, NULL);
    if (png.length)
        write_base64(&png, "picture", json);
    else
        json_text(json, "picture", NULL);
    json_int(json, "dpi", preview->dpi);
    json_int(json, "width", preview->pages ? preview->pages->width : 0);
    json_int(json, "height", preview->pages ? preview->pages->height : 0);
    write_faults(&preview->faults, json);
    write_warnings(preview->pages, json);
    json_bool(json, "instead", has_stand_in(desk, name, preview));
    json_close_object(json);
    return result;
}

static void add_fault(struct template_faults *faults, const struct label_fault *fault)
{
    if (faults->count < TEMPLATE_FAULTS_MAX)
        faults->list[faults->count++] = *fault;
}

/* A text that may not be kept is drawn all the same, where it can be. */
static int draw_preview(const struct label_desk *desk, const char *name, const json_t *text, const json_t *root,
                        struct preview *preview)
{
    struct label_fault owed, missing;
    const char *words = json_string_value(text);
    size_t length = json_string_length(text);
    int kept = template_set_try(desk->labels, name, words, length, &preview->template, &owed), result = kept;
    preview->keepable = !kept;
    if (kept)
        result = template_parse(name, words, length, &preview->template, NULL);
    int data = label_desk_data(desk, root, &preview->data, &missing);
    if (!result && !data)
        result = template_draw_all(preview->template, preview->data, preview->dpi, preview->tongue, &preview->pages,
                                   &preview->faults);
    if (kept)
        add_fault(&preview->faults, &owed);
    if (data)
        add_fault(&preview->faults, &missing);
    return data == -ENOMEM ? data : result;
}

int label_desk_preview(const struct label_desk *desk, const char *name, const char *request, size_t length,
                       struct buf *json)
{
    CLEANUP(decref) json_t *root = json_loadb(request, length, JSON_REJECT_DUPLICATES, NULL);
    CLEANUP(preview_done) struct preview preview = {.dpi = json_integer_value(json_object_get(root, "dpi"))};
    const json_t *text = json_object_get(root, "text");
    const char *language = json_string_value(json_object_get(root, "language"));
    if (!json_is_string(text))
        return -EINVAL;
    preview.dpi = preview.dpi == 300 ? 300 : LABEL_DPI_DEFAULT;
    preview.tongue = language && strcmp(language, "en") == 0 ? LABEL_ENGLISH : LABEL_CHINESE;
    int result = draw_preview(desk, name, text, root, &preview);
    return result == -ENOMEM ? result : write_preview(desk, name, &preview, json);
}

/* ---------------------------------------------------------------- whether it may be kept */

static int try_with(const struct template *template, const json_t *data, int64_t dpi, enum label_tongue tongue,
                    struct label_fault *fault)
{
    CLEANUP(label_free_p) struct label *pages = NULL;
    int result = template_draw(template, data, dpi, tongue, &pages, fault);
    return result ? result : template_clear_codes(pages, fault);
}

static int try_sample(const struct template *template, const struct embedded_file *sample, struct label_fault *fault)
{
    CLEANUP(decref) json_t *data = json_loadb(sample->data, sample->length, 0, NULL);
    int result = 0;
    for (enum label_tongue tongue = LABEL_CHINESE; tongue <= LABEL_ENGLISH && !result; tongue++)
        for (int64_t dpi = 203; dpi <= 300 && !result; dpi += 97)
            result = try_with(template, data, dpi, tongue, fault);
    if (!result)
        return 0;
    struct label_fault first = *fault;
    label_refuse(fault, -EINVAL, first.code, first.field, "With sample data: %s", first.error.text);
    memcpy(fault->section, first.section, sizeof(fault->section));
    return result == -ENOMEM ? result : -EINVAL;
}

int label_desk_check(const struct label_desk *desk, const char *fields, size_t length, struct label_fault *fault)
{
    CLEANUP(decref) json_t *root = json_loadb(fields, length, JSON_REJECT_DUPLICATES, NULL);
    CLEANUP(template_free_p) struct template *template = NULL;
    const json_t *text = json_object_get(root, "text");
    const char *name = json_string_value(json_object_get(root, "name"));
    if (!json_is_string(text) || !name || !*name || json_string_length(text) == 0 ||
        json_string_length(text) > LABEL_TEMPLATE_TEXT_MAX)
        return 0;
    int result =
        template_set_try(desk->labels, name, json_string_value(text), json_string_length(text), &template, fault);
    const struct embedded_file *sample = template_sample(name);
    return !result && sample ? try_sample(template, sample, fault) : result;
}
