#include "join_desk.h"

#include "base/file.h"
#include "base/log.h"
#include "base/own_command.h"
#include "base/text.h"
#include "daemon.h"
#include "floor/join.h"
#include "store/backup.h"
#include "sync/wire/join.h"

#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SHOWN_US   1500000 /* people see that it is done before the pages are gone for a moment */
#define ABOUT_SIZE (WIRE_NAME_SIZE + JOIN_HOST_SIZE + 1)

struct join_desk {
    sd_event *event;
    const struct config *config;
    join_desk_post_fn *post;
    void *user;
    char holds[WIRE_NAME_SIZE];  /* the site whose work is on this disk; "": none */
    char text[JOIN_TEXT_SIZE];   /* of the code that waits for leave; wiped when it is used */
    char folder[256];            /* of the database */
    struct own_command *running; /* floorhand join */
    struct event asker;          /* where it was scanned */
    char about[ABOUT_SIZE];      /* the site and where head office is */
    enum join_step step;         /* how it stands */
    sd_event_source *end;
};

/* ---------------------------------------------------------------- open and close */

static void find_holder(struct join_desk *desk)
{
    struct backup_facts facts;
    struct error ignored = {0};
    const struct site_config *site = &desk->config->site;
    if (site->named != SITE_UNNAMED)
        text_copy(desk->holds, sizeof(desk->holds), site->site);
    else if (access(site->database, F_OK) == 0 && backup_read(site->database, &facts, &ignored) == 0)
        text_copy(desk->holds, sizeof(desk->holds), facts.site);
}

int join_desk_new(sd_event *event, const struct config *config, join_desk_post_fn *post, void *user,
                  struct join_desk **ret, struct error *error)
{
    struct join_desk *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return error_set(error, -ENOMEM, "out of memory");
    *desk = (struct join_desk){.event = event, .config = config, .post = post, .user = user};
    file_folder(config->site.database, desk->folder, sizeof(desk->folder));
    find_holder(desk);
    *ret = desk;
    return 0;
}

struct join_desk *join_desk_free(struct join_desk *desk)
{
    if (!desk)
        return NULL;
    own_command_close(desk->running);
    sd_event_source_disable_unref(desk->end);
    sodium_memzero(desk, sizeof(*desk));
    free(desk);
    return NULL;
}

/* ---------------------------------------------------------------- a code is scanned */

static enum join_step judge(const struct join_desk *desk, int fault, const struct join_code *code)
{
    if (fault)
        return fault == -ENOTSUP ? JOIN_STEP_NEWER : JOIN_STEP_DAMAGED;
    if (desk->config->site.named == SITE_BY_CONFIG)
        return JOIN_STEP_FIXED;
    if (*desk->holds && strcmp(desk->holds, code->site) != 0)
        return JOIN_STEP_OTHER;
    return desk->running || desk->end ? JOIN_STEP_RUNNING : JOIN_STEP_WISHED;
}

/* To the station, or, of a scanner that belongs to none, to the first there is. */
static int post_step(struct join_desk *desk, const struct event *from, enum join_step step, const char *about)
{
    struct event event = *from;
    event.kind = EVENT_JOIN;
    event.number = step;
    if (!*event.station)
        text_copy(event.station, sizeof(event.station), desk->config->stations[0].id);
    return desk->post(desk->user, &event, about, strlen(about));
}

bool join_desk_takes(struct join_desk *desk, const struct event *event, const char *text, size_t length, int *ret)
{
    struct join_code code = {.port = 0};
    char about[ABOUT_SIZE] = "";
    if (!join_code_is(text, length))
        return false;
    enum join_step step = judge(desk, join_code_read(text, length, &code), &code);
    if (*code.site)
        snprintf(about, sizeof(about), "%s %s", code.site, code.host);
    if (step == JOIN_STEP_WISHED) {
        join_code_write(&code, desk->text); /* as it should have come */
        text_copy(desk->about, sizeof(desk->about), about);
    }
    sodium_memzero(&code, sizeof(code));
    *ret = post_step(desk, event, step, about);
    return true;
}

/* ---------------------------------------------------------------- it is carried out */

static enum join_step step_of(const char *word)
{
    static const struct {
        const char *word;
        enum join_step step;
    } words[] = {
        {JOIN_DONE, JOIN_STEP_JOINED},       {JOIN_UNREACHABLE, JOIN_STEP_UNREACHABLE},
        {JOIN_STRANGER, JOIN_STEP_STRANGER}, {JOIN_USED, JOIN_STEP_USED},
        {JOIN_BUSY, JOIN_STEP_BUSY},         {JOIN_DAMAGED, JOIN_STEP_DAMAGED},
        {JOIN_NEWER, JOIN_STEP_NEWER},       {JOIN_ASKS, JOIN_STEP_FAILED}, /* no more than that was said */
    };
    for (size_t i = 0; word && i < COUNT(words); i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].step;
    return JOIN_STEP_FAILED;
}

static void on_line(void *user, const char *text, size_t length)
{
    struct join_desk *desk = user;
    json_t *said = json_loadb(text, length, 0, NULL);
    const char *why = json_string_value(json_object_get(said, "why"));
    desk->step = step_of(json_string_value(json_object_get(said, "step")));
    if (why)
        log_warning("joining %s: %s", desk->about, why);
    json_decref(said);
}

static void on_end(void *user, bool failed)
{
    struct join_desk *desk = user;
    desk->running = own_command_close(desk->running);
    if (failed && desk->step == JOIN_STEP_JOINED)
        desk->step = JOIN_STEP_FAILED;
    post_step(desk, &desk->asker, desk->step, desk->about); /* a full queue: it is scanned again, and is used */
}

/* What it reads is in no file, and on no command line. */
static int start(struct join_desk *desk)
{
    static const struct own_command_ops ops = {on_line, on_end};
    const char *const words[] = {"join", "-", "--folder", desk->folder, NULL};
    int fd = memfd_create("join", MFD_CLOEXEC), result = fd < 0 ? -errno : 0;
    ssize_t length = (ssize_t)strlen(desk->text);
    if (!result && (write(fd, desk->text, (size_t)length) != length || lseek(fd, 0, SEEK_SET) != 0))
        result = -EIO;
    if (!result)
        result = own_command_start_beside(desk->event, "floorhand", words, fd, &ops, desk, &desk->running);
    if (fd >= 0)
        close(fd);
    sodium_memzero(desk->text, sizeof(desk->text));
    return result;
}

static int on_shown(sd_event_source *source, uint64_t now, void *user)
{
    (void)source;
    (void)now;
    struct join_desk *desk = user;
    return sd_event_exit(desk->event, DAEMON_AGAIN);
}

static void begin(struct join_desk *desk, const struct event *event)
{
    desk->asker = (struct event){.kind = EVENT_JOIN};
    text_copy(desk->asker.station, sizeof(desk->asker.station), event->station);
    desk->step = JOIN_STEP_FAILED;
    int result = *desk->text ? start(desk) : 0;
    if (!result)
        return;
    log_error("floorhand join cannot be started: %s", strerror(-result));
    post_step(desk, &desk->asker, JOIN_STEP_FAILED, desk->about);
}

void join_desk_heard(struct join_desk *desk, const struct event *event, const struct effect *effect)
{
    if (event->kind != EVENT_JOIN || !effect->good)
        return;
    if (event->number == JOIN_STEP_WISHED && !desk->running)
        begin(desk, event);
    else if (event->number == JOIN_STEP_JOINED) {
        log_info("this box was joined to site %s: starting anew", desk->about);
        sd_event_add_time_relative(desk->event, &desk->end, CLOCK_MONOTONIC, SHOWN_US, 0, on_shown, desk);
    }
}
