/* What a supervisor's board shows of the site's database: orders against their cut-offs, who works, and what waits for
 * somebody. Bounded, so that no board keeps the floor waiting. Decides nothing, and knows no device and no link. */
#ifndef STORE_BOARD_H
#define STORE_BOARD_H

#include "base/buf.h"
#include "store/store.h"

/* At the start of a store. */
int board_start(struct store *store, struct error *error);

/* Members of an open object, as the Board of docs/openapi.yaml tells them: "orders", "workers", "waiting". now_us: on
 * the wall clock. Where there are too many open orders to be counted in one short turn, "orders" is null. Outside a
 * transaction. */
int board_write(struct store *store, int64_t now_us, struct buf *json);

#endif
