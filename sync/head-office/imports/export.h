/* The rows of a kind as a file: CSV as import reads it, or a spreadsheet. Does not say what the kinds are: import.h
 * does.
 */
#ifndef HEAD_OFFICE_EXPORT_H
#define HEAD_OFFICE_EXPORT_H

#include "sync/head-office/imports/import.h"

/* path ends in .csv or .xlsx, else -EINVAL; a file that is there is replaced when all of it is written. site NULL where
 * the kind is not per site. */
int export_file(struct office *office, const struct import_kind *kind, const char *site, const char *path,
                int64_t *ret_rows, struct error *error);

/* A file of rows, whatever they are. */
struct export_sheet;
int export_sheet_open(const char *path, const char *title, struct export_sheet **ret, struct error *error);
int export_sheet_cell(struct export_sheet *sheet, const char *text, bool number);
int export_sheet_end_row(struct export_sheet *sheet);
int export_sheet_close(struct export_sheet *sheet, struct error *error); /* always frees it; NULL is 0 */
void export_sheet_drop(struct export_sheet *sheet);                      /* nothing stays of it */

#endif
