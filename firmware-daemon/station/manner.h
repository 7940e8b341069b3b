/* How a device speaks: what its section of the configuration says, else its model file, else what is usual.
 * Opens nothing. */
#ifndef STATION_MANNER_H
#define STATION_MANNER_H

#include "config.h"
#include "drivers/model.h"
#include "station/pump.h"
#include "station/reader.h"
#include "station/weigher.h"

/* For a device that a label has bound, or a scanner that is bound to none. plugged: what is plugged in under that id;
 * NULL: nothing is. */
struct manner {
    const struct config *config;
    const struct model_set *models;
    const struct plugged *plugged;
    const char *id;
};
struct reader_settings manner_of_scanner(const struct manner *manner, const char *station);
struct pump_settings manner_of_printer(const struct manner *manner, const char *station);
struct weigher_settings manner_of_scale(const struct manner *manner);

/* For the devices that the configuration names at a station. */
struct reader_settings manner_of_station_scanner(const struct station_config *station);
struct pump_settings manner_of_station_printer(const struct station_config *station);
struct weigher_settings manner_of_station_scale(const struct station_config *station);

#endif
