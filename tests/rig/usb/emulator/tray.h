/* What a label printer does with its bytes, however it is connected: they come out into a file, and it answers when it
 * is asked for its status in ZPL (Zebra's programming guide, ~HS). Draws nothing. */
#ifndef EMULATOR_TRAY_H
#define EMULATOR_TRAY_H

#include "device.h"

enum tray_mode { TRAY_NORMAL, TRAY_MUTE, TRAY_STOP, TRAY_GARBAGE, TRAY_STALL };

struct tray {
    int fd;
    enum tray_mode mode;
    bool paper_out, paused, head_open, ribbon_out;
    unsigned asked;       /* for its status */
    char recent[64];      /* the last bytes: a question may come in pieces */
    char count_path[128]; /* where its count of labels outlives the power; "": it does not count */
    unsigned count, due;  /* due: whole labels that it has, and lets out one for each "print" */
    bool slow;
    size_t said;
    char answer[128];
};

/* The path is in the option "out"; of its count in "count", and with "slow" it prints a label when it is told to. */
int tray_open(struct tray *tray, const struct options *options);
void tray_close(struct tray *tray);

/* As struct model's out. What is to be answered is then in answer, said bytes long, and is the caller's to send. */
long tray_take(struct tray *tray, const uint8_t *bytes, size_t length);

/* mute, stop, normal, ... or paper, pause, head, ribbon with 0 or 1; print lets one label out. */
int tray_command(struct tray *tray, const char *word, const char *rest);
void tray_tell(const struct tray *tray, char *text, size_t size);

#endif
