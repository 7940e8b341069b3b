/* How full is full, of small disks and large ones. */
#include "disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MIB ((int64_t)1 << 20)
#define GIB ((int64_t)1 << 30)

static void a_step_needs_both_its_share_and_its_bytes(void **state)
{
    (void)state;
    static const struct {
        int64_t total, free;
        enum disk_step step;
    } cases[] = {
        {8 * GIB, 8 * GIB, DISK_ROOM},
        {8 * GIB, 2 * GIB, DISK_ROOM},
        {8 * GIB, 1600 * MIB, DISK_WARN},
        {8 * GIB, 800 * MIB, DISK_LOW},
        {8 * GIB, 400 * MIB, DISK_TIGHT},
        {8 * GIB, 160 * MIB, DISK_FULL},
        {8 * GIB, 0, DISK_FULL},
        {1000 * GIB, 100 * GIB, DISK_ROOM},
        {1000 * GIB, 4095 * MIB, DISK_WARN},
        {1000 * GIB, 2047 * MIB, DISK_LOW},
        {1000 * GIB, 1023 * MIB, DISK_TIGHT},
        {1000 * GIB, 255 * MIB, DISK_FULL},
        {24 * MIB, MIB, DISK_TIGHT},
        {24 * MIB, 0, DISK_FULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(disk_step(&(struct disk_space){cases[i].total, cases[i].free}), cases[i].step);
}

static void the_ballast_fits_the_disk(void **state)
{
    (void)state;
    assert_int_equal(disk_ballast(&(struct disk_space){.total = 1000 * GIB}), 64 * MIB);
    assert_int_equal(disk_ballast(&(struct disk_space){.total = 1000 * MIB}), 20 * MIB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_needs_both_its_share_and_its_bytes),
        cmocka_unit_test(the_ballast_fits_the_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
