#include "sync/mqtt/prefix.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char shared[] = "$share/";

bool mqtt_prefix_ok(const char *prefix)
{
    size_t length = strlen(prefix);
    if (length == 0)
        return true;
    return length < MQTT_PREFIX_SIZE && strspn(prefix, "abcdefghijklmnopqrstuvwxyz0123456789-/") == length &&
           prefix[0] != '/' && prefix[length - 1] != '/' && !strstr(prefix, "//");
}

const char *mqtt_prefix_put(const char *prefix, const char *topic, char out[MQTT_TOPIC_SIZE])
{
    if (!prefix || !*prefix)
        return topic;
    const char *group = topic + sizeof(shared) - 1, *filter = topic;
    if (strncmp(topic, shared, sizeof(shared) - 1) == 0 && strchr(group, '/'))
        filter = strchr(group, '/') + 1;
    int length = snprintf(out, MQTT_TOPIC_SIZE, "%.*s%s/%s", (int)(filter - topic), topic, prefix, filter);
    return length < MQTT_TOPIC_SIZE ? out : NULL;
}

const char *mqtt_prefix_strip(const char *prefix, const char *topic)
{
    size_t length = prefix ? strlen(prefix) : 0;
    if (length == 0)
        return topic;
    return strncmp(topic, prefix, length) == 0 && topic[length] == '/' ? topic + length + 1 : NULL;
}
