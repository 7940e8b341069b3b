/* Lines for the operator, on standard error, with the journal's priority prefix when the journal reads them.
 * Only shells log (mains and pumps); library code returns errors instead. Never log a person's data. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));   /* somebody must act */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2))); /* it goes on, but worse */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));    /* what changed */

#endif
