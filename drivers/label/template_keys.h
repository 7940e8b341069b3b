/* The keys of each kind of section in a template, as one table for the reader and for docs/labels.md.
 * Does not check what the values say: template_check.c does. */
#ifndef LABEL_TEMPLATE_KEYS_H
#define LABEL_TEMPLATE_KEYS_H

#include "base/option.h"
#include "drivers/label/template_parts.h"

struct section_kind {
    const char *word; /* "gs1-128 ", as in "[gs1-128 bars]" */
    enum element_kind kind;
    enum symbology symbology;
    const struct option_def *keys; /* into a struct element */
    const char *help;
};
extern const struct section_kind section_kinds[]; /* ends with a word of NULL */

extern const struct option_def label_keys[]; /* of [label], into a struct template */

#endif
