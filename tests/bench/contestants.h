/* Who is measured: the turn with the floor and the store; a bare loop over SQLite that does the same writes; a file
 * that each scan's journal line is appended to. Each does a range of the same scans, so many to a commit, and tells how
 * it went. A commit is durable in all three. */
#ifndef TESTS_BENCH_CONTESTANTS_H
#define TESTS_BENCH_CONTESTANTS_H

#include "work.h"

struct range {
    size_t first, count, per_commit;
};

struct ours;
struct ours *ours_open(const char *path);
void ours_run(struct ours *ours, const struct work *work, struct range range, struct tally *tally);
void ours_close(struct ours *ours);

struct bare;
struct bare *bare_open(const char *path, const struct work *work);
void bare_run(struct bare *bare, const struct work *work, struct range range, struct tally *tally);
void bare_close(struct bare *bare);

struct append_log;
struct append_log *append_log_open(const char *path);
void append_log_run(struct append_log *log, const struct work *work, struct range range, struct tally *tally);
void append_log_close(struct append_log *log);

#endif
