/* What a bin may hold, and which bin is proposed for goods. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "floor_script.h"

#include "floor/rule.h"
#include "store/catalog.h"

#include <errno.h>

static struct site_rig *site(void **state, const char *const changes[][2], size_t count)
{
    struct site_rig *rig = *state;
    for (size_t i = 0; i < count; i++) {
        site_rig_change(rig, changes[i][0], changes[i][1]);
        assert_true(rig->last.good);
    }
    return rig;
}

static int64_t id_of(struct site_rig *rig, const char *sql, const char *code)
{
    int64_t id = 0;
    assert_int_equal(sql_number(rig->store->sql, &id, sql, sql_text(code)), 0);
    return id;
}

#define ITEM     "SELECT id FROM item WHERE sku = ?1"
#define LOT      "SELECT id FROM lot WHERE code = ?1"
#define LOCATION "SELECT id FROM location WHERE code = ?1"

/* Why a bin refuses; "" when it takes the goods. */
static const char *why(struct site_rig *rig, const char *place, const char *sku, const char *lot, int64_t quantity)
{
    static struct answer answer;
    struct location location;
    struct item item;
    int64_t lot_id = *lot ? id_of(rig, LOT, lot) : 0;
    assert_int_equal(location_load(rig->store, id_of(rig, LOCATION, place), &location), 0);
    assert_int_equal(item_load(rig->store, id_of(rig, ITEM, sku), &item), 0);
    int result = bin_refuses(rig->store, &location, &item, lot_id, quantity, &answer);
    if (result == 0)
        return "";
    assert_int_equal(result, FLOOR_REFUSED);
    assert_int_equal(answer.message, E21_BIN);
    return answer.arguments[0].value;
}

static const char *const bins[][2] = {
    {"item.upsert", "{\"sku\":\"ACID\",\"name\":\"Acid\",\"weight_g\":1000,\"hazard\":\"8\",\"rev\":1}"},
    {"item.upsert", "{\"sku\":\"VASE\",\"name\":\"Vase\",\"height_mm\":600,\"owner\":\"LOTUS\",\"rev\":1}"},
    {"location.upsert", "{\"code\":\"KEPT\",\"kind\":\"face\",\"item\":\"PEN\",\"walk\":20,\"rev\":1}"},
    {"location.upsert", "{\"code\":\"PURE\",\"kind\":\"reserve\",\"mix_items\":false,\"mix_lots\":false,\"walk\":21,"
                        "\"capacity\":12,\"load_g\":4000,\"height_mm\":500,\"rev\":1}"},
    {"location.upsert", "{\"code\":\"CAGE\",\"kind\":\"reserve\",\"hazards\":\"3,8\",\"walk\":22,\"rev\":1}"},
    {"location.upsert", "{\"code\":\"ANY\",\"kind\":\"reserve\",\"hazards\":\"*\",\"walk\":23,\"rev\":1}"},
    {"location.upsert", "{\"code\":\"CLASS-3\",\"kind\":\"reserve\",\"hazards\":\"3,18,80\",\"walk\":24,\"rev\":1}"},
};

static void test_rules(void **state)
{
    struct site_rig *rig = site(state, bins, COUNT(bins));
    assert_string_equal(why(rig, "KEPT", "MUG", "", 1), "it is kept for another item");
    assert_string_equal(why(rig, "KEPT", "PEN", "", 1), "");
    assert_string_equal(why(rig, "PURE", "VASE", "", 1), "height");
    assert_string_equal(why(rig, "R-09", "VASE", "", 1), "");
    assert_string_equal(why(rig, "R-09", "ACID", "", 1), "hazard class not allowed");
    assert_string_equal(why(rig, "CLASS-3", "ACID", "", 1), "hazard class not allowed");
    assert_string_equal(why(rig, "CAGE", "ACID", "", 1), "");
    assert_string_equal(why(rig, "ANY", "ACID", "", 1), "");
    assert_string_equal(why(rig, "PURE", "PEN", "", 12), "");
    assert_string_equal(why(rig, "PURE", "PEN", "", 13), "full");
    assert_string_equal(why(rig, "PURE", "MUG", "", 12), "too heavy"); /* 350 g each */
    site_rig_import(rig, "stock", "location,sku,quantity,lot,expiry\nPURE,MUG,3,L1,2027-01-01\nR-09,MUG,1,L2,\n");
    assert_true(rig->last.good);
    assert_string_equal(why(rig, "PURE", "MUG", "L1", 8), "");
    assert_string_equal(why(rig, "PURE", "MUG", "L1", 9), "too heavy");
    assert_string_equal(why(rig, "PURE", "MUG", "L1", 10), "full");
    assert_string_equal(why(rig, "PURE", "MUG", "L2", 1), "mixed lot");
    assert_string_equal(why(rig, "PURE", "PEN", "", 1), "another item lies there");
    assert_string_equal(why(rig, "R-09", "PEN", "", 1000), "");
}

static void test_owners(void **state)
{
    static const char *const changes[][2] = {
        {"item.upsert", "{\"sku\":\"VASE\",\"name\":\"Vase\",\"owner\":\"LOTUS\",\"rev\":1}"},
        {"location.upsert", "{\"code\":\"R-09\",\"kind\":\"reserve\",\"walk\":9,\"mix_items\":false,\"rev\":2}"},
    };
    struct site_rig *rig = site(state, changes, COUNT(changes));
    assert_string_equal(why(rig, "R-09", "VASE", "", 1), "another owner's goods");
    assert_string_equal(why(rig, "R-09", "PEN", "", 1), "another item lies there");
}

static const char *suggested(struct site_rig *rig, const char *sku, const char *lot, int64_t quantity)
{
    static struct location location;
    struct item item;
    int64_t place, lot_id = *lot ? id_of(rig, LOT, lot) : 0;
    assert_int_equal(item_load(rig->store, id_of(rig, ITEM, sku), &item), 0);
    int result = bin_suggest(rig->store, &item, lot_id, quantity, 0, &place);
    if (result == -ENOENT)
        return "";
    assert_int_equal(result, 0);
    assert_int_equal(location_load(rig->store, place, &location), 0);
    return location.code;
}

/* Own face while there is room, then beside the same lot, the same item, an empty bin of its class, any empty one, and
 * a shared one at last. */
static void test_suggestions(void **state)
{
    static const char *const changes[][2] = {
        {"item.upsert", "{\"sku\":\"CUP\",\"name\":\"Cup\",\"abc\":\"A\",\"lots\":true,\"rev\":1}"},
        {"location.upsert",
         "{\"code\":\"FACE\",\"kind\":\"face\",\"item\":\"CUP\",\"face_max\":10,\"walk\":30,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"E-1\",\"kind\":\"reserve\",\"walk\":31,\"capacity\":500,\"rev\":1}"},
        {"location.upsert",
         "{\"code\":\"E-A\",\"kind\":\"reserve\",\"walk\":32,\"abc\":\"A\",\"capacity\":500,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"S-1\",\"kind\":\"reserve\",\"walk\":41,\"capacity\":60,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"S-2\",\"kind\":\"reserve\",\"walk\":42,\"capacity\":90,\"rev\":1}"},
    };
    struct site_rig *rig = site(state, changes, COUNT(changes));
    site_rig_import(rig, "stock", "location,sku,quantity,lot\nS-1,CUP,30,L1\nS-2,CUP,30,L2\n");
    assert_true(rig->last.good);
    assert_string_equal(suggested(rig, "CUP", "L2", 10), "FACE");
    assert_string_equal(suggested(rig, "CUP", "L2", 11), "S-2");
    assert_string_equal(suggested(rig, "CUP", "L1", 11), "S-1");
    assert_string_equal(suggested(rig, "CUP", "L1", 31), "S-2");
    assert_string_equal(suggested(rig, "CUP", "L1", 61), "E-A");
    assert_string_equal(suggested(rig, "PEN", "", 400), "A-02"); /* where pens lie */
    assert_string_equal(suggested(rig, "CUP", "L1", 501), "R-09");
    site_rig_import(rig, "stock", "location,sku,quantity\nE-A,PEN,1\n");
    assert_string_equal(suggested(rig, "CUP", "L1", 61), "E-1");
    site_rig_import(rig, "stock", "location,sku,quantity,lot\nFACE,CUP,8,L1\n");
    assert_string_equal(suggested(rig, "CUP", "L2", 2), "FACE");
    assert_string_equal(suggested(rig, "CUP", "L2", 3), "S-2");
}

/* Room is not given away twice, and no empty bin. */
static void test_what_is_coming(void **state)
{
    static const char *const changes[][2] = {
        {"item.upsert", "{\"sku\":\"CUP\",\"name\":\"Cup\",\"rev\":1}"},
        {"location.upsert", "{\"code\":\"R-09\",\"kind\":\"reserve\",\"walk\":9,\"capacity\":1,\"rev\":2}"},
        {"location.upsert", "{\"code\":\"E-1\",\"kind\":\"reserve\",\"walk\":31,\"capacity\":50,\"rev\":1}"},
        {"location.upsert", "{\"code\":\"E-2\",\"kind\":\"reserve\",\"walk\":32,\"capacity\":50,\"rev\":1}"},
    };
    struct site_rig *rig = site(state, changes, COUNT(changes));
    assert_string_equal(suggested(rig, "CUP", "", 40), "E-1");
    assert_int_equal(
        sql_run(rig->store->sql,
                "INSERT INTO task (kind, item, quantity, put, to_location) SELECT 'putaway', i.id, 30, 10, "
                "l.id FROM item i, location l WHERE i.sku = 'CUP' AND l.code = 'E-1'",
                SQL_NO_VALUES),
        0);
    assert_string_equal(suggested(rig, "CUP", "", 40), "E-2");
    assert_string_equal(suggested(rig, "PEN", "", 1), "A-02");
    assert_int_equal(sql_run(rig->store->sql, "UPDATE task SET state = 'done'", SQL_NO_VALUES), 0);
    assert_string_equal(suggested(rig, "CUP", "", 40), "E-1");
    assert_string_equal(suggested(rig, "CUP", "", 51), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rules, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_owners, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_suggestions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_coming, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
