#include "drivers/scanner/ssi_code.h"

#include "base/cleanup.h"

#include <ctype.h>

/* Code types of DECODE_DATA (SSI Programmer's Guide 72E-40451, DECODE_DATA; the same numbers are Zebra's scanner SDK's
 * code types), and the identifier of each (ISO/IEC 15424; Symbol's product reference guides, AIM code identifiers).
 * Codes with add-on, composite and postal codes are not here: the decoder joins what the standard keeps apart. */
static const struct {
    uint8_t code;
    char aim[4];
} codes[] = {
    {0x01, "]A0"}, /* Code 39 */
    {0x02, "]F0"}, /* Codabar */
    {0x03, "]C0"}, /* Code 128 */
    {0x04, "]S0"}, /* Discrete 2 of 5 */
    {0x05, "]S0"}, /* IATA 2 of 5 */
    {0x06, "]I0"}, /* Interleaved 2 of 5 */
    {0x07, "]G0"}, /* Code 93 */
    {0x08, "]E0"}, /* UPC-A */
    {0x09, "]E0"}, /* UPC-E */
    {0x0A, "]E4"}, /* EAN-8 */
    {0x0B, "]E0"}, /* EAN-13 */
    {0x0C, "]H0"}, /* Code 11 */
    {0x0E, "]M0"}, /* MSI */
    {0x0F, "]C1"}, /* GS1-128 */
    {0x10, "]E0"}, /* UPC-E1 */
    {0x11, "]L0"}, /* PDF417 */
    {0x13, "]A4"}, /* Code 39, full ASCII */
    {0x15, "]X0"}, /* Trioptic Code 39 */
    {0x16, "]X0"}, /* Bookland EAN */
    {0x19, "]C0"}, /* ISBT 128 */
    {0x1A, "]L0"}, /* MicroPDF417 */
    {0x1B, "]d1"}, /* Data Matrix */
    {0x1C, "]Q1"}, /* QR Code */
    {0x20, "]A0"}, /* Code 32 */
    {0x25, "]U0"}, /* MaxiCode */
    {0x2D, "]z0"}, /* Aztec */
    {0x30, "]e0"}, /* GS1 DataBar */
    {0x31, "]e0"}, /* GS1 DataBar Limited */
    {0x32, "]e0"}, /* GS1 DataBar Expanded */
};

const char *ssi_code_aim(uint8_t code)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        if (codes[i].code == code)
            return codes[i].aim;
    return "";
}

bool ssi_code_is_said(const char *aim, const uint8_t *data, size_t length)
{
    return *aim && length >= 3 && data[0] == ']' && data[1] == (uint8_t)aim[1] && isalnum(data[2]);
}
