/* The sites' events for third parties: each as one message of its own, the very line of the site, which is a
 * CloudEvents 1.0 event in structured mode, on fh1/ce/SITE/TYPE. At least once, in the order of the site: who listens
 * knows an event that came again by its id. Does not wait for anybody, and keeps nothing for who does not listen. */
#ifndef HEAD_OFFICE_REPUBLISH_H
#define HEAD_OFFICE_REPUBLISH_H

#include "sync/head-office/office.h"

#define REPUBLISH_TOPIC_SIZE 128

/* -errno: not now, and nothing was sent; it comes again. */
typedef int republish_send_fn(void *user, const char *topic, const char *line, size_t length);

/* Sends what was committed since the last call, a few hundred events at most, and then notes how far it came.
 * *ret_sent: how many. */
int republish(struct office *office, republish_send_fn *send, void *user, int64_t *ret_sent, struct error *error);

#endif
