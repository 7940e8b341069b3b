/* What the configuration file says: the site, its stations, and how devices speak. Does not open anything. */
#ifndef CONFIG_H
#define CONFIG_H

#include "base/option.h"
#include "ui/server.h"

#define CONFIG_STATIONS_MAX 250
#define CONFIG_DEVICES_MAX  64

enum site_named {
    SITE_BY_CONFIG,  /* the configuration says id and box */
    SITE_BY_JOINING, /* a joining has, in joined.conf beside the database */
    SITE_UNNAMED,    /* nobody yet: the box waits to be joined, with a database to be thrown away */
};

struct site_config {
    enum site_named named;
    char waiting[272]; /* that database; for SITE_UNNAMED */
    char site[64], box[40], database[256], link_socket[100], labels[256], pictures[256], hardware[100], https[8],
        names[512], tool_key[256], receiver_key[256], backup_folder[256];
    int64_t backup_keep, endurance_gb;
    char sign_in[12];
    bool sign_in_required; /* of it: not "open" */
    int64_t resend_ms, label_limit_s, journal_days;
    struct web_settings ui;
};

/* How a device speaks, where neither its own word nor its model file says so. "auto" and 0: what those say. */
struct device_config {
    char id[160]; /* its identity, as `floorhand device list` prints it */
    char driver[20], layout[8], suffix[8], answer[12], parity[8], flow[12], unit[8];
    int64_t gap_ms, baud, dpi;
};

/* The addresses of devices that only the configuration gives to this station; "": none, but labels may bind some. */
struct station_config {
    char id[64], name[128];
    char scanner[256], scanner_driver[16], layout[8], suffix[8], scanner_answer[12];
    char scanner_parity[8], scanner_flow[12];
    int64_t scanner_baud, scanner_gap_ms;
    char printer[256], printer_language[12], printer_parity[8], printer_flow[12];
    int64_t printer_baud, printer_dpi;
    char label_language[4];
    char scale[256], scale_protocol[20], scale_unit[8], scale_parity[8], scale_flow[12];
    int64_t scale_baud;
};

struct config {
    struct site_config site;
    struct station_config stations[CONFIG_STATIONS_MAX];
    size_t count;
    struct device_config devices[CONFIG_DEVICES_MAX];
    size_t device_count;
};

/* The sentence names file and line. */
int config_load(const char *path, struct config *ret, struct error *error);

/* Everything "auto", the id untouched. */
void config_device_defaults(struct device_config *device);

/* What EVENT_BOOT tells the rules of the stations: floor/bind.c. */
void config_write_stations(const struct config *config, struct buf *lines);

/* The station's place in the configuration. -ENOENT */
int config_find_station(const struct config *config, const char *id);

void config_print_sample(FILE *out);

#endif
