#include "floor/rights.h"

#include "base/json.h"
#include "base/text.h"

#include <string.h>

#define PICKER    ROLE_PICKER
#define PACKER    ROLE_PACKER
#define COUNTER   ROLE_COUNTER
#define LEADERS   (ROLE_SUPERVISOR | ROLE_ADMIN)
#define ADMIN     ROLE_ADMIN
#define WORKERS   (PICKER | PACKER | COUNTER | LEADERS)
#define PEOPLE    (WORKERS | ROLE_AUDITOR)
#define READERS   (LEADERS | ROLE_AUDITOR)
#define BOX       ROLE_BOX
#define STATION   ROLE_STATION
#define EVERYBODY (PEOPLE | STATION | BOX)

const struct site_role site_roles[] = {
    {ROLE_PICKER, "picker", "Picker", "拣货员"},
    {ROLE_PACKER, "packer", "Packer", "打包员"},
    {ROLE_COUNTER, "counter", "Counter", "盘点员"},
    {ROLE_SUPERVISOR, "supervisor", "Supervisor", "主管"},
    {ROLE_ADMIN, "admin", "Site administrator", "现场管理员"},
    {ROLE_AUDITOR, "auditor", "Auditor", "审计员"},
    {ROLE_STATION, "station", "A station's page", "工作站页面"},
    {ROLE_BOX, "box", "The box itself", "本机"},
    {0},
};

const struct site_right may_ask[] = {
    {.names = "worker.language", .roles = EVERYBODY},
    {.names = "worker.sign_out,lease.release", .roles = WORKERS | BOX},
    {.names = "replenish.plan", .roles = WORKERS | BOX},
    {.names = "trial.compared", .roles = LEADERS | BOX},
    {.names = "count.*,wave.*", .roles = LEADERS},
    {.names = "label.again", .roles = LEADERS, .fresh = true},
    {.names = "template.*", .roles = LEADERS, .fresh = true},
    {.names = "setting.set", .roles = LEADERS, .fresh = true},
    {.names = "worker.pin", .roles = PEOPLE | BOX, .fresh = true}, /* of others: an administrator (pin.c) */
    {.names = "worker.unlock", .roles = ADMIN | BOX, .fresh = true},
    {.names = "import.*", .roles = ADMIN | BOX},
    {0},
};

/* Without the setting roles_strict a small crew does whatever there is to do. */
const struct site_right may_work[] = {
    {.names = "menu", .roles = PEOPLE},
    {.names = "goods,zero,move", .roles = WORKERS},
    {.names = "pick,cluster,zone,batch,sow,putaway,replen*", .roles = WORKERS, .strict = PICKER | LEADERS},
    {.names = "pack,parcel,express,ship,return", .roles = WORKERS, .strict = PACKER | LEADERS},
    {.names = "receive,transfer", .roles = WORKERS, .strict = PICKER | PACKER | LEADERS},
    {.names = "count,alias,found", .roles = WORKERS, .strict = COUNTER | LEADERS},
    {.names = "review", .roles = LEADERS},
    {0},
};

/* FORCE, ALLOW and UNPACK only ask: the badge that is scanned then decides (may_pass). */
const struct site_right may_command[] = {
    {.names = "UNDO,LOGOUT,TRAIN,LIVE", .roles = PEOPLE},
    {.names = "WAVE,REVIEW,APPROVE,REJECT,JOIN", .roles = LEADERS},
    {.names = "GRADE,INTACT", .roles = WORKERS, .strict = PACKER | LEADERS},
    {.names = "*", .roles = WORKERS},
    {0},
};

const struct site_right may_pass[] = {
    {.names = "parcel.force,parcel.reprint,receive.badge,found.*,alias.*", .roles = LEADERS},
    {0},
};

const struct site_right may_reach[] = {
    /* the pages themselves hold nothing of the site's */
    {.names = "GET/,GET/station/{},GET/office,GET/assets/{},GET/manifest.webmanifest,GET/keeper.js",
     .roles = EVERYBODY},
    {.names = "GET/pictures/{*}", .roles = EVERYBODY},
    {.names = "GET/health,GET/metrics", .roles = EVERYBODY}, /* figures, and nobody's name: who watches has no badge */
    {.names = "POST/api/v1/backup", .roles = BOX},
    {.names = "GET/trust,GET/trust/ca.crt,GET/trust/trust.css,GET/api/v1/trust", .roles = EVERYBODY},
    {.names = "POST/api/v1/session,POST/api/v1/session/end,GET/api/v1/me", .roles = EVERYBODY},
    /* a station: its screen, its scans, and the label it is about */
    {.names = "GET/api/v1/stations,GET/api/v1/stations/{},GET/api/v1/stations/{}/events", .roles = EVERYBODY},
    {.names = "POST/api/v1/stations/{}/scan,GET/api/v1/sync", .roles = EVERYBODY},
    {.names = "GET/api/v1/print-jobs/{}/picture", .roles = EVERYBODY},
    /* what has lines of its own: verbs, files, kinds of rows */
    {.names = "POST/api/v1/asks/{},POST/api/v1/import/{},GET/api/v1/{},GET/api/v1/{}/{*}", .roles = EVERYBODY},
    {.names = "GET/api/v1/rights", .roles = READERS | BOX},
    {.names = "GET/api/v1/changes,GET/api/v1/status,GET/api/v1/devices", .roles = READERS | BOX},
    {.names = "GET/api/v1/label-templates/{},GET/api/v1/figures/{}", .roles = READERS | BOX},
    {.names = "POST/api/v1/label-templates/{}/preview", .roles = LEADERS | BOX},
    {.names = "POST/api/v1/stations/{}/labels,POST/api/v1/stations/{}/training", .roles = LEADERS | BOX},
    {.names = "POST/api/v1/devices/bind", .roles = LEADERS | BOX},
    {0},
};

/* Of rows a worker reads nothing but what the station shows. With the setting board_public everybody sees the board. */
const struct site_right may_read[] = {
    {.names = "*", .roles = READERS | BOX},
    {0},
};

unsigned site_role_bit(const char *name)
{
    for (const struct site_role *role = site_roles; role->name; role++)
        if (strcmp(role->name, name) == 0)
            return role->bit;
    return 0;
}

const struct site_right *site_right_find(const struct site_right *table, const char *name)
{
    for (; table->names; table++)
        if (text_is_covered(table->names, name))
            return table;
    return NULL;
}

static unsigned who_may(const struct site_right *table, const char *name, bool strict)
{
    const struct site_right *right = site_right_find(table, name);
    if (!right)
        return 0;
    return strict && right->strict ? right->strict : right->roles;
}

bool site_may(const struct site_right *table, const char *name, unsigned given, bool strict)
{
    return (who_may(table, name, strict) & given) != 0;
}

bool site_right_is_higher(const struct site_right *table, const char *name)
{
    return !site_may(table, name, ROLE_BOX | ROLE_STATION, false);
}

static void write_names(const char *key, unsigned given, struct buf *json)
{
    json_open_array(json, key);
    for (const struct site_role *role = site_roles; role->name; role++)
        if (role->bit & given)
            json_text(json, NULL, role->name);
    json_close_array(json);
}

void site_roles_write(const char *key, struct buf *json)
{
    json_open_array(json, key);
    for (const struct site_role *role = site_roles; role->name; role++) {
        json_open_object(json, NULL);
        json_text(json, "role", role->name);
        json_text(json, "english", role->english);
        json_text(json, "chinese", role->chinese);
        json_close_object(json);
    }
    json_close_array(json);
}

void site_right_write(const struct site_right *table, const char *name, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "name", name);
    write_names("roles", who_may(table, name, false), json);
    write_names("strict", who_may(table, name, true), json);
    json_close_object(json);
}
