/* The plugboard in a real event loop, on devices of umockdev, with the real turn over a store in memory: wired as
 * daemon.c wires it, without its pages and its link. Asserts nothing but that it can be set up. */
#ifndef TESTS_DEVICE_BOARD_RIG_H
#define TESTS_DEVICE_BOARD_RIG_H

#include "device/usb_mock.h"
#include "station/plugboard.h"
#include "turn.h"

struct board_rig {
    UMockdevTestbed *bed;
    sd_event *event;
    sd_event_source *take;
    struct random_seeded seeded;
    struct store *store;
    struct turn *turn;
    struct config config; /* two stations, bench-1 and bench-2, whose devices labels may bind */
    struct plugboard *board;
    bool holds;       /* no turn is taken */
    bool rewires;     /* as in daemon.c */
    unsigned changes; /* calls of plugboard_ops.changed */
    struct buf heard; /* "bench-1 E01_UNKNOWN;" for each scan that had its turn, "-" for no station */
};

/* An empty bus, the store, the turn; the board comes with board_rig_start(). */
struct board_rig *board_rig_new(void);
void board_rig_free(struct board_rig *rig);
void board_rig_start(struct board_rig *rig);

/* Once around the loop. libusb is run as well: a mocked device cannot wake it. */
void board_rig_run(struct board_rig *rig);

/* Around the loop until the expression holds, for MOCK_WAIT_MS at most. */
#define BOARD_RIG_AWAIT(rig, expression)                                                                               \
    do {                                                                                                               \
        for (int left_ = MOCK_WAIT_MS; left_ > 0 && !(expression); left_--)                                            \
            board_rig_run(rig);                                                                                        \
        assert_true(expression);                                                                                       \
    } while (0)

/* As head office's or a person's command would: the device belongs there. */
void board_rig_bind(struct board_rig *rig, const char *device, const char *role, const char *station);

void board_rig_hold(struct board_rig *rig, bool holds);

/* How many journal rows have that type. */
int64_t board_rig_rows(struct board_rig *rig, const char *type);

/* Is the device listed with that, as "\"state\":\"unused\""? Any of its lines will do. */
bool board_rig_lists(struct board_rig *rig, const char *device, const char *what);

#endif
