/* Rows of a site as suggestions: who takes part, what counts as a visit, what may lie where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/slot.h"
#include "plan/slotting.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX 2048

/* Each a list of JSON objects, with ' for " */
struct rows {
    const char *faces, *stock, *picks, *items;
};

static json_t *parsed(const char *objects)
{
    char text[TEXT_MAX], *at = text;
    json_error_t fault;
    assert_true(snprintf(text, sizeof(text), "[%s]", objects ? objects : "") < (int)sizeof(text));
    while ((at = strchr(at, '\'')))
        *at = '"';
    json_t *rows = json_loads(text, 0, &fault);
    if (!rows)
        fail_msg("%s: %s", fault.text, text);
    return rows;
}

static int add_stock(struct slotting *slotting, json_t *row)
{
    return slotting_add_stock(slotting, row);
}

static int add_pick(struct slotting *slotting, json_t *row)
{
    return slotting_add_pick(slotting, row);
}

static struct slotting *read_rows(const struct rows *rows)
{
    struct slotting *slotting = slotting_new();
    assert_non_null(slotting);
    const struct {
        const char *objects;
        int (*row_add)(struct slotting *slotting, json_t *row);
    } lists[] = {{rows->faces, slotting_add_face},
                 {rows->stock, add_stock},
                 {rows->picks, add_pick},
                 {rows->items, slotting_add_item}};
    for (size_t i = 0; i < COUNT(lists); i++) {
        json_t *list = parsed(lists[i].objects), *row;
        size_t index;
        json_array_foreach(list, index, row)
        {
            assert_int_equal(lists[i].row_add(slotting, row), 0);
        }
        json_decref(list);
    }
    return slotting;
}

static void assert_suggested(const struct rows *rows, const char *wanted)
{
    json_t *got = NULL, *expected = parsed(wanted);
    struct slotting *slotting = read_rows(rows);
    assert_int_equal(slotting_suggest(slotting, 50, &got), 0);
    if (!json_equal(got, expected))
        fail_msg("suggested %s, not %s", json_dumps(got, JSON_COMPACT), wanted);
    json_decref(got);
    json_decref(expected);
    slotting_free(slotting);
}

#define AT(face, mm)         "{'location':'" face "','walk':" #mm ",'distance_mm':" #mm
#define LIES(sku, face)      "{'sku':'" sku "','location':'" face "','quantity':5}"
#define PICK(id, sku, order) "{'move':" #id ",'sku':'" sku "','order':'" order "','reverses':null}"
#define UNDO(id, of, sku)    "{'move':" #id ",'sku':'" sku "','order':'N1','reverses':" #of "}"

/* TEA is taken three times and lies far, MUG once and lies near. */
#define FACES AT("NEAR", 1500) "}," AT("FAR", 21000) "}"
#define STOCK LIES("TEA", "FAR") "," LIES("MUG", "NEAR")
#define PICKS PICK(9, "TEA", "N3") "," PICK(8, "TEA", "N2") "," PICK(7, "MUG", "N1") "," PICK(6, "TEA", "N1")
#define SWAPPED                                                                                                        \
    "{'sku':'TEA','picks':3,'class':'A','from':'FAR','to':'NEAR','swap_with':'MUG','saved_m':78}" /* 2 · 2 · 19.5 m */
#define MOVED "{'sku':'TEA','picks':3,'class':'A','from':'FAR','to':'NEAR','swap_with':null,'saved_m':117}"

/* ---------------------------------------------------------------- tests */

static void what_is_taken_often_comes_near(void **state)
{
    (void)state;
    assert_suggested(&(struct rows){FACES, STOCK, PICKS, NULL}, SWAPPED);
    assert_suggested(&(struct rows){FACES, LIES("TEA", "FAR"), PICKS, NULL}, MOVED);
    assert_suggested(&(struct rows){FACES, LIES("TEA", "NEAR") "," LIES("MUG", "FAR"), PICKS, NULL}, "");
    assert_suggested(&(struct rows){FACES, STOCK, NULL, NULL}, "");
    assert_suggested(&(struct rows){NULL, STOCK, PICKS, NULL}, "");
}

static void an_order_comes_once(void **state)
{
    (void)state;
    const char *again = PICKS "," PICK(5, "TEA", "N1") "," PICK(4, "TEA", "N1");
    assert_suggested(&(struct rows){FACES, STOCK, again, NULL}, SWAPPED);
    const char *undone = UNDO(12, 11, "TEA") "," PICK(11, "TEA", "N4") "," PICKS;
    assert_suggested(&(struct rows){FACES, STOCK, undone, NULL}, SWAPPED);
}

static void one_face_and_one_sku(void **state)
{
    (void)state;
    /* in two faces; two in one face; kept for another */
    const char *three = FACES "," AT("NEXT", 21000) "}";
    assert_suggested(&(struct rows){three, LIES("TEA", "FAR") "," LIES("TEA", "NEXT"), PICKS, NULL}, "");
    assert_suggested(&(struct rows){FACES, LIES("TEA", "FAR") "," LIES("PEN", "FAR"), PICKS, NULL}, "");
    const char *kept = AT("NEAR", 1500) ",'sku':'PEN'}," AT("FAR", 21000) ",'sku':'TEA'}";
    assert_suggested(&(struct rows){kept, LIES("MUG", "NEAR"), PICKS, NULL}, "");
    /* kept and empty is no free face, but takes part */
    assert_suggested(&(struct rows){kept, NULL, PICKS, NULL},
                     "{'sku':'TEA','picks':3,'class':'A','from':'FAR','to':'NEAR','swap_with':'PEN','saved_m':117}");
    /* a reserve is none of the faces */
    assert_suggested(&(struct rows){FACES, STOCK "," LIES("TEA", "RESERVE-1"), PICKS, NULL}, SWAPPED);
}

static void what_may_lie_there(void **state)
{
    (void)state;
    const struct {
        const char *face, *item;
        bool may;
    } cases[] = {
        {"", "", true},
        {",'capacity':5", "", true},
        {",'capacity':4", "", false}, /* five lie in the other face */
        {",'load_g':500", ",'weight_g':100", true},
        {",'load_g':499", ",'weight_g':100", false},
        {",'height_mm':300", ",'height_mm':300", true},
        {",'height_mm':299", ",'height_mm':300", false},
        {",'hazards':'8, 3'", ",'hazard':'3'", true},
        {",'hazards':'33'", ",'hazard':'3'", false},
        {"", ",'hazard':'3'", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char faces[TEXT_MAX], item[TEXT_MAX];
        snprintf(faces, sizeof(faces), AT("NEAR", 1500) "%s}," AT("FAR", 21000) "}", cases[i].face);
        snprintf(item, sizeof(item), "{'sku':'TEA'%s}", cases[i].item);
        assert_suggested(&(struct rows){faces, LIES("TEA", "FAR"), PICKS, item}, cases[i].may ? MOVED : "");
    }
    /* what comes back must fit too */
    const char *small = AT("NEAR", 1500) "}," AT("FAR", 21000) ",'capacity':5}";
    const char *full = "{'sku':'MUG','location':'NEAR','quantity':6}," LIES("TEA", "FAR");
    assert_suggested(&(struct rows){small, full, PICKS, NULL}, "");
}

/* Bulky goods make room for small ones that are taken as often. */
static void small_goods_come_nearer(void **state)
{
    (void)state;
    const char *picks = PICK(9, "TEA", "N3") "," PICK(8, "TEA", "N2") "," PICK(7, "MUG", "N1") "," PICK(6, "MUG", "N2");
    const char *more = PICK(9, "TEA", "N3") "," PICK(8, "TEA", "N2") "," PICK(7, "MUG", "N1");
    const char *items = "{'sku':'TEA','volume_ml':9000},{'sku':'MUG','volume_ml':300}";
    assert_suggested(&(struct rows){FACES, STOCK, more, NULL},
                     "{'sku':'TEA','picks':2,'class':'A','from':'FAR','to':'NEAR','swap_with':'MUG','saved_m':39}");
    assert_suggested(&(struct rows){FACES, STOCK, picks, items}, "");
    assert_suggested(&(struct rows){FACES, STOCK, more, items}, ""); /* its room costs more than its picks save */
}

static void without_ways_the_walk_counts(void **state)
{
    (void)state;
    const char *faces = AT("NEAR", 10) "},{'location':'TWIN','walk':10}," AT("MIDDLE", 20) "}," AT("FAR", 900) "}";
    assert_suggested(&(struct rows){faces, STOCK "," LIES("PEN", "TWIN"), PICKS, NULL},
                     "{'sku':'TEA','picks':3,'class':'A','from':'FAR','to':'NEAR','swap_with':'MUG','saved_places':8}");
}

static void the_site_may_be_too_large(void **state)
{
    (void)state;
    struct slotting *slotting = slotting_new();
    int result = 0;
    for (int i = 0; i <= SLOT_BINS_MAX && !result; i++) {
        json_t *row = json_pack("{so}", "location", json_sprintf("F-%d", i));
        result = slotting_add_face(slotting, row);
        assert_int_equal(result, i < SLOT_BINS_MAX ? 0 : -E2BIG);
        json_decref(row);
    }
    slotting_free(slotting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_often_comes_near), cmocka_unit_test(an_order_comes_once),
        cmocka_unit_test(one_face_and_one_sku),           cmocka_unit_test(what_may_lie_there),
        cmocka_unit_test(small_goods_come_nearer),        cmocka_unit_test(without_ways_the_walk_counts),
        cmocka_unit_test(the_site_may_be_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
