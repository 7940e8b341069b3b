#include "sync/head-office/command.h"

#include "sync/head-office/books/bills.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/sites/join.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TEXT(member)   OPTION_TEXT_AT(struct command_options, member)
#define NUMBER(member) OPTION_NUMBER_AT(struct command_options, member)

#define COMMAND_FOR_PROGRAM                                                                                            \
    {                                                                                                                  \
        "for-program", OPTION_FLAG_AT(struct command_options, for_program),                                            \
            .help = "say faults as JSON, and end with the program that asks"                                           \
    }

#define COMMAND_CLIENT_ID                                                                                              \
    {                                                                                                                  \
        "client-id", TEXT(client_id), .fallback = "floorhand-hq", .help = "head office's MQTT client identifier"       \
    }
#define COMMAND_TOPIC_PREFIX                                                                                           \
    {                                                                                                                  \
        "topic-prefix", TEXT(topic_prefix),                                                                            \
            .fallback = "",                                                                                            \
            .help = "what stands before every topic, where several head offices share the broker: t/NAME"              \
    }
#define COMMAND_FOLDER                                                                                                 \
    {                                                                                                                  \
        "folder", TEXT(folder), .fallback = ".", .help = "where NAME.pem and NAME.key are written"                     \
    }

static const struct option_def plain_options[] = {COMMAND_DATABASE, {0}};
static const struct option_def site_options[] = {COMMAND_DATABASE, COMMAND_SITE, {0}};

static const struct option_def serve_options[] = {
    COMMAND_DATABASE,
    {"host", TEXT(host), .fallback = "127.0.0.1", .help = "the MQTT broker"},
    {"port", NUMBER(port), .fallback = "1883", .min = 1, .max = 65535, .help = "its port"},
    {"ca", TEXT(ca_file), .help = "file of the authority that signed the broker's certificate; turns TLS on"},
    {"broker-certificate", TEXT(cert_file),
     .help = "file of head office's own certificate at the broker; floorhand-hq broker office makes it"},
    {"broker-key", TEXT(key_file), .help = "file of its key"},
    {"username", TEXT(username), .help = "name at the broker"},
    {"password-file", TEXT(password_file), .help = "file whose first line is the password at the broker"},
    COMMAND_CLIENT_ID,
    COMMAND_TOPIC_PREFIX,
    {"publish-events", OPTION_FLAG_AT(struct command_options, publish_events),
     .help = "send every event on to fh1/ce/SITE/TYPE, for programs of others"},
    {"alone", OPTION_FLAG_AT(struct command_options, alone),
     .help = "no other server shares this head office's messages: it is told each of them, and not one of a group"},
    {"listen", TEXT(listen),
     .help = "ADDRESS:PORT to serve HTTP on, for programs of others and pages; not given: none"},
    {"certificate", TEXT(page_certificate),
     .help =
         "file of a certificate (PEM) for what listen serves: TLS, and nothing without; read again when it changes"},
    {"key", TEXT(page_key), .help = "file of its key (PEM)"},
    {"window", NUMBER(hub.window), .fallback = "8", .min = 1, .max = 64, .help = "segments unacknowledged at once"},
    {"segment-max", NUMBER(hub.segment_max), .fallback = "200", .min = 1, .max = 200, .help = "lines of a segment"},
    {"linger-ms", NUMBER(hub.linger_ms), .fallback = "50", .min = 0, .max = 60000,
     .help = "how long sites gather events before they send"},
    {"resend-ms", NUMBER(hub.resend_ms), .fallback = "5000", .min = 10, .max = 600000,
     .help = "first wait before changes are sent again"},
    {"resend-cap-ms", NUMBER(hub.resend_cap_ms), .fallback = "300000", .min = 10, .max = 3600000,
     .help = "longest wait before changes are sent again"},
    {0},
};

static const struct option_def broker_options[] = {
    COMMAND_DATABASE, COMMAND_FOLDER, COMMAND_CLIENT_ID, COMMAND_TOPIC_PREFIX, {0}};
static const struct option_def broker_file_options[] = {
    COMMAND_DATABASE,
    {"file", TEXT(file), .help = "the file to write; left out: standard output"},
    COMMAND_CLIENT_ID,
    COMMAND_TOPIC_PREFIX,
    {0},
};

static const struct option_def site_add_options[] = {
    COMMAND_DATABASE,
    {"box", TEXT(box), .help = "the name of the site's box"},
    {"name", TEXT(name), .help = "the site's name for people"},
    {0},
};

static const struct option_def site_lease_options[] = {
    COMMAND_DATABASE,
    {"seconds", NUMBER(lease_s), .fallback = "0", .min = 0, .max = 31536000, .help = "an hour at least; 0: for ever"},
    {0},
};

static const struct option_def atp_options[] = {
    COMMAND_DATABASE,
    {"sku", TEXT(sku), .help = "this item"},
    {"silent-hours", NUMBER(silent_hours), .fallback = "24", .min = 1, .max = 8760,
     .help = "what is free at a site that was not heard for so long is left out"},
    {0},
};

static const struct option_def release_options[] = {
    COMMAND_DATABASE,
    COMMAND_SITE,
    {"order", TEXT(order), .help = "this order"},
    {"all", OPTION_FLAG_AT(struct command_options, all), .help = "every order that waits"},
    {0},
};

static const struct option_def cancel_options[] = {
    COMMAND_DATABASE,
    {"order", TEXT(order), .help = "this order"},
    {"reason", TEXT(reason), .fallback = "cancelled at head office", .help = "why, for the people at the site"},
    {"who", TEXT(who), .fallback = "command line", .help = "who asks, for the history"},
    {0},
};

static const struct option_def orders_options[] = {
    COMMAND_DATABASE,
    {"state", OPTION_CHOICE_AT(struct command_options, state), .choices = ORDER_STATES, .help = "only these"},
    {0},
};

static const struct option_def events_options[] = {
    COMMAND_DATABASE,
    COMMAND_SITE,
    {"after", NUMBER(after), .fallback = "0", .min = 0, .max = INT64_MAX, .help = "only events with a higher number"},
    {"type", TEXT(type), .help = "only these, for example pick.line"},
    {0},
};

static const struct option_def waybills_send_options[] = {
    COMMAND_DATABASE,
    COMMAND_SITE,
    {"carrier", TEXT(carrier), .help = "whose numbers"},
    {"count", NUMBER(count), .fallback = "100", .min = 1, .max = 100000, .help = "how many, at most"},
    {0},
};

static const struct option_def claim_options[] = {
    COMMAND_DATABASE,
    {"box", OPTION_TEXT_AT(struct command_options, box), .help = "its new name, when it has another one"},
    {0},
};

static const struct option_def join_options[] = {
    COMMAND_DATABASE,
    {"hours", NUMBER(hours), .fallback = "24", .min = 1, .max = JOIN_HOURS_MAX,
     .help = "hours for which the code is good, once"},
    {"png", TEXT(png), .help = "write the code into this file, as a picture to print"},
    {"certificate", TEXT(page_certificate),
     .help = "what a proxy in front of head office shows (PEM), where there is one"},
    {"who", TEXT(who), .fallback = "command line", .help = "who asks, for the history"},
    {0},
};

static const struct option_def waybills_list_options[] = {
    COMMAND_DATABASE,
    COMMAND_SITE,
    {"state", OPTION_CHOICE_AT(struct command_options, state), .choices = WAYBILLS_STATES, .help = "only these"},
    {0},
};

static const struct option_def audit_options[] = {
    COMMAND_DATABASE,
    {"try", OPTION_FLAG_AT(struct command_options, try_only),
     .help = "only say what it would find, and change nothing"},
    {0},
};

static const struct option_def epcis_options[] = {
    COMMAND_DATABASE,
    COMMAND_SITE,
    {"from", TEXT(from), .help = "a day, or a time of UTC: 2026-03-04T09:15:00Z"},
    {"to", TEXT(to), .help = "as from; itself it is outside"},
    {0},
};

static const struct option_def webhooks_options[] = {
    COMMAND_DATABASE,
    {"once", OPTION_FLAG_AT(struct command_options, once), .help = "only send what is due now"},
    {"retry-ms", NUMBER(retry_ms), .fallback = "5000", .min = 10, .max = 3600000,
     .help = "wait after a failure; twice as long after each further one"},
    {"retry-cap-ms", NUMBER(retry_cap_ms), .fallback = "3600000", .min = 10, .max = 86400000, .help = "longest wait"},
    {"give-up", NUMBER(give_up), .fallback = "15", .min = 1, .max = 1000,
     .help = "so many failures one after the other stop a webhook, until a person starts it again"},
    {0},
};

static const struct option_def import_options[] = {
    COMMAND_DATABASE,
    COMMAND_SITE,
    {"map", TEXT(map), .help = "file that says how another system calls the columns and values"},
    {"try", OPTION_FLAG_AT(struct command_options, try_only),
     .help = "say row by row what the file would change, and change nothing"},
    {"report", OPTION_FLAG_AT(struct command_options, report),
     .help = "say row by row what the file changed, and what all rows of the kind come to"},
    {"name", TEXT(name), .help = "what the file is called in sentences and among the imports, if not as it is"},
    {"row", NUMBER(row), .fallback = "0", .min = 0, .max = INT64_MAX,
     .help = "the row of the imports that waits for it; 0: a new one"},
    {"progress", OPTION_FLAG_AT(struct command_options, progress), .help = "say how many rows are taken"},
    COMMAND_FOR_PROGRAM,
    {0},
};

static const struct option_def export_options[] = {
    COMMAND_DATABASE,
    COMMAND_SITE,
    {"format", OPTION_CHOICE_AT(struct command_options, format), .fallback = "csv", .choices = "csv|xlsx",
     .help = "of all: what files"},
    {0},
};

static const struct option_def do_options[] = {
    COMMAND_DATABASE,
    {"who", TEXT(who), .fallback = "command line", .help = "who asks, for the history"},
    {0},
};

static const struct option_def shops_run_options[] = {
    COMMAND_DATABASE,
    {"ca", TEXT(ca_file), .help = "file of the authority that signed the platforms' certificates, if not a public one"},
    {"call-s", NUMBER(call_s), .fallback = "30", .min = 1, .max = 60, .help = "longest wait for a platform's answer"},
    {"once", OPTION_FLAG_AT(struct command_options, once), .help = "end when there is nothing to do"},
    {0},
};

static const struct option_def bill_options[] = {
    COMMAND_DATABASE,
    {"format", OPTION_CHOICE_AT(struct command_options, bill), .fallback = "carrier", .choices = BILL_FORMATS,
     .help = "whose kind of bill it is"},
    {"party", TEXT(party), .help = "the shop whose bill it is, or the carrier"},
    {"map", TEXT(map), .help = "file that says how a carrier calls the columns"},
    {"who", TEXT(who), .fallback = "command line", .help = "who asks, for the history"},
    {0},
};

static const struct option_def forecast_options[] = {
    COMMAND_DATABASE,
    {"workers", NUMBER(workers), .fallback = "0", .min = 0, .max = 64,
     .help = "threads; 0: as many as there are processors"},
    {"progress", OPTION_FLAG_AT(struct command_options, progress), .help = "say how many items are done"},
    {0},
};

static const struct option_def figure_options[] = {
    COMMAND_DATABASE,
    {"file", TEXT(file), .help = "write the rows into this file, .xlsx or .csv, and not as JSON"},
    COMMAND_FOR_PROGRAM,
    {0},
};

static const struct option_def report_options[] = {
    COMMAND_DATABASE,
    COMMAND_FOR_PROGRAM,
    {"file", TEXT(file), .help = "of a day: write it into this file, .xlsx or .csv, and not as JSON"},
    {"from", TEXT(from), .help = "of a baseline: the first day that is compared with it"},
    {"to", TEXT(to), .help = "of a baseline: the last day; left out: as many days as it has, until yesterday"},
    {0},
};

const struct command commands[] = {
    {"serve", "", 0, "Talk to the sites over MQTT, until stopped", serve_options, command_serve},
    {"site add", "ID", 1, "Register a site and the box it has", site_add_options, command_site_add},
    {"site join", "ID", 1, "Make the code with which a box joins a site: any station's scanner reads it", join_options,
     command_site_join},
    {"site claim", "ID", 1, "Accept the box that says hello next as this site's, on whatever board", claim_options,
     command_site_claim},
    {"site retire", "ID", 1, "The site is no more: the broker's next access list leaves it out", plain_options,
     command_site_retire},
    {"broker ca", "", 0, "The authority's certificate, for the broker and all who speak with it (PEM)",
     broker_file_options, command_broker_ca},
    {"broker certificate", "SITE", 1, "Make a site's certificate for the broker, and its key", broker_options,
     command_broker_certificate},
    {"broker office", "", 0, "Make head office's own certificate for the broker, and its key", broker_options,
     command_broker_office},
    {"broker server", "HOST...", COMMAND_SOME, "Make the broker's own certificate, for its names and addresses",
     broker_options, command_broker_server},
    {"broker acl", "", 0, "The broker's access list: each site its own topics, and nothing else", broker_file_options,
     command_broker_acl},
    {"backup", "FILE", 1, "Write the whole database into a file and read it again: what it holds, sites may delete",
     plain_options, command_backup},
    {"restore", "FILE", 1, "Make a database of a backup; the sites then bring back what it lacks", plain_options,
     command_restore},
    {"site lease", "ID", 1, "How long the site may begin an order that is released to it from now on",
     site_lease_options, command_site_lease},
    {"site list", "", 0, "The same as sites", plain_options, command_sites},
    {"sites", "", 0, "The sites, and how far each of them is", plain_options, command_sites},
    {"import", "KIND FILE.csv", 2, "Take a file in, all of it or nothing, or say what that would change",
     import_options, command_office_import},
    {"export epcis", "", 0, "What sites reported of goods and parcels, as an EPCIS 2.0 document", epcis_options,
     command_export_epcis},
    {"export", "KIND|all FILE.csv|FILE.xlsx|FOLDER", 2, "Write the rows of a kind into a file, as import reads them",
     export_options, command_export},
    {"release", "", 0, "Hand orders to a site", release_options, command_release},
    {"cancel", "", 0, "Cancel an order, or ask the site to", cancel_options, command_cancel},
    {"orders", "", 0, "The orders", orders_options, command_orders},
    {"order move", "NUMBER", 1, "Give an order to another site, or ask the one that has it", site_options,
     command_order_move},
    {"order", "NUMBER", 1, "One order with its lines and parcels", plain_options, command_order},
    {"events", "", 0, "What the sites reported, as they wrote it", events_options, command_events},
    {"worker revoke", "ID", 1, "A worker's badge is good no more: every site is told", plain_options,
     command_worker_revoke},
    {"flagged", "", 0, "Events that somebody should look at, and why", site_options, command_flagged},
    {"parked replay", "", 0, "Interpret parked events that can be interpreted by now, in their order", plain_options,
     command_parked_replay},
    {"parked", "", 0, "Events that could not be interpreted, and why", site_options, command_parked},
    {"stock atp", "", 0, "What can be promised of each item", atp_options, command_stock_atp},
    {"stock", "", 0, "What lies at each location", site_options, command_stock},
    {"waybills import", "FILE.csv", 1, "The same as import waybills: numbers for a site's parcels", site_options,
     command_waybills_import},
    {"waybills send", "", 0, "Give a site numbers out of the stock that are for no certain order",
     waybills_send_options, command_waybills_send},
    {"waybills void", "NUMBER", 1, "The carrier has made a number void: its site is told", plain_options,
     command_waybills_void},
    {"waybills list", "", 0, "The numbers, one by one", waybills_list_options, command_waybills_list},
    {"waybills", "", 0, "How many numbers there are, per site, carrier and state", site_options, command_waybills},
    {"audit", "", 0, "Check every order that waits for it and promise its stock, or say what that would find",
     audit_options, command_audit},
    {"list", "KIND [FILTER=VALUE...]", COMMAND_SOME, "Rows of a kind; with limit=N and after=NEXT a page of them",
     plain_options, command_list},
    {"get", "KIND CODE", 2, "One row, and what belongs to it", plain_options, command_get},
    {"kinds", "", 0, "What can be looked at, and by which filters", plain_options, command_kinds},
    {"words", "", 0, "States and exceptions in both languages, settings with their ranges, files with their columns",
     plain_options, command_office_words},
    {"webhooks", "", 0, "Send programs of others what they are to be told, until stopped", webhooks_options,
     command_webhooks},
    {"do", "VERB [FIELD=VALUE...]", COMMAND_SOME, "Ask head office to do something", do_options, command_do},
    {"verbs", "", 0, "What head office can be asked to do, and the fields", plain_options, command_verbs},
    {"shops run", "", 0, "Speak for the shops on their platforms, until stopped", shops_run_options, command_shops_run},
    {"shops", "", 0, "The shops on platforms, and how it goes with each", plain_options, command_shops},
    {"bill take", "FILE.csv", 1, "Take in a bill of a platform or carrier, to be compared with the books", bill_options,
     command_bill_take},
    {"forecast run", "", 0, "Count what was asked for, and forecast every item", forecast_options,
     command_forecast_run},
    {"figures", "", 0, "What figures there are, what each means, and by what it is split", plain_options,
     command_figures},
    {"figure", "NAME [from=DAY] [to=DAY] [by=SPLIT] [limit=N] [FILTER=VALUE]", COMMAND_SOME,
     "A figure of a period, and the rows that it comes from", figure_options, command_figure},
    {"report", "day [DAY] | baseline NAME", COMMAND_SOME,
     "The daily report, the last or of a day; or a baseline beside a later period", report_options, command_report},
    {"trail verify", "", 0, "Whether the trail of who did what is whole, and the hash of its last line", plain_options,
     command_trail_verify},
    {"status", "", 0, "Head office as a whole", plain_options, command_office_status},
    {0},
};

static int check_site(struct call *call, struct error *error)
{
    int64_t found;
    int result = sql_number(call->office.sql, &found, "SELECT 1 FROM site WHERE id = ?1", sql_text(call->options.site));
    if (result == -ENOENT)
        return error_set(error, result, "there is no site \"%s\": \"floorhand-hq site list\" names them",
                         call->options.site);
    return result ? office_failed(call->office.sql, result, error) : 0;
}

int command_choose_site(struct call *call, struct error *error)
{
    if (*call->options.site)
        return check_site(call, error);
    struct sql_query *site = sql_select(call->office.sql, "SELECT id FROM site LIMIT 2", SQL_NO_VALUES);
    size_t count = 0;
    for (; sql_next(site); count++)
        sql_copy_text(site, 0, call->options.site, sizeof(call->options.site));
    int failed = sql_done(site);
    if (failed)
        return office_failed(call->office.sql, failed, error);
    if (count == 0)
        return error_set(error, -ENOENT, "there is no site yet: add one with \"floorhand-hq site add ID --box BOX\"");
    if (count > 1)
        return error_set(error, COMMAND_USAGE, "there are several sites: say which with --site");
    return 0;
}

void command_print(struct buf *json)
{
    puts(buf_text(json));
    buf_clear(json);
}
