#include "base/own_command.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

extern char **environ;

struct own_command {
    const struct own_command_ops *ops;
    void *user;
    pid_t child;
    int said;
    sd_event_source *readable;
    struct buf line;
};

static int wait_for(pid_t child)
{
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

static void take_bytes(struct own_command *command, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != '\n') {
            buf_putc(&command->line, bytes[i]);
            continue;
        }
        command->ops->line(command->user, buf_text(&command->line), command->line.length);
        buf_clear(&command->line);
    }
}

/* The command may be gone when end() returns. */
static void finish(struct own_command *command)
{
    int status = wait_for(command->child);
    command->child = 0;
    sd_event_source_set_enabled(command->readable, SD_EVENT_OFF);
    command->ops->end(command->user, status != 0);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source, (void)events;
    char bytes[4096];
    ssize_t length = read(fd, bytes, sizeof(bytes));
    if (length > 0)
        take_bytes(user, bytes, (size_t)length);
    else if (length == 0 || (errno != EAGAIN && errno != EINTR))
        finish(user);
    return 0;
}

static const char *name_of(const char *path)
{
    return strcmp(path, SELF) == 0 ? program_invocation_short_name : strrchr(path, '/') + 1;
}

static int spawn(const char *path, const char *const *words, int in, int out, pid_t *ret)
{
    char *arguments[OWN_COMMAND_WORDS + 2] = {(char *)(uintptr_t)name_of(path)};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    for (size_t i = 0; words[i]; i++) {
        if (i == OWN_COMMAND_WORDS)
            return -E2BIG;
        arguments[i + 1] = (char *)(uintptr_t)words[i]; /* they are not written to */
    }
    posix_spawn_file_actions_init(&actions);
    if (in >= 0)
        posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none); /* serve holds signals back for its loop */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int result = posix_spawn(ret, path, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -result;
}

static int run(struct own_command *command, const char *path, const char *const *words, int in)
{
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return -errno;
    int result = spawn(path, words, in, pipes[1], &command->child);
    close(pipes[1]);
    command->said = pipes[0];
    if (result)
        command->child = 0;
    else if (fcntl(command->said, F_SETFL, O_NONBLOCK) != 0)
        result = -errno;
    return result;
}

static int start(sd_event *event, const char *path, const char *const *words, int in, const struct own_command_ops *ops,
                 void *user, struct own_command **ret)
{
    struct own_command *command = calloc(1, sizeof(*command));
    if (!command)
        return -ENOMEM;
    *command = (struct own_command){.ops = ops, .user = user, .said = -1};
    int result = run(command, path, words, in);
    if (!result)
        result = sd_event_add_io(event, &command->readable, command->said, EPOLLIN, on_readable, command);
    if (result < 0) {
        own_command_close(command);
        return result;
    }
    *ret = command;
    return 0;
}

int own_command_start(sd_event *event, const char *const *words, int in, const struct own_command_ops *ops, void *user,
                      struct own_command **ret)
{
    return start(event, SELF, words, in, ops, user, ret);
}

int own_command_start_beside(sd_event *event, const char *program, const char *const *words, int in,
                             const struct own_command_ops *ops, void *user, struct own_command **ret)
{
    char path[PATH_MAX];
    ssize_t length = readlink(SELF, path, sizeof(path) - 1);
    if (length < 0)
        return -errno;
    path[length] = '\0';
    char *name = strrchr(path, '/') + 1;
    if (strlen(program) >= sizeof(path) - (size_t)(name - path))
        return -ENAMETOOLONG;
    strcpy(name, program);
    return start(event, path, words, in, ops, user, ret);
}

struct own_command *own_command_close(struct own_command *command)
{
    if (!command)
        return NULL;
    if (command->child > 0) {
        kill(command->child, SIGTERM);
        wait_for(command->child);
    }
    sd_event_source_disable_unref(command->readable);
    if (command->said >= 0)
        close(command->said);
    buf_done(&command->line);
    free(command);
    return NULL;
}
