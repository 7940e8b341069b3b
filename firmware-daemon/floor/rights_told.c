/* The table of rights as people and programs read it: each thing that the other tables of the floor name, with its
 * roles. */
#include "floor/ask.h"
#include "floor/commands.h"
#include "floor/rights.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

static void tell_verbs(struct buf *json)
{
    const struct verb *verb;
    for (size_t i = 0; (verb = floor_verb_at(i)); i++)
        site_right_write(may_ask, verb->name, json);
}

static void tell_files(struct buf *json)
{
    static const char *const files[] = {"import.orders", "import.items", "import.stock", "import.locations",
                                        "import.workers"};
    for (size_t i = 0; i < COUNT(files); i++)
        site_right_write(may_ask, files[i], json);
}

static void tell_activities(struct buf *json)
{
    const struct flow *flow;
    for (size_t i = 0; (flow = flow_at(i)); i++)
        site_right_write(may_work, flow->name, json);
}

static void tell_commands(struct buf *json)
{
    static const char *const names[] = {
#define X(name, en, zh, sheet) name,
        COMMANDS(X)
#undef X
    };
    for (size_t i = 0; i < COUNT(names); i++)
        site_right_write(may_command, names[i], json);
}

/* Steps that take a badge and nothing else, but for the one where a worker signs in. */
static void tell_overrides(struct buf *json)
{
    const struct flow *flow;
    for (size_t i = 0; (flow = flow_at(i)); i++)
        for (const struct step *step = flow->steps; step->name; step++)
            if (step->accepts == BIT(CODE_BADGE) && flow != &menu_flow)
                site_right_write(may_pass, step->name, json);
}

void floor_rights(struct buf *json)
{
    static const struct {
        const char *name;
        void (*tell)(struct buf *json);
    } parts[] = {{"verbs", tell_verbs},
                 {"files", tell_files},
                 {"activities", tell_activities},
                 {"commands", tell_commands},
                 {"overrides", tell_overrides}};
    site_roles_write("roles", json);
    for (size_t i = 0; i < COUNT(parts); i++) {
        json_open_array(json, parts[i].name);
        parts[i].tell(json);
        json_close_array(json);
    }
}
