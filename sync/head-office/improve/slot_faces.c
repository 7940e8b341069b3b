#include "sync/head-office/improve/slot_faces.h"

#include "base/text.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/improve/ways.h"

#include <errno.h>
#include <string.h>

/* The members of the attributes, as the file of locations has them: the columns' own table reads them. */
static int read_members(struct location *face, const char *members, struct error *error)
{
    json_t *attributes = ways_attributes(members), *value;
    const char *name;
    int result = attributes ? 0 : error_set(error, -ENOMEM, "the attributes of face \"%s\" cannot be read", face->code);
    json_object_foreach(attributes, name, value)
    {
        char text[CATALOGUE_NAME_SIZE];
        if (!result && option_value_text(value, text, sizeof(text)))
            result = option_set(location_columns, face, name, text, error);
    }
    json_decref(attributes);
    return result;
}

static int read_face(struct sql *sql, const char *site, const char *code, struct location *ret, struct error *error)
{
    struct sql_query *row = sql_select(
        sql, "SELECT kind, walk, coalesce(carrier, ''), attributes FROM location WHERE site = ?1 AND code = ?2",
        sql_text(site), sql_text(code));
    char members[sizeof(ret->attributes)] = "";
    bool found = sql_next(row);
    *ret = (struct location){.walk = 0};
    option_defaults(location_columns, ret);
    text_copy(ret->code, sizeof(ret->code), code);
    if (found) {
        sql_copy_text(row, 0, ret->kind, sizeof(ret->kind));
        ret->walk = sql_get_int(row, 1);
        sql_copy_text(row, 2, ret->carrier, sizeof(ret->carrier));
        sql_copy_text(row, 3, members, sizeof(members));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(sql, failed, error);
    return found ? read_members(ret, members, error)
                 : error_set(error, -ENOENT, "there is no face \"%s\" at site \"%s\" any more", code, site);
}

int slot_faces_exchange(struct office *office, const char *site, const char *one, const char *other, int64_t *ret_told,
                        struct error *error)
{
    struct location here, there;
    const char *column = NULL;
    int result = read_face(office->sql, site, one, &here, error);
    if (!result)
        result = read_face(office->sql, site, other, &there, error);
    if (result || (!*here.item && !*there.item))
        return result;
    const struct location before = here;
    text_copy(here.item, sizeof(here.item), there.item);
    here.face_min = there.face_min;
    here.face_max = there.face_max;
    text_copy(there.item, sizeof(there.item), before.item);
    there.face_min = before.face_min;
    there.face_max = before.face_max;
    result = catalogue_put_location(office, site, &here, ret_told, &column, error);
    return result ? result : catalogue_put_location(office, site, &there, ret_told, &column, error);
}
