/* The register of a cloud: which tenants share this machine, each with a head office of its own. Its place is a folder,
 * where every tenant has a folder with a SQLite file, or a database of PostgreSQL, where every tenant has a schema that
 * belongs to a role of its own. Does not look into tenants' databases (usage.h does), runs nothing (keeper.c does). */
#ifndef TENANTS_REGISTRY_H
#define TENANTS_REGISTRY_H

#include "sync/head-office/office.h"

#define TENANT_NAME_SIZE     33
#define TENANT_TITLE_SIZE    129
#define TENANT_DATABASE_SIZE 512
#define TENANT_PORT_FIRST    18001 /* of 127.0.0.1; the next tenant has the next one */
#define TENANT_STATES        "active|suspended|removed"

struct tenant {
    char name[TENANT_NAME_SIZE]; /* 2 to 32 of a-z, 0-9 and '-', a letter first */
    char title[TENANT_TITLE_SIZE];
    char state[16];
    char secret[ID_TEXT_SIZE]; /* the password of its role; "": it is a file */
    int64_t port, created_us;
};

struct tenants {
    struct tenant *at;
    size_t count;
};

struct cloud {
    struct office office; /* the register */
    char place[256];      /* the folder, or the URL */
    bool is_url;
};

/* Makes what is not there. Close it by cloud_close(). */
int cloud_open(const char *place, const struct random_source *random, struct cloud *ret, struct error *error);
void cloud_close(struct cloud *cloud);
#define CLEANUP_CLOUD CLEANUP(cloud_close)

/* -EINVAL: no good name; -EEXIST: there is, or was, one. first_port: of the first tenant. */
int tenants_add(struct cloud *cloud, const char *name, const char *title, int64_t first_port, const char *who,
                struct tenant *ret, struct error *error);

/* -ENOENT with a sentence. */
int tenants_find(struct cloud *cloud, const char *name, struct tenant *ret, struct error *error);

/* By name; free .at by tenants_free(). */
int tenants_all(struct cloud *cloud, struct tenants *ret, struct error *error);
void tenants_free(struct tenants *tenants);

/* A line of the history. Inside a transaction. */
int tenants_note(struct cloud *cloud, const char *name, const char *act, const char *said, const char *who);

/* active or suspended. -EALREADY: it is so. */
int tenants_set_state(struct cloud *cloud, const char *name, const char *state, const char *who, struct error *error);

/* Of a suspended one: its database is moved aside, whole. ends: for good, and its name is not given again; otherwise
 * there is room for a backup of it. -EBUSY: it still runs. ret_aside: where it is now. */
int tenants_set_aside(struct cloud *cloud, const char *name, bool ends, const char *who,
                      char ret_aside[TENANT_DATABASE_SIZE], struct error *error);

/* What --database says for it. */
int tenant_database(const struct cloud *cloud, const struct tenant *tenant, char out[TENANT_DATABASE_SIZE],
                    struct error *error);

/* For the database libraries of this process, or of one that is about to be another program: the password of the
 * tenant's role; NULL: none any more. */
void tenant_show_secret(const struct tenant *tenant);

/* Its database, opened as the tenant itself would. */
int tenant_open(const struct cloud *cloud, const struct tenant *tenant, struct sql **ret, struct error *error);

#endif
