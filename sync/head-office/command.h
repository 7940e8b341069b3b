/* The commands of floorhand-hq: their table, and what each is called with. Does not parse the command line: main does.
 */
#ifndef HEAD_OFFICE_COMMAND_H
#define HEAD_OFFICE_COMMAND_H

#include "base/buf.h"
#include "base/option.h"
#include "sync/head-office/office.h"
#include "sync/head-office/sites/hub.h"

#define COMMAND_ARGUMENTS_MAX 24
#define COMMAND_SOME          ((size_t)COMMAND_ARGUMENTS_MAX) /* one argument or more */

struct command_options {
    char database[256], receiver_key[256];
    char site[WIRE_NAME_SIZE], box[WIRE_NAME_SIZE], name[129];
    char order[65], reason[129], state[16], type[65], carrier[65];
    bool all, alone, publish_events, try_only, report, once, progress, for_program;
    char sku[65], who[65], map[256], format[8], party[65], bill[24];
    int64_t after, count, lease_s, hours, silent_hours, call_s, row, workers;
    /* serve */
    char host[129], username[65], password_file[256], ca_file[256], cert_file[256], key_file[256], folder[256],
        client_id[65], topic_prefix[65];
    int64_t port;
    /* tenants */
    char cloud[256], title[129], web_host[129];
    bool yes;
    char png[256];
    char listen[80], page_certificate[256], page_key[256];
    char from[32], to[32];
    char file[512]; /* figure, report */
    /* webhooks */
    int64_t retry_ms, retry_cap_ms, give_up;
    struct hub_settings hub;
};

struct call {
    const struct command *command;
    struct command_options options;                   /* text that was not given is "" */
    const char *arguments[COMMAND_ARGUMENTS_MAX + 1]; /* NULL behind the last */
    bool of_cloud;                                    /* the command is one of cloud_commands */
    struct office office;                             /* open, and the time of the call */
};

struct command {
    const char *name;      /* "site add": one or two words; NULL ends the table */
    const char *arguments; /* "KIND FILE.csv" */
    size_t argument_count; /* exactly; or COMMAND_SOME */
    const char *help;      /* one sentence */
    const struct option_def *options;
    int (*run)(struct call *call, struct error *error); /* -errno with a sentence */
};

extern const struct command commands[];
extern const struct command cloud_commands[]; /* of all tenants' head offices: no database is open for them */

/* What is a wrong call rather than a failure: exit status 2. */
#define COMMAND_USAGE (-EDESTADDRREQ)

#define COMMAND_DATABASE                                                                                               \
    {"database", OPTION_TEXT_AT(struct command_options, database), .fallback = "/var/lib/floorhand-hq/head-office.db", \
     .help = "head office's database: a file, or postgresql://..."},                                                   \
    {                                                                                                                  \
        "receiver-key", OPTION_TEXT_AT(struct command_options, receiver_key),                                          \
            .fallback = "",                                                                                            \
            .help = "the key that receivers are sealed with, where systemd hands no receiver.key over; empty:"         \
                    " receiver.key beside the file"                                                                    \
    }
#define COMMAND_SITE                                                                                                   \
    {                                                                                                                  \
        "site", OPTION_TEXT_AT(struct command_options, site), .help = "the site's name"                                \
    }

/* The site that --site names, or the only one there is. */
int command_choose_site(struct call *call, struct error *error);

/* One line of JSON on standard output; the buf is emptied. */
void command_print(struct buf *json);

int command_forecast_run(struct call *call, struct error *error);
int command_serve(struct call *call, struct error *error);
int command_site_add(struct call *call, struct error *error);
int command_backup(struct call *call, struct error *error);
int command_restore(struct call *call, struct error *error);
int command_site_retire(struct call *call, struct error *error);
int command_broker_ca(struct call *call, struct error *error);
int command_broker_certificate(struct call *call, struct error *error);
int command_broker_office(struct call *call, struct error *error);
int command_broker_server(struct call *call, struct error *error);
int command_broker_acl(struct call *call, struct error *error);
int command_site_join(struct call *call, struct error *error);
int command_site_claim(struct call *call, struct error *error);
int command_sites(struct call *call, struct error *error);
int command_office_import(struct call *call, struct error *error);
int command_import_file(struct call *call, const char *kind_name, const char *path, struct error *error);
int command_release(struct call *call, struct error *error);
int command_cancel(struct call *call, struct error *error);
int command_orders(struct call *call, struct error *error);
int command_order(struct call *call, struct error *error);
int command_order_move(struct call *call, struct error *error);
int command_site_lease(struct call *call, struct error *error);
int command_events(struct call *call, struct error *error);
int command_worker_revoke(struct call *call, struct error *error);
int command_flagged(struct call *call, struct error *error);
int command_parked_replay(struct call *call, struct error *error);
int command_parked(struct call *call, struct error *error);
int command_stock_atp(struct call *call, struct error *error);
int command_stock(struct call *call, struct error *error);
int command_waybills(struct call *call, struct error *error);
int command_waybills_import(struct call *call, struct error *error);
int command_waybills_send(struct call *call, struct error *error);
int command_waybills_void(struct call *call, struct error *error);
int command_waybills_list(struct call *call, struct error *error);
int command_office_status(struct call *call, struct error *error);
int command_list(struct call *call, struct error *error);
int command_get(struct call *call, struct error *error);
int command_office_words(struct call *call, struct error *error);
int command_kinds(struct call *call, struct error *error);
int command_webhooks(struct call *call, struct error *error);
int command_export_epcis(struct call *call, struct error *error);
int command_do(struct call *call, struct error *error);
int command_bill_take(struct call *call, struct error *error);
int command_verbs(struct call *call, struct error *error);
int command_audit(struct call *call, struct error *error);
int command_export(struct call *call, struct error *error);
int command_shops(struct call *call, struct error *error);
int command_figures(struct call *call, struct error *error);
int command_figure(struct call *call, struct error *error);
int command_report(struct call *call, struct error *error);
int command_trail_verify(struct call *call, struct error *error);
int command_shops_run(struct call *call, struct error *error);

#endif
