#include "sync/head-office/settings.h"

#include <errno.h>

#define FLAG(member)   OPTION_FLAG_AT(struct settings, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct settings, member)
#define TEXT(member)   OPTION_TEXT_AT(struct settings, member)

const struct option_def settings_table[] = {
    {"audit_by_itself", FLAG(audit_by_itself), .fallback = "no",
     .help = "orders are checked, and their stock is promised, as soon as they come"},
    {"release_by_itself", FLAG(release_by_itself), .fallback = "no",
     .help = "orders whose stock is promised go to their site without a person"},
    {"split_by_itself", FLAG(split_by_itself), .fallback = "no",
     .help = "an order that no site has whole is split among sites"},
    {"unpaid_hold_min", NUMBER(unpaid_hold_min), .fallback = "30", .min = 0, .max = 10080,
     .help = "minutes for which the stock of an order that is not paid is kept; 0: it is not kept"},
    {"silent_hours", NUMBER(silent_hours), .fallback = "24", .min = 1, .max = 8760,
     .help = "nothing is promised of a site that was not heard for so long"},
    {"finish_days", NUMBER(finish_days), .fallback = "15", .min = 1, .max = 365,
     .help = "days after which a shipped order is finished, unless its platform says when"},
    {"amount_limit_minor", NUMBER(amount_limit_minor), .fallback = "0", .min = 0, .max = 1000000000000,
     .help = "an order that cost more is looked at by a person; 0: none is"},
    {"merge_hours", NUMBER(merge_hours), .fallback = "0", .min = 0, .max = 168,
     .help = "orders of one shop to one receiver that came within so many hours are put forward to be merged; 0: not"},
    {"utc_offset_min", NUMBER(utc_offset_min), .fallback = "480", .min = -720, .max = 840,
     .help =
         "minutes by which the clock of the business is ahead of UTC: rules about the hour, days and months go by it"},
    {"refund_before_grading_minor", NUMBER(refund_before_grading_minor), .fallback = "0", .min = 0,
     .max = 1000000000000,
     .help = "a return that a person agrees to is refunded at once up to this amount, before its goods are graded; 0:"
             " none is"},
    {"refund_grades", TEXT(refund_grades), .fallback = "",
     .help = "grades with which a return, an exchange or a repair is settled without a person, like A,B; empty: none"},
    {"exchange_ships_first", FLAG(exchange_ships_first), .fallback = "no",
     .help = "what is sent in exchange is promised and sent when that is agreed, and not when the goods are back"},
    {"return_site", TEXT(return_site), .fallback = "",
     .help = "where goods come back to that no site of ours had sent"},
    {"person_phone_accounts", NUMBER(person_phone_accounts), .fallback = "2", .min = 1, .max = 100,
     .help =
         "a telephone number to which more accounts of one platform order than so many is several people's: it makes"
         " nobody one person"},
    {"receiver_days", NUMBER(receiver_days), .fallback = "180", .min = 0, .max = 3650,
     .help = "days after which a receiver is deleted whose order left or was closed; 0: never"},
    {"session_idle_min", NUMBER(session_idle_min), .fallback = "60", .min = 1, .max = 1440,
     .help = "minutes after which a person who asks for nothing is logged out"},
    {"session_hours", NUMBER(session_hours), .fallback = "12", .min = 1, .max = 168,
     .help = "hours after which a person is logged out in any case"},
    {"daily_report_hour", NUMBER(daily_report_hour), .fallback = "6", .min = -1, .max = 23,
     .help = "the hour from which on the report of the day before is made, by the clock of the business; -1: none is"},
    {"base_currency", TEXT(base_currency), .fallback = "CNY",
     .help = "the currency that the books are kept in, as three letters; not to be changed once they are"},
    {"cost_method", OPTION_CHOICE_AT(struct settings, cost_method), .fallback = "average", .choices = "average|fifo",
     .help = "what pieces cost that leave: the average of all, or what the oldest did; for items that are new"},
    {"bill_rounding_minor", NUMBER(bill_rounding_minor), .fallback = "5", .min = 0, .max = 10000,
     .help = "a difference of a bill up to this is called rounding"},
    {"bill_settle_days", NUMBER(bill_settle_days), .fallback = "15", .min = 0, .max = 365,
     .help = "what a platform has not settled so many days after an order left is missing"},
    {"invoice_tax_rate", NUMBER(invoice_tax_rate), .fallback = "1300", .min = 0, .max = 10000,
     .help = "tax of an invoice's line where nothing else is said, in ten-thousandths"},
    {"forecast_hour", NUMBER(forecast_hour), .fallback = "-1", .min = -1, .max = 23,
     .help = "the hour from which serve makes the day's forecasts by itself; -1: only when it is asked"},
    {"forecast_period", OPTION_CHOICE_AT(struct settings, forecast_period), .fallback = "week", .choices = "day|week",
     .help = "what is forecast: each day, or each week"},
    {"forecast_days", NUMBER(forecast_days), .fallback = "91", .min = 1, .max = 365,
     .help = "so many days ahead are forecast"},
    {"service_level", NUMBER(service_level), .fallback = "9500", .min = 5001, .max = 9999,
     .help = "the chance that stock is enough until new goods come, in ten-thousandths, for items without their own"},
    {"review_days", NUMBER(review_days), .fallback = "7", .min = 0, .max = 365,
     .help = "days from one look at what is to be bought to the next: an order lasts until the goods after it come"},
    {"purchase_site", TEXT(purchase_site), .fallback = "",
     .help = "where bought goods come to, unless something else is said; empty: the only site"},
    {"points_earn", NUMBER(points_earn), .fallback = "0", .min = 0, .max = 1000000,
     .help = "points that a member gets for 100.00 that were paid for goods; 0: none"},
    {"points_worth_minor", NUMBER(points_worth_minor), .fallback = "0", .min = 0, .max = 1000000,
     .help = "what one point pays, in minor units; 0: nothing can be paid with points"},
    {"points_rate", NUMBER(points_rate), .fallback = "10000", .min = 0, .max = 10000,
     .help = "the part of the goods that points may pay, in ten-thousandths"},
    {"join_address", TEXT(join_address), .fallback = "",
     .help = "where boxes find head office's HTTPS when they are joined by a code, as HOST:PORT"},
    {"broker_address", TEXT(broker_address), .fallback = "",
     .help = "where boxes that are joined by a code find the broker, as HOST:PORT"},
    {"join_key", TEXT(join_key), .fallback = "",
     .help = "SHA-256 of the public key that head office's HTTPS shows; serve sets it by itself"},
    {"points_days", NUMBER(points_days), .fallback = "365", .min = 1, .max = 36500,
     .help = "days after which points expire"},
    {0},
};

int settings_load(struct office *office, struct settings *ret, struct error *error)
{
    option_defaults(settings_table, ret);
    struct sql_query *row = sql_select(office->sql, "SELECT name, value FROM setting", SQL_NO_VALUES);
    while (sql_next(row)) {
        struct error stale; /* of another version: it counts for nothing */
        option_set(settings_table, ret, sql_get_text(row, 0), sql_get_text(row, 1), &stale);
    }
    int failed = sql_done(row);
    return failed ? office_failed(office->sql, failed, error) : 0;
}

int settings_put(struct office *office, const char *name, const char *value, struct error *error)
{
    struct settings checked;
    option_defaults(settings_table, &checked);
    int result = option_set(settings_table, &checked, name, value, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO setting (name, value) VALUES (?1, ?2)"
                     " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                     sql_text(name), sql_text(value));
    return result ? office_failed(office->sql, result, error) : 0;
}
