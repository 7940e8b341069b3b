/* Certificates that are made: what they are for, whom they name, what an authority may vouch for; and that the box's
 * own renews itself, whatever the clock says. Does not speak TLS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/certificate.h"
#include "base/clock.h"
#include "base/file.h"
#include "trust.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW_US (CLOCK_FLOOR_US + 300 * CERTIFICATE_DAY_US)

static void make(enum certificate_use use, const char *names, const struct certificate_pair *authority,
                 struct certificate_pair *ret)
{
    const char *name = use == CERTIFICATE_AUTHORITY ? "Authority" : "box-hz07";
    const struct certificate_order order = {use, name, names, NOW_US, NOW_US + 10 * CERTIFICATE_DAY_US};
    struct error error;
    if (certificate_make(&order, authority, ret, &error) != 0)
        fail_msg("%s", error.text);
}

static void what_is_made_can_be_read(void **state)
{
    (void)state;
    struct certificate_pair ca = {0}, leaf = {0};
    struct certificate_facts facts;
    make(CERTIFICATE_AUTHORITY, NULL, NULL, &ca);
    make(CERTIFICATE_SERVER, "box.local 10.0.0.5", &ca, &leaf);
    assert_int_equal(certificate_read(&leaf.certificate, &facts), 0);
    assert_string_equal(facts.common_name, "box-hz07");
    assert_int_equal(strlen(facts.fingerprint), 95);
    assert_int_equal(facts.from_us, NOW_US);
    assert_int_equal(certificate_days_left(&facts, NOW_US), 10);
    assert_int_equal(certificate_days_left(&facts, facts.until_us + 1), -1);
    assert_true(certificate_fits(&leaf));
    assert_true(certificate_comes_from(&leaf.certificate, &ca.certificate));
    assert_true(certificate_names(&leaf.certificate, "box.local"));
    assert_true(certificate_names(&leaf.certificate, "10.0.0.5"));
    assert_false(certificate_names(&leaf.certificate, "10.0.0.6"));
    assert_false(certificate_names(&leaf.certificate, "other.local"));
    struct buf nothing = {0};
    assert_int_equal(certificate_read(&nothing, &facts), -EBADMSG);
    certificate_done(&leaf);
    certificate_done(&ca);
}

static void another_authority_or_key_is_seen(void **state)
{
    (void)state;
    struct certificate_pair ca = {0}, other = {0}, leaf = {0};
    make(CERTIFICATE_AUTHORITY, NULL, NULL, &ca);
    make(CERTIFICATE_AUTHORITY, NULL, NULL, &other);
    make(CERTIFICATE_CLIENT, NULL, &ca, &leaf);
    assert_false(certificate_comes_from(&leaf.certificate, &other.certificate));
    const struct certificate_pair mixed = {leaf.certificate, other.key};
    assert_false(certificate_fits(&mixed));
    const struct certificate_order order = {CERTIFICATE_CLIENT, "x", NULL, NOW_US, NOW_US};
    const struct certificate_pair broken = {ca.certificate, other.key};
    struct certificate_pair none = {0};
    struct error error;
    assert_int_equal(certificate_make(&order, &broken, &none, &error), -EINVAL);
    const struct certificate_order hostile = {CERTIFICATE_SERVER, "x", "a.local,DNS:bank.example", NOW_US, NOW_US};
    assert_int_equal(certificate_make(&hostile, &ca, &none, &error), -EINVAL);
    certificate_done(&none);
    certificate_done(&leaf);
    certificate_done(&other);
    certificate_done(&ca);
}

static void authority_vouches_for_its_own_names_alone(void **state)
{
    (void)state;
    struct certificate_pair ca = {0}, leaf = {0};
    make(CERTIFICATE_AUTHORITY, "local box 10.0.0.0/255.0.0.0", NULL, &ca);
    assert_true(certificate_may_name(&ca.certificate, "anything.local"));
    assert_true(certificate_may_name(&ca.certificate, "10.1.2.3"));
    assert_false(certificate_may_name(&ca.certificate, "bank.example"));
    assert_false(certificate_may_name(&ca.certificate, "192.0.2.1"));
    make(CERTIFICATE_SERVER, "bank.example", &ca, &leaf); /* a thief of the key would */
    assert_false(certificate_comes_from(&leaf.certificate, &ca.certificate));
    certificate_done(&leaf);
    certificate_done(&ca);
}

/* ---------------------------------------------------------------- the box's own */

struct box {
    char folder[40];
    struct site_config config;
    struct trust *trust;
    int renewed;
};

static void on_renewed(void *user)
{
    ((struct box *)user)->renewed++;
}

static const struct trust_ops ops = {on_renewed};

static void open_trust(struct box *box)
{
    struct error error;
    if (trust_open(NULL, &box->config, &ops, box, &box->trust, &error) != 0)
        fail_msg("%s", error.text);
}

static int box_open(void **state)
{
    static struct box box;
    box = (struct box){.folder = "/tmp/floorhand-trust-XXXXXX", .config = {.site = "hz-07", .box = "box-hz07"}};
    if (!mkdtemp(box.folder))
        return 1;
    snprintf(box.config.database, sizeof(box.config.database), "%s/site.db", box.folder);
    open_trust(&box);
    *state = &box;
    return 0;
}

static int box_close(void **state)
{
    static const char *const ends[] = {"ca.pem", "ca.key", "page.pem", "page.key"};
    struct box *box = *state;
    trust_close(box->trust);
    for (size_t i = 0; i < COUNT(ends); i++) {
        char path[400];
        snprintf(path, sizeof(path), "%s-%s", box->config.database, ends[i]);
        unlink(path);
    }
    return rmdir(box->folder);
}

static struct certificate_facts shown(const struct box *box)
{
    struct certificate_facts facts;
    CLEANUP(certificate_done) struct certificate_pair pair = {0};
    buf_puts(&pair.certificate, trust_pair(box->trust).certificate);
    buf_puts(&pair.key, trust_pair(box->trust).key);
    assert_int_equal(certificate_read(&pair.certificate, &facts), 0);
    assert_true(certificate_fits(&pair));
    assert_true(certificate_comes_from(&pair.certificate, trust_authority(box->trust)));
    return facts;
}

static bool is_for(const struct box *box, const char *name)
{
    CLEANUP_BUF struct buf pem = {0};
    buf_puts(&pem, trust_pair(box->trust).certificate);
    return certificate_names(&pem, name);
}

static void keys_are_for_their_owner_and_stay(void **state)
{
    struct box *box = *state;
    struct stat file;
    char path[400];
    CLEANUP_BUF struct buf authority = {0};
    buf_puts(&authority, buf_text(trust_authority(box->trust)));
    const struct certificate_facts before = shown(box);
    assert_true(is_for(box, "localhost"));
    snprintf(path, sizeof(path), "%s-ca.key", box->config.database);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    trust_close(box->trust);
    open_trust(box);
    assert_string_equal(buf_text(&authority), buf_text(trust_authority(box->trust)));
    assert_string_equal(shown(box).fingerprint, before.fingerprint);
    /* A power cut between the two files of the box's own leaves what does not belong together: it is made anew. */
    snprintf(path, sizeof(path), "%s-page.key", box->config.database);
    assert_int_equal(file_keep(path, buf_text(&authority), authority.length, 0600), 0);
    trust_close(box->trust);
    open_trust(box);
    assert_string_not_equal(shown(box).fingerprint, before.fingerprint);
    assert_string_equal(buf_text(&authority), buf_text(trust_authority(box->trust)));
}

static void it_renews_itself_before_its_end(void **state)
{
    struct box *box = *state;
    const struct certificate_facts first = shown(box);
    int64_t end_us = first.until_us;
    trust_look(box->trust, end_us - 31 * CERTIFICATE_DAY_US);
    assert_int_equal(box->renewed, 0);
    trust_look(box->trust, end_us - 29 * CERTIFICATE_DAY_US);
    assert_int_equal(box->renewed, 1);
    assert_true(shown(box).until_us > end_us + 300 * CERTIFICATE_DAY_US);
    assert_true(shown(box).until_us - shown(box).from_us < 825 * CERTIFICATE_DAY_US);
}

static void new_name_gets_a_new_certificate(void **state)
{
    struct box *box = *state;
    snprintf(box->config.names, sizeof(box->config.names), "pack.local bank.example");
    trust_look(box->trust, clock_wall_us());
    assert_int_equal(box->renewed, 1);
    assert_true(is_for(box, "pack.local"));
    assert_false(is_for(box, "bank.example")); /* its authority may not */
    trust_look(box->trust, clock_wall_us());
    assert_int_equal(box->renewed, 1);
}

/* 1970 ends nothing and renews nothing; a future that was none is gone when the clock is right again. */
static void clock_that_is_wrong_stops_nothing(void **state)
{
    struct box *box = *state;
    const struct certificate_facts first = shown(box);
    trust_look(box->trust, 0);
    assert_int_equal(box->renewed, 0);
    assert_string_equal(shown(box).fingerprint, first.fingerprint);
    trust_look(box->trust, first.until_us + 3000 * CERTIFICATE_DAY_US);
    assert_int_equal(box->renewed, 1);
    assert_true(shown(box).from_us > first.until_us);
    int64_t now_us = first.from_us + 3 * CERTIFICATE_DAY_US;
    trust_look(box->trust, now_us);
    assert_int_equal(box->renewed, 2);
    assert_true(shown(box).from_us < now_us && shown(box).until_us > now_us);
}

static void a_key_may_stay_where_it_was_made(void **state)
{
    (void)state;
    struct certificate_pair ca = {0}, own = {0}, forged = {0};
    CLEANUP_BUF struct buf granted = {0};
    struct certificate_facts facts;
    struct error error;
    uint8_t pin[CERTIFICATE_PIN_BYTES], again[CERTIFICATE_PIN_BYTES];
    const struct certificate_order order = {CERTIFICATE_CLIENT, "box-1", NULL, NOW_US, NOW_US + CERTIFICATE_DAY_US};
    make(CERTIFICATE_AUTHORITY, NULL, NULL, &ca);
    assert_int_equal(certificate_request("what it would like to be", &own), 0);
    assert_int_equal(certificate_grant(&order, &own.certificate, &ca, &granted, &error), 0);
    assert_int_equal(certificate_read(&granted, &facts), 0);
    assert_string_equal(facts.common_name, "box-1");
    assert_true(certificate_comes_from(&granted, &ca.certificate));
    const struct certificate_pair pair = {granted, own.key};
    assert_true(certificate_fits(&pair));
    assert_int_equal(certificate_pin(&granted, pin), 0);
    assert_int_equal(certificate_pin(&ca.certificate, again), 0);
    assert_memory_not_equal(pin, again, sizeof(pin));
    /* one that was changed is not signed by its key any more */
    assert_int_equal(certificate_request("x", &forged), 0);
    char *middle = forged.certificate.data + forged.certificate.length / 2;
    *middle = *middle == 'A' ? 'B' : 'A';
    buf_clear(&granted);
    assert_int_equal(certificate_grant(&order, &forged.certificate, &ca, &granted, &error), -EBADMSG);
    assert_int_equal(certificate_grant(&order, &own.key, &ca, &granted, &error), -EBADMSG);
    assert_int_equal(certificate_pin(&own.key, pin), -EBADMSG);
    certificate_done(&forged);
    certificate_done(&own);
    certificate_done(&ca);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_made_can_be_read),
        cmocka_unit_test(another_authority_or_key_is_seen),
        cmocka_unit_test(authority_vouches_for_its_own_names_alone),
        cmocka_unit_test(a_key_may_stay_where_it_was_made),
        cmocka_unit_test_setup_teardown(keys_are_for_their_owner_and_stay, box_open, box_close),
        cmocka_unit_test_setup_teardown(it_renews_itself_before_its_end, box_open, box_close),
        cmocka_unit_test_setup_teardown(new_name_gets_a_new_certificate, box_open, box_close),
        cmocka_unit_test_setup_teardown(clock_that_is_wrong_stops_nothing, box_open, box_close),
    };
    return cmocka_run_group_tests_name("certificates", tests, NULL, NULL);
}
