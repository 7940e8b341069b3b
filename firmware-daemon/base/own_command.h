/* A command of this very program, run beside the event loop by a process of its own, so that the loop goes on. Does not
 * know what it does, and keeps nothing that it says. */
#ifndef BASE_OWN_COMMAND_H
#define BASE_OWN_COMMAND_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#define OWN_COMMAND_WORDS 32

struct own_command;

struct own_command_ops {
    void (*line)(void *user, const char *text, size_t length); /* that it printed, without its end */
    void (*end)(void *user, bool failed); /* it is over; what it said on standard error is in the log */
};

/* words: of the command line behind the program's name, ended by NULL. in: what it reads, or -1 for nothing; not kept.
 * -errno. Close it in end() or before: then it is stopped, and end() is not called. */
int own_command_start(sd_event *event, const char *const *words, int in, const struct own_command_ops *ops, void *user,
                      struct own_command **ret);
/* The same of another program of this house, which lies beside this one. */
int own_command_start_beside(sd_event *event, const char *program, const char *const *words, int in,
                             const struct own_command_ops *ops, void *user, struct own_command **ret);
struct own_command *own_command_close(struct own_command *command);

#endif
