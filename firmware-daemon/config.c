#include "config.h"

#include "base/file.h"
#include "base/text.h"
#include "sync/wire/join.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define TEXT(type, member)   #member, OPTION_TEXT_AT(struct type, member)
#define NUMBER(type, member) #member, OPTION_NUMBER_AT(struct type, member)
#define CHOICE(type, member) #member, OPTION_CHOICE_AT(struct type, member)

static const struct option_def site_options[] = {
    {"id", OPTION_TEXT_AT(struct site_config, site), .fallback = "",
     .help = "the site's name at head office; without id and box this box is joined by scanning a code of head office"},
    {TEXT(site_config, box), .fallback = "", .help = "this box's name at head office: a-z, 0-9 and -"},
    {TEXT(site_config, database), .fallback = "/var/lib/floorhand/site.db", .help = "where orders and stock are kept"},
    {TEXT(site_config, link_socket), .fallback = "/run/floorhand/link.sock", .help = "where floorhand-link connects"},
    {"address", OPTION_TEXT_AT(struct site_config, ui.address), .fallback = "127.0.0.1",
     .help = "the address that the pages are served on"},
    {"port", OPTION_NUMBER_AT(struct site_config, ui.port), .fallback = "8480", .max = 65535,
     .help = "the port that the pages are served on; 0 takes a free one"},
    {"https", OPTION_CHOICE_AT(struct site_config, https), .fallback = "auto", .choices = "auto|on|off",
     .help = "serve the pages over TLS, and send there who asks without; auto: unless only this machine can ask"},
    {"https_port", OPTION_NUMBER_AT(struct site_config, ui.secure_port), .fallback = "8443", .max = 65535,
     .help = "the port for TLS; 0 takes a free one"},
    {TEXT(site_config, names), .fallback = "",
     .help = "what the box is called in browsers beside its host name and addresses, with blanks between"},
    {"pages", OPTION_NUMBER_AT(struct site_config, ui.clients_max), .fallback = "300", .min = 1, .max = 1000,
     .help = "pages that may be open at the same time"},
    {NUMBER(site_config, label_limit_s), .fallback = "900", .min = 10, .max = 86400,
     .help = "how long a label may wait for its printer; after that a person is asked whether it is still wanted"},
    {TEXT(site_config, labels), .fallback = "",
     .help = "a folder of the site's own label templates, NAME.label; see docs/labels.md"},
    {TEXT(site_config, pictures), .fallback = "",
     .help = "a folder of pictures of the items, SKU.jpg, SKU.png or SKU.webp; see docs/station.md"},
    {NUMBER(site_config, resend_ms), .fallback = "5000", .min = 100, .max = 300000,
     .help = "how long to wait for head office before sending again"},
    {NUMBER(site_config, journal_days), .fallback = "35", .min = 1, .max = 3650,
     .help = "events are kept so long at least, and until they are in a backup of head office's"},
    {TEXT(site_config, backup_folder), .fallback = "",
     .help = "a folder, best on another disk, that gets a backup each night; empty: none. See docs/operations.md"},
    {NUMBER(site_config, backup_keep), .fallback = "7", .min = 1, .max = 1000,
     .help = "so many backups are kept there, the newest"},
    {NUMBER(site_config, endurance_gb), .fallback = "0", .max = 1000000000,
     .help = "what its maker says may be written to the box's disk, in GB; 0: not known"},
    {TEXT(site_config, receiver_key), .fallback = "",
     .help = "the key that receivers are sealed with, where systemd hands no receiver.key over; empty: receiver.key "
             "beside the database. Keep a copy of it elsewhere"},
    {TEXT(site_config, hardware), .fallback = "",
     .help = "which machine this is, where the board has no serial number of its own: a virtual one"},
    {CHOICE(site_config, sign_in), .fallback = "required", .choices = "required|open",
     .help =
         "who opens the supervisors' pages: required, by badge and PIN; open, whoever reaches this address, and then a "
         "badge alone says who asks"},
    {TEXT(site_config, tool_key), .fallback = "/run/floorhand/tool.key",
     .help = "a file made at each start, which lets root and this program's group use the tool floorhand on this box"},
    {0},
};

#define BAUD_MIN 300
#define BAUD_MAX 4000000
#define PARITIES "none|even|odd"
#define FLOWS    "none|rtscts|xonxoff|dtrdsr"

static const struct option_def station_options[] = {
    {TEXT(station_config, name), .fallback = "", .help = "what people call it"},
    {TEXT(station_config, scanner), .fallback = "",
     .help = "serial:/dev/ttyS0, stream:/path, unix:/path, tcp:host:port, usb:VID:PID[:SERIAL] or usb-path:1-2; empty: "
             "scan the station's label with any scanner"},
    {CHOICE(station_config, scanner_driver), .fallback = "auto", .choices = "auto|serial|ssi|hid-keyboard|hid-pos",
     .help = "how the scanner speaks; auto: by what is plugged in"},
    {CHOICE(station_config, layout), .fallback = "us", .choices = "us|uk|de|fr",
     .help = "the layout a keyboard scanner types"},
    {CHOICE(station_config, suffix), .fallback = "any", .choices = "any|cr|lf|crlf", .help = "what ends a scan"},
    {CHOICE(station_config, scanner_answer), .fallback = "none", .choices = "none|ack-nak|honeywell",
     .help = "what a serial scanner waits to hear after each scan"},
    {NUMBER(station_config, scanner_baud), .fallback = "9600", .min = BAUD_MIN, .max = BAUD_MAX,
     .help = "of a serial scanner"},
    {CHOICE(station_config, scanner_parity), .fallback = "none", .choices = PARITIES, .help = "of a serial scanner"},
    {CHOICE(station_config, scanner_flow), .fallback = "none", .choices = FLOWS, .help = "of a serial scanner"},
    {NUMBER(station_config, scanner_gap_ms), .fallback = "0", .max = 60000,
     .help = "silence that ends half a scan; 0: what suits the driver"},
    {TEXT(station_config, printer), .fallback = "", .help = "the label printer's address, as for a scanner"},
    {CHOICE(station_config, printer_language), .fallback = "auto", .choices = "auto|zpl|tspl|epl|cpcl|escpos",
     .help = "what the printer speaks; auto: what it says of itself, otherwise zpl"},
    {NUMBER(station_config, printer_baud), .fallback = "9600", .min = BAUD_MIN, .max = BAUD_MAX,
     .help = "of a serial printer"},
    {CHOICE(station_config, printer_parity), .fallback = "none", .choices = PARITIES, .help = "of a serial printer"},
    {CHOICE(station_config, printer_flow), .fallback = "rtscts", .choices = FLOWS, .help = "of a serial printer"},
    {NUMBER(station_config, printer_dpi), .fallback = "203", .min = 203, .max = 600, .help = "203, 300 or 600"},
    {CHOICE(station_config, label_language), .fallback = "zh", .choices = "zh|en",
     .help = "of the words on its labels"},
    {TEXT(station_config, scale), .fallback = "", .help = "the scale's address, as for a scanner"},
    {CHOICE(station_config, scale_protocol), .fallback = "hid",
     .choices = "hid|mt-sics|toledo-8217|toledo-continuous|a-and-d|cas", .help = "how the scale speaks"},
    {CHOICE(station_config, scale_unit), .fallback = "none", .choices = "none|kg|g|lb|oz",
     .help = "of a scale that sends no unit: without it there is no weight"},
    {NUMBER(station_config, scale_baud), .fallback = "9600", .min = BAUD_MIN, .max = BAUD_MAX,
     .help = "of a serial scale"},
    {CHOICE(station_config, scale_parity), .fallback = "none", .choices = PARITIES, .help = "of a serial scale"},
    {CHOICE(station_config, scale_flow), .fallback = "none", .choices = FLOWS, .help = "of a serial scale"},
    {0},
};

/* [device usb:05e0:1200:SERIAL]: for devices that are bound by a label. */
static const struct option_def device_options[] = {
    {CHOICE(device_config, driver), .fallback = "auto",
     .choices = "auto|serial|ssi|hid-keyboard|hid-pos|zpl|tspl|epl|cpcl|escpos|hid|mt-sics|toledo-8217|"
                "toledo-continuous|a-and-d|cas",
     .help = "how it speaks: a scanner's driver, a printer's language, a scale's protocol"},
    {CHOICE(device_config, layout), .fallback = "us", .choices = "us|uk|de|fr",
     .help = "the layout a keyboard scanner types"},
    {CHOICE(device_config, suffix), .fallback = "any", .choices = "any|cr|lf|crlf", .help = "what ends a scan"},
    {CHOICE(device_config, answer), .fallback = "auto", .choices = "auto|none|ack-nak|honeywell",
     .help = "what a serial scanner waits to hear after each scan"},
    {NUMBER(device_config, gap_ms), .fallback = "0", .max = 60000,
     .help = "silence that ends half a scan; 0: what suits the driver"},
    {NUMBER(device_config, baud), .fallback = "0", .max = BAUD_MAX,
     .help = "of a serial line; 0: by the model, or 9600"},
    {CHOICE(device_config, parity), .fallback = "auto", .choices = "auto|" PARITIES, .help = "of a serial line"},
    {CHOICE(device_config, flow), .fallback = "auto", .choices = "auto|" FLOWS, .help = "of a serial line"},
    {CHOICE(device_config, unit), .fallback = "none", .choices = "none|kg|g|lb|oz",
     .help = "of a scale that sends no unit"},
    {NUMBER(device_config, dpi), .fallback = "203", .min = 203, .max = 600, .help = "of a printer: 203, 300 or 600"},
    {0},
};

void config_device_defaults(struct device_config *device)
{
    option_defaults(device_options, device);
}

static void *open_site(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    (void)instance;
    struct config *config = user;
    return &config->site;
}

static void *open_station(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    struct config *config = user;
    for (size_t i = 0; i < config->count; i++)
        if (strcmp(config->stations[i].id, instance) == 0)
            return &config->stations[i];
    if (config->count == CONFIG_STATIONS_MAX)
        return NULL;
    struct station_config *station = &config->stations[config->count];
    if (!text_copy(station->id, sizeof(station->id), instance))
        return NULL;
    option_defaults(station_options, station);
    config->count++;
    return station;
}

static void *open_device(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    struct config *config = user;
    for (size_t i = 0; i < config->device_count; i++)
        if (strcmp(config->devices[i].id, instance) == 0)
            return &config->devices[i];
    if (config->device_count == CONFIG_DEVICES_MAX)
        return NULL;
    struct device_config *device = &config->devices[config->device_count];
    if (!text_copy(device->id, sizeof(device->id), instance))
        return NULL;
    config_device_defaults(device);
    config->device_count++;
    return device;
}

static const struct option_section sections[] = {
    {"site", site_options, open_site},
    {"station ", station_options, open_station},
    {"device ", device_options, open_device},
    {0},
};

/* What a joining has kept beside the database. */
static int find_site(struct site_config *site, struct error *error)
{
    struct join_kept kept;
    char folder[sizeof(site->database)], path[sizeof(folder) + sizeof("/" JOIN_FILE)];
    file_folder(site->database, folder, sizeof(folder));
    snprintf(path, sizeof(path), "%s/" JOIN_FILE, folder);
    snprintf(site->waiting, sizeof(site->waiting), "%s-" JOIN_UNJOINED, site->database);
    bool joined = access(path, F_OK) == 0;
    int result = joined ? join_kept_load(path, &kept, error) : 0;
    site->named = joined ? SITE_BY_JOINING : SITE_UNNAMED;
    text_copy(site->site, sizeof(site->site), joined && !result ? kept.site : JOIN_UNJOINED);
    text_copy(site->box, sizeof(site->box), joined && !result ? kept.box : JOIN_UNJOINED);
    return result;
}

int config_load(const char *path, struct config *ret, struct error *error)
{
    memset(ret, 0, sizeof(*ret));
    option_defaults(site_options, &ret->site);
    int result = option_load(path, sections, ret, error);
    if (result)
        return result;
    if (!*ret->site.site != !*ret->site.box)
        return error_set(error, -EINVAL,
                         "%s: [site] needs an id and a box, as head office gave them, or neither: then the box is "
                         "joined by scanning a code of head office",
                         path);
    result = *ret->site.site ? 0 : find_site(&ret->site, error);
    if (result)
        return result;
    ret->site.sign_in_required = strcmp(ret->site.sign_in, "open") != 0;
    if (ret->count == 0)
        return error_set(error, -EINVAL, "%s: there is no station: add a section [station bench-1]", path);
    for (size_t i = 0; i < ret->count; i++)
        if (!*ret->stations[i].name)
            text_copy(ret->stations[i].name, sizeof(ret->stations[i].name), ret->stations[i].id);
    return 0;
}

void config_write_stations(const struct config *config, struct buf *lines)
{
    for (size_t i = 0; i < config->count; i++) {
        const struct station_config *station = &config->stations[i];
        buf_printf(lines, "%s %s%s\n", station->id, *station->printer ? "p" : "", *station->scale ? "s" : "");
    }
}

int config_find_station(const struct config *config, const char *id)
{
    for (size_t i = 0; i < config->count; i++)
        if (strcmp(config->stations[i].id, id) == 0)
            return (int)i;
    return -ENOENT;
}

void config_print_sample(FILE *out)
{
    option_print_sample(site_options, "site", out);
    fputc('\n', out);
    option_print_sample(station_options, "station bench-1", out);
    fputs("\n# A device that a label binds to its station, where its model file does not say all of it.\n", out);
    option_print_sample(device_options, "device usb:05e0:1200:SERIAL", out);
}
