/* Report descriptors to begin with, so that a fuzzer gets behind the parser of descriptors. Holds data, and the choice
 * between them. */
#ifndef TESTS_FUZZ_HID_KNOWN_H
#define TESTS_FUZZ_HID_KNOWN_H

#include "tests/fuzz/fuzz.h"

struct known_descriptor {
    const uint8_t *bytes;
    size_t length;
};

/* The first byte chooses one; where there are no more, the input brings its own: its length in two bytes, its bytes. */
static inline struct input descriptor_cut(struct input *input, const struct known_descriptor *known, size_t count)
{
    size_t choice = input_byte(input) % (count + 1);
    if (choice == count)
        return input_cut(input, input_number(input));
    struct input whole = {known[choice].bytes, known[choice].length};
    return input_cut(&whole, whole.left);
}

#endif
