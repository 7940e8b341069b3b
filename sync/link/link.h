/* Joins the daemon's local socket and the broker: frames on one side are messages on the other. Keeps nothing, decides
 * nothing: it may be killed at any instant, and what it drops is sent again by the two sides it joins. */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include "base/error.h"
#include "sync/mqtt/prefix.h"
#include "sync/wire/topic.h"

#include <stdint.h>
#include <systemd/sd-event.h>

struct link_settings {
    char site[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE];
    char socket[108]; /* the size of sun_path */
    char host[256];
    int64_t port;
    char username[128], password[128];
    char ca_file[256], cert_file[256], key_file[256];
    char topic_prefix[MQTT_PREFIX_SIZE];
    char joined[256]; /* main.c: the file that a joining writes; "": none is looked for */
    int64_t backoff_ms, backoff_max_ms;
};

struct link;

/* -EINVAL with a sentence for names that cannot be. */
int link_check(const struct link_settings *settings, struct error *error);

/* The settings are checked, and lent for as long as the link lives. It logs what a person must know. */
int link_new(sd_event *event, const struct link_settings *settings, struct link **ret, struct error *error);

/* Says goodbye to the broker. Returns NULL; accepts NULL. */
struct link *link_free(struct link *link);

#endif
