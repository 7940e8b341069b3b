#include "sync/head-office/marketing/coupons.h"

#include "base/id.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define CODE_LENGTH 12 /* the end of an id: 60 bits by chance */

struct coupon {
    char campaign[PRICING_ID_SIZE], member[PRICING_ID_SIZE * 2];
    int64_t uses_max, per_person, expires_us, used, used_by_him, used_here;
    bool is_void;
};

/* ---------------------------------------------------------------- issuing */

static int check_campaign(struct office *office, const char *campaign, struct error *error)
{
    int64_t known = 0;
    int result = sql_number(office->sql, &known, "SELECT count(*) FROM campaign WHERE id = ?1 AND kind = 'coupon'",
                            sql_text(campaign));
    if (result)
        return office_failed(office->sql, result, error);
    return known > 0 ? 0 : error_set(error, -ENOENT, "there is no campaign \"%s\" of the kind coupon", campaign);
}

static void make_code(struct office *office, char ret[PRICING_ID_SIZE])
{
    char id[ID_TEXT_SIZE];
    id_new(&office->random, id);
    text_copy(ret, PRICING_ID_SIZE, id + strlen(id) - CODE_LENGTH);
}

int coupons_issue(struct office *office, const struct coupon_terms *terms, const char *who,
                  char ret_code[PRICING_ID_SIZE], struct error *error)
{
    int result = check_campaign(office, terms->campaign, error);
    if (result)
        return result;
    if (strpbrk(terms->code, ", ") || !text_copy(ret_code, PRICING_ID_SIZE, terms->code))
        return error_set(error, -EINVAL, "a coupon's code is short, and has neither commas nor blanks");
    if (!*ret_code)
        make_code(office, ret_code);
    result = sql_run_values(
        office->sql,
        "INSERT INTO coupon (code, campaign, member, uses_max, per_person, issued_us, issued_by, expires_us) VALUES"
        " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (struct sql_value[]){sql_text(ret_code),
                             sql_text(terms->campaign),
                             sql_text(*terms->member ? terms->member : NULL),
                             sql_int(terms->uses_max),
                             sql_int(terms->per_person),
                             sql_int(office->now_us),
                             sql_text(who),
                             sql_int(terms->expires_us),
                             {0}});
    if (result == -EEXIST)
        return error_set(error, result, "there is a coupon \"%s\" already", ret_code);
    return office_named(office->sql, result, "member", terms->member, error);
}

/* ---------------------------------------------------------------- using */

/* Its row is locked from here on. number: the order that wants it. */
static int load(struct office *office, const char *code, const char *member, const char *number, struct coupon *ret,
                struct error *error)
{
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT campaign, coalesce(member, ''), uses_max, per_person, expires_us, CASE WHEN void_us IS NULL THEN 0 ELSE"
        " 1 END FROM coupon WHERE code = ?1" SQL_FOR_UPDATE,
        sql_text(code));
    bool found = sql_next(row);
    if (found) {
        *ret = (struct coupon){.uses_max = sql_get_int(row, 2),
                               .per_person = sql_get_int(row, 3),
                               .expires_us = sql_get_int(row, 4),
                               .is_void = sql_get_int(row, 5) != 0};
        sql_copy_text(row, 0, ret->campaign, sizeof(ret->campaign));
        sql_copy_text(row, 1, ret->member, sizeof(ret->member));
    }
    int result = sql_done(row);
    if (!result && !found)
        return error_set(error, -ENOENT, "there is no coupon \"%s\"", code);
    if (!result)
        result = sql_number(office->sql, &ret->used, "SELECT count(*) FROM coupon_use WHERE code = ?1", sql_text(code));
    if (!result)
        result = sql_number(office->sql, &ret->used_by_him,
                            "SELECT count(*) FROM coupon_use WHERE code = ?1 AND member = ?2", sql_text(code),
                            sql_text(member));
    if (!result)
        result =
            sql_number(office->sql, &ret->used_here, "SELECT count(*) FROM coupon_use WHERE code = ?1 AND number = ?2",
                       sql_text(code), sql_text(number));
    return result ? office_failed(office->sql, result, error) : 0;
}

static int check(const struct office *office, const struct coupon *coupon, const char *code, const char *member,
                 struct error *error)
{
    if (coupon->is_void)
        return error_set(error, -EALREADY, "coupon \"%s\" is void", code);
    if (coupon->expires_us > 0 && coupon->expires_us <= office->now_us)
        return error_set(error, -EALREADY, "coupon \"%s\" has expired", code);
    if (*coupon->member && strcmp(coupon->member, member) != 0)
        return error_set(error, -EALREADY, "coupon \"%s\" is another member's", code);
    if (coupon->used >= coupon->uses_max)
        return error_set(error, -EALREADY, "coupon \"%s\" has been used", code);
    if (coupon->per_person > 0 && !*member)
        return error_set(error, -EALREADY, "coupon \"%s\" is for members: say which", code);
    if (coupon->per_person > 0 && coupon->used_by_him >= coupon->per_person)
        return error_set(error, -EALREADY, "member \"%s\" has used coupon \"%s\"", member, code);
    return 0;
}

int coupons_show(struct office *office, const char *codes, const char *member,
                 struct pricing_coupon ret[PRICING_COUPONS_MAX], size_t *ret_count, struct error *error)
{
    int result = 0;
    *ret_count = 0;
    for (const char *at = codes; *at && !result;) {
        size_t length = strcspn(at, ",");
        struct coupon coupon;
        struct pricing_coupon *shown = &ret[*ret_count];
        if (*ret_count == PRICING_COUPONS_MAX)
            return error_set(error, -E2BIG, "an order takes %d coupons at most", PRICING_COUPONS_MAX);
        text_copy_n(shown->code, sizeof(shown->code), at, length);
        result = load(office, shown->code, member, "", &coupon, error);
        if (!result)
            result = check(office, &coupon, shown->code, member, error);
        if (!result)
            text_copy(shown->campaign, sizeof(shown->campaign), coupon.campaign);
        (*ret_count)++;
        at += length + (at[length] == ',');
    }
    return result;
}

int coupons_redeem(struct office *office, const char *code, const char *number, const char *member, struct error *error)
{
    struct coupon coupon;
    int result = load(office, code, member, number, &coupon, error);
    if (result || coupon.used_here > 0)
        return result;
    result = check(office, &coupon, code, member, error);
    if (result)
        return result;
    result = sql_run(office->sql, "INSERT INTO coupon_use (code, number, member, used_us) VALUES (?1, ?2, ?3, ?4)",
                     sql_text(code), sql_text(number), sql_text(member), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

int coupons_void(struct office *office, const char *code, struct error *error)
{
    int result = sql_run(office->sql, "UPDATE coupon SET void_us = ?2 WHERE code = ?1 AND void_us IS NULL",
                         sql_text(code), sql_int(office->now_us));
    return office_changed(office->sql, result, "coupon that is not void", code, error);
}

int coupons_give_back(struct office *office, const char *number)
{
    return sql_run(office->sql, "DELETE FROM coupon_use WHERE number = ?1", sql_text(number));
}
