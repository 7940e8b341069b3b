/* How head office works by itself: each setting with its default, range and meaning. Commands set them; they are rows
 * of the database, so that every program that works on it does the same. Does not hold the server's options: command.c
 * does. */
#ifndef HEAD_OFFICE_SETTINGS_H
#define HEAD_OFFICE_SETTINGS_H

#include "base/option.h"
#include "sync/head-office/office.h"

struct settings {
    bool audit_by_itself, release_by_itself, split_by_itself;
    bool exchange_ships_first;
    int64_t refund_before_grading_minor;
    char refund_grades[8], return_site[65];
    int64_t unpaid_hold_min, silent_hours, finish_days, amount_limit_minor, merge_hours, utc_offset_min;
    int64_t person_phone_accounts;
    int64_t receiver_days, session_idle_min, session_hours;
    char join_address[80], join_key[65], broker_address[80]; /* sites/join.h */
    /* money */
    char base_currency[4], cost_method[8];
    int64_t bill_rounding_minor, bill_settle_days, invoice_tax_rate;
    /* buying */
    char forecast_period[8], purchase_site[65];
    int64_t forecast_hour, forecast_days, service_level, review_days;
    /* marketing */
    int64_t daily_report_hour; /* -1: none */
    int64_t points_earn, points_worth_minor, points_rate, points_days;
};

extern const struct option_def settings_table[];

/* What is set, and the default of what is not. */
int settings_load(struct office *office, struct settings *ret, struct error *error);

/* -ENOENT, -EINVAL, -ERANGE with a sentence. Inside a transaction. */
int settings_put(struct office *office, const char *name, const char *value, struct error *error);

#endif
