#include "tool/device_look.h"

#include "base/text.h"

#include <errno.h>
#include <glob.h>
#include <grp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *device_node(const struct plugged *plugged)
{
    return *plugged->tty ? plugged->tty : plugged->node;
}

/* ---------------------------------------------------------------- may it be opened? */

bool device_group(gid_t *ret)
{
    char room[4096];
    struct group group, *found = NULL;
    if (getgrnam_r(DEVICE_GROUP, &group, room, sizeof(room), &found) != 0 || !found)
        return false;
    *ret = group.gr_gid;
    return true;
}

static enum permission permission_of(const char *node)
{
    struct stat status;
    gid_t group;
    if (!*node || stat(node, &status) < 0)
        return PERMISSION_NO_NODE;
    if (!device_group(&group))
        return access(node, R_OK | W_OK) == 0 ? PERMISSION_GIVEN : PERMISSION_REFUSED;
    bool by_group = status.st_gid == group && (status.st_mode & 0060) == 0060;
    return by_group || (status.st_mode & 0006) == 0006 ? PERMISSION_GIVEN : PERMISSION_REFUSED;
}

/* ---------------------------------------------------------------- who has it open? */

void device_read_line(const char *path, char *out, size_t capacity)
{
    FILE *file = fopen(path, "re");
    if (!file || !fgets(out, (int)capacity, file))
        out[0] = '\0';
    if (file)
        fclose(file);
    out[strcspn(out, "\n")] = '\0';
}

static void add_holder(struct device_facts *facts, int pid)
{
    for (size_t i = 0; i < facts->holder_count; i++)
        if (facts->holders[i].pid == pid)
            return;
    if (facts->holder_count == HOLDERS_MAX)
        return;
    struct holder *holder = &facts->holders[facts->holder_count++];
    char path[64];
    holder->pid = pid;
    snprintf(path, sizeof(path), "/proc/%d/comm", pid);
    device_read_line(path, holder->program, sizeof(holder->program));
}

/* One open file of a process: "/proc/42/fd/3". */
static void compare_file(struct device_look *look, const char *path)
{
    char target[64];
    ssize_t length = readlink(path, target, sizeof(target) - 1);
    if (length <= 0)
        return;
    target[length] = '\0';
    for (size_t i = 0; i < look->count; i++)
        if (strcmp(target, look->plugged[i].node) == 0 || strcmp(target, look->plugged[i].tty) == 0)
            add_holder(&look->facts[i], (int)strtol(path + strlen("/proc/"), NULL, 10));
}

/* Other users' processes may not be looked into: glob(3) passes them over. */
void device_look_find_holders(struct device_look *look)
{
    glob_t files;
    if (glob("/proc/[0-9]*/fd/*", GLOB_NOSORT, NULL, &files) == 0)
        for (size_t i = 0; i < files.gl_pathc; i++)
            compare_file(look, files.gl_pathv[i]);
    globfree(&files);
}

/* ---------------------------------------------------------------- all of it */

int device_look_new(struct device_look **ret, struct error *error)
{
    CLEANUP(device_look_free_p) struct device_look *look = calloc(1, sizeof(*look));
    if (!look)
        return error_set(error, -ENOMEM, "There is no memory left to look at devices.");
    int r = model_set_load(device_models, &look->models, error);
    if (r == 0)
        r = inventory_read(look->plugged, INVENTORY_MAX, &look->count, error);
    if (r < 0)
        return r;
    for (size_t i = 0; i < look->count; i++) {
        look->facts[i].model = model_find(&look->models, &look->plugged[i]);
        look->facts[i].permission = permission_of(device_node(&look->plugged[i]));
    }
    if (look->count > 0)
        device_look_find_holders(look);
    *ret = look;
    look = NULL;
    return 0;
}

struct device_look *device_look_free(struct device_look *look)
{
    if (look)
        model_set_done(&look->models);
    free(look);
    return NULL;
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

void device_look_add_stations(struct device_look *look, const struct buf *json)
{
    json_t *root = json_loadb(buf_text(json), json->length, 0, NULL);
    for (size_t i = 0; i < json_array_size(root); i++) {
        const json_t *device = json_array_get(root, i);
        const struct plugged *found = inventory_find(look->plugged, look->count, member(device, "id"));
        if (!found)
            continue;
        struct device_facts *facts = &look->facts[found - look->plugged];
        text_copy(facts->station, sizeof(facts->station), member(device, "station"));
        text_copy(facts->state, sizeof(facts->state), member(device, "state"));
    }
    json_decref(root);
}

bool device_is_of_interest(const struct device_look *look, size_t index)
{
    return look->facts[index].model || (look->plugged[index].kinds & ~(unsigned)PLUGGED_OTHER);
}

void device_what(const struct plugged *plugged, const struct model *model, char *out, size_t capacity)
{
    static const struct {
        unsigned kind;
        const char *name;
    } unknowns[] = {{PLUGGED_SERIAL, "serial device"}, {PLUGGED_HID, "HID of unknown use"}};
    char own[160];
    if (model && !model_is_generic(model)) {
        snprintf(out, capacity, "%s %s", model->make, model->name);
        return;
    }
    snprintf(own, sizeof(own), "%s%s%s", plugged->vendor_name,
             *plugged->vendor_name && *plugged->product_name ? " " : "", plugged->product_name);
    const char *what = model ? model->name : "device of unknown use";
    for (size_t i = 0; i < COUNT(unknowns) && !model; i++) {
        if (plugged->kinds & unknowns[i].kind) {
            what = *plugged->port ? unknowns[i].name : "serial port of this machine";
            break;
        }
    }
    snprintf(out, capacity, *own ? "%s (%s)" : "%s", what, own);
    out[text_whole_utf8(out, strlen(out))] = '\0';
}
