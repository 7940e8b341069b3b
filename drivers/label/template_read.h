/* A template's file while it is read: from words in sections to elements. Not for anybody but its two files. */
#ifndef LABEL_TEMPLATE_READ_H
#define LABEL_TEMPLATE_READ_H

#include "drivers/label/template_parts.h"

struct reading {
    struct template *template;
    const char *text; /* of the file, terminated */
    struct label_fault *fault;
    bool has_label; /* there was a section [label] */
};

/* -EINVAL, always; the sentence begins with file and line. key: what the fault is about; NULL: the section. */
int reading_refuse(struct reading *reading, const char *section, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Reads what the words say into the elements' lengths and links. */
int template_check(struct reading *reading);

#endif
