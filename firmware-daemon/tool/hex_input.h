/* Standard input as hex, the way people paste it from a capture: all of it, its lines kept apart.
 * Does not know what the bytes mean. */
#ifndef TOOL_HEX_INPUT_H
#define TOOL_HEX_INPUT_H

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HEX_INPUT_MAX ((size_t)1 << 20) /* characters */

/* Zero-initialised it is empty. */
struct hex_input {
    struct buf bytes; /* of all lines */
    struct buf ends;  /* size_t each: where a line that holds bytes ends in them */
    size_t next;      /* line of hex_input_line() */
};
void hex_input_done(struct hex_input *input);

#define CLEANUP_HEX_INPUT CLEANUP(hex_input_done)

/* Blanks may stand between bytes; empty lines and lines that begin with '#' are skipped. -EINVAL with a sentence that
 * names the line, -EFBIG, or -EIO. No input at all is no fault. */
int hex_input_read(FILE *file, struct hex_input *ret, struct error *error);

/* The next line that holds bytes, lent until hex_input_done(); false after the last. */
bool hex_input_line(struct hex_input *input, const uint8_t **ret, size_t *ret_length);

#endif
