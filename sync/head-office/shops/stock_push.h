/* What each listing may sell: as many as what can be promised of its parts makes, less a buffer, a share; told to its
 * shop when it changes. One that was told and means nothing any more may sell nothing. Each change has a version, and
 * of a listing only the last one is of use. Does not call a platform. */
#ifndef HEAD_OFFICE_STOCK_PUSH_H
#define HEAD_OFFICE_STOCK_PUSH_H

#include "sync/head-office/office.h"

/* Reckons all of them and puts what differs into the outbox. A transaction of its own, where anything differs.
 * *ret_more: there is more of it now. */
int stock_push(struct office *office, int64_t silent_hours, int64_t *ret_count, bool *ret_more, struct error *error);

#endif
