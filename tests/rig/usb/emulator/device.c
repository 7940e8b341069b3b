#include "device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Before each packet in an endpoint's store. */
struct packet_head {
    enum action action; /* DO_NOTHING: length bytes follow */
    uint16_t length;
};

int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct endpoint *endpoint_at(struct device *device, uint8_t address)
{
    return &device->endpoints[(address & 0x0F) | (address & 0x80 ? 0x10 : 0)];
}

static const struct endpoint *endpoint_of(const struct device *device, uint8_t address)
{
    return &device->endpoints[(address & 0x0F) | (address & 0x80 ? 0x10 : 0)];
}

/* ---------------------------------------------------------------- requests that wait */

static struct request *request_free(struct request *request)
{
    if (request)
        free(request->out);
    free(request);
    return NULL;
}

static void push(struct endpoint *endpoint, struct request *request)
{
    if (!endpoint->first)
        endpoint->last = &endpoint->first;
    *endpoint->last = request;
    endpoint->last = &request->next;
}

static void drop_first(struct endpoint *endpoint)
{
    struct request *request = endpoint->first;
    endpoint->first = request->next;
    request_free(request);
}

void device_unhalt(struct device *device, uint8_t address)
{
    endpoint_at(device, address)->halted = false;
}

static bool call_back(struct endpoint *endpoint, uint32_t number)
{
    for (struct request **at = &endpoint->first; *at; at = &(*at)->next) {
        struct request *request = *at;
        if (request->usbip.number != number)
            continue;
        *at = request->next;
        if (!request->next)
            endpoint->last = at;
        request_free(request);
        return true;
    }
    return false;
}

/* The answer to the first request of an endpoint; a lost kernel shows at the next read. */
static void answer(struct device *device, struct endpoint *endpoint, int status, size_t length, const void *in)
{
    usbip_answer(device->socket, endpoint->first->usbip.number, status, length, in);
    drop_first(endpoint);
}

/* At its endpoint, with a copy of its bytes, until it is answered or called back. */
static bool keep(struct device *device, const struct usbip_request *usbip, const uint8_t *out)
{
    size_t length = usbip->endpoint & 0x80 ? 0 : usbip->length;
    struct request *request = calloc(1, sizeof(*request));
    uint8_t *copy = length > 0 ? malloc(length) : NULL;
    if (!request || (length > 0 && !copy)) {
        free(request);
        free(copy);
        usbip_answer(device->socket, usbip->number, -ENOMEM, 0, NULL);
        return false;
    }
    request->usbip = *usbip;
    request->usbip.target = 0;
    request->out = copy;
    if (length > 0)
        memcpy(copy, out, length);
    push(endpoint_at(device, usbip->endpoint), request);
    return true;
}

/* ---------------------------------------------------------------- faults */

void device_set_trigger(struct device *device, const struct trigger *trigger)
{
    device->trigger = *trigger;
    device->trigger.at += device->counts[trigger->counter];
}

static int status_of(enum action action)
{
    static const int statuses[] = {[DO_STALL] = -EPIPE, [DO_PROTO] = -EPROTO, [DO_BABBLE] = -EOVERFLOW, [DO_MODEL] = 0};
    return statuses[action];
}

/* The action that the next event of a kind will meet. */
static enum action next_is(const struct device *device, enum counter counter)
{
    const struct trigger *trigger = &device->trigger;
    return trigger->counter == counter && device->counts[counter] >= trigger->at ? trigger->action : DO_NOTHING;
}

/* It meets it, once. */
static enum action meet(struct device *device, enum counter counter)
{
    struct trigger *trigger = &device->trigger;
    enum action action = next_is(device, counter);
    if (action == DO_NOTHING)
        return DO_NOTHING;
    trigger->action = DO_NOTHING;
    if (action == DO_UNPLUG)
        device_unplug(device);
    else if (action == DO_MODEL && device->model->command)
        device->model->command(device, trigger->word, "");
    return action;
}

/* ---------------------------------------------------------------- IN */

bool device_say(struct device *device, uint8_t address, const void *bytes, size_t length)
{
    struct endpoint *endpoint = endpoint_at(device, address);
    const struct packet_head head = {.length = (uint16_t)length};
    uint8_t *room = store_room(&endpoint->packets, sizeof(head) + length);
    if (!room)
        return false;
    memcpy(room, &head, sizeof(head));
    if (length > 0)
        memcpy(room + sizeof(head), bytes, length);
    store_grow(&endpoint->packets, sizeof(head) + length);
    device_go_on(device, address);
    return true;
}

bool device_say_fault(struct device *device, uint8_t address, enum action action)
{
    const struct packet_head head = {.action = action};
    bool put = store_put(&endpoint_at(device, address)->packets, &head, sizeof(head));
    device_go_on(device, address);
    return put;
}

void device_hush(struct device *device, uint8_t address)
{
    struct store *packets = &endpoint_at(device, address)->packets;
    store_take(packets, store_length(packets));
}

size_t device_unsaid(const struct device *device, uint8_t address)
{
    return store_length(&endpoint_of(device, address)->packets);
}

size_t device_asked(const struct device *device, uint8_t address)
{
    size_t count = 0;
    for (const struct request *request = endpoint_of(device, address)->first; request; request = request->next)
        count++;
    return count;
}

/* What the front packet does to the first request. False: nothing, now and for ever. */
static bool say_packet(struct device *device, struct endpoint *endpoint)
{
    struct packet_head head;
    memcpy(&head, store_bytes(&endpoint->packets), sizeof(head));
    enum action action = head.action;
    if (action == DO_NOTHING && head.length > 0)
        action = meet(device, COUNT_REPORTS);
    if (device->socket < 0 || action == DO_HANG)
        return false;
    size_t asked = endpoint->first->usbip.length;
    if (action == DO_NOTHING || action == DO_MODEL || action == DO_SHORT) {
        size_t length = head.length < asked ? head.length : asked;
        if (action == DO_SHORT)
            length /= 2;
        device->counts[COUNT_REPORTS] += head.length > 0;
        answer(device, endpoint, head.length > asked ? -EOVERFLOW : 0, length,
               store_bytes(&endpoint->packets) + sizeof(head));
    } else {
        endpoint->halted = action == DO_STALL;
        answer(device, endpoint, status_of(action), 0, NULL);
    }
    store_take(&endpoint->packets, sizeof(head) + head.length);
    return true;
}

static void serve_in(struct device *device, struct endpoint *endpoint)
{
    if (endpoint->serving) /* a model that says something because of what it is just saying */
        return;
    endpoint->serving = true;
    while (device->socket >= 0 && endpoint->first)
        if (endpoint->halted)
            answer(device, endpoint, -EPIPE, 0, NULL);
        else if (store_length(&endpoint->packets) == 0 || !say_packet(device, endpoint))
            break;
    endpoint->serving = false;
}

/* ---------------------------------------------------------------- OUT */

/* How many of the bytes come before the trigger. */
static size_t before_trigger(const struct device *device, size_t length)
{
    const struct trigger *trigger = &device->trigger;
    if (trigger->action == DO_NOTHING || trigger->counter != COUNT_BYTES)
        return length;
    uint64_t left = trigger->at - device->counts[COUNT_BYTES];
    return left < length ? (size_t)left : length;
}

/* Offers the model what it has not yet taken of the first request; usbip.target counts what it took. False: it waits.
 */
static bool take_out(struct device *device, struct endpoint *endpoint)
{
    struct request *request = endpoint->first;
    uint32_t *taken = &request->usbip.target;
    while (*taken < request->usbip.length) {
        enum action action = meet(device, COUNT_BYTES);
        if (device->socket < 0 || action == DO_HANG)
            return false;
        if (action != DO_NOTHING && action != DO_MODEL) {
            endpoint->halted = action == DO_STALL;
            answer(device, endpoint, action == DO_SHORT ? 0 : status_of(action), *taken, NULL);
            return true;
        }
        size_t length = before_trigger(device, request->usbip.length - *taken);
        long r = device->model->out ? device->model->out(device, request->usbip.endpoint, request->out + *taken, length)
                                    : (long)length;
        if (r < 0) {
            endpoint->halted = r == -EPIPE;
            answer(device, endpoint, (int)r, *taken, NULL);
            return true;
        }
        if (device->socket < 0 || r == 0)
            return false;
        *taken += (uint32_t)r;
        device->counts[COUNT_BYTES] += (uint64_t)r;
    }
    if (next_is(device, COUNT_BYTES) == DO_UNPLUG) {
        meet(device, COUNT_BYTES);
        return false;
    }
    answer(device, endpoint, 0, *taken, NULL);
    return true;
}

static void serve_out(struct device *device, struct endpoint *endpoint)
{
    if (endpoint->serving)
        return;
    endpoint->serving = true;
    while (device->socket >= 0 && endpoint->first)
        if (endpoint->halted)
            answer(device, endpoint, -EPIPE, 0, NULL);
        else if (!take_out(device, endpoint))
            break;
    endpoint->serving = false;
}

void device_go_on(struct device *device, uint8_t address)
{
    if (address & 0x80)
        serve_in(device, endpoint_at(device, address));
    else
        serve_out(device, endpoint_at(device, address));
}

/* ---------------------------------------------------------------- endpoint 0 */

static int control(struct device *device, const struct setup *setup, uint8_t *data)
{
    int r = device->model->control ? device->model->control(device, setup, data) : -EPIPE;
    if (r == -EPIPE && (setup->type & 0x60) == 0)
        r = device_standard(device, setup, data);
    return r;
}

static void serve_control(struct device *device, const struct usbip_request *usbip, const uint8_t *out)
{
    const uint8_t *raw = usbip->setup;
    const struct setup setup = {raw[0], raw[1], (uint16_t)(raw[2] | raw[3] << 8), (uint16_t)(raw[4] | raw[5] << 8),
                                (uint16_t)(raw[6] | raw[7] << 8)};
    static uint8_t data[UINT16_MAX];
    enum action action = next_is(device, COUNT_CONTROLS);
    if (action == DO_UNPLUG) /* vhci_hcd would leave its host waiting for five seconds */
        usbip_answer(device->socket, usbip->number, -EPROTO, 0, NULL);
    action = meet(device, COUNT_CONTROLS);
    device->counts[COUNT_CONTROLS]++;
    if (device->socket >= 0 && action == DO_HANG)
        keep(device, usbip, out);
    if (device->socket < 0 || action == DO_HANG)
        return;
    bool in = setup.type & 0x80;
    if (action == DO_STALL || action == DO_PROTO || action == DO_BABBLE) {
        usbip_answer(device->socket, usbip->number, status_of(action), 0, NULL);
        return;
    }
    if (!in && usbip->length > 0)
        memcpy(data, out, usbip->length < sizeof(data) ? usbip->length : sizeof(data));
    int r = control(device, &setup, data);
    if (device->socket < 0)
        return;
    if (r > 0 && action == DO_SHORT)
        r /= 2;
    if (r > 0 && (uint32_t)r > usbip->length)
        r = (int)usbip->length;
    if (r < 0)
        usbip_answer(device->socket, usbip->number, r, 0, NULL);
    else
        usbip_answer(device->socket, usbip->number, 0, in ? (size_t)r : usbip->length, in ? data : NULL);
}

/* ---------------------------------------------------------------- what the kernel says */

static void serve_unlink(struct device *device, const struct usbip_request *usbip)
{
    bool found = false;
    for (size_t i = 0; i < ENDPOINTS && !found; i++)
        found = call_back(&device->endpoints[i], usbip->target);
    usbip_answer_unlink(device->socket, usbip->number, found ? -ECONNRESET : 0);
}

static void serve_transfer(struct device *device, const struct usbip_request *usbip, const uint8_t *out)
{
    if (keep(device, usbip, out))
        device_go_on(device, usbip->endpoint);
}

/* False when the next message is not whole yet. */
static bool serve_message(struct device *device)
{
    struct usbip_request usbip;
    size_t have = store_length(&device->incoming);
    if (device->socket < 0 || have < USBIP_HEADER_SIZE)
        return false;
    if (usbip_parse(store_bytes(&device->incoming), &usbip) < 0) {
        fprintf(stderr, "%s: vhci_hcd said what nobody understands\n", device->name);
        device_unplug(device);
        return false;
    }
    size_t follows = usbip.kind == USBIP_SUBMIT && !(usbip.endpoint & 0x80) ? usbip.length : 0;
    if (have < USBIP_HEADER_SIZE + follows)
        return false;
    const uint8_t *out = store_bytes(&device->incoming) + USBIP_HEADER_SIZE;
    if (usbip.kind == USBIP_UNLINK)
        serve_unlink(device, &usbip);
    else if (usbip.endpoint & 0x0F)
        serve_transfer(device, &usbip, out);
    else
        serve_control(device, &usbip, out);
    if (device->socket >= 0)
        store_take(&device->incoming, USBIP_HEADER_SIZE + follows);
    return true;
}

#define READ_AT_ONCE ((size_t)256 << 10)

void device_readable(struct device *device)
{
    uint8_t *room = store_room(&device->incoming, READ_AT_ONCE);
    ssize_t length = room ? recv(device->socket, room, READ_AT_ONCE, MSG_DONTWAIT) : 0;
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length <= 0) {
        device_unplug(device);
        return;
    }
    store_grow(&device->incoming, (size_t)length);
    while (serve_message(device))
        ;
}

/* ---------------------------------------------------------------- coming and going */

static void forget_requests(struct device *device)
{
    for (size_t i = 0; i < ENDPOINTS; i++)
        while (device->endpoints[i].first)
            drop_first(&device->endpoints[i]);
    store_done(&device->incoming);
}

/* What is under way when a cable is pulled: a host controller notices that nobody answers (EPROTO), or hears first from
 * the hub that the device is gone and calls the transfers back itself. Both happen; here they take turns. */
static void let_down(struct device *device)
{
    static unsigned turn;
    if (turn++ % 2 == 0)
        for (size_t i = 0; i < ENDPOINTS; i++)
            for (const struct request *request = device->endpoints[i].first; request; request = request->next)
                usbip_answer(device->socket, request->usbip.number, -EPROTO, 0, NULL);
}

void device_unplug(struct device *device)
{
    if (device->socket < 0)
        return;
    let_down(device);
    close(device->socket);
    device->socket = -1;
    if (device->model->unplug)
        device->model->unplug(device);
    forget_requests(device);
}

struct device *device_free(struct device *device)
{
    if (!device)
        return NULL;
    device_unplug(device);
    forget_requests(device);
    for (size_t i = 0; i < ENDPOINTS; i++)
        store_done(&device->endpoints[i].packets);
    free(device);
    return NULL;
}
