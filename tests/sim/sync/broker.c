/* The broker: keeps nothing over a restart, and in trouble loses, repeats and reorders. */
#include "world.h"

#include "base/defect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKETS_MAX 1024

struct packet {
    int64_t due_us;
    bool up; /* to head office */
    char box[WIRE_NAME_SIZE];
    int port;
    struct buf bytes;
};

struct broker {
    struct packet packets[PACKETS_MAX];
    size_t count;
};

void broker_open(struct world *world)
{
    world->broker = calloc(1, sizeof(struct broker));
    if (!world->broker)
        abort();
}

void broker_reset(struct world *world)
{
    while (world->broker->count > 0)
        buf_done(&world->broker->packets[--world->broker->count].bytes);
}

static void put(struct world *world, bool up, const char *box, int port, const void *bytes, size_t length)
{
    struct broker *broker = world->broker;
    if (broker->count == PACKETS_MAX)
        return;
    struct packet *packet = &broker->packets[broker->count++];
    *packet = (struct packet){.up = up, .port = port};
    snprintf(packet->box, sizeof(packet->box), "%s", box);
    const uint64_t delay = (uint64_t)world->faults.delay;
    uint64_t most = world->calm ? 1000 : 20000;
    if (!world->calm && delay && world->slow) /* all take some steps */
        most = (uint64_t)world->pace_us * (1 + delay / 5);
    else if (!world->calm && delay && world_chance(world, DRAW_NETWORK, 250)) /* some come long after others */
        most = 1000000 * delay;
    packet->due_us = world->now_us + 1000 + (int64_t)world_draw(world, DRAW_NETWORK, most);
    buf_put(&packet->bytes, bytes, length);
}

static void carry(struct world *world, bool up, const char *box, int port, const void *bytes, size_t length)
{
    static const char *const ports[] = {"segment", "control", "presence"};
    world_note(world, "%s %s: %s, %zu bytes", up ? "from" : "to", box, ports[port], length);
    world->hash = world_hash(world->hash, bytes, length);
    if (!world->calm && world_chance(world, DRAW_NETWORK, world->faults.drop)) {
        world->count.drops++;
        return;
    }
    put(world, up, box, port, bytes, length);
    for (size_t i = 0; i < BOXES && up && DEFECT(1); i++) /* the broker has it: a PUBACK */
        if (world->boxes[i].lives && strcmp(world->boxes[i].box, box) == 0)
            site_published(&world->boxes[i].sync, 0, world->now_us);
    if (!world->calm && world_chance(world, DRAW_NETWORK, world->faults.duplicate)) {
        put(world, up, box, port, bytes, length);
        world->count.duplicates++;
    }
}

void broker_up(struct world *world, struct box *from, int port, const void *bytes, size_t length)
{
    carry(world, true, from->box, port, bytes, length);
}

void broker_down(struct world *world, const char *box, int port, const void *bytes, size_t length)
{
    carry(world, false, box, port, bytes, length);
}

static void deliver(struct world *world, size_t at)
{
    struct broker *broker = world->broker;
    struct packet packet = broker->packets[at];
    memmove(&broker->packets[at], &broker->packets[at + 1], (--broker->count - at) * sizeof(packet));
    if (packet.up)
        hub_receive(world->hub, packet.box, packet.port == PORT_SEGMENT ? WIRE_UP_SEGMENT : WIRE_UP_CONTROL,
                    buf_text(&packet.bytes), packet.bytes.length);
    for (size_t i = 0; i < BOXES && !packet.up; i++)
        if (world->boxes[i].lives && world->boxes[i].linked && strcmp(world->boxes[i].box, packet.box) == 0)
            box_receive(&world->boxes[i], packet.port, buf_text(&packet.bytes), packet.bytes.length);
    buf_done(&packet.bytes);
}

void broker_step(struct world *world)
{
    for (size_t i = 0; i < world->broker->count;) {
        if (world->broker->packets[i].due_us <= world->now_us)
            deliver(world, i);
        else
            i++;
    }
}

void broker_restart(struct world *world)
{
    world_note(world, "the broker starts again");
    broker_reset(world);
    for (size_t i = 0; i < BOXES; i++) {
        struct box *box = &world->boxes[i];
        if (!box->lives || !box->linked)
            continue;
        struct buf presence = {0};
        box_link(box, false);
        box_link(box, true);
        office_side_presence(world, &presence);
        put(world, false, box->box, PORT_OFFICE, presence.data, presence.length);
        buf_done(&presence);
    }
}

int64_t broker_due(const struct world *world)
{
    int64_t due = INT64_MAX;
    for (size_t i = 0; i < world->broker->count; i++)
        if (world->broker->packets[i].due_us < due)
            due = world->broker->packets[i].due_us;
    return due;
}
