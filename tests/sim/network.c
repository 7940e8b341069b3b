#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define PACKETS_MAX 4096

struct packet {
    int64_t due_us;
    enum direction direction;
    enum port port;
    struct buf bytes;
};

struct network {
    struct sim *sim;
    bool up;
    struct packet packets[PACKETS_MAX];
    size_t count;
};

struct network *network_new(struct sim *sim)
{
    struct network *network = calloc(1, sizeof(*network));
    if (!network)
        abort();
    network->sim = sim;
    return network;
}

static void remove_at(struct network *network, size_t index)
{
    network->count--;
    memmove(&network->packets[index], &network->packets[index + 1], (network->count - index) * sizeof(struct packet));
}

static void drop(struct network *network, size_t index)
{
    buf_done(&network->packets[index].bytes);
    remove_at(network, index);
}

void network_free(struct network *network)
{
    while (network->count > 0)
        drop(network, 0);
    free(network);
}

static void put(struct network *network, enum direction direction, enum port port, const void *bytes, size_t length)
{
    if (network->count == PACKETS_MAX)
        return; /* the broker's queue is full: lost, as a broker does */
    struct packet *packet = &network->packets[network->count++];
    *packet = (struct packet){.direction = direction, .port = port};
    /* Delays overtake each other; a healed broker keeps its order. */
    uint64_t delay = network->sim->healed ? 1000 : 1000 + sim_draw(network->sim, DRAW_NETWORK, 200000);
    packet->due_us = network->sim->now_us + (int64_t)delay;
    buf_put(&packet->bytes, bytes, length);
}

void network_send(struct network *network, enum direction direction, enum port port, const void *bytes, size_t length)
{
    struct sim *sim = network->sim;
    sim_note(sim, "%s %s, %zu bytes%s",
             direction == TO_OFFICE ? "to head office:" : "to the site:", port == PORT_SEGMENT ? "segment" : "control",
             length, network->up ? "" : ", broker down");
    if (!network->up || sim_chance(sim, DRAW_NETWORK, sim->healed ? 0 : sim->loss)) {
        sim->count.lost++;
        return;
    }
    put(network, direction, port, bytes, length);
    if (sim_chance(sim, DRAW_NETWORK, sim->healed ? 0 : sim->duplicates))
        put(network, direction, port, bytes, length);
}

static void deliver(struct network *network, size_t index)
{
    struct packet packet = network->packets[index];
    remove_at(network, index);
    if (packet.direction == TO_SITE)
        site_side_receive(network->sim->site, packet.port, buf_text(&packet.bytes), packet.bytes.length);
    else
        office_side_receive(network->sim->office, packet.port, buf_text(&packet.bytes), packet.bytes.length);
    buf_done(&packet.bytes);
}

/* The broker keeps nothing over a restart. */
static void set_up(struct network *network, bool up)
{
    struct sim *sim = network->sim;
    sim_note(sim, "broker %s", up ? "up" : "down");
    network->up = up;
    while (!up && network->count > 0)
        drop(network, 0);
    site_side_link(sim->site, up);
    if (!up)
        return;
    struct buf state = {0};
    office_side_state(sim->office, &state);
    put(network, TO_SITE, PORT_OFFICE, state.data, state.length);
    buf_done(&state);
}

void network_step(struct network *network)
{
    struct sim *sim = network->sim;
    if (!network->up && (sim->healed || sim_chance(sim, DRAW_NETWORK, 20)))
        set_up(network, true);
    else if (network->up && !sim->healed && sim_chance(sim, DRAW_NETWORK, 2))
        set_up(network, false);
    for (size_t i = 0; i < network->count;) {
        if (network->packets[i].due_us <= sim->now_us)
            deliver(network, i);
        else
            i++;
    }
}

bool network_idle(const struct network *network)
{
    return network->up && network->count == 0;
}
