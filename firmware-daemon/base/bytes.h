/* Whole numbers as bytes in little-endian order, for what is hashed, signed or sent. Does not check that a number fits:
 * the bytes above size are left out. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* size: 1 to 8 bytes. */
static inline void bytes_put_number(uint8_t *to, size_t size, uint64_t number)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(number >> 8 * i);
}

static inline uint64_t bytes_number(const uint8_t *from, size_t size)
{
    uint64_t number = 0;
    for (size_t i = size; i-- > 0;)
        number = number << 8 | from[i];
    return number;
}

#endif
