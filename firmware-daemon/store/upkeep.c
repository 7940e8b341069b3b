#include "store/upkeep.h"

int upkeep_load(struct store *store, struct upkeep *ret)
{
    struct sql_query *query = sql_select(store->sql,
                                         "SELECT checked_us, sound, why, backup_us, backup_seq, counted_us, "
                                         "written_bytes FROM upkeep, stream",
                                         SQL_NO_VALUES);
    if (sql_next(query)) {
        *ret = (struct upkeep){.checked_us = sql_get_int(query, 0),
                               .sound = sql_get_int(query, 1) != 0,
                               .backup_us = sql_get_int(query, 3),
                               .backup_seq = sql_get_int(query, 4),
                               .counted_us = sql_get_int(query, 5),
                               .written_bytes = sql_get_int(query, 6)};
        sql_copy_text(query, 2, ret->why, sizeof(ret->why));
    }
    return sql_done(query);
}

int upkeep_begin(struct store *store, int64_t now_us, struct upkeep *ret)
{
    int result = sql_run(store->sql, "UPDATE upkeep SET counted_us = ?1 WHERE counted_us = 0", sql_int(now_us));
    return result ? result : upkeep_load(store, ret);
}

int upkeep_found(struct store *store, const struct upkeep_found *found)
{
    int64_t now_us = store->stamp.wall_us;
    int result = sql_run(store->sql, "UPDATE upkeep SET checked_us = ?1, sound = ?2, why = ?3", sql_int(now_us),
                         sql_int(found->sound), sql_text(found->why));
    if (!result && found->sound && found->kept)
        result = sql_run(store->sql, "UPDATE upkeep SET backup_us = ?1, backup_seq = ?2", sql_int(now_us),
                         sql_int(found->seq));
    return result;
}
