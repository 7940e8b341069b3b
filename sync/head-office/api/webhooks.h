/* Programs of others that are told what happens: which events each wants, and what waits to be told, as rows. Written
 * in order for each of them, sent by webhook_send.h. Does not use the network. */
#ifndef HEAD_OFFICE_WEBHOOKS_H
#define HEAD_OFFICE_WEBHOOKS_H

#include "sync/head-office/office.h"

#define WEBHOOK_ID_SIZE     11
#define WEBHOOK_URL_SIZE    513
#define WEBHOOK_EVENTS_SIZE 513
#define WEBHOOK_SECRET      32 /* bytes */
#define WEBHOOK_SECRET_SIZE 64 /* "whsec_" and base64, terminated */

/* events: types with commas, "*" for any letters: those of sites ("parcel.shipped"), and "office.order.ACT" for what
 * head office does with orders (order_life.h), "report.daily" when a daily report is made. It is told what happens from
 * now on. -EINVAL: no URL of http or https. Inside a transaction. */
int webhooks_add(struct office *office, const char *url, const char *events, char ret_id[WEBHOOK_ID_SIZE],
                 char ret_secret[WEBHOOK_SECRET_SIZE], struct error *error);

/* All inside a transaction. -ENOENT: there is none. What waits is kept while it is stopped, and what happens meanwhile
 * is told when it is started again; skip: not at all. */
int webhooks_remove(struct office *office, const char *id, struct error *error);
int webhooks_stop(struct office *office, const char *id, struct error *error);
int webhooks_start(struct office *office, const char *id, bool skip, struct error *error);

/* One message that says nothing but that it came. */
int webhooks_test(struct office *office, const char *id, struct error *error);

/* What has happened since the last time becomes messages of those who want it. *ret_more: there is more. */
int webhooks_fill(struct office *office, bool *ret_more, struct error *error);

/* Messages that were taken long ago are forgotten. */
int webhooks_forget(struct office *office, struct error *error);

/* ---- for the sender */

struct webhook_message {
    char webhook[WEBHOOK_ID_SIZE], url[WEBHOOK_URL_SIZE];
    uint8_t secret[WEBHOOK_SECRET];
    int64_t delivery, failures;
    char id[129];
    char *body; /* owned: webhook_message_free() */
};

struct webhook_patience {
    int64_t first_ms, cap_ms; /* the wait after the first failure, and the longest: each is twice the one before */
    int64_t give_up;          /* so many failures one after the other stop it */
};

/* The next message that is due, whose webhook is this sender's for the next minute. -ENOENT: none is. */
int webhooks_take(struct office *office, struct webhook_message *ret, struct error *error);
void webhook_message_free(struct webhook_message *message);

/* How it went: status is HTTP's, 0 when nothing was answered, and fault says why. */
int webhooks_record(struct office *office, const struct webhook_message *message, int64_t status, const char *fault,
                    const struct webhook_patience *patience, struct error *error);

#endif
