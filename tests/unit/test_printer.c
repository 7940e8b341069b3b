/* A printer that takes what a script says. */
#include "drivers/printer/printer.h"

#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND_US ((int64_t)1000000)

#define SCRIPT_MAX 8

struct printer {
    ssize_t script[SCRIPT_MAX]; /* bytes to take, or an error; 0 ends it: everything is taken from there on */
    size_t at;
    char taken[200000];
    size_t length;
    size_t held[SCRIPT_MAX]; /* bytes that the line still holds back, look by look; then none */
    size_t looks;
};

static size_t held(void *user)
{
    struct printer *printer = user;
    return printer->looks < SCRIPT_MAX ? printer->held[printer->looks++] : 0;
}

static ssize_t take(void *user, const void *bytes, size_t length)
{
    struct printer *printer = user;
    ssize_t answer = (ssize_t)length;
    if (printer->at < SCRIPT_MAX && printer->script[printer->at])
        answer = printer->script[printer->at++];
    if (answer <= 0)
        return answer;
    size_t count = (size_t)answer < length ? (size_t)answer : length;
    assert_true(printer->length + count <= sizeof(printer->taken));
    memcpy(printer->taken + printer->length, bytes, count);
    printer->length += count;
    return (ssize_t)count;
}

static void all_bytes_arrive_in_order(void **state)
{
    (void)state;
    static struct printer printer = {.script = {3, -EINTR, 1, -EAGAIN, 2}};
    struct printer_writer writer;
    printer_writer_init(&writer, "^XA^XZ\n++", 9, 0, 0);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 1), -EAGAIN);
    assert_int_equal(printer_writer_sent(&writer), 4);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 2), 0);
    assert_int_equal(printer_writer_sent(&writer), 9);
    assert_memory_equal(printer.taken, "^XA^XZ\n++", 9);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 3), 0);
    assert_int_equal(printer.length, 9);
}

static void a_printer_that_takes_nothing_is_given_up(void **state)
{
    (void)state;
    static struct printer printer = {.script = {-EAGAIN, -EAGAIN, -EAGAIN}};
    struct printer_writer writer;
    printer_writer_init(&writer, "label", 5, 0, 100);
    assert_int_equal(printer_writer_deadline(&writer), 100 + 30 * SECOND_US);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 101), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, printer_writer_deadline(&writer) - 1), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, printer_writer_deadline(&writer)), -ETIMEDOUT);
    assert_int_equal(printer_writer_sent(&writer), 0);
}

static void a_slow_printer_is_not_given_up(void **state)
{
    (void)state;
    static struct printer printer = {.script = {-EAGAIN, 1, -EAGAIN, 1, -EAGAIN, -EAGAIN, -EAGAIN}};
    struct printer_writer writer;
    printer_writer_init(&writer, "label", 5, 0, 0);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 20 * SECOND_US), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 40 * SECOND_US), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 60 * SECOND_US), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 90 * SECOND_US - 1), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 90 * SECOND_US), -ETIMEDOUT);
    assert_int_equal(printer_writer_sent(&writer), 2);
}

static void a_printer_that_is_gone_is_told_apart(void **state)
{
    (void)state;
    static const ssize_t ends[] = {-ENODEV, -EPIPE, -ECONNRESET, -EIO, -ENXIO};
    for (size_t i = 0; i < COUNT(ends); i++) {
        static struct printer printer;
        printer = (struct printer){.script = {2, ends[i]}};
        struct printer_writer writer;
        printer_writer_init(&writer, "label", 5, 0, 0);
        assert_int_equal(printer_writer_step(&writer, take, held, &printer, 1), -ENODEV);
        assert_int_equal(printer_writer_sent(&writer), 2);
    }
    static struct printer deaf = {.script = {-ENOTSUP}};
    struct printer_writer writer;
    printer_writer_init(&writer, "label", 5, 0, 0);
    assert_int_equal(printer_writer_step(&writer, take, held, &deaf, 1), -ENOTSUP);
}

static void a_fast_printer_does_not_hold_up_the_loop(void **state)
{
    (void)state;
    static char bytes[150000];
    static struct printer printer;
    struct printer_writer writer;
    printer_writer_init(&writer, bytes, sizeof(bytes), 0, 0);
    int steps = 1;
    while (printer_writer_step(&writer, take, held, &printer, steps) == -EAGAIN)
        steps++;
    assert_int_equal(steps, 3);
    assert_int_equal(printer.length, sizeof(bytes));
}

static void an_empty_job_is_done(void **state)
{
    (void)state;
    static struct printer printer;
    struct printer_writer writer;
    printer_writer_init(&writer, "", 0, 0, 0);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 0), 0);
}

/* Taken by the line is not sent: the job is over when flow control lets the last byte go. */
static void a_job_is_over_when_its_bytes_have_left(void **state)
{
    (void)state;
    static struct printer printer = {.held = {5, 5, 3, 3, 0}};
    struct printer_writer writer;
    printer_writer_init(&writer, "label", 5, 0, 0);
    assert_true(printer_writer_wants_room(&writer));
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 0), -EAGAIN);
    assert_false(printer_writer_wants_room(&writer));
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 29 * SECOND_US), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 29 * SECOND_US), -EAGAIN); /* three left */
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 58 * SECOND_US), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 58 * SECOND_US), 0);
}

static void bytes_that_never_leave_are_given_up(void **state)
{
    (void)state;
    static struct printer printer = {.held = {5, 5, 5}};
    struct printer_writer writer;
    printer_writer_init(&writer, "label", 5, 0, 0);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 0), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 30 * SECOND_US - 1), -EAGAIN);
    assert_int_equal(printer_writer_step(&writer, take, held, &printer, 30 * SECOND_US), -ETIMEDOUT);
    assert_int_equal(printer_writer_sent(&writer), 5);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_bytes_arrive_in_order),
        cmocka_unit_test(a_printer_that_takes_nothing_is_given_up),
        cmocka_unit_test(a_slow_printer_is_not_given_up),
        cmocka_unit_test(a_printer_that_is_gone_is_told_apart),
        cmocka_unit_test(a_fast_printer_does_not_hold_up_the_loop),
        cmocka_unit_test(an_empty_job_is_done),
        cmocka_unit_test(a_job_is_over_when_its_bytes_have_left),
        cmocka_unit_test(bytes_that_never_leave_are_given_up),
    };
    return cmocka_run_group_tests_name("printer", tests, NULL, NULL);
}
