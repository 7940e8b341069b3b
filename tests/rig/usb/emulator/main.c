#include "device.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* USB devices that exist only here, plugged into this machine's vhci_hcd. Each line on standard input is a command, and
 * each gets one line: "ok", perhaps with more behind it, or "no" and why. See commands[] below. The end of the input
 * unplugs everything. */

#define DEVICES_MAX 16
#define LINE_SIZE   65536

static struct device *devices[DEVICES_MAX];
static size_t device_count;

static struct device **find(const char *name)
{
    for (size_t i = 0; i < device_count; i++)
        if (strcmp(devices[i]->name, name) == 0)
            return &devices[i];
    return NULL;
}

/* The next word of a line, cut off; "" when there is none. */
static char *next_word(char **line)
{
    *line += strspn(*line, " ");
    char *word = *line;
    *line += strcspn(*line, " ");
    if (**line)
        *(*line)++ = '\0';
    return word;
}

static int parse_options(char *line, struct options *ret)
{
    ret->count = 0;
    for (char *word = next_word(&line); *word; word = next_word(&line)) {
        char *value = strchr(word, '=');
        if (!value || ret->count == sizeof(ret->list) / sizeof(ret->list[0]))
            return -EINVAL;
        *value++ = '\0';
        ret->list[ret->count++] = (struct option){word, value};
    }
    return 0;
}

/* ---------------------------------------------------------------- commands */

/* AFTER COUNTER:N:ACTION, where an unknown action is a word for the model. */
static int parse_trigger(char *text, struct trigger *ret)
{
    static const char *const counters[COUNTERS] = {"controls", "reports", "bytes"};
    static const char *const actions[] = {"nothing", "unplug", "stall", "proto", "babble", "hang", "short"};
    char *count = strchr(text, ':'), *action = count ? strchr(count + 1, ':') : NULL;
    if (!action)
        return -EINVAL;
    *count++ = *action++ = '\0';
    *ret = (struct trigger){.counter = COUNTERS, .action = DO_MODEL, .at = strtoull(count, NULL, 10)};
    for (size_t i = 0; i < COUNTERS; i++)
        if (strcmp(counters[i], text) == 0)
            ret->counter = (enum counter)i;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
        if (strcmp(actions[i], action) == 0)
            ret->action = (enum action)i;
    snprintf(ret->word, sizeof(ret->word), "%s", action);
    return ret->counter == COUNTERS ? -EINVAL : 0;
}

/* plug NAME MODEL [port=N] [speed=full|high] [vid= pid= serial=] [cut=PART:N] [patch=PART:AT:HEX] [after=TRIGGER] ...
 */
static int do_plug(const char *name, char *rest)
{
    struct options options;
    const char *kind = next_word(&rest);
    const struct model *const *model = models;
    while (*model && strcmp((*model)->name, kind) != 0)
        model++;
    if (!*model || parse_options(rest, &options) < 0)
        return -EINVAL;
    struct device **slot = find(name);
    if (slot && (*slot)->socket >= 0)
        return -EBUSY;
    if (!slot && device_count == DEVICES_MAX)
        return -ENOSPC;
    struct device *made;
    int r = device_plug(name, *model, &options, &made);
    if (r < 0)
        return r;
    if (slot)
        device_free(*slot);
    else
        slot = &devices[device_count++];
    *slot = made;
    struct trigger trigger;
    char after[64];
    snprintf(after, sizeof(after), "%s", option_value(&options, "after", ""));
    if (!*after)
        return 0;
    r = parse_trigger(after, &trigger);
    if (r == 0)
        device_set_trigger(made, &trigger);
    return r;
}

/* after NAME COUNTER:N:ACTION: once controls, reports or bytes have gone on by N. */
static int do_after(struct device *device, char *rest)
{
    struct trigger trigger;
    int r = parse_trigger(next_word(&rest), &trigger);
    if (r == 0)
        device_set_trigger(device, &trigger);
    return r;
}

/* say NAME ENDPOINT HEX|stall|proto|babble|hang|zero: the next thing that an IN endpoint says. */
static int do_say(struct device *device, char *rest)
{
    static const struct {
        const char *name;
        enum action action;
    } faults[] = {{"stall", DO_STALL}, {"proto", DO_PROTO}, {"babble", DO_BABBLE}, {"hang", DO_HANG}};
    uint8_t endpoint = (uint8_t)strtoul(next_word(&rest), NULL, 16), bytes[PACKET_MAX];
    const char *hex = next_word(&rest);
    if (strcmp(hex, "zero") == 0)
        return device_say(device, endpoint, NULL, 0) ? 0 : -ENOSPC;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        if (strcmp(faults[i].name, hex) == 0)
            return device_say_fault(device, endpoint, faults[i].action) ? 0 : -ENOSPC;
    size_t length = strlen(hex) / 2;
    if (length == 0 || length > sizeof(bytes))
        return -EINVAL;
    for (size_t i = 0; i < length; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return device_say(device, endpoint, bytes, length) ? 0 : -ENOSPC;
}

static const struct command {
    const char *name;
    int (*run)(struct device *device, char *rest);
} commands[] = {{"after", do_after}, {"say", do_say}};

/* state NAME: what it counted, as KEY=VALUE. */
static void tell_state(const struct device *device)
{
    char more[TEXT_SIZE * 4] = "";
    if (device->model->tell)
        device->model->tell(device, more, sizeof(more));
    printf("ok plugged=%d configuration=%u controls=%llu reports=%llu bytes=%llu asked=%zu unsaid=%zu armed=%d%s\n",
           device->socket >= 0, device->configuration, (unsigned long long)device->counts[COUNT_CONTROLS],
           (unsigned long long)device->counts[COUNT_REPORTS], (unsigned long long)device->counts[COUNT_BYTES],
           device_asked(device, 0x81), device_unsaid(device, 0x81), device->trigger.action != DO_NOTHING, more);
}

/* "unplug", one of commands[], or a word of the model's. */
static int obey_device(struct device *device, const char *word, char *rest)
{
    if (strcmp(word, "unplug") == 0) {
        device_unplug(device);
        return 0;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (strcmp(commands[i].name, word) == 0)
            return commands[i].run(device, rest);
    return device->model->command ? device->model->command(device, word, rest) : -EINVAL;
}

static void obey(char *line)
{
    const char *word = next_word(&line), *name = next_word(&line);
    struct device **device = find(name);
    int r;
    if (strcmp(word, "plug") == 0) {
        r = do_plug(name, line);
    } else if (!device) {
        r = -ENODEV;
    } else if (strcmp(word, "state") == 0) {
        tell_state(*device);
        return;
    } else {
        r = obey_device(*device, word, line);
    }
    if (r < 0)
        printf("no %s\n", strerror(-r));
    else
        printf("ok\n");
}

/* ---------------------------------------------------------------- the loop */

/* False at the end of the input. */
static bool read_commands(void)
{
    static char input[LINE_SIZE];
    static size_t length;
    ssize_t got = read(STDIN_FILENO, input + length, sizeof(input) - 1 - length);
    if (got <= 0)
        return false;
    length += (size_t)got;
    char *end;
    while ((end = memchr(input, '\n', length)) != NULL) {
        *end = '\0';
        obey(input);
        length -= (size_t)(end + 1 - input);
        memmove(input, end + 1, length);
    }
    fflush(stdout);
    return length < sizeof(input) - 1; /* a line that fits nowhere is the end too */
}

static int wait_ms(int64_t now)
{
    int64_t due = INT64_MAX;
    for (size_t i = 0; i < device_count; i++) {
        const struct device *device = devices[i];
        int64_t own = device->socket >= 0 && device->model->deadline ? device->model->deadline(device) : INT64_MAX;
        due = own < due ? own : due;
    }
    if (due == INT64_MAX)
        return -1;
    return due <= now ? 0 : (int)((due - now) / 1000 + 1);
}

static void pass_time(void)
{
    int64_t now = now_us();
    for (size_t i = 0; i < device_count; i++) {
        struct device *device = devices[i];
        if (device->socket >= 0 && device->model->deadline && device->model->deadline(device) <= now)
            device->model->tick(device, now);
    }
}

static bool serve_once(void)
{
    struct pollfd pollers[1 + DEVICES_MAX] = {{.fd = STDIN_FILENO, .events = POLLIN}};
    for (size_t i = 0; i < device_count; i++)
        pollers[1 + i] = (struct pollfd){.fd = devices[i]->socket, .events = POLLIN};
    if (poll(pollers, 1 + device_count, wait_ms(now_us())) < 0)
        return errno == EINTR;
    for (size_t i = 0; i < device_count; i++)
        if (pollers[1 + i].revents && devices[i]->socket >= 0)
            device_readable(devices[i]);
    pass_time();
    return !pollers[0].revents || read_commands();
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    while (serve_once())
        ;
    for (size_t i = 0; i < device_count; i++)
        device_free(devices[i]);
    return 0;
}
