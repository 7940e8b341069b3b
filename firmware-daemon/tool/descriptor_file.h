/* A report descriptor from a file: the bytes themselves, or hex as people paste it. Does not look into it. */
#ifndef TOOL_DESCRIPTOR_FILE_H
#define TOOL_DESCRIPTOR_FILE_H

#include "base/error.h"
#include "drivers/hid_report.h"

struct descriptor_file {
    uint8_t bytes[HID_DESCRIPTOR_MAX];
    size_t length;
};

/* Hex may hold blanks and line ends. -errno with a sentence that names the file. */
int descriptor_file_load(const char *path, struct descriptor_file *ret, struct error *error);

#endif
