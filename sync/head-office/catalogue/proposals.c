#include "sync/head-office/catalogue/proposals.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/sites/feed.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define KEY_SIZE   80
#define SITES_MOST 64 /* that are answered at a time: more stay open */

int proposals_take(struct sql *sql, const struct proposal *proposal)
{
    return sql_run(sql,
                   "INSERT INTO proposed_barcode (site, code, sku, factor, supervisor, proposed) VALUES (?1, ?2, ?3,"
                   " ?4, ?5, ?6) ON CONFLICT (site, code) DO UPDATE SET sku = excluded.sku, factor = excluded.factor,"
                   " supervisor = excluded.supervisor, proposed = excluded.proposed, state = 'open', ended_us = NULL,"
                   " ended_by = '', times = proposed_barcode.times + 1",
                   sql_text(proposal->site), sql_text(proposal->code), sql_text(proposal->sku),
                   sql_int(proposal->factor), sql_text(proposal->supervisor), sql_text(proposal->time));
}

/* ---------------------------------------------------------------- answers */

struct open {
    char site[65], sku[CATALOGUE_CODE_SIZE];
    int64_t factor, times;
};

static void take_open(struct sql_query *row, struct open *out)
{
    sql_copy_text(row, 0, out->site, sizeof(out->site));
    sql_copy_text(row, 1, out->sku, sizeof(out->sku));
    out->factor = sql_get_int(row, 2);
    out->times = sql_get_int(row, 3);
}

#define OPEN "SELECT site, sku, factor, times FROM proposed_barcode WHERE code = ?1 AND state = 'open'"

static int find_open(struct office *office, const char *site, const char *code, struct open *ret, struct error *error)
{
    struct sql_query *row =
        sql_select(office->sql, OPEN " AND site = ?2" SQL_FOR_UPDATE, sql_text(code), sql_text(site));
    bool found = sql_next(row);
    if (found)
        take_open(row, ret);
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "site \"%s\" has proposed no code \"%s\" that is open", site, code);
}

static int end(struct office *office, const char *site, const char *code, const char *state, const char *who)
{
    return sql_run(office->sql,
                   "UPDATE proposed_barcode SET state = ?3, ended_us = ?4, ended_by = ?5 WHERE site = ?1 AND code = ?2",
                   sql_text(site), sql_text(code), sql_text(state), sql_int(office->now_us), sql_text(who));
}

/* The site forgets it. A code that it proposes again is refused by a later change. */
static int drop(struct office *office, const struct open *open, const char *code, const char *who)
{
    char key[KEY_SIZE];
    CLEANUP_BUF struct buf data = {0};
    json_open_object(&data, NULL);
    json_text(&data, "sku", open->sku);
    json_text(&data, "code", code);
    json_int(&data, "rev", open->times);
    json_close_object(&data);
    snprintf(key, sizeof(key), "barcode/%s", code);
    int result = end(office, open->site, code, "refused", who);
    if (result || data.failed)
        return result ? result : -ENOMEM;
    return feed_append(
        office, open->site,
        &(struct feed_change){.type = "barcode.drop", .key = key, .rev = open->times, .data = buf_text(&data)});
}

int proposals_refuse(struct office *office, const char *site, const char *code, const char *who, struct error *error)
{
    struct open open;
    int result = find_open(office, site, code, &open, error);
    if (result)
        return result;
    result = drop(office, &open, code, who);
    return result ? office_failed(office->sql, result, error) : 0;
}

static int check_free(struct office *office, const char *code, const struct open *open, struct error *error)
{
    int64_t taken;
    int result = sql_number(office->sql, &taken,
                            "SELECT 1 FROM barcode WHERE code = ?1 AND (kind <> 'item' OR sku <> ?2 OR factor <> ?3)"
                            " UNION ALL SELECT 1 FROM bundle WHERE code = ?1",
                            sql_text(code), sql_text(open->sku), sql_int(open->factor));
    if (result && result != -ENOENT)
        return office_failed(office->sql, result, error);
    return result ? 0 : error_set(error, -EEXIST, "\"%s\" means something else already: refuse it", code);
}

/* All others that wait for an answer on this code have one by that. */
static int answer_others(struct office *office, const char *code, const struct open *accepted, const char *who)
{
    struct open others[SITES_MOST];
    size_t count = 0;
    int result = 0;
    struct sql_query *row = sql_select(office->sql, OPEN " ORDER BY site", sql_text(code));
    while (count < SITES_MOST && sql_next(row))
        take_open(row, &others[count++]);
    int failed = sql_done(row);
    for (size_t i = 0; i < count && !result && !failed; i++) {
        bool same = strcmp(others[i].sku, accepted->sku) == 0 && others[i].factor == accepted->factor;
        result = same ? end(office, others[i].site, code, "accepted", who) : drop(office, &others[i], code, who);
    }
    return failed ? failed : result;
}

int proposals_accept(struct office *office, const char *site, const char *code, const char *who, struct error *error)
{
    struct open open;
    struct barcode barcode = {.kind = "item"};
    const char *column;
    int64_t changed = 0;
    int result = find_open(office, site, code, &open, error);
    if (!result)
        result = check_free(office, code, &open, error);
    if (result)
        return result;
    text_copy(barcode.code, sizeof(barcode.code), code);
    text_copy(barcode.sku, sizeof(barcode.sku), open.sku);
    barcode.factor = open.factor;
    result = answer_others(office, code, &open, who); /* first: a code that is dropped somewhere is good again then */
    if (result)
        return office_failed(office->sql, result, error);
    return catalogue_put_barcode(office, NULL, &barcode, &changed, &column, error);
}
