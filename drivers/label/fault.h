/* Why a label is refused: a code for programs, the field, and one sentence for a person, which can be told in Chinese,
 * too. Does not know what is done about it. */
#ifndef LABEL_FAULT_H
#define LABEL_FAULT_H

#include "base/buf.h"
#include "base/error.h"

#define LABEL_FIELD_MAX 64

struct label_fault {
    char code[24];               /* a literal below */
    char field[LABEL_FIELD_MAX]; /* of the data or the template: "receiver.address"; "" when it is about no field */
    char section[64];            /* of the template that was being drawn or read: "text receiver"; "": none */
    int line;                    /* of the template's file; 0: of none */
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

/* The members of an open object, for who mends a template: code, field, message, section, line, and text with en and
 * zh; null where there is none.
 */
void label_fault_write(const struct label_fault *fault, struct buf *json);
/* {"error": {"code", "field", "message"}}, for who prints a label. */
void label_fault_json(const struct label_fault *fault, struct buf *json);

/* A sentence of a fault in Chinese; one that fault_chinese.c does not know stays as it is. */
void label_fault_chinese(const char *english, struct buf *out);

#endif
