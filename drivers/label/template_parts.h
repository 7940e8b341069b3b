/* What a template is made of, for the files that read it, fill it with data and draw it. Not for anybody else:
 * template.h is. */
#ifndef LABEL_TEMPLATE_PARTS_H
#define LABEL_TEMPLATE_PARTS_H

#include "drivers/label/template.h"

#define TEMPLATE_ELEMENTS_MAX 200
#define TEMPLATE_LISTS_MAX    4
#define TEMPLATE_LINE_MAX     200 /* bytes of a value: libinih reads no longer lines */
#define TEMPLATE_PATH_MAX     64
#define TEMPLATE_GS1_MAX      16 /* application identifiers in one symbol */

enum element_kind { ELEMENT_TEXT, ELEMENT_SYMBOL, ELEMENT_LINE, ELEMENT_BOX, ELEMENT_IMAGE, ELEMENT_LIST };

/* A section of the file: the words as they stand there, and below what was read from them. */
struct element {
    enum element_kind kind;
    enum symbology symbology;
    char section[64]; /* "text receiver" */
    const char *name; /* inside .section: "receiver" */

    char at[48], when[TEMPLATE_LINE_MAX], in[TEMPLATE_PATH_MAX], page[8];
    char text[TEMPLATE_LINE_MAX], text_en[TEMPLATE_LINE_MAX], text_zh[TEMPLATE_LINE_MAX];
    char height[12], least[12], align[8], overflow[12], turn[4];
    bool bold, middle, wrap, inverse, printer_font;
    char module[24], hri[12], level[12], instead[48];
    char thickness[12];
    char file[64], data[TEMPLATE_PATH_MAX];
    bool dither;
    char each[TEMPLATE_PATH_MAX], pitch[12];

    struct label_box box; /* tenths of a millimetre; of an element of a list: from its row's corner */
    int height_tenths, least_tenths, hri_tenths, thickness_tenths, pitch_tenths;
    int least_module, most_module; /* hundredths of a millimetre */
    int turns;
    const struct element *list; /* whose rows it stands in; NULL: none */
    bool for_hidden;            /* stands in the list's last row when there is no room for the others */
    const struct element *instead_of_it;
    bool is_stand_in; /* drawn only where another's .instead_of_it */
};

struct template
{
    char name[TEMPLATE_NAME_MAX];
    char title_en[64], title_zh[64];
    char size[24], media[12], gap[12];
    char needs[TEMPLATE_LINE_MAX];
    char folder[256]; /* where its pictures are; "" when it is shipped */
    bool shipped, kept;
    struct template *shipped_one; /* of the same name, behind this one; owned */
    int width_tenths, height_tenths, gap_tenths;
    struct element *elements[TEMPLATE_ELEMENTS_MAX]; /* in the order of the file */
    size_t count;
};

/* ---------------------------------------------------------------- filling in */

/* The rows of a list on the page that is being drawn. */
struct list_view {
    const struct element *list;
    const json_t *rows;
    size_t total, first, shown;
    size_t pages;
    size_t hidden; /* that no page shows */
};

/* All that a text may name. */
struct scope {
    const json_t *data;
    enum label_tongue tongue;
    size_t page, pages; /* from 1 */
    struct list_view lists[TEMPLATE_LISTS_MAX];
    size_t list_count;
    const struct element *list; /* of the row that is being drawn; NULL: none */
    const json_t *row;
    size_t row_number; /* from 1, over all pages */
};

/* NULL when it is missing, null, or below what is no object. */
const json_t *scope_find(const struct scope *scope, const char *path);

/* Data, or what follows from it, as text; nothing is put when there is none. -EINVAL label_field. */
int scope_text(const struct scope *scope, const char *path, struct buf *out, struct label_fault *fault);

/* A text with {bindings} and [optional parts]. ret_field: the path that gave most of it; "" when there is none. */
int pattern_fill(const struct scope *scope, const char *pattern, struct buf *out, char ret_field[LABEL_FIELD_MAX],
                 struct label_fault *fault);
int pattern_check(const char *pattern, struct error *error);

/* "copy > 1 and not return"; "" always holds. */
int condition_holds(const struct scope *scope, const char *condition, bool *ret, struct label_fault *fault);
int condition_check(const char *condition, struct error *error);

/* "(01){gtin}(10){lot}": the identifiers and the pattern of each. */
struct gs1_part {
    char ai[5];
    char pattern[TEMPLATE_LINE_MAX];
};
int gs1_parts_read(const char *text, struct gs1_part ret[TEMPLATE_GS1_MAX], size_t *ret_count, struct error *error);

/* The function behind {path|name}; NULL when there is none. -EINVAL: the text is not what .wants says. */
struct filter {
    const char *name;
    int (*run)(const char *text, struct buf *out);
    const char *wants; /* "a date such as 2026-12-31"; NULL: it takes anything */
    const char *help;
};
extern const struct filter template_filters[]; /* ends with a name of NULL */
const struct filter *filter_find(const char *name, size_t length);

#endif
