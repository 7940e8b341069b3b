#include "drivers/scanner/ssi_packet.h"

#include <string.h>

enum { FROM_DECODER = 0, FROM_HOST = 4 };

/* Every opcode that a decoder sends is above (docs.zebra.com, SSI commands), every text that is noise here is below. */
#define OPCODE_MIN 0x80

/* The two's complement of the sum of all bytes before it. */
static uint16_t checksum(const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += bytes[i];
    return (uint16_t)-sum;
}

/* Could these be the first bytes of a decoder's packet? */
static bool is_plausible(const struct ssi_packet *packet)
{
    const uint8_t *bytes = packet->bytes;
    return bytes[SSI_LENGTH] >= SSI_DATA && (packet->length <= SSI_OPCODE || bytes[SSI_OPCODE] >= OPCODE_MIN) &&
           (packet->length <= SSI_SOURCE || bytes[SSI_SOURCE] == FROM_DECODER);
}

enum ssi_taken ssi_packet_take(struct ssi_packet *packet, uint8_t byte)
{
    packet->bytes[packet->length++] = byte;
    while (packet->length > 0 && !is_plausible(packet)) {
        memmove(packet->bytes, packet->bytes + 1, --packet->length);
        packet->skipped++;
    }
    size_t covered = packet->bytes[SSI_LENGTH];
    if (packet->length == 0 || packet->length < covered + SSI_CHECKSUM_SIZE)
        return SSI_PARTIAL;
    unsigned sent = (unsigned)packet->bytes[covered] << 8 | packet->bytes[covered + 1];
    return sent == checksum(packet->bytes, covered) ? SSI_WHOLE : SSI_BAD;
}

void ssi_packet_clear(struct ssi_packet *packet)
{
    packet->length = packet->skipped = 0;
}

size_t ssi_packet_data(const struct ssi_packet *packet, const uint8_t **ret)
{
    *ret = packet->bytes + SSI_DATA;
    return packet->bytes[SSI_LENGTH] - (size_t)SSI_DATA;
}

size_t ssi_packet_make(uint8_t opcode, uint8_t status, int data, uint8_t out[SSI_DATA + 1 + SSI_CHECKSUM_SIZE])
{
    size_t length = SSI_DATA;
    out[SSI_OPCODE] = opcode;
    out[SSI_SOURCE] = FROM_HOST;
    out[SSI_STATUS] = status;
    if (data >= 0)
        out[length++] = (uint8_t)data;
    out[SSI_LENGTH] = (uint8_t)length;
    uint16_t sum = checksum(out, length);
    out[length++] = (uint8_t)(sum >> 8);
    out[length++] = (uint8_t)sum;
    return length;
}
