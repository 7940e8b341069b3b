/* floorhand-sync-bench: the players of tests/bench/sync.py and sites.py, one a process. */
#include "sync_bench.h"

#include <string.h>

static int64_t number(char **argv, int at)
{
    return strtoll(argv[at], NULL, 10);
}

static int run_fill(char **argv)
{
    struct store *store = day_open(argv[0], 0);
    day_fill(store, number(argv, 1));
    store_close(store);
    return 0;
}

static int run_office(char **argv)
{
    office_fill(argv[0], (int)number(argv, 1), number(argv, 2));
    return 0;
}

static int run_sites(char **argv)
{
    return sites_run((int)number(argv, 0), (int)number(argv, 1), number(argv, 2), argv[3]);
}

static int run_steady(char **argv)
{
    return steady_run((int)number(argv, 0), (int)number(argv, 1), argv[2]);
}

static int run_bare_send(char **argv)
{
    return bare_send((int)number(argv, 0), argv[1], (int)number(argv, 2), (int)number(argv, 3), number(argv, 4));
}

static int run_bare_store(char **argv)
{
    return bare_store((int)number(argv, 0), argv[1], strcmp(argv[2], "each") == 0);
}

static int run_bytes(char **argv)
{
    return bytes_print(argv[0]);
}

static const struct {
    const char *name, *arguments;
    int count;
    int (*run)(char **argv);
} players[] = {
    {"fill", "DATABASE EVENTS", 2, run_fill},
    {"office", "DATABASE SITES EVENTS-OF-EACH", 3, run_office},
    {"sites", "PORT SITES EVENTS-OF-EACH DATABASE", 4, run_sites},
    {"steady", "PORT SITES FOLDER", 3, run_steady},
    {"bare-send", "PORT DATABASE LINES WINDOW EVENTS", 5, run_bare_send},
    {"bare-store", "PORT DATABASE each|shared", 3, run_bare_store},
    {"bytes", "DATABASE", 1, run_bytes},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < COUNT(players); i++)
        if (argc > 1 && strcmp(argv[1], players[i].name) == 0 && argc == players[i].count + 2)
            return players[i].run(argv + 2);
    for (size_t i = 0; i < COUNT(players); i++)
        fprintf(stderr, "floorhand-sync-bench %s %s\n", players[i].name, players[i].arguments);
    return 2;
}
