#include "told.h"

#include "base/buf.h"
#include "drivers/label/template.h"
#include "floor/floor.h"
#include "floor/settings.h"
#include "store/heat.h"
#include "store/query.h"

#include <errno.h>
#include <string.h>

struct at {
    struct store *store;
    const struct label_desk *desk;
};

static int tell_queries(const struct at *at, struct buf *json)
{
    (void)at;
    query_catalogue(site_queries, json);
    return 0;
}

static int tell_asks(const struct at *at, struct buf *json)
{
    (void)at;
    floor_asks(json);
    return 0;
}

static int tell_settings(const struct at *at, struct buf *json)
{
    return settings_write(at->store, json);
}

static int tell_label_keys(const struct at *at, struct buf *json)
{
    (void)at;
    template_keys_write(json);
    return 0;
}

static int tell_templates(const struct at *at, struct buf *json)
{
    return label_desk_list(at->desk, json);
}

static int tell_heat(const struct at *at, struct buf *json)
{
    return heat_write(at->store, json);
}

int told_write(struct store *store, const struct label_desk *desk, const char *name, struct buf *json)
{
    static const struct {
        const char *name;
        int (*tell)(const struct at *at, struct buf *json);
    } told[] = {{"queries", tell_queries},       {"asks", tell_asks},
                {"settings", tell_settings},     {"heat", tell_heat},
                {"label-keys", tell_label_keys}, {"label-templates", tell_templates}};
    for (size_t i = 0; i < COUNT(told); i++)
        if (strcmp(told[i].name, name) == 0)
            return told[i].tell(&(struct at){store, desk}, json);
    return -ENOENT;
}
