/* Why a label is refused: a code for programs, the field, and one sentence for a person. */
#ifndef LABEL_FAULT_H
#define LABEL_FAULT_H

#include "base/buf.h"
#include "base/error.h"

#define LABEL_FIELD_MAX 64

struct label_fault {
    char code[24];               /* a literal below */
    char field[LABEL_FIELD_MAX]; /* of the data or the template: "receiver.address"; "" when it is about no field */
    struct error error;          /* what is wrong and what to do, without the code */
};

#define LABEL_OVERFLOW  "label_overflow"  /* it does not fit at its smallest size */
#define LABEL_CHARACTER "label_character" /* a code cannot carry it */
#define LABEL_FIELD     "label_field"     /* missing, or of the wrong kind */
#define LABEL_DATA      "label_data"      /* the data as a whole */
#define LABEL_TEMPLATE  "label_template"  /* the template, or there is none of that name */
#define LABEL_SIZE      "label_size"      /* dots, copies or a line that cannot be */
#define LABEL_FONTS     "label_fonts"
#define LABEL_MEMORY    "label_memory"

/* Returns result. field may be NULL; fault too. */
int label_refuse(struct label_fault *fault, int result, const char *code, const char *field, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* {"error": {"code", "field", "message"}}; field is null when there is none. */
void label_fault_json(const struct label_fault *fault, struct buf *json);

#endif
