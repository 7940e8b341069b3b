#include "sync/head-office/marketing/members.h"

#include "base/text.h"

#include <errno.h>
#include <string.h>

int members_join(struct office *office, const char *member, struct error *error)
{
    int result = sql_run(office->sql, "INSERT INTO member (member, joined_us) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                         sql_text(member), sql_int(office->now_us));
    return result ? office_failed(office->sql, result, error) : 0;
}

int members_person(struct office *office, const char *member, int64_t *ret, struct error *error)
{
    int result = sql_number(office->sql, ret,
                            "SELECT coalesce(" MEMBER_PERSON("m.member") ", 0) FROM member m WHERE m.member = ?1",
                            sql_text(member));
    if (result == -ENOENT)
        return error_set(error, result, "there is no member \"%s\"", member);
    return result ? office_failed(office->sql, result, error) : 0;
}

int members_segments(struct office *office, const char *member, char *ret, size_t size, struct error *error)
{
    size_t length = 0;
    bool fits = true;
    *ret = '\0';
    struct sql_query *row = sql_select(
        office->sql,
        "SELECT level FROM member WHERE member = ?1 AND level <> '' UNION SELECT segment FROM member_segment WHERE"
        " member = ?1 UNION SELECT s.segment FROM person p JOIN segment_member s ON s.person = p.id WHERE p.head ="
        " (SELECT " MEMBER_PERSON("m.member") " FROM member m WHERE m.member = ?1) ORDER BY 1",
        sql_text(member));
    while (sql_next(row) && fits) {
        if (length > 0 && length + 1 < size)
            ret[length++] = ',';
        fits = text_copy(ret + length, size - length, sql_get_text(row, 0));
        length += strlen(ret + length);
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return fits ? 0 : error_set(error, -E2BIG, "member \"%s\" is in too many segments", member);
}
