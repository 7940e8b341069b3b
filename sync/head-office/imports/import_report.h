/* What an import changes, row by row, whatever its kind: the rows before it are kept aside and compared with those
 * after it. Changes nothing itself. */
#ifndef HEAD_OFFICE_IMPORT_REPORT_H
#define HEAD_OFFICE_IMPORT_REPORT_H

#include "sync/head-office/imports/import.h"

/* Before the import, and after it, in the same transaction. */
int import_report_open(struct office *office, const struct import_kind *kind, const char *site, struct error *error);
int import_report_close(struct office *office, const struct import_kind *kind, const struct import_options *options,
                        struct import_result *outcome, struct error *error);

#endif
