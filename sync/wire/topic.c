#include "sync/wire/topic.h"

#include "base/cleanup.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char *const tails[] = {
    [WIRE_UP_SEGMENT] = "up/seg",   [WIRE_UP_CONTROL] = "up/ctl", [WIRE_DOWN_SEGMENT] = "dn/seg",
    [WIRE_DOWN_CONTROL] = "dn/ctl", [WIRE_STATUS] = "st",
};

static const char name_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
static const char hex_digits[] = "0123456789abcdef";

static bool is_name(const char *name, size_t min)
{
    size_t length = strlen(name);
    return length >= min && length <= WIRE_NAME_MAX && strspn(name, name_letters) == length;
}

bool wire_site_ok(const char *site)
{
    return is_name(site, 2);
}

bool wire_box_ok(const char *box)
{
    return is_name(box, 3);
}

uint32_t wire_crc(const void *bytes, size_t length)
{
    uint32_t crc = UINT32_MAX; /* reflected polynomial 0xEDB88320 */
    for (size_t i = 0; i < length; i++) {
        crc ^= ((const unsigned char *)bytes)[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

unsigned wire_shard(const char *site)
{
    return wire_crc(site, strlen(site)) & 63;
}

void wire_topic_write(char out[WIRE_TOPIC_SIZE], enum wire_channel channel, const char *site, const char *box)
{
    if (channel == WIRE_OFFICE_STATUS)
        snprintf(out, WIRE_TOPIC_SIZE, "%s", WIRE_OFFICE_TOPIC);
    else
        snprintf(out, WIRE_TOPIC_SIZE, "fh1/%02x/%.*s/%s", wire_shard(site), WIRE_NAME_MAX, box, tails[channel]);
}

void wire_topic_down_filter(char out[WIRE_TOPIC_SIZE], const char *site, const char *box)
{
    snprintf(out, WIRE_TOPIC_SIZE, "fh1/%02x/%.*s/dn/+", wire_shard(site), WIRE_NAME_MAX, box);
}

static int find_tail(const char *text, enum wire_channel *ret)
{
    for (size_t i = 0; i < COUNT(tails); i++) {
        if (strcmp(tails[i], text) == 0) {
            *ret = (enum wire_channel)i;
            return 0;
        }
    }
    return -EBADMSG;
}

int wire_topic_parse(const char *topic, struct wire_topic *ret)
{
    struct wire_topic parsed = {.channel = WIRE_OFFICE_STATUS};
    if (strcmp(topic, WIRE_OFFICE_TOPIC) == 0) {
        *ret = parsed;
        return 0;
    }
    if (strncmp(topic, "fh1/", 4) != 0 || strspn(topic + 4, hex_digits) != 2 || topic[6] != '/')
        return -EBADMSG;
    const char *high = strchr(hex_digits, topic[4]), *low = strchr(hex_digits, topic[5]);
    parsed.shard = (unsigned)(high - hex_digits) * 16 + (unsigned)(low - hex_digits);
    const char *box = topic + 7;
    size_t length = strspn(box, name_letters);
    if (parsed.shard > 63 || length > WIRE_NAME_MAX || box[length] != '/')
        return -EBADMSG;
    memcpy(parsed.box, box, length);
    if (!wire_box_ok(parsed.box) || find_tail(box + length + 1, &parsed.channel) != 0)
        return -EBADMSG;
    *ret = parsed;
    return 0;
}
