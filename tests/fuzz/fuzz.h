/* What fuzz targets have in common: claims that abort, and the input taken apart.
 * Does not know what is fuzzed. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A target. libFuzzer's name for it; tests/fuzz/replay.c calls it too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever came in. */
#define CLAIM(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

struct input {
    const uint8_t *at;
    size_t left;
};

/* 0 when there is none left. */
static inline uint8_t input_byte(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static inline size_t input_number(struct input *input)
{
    size_t high = input_byte(input);
    return high << 8 | input_byte(input);
}

/* At most so many bytes, in a block of their own that ends where they end: a sanitizer sees one byte too many. */
static inline struct input input_cut(struct input *input, size_t length)
{
    struct input piece = {NULL, length < input->left ? length : input->left};
    uint8_t *block = malloc(piece.left > 0 ? piece.left : 1);
    CLAIM(block);
    piece.at = block;
    if (piece.left == 0)
        return piece;
    memcpy(block, input->at, piece.left);
    input->at += piece.left;
    input->left -= piece.left;
    return piece;
}

static inline void input_free(const struct input *piece)
{
    union { /* the block is lent as const */
        const uint8_t *lent;
        void *own;
    } block = {piece->at};
    free(block.own);
}

#define CLEANUP_INPUT CLEANUP(input_free)

#endif
