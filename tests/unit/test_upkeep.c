/* The care of a site's database: what a copy must be to be a backup, what the disk says of its wear, how the health
 * table judges, and that the WAL stays short while a copy is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "health.h"
#include "site_rig.h"
#include "store/backup.h"
#include "store/upkeep.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DAY_US     (INT64_C(86400) * 1000000)
#define WAL_BOUND  (9 << 20) /* bytes: 8 MiB, and what one turn adds */
#define PAGE       1024
#define SCANS_MANY 1500

struct place {
    char folder[32], path[48], copy[64];
    struct site_rig rig;
    struct error error;
};

static int set_up(void **state)
{
    static struct place place;
    place = (struct place){.folder = "/tmp/floorhand-XXXXXX"};
    *state = &place;
    if (!mkdtemp(place.folder))
        return -1;
    snprintf(place.path, sizeof(place.path), "%s/site.db", place.folder);
    snprintf(place.copy, sizeof(place.copy), "%s/copy.db", place.folder);
    int result = site_rig_open(&place.rig, place.path, 1);
    if (!result)
        site_rig_fill(&place.rig);
    return result;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char command[64];
    site_rig_close(&place->rig);
    snprintf(command, sizeof(command), "rm -r %s", place->folder);
    return system(command);
}

static void copy(struct place *place)
{
    unlink(place->copy);
    assert_int_equal(sql_copy_to(place->rig.store->sql, place->copy, &place->error), 0);
}

static void write_in_copy(struct place *place, const char *sql)
{
    CLEANUP(sql_close_p) struct sql *opened = NULL;
    assert_int_equal(sql_open(place->copy, NULL, &opened, &place->error), 0);
    assert_int_equal(sql_script(opened, sql, &place->error), 0);
}

static void expect_refused(struct place *place, int code, const char *said)
{
    struct backup_facts facts;
    assert_int_equal(backup_check(place->copy, &facts, &place->error), code);
    if (!strstr(place->error.text, said))
        fail_msg("\"%s\" is not in: %s", said, place->error.text);
}

static void a_good_copy_is_one_file(void **state)
{
    struct place *place = *state;
    struct backup_facts facts;
    char wal[80];
    copy(place);
    if (backup_check(place->copy, &facts, &place->error) != 0)
        fail_msg("%s", place->error.text);
    assert_string_equal(facts.site, place->rig.store->site);
    assert_true(facts.last_seq > 0);
    assert_true(facts.bytes >= PAGE * 100);
    assert_int_equal(facts.schema, backup_schema_known());
    snprintf(wal, sizeof(wal), "%s-wal", place->copy);
    assert_int_not_equal(access(wal, F_OK), 0);
}

/* Each: what somebody, or the disk, did to the copy. */
static void a_bad_copy_is_no_backup(void **state)
{
    struct place *place = *state;
    copy(place);
    write_in_copy(place,
                  "DROP TRIGGER journal_is_final; UPDATE journal SET line = replace(line, 'a', 'b') WHERE seq = 1");
    expect_refused(place, -EBADMSG, "number 1 is not as it was written");
    copy(place);
    write_in_copy(place, "INSERT OR REPLACE INTO feed VALUES (1, zeroblob(32), '{}')");
    expect_refused(place, -EBADMSG, "number 1 is not as it came");
    copy(place);
    write_in_copy(place, "UPDATE stream SET last_seq = last_seq + 1");
    expect_refused(place, -EBADMSG, "it no longer holds that the journal has no gap");
    copy(place);
    write_in_copy(place, "UPDATE stream SET training = 1");
    expect_refused(place, -EINVAL, "is a copy for training");
    copy(place);
    write_in_copy(place, "PRAGMA user_version = 999");
    expect_refused(place, -EINVAL, "was written by a newer version (schema 999");
    copy(place);
    assert_int_equal(truncate(place->copy, 20 * PAGE), 0);
    expect_refused(place, -EBADMSG, "damaged");
    FILE *file = fopen(place->copy, "we");
    fputs("no database", file);
    fclose(file);
    expect_refused(place, -EINVAL, "is no site's database");
}

static int64_t bytes_of(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 ? (int64_t)facts.st_size : 0;
}

/* A copy is the one long reader that there is; other programs are kept out by the lock. */
static void the_wal_stays_short_beside_a_long_reader(void **state)
{
    struct place *place = *state;
    struct sql *sql = place->rig.store->sql;
    CLEANUP(sql_copy_end_p) struct sql_copy *taken = NULL;
    char wal[80];
    int percent;
    int64_t longest = 0, written = 0;
    snprintf(wal, sizeof(wal), "%s-wal", place->path);
    assert_int_equal(sql_copy_begin(sql, place->copy, &taken, &place->error), 0);
    for (int i = 0; i < SCANS_MANY; i++) {
        assert_int_equal(sql_run(sql,
                                 "INSERT INTO parked (feed_seq, why, line) VALUES (?1, '', printf('%.*c', 20000, 'x'))",
                                 sql_int(i + 1)),
                         0);
        written += 20000;
        if (i % 8 == 0) /* slower than what is written: it has no end before the writing has */
            assert_int_equal(sql_copy_step(taken, 1, &percent, &place->error), 1);
        int64_t now = bytes_of(wal);
        longest = now > longest ? now : longest;
    }
    assert_true(written > 3 * WAL_BOUND);
    assert_in_range(longest, PAGE, WAL_BOUND);
}

/* What the reading process found is a row, and an event for head office. */
static void what_was_found_is_written_down(void **state)
{
    struct place *place = *state;
    static const struct upkeep_found found[] = {{.sound = true, .kept = true, .bytes = 4096, .seq = 7},
                                                {.bytes = 4096, .why = "page 7 is not as it should be"}};
    struct upkeep known;
    for (size_t i = 0; i < COUNT(found); i++) {
        struct event event = {.kind = EVENT_CHECKED};
        assert_int_equal(site_rig_post(&place->rig, &event, (const char *)&found[i], sizeof(found[i])), 0);
        assert_int_equal(turn_take(place->rig.turn, &place->error), 0);
        assert_true(place->rig.last.good);
    }
    assert_int_equal(upkeep_load(place->rig.store, &known), 0);
    assert_false(known.sound);
    assert_string_equal(known.why, found[1].why);
    assert_int_equal(known.backup_seq, 7); /* the last good one */
    assert_true(known.backup_us > 0 && known.checked_us >= known.backup_us);
}

/* ---------------------------------------------------------------- wear */

static void put(const char *folder, const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* /sys as the kernel has it for an eMMC: the partition's folder is in the disk's. */
static void the_disk_says_how_worn_it_is(void **state)
{
    struct place *place = *state;
    struct disk_wear wear;
    char sys[64], command[400];
    snprintf(sys, sizeof(sys), "%s/sys", place->folder);
    snprintf(command, sizeof(command),
             "mkdir -p %s/dev/block %s/mmcblk0/device %s/mmcblk0/mmcblk0p2 && ln -s ../../mmcblk0/mmcblk0p2 "
             "%s/dev/block/179:2",
             sys, sys, sys, sys);
    assert_int_equal(system(command), 0);
    disk_wear_read(sys, makedev(179, 2), &wear);
    assert_int_equal(wear.life_percent, -1);
    assert_int_equal(wear.pre_eol, 0);
    put(sys, "mmcblk0/device/life_time", "0x01 0x09\n");
    put(sys, "mmcblk0/device/pre_eol_info", "0x02\n");
    disk_wear_read(sys, makedev(179, 2), &wear);
    assert_int_equal(wear.life_percent, 90);
    assert_int_equal(wear.pre_eol, 2);
}

static void days_follow_from_the_pace(void **state)
{
    (void)state;
    struct upkeep known = {.counted_us = DAY_US, .written_bytes = 10000000000};
    assert_int_equal(disk_wear_days(0, &known, 11 * DAY_US), -1);
    assert_int_equal(disk_wear_days(100000000000, &known, DAY_US + 1), -1); /* no pace yet */
    assert_in_range(disk_wear_days(100000000000, &known, 11 * DAY_US), 89, 91);
    known.written_bytes = 200000000000;
    assert_int_equal(disk_wear_days(100000000000, &known, 11 * DAY_US), 0);
}

/* The turns carry the figure: none of its own is written for it. */
static void what_was_written_goes_with_the_next_turn(void **state)
{
    struct place *place = *state;
    struct upkeep known;
    place->rig.store->written_bytes = 4711;
    assert_int_equal(store_begin(place->rig.store), 0);
    assert_int_equal(store_commit(place->rig.store), 0);
    place->rig.store->written_bytes = 0;
    assert_int_equal(store_begin(place->rig.store), 0);
    assert_int_equal(store_commit(place->rig.store), 0);
    assert_int_equal(upkeep_load(place->rig.store, &known), 0);
    assert_int_equal(known.written_bytes, 4711);
}

/* ---------------------------------------------------------------- health */

static void expect_health(const struct health_facts *facts, bool healthy, const char *what)
{
    CLEANUP_BUF struct buf json = {0};
    char wanted[64];
    json_open_object(&json, NULL);
    assert_int_equal(health_write(facts, &json), healthy);
    snprintf(wanted, sizeof(wanted), "\"what\":\"%s\"", what);
    if (*what ? !strstr(buf_text(&json), wanted) : !strstr(buf_text(&json), "\"wrong\":[]"))
        fail_msg("%s is not in %s", what, buf_text(&json));
}

static void expect_words(const struct health_facts *facts, const char *words)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    health_write(facts, &json);
    if (!strstr(buf_text(&json), words))
        fail_msg("\"%s\" is not in %s", words, buf_text(&json));
}

static void wear_is_told_as_far_as_it_is_known(void **state)
{
    (void)state;
    struct health_facts facts = {.care = {.known = {.sound = true, .written_bytes = 12340000000},
                                          .wear = {.life_percent = -1},
                                          .wear_days = -1}};
    expect_words(&facts, "Not known for this disk; the box has written 12.3 GB to it.");
    expect_words(&facts, "此磁盘不提供寿命信息;主机已写入 12.3 GB。");
    facts.care.wear.life_percent = 30;
    expect_words(&facts, "30 % of its life are used; the box has written 12.3 GB to it.");
}

static void each_trouble_is_told_and_the_worst_stop_the_work(void **state)
{
    (void)state;
    const struct health_facts well = {
        .now_us = 100 * DAY_US,
        .care = {
            .known = {.sound = true, .counted_us = 50 * DAY_US, .checked_us = 99 * DAY_US, .backup_us = 99 * DAY_US},
            .wear = {.life_percent = -1},
            .wear_days = -1,
            .backup_wanted = true}};
    struct health_facts facts = well;
    expect_health(&facts, true, "");
#define TROUBLE(change, healthy, what)                                                                                 \
    facts = well;                                                                                                      \
    facts.change;                                                                                                      \
    expect_health(&facts, healthy, what)
    TROUBLE(not_saved = true, false, "not_saved");
    TROUBLE(waited_us = HEALTH_STUCK_US, false, "stuck");
    TROUBLE(disk = DISK_FULL, false, "disk_full");
    TROUBLE(disk = DISK_WARN, true, "disk_fills");
    TROUBLE(care.known.sound = false, false, "damaged");
    TROUBLE(care.known.checked_us = 90 * DAY_US, true, "unchecked");
    TROUBLE(care.known.checked_us = 0, true, "unchecked");
    TROUBLE(care.known.backup_us = 90 * DAY_US, true, "no_backup");
    TROUBLE(care.failed = true, true, "no_backup");
    TROUBLE(care.wear.life_percent = 90, true, "disk_worn");
    TROUBLE(care.wear.pre_eol = 2, true, "disk_worn");
    TROUBLE(care.wear_days = 10, true, "disk_worn");
    TROUBLE(late = true, true, "late");
    TROUBLE(tls_trouble = true, true, "certificate");
    facts = well;
    facts.care.backup_wanted = false;
    facts.care.known.backup_us = 0;
    expect_health(&facts, true, "");
    assert_true(health_moves(HEALTH_STUCK_US - 1));
    assert_false(health_moves(HEALTH_STUCK_US)); /* the watchdog gets no sign */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_good_copy_is_one_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bad_copy_is_no_backup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_wal_stays_short_beside_a_long_reader, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_found_is_written_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_disk_says_how_worn_it_is, set_up, tear_down),
        cmocka_unit_test(days_follow_from_the_pace),
        cmocka_unit_test_setup_teardown(what_was_written_goes_with_the_next_turn, set_up, tear_down),
        cmocka_unit_test(wear_is_told_as_far_as_it_is_known),
        cmocka_unit_test(each_trouble_is_told_and_the_worst_stop_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
