/* The daily report: the main figures of a business day beside those of the day before and a week before, and what waits
 * for people. Made once for each day, and kept as it was made: later facts do not change it. */
#ifndef HEAD_OFFICE_DAILY_REPORT_H
#define HEAD_OFFICE_DAILY_REPORT_H

#include "sync/head-office/figures/floor_work.h"

/* The report of yesterday, from the hour on that the setting daily_report_hour says. Nothing where it is made, or none
 * is wanted. Transactions of its own. */
int daily_report_work(struct office *office, struct figure_work *work, struct error *error);

/* -EALREADY: it is made; -EINVAL: the day is none, or not over. Inside a transaction. */
int daily_report_make(struct office *office, const char *day, struct error *error);

/* The last one that was made. -ENOENT with a sentence. */
int daily_report_last(struct office *office, char ret_day[11], struct error *error);

/* The rows of one as a .csv or .xlsx. -ENOENT with a sentence. */
int daily_report_file(struct office *office, const char *day, const char *path, struct error *error);

#endif
