/* The key that lets the tool floorhand in on the box itself: a file made anew at each start, which only root and the
 * daemon's group can read. */
#ifndef TOOL_KEY_H
#define TOOL_KEY_H

#define TOOL_KEY_SIZE 44 /* 32 bytes in base64, terminated */

int tool_key_make(const char *path, char ret[TOOL_KEY_SIZE]); /* -errno; ret is "" then */

#endif
