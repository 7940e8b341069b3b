/* Forecasts of all items that are asked for (智能预测): from demand's days to rows, by plan/forecast.h. Days that are
 * marked are left out, and what lies between the others is taken for them. Does not plan purchases. */
#ifndef HEAD_OFFICE_FORECASTS_H
#define HEAD_OFFICE_FORECASTS_H

#include "sync/head-office/office.h"

#define FORECASTS_LEVEL 0.95 /* of the interval between lower and upper */

struct forecasts_job {
    const char *sku; /* "": all that were asked for */
    int64_t workers; /* threads */
    /* Told now and then; NULL: nobody wants to know. */
    void (*progress)(void *user, int64_t done, int64_t total);
    void *user;
};

/* Items are forecast block by block, and each block is written by a transaction of its own: nobody else waits long. Who
 * is stopped begins anew. Outside a transaction. */
int forecasts_make(struct office *office, const struct forecasts_job *job, int64_t *ret_made, struct error *error);

/* One item, inside the caller's transaction. -ENOENT with a sentence: it was never asked for. */
int forecasts_make_one(struct office *office, const char *sku, struct error *error);

/* Somebody wants all of them: whoever serves begins it. Inside a transaction. */
int forecasts_ask(struct office *office, const char *who, struct error *error);

/* Whether serve is to begin: it was asked for, or it is the hour of a day on which none was made. */
int forecasts_due(struct office *office, bool *ret, struct error *error);

/* What becomes of the run, each in a transaction of its own. */
int forecasts_begin(struct office *office, struct error *error);
int forecasts_end(struct office *office, const char *fault, struct error *error); /* fault "": it is done */

#endif
