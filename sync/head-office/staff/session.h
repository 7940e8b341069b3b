/* Where people of head office are logged in: a browser keeps a text made at random, the database its hash. It ends when
 * it was not used for a while, and after a working day in any case (settings session_idle_min, session_hours). Does not
 * know HTTP, nor what anybody may do. */
#ifndef HEAD_OFFICE_SESSION_H
#define HEAD_OFFICE_SESSION_H

#include "sync/head-office/staff/staff.h"

#define SESSION_TOKEN_SIZE 44 /* 32 bytes in base64, terminated */

/* Of somebody whose password was right. Inside a transaction. */
int session_open(struct office *office, const char *name, char ret_token[SESSION_TOKEN_SIZE], struct error *error);

/* Who it is. note: that it was used is written down, to the minute. -EACCES: it has ended, or never was. */
int session_find(struct office *office, const char *token, bool note, struct staff_person *ret);

int session_close(struct office *office, const char *token, struct error *error);
/* Everywhere, but for one; except "": that too. */
int session_close_all(struct office *office, const char *name, const char *except, struct error *error);

#endif
