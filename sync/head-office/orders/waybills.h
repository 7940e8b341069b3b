/* Head office's waybill numbers: its stock for each site, handing them out, and what sites report of them.
 * Does not get numbers from carriers: files bring them, and platforms give them (shops/waybill_parcels.h). */
#ifndef HEAD_OFFICE_WAYBILLS_H
#define HEAD_OFFICE_WAYBILLS_H

#include "sync/head-office/office.h"

#define WAYBILLS_NUMBER_SIZE 64 /* as long as a site takes one */
#define WAYBILLS_STATES      "stock|sent|live|void_pending|void|refused"

struct waybill_row {
    char waybill[WAYBILLS_NUMBER_SIZE], carrier[64]; /* as long as a site takes them */
    char order[65];                                  /* "": for any order of the carrier */
    char sort_code[65], short_address[129], package_center[129], qr[513];
};

/* As in catalogue.h: a row of a file, into the stock for a site. Inside a transaction, as everything here. */
int waybills_put(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
                 struct error *error);

/* Numbers for the orders that a site has and that have none, as far as there are any: parked ones first. */
int waybills_serve(struct office *office, const char *site, struct error *error);

/* A number for an order that its site has: its own, else one that its platform is asked for, else one of the stock that
 * is any order's. -ENOENT: there is none, and none will come. */
int waybills_give(struct office *office, const char *site, const char *order, const char *carrier);

/* A number that is for one order alone goes to its site, if the order is there and lacks one, and it waits for nothing.
 */
int waybills_hand_over(struct office *office, const char *number, struct error *error);

/* Until the end of the transaction the order does not move: whoever gives it to its site and whoever brings its number
 * see each other. In the order in which all lock these rows. */
int waybills_lock(struct sql *sql, const char *site, const char *order);

/* The site does not have the order any more: numbers that went with it and are on no parcel are to be made void, and
 * the site is told, which would take them for the same order if it got that once more. */
int waybills_take_back(struct office *office, const char *site, const char *order);

/* Up to count numbers to a site for whatever parcel needs one. */
int waybills_send(struct office *office, const char *site, const char *carrier, int64_t count, int64_t *ret_count,
                  struct error *error);

/* The carrier has made a number void that a site gave up, or that is in stock: the site is told. */
int waybills_void(struct office *office, const char *number, struct error *error);

/* What a site reports: a parcel has the number / it was given up / the change with this number in the feed was not
 * taken. -EEXIST: it is another order's, another site's, or void; nothing is changed then. */
int waybills_live(struct sql *sql, const char *site, const char *number, const char *order);
int waybills_given_up(struct sql *sql, const char *site, const char *number, const char *order);
int waybills_refused(struct sql *sql, const char *site, int64_t feed_seq);

#endif
