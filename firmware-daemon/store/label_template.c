#include "store/label_template.h"

#include <errno.h>

int label_template_set(struct store *store, const char *name, const char *text)
{
    int64_t others = 0;
    int result =
        sql_number(store->sql, &others, "SELECT count(*) FROM label_template WHERE name <> ?1", sql_text(name));
    if (result || others >= LABEL_TEMPLATES_MAX)
        return result ? result : -ENOSPC;
    return sql_run(store->sql,
                   "INSERT INTO label_template (name, text, worker, changed_us) VALUES (?1, ?2, ?3, ?4) "
                   "ON CONFLICT DO UPDATE SET text = ?2, worker = ?3, changed_us = ?4",
                   sql_text(name), sql_text(text), sql_int(store->stamp.worker), sql_int(store->stamp.wall_us));
}

int label_template_delete(struct store *store, const char *name)
{
    int64_t there;
    int result = sql_number(store->sql, &there, "SELECT 1 FROM label_template WHERE name = ?1", sql_text(name));
    return result ? result : sql_run(store->sql, "DELETE FROM label_template WHERE name = ?1", sql_text(name));
}

static int load_template(struct sql_query *query, struct label_template *ret, struct buf *text)
{
    bool found = sql_next(query);
    if (found) {
        sql_copy_text(query, 0, ret->name, sizeof(ret->name));
        buf_puts(text, sql_get_text(query, 1));
        sql_copy_text(query, 2, ret->worker, sizeof(ret->worker));
        ret->changed_us = sql_get_int(query, 3);
    }
    int result = sql_done(query);
    return result ? result : !found ? -ENOENT : text->failed ? -ENOMEM : 0;
}

#define OWN_TEMPLATES                                                                                                  \
    "SELECT label_template.name, text, worker.code, changed_us FROM label_template "                                   \
    "JOIN worker ON worker.id = label_template.worker "

int label_template_next(struct store *store, const char *after, struct label_template *ret, struct buf *text)
{
    return load_template(sql_select(store->sql,
                                    OWN_TEMPLATES "WHERE label_template.name > ?1 ORDER BY label_template.name LIMIT 1",
                                    sql_text(after)),
                         ret, text);
}

int label_template_find(struct store *store, const char *name, struct label_template *ret, struct buf *text)
{
    return load_template(sql_select(store->sql, OWN_TEMPLATES "WHERE label_template.name = ?1", sql_text(name)), ret,
                         text);
}
