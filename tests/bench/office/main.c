/* floorhand-office-bench: the players of tests/bench/office.py and push.py, one a process. */
#include "office_bench.h"
#include "year.h"

#include <string.h>

static int64_t number(char **argv, int at)
{
    return strtoll(argv[at], NULL, 10);
}

static int run_fill(char **argv)
{
    office_fill(argv[0], (int)number(argv, 1), number(argv, 2));
    return 0;
}

static int run_orders(char **argv)
{
    return orders_ours(argv[0], (int)number(argv, 1), number(argv, 2), argv[3]);
}

static int run_orders_bare(char **argv)
{
    return orders_bare(argv[0], (int)number(argv, 1), number(argv, 2), strcmp(argv[3], "posted") == 0);
}

static struct share share_of(char **argv)
{
    return (struct share){number(argv, 1), number(argv, 2), number(argv, 3), (int)number(argv, 4)};
}

static int run_promises(char **argv)
{
    const struct share share = share_of(argv);
    return promises_ours(argv[0], &share);
}

static int run_promises_bare(char **argv)
{
    const struct share share = share_of(argv);
    return promises_bare(argv[0], &share, strcmp(argv[5], "whole") == 0);
}

static int run_audit(char **argv)
{
    return promises_audit(argv[0]);
}

static int run_chain(char **argv)
{
    return chain_run((int)number(argv, 0), argv[1], argv[2]);
}

static int run_year(char **argv)
{
    return year_fill(argv[0], number(argv, 1), number(argv, 2));
}

static int run_reports(char **argv)
{
    return year_reports(argv[0]);
}

static const struct {
    const char *name, *arguments;
    int count;
    int (*run)(char **argv);
} players[] = {
    {"fill", "DATABASE SHOPS PROMISES", 3, run_fill},
    {"orders", "DATABASE SHOPS ORDERS-OF-EACH WORKER", 4, run_orders},
    {"orders-bare", "DATABASE SHOP ORDERS posted|awaited", 4, run_orders_bare},
    {"promises", "DATABASE FIRST STEP ORDERS PER-COMMIT", 5, run_promises},
    {"promises-bare", "DATABASE FIRST STEP ORDERS PER-COMMIT whole|promise", 6, run_promises_bare},
    {"audit", "DATABASE", 1, run_audit},
    {"year", "DATABASE ORDERS SEED", 3, run_year},
    {"reports", "DATABASE", 1, run_reports},
    {"chain", "PORT DATABASE URL", 3, run_chain},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < COUNT(players); i++)
        if (argc > 1 && strcmp(argv[1], players[i].name) == 0 && argc == players[i].count + 2)
            return players[i].run(argv + 2);
    for (size_t i = 0; i < COUNT(players); i++)
        fprintf(stderr, "floorhand-office-bench %s %s\n", players[i].name, players[i].arguments);
    return 2;
}
