/* floorhand-link: the appliance's side of MQTT. */
#include "base/file.h"
#include "base/log.h"
#include "base/option.h"
#include "base/text.h"
#include "sync/link/link.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define AGAIN 1 /* the loop ends: start once more */

static const struct option_def options[] = {
    {"site", OPTION_TEXT_AT(struct link_settings, site), .help = "this site's name at head office; must be given"},
    {"box", OPTION_TEXT_AT(struct link_settings, box), .help = "this box's name at head office; must be given"},
    {"socket", OPTION_TEXT_AT(struct link_settings, socket), .fallback = "/run/floorhand/link.sock",
     .help = "where floorhandd listens: its link_socket"},
    {"host", OPTION_TEXT_AT(struct link_settings, host), .fallback = "localhost",
     .help = "the broker's name or address"},
    {"port", OPTION_NUMBER_AT(struct link_settings, port), .fallback = "1883", .min = 1, .max = 65535,
     .help = "the broker's port; 8883 is usual with ca_file"},
    {"username", OPTION_TEXT_AT(struct link_settings, username), .fallback = "", .help = "for the broker"},
    {"password", OPTION_TEXT_AT(struct link_settings, password), .fallback = "",
     .help = "for the broker; better in the file than on the command line"},
    {"ca_file", OPTION_TEXT_AT(struct link_settings, ca_file), .fallback = "",
     .help = "certificates (PEM) that the broker's must come from; without it there is no TLS"},
    {"cert_file", OPTION_TEXT_AT(struct link_settings, cert_file), .fallback = "",
     .help = "this box's own certificate (PEM), where the broker asks for one: head office makes it"},
    {"key_file", OPTION_TEXT_AT(struct link_settings, key_file), .fallback = "",
     .help = "the key (PEM) of the certificate in cert_file, readable for this program alone"},
    {"topic_prefix", OPTION_TEXT_AT(struct link_settings, topic_prefix), .fallback = "",
     .help = "what stands before every topic, as head office says, where several head offices share the broker"},
    {"joined", OPTION_TEXT_AT(struct link_settings, joined), .fallback = "",
     .help = "the file that is written when this box joins a site by a code (joined.conf): it is waited for, counts "
             "before all else, and is read again when it changes"},
    {"backoff_ms", OPTION_NUMBER_AT(struct link_settings, backoff_ms), .fallback = "2000", .min = 10, .max = 60000,
     .help = "longest wait before the second attempt to connect, doubled each time"},
    {"backoff_max_ms", OPTION_NUMBER_AT(struct link_settings, backoff_max_ms), .fallback = "300000", .min = 10,
     .max = 3600000, .help = "longest wait between attempts to connect"},
    {0},
};

static void *open_section(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    (void)instance;
    return user;
}

static int load_file(struct link_settings *settings, const char *path, struct error *error)
{
    static const struct option_section sections[] = {{"link", options, open_section}, {0}};
    return option_load(path, sections, settings, error);
}

/* Calls for each "--name value" pair whose name is config, or is not. */
static int read_pairs(struct link_settings *settings, char **arguments, bool config, struct error *error)
{
    for (char **at = arguments; *at; at += 2) {
        if (strncmp(*at, "--", 2) != 0)
            return error_set(error, -EINVAL, "\"%s\" is not an option; --help lists them", *at);
        const char *name = *at + 2, *value = at[1];
        if (!value)
            return error_set(error, -EINVAL, "--%s needs a value; --help lists the options", name);
        int result = 0;
        bool missing = config && *settings->joined && access(value, F_OK) != 0;
        if ((strcmp(name, "config") == 0) == config && !missing)
            result = config ? load_file(settings, value, error) : option_set(options, settings, name, value, error);
        if (result)
            return result;
    }
    return 0;
}

/* The command line wins over the file, wherever it stands, and what a joining has written over both. Where that is
 * looked for, no other file need be there. */
static int read_settings(struct link_settings *settings, char **arguments, struct error *error)
{
    option_defaults(options, settings);
    int result = read_pairs(settings, arguments, false, error);
    if (!result)
        result = read_pairs(settings, arguments, true, error);
    if (!result)
        result = read_pairs(settings, arguments, false, error);
    if (!result && *settings->joined && access(settings->joined, F_OK) == 0)
        result = load_file(settings, settings->joined, error);
    return result;
}

/* It has no site, and will get one. */
static bool waits(const struct link_settings *settings)
{
    return *settings->joined && !*settings->site && access(settings->joined, F_OK) != 0;
}

static void print_help(void)
{
    puts("Usage: floorhand-link [--config FILE] [--OPTION VALUE...]\n\n"
         "Carries this site's events to head office and its changes back, over MQTT. It keeps nothing.\n\n"
         "  --config FILE        an INI file with a section [link] of the options below\n"
         "  --help               this list");
    option_print_help(options, stdout);
}

static int open_loop(sd_event **ret)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    sd_event *event;
    int result = sd_event_default(&event);
    if (result < 0)
        return result;
    result = sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL);
    if (result >= 0)
        result = sd_event_add_signal(event, NULL, SIGINT, NULL, NULL);
    if (result >= 0)
        result = sd_event_set_watchdog(event, 1);
    *ret = event;
    return result;
}

static int on_folder(sd_event_source *source, const struct inotify_event *change, void *user)
{
    const struct link_settings *settings = user;
    const char *slash = strrchr(settings->joined, '/');
    bool ours = change->len > 0 && strcmp(change->name, slash ? slash + 1 : settings->joined) == 0;
    return ours ? sd_event_exit(sd_event_source_get_event(source), AGAIN) : 0;
}

/* The file is put in place whole (base/file.h): it is there by its name, or it is not. */
static int watch_joined(sd_event *event, struct link_settings *settings)
{
    char folder[sizeof(settings->joined)];
    if (!*settings->joined)
        return 0;
    file_folder(settings->joined, folder, sizeof(folder));
    return sd_event_add_inotify(event, NULL, folder, IN_MOVED_TO, on_folder, settings);
}

/* AGAIN: the settings are others now. Watched before they are read, so that none is missed. */
static int run(struct link_settings *settings, char **arguments, struct error *error)
{
    sd_event *event = NULL;
    struct link *link = NULL;
    int result = open_loop(&event);
    if (result >= 0)
        result = watch_joined(event, settings);
    if (result < 0)
        error_set(error, result, "cannot set up the event loop, or watch for %s: %s", settings->joined,
                  strerror(-result));
    if (result >= 0)
        result = read_settings(settings, arguments, error);
    bool idle = result >= 0 && waits(settings);
    if (idle)
        log_info("this box has no site yet: waiting for %s", settings->joined);
    if (result >= 0 && !idle)
        result = link_check(settings, error);
    if (result >= 0 && !idle)
        result = link_new(event, settings, &link, error);
    if (result >= 0) {
        sd_notify(0, "READY=1");
        result = sd_event_loop(event);
        if (result != AGAIN)
            sd_notify(0, "STOPPING=1");
        if (result < 0)
            error_set(error, result, "the event loop failed: %s", strerror(-result));
    }
    link_free(link);
    sd_event_unref(event);
    return result;
}

int main(int argc, char **argv)
{
    static struct link_settings settings;
    struct error error;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        print_help();
        return 0;
    }
    if (read_settings(&settings, argv + 1, &error) != 0 || (!waits(&settings) && link_check(&settings, &error) != 0)) {
        log_error("%s", error.text);
        return 2;
    }
    int result = run(&settings, argv + 1, &error);
    if (result == AGAIN) {
        log_info("%s was written: starting anew", settings.joined);
        execv("/proc/self/exe", argv);
    }
    if (result < 0)
        log_error("%s", error.text);
    return result < 0 || result == AGAIN;
}
