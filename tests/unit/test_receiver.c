/* Receivers at rest: nothing of them can be read in the database's file, before and after they are forgotten; labels
 * are still printed; what an older program left readable is sealed; and who must be forgotten is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/seal.h"
#include "floor/floor.h"
#include "floor/forget.h"
#include "site_rig.h"
#include "store/orders.h"
#include "store/print_job.h"
#include "store/receiver.h"
#include "store/waybill.h"

#include <errno.h>

#define DAY_US  INT64_C(86400000000)
#define NAME    "Wilhelmina Zwanenburg"
#define PHONE   "13987651234"
#define ADDRESS "Canary Lane 4711"

extern const struct embedded_file store_schema[];

struct place {
    char folder[40], path[80], key[80];
    struct seal *seal;
    struct store *store;
    struct error error;
};

static const struct receiver receiver = {NAME, PHONE, ADDRESS};

static void open_store(struct place *place)
{
    struct store_settings settings = {
        .path = place->path, .site = "hz-07", .box = "box-1", .seal = place->seal, .random = random_system};
    if (store_open(&settings, &place->store, &place->error) != 0)
        fail_msg("%s", place->error.text);
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    *state = place;
    snprintf(place->folder, sizeof(place->folder), "/tmp/receiver-XXXXXX");
    if (!mkdtemp(place->folder))
        return -1;
    snprintf(place->path, sizeof(place->path), "%s/site.db", place->folder);
    snprintf(place->key, sizeof(place->key), "%s/receiver.key", place->folder);
    return seal_open("receiver.key", place->key, &place->seal, &place->error);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char path[100];
    static const char *const ends[] = {"", "-wal", "-shm"};
    store_close(place->store);
    seal_free(place->seal);
    for (size_t i = 0; i < COUNT(ends); i++) {
        snprintf(path, sizeof(path), "%s%s", place->path, ends[i]);
        unlink(path);
    }
    unlink(place->key);
    rmdir(place->folder);
    free(place);
    return 0;
}

static void begin(struct place *place, int64_t wall_us)
{
    assert_int_equal(store_begin(place->store), 0);
    place->store->stamp = (struct stamp){.wall_us = wall_us, .station = "bench-1", .worker_code = ""};
}

static void commit(struct place *place)
{
    assert_int_equal(store_commit(place->store), 0);
}

static int64_t enter(struct place *place, const char *number)
{
    struct order order = {.platform = "taobao", .carrier = "SF"};
    int64_t id = 0;
    snprintf(order.number, sizeof(order.number), "%s", number);
    assert_int_equal(order_insert(place->store, &order, &receiver, &id), 0);
    return id;
}

/* The words of a receiver that stand somewhere in the database's files. */
static size_t readable(const struct place *place)
{
    static const char *const words[] = {"Wilhelmina", "Zwanenburg", PHONE, "Canary Lane"};
    static const char *const ends[] = {"", "-wal"};
    size_t found = 0;
    for (size_t i = 0; i < COUNT(ends); i++) {
        CLEANUP_BUF struct buf bytes = {.max = (size_t)64 << 20};
        char path[100];
        snprintf(path, sizeof(path), "%s%s", place->path, ends[i]);
        if (file_load(path, &bytes) != 0)
            continue;
        for (size_t k = 0; k < COUNT(words); k++)
            found += memmem(bytes.data, bytes.length, words[k], strlen(words[k])) != NULL;
    }
    return found;
}

static void label_says(struct place *place, int64_t job, int result)
{
    CLEANUP_BUF struct buf data = {0};
    assert_int_equal(print_job_data(place->store, job, &data), result);
    assert_int_equal(strstr(buf_text(&data), ADDRESS) != NULL, result == 0);
}

static void print(struct place *place, const char *key)
{
    static const char data[] = "{\"receiver\":{\"name\":\"" NAME "\",\"address\":\"" ADDRESS "\"}}";
    assert_int_equal(
        print_job_queue(place->store,
                        &(struct print_request){.key = key, .template = "w", .data = data, .copy = 1, .reason = ""}),
        0);
}

static void nothing_of_them_is_readable(void **state)
{
    struct place *place = *state;
    struct receiver got;
    open_store(place);
    begin(place, 1);
    enter(place, "SO-1");
    print(place, "one");
    bool new;
    assert_int_equal(waybill_insert(place->store,
                                    &(struct waybill_entry){.number = "SF-1",
                                                            .carrier = "SF",
                                                            .order_number = "SO-1",
                                                            .sort_code = "",
                                                            .short_address = "",
                                                            .package_center = "",
                                                            .qr = "",
                                                            .opaque = "{\"bytes\":\"" ADDRESS "\"}"},
                                    &new),
                     0);
    static const char line[] =
        "{\"type\":\"order.release\",\"subject\":\"SO-1\",\"data\":{\"order\":\"SO-1\",\"receiver\":"
        "{\"name\":\"" NAME "\",\"phone\":\"" PHONE "\",\"address\":\"" ADDRESS "\"}}}";
    assert_int_equal(journal_fed(place->store, 1, line, sizeof(line) - 1), 0);
    assert_int_equal(journal_park(place->store, 1, "unknown", line, sizeof(line) - 1), 0);
    commit(place);
    assert_int_equal(readable(place), 0);
    assert_int_equal(receiver_load(place->store, "SO-1", &got), 0);
    assert_string_equal(got.name, NAME);
    assert_string_equal(got.phone, PHONE);
    assert_string_equal(got.address, ADDRESS);
    label_says(place, 1, 0);
    char mask[40] = "";
    struct sql_query *row =
        sql_select(place->store->sql, "SELECT name_mask || ' ' || phone_mask FROM orders", SQL_NO_VALUES);
    assert_true(sql_next(row));
    sql_copy_text(row, 0, mask, sizeof(mask));
    sql_done(row);
    assert_string_equal(mask, "W* *1234");
}

static void another_key_opens_nothing(void **state)
{
    struct place *place = *state;
    struct receiver got;
    open_store(place);
    begin(place, 1);
    enter(place, "SO-1");
    print(place, "one");
    commit(place);
    place->store = store_close(place->store);
    seal_free(place->seal);
    unlink(place->key);
    assert_int_equal(seal_open("receiver.key", place->key, &place->seal, &place->error), 0);
    open_store(place);
    assert_int_equal(receiver_load(place->store, "SO-1", &got), -EKEYREJECTED);
    assert_string_equal(got.name, "");
    label_says(place, 1, -EKEYREJECTED);
    begin(place, 1); /* and work goes on with the new one */
    enter(place, "SO-2");
    commit(place);
    assert_int_equal(receiver_load(place->store, "SO-2", &got), 0);
}

static void forgotten_in_time(void **state)
{
    struct place *place = *state;
    struct receiver got;
    int64_t count = 0;
    open_store(place);
    begin(place, 10 * DAY_US);
    int64_t ended = enter(place, "ENDED"), late = enter(place, "LATE");
    enter(place, "OPEN");
    print(place, "loose");
    assert_int_equal(order_set_state(place->store, ended, "handed", ""), 0);
    assert_int_equal(print_job_set_state(place->store, 1, "printed", ""), 0);
    commit(place);
    begin(place, 20 * DAY_US);
    assert_int_equal(order_set_state(place->store, late, "cancelled", ""), 0);
    print(place, "young");
    commit(place);
    assert_false(receivers_are_before(place->store, 10 * DAY_US));
    assert_true(receivers_are_before(place->store, 15 * DAY_US));
    begin(place, 21 * DAY_US);
    assert_int_equal(receivers_forget_before(place->store, 15 * DAY_US, 100, &count), 0);
    assert_int_equal(count, 2); /* an order and a label */
    commit(place);
    assert_false(receivers_are_before(place->store, 15 * DAY_US));
    assert_int_equal(receiver_load(place->store, "ENDED", &got), -EKEYREJECTED);
    assert_string_equal(got.name, "");
    label_says(place, 1, -EKEYREJECTED);
    assert_int_equal(receiver_load(place->store, "LATE", &got), 0);
    assert_int_equal(receiver_load(place->store, "OPEN", &got), 0);
    assert_string_equal(got.name, NAME);
    label_says(place, 2, 0);
}

/* As many at a time as a scan can wait for. */
static void forgotten_in_parts(void **state)
{
    struct place *place = *state;
    int64_t count = 0;
    open_store(place);
    begin(place, DAY_US);
    for (int i = 0; i < 7; i++) {
        char number[16];
        snprintf(number, sizeof(number), "SO-%d", i);
        assert_int_equal(order_set_state(place->store, enter(place, number), "handed", ""), 0);
    }
    commit(place);
    static const int64_t parts[] = {3, 3, 1, 0};
    for (size_t i = 0; i < COUNT(parts); i++) {
        begin(place, 9 * DAY_US);
        assert_int_equal(receivers_forget_before(place->store, 5 * DAY_US, 3, &count), 0);
        assert_int_equal(count, parts[i]);
        commit(place);
    }
}

/* What a program of before this chapter has left there. */
static void what_was_readable_is_sealed(void **state)
{
    struct place *place = *state;
    struct embedded_file old[12];
    struct sql *sql = NULL;
    struct receiver got;
    for (size_t i = 0; i < COUNT(old); i++)
        old[i] = i < 11 ? store_schema[i] : (struct embedded_file){0};
    assert_int_equal(sql_open(place->path, NULL, &sql, &place->error), 0);
    if (sql_migrate(sql, old, 0x466C5334, &place->error) != 0 ||
        sql_script(sql,
                   "INSERT INTO orders (number, platform, carrier, state, receiver_name, receiver_phone, "
                   "receiver_address) VALUES ('SO-1', 'shop', 'SF', 'handed', '" NAME "', '" PHONE "', '" ADDRESS "');"
                   "INSERT INTO print_job (key, station, template, data, changed_us) VALUES ('k', 's', 't', "
                   "'{\"a\":\"" ADDRESS "\"}', 0); INSERT INTO waybill (number, carrier, order_number, opaque) VALUES "
                   "('SF-1', 'SF', 'SO-1', '{\"bytes\":\"" ADDRESS "\"}'); INSERT INTO feed (seq, hash, line) VALUES "
                   "(1, zeroblob(32), '{\"data\":{\"order\":\"SO-1\",\"receiver\":{\"name\":\"" NAME "\"}}}')",
                   &place->error) != 0)
        fail_msg("%s", place->error.text);
    sql_close(sql);
    assert_true(readable(place) > 0);
    open_store(place);
    assert_int_equal(readable(place), 0);
    assert_int_equal(receiver_load(place->store, "SO-1", &got), 0);
    assert_string_equal(got.phone, PHONE);
    label_says(place, 1, 0);
    place->store = store_close(place->store);
    open_store(place);
    assert_int_equal(receiver_load(place->store, "SO-1", &got), 0);
    assert_int_equal(readable(place), 0);
}

/* ---------------------------------------------------------------- as the floor does it */

#define RELEASE(order)                                                                                                 \
    "{\"order\":\"" order "\",\"carrier\":\"SF\",\"receiver\":{\"name\":\"" NAME "\",\"phone\":\"" PHONE               \
    "\",\"address\":\"" ADDRESS "\"},\"lines\":[{\"line\":1,\"sku\":\"MUG\",\"quantity\":1}]}"

static void head_office_has_one_forgotten(void **state)
{
    (void)state;
    struct site_rig rig;
    struct receiver got;
    assert_int_equal(site_rig_open(&rig, ":memory:", 1), 0);
    site_rig_fill(&rig);
    site_rig_change(&rig, "order.release", RELEASE("SO-1"));
    assert_true(rig.last.good);
    assert_int_equal(receiver_load(rig.store, "SO-1", &got), 0);
    assert_string_equal(got.name, NAME);
    site_rig_change(&rig, "order.forget", "{\"order\":\"SO-1\"}");
    assert_true(rig.last.good);
    assert_int_equal(receiver_load(rig.store, "SO-1", &got), -EKEYREJECTED);
    int64_t noted = 0;
    assert_int_equal(sql_number(rig.store->sql, &noted,
                                "SELECT count(*) FROM journal WHERE line LIKE '%receiver.forgotten%' AND line NOT LIKE "
                                "'%" NAME "%'",
                                SQL_NO_VALUES),
                     0);
    assert_int_equal(noted, 1);
    site_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_of_them_is_readable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_key_opens_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgotten_in_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forgotten_in_parts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_readable_is_sealed, set_up, tear_down),
        cmocka_unit_test(head_office_has_one_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
