/* The labels that are shipped: nothing on them touches anything else, with little data, much, and none too many. */
#include "drivers/label/template.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int load_set(void **state)
{
    static struct template_set set;
    struct label_fault fault;
    if (template_set_load(NULL, &set, &fault) != 0)
        fail_msg("%s", fault.error.text);
    *state = &set;
    return 0;
}

static int free_set(void **state)
{
    template_set_done(*state);
    return 0;
}

/* ---------------------------------------------------------------- what touches what */

static bool touch(const struct label_box *a, const struct label_box *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height && b->y < a->y + a->height;
}

/* What must stay free of everything else: the ink of a text; of a symbol all its box, for the quiet zones. */
static struct label_box room_of(const struct label_element *element)
{
    if (element->kind == LABEL_SYMBOL)
        return element->box;
    return (struct label_box){element->x, element->y, element->dots.width, element->dots.height};
}

static bool has_room(const struct label_element *element)
{
    return element->kind == LABEL_SYMBOL || (element->kind != LABEL_FRAME && element->dots.bits);
}

/* The four lines of a frame; of a line all four are the same. */
static bool touches_frame(const struct label_box *room, const struct label_element *frame)
{
    const struct label_box *box = &frame->box;
    int thick = frame->thickness;
    const struct label_box lines[] = {{box->x, box->y, box->width, thick},
                                      {box->x, box->y + box->height - thick, box->width, thick},
                                      {box->x, box->y, thick, box->height},
                                      {box->x + box->width - thick, box->y, thick, box->height}};
    for (size_t i = 0; i < COUNT(lines); i++)
        if (touch(room, &lines[i]))
            return true;
    return false;
}

static const char *what(const struct label_element *element)
{
    return element->kind == LABEL_FRAME ? "a frame" : element->kind == LABEL_SYMBOL ? "a symbol" : element->text;
}

static void check_pair(const char *name, const struct label_element *a, const struct label_element *b)
{
    const struct label_box room = room_of(a);
    bool met;
    if (b->kind == LABEL_FRAME) {
        met = !a->style.inverse && touches_frame(&room, b);
    } else {
        const struct label_box other = room_of(b);
        met = has_room(b) && touch(&room, &other);
    }
    if (met)
        fail_msg("%s: \"%s\" at %d,%d touches \"%s\" at %d,%d", name, what(a), room.x, room.y, what(b), b->box.x,
                 b->box.y);
}

static void check_label(const char *name, const struct label *label)
{
    assert_int_equal(label->missing, 0);
    for (size_t i = 0; i < label->count; i++)
        for (size_t k = 0; k < label->count; k++)
            if (i != k && has_room(&label->elements[i]))
                check_pair(name, &label->elements[i], &label->elements[k]);
}

static void draw_all(const struct template *template, const char *name, const json_t *data)
{
    static const int64_t resolutions[] = {203, 300};
    for (size_t i = 0; i < COUNT(resolutions); i++) {
        for (enum label_tongue tongue = LABEL_CHINESE; tongue <= LABEL_ENGLISH; tongue++) {
            CLEANUP(label_free_p) struct label *label = NULL;
            struct label_fault fault;
            if (template_draw(template, data, resolutions[i], tongue, &label, &fault) != 0)
                fail_msg("%s, %d dpi: %s [%s] %s", name, (int)resolutions[i], fault.code, fault.field,
                         fault.error.text);
            for (const struct label *page = label; page; page = page->next)
                check_label(name, page);
        }
    }
}

/* ---------------------------------------------------------------- with what data */

static void nothing_on_a_sample_touches(void **state)
{
    glob_t found;
    assert_int_equal(glob("tests/label/samples/*.json", 0, NULL, &found), 0);
    assert_true(found.gl_pathc >= 16);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        json_t *sample = json_load_file(found.gl_pathv[i], 0, NULL);
        assert_non_null(sample);
        const char *name = json_string_value(json_object_get(sample, "template"));
        const struct template *template = template_set_find(*state, name);
        if (!template)
            fail_msg("%s: there is no template %s", found.gl_pathv[i], name);
        draw_all(template, found.gl_pathv[i], json_object_get(sample, "data"));
        CLEANUP(label_free_p) struct label *fine = NULL;
        assert_int_equal(template_draw(template, json_object_get(sample, "data"), 600, LABEL_ENGLISH, &fine, NULL), 0);
        check_label(found.gl_pathv[i], fine);
        json_decref(sample);
    }
    globfree(&found);
}

/* "a b|c" as {"a": "1", "b": "1"}; what it lists is a list. */
static json_t *least_data(const char *needs)
{
    json_t *data = json_object();
    for (const char *at = needs; *at; at += strcspn(at, " "), at += strspn(at, " ")) {
        size_t length = strcspn(at, " |");
        bool list = strncmp(at, "items", length) == 0;
        const char *text = strncmp(at, "sscc", length) == 0   ? "095212345678901235"
                           : strncmp(at, "gtin", length) == 0 ? "9521234543213"
                                                              : "1";
        json_object_setn_new(data, at, length, list ? json_pack("[{s:s}]", "sku", "A") : json_string(text));
    }
    return data;
}

static void what_is_needed_is_enough(void **state)
{
    const struct template_set *set = *state;
    for (size_t i = 0; i < set->count; i++) {
        const struct template_about about = template_about(set->templates[i]);
        json_t *data = least_data(about.needs);
        draw_all(set->templates[i], about.name, data);
        json_decref(data);
    }
}

static void long_numbers_still_scan(void **state)
{
    static const char *const numbers[] = {"1", "SF1234567890123", "JDVB01234567890123-1-1-"};
    static const char *const names[] = {"waybill-76x130", "waybill-100x150", "waybill-100x180", "shipping-4x6",
                                        "return"};
    for (size_t i = 0; i < COUNT(numbers) * COUNT(names); i++) {
        const char *number = numbers[i % COUNT(numbers)], *name = names[i / COUNT(numbers)];
        json_t *data = json_pack("{s:s, s:{s:s, s:s}, s:s}", "waybill", number, "receiver", "name", "张三", "address",
                                 "上海市", "order", "1");
        draw_all(template_set_find(*state, name), name, data);
        json_decref(data);
    }
}

/* A carrier's machines read a Code 128: what it cannot carry, or has no room for, is no waybill. */
static void a_waybill_without_its_bars_is_refused(void **state)
{
    static const struct {
        const char *number, *code;
    } cases[] = {{"A-NUMBER-OF-A-PARCEL-THAT-IS-AS-LONG-AS-NO-CARRIER-MAKES-IT", LABEL_OVERFLOW},
                 {"单号123", LABEL_CHARACTER}};
    static const char *const names[] = {"waybill-76x130", "waybill-100x150", "waybill-100x180", "shipping-4x6"};
    for (size_t i = 0; i < COUNT(cases) * COUNT(names); i++) {
        const char *number = cases[i % COUNT(cases)].number, *name = names[i / COUNT(cases)];
        struct label *label = NULL;
        struct label_fault fault = {.code = ""};
        json_t *data =
            json_pack("{s:s, s:{s:s, s:s}}", "waybill", number, "receiver", "name", "张三", "address", "上海");
        assert_true(template_draw(template_set_find(*state, name), data, 203, LABEL_CHINESE, &label, &fault) < 0);
        assert_string_equal(fault.code, cases[i % COUNT(cases)].code);
        assert_string_equal(fault.field, "waybill");
        json_decref(data);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_on_a_sample_touches),
        cmocka_unit_test(what_is_needed_is_enough),
        cmocka_unit_test(long_numbers_still_scan),
        cmocka_unit_test(a_waybill_without_its_bars_is_refused),
    };
    return cmocka_run_group_tests_name("shipped labels", tests, load_set, free_set);
}
