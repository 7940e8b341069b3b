/* One MQTT 5 connection that keeps itself alive: probe, connect, subscribe, back off, again. The only user of
 * libmosquitto. Does not queue across connections and does not know the protocol: nothing it says (PUBACK included) is
 * an acknowledgement. */
#ifndef MQTT_MQTT_H
#define MQTT_MQTT_H

#include "base/error.h"
#include "base/id.h"
#include "sync/mqtt/tls.h"

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

/* All pointers are lent for as long as the mqtt lives. */
struct mqtt_settings {
    const char *host;
    int port;
    const char *client_id;
    const char *topic_prefix;        /* NULL or "": none; before every topic, unknown to who uses this (prefix.h) */
    const char *username, *password; /* NULL or "": none */
    /* ca_file NULL or "": no TLS; otherwise TLS 1.3, the broker's name is verified. The files are read for each
     * connection: new ones need no restart. */
    struct tls_files tls;
    const char *const *subscriptions; /* ended by NULL */
    struct {
        const char *topic; /* NULL: none. QoS 1, retained */
        const void *payload;
        size_t length;
    } will;
    int receive_maximum;                     /* messages the broker may have in flight towards us; 0 means 8 */
    int64_t backoff_base_ms, backoff_cap_ms; /* full jitter: uniform(0, min(cap, base * 2^n)); 0 means 2 s and 300 s */
    int64_t answer_ms;                       /* the longest wait for CONNACK; 0 means 10 s */
    struct random_source random;
};

/* Called from the event loop; none of them may call mqtt_free(). */
struct mqtt_ops {
    void (*connected)(void *user);                     /* after CONNACK and the last SUBACK: publish from here on */
    void (*disconnected)(void *user, const char *why); /* a connection ended or an attempt failed; the next is planned.
                                                         The sentence says what a person can do */
    void (*message)(void *user, const char *topic, const void *payload, size_t length, bool retained);
    void (*published)(void *user, int mid, int reason_code); /* PUBACK: flow control only. 0x10: nobody listens */
};

#define MQTT_REASON_OK             0x00
#define MQTT_REASON_NO_SUBSCRIBERS 0x10
#define MQTT_REASON_NOT_AUTHORIZED 0x87
#define MQTT_REASON_QUOTA          0x97

struct mqtt;

/* The first attempt starts at once, from the event loop. Fails only for settings that cannot be, or without memory. */
int mqtt_new(sd_event *event, const struct mqtt_settings *settings, const struct mqtt_ops *ops, void *user,
             struct mqtt **ret, struct error *error);

/* Says goodbye (the broker then publishes no Will) when connected. Returns NULL; accepts NULL. */
struct mqtt *mqtt_free(struct mqtt *mqtt);

bool mqtt_is_connected(const struct mqtt *mqtt);

/* qos 0 or 1. ret_mid may be NULL. -ENOTCONN before connected(), -EMSGSIZE when the broker's maximum packet is smaller;
 * -EIO: it may or may not have been sent, and the connection will be ended from the loop. */
int mqtt_publish(struct mqtt *mqtt, const char *topic, const void *payload, size_t length, int qos, bool retain,
                 int *ret_mid);

#endif
