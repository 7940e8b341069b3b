/* The site's own label templates: kept by a supervisor, in the place of the shipped one, after a restart too; what may
 * not be kept is refused with its sentence; what one cannot draw the shipped one does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/label/render.h"
#include "floor_script.h"
#include "label_desk.h"
#include "station/label_set.h"
#include "store/label_template.h"

#include <errno.h>
#include <unistd.h>

#define NAME "waybill-100x150"

/* ---------------------------------------------------------------- texts that are nearly the shipped one's */

static void put_changed(struct buf *out, const char *before, const char *after)
{
    const char *text = template_shipped_text(NAME)->data, *at = strstr(text, before);
    assert_non_null(at);
    buf_put(out, text, (size_t)(at - text));
    buf_puts(out, after);
    buf_puts(out, at + strlen(before));
}

static void put_fields(struct buf *json, const char *name, const char *text, const char *badge)
{
    json_open_object(json, NULL);
    json_text(json, "name", name);
    json_text(json, "text", text);
    json_text(json, "badge", badge);
    json_close_object(json);
}

static void save(struct site_rig *rig, const char *name, const char *text, const char *badge)
{
    CLEANUP_BUF struct buf json = {0};
    put_fields(&json, name, text, badge);
    site_rig_ask(rig, "template.save", buf_text(&json));
}

static void add_supervisor(struct site_rig *rig)
{
    site_rig_change(rig, "worker.upsert",
                    "{\"worker\":\"u9\",\"name\":\"Boss\",\"badge\":\"B-9\",\"role\":\"supervisor\",\"rev\":1}");
}

static void load(struct site_rig *rig, struct template_set *set)
{
    struct error error = {""};
    if (label_set_load(rig->store, "", set, &error) != 0)
        fail_msg("%s", error.text);
}

static int left_of_carrier(const struct template_set *set)
{
    const struct embedded_file *sample = template_sample(NAME);
    CLEANUP(label_free_p) struct label *pages = NULL;
    struct label_fault fault;
    const struct render_job job = {.template_name = NAME, .json = sample->data, .length = sample->length};
    if (render_pages(set, &job, 203, &pages, &fault) != 0)
        fail_msg("%s", fault.error.text);
    for (size_t i = 0; i < pages->count; i++)
        if (pages->elements[i].section && strcmp(pages->elements[i].section, "text carrier") == 0)
            return pages->elements[i].box.x;
    return -1;
}

/* ---------------------------------------------------------------- tests */

static void a_supervisor_keeps_a_template_and_gives_it_up(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP_BUF struct buf own = {0};
    add_supervisor(rig);
    put_changed(&own, "at = 4 2.5 58 10", "at = 24 2.5 38 10");
    load(rig, &set);
    assert_int_equal(left_of_carrier(&set), 4 * 8);
    save(rig, NAME, buf_text(&own), "B-1");
    assert_int_equal(rig->last.answer.message, E18_SUPERVISOR);
    save(rig, NAME, buf_text(&own), "B-9");
    assert_true(rig->last.good && rig->last.relabels);
    assert_int_equal(number(rig, "SELECT count(*) FROM journal WHERE line LIKE '%template.saved%'"), 1);
    load(rig, &set);
    assert_int_equal(left_of_carrier(&set), 24 * 8);
    assert_true(template_about(template_set_find(&set, NAME)).kept);
    site_rig_ask(rig, "template.reset", "{\"name\":\"" NAME "\",\"badge\":\"B-9\"}");
    assert_true(rig->last.good && rig->last.relabels);
    load(rig, &set);
    assert_int_equal(left_of_carrier(&set), 4 * 8);
    site_rig_ask(rig, "template.reset", "{\"name\":\"" NAME "\",\"badge\":\"B-9\"}");
    assert_int_equal(rig->last.answer.message, E01_UNKNOWN);
    check_laws(rig);
}

static void there_is_a_most_of_bytes_and_of_templates(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP(cleanup_free) char *text = malloc(LABEL_TEMPLATE_TEXT_MAX + 2);
    add_supervisor(rig);
    memset(text, ';', LABEL_TEMPLATE_TEXT_MAX + 1);
    text[LABEL_TEMPLATE_TEXT_MAX + 1] = '\0';
    save(rig, "long", text, "B-9");
    assert_int_equal(rig->last.answer.message, E60_FIELD);
    text[LABEL_TEMPLATE_TEXT_MAX] = '\0';
    save(rig, "long", text, "B-9");
    assert_true(rig->last.good);
    for (int i = 1; i < LABEL_TEMPLATES_MAX; i++) {
        char name[24];
        snprintf(name, sizeof(name), "own-%d", i);
        save(rig, name, "; mine", "B-9");
        assert_true(rig->last.good);
    }
    save(rig, "one-more", "; mine", "B-9");
    assert_int_equal(rig->last.answer.message, E89_TEMPLATES);
    save(rig, "own-1", "; other", "B-9");
    assert_true(rig->last.good);
}

/* What an older program has kept and this one cannot read is left aside, and the shipped one is printed. */
static void one_that_cannot_be_read_leaves_the_shipped_one(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP_BUF struct buf json = {0};
    add_supervisor(rig);
    save(rig, NAME, "[label]\nnonsense", "B-9");
    load(rig, &set);
    assert_true(template_about(template_set_find(&set, NAME)).shipped);
    const struct label_desk desk = {rig->store, &set};
    assert_int_equal(label_desk_one(&desk, NAME, &json), 0);
    if (!strstr(buf_text(&json), "\"text\":\"[label]\\u000anonsense\""))
        fail_msg("%s", buf_text(&json));
    assert_int_equal(label_desk_one(&desk, "nothing", &json), -ENOENT);
}

static void what_may_not_be_kept_is_refused_with_its_sentence(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    static const struct {
        const char *before, *after, *section, *says;
        int line;
    } cases[] = {
        {"at = 4 2.5 58 10", "at = 4 2.5 58", "text carrier", "at must be left, top, width and height", 17},
        {"text = {waybill}\nmodule", "text = {order}\nmodule", "code128 bars", "it must stay as in the built-in label",
         0},
        {"module = 0.25", "module = 0.2", "code128 bars", "its narrowest bar at least 0.25 mm", 0},
        {"[code128 bars]\n", "[code128 bars]\nwhen = order\n", "code128 bars", "always printed", 0},
        {"needs = waybill", "needs = order", "label", "needs must still name waybill", 0},
        {"at = 4 2.5 58 10", "at = 4 40 58 10", "code128 bars", "is covered by [text carrier]", 0},
        {"at = 4 2.5 58 10\ntext = {carrier}\nheight = 7\nleast = 3.5",
         "at = 4 2.5 5 10\ntext = {carrier}\nheight = 7\nleast = 7", "text carrier",
         "With sample data: carrier does not fit", 0},
    };
    load(rig, &set);
    const struct label_desk desk = {rig->store, &set};
    for (size_t i = 0; i < COUNT(cases); i++) {
        CLEANUP_BUF struct buf text = {0}, json = {0}, chinese = {0};
        struct label_fault fault = {.code = ""};
        put_changed(&text, cases[i].before, cases[i].after);
        put_fields(&json, NAME, buf_text(&text), "B-9");
        int result = label_desk_check(&desk, buf_text(&json), json.length, &fault);
        if (result != -EINVAL || !strstr(fault.error.text, cases[i].says) ||
            strcmp(fault.section, cases[i].section) != 0 || (cases[i].line && fault.line != cases[i].line))
            fail_msg("case %zu: %d [%s] line %d: %s", i, result, fault.section, fault.line, fault.error.text);
        label_fault_chinese(fault.error.text, &chinese);
        assert_string_not_equal(buf_text(&chinese), fault.error.text);
    }
    CLEANUP_BUF struct buf json = {0};
    put_fields(&json, NAME, template_shipped_text(NAME)->data, "B-9");
    assert_int_equal(label_desk_check(&desk, buf_text(&json), json.length, NULL), 0);
}

static void every_shipped_label_may_be_kept_as_it_is(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    load(rig, &set);
    const struct label_desk desk = {rig->store, &set};
    for (size_t i = 0; i < set.count; i++) {
        const char *name = template_about(set.templates[i]).name;
        CLEANUP_BUF struct buf json = {0};
        struct label_fault fault;
        assert_non_null(template_sample(name));
        put_fields(&json, name, template_shipped_text(name)->data, "B-9");
        if (label_desk_check(&desk, buf_text(&json), json.length, &fault) != 0)
            fail_msg("%s: %s", name, fault.error.text);
    }
}

/* The own one is good with the sample data, and cannot show a name that is longer: the parcel gets the shipped label.
 */
static void a_parcel_does_not_wait_for_an_own_template(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP(rendered_done) struct rendered rendered = {0};
    CLEANUP_BUF struct buf own = {0};
    struct label_fault fault;
    static const char data[] = "{\"waybill\":\"SF1\",\"carrier\":\"Carrier with a long name\"}";
    const struct label_printer printer = {.language = PRINTER_ZPL};
    const struct render_job job = {.template_name = NAME, .json = data, .length = sizeof(data) - 1};
    put_changed(&own, "at = 4 2.5 58 10\ntext = {carrier}\nheight = 7\nleast = 3.5",
                "at = 4 2.5 40 10\ntext = {carrier}\nheight = 7\nleast = 7");
    load(rig, &set);
    assert_int_equal(template_set_keep(&set, NAME, buf_text(&own), own.length, &fault), 0);
    assert_int_equal(render_job(&set, &job, &printer, &rendered, &fault), 0);
    assert_true(rendered.built_in);
    assert_non_null(strstr(rendered.why.error.text, "carrier does not fit"));
}

static void a_preview_tells_all_faults_and_draws_the_rest(void **state)
{
    struct site_rig *rig = *state;
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP_BUF struct buf text = {0}, request = {0}, json = {0};
    load(rig, &set);
    const struct label_desk desk = {rig->store, &set};
    put_changed(&text, "at = 4 2.5 58 10\ntext = {carrier}\nheight = 7\nleast = 3.5",
                "at = 4 2.5 5 10\ntext = {carrier}\nheight = 7\nleast = 7");
    json_open_object(&request, NULL);
    json_text(&request, "text", buf_text(&text));
    json_raw(&request, "data", "{\"carrier\":\"SF\"}");
    json_close_object(&request);
    assert_int_equal(label_desk_preview(&desk, NAME, buf_text(&request), request.length, &json), 0);
    assert_non_null(strstr(buf_text(&json), "\"picture\":\"iVBOR"));
    assert_non_null(strstr(buf_text(&json), "waybill is missing"));
    assert_non_null(strstr(buf_text(&json), "\"section\":\"text carrier\""));
    assert_non_null(strstr(buf_text(&json), "carrier 在标签上放不下"));
    buf_clear(&json);
    assert_int_equal(label_desk_preview(&desk, NAME, "{}", 2, &json), -EINVAL);
}

static void it_survives_a_restart(void **state)
{
    (void)state;
    char path[] = "/tmp/test_label_desk.XXXXXX";
    struct site_rig rig;
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP_BUF struct buf own = {0};
    close(mkstemp(path));
    assert_int_equal(site_rig_open(&rig, path, 1), 0);
    add_supervisor(&rig);
    put_changed(&own, "at = 4 2.5 58 10", "at = 24 2.5 38 10");
    save(&rig, NAME, buf_text(&own), "B-9");
    assert_true(rig.last.good);
    site_rig_close(&rig);
    assert_int_equal(site_rig_open(&rig, path, 2), 0);
    load(&rig, &set);
    assert_int_equal(left_of_carrier(&set), 24 * 8);
    site_rig_close(&rig);
    for (const char *const *end = (const char *const[]){"", "-wal", "-shm", NULL}; *end; end++) {
        char file[64];
        snprintf(file, sizeof(file), "%s%s", path, *end);
        unlink(file);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_supervisor_keeps_a_template_and_gives_it_up),  TEST(there_is_a_most_of_bytes_and_of_templates),
        TEST(one_that_cannot_be_read_leaves_the_shipped_one), TEST(what_may_not_be_kept_is_refused_with_its_sentence),
        TEST(every_shipped_label_may_be_kept_as_it_is),       TEST(a_parcel_does_not_wait_for_an_own_template),
        TEST(a_preview_tells_all_faults_and_draws_the_rest),  cmocka_unit_test(it_survives_a_restart),
    };
    return cmocka_run_group_tests_name("label desk", tests, NULL, NULL);
}
