/* Suppliers and customers as files bring them. Does not know what they bought or sold. */
#ifndef HEAD_OFFICE_PARTNERS_H
#define HEAD_OFFICE_PARTNERS_H

#include "sync/head-office/office.h"

#define PARTNERS_CODE_SIZE 65
#define PARTNERS_TEXT_SIZE 257

struct supplier {
    char code[PARTNERS_CODE_SIZE], name[PARTNERS_TEXT_SIZE], contact[PARTNERS_TEXT_SIZE], phone[PARTNERS_CODE_SIZE];
    char email[PARTNERS_TEXT_SIZE], address[PARTNERS_TEXT_SIZE], currency[4], note[PARTNERS_TEXT_SIZE];
    int64_t lead_days, lead_spread_days, terms_days, order_minor;
};

struct customer {
    char code[PARTNERS_CODE_SIZE], name[PARTNERS_TEXT_SIZE], phone[PARTNERS_CODE_SIZE], email[PARTNERS_TEXT_SIZE];
    char province[PARTNERS_CODE_SIZE], city[PARTNERS_CODE_SIZE], district[PARTNERS_CODE_SIZE];
    char address[2 * PARTNERS_TEXT_SIZE], note[PARTNERS_TEXT_SIZE];
    bool consent; /* may be written to */
};

/* As catalogue_put_item(); the site counts for nothing. Inside a transaction. */
int partners_put_supplier(struct office *office, const char *site, const void *row, int64_t *changed,
                          const char **ret_column, struct error *error);
int partners_put_customer(struct office *office, const char *site, const void *row, int64_t *changed,
                          const char **ret_column, struct error *error);

#endif
