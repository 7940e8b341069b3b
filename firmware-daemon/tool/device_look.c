#include "tool/device_look.h"

#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_folder(DIR **folder)
{
    if (*folder)
        closedir(*folder);
}

const char *device_node(const struct plugged *plugged)
{
    return *plugged->tty ? plugged->tty : plugged->node;
}

/* ---------------------------------------------------------------- may it be opened? */

static enum permission permission_of(const char *node)
{
    struct stat status;
    const struct group *group = getgrnam(DEVICE_GROUP);
    if (!*node || stat(node, &status) < 0)
        return PERMISSION_NO_NODE;
    if (!group)
        return access(node, R_OK | W_OK) == 0 ? PERMISSION_GIVEN : PERMISSION_REFUSED;
    bool by_group = status.st_gid == group->gr_gid && (status.st_mode & 0060) == 0060;
    return by_group || (status.st_mode & 0006) == 0006 ? PERMISSION_GIVEN : PERMISSION_REFUSED;
}

/* ---------------------------------------------------------------- who has it open? */

static void read_program_name(int process, char *out, size_t capacity)
{
    out[0] = '\0';
    CLEANUP(cleanup_close) int fd = openat(process, "comm", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, out, capacity - 1);
    out[length > 0 ? length : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

static void add_holder(struct device_facts *facts, int process, int pid)
{
    for (size_t i = 0; i < facts->holder_count; i++)
        if (facts->holders[i].pid == pid)
            return;
    if (facts->holder_count == HOLDERS_MAX)
        return;
    struct holder *holder = &facts->holders[facts->holder_count++];
    holder->pid = pid;
    read_program_name(process, holder->program, sizeof(holder->program));
}

static void compare_file(struct device_look *look, int process, int pid, const char *target)
{
    for (size_t i = 0; i < look->count; i++)
        if (strcmp(target, look->plugged[i].node) == 0 || strcmp(target, look->plugged[i].tty) == 0)
            add_holder(&look->facts[i], process, pid);
}

/* Other users' processes may not be looked into: they are passed over. */
static void look_into_process(struct device_look *look, int proc, const char *name)
{
    CLEANUP(cleanup_close) int process = openat(proc, name, O_DIRECTORY | O_CLOEXEC);
    int files = process < 0 ? -1 : openat(process, "fd", O_DIRECTORY | O_CLOEXEC);
    CLEANUP(close_folder) DIR *folder = files < 0 ? NULL : fdopendir(files);
    if (!folder && files >= 0)
        close(files);
    for (const struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        char target[64];
        ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target) - 1);
        if (length < 5 || strncmp(target, "/dev/", 5) != 0)
            continue;
        target[length] = '\0';
        compare_file(look, process, atoi(name), target);
    }
}

static void find_holders(struct device_look *look)
{
    CLEANUP(close_folder) DIR *folder = opendir("/proc");
    for (const struct dirent *entry; folder && (entry = readdir(folder)) != NULL;)
        if (isdigit((unsigned char)entry->d_name[0]))
            look_into_process(look, dirfd(folder), entry->d_name);
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
        find_holders(look);
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
