#include "sync/head-office/api/access.h"

#include <errno.h>
#include <string.h>

static const struct limit unlimited = {"", ""};

/* The first role of somebody that is enough, at this site; site "": one that is for everywhere; NULL: any site. */
static const struct staff_grant *find_grant(const struct staff_person *person, unsigned may, const char *site)
{
    for (size_t i = 0; i < person->grant_count; i++)
        if ((person->grants[i].role & may) && (!site || strcmp(site, person->grants[i].site) == 0))
            return &person->grants[i];
    return NULL;
}

static bool at_several(const struct staff_person *person, unsigned may, const struct staff_grant *one)
{
    for (size_t i = 0; i < person->grant_count; i++)
        if ((person->grants[i].role & may) && strcmp(one->site, person->grants[i].site) != 0)
            return true;
    return false;
}

static int choose_grant(const struct staff_person *person, unsigned may, const char *site, struct limit *ret)
{
    *ret = unlimited;
    if (find_grant(person, may, ""))
        return 0;
    const struct staff_grant *grant = find_grant(person, may, site);
    if (!grant)
        return -EACCES;
    if (!site && at_several(person, may, grant))
        return -EDESTADDRREQ;
    *ret = (struct limit){"site", grant->site};
    return 0;
}

static int choose(const struct asker *asker, bool key_may, unsigned may, const char *site, struct limit *ret)
{
    if (!*asker->key.id)
        return choose_grant(&asker->person, may, site, ret);
    if (!key_may)
        return -EACCES;
    *ret = *asker->key.shop ? (struct limit){"shop", asker->key.shop} : unlimited;
    return 0;
}

int access_read(const struct asker *asker, const char *kind, const char *site, struct limit *ret)
{
    return choose(asker, keys_may_read(&asker->key, kind), roles_that_may_read(kind), site, ret);
}

int access_do(const struct asker *asker, const char *verb, const char *site, struct limit *ret)
{
    return choose(asker, keys_may_do(&asker->key, verb), roles_that_may_do(verb), site, ret);
}
