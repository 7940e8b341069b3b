/* A broker of a few lines for one client at a time, in the test's own event loop: it writes down every MQTT packet that
 * comes, and answers only the kinds it is told to. Knows no topics. */
#ifndef TESTS_PACKET_BROKER_H
#define TESTS_PACKET_BROKER_H

#include "broker.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>

enum packet_kind { PACKET_CONNECT = 1, PACKET_PUBLISH = 3, PACKET_SUBSCRIBE = 8, PACKET_PINGREQ = 12 };

#define PACKETS_MAX 64

struct packet {
    int connection; /* the first that said CONNECT is 1 */
    enum packet_kind kind;
    bool retain;
    char topic[64], text[64]; /* of a PUBLISH */
    unsigned id, properties;  /* bytes of them */
};

struct packet_broker {
    int port, fd, connections;
    sd_event_source *listener, *client;
    bool resets;   /* instead of talking */
    bool acks[16]; /* by kind: answered */
    struct packet packets[PACKETS_MAX];
    int count;
    unsigned char bytes[4096];
    size_t filled;
    unsigned last_id; /* of the packet that was not answered */
};

static inline void packet_broker_hang_up(struct packet_broker *broker)
{
    if (!broker->client)
        return;
    int fd = sd_event_source_get_io_fd(broker->client);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){.l_onoff = 1}, sizeof(struct linger));
    broker->client = sd_event_source_disable_unref(broker->client);
}

static inline void packet_broker_say(struct packet_broker *broker, const void *bytes, size_t length)
{
    assert(broker->client &&
           send(sd_event_source_get_io_fd(broker->client), bytes, length, MSG_NOSIGNAL) == (ssize_t)length);
}

/* MQTT 5.0, 3.2, 3.4, 3.9 and 3.13: success, without properties. */
static inline void packet_broker_answer(struct packet_broker *broker, enum packet_kind kind, unsigned id)
{
    const unsigned char high = (unsigned char)(id >> 8), low = (unsigned char)id;
    if (kind == PACKET_CONNECT)
        packet_broker_say(broker, (unsigned char[]){0x20, 3, 0, 0, 0}, 5);
    else if (kind == PACKET_PUBLISH)
        packet_broker_say(broker, (unsigned char[]){0x40, 2, high, low}, 4);
    else if (kind == PACKET_SUBSCRIBE)
        packet_broker_say(broker, (unsigned char[]){0x90, 4, high, low, 0, 1}, 6);
    else if (kind == PACKET_PINGREQ)
        packet_broker_say(broker, (unsigned char[]){0xD0, 0}, 2);
}

static inline unsigned packet_number(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* A PUBLISH of QoS 1 (MQTT 5.0, 3.3): topic, packet id, properties, payload. */
static inline void packet_read_publish(struct packet *packet, const unsigned char *body, size_t length)
{
    size_t topic = packet_number(body), at = 2 + topic + 2;
    snprintf(packet->topic, sizeof(packet->topic), "%.*s", (int)topic, (const char *)body + 2);
    packet->id = packet_number(body + 2 + topic);
    packet->properties = body[at];
    at += 1 + packet->properties;
    snprintf(packet->text, sizeof(packet->text), "%.*s", (int)(length - at), (const char *)body + at);
}

static inline void packet_broker_take(struct packet_broker *broker, const unsigned char *bytes, size_t head,
                                      size_t length)
{
    assert(broker->count < PACKETS_MAX);
    broker->connections += bytes[0] >> 4 == PACKET_CONNECT;
    struct packet *packet = &broker->packets[broker->count++];
    *packet = (struct packet){
        .connection = broker->connections, .kind = (enum packet_kind)(bytes[0] >> 4), .retain = bytes[0] & 1};
    if (packet->kind == PACKET_PUBLISH)
        packet_read_publish(packet, bytes + head, length);
    else if (length >= 2)
        packet->id = packet_number(bytes + head);
    broker->last_id = packet->id;
    if (broker->acks[packet->kind])
        packet_broker_answer(broker, packet->kind, packet->id);
}

static inline int packet_broker_on_bytes(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)events;
    struct packet_broker *broker = user;
    ssize_t got = recv(fd, broker->bytes + broker->filled, sizeof(broker->bytes) - broker->filled, MSG_DONTWAIT);
    if (got <= 0 || broker->resets) {
        packet_broker_hang_up(broker);
        return 0;
    }
    broker->filled += (size_t)got;
    for (;;) {
        size_t head = 2, length = broker->filled > 1 ? broker->bytes[1] : 0;
        if (length & 128 && broker->filled > 2) {
            length = (length & 127) + 128u * broker->bytes[2];
            head = 3;
        }
        if (broker->filled < head || broker->filled < head + length)
            return 0;
        packet_broker_take(broker, broker->bytes, head, length);
        broker->filled -= head + length;
        memmove(broker->bytes, broker->bytes + head + length, broker->filled);
    }
}

static inline int packet_broker_on_client(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)events;
    struct packet_broker *broker = user;
    int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    assert(client >= 0);
    packet_broker_hang_up(broker);
    broker->filled = 0;
    int added = sd_event_add_io(sd_event_source_get_event(source), &broker->client, client, EPOLLIN,
                                packet_broker_on_bytes, broker);
    assert(added >= 0);
    sd_event_source_set_io_fd_own(broker->client, 1);
    return 0;
}

static inline void packet_broker_open(struct packet_broker *broker, sd_event *event)
{
    *broker =
        (struct packet_broker){.acks = {[PACKET_CONNECT] = true, [PACKET_SUBSCRIBE] = true, [PACKET_PINGREQ] = true}};
    broker->fd = broker_listen(&broker->port);
    int added = sd_event_add_io(event, &broker->listener, broker->fd, EPOLLIN, packet_broker_on_client, broker);
    assert(added >= 0);
}

static inline void packet_broker_close(struct packet_broker *broker)
{
    packet_broker_hang_up(broker);
    sd_event_source_disable_unref(broker->listener);
    close(broker->fd);
}

#endif
