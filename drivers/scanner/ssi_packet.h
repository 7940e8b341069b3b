/* Packets of Zebra's Simple Serial Interface: found in a stream of bytes, and made.
 * Pure. Does not know what a packet means, nor when to answer. */
#ifndef DRIVERS_SCANNER_SSI_PACKET_H
#define DRIVERS_SCANNER_SSI_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length (of all but the checksum), opcode, source, status, data, two bytes of checksum (SE-923 Integration Guide,
 * chapter 6). */
enum { SSI_LENGTH, SSI_OPCODE, SSI_SOURCE, SSI_STATUS, SSI_DATA, SSI_CHECKSUM_SIZE = 2 };

#define SSI_PACKET_MAX (UINT8_MAX + SSI_CHECKSUM_SIZE)

/* Bits of the status: sent before; more packets of the same message follow (SSI Programmer's Guide 72E-40451). */
enum { SSI_RETRANSMIT = 0x01, SSI_CONTINUES = 0x02 };

/* Zero-initialised it is empty. */
struct ssi_packet {
    size_t length;  /* so far, checksum included */
    size_t skipped; /* bytes before it that belong to no packet */
    uint8_t bytes[SSI_PACKET_MAX];
};

enum ssi_taken {
    SSI_PARTIAL, /* or nothing: bytes that begin no packet are forgotten */
    SSI_WHOLE,   /* with a right checksum */
    SSI_BAD,     /* with a wrong one */
};

/* After SSI_WHOLE and SSI_BAD the packet is to be read and then emptied by ssi_packet_clear. */
enum ssi_taken ssi_packet_take(struct ssi_packet *packet, uint8_t byte);
void ssi_packet_clear(struct ssi_packet *packet);

/* Of a whole packet: its data, and how long it is. */
size_t ssi_packet_data(const struct ssi_packet *packet, const uint8_t **ret);

/* A packet from the host without data, or with one byte of it (below 0: none). Returns its size. */
size_t ssi_packet_make(uint8_t opcode, uint8_t status, int data, uint8_t out[SSI_DATA + 1 + SSI_CHECKSUM_SIZE]);

#endif
