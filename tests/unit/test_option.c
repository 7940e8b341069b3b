/* Configuration files: what is taken, and the sentence for what is not. */
#include "base/option.h"

#include "base/cleanup.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct lamp {
    char id[160], colour[8], where[256];
    int64_t watts;
    bool on;
};

struct lamps {
    struct lamp lamps[4];
    size_t count;
};

static const struct option_def lamp_options[] = {
    {"colour", OPTION_CHOICE_AT(struct lamp, colour), .fallback = "white", .choices = "white|red"},
    {"where", OPTION_TEXT_AT(struct lamp, where), .fallback = ""},
    {"watts", OPTION_NUMBER_AT(struct lamp, watts), .fallback = "5", .min = 1, .max = 60},
    {"on", OPTION_FLAG_AT(struct lamp, on), .fallback = "no"},
    {.name = NULL},
};

static void *open_lamp(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    struct lamps *lamps = user;
    if (lamps->count == COUNT(lamps->lamps))
        return NULL;
    struct lamp *lamp = &lamps->lamps[lamps->count++];
    option_defaults(lamp_options, lamp);
    strncpy(lamp->id, instance, sizeof(lamp->id) - 1);
    return lamp;
}

static const struct option_section sections[] = {{"lamp ", lamp_options, open_lamp}, {.name = NULL}};

/* From memory and from a file alike. */
static int load(const char *text, struct lamps *ret, struct error *error)
{
    char path[] = "/tmp/floorhand-option-XXXXXX";
    struct lamps from_file = {.count = 0};
    struct error file_error = {0};
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    int file_result = option_load(path, sections, &from_file, &file_error);
    unlink(path);
    *ret = (struct lamps){.count = 0};
    *error = (struct error){0};
    int result = option_load_text(path, text, sections, ret, error);
    assert_int_equal(result, file_result);
    assert_string_equal(error->text, file_error.text);
    assert_memory_equal(ret, &from_file, sizeof(from_file));
    return result;
}

static void values_land_in_their_section(void **state)
{
    (void)state;
    struct lamps lamps;
    struct error error;
    assert_int_equal(load("# a remark\n[lamp a]\ncolour = red\nwatts = 60\n\n[lamp b]\non = yes\nwhere = over the door",
                          &lamps, &error),
                     0);
    assert_int_equal(lamps.count, 2);
    assert_string_equal(lamps.lamps[0].id, "a");
    assert_string_equal(lamps.lamps[0].colour, "red");
    assert_int_equal(lamps.lamps[0].watts, 60);
    assert_false(lamps.lamps[0].on);
    assert_string_equal(lamps.lamps[1].where, "over the door");
    assert_int_equal(lamps.lamps[1].watts, 5);
    assert_true(lamps.lamps[1].on);
}

static void a_section_needs_no_value(void **state)
{
    (void)state;
    struct lamps lamps;
    struct error error;
    assert_int_equal(load("[lamp a]\n[lamp b] ; nothing to say\n\n[lamp c]", &lamps, &error), 0);
    assert_int_equal(lamps.count, 3);
    assert_string_equal(lamps.lamps[1].id, "b");
    assert_string_equal(lamps.lamps[2].colour, "white");
}

static void long_names_are_kept_whole(void **state)
{
    (void)state;
    static const char one[] = "usb:05e0:1200:S/N:63FC61BF Rev:NBRPPAAP1 and the rest of its number";
    char text[256];
    struct lamps lamps;
    struct error error;
    snprintf(text, sizeof(text), "[lamp %s]\nwatts = 7\n[lamp %s2]\nwatts = 8\n", one, one);
    assert_int_equal(load(text, &lamps, &error), 0);
    assert_int_equal(lamps.count, 2);
    assert_string_equal(lamps.lamps[0].id, one);
    assert_int_equal(lamps.lamps[0].watts, 7);
    assert_int_equal(lamps.lamps[1].watts, 8);
}

static void the_mark_of_byte_order_is_no_fault(void **state)
{
    (void)state;
    struct lamps lamps;
    struct error error;
    assert_int_equal(load("\xEF\xBB\xBF[lamp a]\nwatts = 9\n", &lamps, &error), 0);
    assert_int_equal(lamps.count, 1);
    assert_int_equal(lamps.lamps[0].watts, 9);
}

static void the_first_fault_is_said_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line, *word;
        int result;
    } faults[] = {
        {"[lamp a]\nwatts = 61\nnonsense\n", "line 2:", "60", -ERANGE},
        {"[lamp a]\nnonsense\nwatts = 61\n", "line 2:", "[section]", -EINVAL},
        {"[lamp a]\n\ncolor = red\n", "line 3:", "color", -ENOENT},
        {"[lamp a]\ncolour = blue\n", "line 2:", "red", -EINVAL},
        {"[lamp a]\ncolour = white|red\n", "line 2:", "must be one of", -EINVAL},
        {"watts = 5\n", "line 1:", "section", -ENOENT},
        {"[lamp a]\n[lump b]\n[lamp c]\n", "line 2:", "lump b", -ENOENT},
        {"[lamp ]\n", "line 1:", "lamp", -ENOENT},
        {"[lamp a\n", "line 1:", "[section]", -EINVAL},
        {"[lamp a]\n[lamp b]\n[lamp c]\n[lamp d]\n[lamp e]\n", "line 5:", "too many", -ENOSPC},
    };
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct lamps lamps;
        struct error error;
        assert_int_equal(load(faults[i].text, &lamps, &error), faults[i].result);
        if (!strstr(error.text, faults[i].line) || !strstr(error.text, faults[i].word))
            fail_msg("%s: %s", faults[i].text, error.text);
    }
}

/* What libinih cannot hold in one piece is not cut into two. */
static void a_line_has_an_end(void **state)
{
    (void)state;
    char text[1024];
    struct lamps lamps;
    struct error error;
    for (int length = 150; length < 400; length++) {
        snprintf(text, sizeof(text), "[lamp a]\nwhere = %0*d\nwatts = 3\n", length, 7);
        int result = load(text, &lamps, &error);
        if (result == 0) {
            assert_int_equal(strlen(lamps.lamps[0].where), length);
            assert_int_equal(lamps.lamps[0].watts, 3);
        } else {
            assert_int_equal(result, -EMSGSIZE);
            assert_non_null(strstr(error.text, "line 2: a line has more than"));
        }
    }
    assert_int_equal(load("[lamp a]\nwhere = short\n", &lamps, &error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_land_in_their_section),
        cmocka_unit_test(a_section_needs_no_value),
        cmocka_unit_test(long_names_are_kept_whole),
        cmocka_unit_test(the_mark_of_byte_order_is_no_fault),
        cmocka_unit_test(the_first_fault_is_said_with_its_line),
        cmocka_unit_test(a_line_has_an_end),
    };
    return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
