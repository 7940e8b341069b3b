#include "station/manner.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define COPY(to, from) text_copy(to, sizeof(to), from)

/* On USB a printer says what it speaks, and one that does not may be anything; elsewhere it cannot say so. */
static enum printer_language usual_language(const char *address, enum printer_language known)
{
    bool says_so = strncmp(address, "usb", 3) == 0;
    return known != PRINTER_LANGUAGE_UNKNOWN || says_so ? known : PRINTER_ZPL;
}

static const char *known_unit(const char *unit)
{
    return strcmp(unit, "none") == 0 ? "" : unit;
}

/* ---------------------------------------------------------------- devices that labels bind */

struct words {
    char driver[20], answer[12], lacks[LABEL_LACKS_MAX];
    struct device_config config;
    struct transport_settings line;
};

static void choose(char *out, size_t capacity, const char *configured, const char *known, const char *otherwise)
{
    const char *chosen = strcmp(configured, "auto") != 0 ? configured : known && *known ? known : otherwise;
    text_copy(out, capacity, chosen);
}
#define CHOOSE(to, configured, known, otherwise) choose(to, sizeof(to), configured, known, otherwise)

/* Of "status mute no-z64" what the printer cannot do: "z64". */
static void list_lacks(const char *quirks, char *out, size_t capacity)
{
    size_t length = 0;
    for (const char *at = quirks; *at; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (strncmp(at, "no-", 3) == 0 && length + word < capacity)
            length +=
                (size_t)snprintf(out + length, capacity - length, "%s%.*s", length ? " " : "", (int)word - 3, at + 3);
        at += word;
    }
}

static struct words words_of(const struct manner *manner)
{
    struct words words = {.driver = ""};
    config_device_defaults(&words.config);
    for (size_t i = 0; i < manner->config->device_count; i++)
        if (strcmp(manner->config->devices[i].id, manner->id) == 0)
            words.config = manner->config->devices[i];
    const struct device_config *config = &words.config;
    const struct model *model = manner->plugged ? model_find(manner->models, manner->plugged) : NULL;
    CHOOSE(words.driver, config->driver, model ? model_driver(model, manner->plugged) : NULL, "auto");
    CHOOSE(words.answer, config->answer, model ? model->answer : NULL, "none");
    CHOOSE(words.line.parity, config->parity, model ? model->parity : NULL, "none");
    CHOOSE(words.line.flow, config->flow, model ? model->flow : NULL, "none");
    list_lacks(model ? model->quirks : "", words.lacks, sizeof(words.lacks));
    words.line.baud = config->baud ? config->baud : model ? model->baud : 0;
    COPY(words.line.address, manner->id);
    COPY(words.line.port, manner->plugged ? manner->plugged->port : "");
    return words;
}

struct reader_settings manner_of_scanner(const struct manner *manner, const char *station)
{
    const struct words words = words_of(manner);
    struct reader_settings settings = {.line = words.line, .scanner.gap_ms = words.config.gap_ms};
    COPY(settings.id, manner->id);
    COPY(settings.station, station);
    COPY(settings.driver, words.driver);
    COPY(settings.scanner.layout, words.config.layout);
    COPY(settings.scanner.suffix, words.config.suffix);
    COPY(settings.scanner.answer, words.answer);
    return settings;
}

struct pump_settings manner_of_printer(const struct manner *manner, const char *station)
{
    const struct words words = words_of(manner);
    struct pump_settings settings = {.language = printer_language_named(words.config.driver),
                                     .usual = usual_language(manner->id, printer_language_named(words.driver)),
                                     .dpi = words.config.dpi,
                                     .line = words.line};
    COPY(settings.id, manner->id);
    COPY(settings.station, station);
    COPY(settings.lacks, words.lacks);
    return settings;
}

struct weigher_settings manner_of_scale(const struct manner *manner)
{
    const struct words words = words_of(manner);
    struct weigher_settings settings = {.line = words.line};
    COPY(settings.id, manner->id);
    COPY(settings.protocol, strcmp(words.driver, "auto") != 0 ? words.driver : "hid");
    COPY(settings.scale.unit, known_unit(words.config.unit));
    return settings;
}

/* ---------------------------------------------------------------- devices that the configuration names */

static struct transport_settings line_of(const char *address, int64_t baud, const char *parity, const char *flow)
{
    struct transport_settings line = {.baud = baud};
    COPY(line.address, address);
    COPY(line.parity, parity);
    COPY(line.flow, flow);
    return line;
}

struct reader_settings manner_of_station_scanner(const struct station_config *station)
{
    struct reader_settings settings = {
        .fixed = true,
        .scanner.gap_ms = station->scanner_gap_ms,
        .line = line_of(station->scanner, station->scanner_baud, station->scanner_parity, station->scanner_flow)};
    COPY(settings.id, station->scanner);
    COPY(settings.station, station->id);
    COPY(settings.driver, station->scanner_driver);
    COPY(settings.scanner.layout, station->layout);
    COPY(settings.scanner.suffix, station->suffix);
    COPY(settings.scanner.answer, station->scanner_answer);
    return settings;
}

struct pump_settings manner_of_station_printer(const struct station_config *station)
{
    struct pump_settings settings = {
        .language = printer_language_named(station->printer_language),
        .usual = usual_language(station->printer, PRINTER_LANGUAGE_UNKNOWN),
        .dpi = station->printer_dpi,
        .line = line_of(station->printer, station->printer_baud, station->printer_parity, station->printer_flow)};
    COPY(settings.id, station->printer);
    COPY(settings.station, station->id);
    return settings;
}

struct weigher_settings manner_of_station_scale(const struct station_config *station)
{
    struct weigher_settings settings = {
        .line = line_of(station->scale, station->scale_baud, station->scale_parity, station->scale_flow)};
    COPY(settings.id, station->scale);
    COPY(settings.protocol, station->scale_protocol);
    COPY(settings.scale.unit, known_unit(station->scale_unit));
    return settings;
}
