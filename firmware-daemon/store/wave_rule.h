/* Which orders go into a wave together: the rules, and what waits that fits one. Does not make waves: the floor does.
 */
#ifndef STORE_WAVE_RULE_H
#define STORE_WAVE_RULE_H

#include "store/store.h"

struct wave_rule {
    int64_t place, lines_min, lines_max, pieces_max, orders_min, orders_max, due_min, rev; /* as the schema says */
    bool active;
    char name[STORE_CODE_MAX], kind[12], carrier[STORE_CODE_MAX], platform[32], zone[STORE_CODE_MAX];
    char wall[STORE_CODE_MAX], policy[8];
};
/* The newest revision wins, an older one changes nothing. */
int wave_rule_upsert(struct store *store, const struct wave_rule *rule);
/* The active rules in their order: the first after `after` (NULL: from the start). -ENOENT at the end. */
int wave_rule_after(struct store *store, const struct wave_rule *after, struct wave_rule *ret);

/* What waits to be picked, is in no wave and fits the rule: a query of order, carrier, and the item that all orders of
 * an express wave share (0: any), so that those that go together stand together, the most urgent first. What would be a
 * wave of fewer orders than the rule wants is left out. */
struct sql_query *wave_candidates(struct store *store, const struct wave_rule *rule);

/* The put-wall (of this code, or "" any) with the most slots that no order under way will need. -ENOENT: no wall. */
int wall_with_room(struct store *store, const char *wall, char *ret_wall, size_t capacity, int64_t *ret_slots);

#endif
