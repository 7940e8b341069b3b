/* What the parts of floorhand-sync-bench share: the day that a site has worked without a link, and the office that
 * knows its orders. Measures nothing by itself. */
#ifndef TESTS_BENCH_SYNC_H
#define TESTS_BENCH_SYNC_H

#include "store/store.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline void must(int result, const char *what)
{
    if (result == 0)
        return;
    fprintf(stderr, "error: the bench cannot go on: %s (%d)\n", what, result);
    exit(1);
}

#define NAME_SIZE 32
void site_name(int number, char out[NAME_SIZE]); /* from 0 */
void box_name(int number, char out[NAME_SIZE]);

/* Opens the site's database and writes so many events, as the floor writes them: orders of two lines that are picked,
 * packed, labelled and shipped. */
struct store *day_open(const char *path, int number);
/* The same for one of very many, whose databases need not survive: a file in the folder. */
struct store *day_open_many(const char *folder, int number);
void day_fill(struct store *store, int64_t events);
/* The same one by one: the next event, in a transaction that is open. Free the day with free(). */
struct day *day_new(void);
void day_write(struct day *day, struct store *store);
int64_t day_orders(int64_t events);

/* Head office's database with the sites and the orders of their days. */
void office_fill(const char *path, int sites, int64_t events);

/* Sites that go on with their journals until head office has all; prints what that took as one JSON object. With one
 * site the journal is the file; otherwise each has one in memory. */
int sites_run(int port, int sites, int64_t events, const char *path);

/* Sites that are connected at once and do as the lines of stdin say, one line of JSON for each (steady.c). */
int steady_run(int port, int sites, const char *folder);

/* A loop that knows nothing but MQTT and a database, in place of ours: it sends so many lines a message, with so many
 * messages unanswered. */
int bare_send(int port, const char *path, int lines, int window, int64_t events);
/* Stores each line in a row and answers when that is committed: all that is there, or (each) every message alone. */
int bare_store(int port, const char *database, bool each);

/* Bytes that an event takes on the wire in segments of 200, 20 and 1. */
int bytes_print(const char *path);

#endif
