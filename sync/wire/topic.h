/* The MQTT topics of the protocol, built and taken apart. Does not subscribe or publish. */
#ifndef WIRE_TOPIC_H
#define WIRE_TOPIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_NAME_MAX     32
#define WIRE_NAME_SIZE    (WIRE_NAME_MAX + 1)
#define WIRE_TOPIC_SIZE   64
#define WIRE_OFFICE_TOPIC "fh1/hq/st"

/* What head office listens to. */
#define WIRE_FILTER_UP     "fh1/+/+/up/+"
#define WIRE_FILTER_STATUS "fh1/+/+/st"

enum wire_channel {
    WIRE_UP_SEGMENT,
    WIRE_UP_CONTROL,
    WIRE_DOWN_SEGMENT,
    WIRE_DOWN_CONTROL,
    WIRE_STATUS,        /* a box's presence, retained */
    WIRE_OFFICE_STATUS, /* head office's presence, retained; no box */
};

struct wire_topic {
    enum wire_channel channel;
    unsigned shard; /* 0 to 63 */
    char box[WIRE_NAME_SIZE];
};

/* Sites: 2 to 32, boxes: 3 to 32 of a-z, 0-9 and '-'. */
bool wire_site_ok(const char *site);
bool wire_box_ok(const char *box);

/* CRC-32 of ISO 3309. */
uint32_t wire_crc(const void *bytes, size_t length);

/* crc32(site) & 63: which part of all sites this one belongs to, fixed for good. */
unsigned wire_shard(const char *site);

/* The box name must be a good one. */
void wire_topic_write(char out[WIRE_TOPIC_SIZE], enum wire_channel channel, const char *site, const char *box);

/* The filter a box listens to: its dn/seg and dn/ctl. */
void wire_topic_down_filter(char out[WIRE_TOPIC_SIZE], const char *site, const char *box);

/* -EBADMSG when it is not one of ours. */
int wire_topic_parse(const char *topic, struct wire_topic *ret);

#endif
