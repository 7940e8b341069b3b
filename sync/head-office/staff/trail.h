/* Who did what at head office, as lines of one chain (base/chain.h): none is changed, put in or left out unseen. Every
 * verb leaves one (verb.c), and so do log-ins and files. Holds no secret and nothing that says who a receiver is. Does
 * not judge who may do what. */
#ifndef HEAD_OFFICE_TRAIL_H
#define HEAD_OFFICE_TRAIL_H

#include "base/chain.h"
#include "sync/head-office/office.h"

#define TRAIL_ABOUT_MAX 4096

/* about: JSON, or "". Of what is longer than TRAIL_ABOUT_MAX there is its hash alone. Inside a transaction. */
int trail_add(struct office *office, const char *who, const char *what, const char *about, struct error *error);

struct trail_verdict {
    int64_t lines, last;        /* that are there, and should be */
    int64_t bad;                /* the first that is not as it was written; 0: none */
    char head[CHAIN_TEXT_SIZE]; /* the hash of the last one, to be kept elsewhere; zeroes: there is none */
};

/* Reads all of it. 0 also when a line is bad: the verdict says so. */
int trail_verify(struct office *office, struct trail_verdict *ret, struct error *error);

#endif
