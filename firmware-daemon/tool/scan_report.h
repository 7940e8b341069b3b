/* Scans as JSON, the way the tool prints them. Does not read or print anything itself. */
#ifndef TOOL_SCAN_REPORT_H
#define TOOL_SCAN_REPORT_H

#include "base/buf.h"

/* One object about what the code means; 0, or -EBADMSG and {"error":...} when the scan must be rejected. in_store is
 * the format of in-store numbers (barcode_in_store), or "". */
int scan_report_meaning(const char *text, size_t length, const char *in_store, struct buf *out);

/* One object about a scan as its decoder gave it; flags is enum scan_flag. */
void scan_report_scan(const char *text, size_t length, unsigned flags, struct buf *out);
void scan_report_aborted(size_t length, struct buf *out);

#endif
