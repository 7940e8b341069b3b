/* A configuration file, and another system's map of columns. The input is the file. */
#include "base/option.h"
#include "base/text.h"
#include "tests/fuzz/fuzz.h"

#define STATIONS_MAX 3

struct site {
    char name[24], mode[8];
    int64_t port;
    bool open;
};

struct station {
    char name[24];
    int64_t baud;
};

static const struct option_def site_options[] = {
    {"name", OPTION_TEXT_AT(struct site, name), .help = "what it is called"},
    {"mode", OPTION_CHOICE_AT(struct site, mode), .fallback = "on", .choices = "on|off", .help = "on or off"},
    {"port", OPTION_NUMBER_AT(struct site, port), .fallback = "80", .min = 1, .max = 65535, .help = "a port"},
    {"open", OPTION_FLAG_AT(struct site, open), .fallback = "yes", .help = "yes or no"},
    {0},
};
static const struct option_def station_options[] = {
    {"name", OPTION_TEXT_AT(struct station, name), .fallback = "", .help = "what people call it"},
    {"baud", OPTION_NUMBER_AT(struct station, baud), .fallback = "9600", .min = 300, .max = 921600, .help = "a speed"},
    {0},
};

struct whole {
    struct site site;
    struct station stations[STATIONS_MAX];
    size_t count;
};

static void *open_site(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    (void)instance;
    struct whole *whole = user;
    option_defaults(site_options, &whole->site);
    return &whole->site;
}

static void *open_station(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    struct whole *whole = user;
    CLAIM(text_is_utf8(instance, strlen(instance)) || *instance);
    if (whole->count == STATIONS_MAX)
        return NULL;
    option_defaults(station_options, &whole->stations[whole->count]);
    return &whole->stations[whole->count++];
}

static const struct option_section sections[] = {
    {"site", site_options, open_site}, {"station ", station_options, open_station}, {0}};

static void check_whole(const struct whole *whole)
{
    CLAIM(strnlen(whole->site.name, sizeof(whole->site.name)) < sizeof(whole->site.name));
    CLAIM(!*whole->site.mode || strcmp(whole->site.mode, "on") == 0 || strcmp(whole->site.mode, "off") == 0);
    CLAIM(whole->site.port == 0 || (whole->site.port >= 1 && whole->site.port <= 65535));
    for (size_t i = 0; i < whole->count; i++) {
        CLAIM(strnlen(whole->stations[i].name, sizeof(whole->stations[i].name)) < sizeof(whole->stations[i].name));
        CLAIM(whole->stations[i].baud >= 300 && whole->stations[i].baud <= 921600);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text CLEANUP(cleanup_free) = strndup((const char *)data, size);
    struct whole whole = {0};
    struct error error = {0};
    CLAIM(text);
    int result = option_load_text("site.conf", text, sections, &whole, &error);
    CLAIM(result == 0 || (result < 0 && *error.text));
    check_whole(&whole);
    return 0;
}
