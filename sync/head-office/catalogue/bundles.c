#include "sync/head-office/catalogue/bundles.h"

#include "base/text.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/stock/atp.h"

#include <errno.h>
#include <string.h>

#define QUANTITY_MOST 100000

/* The name of a code that something else has is no bundle's. */
static int check_code(struct office *office, const char *code, struct error *error)
{
    int64_t taken = 0;
    int result = sql_number(office->sql, &taken,
                            "SELECT (SELECT count(*) FROM item WHERE sku = ?1) + (SELECT count(*) FROM barcode WHERE"
                            " code = ?1)",
                            sql_text(code));
    if (result)
        return office_failed(office->sql, result, error);
    if (taken > 0)
        return error_set(error, -EEXIST, "\"%s\" is an item or a barcode: give the bundle another code", code);
    return *code ? 0 : error_set(error, -EINVAL, "a bundle needs a code");
}

/* *ret_changed: it is new, or has another name. */
static int put_head(struct office *office, const char *code, const char *name, bool *ret_changed, struct error *error)
{
    int result = check_code(office, code, error);
    if (result)
        return result;
    result = sql_run(office->sql,
                     "INSERT INTO bundle (code, name) VALUES (?1, CASE WHEN ?2 = '' THEN ?1 ELSE ?2 END) ON CONFLICT"
                     " (code) DO UPDATE SET name = ?2 WHERE ?2 <> '' AND bundle.name <> ?2",
                     sql_text(code), sql_text(name));
    *ret_changed = !result && sql_changes(office->sql) > 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

static int check_count(struct office *office, const char *code, struct error *error)
{
    int64_t parts = 0;
    int result = sql_number(office->sql, &parts, "SELECT count(*) FROM bundle_part WHERE bundle = ?1", sql_text(code));
    if (result)
        return office_failed(office->sql, result, error);
    return parts <= BUNDLES_PARTS_MAX
               ? 0
               : error_set(error, -E2BIG, "bundle \"%s\" has more than %d parts", code, BUNDLES_PARTS_MAX);
}

static int put_part(struct office *office, const char *code, const char *sku, int64_t quantity, bool *ret_changed,
                    struct error *error)
{
    if (!catalogue_has_item(office->sql, sku))
        return error_set(error, -ENOENT, "there is no item \"%s\": import the items first", sku);
    int result =
        quantity > 0
            ? sql_run(office->sql,
                      "INSERT INTO bundle_part (bundle, sku, quantity) VALUES (?1, ?2, ?3) ON CONFLICT (bundle, sku)"
                      " DO UPDATE SET quantity = excluded.quantity WHERE bundle_part.quantity <> excluded.quantity",
                      sql_text(code), sql_text(sku), sql_int(quantity))
            : sql_run(office->sql, "DELETE FROM bundle_part WHERE bundle = ?1 AND sku = ?2", sql_text(code),
                      sql_text(sku));
    *ret_changed = !result && sql_changes(office->sql) > 0;
    return result ? office_failed(office->sql, result, error) : 0;
}

int bundles_put_row(struct office *office, const char *site, const void *row, int64_t *changed, const char **ret_column,
                    struct error *error)
{
    (void)site;
    const struct bundle_row *part = row;
    bool named = false, counted = false;
    *ret_column = "bundle";
    int result = put_head(office, part->bundle, part->name, &named, error);
    if (!result) {
        *ret_column = "sku";
        result = put_part(office, part->bundle, part->sku, part->quantity, &counted, error);
    }
    if (!result)
        result = check_count(office, part->bundle, error);
    *changed += named || counted;
    return result;
}

int bundles_set(struct office *office, const char *code, const char *name, const json_t *parts, struct error *error)
{
    size_t i;
    json_t *part;
    bool changed;
    if (!json_is_array(parts) || json_array_size(parts) == 0)
        return error_set(error, -EINVAL, "a bundle's parts are a list like [{\"sku\":\"A\",\"quantity\":2}]");
    int result = put_head(office, code, name, &changed, error);
    if (result)
        return result;
    result = sql_run(office->sql, "DELETE FROM bundle_part WHERE bundle = ?1", sql_text(code));
    if (result)
        return office_failed(office->sql, result, error);
    json_array_foreach(parts, i, part)
    {
        const char *sku = json_string_value(json_object_get(part, "sku"));
        int64_t quantity = json_integer_value(json_object_get(part, "quantity"));
        if (!sku || quantity < 1 || quantity > QUANTITY_MOST)
            return error_set(error, -EINVAL, "each part has a \"sku\" and a \"quantity\" of 1 to %d", QUANTITY_MOST);
        result = put_part(office, code, sku, quantity, &changed, error);
        if (!result && !changed)
            result = error_set(error, -EINVAL, "\"%s\" is named twice", sku);
        if (result)
            return result;
    }
    return check_count(office, code, error);
}

int bundles_check_names(struct office *office, struct error *error)
{
    char code[BUNDLES_CODE_SIZE] = "";
    struct sql_query *row =
        sql_select(office->sql,
                   "SELECT code FROM bundle WHERE EXISTS (SELECT 1 FROM item i WHERE i.sku = bundle.code) OR EXISTS"
                   " (SELECT 1 FROM barcode b WHERE b.code = bundle.code) ORDER BY code LIMIT 1",
                   SQL_NO_VALUES);
    bool found = sql_next(row);
    if (found)
        sql_copy_text(row, 0, code, sizeof(code));
    int failed = sql_done(row);
    if (failed)
        return office_failed(office->sql, failed, error);
    return found ? error_set(error, -EEXIST, "\"%s\" is a bundle already: give the item or barcode another code", code)
                 : 0;
}

struct sql_query *bundles_atp(struct office *office, const char *code, int64_t silent_s)
{
    return sql_select(
        office->sql,
        ATP_OF("IN (SELECT sku FROM bundle_part WHERE ?3 IN ('', bundle))") " SELECT p.bundle, min(a.pieces /"
                                                                            " p.quantity) FROM bundle_part p JOIN"
                                                                            " atp a ON a.sku = p.sku WHERE ?3 IN ('',"
                                                                            " p.bundle) GROUP BY p.bundle ORDER BY"
                                                                            " p.bundle",
        sql_int(office->now_us), sql_int(silent_s), sql_text(code));
}
