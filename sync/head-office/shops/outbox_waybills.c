/* Waybill numbers as rows of the outbox: asked for, what is printed of them, cancelled. */
#include "base/text.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/shops/attention.h"
#include "sync/head-office/shops/outbox.h"
#include "sync/head-office/shops/waybill_parcels.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool has(const struct outbox_call *call, unsigned ability)
{
    return (call->shop->platform->caps.abilities & ability) != 0;
}

static int at_once(const struct shop *shop)
{
    int most = shop->platform->caps.waybill_batch;
    return most < OUTBOX_PARCELS_MAX ? most : OUTBOX_PARCELS_MAX;
}

/* ---------------------------------------------------------------- what is said of a parcel */

/* Carriers want the parts of an address, and then what is below the district. */
static void take_address(struct platform_parcel *parcel, const char *whole)
{
    const char *const parts[] = {parcel->province, parcel->city, parcel->district};
    for (size_t i = 0; i < COUNT(parts); i++)
        if (strncmp(whole, parts[i], strlen(parts[i])) == 0)
            whole += strlen(parts[i]);
    text_copy(parcel->address, sizeof(parcel->address), whole);
}

/* The platform's number of the order, of the first of several that go in one parcel, or ours where it is no platform's.
 * What hides a receiver is understood by its own shop alone. */
static const char parcel_of_row[] =
    "SELECT coalesce(o.platform_order, (SELECT min(t.platform_order) FROM order_line l JOIN orders t ON t.number = CASE"
    " WHEN l.source_order <> '' THEN l.source_order ELSE l.number END WHERE l.number = o.number AND t.platform_order IS"
    " NOT NULL), o.number), CASE WHEN a.via = o.shop THEN o.sealed ELSE '' END, o.receiver_name, o.receiver_phone,"
    " o.province, o.city, o.district, (SELECT CASE WHEN l.title <> '' THEN l.title ELSE coalesce(i.name, l.sku) END "
    "FROM"
    " order_line l LEFT JOIN item i ON i.sku = l.sku WHERE l.number = o.number AND l.quantity > l.refunded ORDER BY"
    " l.line LIMIT 1), o.receiver_address, (SELECT coalesce(sum(l.quantity - l.refunded), 0) FROM order_line l WHERE"
    " l.number = o.number), (SELECT coalesce(sum((l.quantity - l.refunded) * i.weight_g), 0) FROM order_line l JOIN"
    " item i ON i.sku = l.sku WHERE l.number = o.number) FROM waybill_parcel p JOIN waybill_account a ON a.id ="
    " p.account JOIN orders o ON o.number = p.number WHERE p.key = ?1";

static int put_parcel(struct outbox_call *call, const struct outbox_row *row, struct platform_parcel *out,
                      struct error *error)
{
    *out = (struct platform_parcel){.key = ""};
    const struct {
        char *text;
        size_t size;
    } texts[] = {{out->order, sizeof(out->order)},       {out->sealed, sizeof(out->sealed)},
                 {out->name, sizeof(out->name)},         {out->phone, sizeof(out->phone)},
                 {out->province, sizeof(out->province)}, {out->city, sizeof(out->city)},
                 {out->district, sizeof(out->district)}, {out->goods, sizeof(out->goods)}};
    text_copy(out->key, sizeof(out->key), outbox_text(row, "parcel"));
    struct sql_query *query = sql_select(call->office->sql, parcel_of_row, sql_text(out->key));
    bool found = sql_next(query);
    for (int i = 0; i < (int)COUNT(texts) && found; i++)
        sql_copy_text(query, i, texts[i].text, texts[i].size);
    if (found) {
        take_address(out, sql_get_text(query, COUNT(texts)));
        out->pieces = sql_get_int(query, COUNT(texts) + 1);
        out->weight_g = sql_get_int(query, COUNT(texts) + 2);
    }
    int failed = sql_done(query);
    if (failed)
        return office_failed(call->office->sql, failed, error);
    return found ? 0 : error_set(error, -EINVAL, "parcel \"%s\" is not known here", out->key);
}

/* ---------------------------------------------------------------- what is the same for all of a call */

static int put_account(struct outbox_call *call, const char *key, struct error *error)
{
    struct platform_want *want = &call->want;
    char carrier[65] = "";
    struct sql_query *row =
        sql_select(call->office->sql,
                   "SELECT a.carrier, a.account, a.form, CASE WHEN a.code <> '' THEN a.code ELSE coalesce((SELECT"
                   " c.code FROM shop_carrier c WHERE c.shop = a.via AND c.carrier = a.carrier), '') END FROM"
                   " waybill_parcel p JOIN waybill_account a ON a.id = p.account WHERE p.key = ?1",
                   sql_text(key));
    if (sql_next(row)) {
        sql_copy_text(row, 0, carrier, sizeof(carrier));
        sql_copy_text(row, 1, want->account, sizeof(want->account));
        sql_copy_text(row, 2, want->form, sizeof(want->form));
        sql_copy_text(row, 3, want->carrier, sizeof(want->carrier));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(call->office->sql, failed, error);
    call->lacks = *want->carrier ? "" : OUTBOX_LACKS_CARRIER;
    return *want->carrier ? 0
                          : error_set(error, -EINVAL,
                                      "nobody has said what carrier \"%s\" is called there: shop.carrier", carrier);
}

static int put_sender(struct outbox_call *call, const char *key, struct error *error)
{
    struct platform_sender *sender = &call->sender;
    *sender = (struct platform_sender){.name = ""};
    struct sql_query *row = sql_select(
        call->office->sql,
        "SELECT s.name, s.phone, s.province, s.city, s.district, s.address FROM waybill_parcel p JOIN site_sender s ON"
        " s.site = p.site WHERE p.key = ?1",
        sql_text(key));
    bool found = sql_next(row);
    if (found) {
        sql_copy_text(row, 0, sender->name, sizeof(sender->name));
        sql_copy_text(row, 1, sender->phone, sizeof(sender->phone));
        sql_copy_text(row, 2, sender->province, sizeof(sender->province));
        sql_copy_text(row, 3, sender->city, sizeof(sender->city));
        sql_copy_text(row, 4, sender->district, sizeof(sender->district));
        sql_copy_text(row, 5, sender->address, sizeof(sender->address));
    }
    int failed = sql_done(row);
    if (failed)
        return office_failed(call->office->sql, failed, error);
    call->lacks = found ? "" : WAYBILL_LACKS_SENDER;
    return found ? 0
                 : error_set(error, -EINVAL, "nobody has said where the parcels of that site come from: site.sender");
}

/* ---------------------------------------------------------------- a number */

/* Where asking twice gives two numbers, only a person can tell whether the first was given. */
static int write_get(struct outbox_call *call, struct error *error)
{
    const char *key = outbox_text(&call->rows[0], "parcel");
    if (!has(call, PLATFORM_WAYBILLS))
        return error_set(error, -EINVAL, "the platform gives no waybill numbers");
    if (call->rows[0].uncertain && !has(call, PLATFORM_WAYBILL_KEY))
        return error_set(error, -EINVAL,
                         "whether it gave a number cannot be asked, and asked again it gives a second one: look there,"
                         " then outbox.retry, or outbox.drop and bring the number in a file");
    call->want = (struct platform_want){
        .verb = PLATFORM_WAYBILL_GET, .sender = &call->sender, .parcels = call->parcels, .parcel_count = call->count};
    int result = put_account(call, key, error);
    if (!result)
        result = put_sender(call, key, error);
    for (size_t i = 0; i < call->count && !result; i++)
        result = put_parcel(call, &call->rows[i], &call->parcels[i], error);
    return result;
}

static const struct platform_waybill *given_to(const struct outbox_row *row, const struct platform_answer *answer)
{
    for (size_t i = 0; answer && answer->waybills && i < answer->count; i++)
        if (strcmp(answer->waybills[i].key, outbox_text(row, "parcel")) == 0)
            return &answer->waybills[i];
    return NULL;
}

static bool fits_a_label(const char *number)
{
    for (const char *c = number; *c; c++)
        if (*c <= ' ' || *c > '~')
            return false;
    return strlen(number) < WAYBILLS_NUMBER_SIZE;
}

/* A number that another parcel has must not be handed out, whoever is wrong. */
static int get_of_row(struct outbox_call *call, size_t i, const struct platform_answer *answer,
                      struct platform_fault *fault)
{
    const struct outbox_row *row = &call->rows[i];
    const struct platform_waybill *given = given_to(row, answer);
    bool taken = false;
    fault->class = given && *given->number ? PLATFORM_OK : PLATFORM_RETRY;
    if (given && !*given->number && given->fault != PLATFORM_OK)
        fault->class = (enum platform_class)given->fault;
    if (fault->class != PLATFORM_OK) {
        text_copy(fault->message, sizeof(fault->message),
                  given && *given->message ? given->message : "the platform gave no number for this parcel");
        return 0;
    }
    if (!fits_a_label(given->number)) {
        fault->class = PLATFORM_PERMANENT;
        text_copy(fault->message, sizeof(fault->message), "it gave a number that cannot stand on a label");
        return 0;
    }
    int result = waybill_parcels_taken(call->office, outbox_text(row, "parcel"), given->number, &taken);
    if (taken) {
        fault->class = PLATFORM_PERMANENT;
        snprintf(fault->message, sizeof(fault->message), "it gave number %s, which is another parcel's", given->number);
    }
    return result;
}

static int done_get(struct outbox_call *call, const struct outbox_row *row, const struct platform_answer *answer)
{
    struct error error = {0};
    const struct platform_waybill *given = given_to(row, answer);
    return given ? waybill_parcels_got(call->office, outbox_text(row, "parcel"), given,
                                       has(call, PLATFORM_PRINTS_APART), &error)
                 : 0;
}

/* ---------------------------------------------------------------- what is printed of it */

static int write_number(struct outbox_call *call, enum platform_verb verb, struct error *error)
{
    const struct outbox_row *row = &call->rows[0];
    call->want = (struct platform_want){.verb = verb};
    text_copy(call->want.waybill, sizeof(call->want.waybill), outbox_text(row, "waybill"));
    return put_account(call, outbox_text(row, "parcel"), error);
}

static int write_print(struct outbox_call *call, struct error *error)
{
    int result = put_parcel(call, &call->rows[0], &call->parcels[0], error);
    if (!result)
        result = write_number(call, PLATFORM_WAYBILL_PRINT, error);
    text_copy(call->want.order, sizeof(call->want.order), call->parcels[0].order);
    return result;
}

static int print_of_row(struct outbox_call *call, size_t i, const struct platform_answer *answer,
                        struct platform_fault *fault)
{
    (void)call, (void)i;
    bool is_there = answer->count == 1 && answer->waybills && answer->waybills->print_data;
    fault->class = is_there ? PLATFORM_OK : PLATFORM_RETRY;
    if (!is_there)
        text_copy(fault->message, sizeof(fault->message), "the platform does not say yet what is printed of it");
    return 0;
}

static int done_print(struct outbox_call *call, const struct outbox_row *row, const struct platform_answer *answer)
{
    struct error error = {0};
    return waybill_parcels_printed(call->office, outbox_text(row, "waybill"), answer->waybills->print_data, &error);
}

/* ---------------------------------------------------------------- not any more */

static int write_cancel(struct outbox_call *call, struct error *error)
{
    return write_number(call, PLATFORM_WAYBILL_CANCEL, error);
}

static bool has_gone(const struct outbox_call *call, const struct outbox_row *row)
{
    int64_t gone;
    return sql_number(call->office->sql, &gone,
                      "SELECT 1 FROM orders WHERE number = ?1 AND state IN ('shipped', 'finished')",
                      sql_text(outbox_text(row, "about"))) != -ENOENT;
}

/* A number that is cancelled already, or one that is on its way: it is the first where we asked for it before, unless
 * the order has gone. Then nobody can tell, and a person looks. */
static enum outbox_verdict conflict_cancel(const struct outbox_call *call, const struct outbox_row *row)
{
    return row->uncertain && !has_gone(call, row) ? OUTBOX_DONE : OUTBOX_REFUSED;
}

static int done_cancel(struct outbox_call *call, const struct outbox_row *row, const struct platform_answer *answer)
{
    (void)answer;
    struct error error = {0};
    int result = waybills_void(call->office, outbox_text(row, "waybill"), &error);
    return result == -EBUSY || result == -ENOENT ? 0 : result; /* it is in use again at its site, as that says */
}

const struct outbox_kind outbox_waybill_kinds[] = {
    {WAYBILL_GET, at_once, .write = write_get, .done = done_get, .of_row = get_of_row,
     .attention = ATTENTION_NO_WAYBILL, .patient = true},
    {WAYBILL_PRINT, .write = write_print, .done = done_print, .of_row = print_of_row,
     .attention = ATTENTION_NO_WAYBILL},
    {WAYBILL_CANCEL, .write = write_cancel, .conflict = conflict_cancel, .done = done_cancel,
     .attention = ATTENTION_NOT_VOID},
    {0},
};
