/* What the configuration file says: the site, and which devices form which station. Does not open anything. */
#ifndef CONFIG_H
#define CONFIG_H

#include "base/option.h"
#include "ui/server.h"

#define CONFIG_STATIONS_MAX 50

struct site_config {
    char site[64], box[40], database[256], link_socket[100];
    int64_t resend_ms;
    struct ui_settings ui;
};

struct station_config {
    char id[64], name[128];
    char scanner[256], scanner_driver[16], layout[8], suffix[8];
    char scanner_parity[8], scanner_flow[12], printer[256], printer_parity[8], printer_flow[12];
    int64_t scanner_baud, scanner_gap_ms, printer_baud, printer_dpi;
};

struct config {
    struct site_config site;
    struct station_config stations[CONFIG_STATIONS_MAX];
    size_t count;
};

/* The sentence names file and line. */
int config_load(const char *path, struct config *ret, struct error *error);

void config_print_sample(FILE *out);

#endif
