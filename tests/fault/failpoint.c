/* Loaded before a program's libraries (LD_PRELOAD), kills it at one instant of its work with the database and the
 * broker, as if the power had gone. The program knows nothing of it. FAIL_AT names the instant, FAIL_COUNT how many
 * times it is lived through. */
#include <dlfcn.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct mosquitto;
int mosquitto_publish(struct mosquitto *mosq, int *mid, const char *topic, int length, const void *payload, int qos,
                      bool retain);

static void *real(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

static void pass(const char *instant)
{
    static long left;
    const char *wanted = getenv("FAIL_AT"), *count = getenv("FAIL_COUNT");
    if (!wanted || strcmp(wanted, instant) != 0)
        return;
    if (left == 0)
        left = count ? strtol(count, NULL, 10) : 1;
    if (--left == 0)
        kill(getpid(), SIGKILL);
}

/* Statements that stand for an instant, told by how they begin. */
static const struct {
    const char *begins, *before, *after;
} statements[] = {
    {"BEGIN IMMEDIATE", "received", NULL},
    {"INSERT INTO event ", NULL, "in transaction"},
    {"COMMIT", "before commit", "committed"},
};

int sqlite3_step(sqlite3_stmt *statement)
{
    static int (*step)(sqlite3_stmt *);
    static bool events; /* the open transaction has some: one without is of no interest */
    const char *text = sqlite3_sql(statement), *after = NULL;
    if (!step)
        *(void **)&step = real("sqlite3_step");
    for (size_t i = 0; text && i < sizeof(statements) / sizeof(statements[0]); i++) {
        if (strncmp(text, statements[i].begins, strlen(statements[i].begins)) != 0)
            continue;
        events |= statements[i].after && strcmp(statements[i].after, "in transaction") == 0;
        bool commits = statements[i].before && statements[i].after;
        if (statements[i].before && (events || !commits))
            pass(statements[i].before);
        after = commits && !events ? NULL : statements[i].after;
        events &= !commits;
    }
    int result = step(statement);
    if (after)
        pass(after);
    return result;
}

int mosquitto_publish(struct mosquitto *mosq, int *mid, const char *topic, int length, const void *payload, int qos,
                      bool retain)
{
    static int (*publish)(struct mosquitto *, int *, const char *, int, const void *, int, bool);
    if (!publish)
        *(void **)&publish = real("mosquitto_publish");
    int result = publish(mosq, mid, topic, length, payload, qos, retain);
    if (memmem(payload, (size_t)length, ".sync.ack.", 10))
        pass("acked");
    return result;
}
