/* floorhandd: options, open, loop, close. */
#include "base/log.h"
#include "daemon.h"
#include "restore.h"
#include "store/backup.h"
#include "store/journal.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define CONFIG_DEFAULT "/etc/floorhand/floorhandd.conf"

enum { EXIT_USAGE = 2, EXIT_AGAIN = -1 };

static const char usage[] =
    "floorhandd: drives the scanners and printers of one site and keeps its orders and stock\n"
    "\n"
    "  --config FILE     what to read (default " CONFIG_DEFAULT ")\n"
    "  --check           read the configuration, say whether it is right, and stop\n"
    "  --check-database  read the whole database, say whether it is sound, and stop\n"
    "  --can-open        say whether this program can open the database, by its schema, and stop\n"
    "  --schema          print the number of the schema that this program knows, and stop\n"
    "  --restore FILE    put a backup in the place of the database, and stop\n"
    "  --check-copy FILE read a copy of the database whole, print what was found as JSON, and stop\n"
    "  --forget-head-office\n"
    "                    believe the next head office that answers, and stop: after it was set\n"
    "                    up anew, with a key of its own\n"
    "  --sample          write a sample configuration with every option\n"
    "  --help            this text\n"
    "\n"
    "Exit status: 0 stopped when asked, 1 could not go on, 2 wrong usage.\n";

struct arguments {
    const char *config, *restore, *copy;
    bool check, check_database, forget, sample, help, can_open, schema;
};

static int read_arguments(int argc, char **argv, struct arguments *ret)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"check", no_argument, NULL, 'k'},
                                            {"check-database", no_argument, NULL, 'd'},
                                            {"sample", no_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"forget-head-office", no_argument, NULL, 'f'},
                                            {"can-open", no_argument, NULL, 'o'},
                                            {"schema", no_argument, NULL, 'n'},
                                            {"restore", required_argument, NULL, 'r'},
                                            {"check-copy", required_argument, NULL, 'y'},
                                            {0}};
    *ret = (struct arguments){.config = CONFIG_DEFAULT};
    opterr = 0; /* one sentence, and it is ours */
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'c':
            ret->config = optarg;
            break;
        case 'k':
            ret->check = true;
            break;
        case 'd':
            ret->check_database = true;
            break;
        case 'f':
            ret->forget = true;
            break;
        case 'o':
            ret->can_open = true;
            break;
        case 'n':
            ret->schema = true;
            break;
        case 'r':
            ret->restore = optarg;
            break;
        case 'y':
            ret->copy = optarg;
            break;
        case 's':
            ret->sample = true;
            break;
        case 'h':
            ret->help = true;
            break;
        default:
            fprintf(stderr, "floorhandd does not understand \"%s\": floorhandd --help lists the options\n",
                    argv[optind - 1]);
            return -EINVAL;
        }
    }
    if (optind == argc)
        return 0;
    fprintf(stderr, "floorhandd takes no argument \"%s\": floorhandd --help lists the options\n", argv[optind]);
    return -EINVAL;
}

static int set_up_loop(sd_event **ret)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    int result = sd_event_default(ret);
    if (result >= 0)
        result = sd_event_add_signal(*ret, NULL, SIGINT, NULL, NULL);
    if (result >= 0)
        result = sd_event_add_signal(*ret, NULL, SIGTERM, NULL, NULL);
    return result;
}

static int run(const struct config *config)
{
    sd_event *event = NULL;
    struct daemon *daemon = NULL;
    struct error error = {0};
    int result = set_up_loop(&event);
    if (result < 0)
        error_set(&error, result, "the event loop cannot be set up: %s", strerror(-result));
    else
        result = daemon_open(event, config, &daemon, &error);
    if (result < 0) {
        log_error("%s", error.text);
    } else {
        log_info("page: http://%s:%d/", config->site.ui.address, daemon_port(daemon));
        if (daemon_secure_port(daemon) >= 0)
            log_info("page over TLS: https://%s:%d/; floorhand trust says how to trust it", config->site.ui.address,
                     daemon_secure_port(daemon));
        sd_notify(0, "READY=1");
        result = sd_event_loop(event);
        if (result != DAEMON_AGAIN)
            sd_notify(0, "STOPPING=1");
    }
    daemon_close(daemon);
    sd_event_unref(event);
    return result == 0 ? EXIT_SUCCESS : result == DAEMON_AGAIN ? EXIT_AGAIN : EXIT_FAILURE;
}

/* The same program with the same words: the box has another site now. */
static int run_again(char **argv)
{
    execv("/proc/self/exe", argv);
    log_error("the program cannot be started anew: %s", strerror(errno));
    return EXIT_FAILURE;
}

/* While the daemon does not run. */
static int open_database(const struct config *config, struct store **ret, struct error *error)
{
    const struct store_settings settings = {.path = config->site.database,
                                            .site = config->site.site,
                                            .box = config->site.box,
                                            .renamed = config->site.named == SITE_BY_JOINING,
                                            .random = random_system};
    if (access(settings.path, R_OK) != 0) /* opening would make an empty one */
        return error_set(error, -ENOENT, "%s is not there", settings.path);
    return store_open(&settings, ret, error);
}

static int forget_head_office(const struct config *config)
{
    struct error error = {0};
    CLEANUP(store_close_p) struct store *store = NULL;
    int result = open_database(config, &store, &error);
    if (!result && (result = journal_forget_office(store)) != 0)
        error_set(&error, result, "%s cannot be written: %s", config->site.database, sql_message(store->sql));
    if (result)
        log_error("%s", error.text);
    else
        printf("%s believes the next head office that answers\n", config->site.database);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A start reads no large database through (store.c); this does. */
static int check_database(const struct config *config)
{
    struct error error = {0};
    CLEANUP(store_close_p) struct store *store = NULL;
    int result = open_database(config, &store, &error);
    if (!result)
        result = backup_examine(store, &error);
    if (result)
        log_error("%s", error.text);
    else
        printf("%s is sound: every page was read, every law of its ledgers holds, its journal is as it was written\n",
               config->site.database);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int restore(const struct config *config, const struct arguments *arguments)
{
    struct error error = {0};
    int result = arguments->restore ? restore_database(&config->site, arguments->restore, &error)
                                    : restore_can_open(&config->site, &error);
    if (result)
        log_error("%s", error.text);
    return result ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* What needs no configuration. -1: something else is wanted. */
static int answer(const struct arguments *arguments)
{
    if (arguments->help)
        return fputs(usage, stdout) < 0;
    if (arguments->schema)
        return printf("%d\n", backup_schema_known()) < 0;
    if (arguments->copy)
        return restore_check_copy(arguments->copy);
    if (!arguments->sample)
        return -1;
    config_print_sample(stdout);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static struct config config; /* large */
    struct arguments arguments;
    struct error error;
    if (read_arguments(argc, argv, &arguments) != 0)
        return EXIT_USAGE;
    int done = answer(&arguments);
    if (done >= 0)
        return done;
    if (config_load(arguments.config, &config, &error) != 0) {
        log_error("%s", error.text);
        return EXIT_FAILURE;
    }
    if (arguments.check) {
        printf("%s is right: site %s, %zu stations\n", arguments.config,
               config.site.named == SITE_UNNAMED ? "to be joined" : config.site.site, config.count);
        return EXIT_SUCCESS;
    }
    bool of_database = arguments.restore || arguments.forget || arguments.check_database;
    if (of_database && config.site.named == SITE_UNNAMED) {
        log_error("this box has no site yet: join it first, by scanning the code of head office at a station");
        return EXIT_FAILURE;
    }
    if (arguments.restore || arguments.can_open)
        return restore(&config, &arguments);
    if (arguments.forget)
        return forget_head_office(&config);
    if (arguments.check_database)
        return check_database(&config);
    int code = run(&config);
    return code == EXIT_AGAIN ? run_again(argv) : code;
}
