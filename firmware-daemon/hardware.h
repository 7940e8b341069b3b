/* Which board this box runs on: so that a disk that was copied into another board is noticed. Neither a secret nor a
 * proof: anybody can read it. */
#ifndef HARDWARE_H
#define HARDWARE_H

#define HARDWARE_SIZE 33 /* 16 bytes in small hex digits, and a terminator */

/* BLAKE2b-128 of the first of these that there is: the name that is given, the board's serial number in the device
 * tree, the DMI's product UUID or board serial number, the lowest hardware address of a network card that is not on
 * USB. Of a machine that tells nothing, always the same. */
void hardware_id(const char *given, char out[HARDWARE_SIZE]);

#endif
