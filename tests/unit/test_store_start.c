/* What a start finds of a damaged database: everything in a small one, in a large one what no scan can do without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "site_rig.h"

#include <errno.h>
#include <unistd.h>

struct place {
    char folder[32], path[48];
    struct site_rig rig;
};

static void run(struct place *place, const char *sql)
{
    if (sql_script(place->rig.store->sql, sql, &place->rig.error) != 0)
        fail_msg("%s", place->rig.error.text);
}

static int set_up(void **state)
{
    static struct place place;
    *state = &place;
    snprintf(place.folder, sizeof(place.folder), "/tmp/floorhand-XXXXXX");
    if (!mkdtemp(place.folder))
        return -1;
    snprintf(place.path, sizeof(place.path), "%s/site.db", place.folder);
    int result = site_rig_open(&place.rig, place.path, 1);
    if (!result)
        site_rig_fill(&place.rig);
    return result;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    unlink(place->path);
    return rmdir(place->folder);
}

/* A row of 20 MB, on pages that no scan reads. */
static void grow(struct place *place)
{
    run(place, "INSERT INTO parked (feed_seq, why, line) VALUES (1, '', printf('%.*c', 20000000, 'x'))");
}

static int64_t first_page(struct place *place, const char *table)
{
    int64_t page = 0;
    assert_int_equal(
        sql_number(place->rig.store->sql, &page, "SELECT rootpage FROM sqlite_schema WHERE name = ?1", sql_text(table)),
        0);
    return page;
}

static void damage(struct place *place, int64_t page)
{
    FILE *file = fopen(place->path, "r+e");
    assert_non_null(file);
    fseek(file, (long)(page - 1) * 1024, SEEK_SET);
    for (int i = 0; i < 1024; i++)
        fputc(0xA5, file);
    fclose(file);
}

static void close_site(struct place *place)
{
    site_rig_close(&place->rig);
}

static void expect_refused(struct place *place, const char *said)
{
    assert_int_equal(site_rig_open(&place->rig, place->path, 1), -EBADMSG);
    assert_null(place->rig.turn);
    if (!strstr(place->rig.error.text, said) || !strstr(place->rig.error.text, place->path))
        fail_msg("%s\nlacks %s", place->rig.error.text, said);
}

static void small_is_read_through(void **state)
{
    struct place *place = *state;
    int64_t page = first_page(place, "parked");
    close_site(place);
    damage(place, page);
    expect_refused(place, "is damaged");
}

static void large_and_sound_opens(void **state)
{
    struct place *place = *state;
    grow(place);
    close_site(place);
    assert_int_equal(site_rig_open(&place->rig, place->path, 1), 0);
    assert_int_equal(sql_check(place->rig.store->sql, &place->rig.error), 0);
    close_site(place);
}

static void large_is_tried_where_scans_read(void **state)
{
    struct place *place = *state;
    grow(place);
    int64_t page = first_page(place, "session");
    close_site(place);
    damage(place, page);
    expect_refused(place, "is damaged");
}

static void a_ledger_that_ends_elsewhere(void **state)
{
    struct place *place = *state;
    grow(place);
    run(place, "DROP TRIGGER journal_stays; DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)");
    close_site(place);
    expect_refused(place, "its journal does not end where it should");
}

/* A start passes it; the whole check does not, nor does whoever reads it. */
static void damage_that_no_scan_reads(void **state)
{
    struct place *place = *state;
    grow(place);
    int64_t page = 0;
    assert_int_equal(sql_number(place->rig.store->sql, &page, "PRAGMA page_count", SQL_NO_VALUES), 0);
    close_site(place);
    damage(place, page - 1000);
    assert_int_equal(site_rig_open(&place->rig, place->path, 1), 0);
    assert_int_equal(sql_check(place->rig.store->sql, &place->rig.error), -EBADMSG);
    int64_t length;
    assert_int_equal(sql_number(place->rig.store->sql, &length, "SELECT instr(line, 'y') FROM parked", SQL_NO_VALUES),
                     -EBADMSG);
    close_site(place);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(small_is_read_through),           IN_PLACE(large_and_sound_opens),
        IN_PLACE(large_is_tried_where_scans_read), IN_PLACE(a_ledger_that_ends_elsewhere),
        IN_PLACE(damage_that_no_scan_reads),
    };
    return cmocka_run_group_tests_name("store_start", tests, NULL, NULL);
}
