/* Work beside the loop: in order, handed back in the loop, paused, and given up; and a label that is drawn so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "station/drawing.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct job {
    struct beside_job beside;
    struct rig *rig;
    int number;
    bool elsewhere; /* worked in another thread than the test's */
    int nice, policy;
};

struct rig {
    sd_event *event;
    struct beside *beside;
    pthread_t loop;
    int done[64], done_count, unworked, ready;
    struct error error;
};

static int set_up(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    *state = rig;
    rig->loop = pthread_self();
    sd_event_new(&rig->event);
    return beside_new(rig->event, &rig->beside, &rig->error);
}

static int tear_down(void **state)
{
    struct rig *rig = *state;
    beside_free(rig->beside);
    sd_event_unref(rig->event);
    free(rig);
    return 0;
}

static void work(struct beside_job *beside)
{
    struct job *job = (struct job *)beside;
    job->elsewhere = !pthread_equal(pthread_self(), job->rig->loop);
    job->nice = getpriority(PRIO_PROCESS, 0);
    job->policy = sched_getscheduler(0);
}

static void done(struct beside_job *beside, bool worked)
{
    struct job *job = (struct job *)beside;
    assert_true(pthread_equal(pthread_self(), job->rig->loop));
    assert_int_equal(job->elsewhere, worked);
    job->rig->unworked += !worked;
    job->rig->done[job->rig->done_count++] = job->number;
}

static void give(struct rig *rig, struct job *jobs, int count)
{
    for (int i = 0; i < count; i++) {
        jobs[i] = (struct job){.beside = {.work = work, .done = done}, .rig = rig, .number = i};
        beside_give(rig->beside, &jobs[i].beside);
    }
}

static void run_until(struct rig *rig, const int *count, int wanted)
{
    while (*count < wanted)
        assert_true(sd_event_run(rig->event, 10 * 1000 * 1000) > 0);
}

/* Otherwise the loop waits for the end of a job's slice when both are on one processor. */
static void a_job_gives_way_to_the_loop(void **state)
{
    struct rig *rig = *state;
    struct job job;
    give(rig, &job, 1);
    run_until(rig, &rig->done_count, 1);
    assert_int_equal(job.nice, 19);
    assert_int_equal(job.policy, SCHED_BATCH);
    assert_int_not_equal(getpriority(PRIO_PROCESS, 0), 19);
}

static void who_waits_gets_all_of_it(void **state)
{
    struct rig *rig = *state;
    struct job jobs[8];
    beside_wait(rig->beside);
    give(rig, jobs, 8);
    beside_wait(rig->beside);
    assert_int_equal(rig->done_count, 8);
    for (int i = 0; i < 8; i++)
        assert_int_equal(rig->done[i], i);
}

static void jobs_are_done_in_order(void **state)
{
    struct rig *rig = *state;
    struct job jobs[40];
    give(rig, jobs, 40);
    run_until(rig, &rig->done_count, 40);
    for (int i = 0; i < 40; i++)
        assert_int_equal(rig->done[i], i);
    give(rig, jobs, 3); /* and again, when it had nothing to do */
    run_until(rig, &rig->done_count, 43);
    assert_int_equal(rig->unworked, 0);
}

static void nothing_is_under_way_in_a_pause(void **state)
{
    struct rig *rig = *state;
    struct job jobs[2];
    beside_pause(rig->beside);
    give(rig, jobs, 2);
    assert_int_equal(sd_event_run(rig->event, 20 * 1000), 0);
    assert_int_equal(rig->done_count, 0);
    beside_resume(rig->beside);
    run_until(rig, &rig->done_count, 2);
}

static void what_is_given_up_is_handed_back(void **state)
{
    struct rig *rig = *state;
    struct job jobs[30];
    give(rig, jobs, 30);
    rig->beside = beside_free(rig->beside);
    assert_int_equal(rig->done_count, 30); /* each once, worked or not */
    for (int i = 0; i < 30; i++)
        assert_int_equal(rig->done[i], i);
}

/* ---------------------------------------------------------------- a label */

static const char badge[] = "{\"worker\":\"W-1\",\"name\":\"王小明\",\"badge\":\"W-1\"}";

static void ready(void *user)
{
    struct rig *rig = user;
    rig->ready++;
}

static struct drawing *begin(struct rig *rig, const struct template_set *set, const char *template_name)
{
    const struct drawing_place place = {rig->beside, set, ready, rig};
    const struct label_printer printer = {.language = PRINTER_ZPL, .lacks = "z64"};
    const struct render_job request = {.template_name = template_name, .json = badge, .length = strlen(badge)};
    struct drawing *drawing = NULL;
    assert_int_equal(drawing_begin(&place, 7, &request, &printer, &drawing), 0);
    return drawing;
}

static void a_label_is_drawn_as_in_the_loop(void **state)
{
    struct rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP(rendered_done) struct rendered here = {0}, there = {0};
    CLEANUP_BUF struct buf data = {0}, other = {0};
    struct label_fault fault;
    assert_int_equal(template_set_load(NULL, &set, &fault), 0);
    struct drawing *drawing = begin(rig, &set, "badge");
    assert_false(drawing_is_ready(drawing) && rig->ready == 0);
    run_until(rig, &rig->ready, 1);
    assert_true(drawing_is_ready(drawing));
    buf_puts(&data, badge);
    buf_puts(&other, "{\"worker\":\"W-1\",\"name\":\"王**\",\"badge\":\"W-1\"}");
    assert_true(drawing_is_of(drawing, 7, &data));
    assert_false(drawing_is_of(drawing, 8, &data));
    assert_false(drawing_is_of(drawing, 7, &other)); /* erased meanwhile */
    assert_int_equal(drawing_take(drawing, &there, &fault), 0);
    drawing_drop(drawing);
    const struct label_printer printer = {.language = PRINTER_ZPL, .lacks = "z64"};
    const struct render_job request = {.template_name = "badge", .json = badge, .length = strlen(badge)};
    assert_int_equal(render_job(&set, &request, &printer, &here, &fault), 0);
    assert_int_equal(there.total, 1);
    assert_string_equal(buf_text(&there.bytes), buf_text(&here.bytes));
}

static void what_cannot_be_drawn_is_said(void **state)
{
    struct rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP(rendered_done) struct rendered rendered = {0};
    struct label_fault fault;
    assert_int_equal(template_set_load(NULL, &set, &fault), 0);
    struct drawing *drawing = begin(rig, &set, "no-such-label");
    run_until(rig, &rig->ready, 1);
    assert_int_equal(drawing_take(drawing, &rendered, &fault), -ENOENT);
    assert_string_equal(fault.code, LABEL_TEMPLATE);
    drawing_drop(drawing);
}

/* Its printer was given away meanwhile. */
static void of_a_dropped_label_nobody_hears(void **state)
{
    struct rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    struct label_fault fault;
    struct job after;
    assert_int_equal(template_set_load(NULL, &set, &fault), 0);
    assert_null(drawing_drop(begin(rig, &set, "badge")));
    give(rig, &after, 1);
    run_until(rig, &rig->done_count, 1);
    assert_int_equal(rig->ready, 0);
    assert_null(drawing_drop(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_job_gives_way_to_the_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_waits_gets_all_of_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(jobs_are_done_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_under_way_in_a_pause, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_given_up_is_handed_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_label_is_drawn_as_in_the_loop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_drawn_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(of_a_dropped_label_nobody_hears, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
