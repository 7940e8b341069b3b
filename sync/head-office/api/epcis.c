#include "sync/head-office/api/epcis.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

#define ROWS_MAX    1000 /* read at a time */
#define UNDONE_MAX  50   /* how far back the event is looked for that an UNDO took back */
#define URN         "urn:floorhand:"
#define CONTEXT     "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
#define GTIN_DIGITS 14

/* ---------------------------------------------------------------- which events, and what they are there */

enum shape {
    SEEN,     /* goods, one kind or several lines of them */
    COUNTED,  /* lines of goods, as many as were counted */
    PACKED,   /* the order's goods become a parcel */
    UNPACKED, /* and are goods again */
    MOVED,    /* the parcel */
};

static const struct mapping {
    const char *type;
    enum shape shape;
    const char *step, *disposition; /* the standard's words; disposition may be NULL */
    const char *place;              /* the member that says where; NULL: it is not said */
    const char *document, *kind;    /* the member that names what it was done for, and which kind of document that is */
} mappings[] = {
    {"receipt.line", SEEN, "receiving", "in_progress", "to", "document", "desadv"},
    {"receipt.pallet", SEEN, "receiving", "in_progress", "to", "document", "desadv"},
    {"return.received", SEEN, "receiving", "returned", "location", "document", "rma"},
    {"return.graded", SEEN, "inspecting", "returned", "location", "document", "rma"},
    {"putaway.done", SEEN, "storing", "sellable_accessible", "to", NULL, NULL},
    {"pick.line", SEEN, "picking", "in_progress", "location", "order", "po"},
    {"pick.batch", SEEN, "picking", "in_progress", "location", NULL, NULL},
    {"pick.returned", SEEN, "storing", "sellable_accessible", "location", NULL, NULL},
    {"parcel.packed", PACKED, "packing", "in_progress", NULL, "order", "po"},
    {"parcel.unpacked", UNPACKED, "unpacking", "in_progress", NULL, "order", "po"},
    {"manifest.loaded", MOVED, "loading", "in_transit", NULL, "order", "po"},
    {"manifest.unloaded", MOVED, "void_shipping", "in_progress", NULL, "order", "po"},
    {"parcel.shipped", MOVED, "departing", "in_transit", NULL, "order", "po"},
    {"transfer.shipped", SEEN, "shipping", "in_transit", NULL, "document", "desadv"},
    {"count.posted", COUNTED, "cycle_counting", NULL, "location", NULL, NULL},
};

static const struct mapping *find_mapping(const char *type)
{
    for (size_t i = 0; i < COUNT(mappings); i++)
        if (strcmp(mappings[i].type, type) == 0)
            return &mappings[i];
    return NULL;
}

/* ---------------------------------------------------------------- names */

/* A part of a URI: what RFC 3986 does not leave as it is, by its bytes. */
static void put_part(struct buf *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        buf_printf(out, isalnum(*c) || strchr("-._~", *c) ? "%c" : "%%%02X", *c);
}

static void put_urn(struct buf *out, const char *kind, const char *site, const char *name)
{
    buf_printf(out, URN "%s:", kind);
    if (*site) {
        put_part(out, site);
        buf_putc(out, ':');
    }
    put_part(out, name);
}

static void put_urn_member(struct buf *json, const char *key, const char *kind, const char *site, const char *name)
{
    CLEANUP_BUF struct buf urn = {0};
    put_urn(&urn, kind, site, name);
    json_text(json, key, buf_text(&urn));
}

/* The number that means one piece. */
static int find_gtin(struct office *office, const char *sku, char out[GTIN_DIGITS + 1])
{
    static const char zeros[] = "00000000000000";
    struct sql_query *row = sql_select(office->sql,
                                       "SELECT code FROM barcode WHERE sku = ?1 AND kind = 'item' AND factor = 1 AND"
                                       " length(code) IN (8, 12, 13, 14) ORDER BY length(code) DESC, code",
                                       sql_text(sku));
    out[0] = '\0';
    while (!*out && sql_next(row)) {
        const char *code = sql_get_text(row, 0);
        size_t length = strlen(code);
        if (text_all_digits(code, length))
            snprintf(out, GTIN_DIGITS + 1, "%.*s%s", (int)(GTIN_DIGITS - length), zeros, code);
    }
    return sql_done(row);
}

/* A GS1 Digital Link for what has a GTIN, else a name of our own. member: "lot" or "serial" beside it, or none. */
static int put_item(struct office *office, struct buf *out, const char *sku, const char *member, const char *value)
{
    char gtin[GTIN_DIGITS + 1];
    int result = find_gtin(office, sku, gtin);
    if (*gtin)
        buf_printf(out, "https://id.gs1.org/01/%s", gtin);
    else
        put_urn(out, "item", "", sku);
    if (value && *value) {
        buf_puts(out, *gtin                        ? strcmp(member, "lot") == 0 ? "/10/" : "/21/"
                      : strcmp(member, "lot") == 0 ? ":lot:"
                                                   : ":serial:");
        put_part(out, value);
    }
    return result;
}

/* ---------------------------------------------------------------- one event */

struct event {
    struct office *office;
    const struct mapping *mapping;
    const char *site, *id, *time;
    const json_t *data;
    const char *undone_time; /* when it was taken back; NULL: it was not */
    int result;              /* of the database */
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static void put_quantity(struct event *event, struct buf *json, const char *sku, const char *lot, int64_t quantity)
{
    CLEANUP_BUF struct buf class = {0};
    int failed = put_item(event->office, &class, sku, "lot", lot);
    event->result = event->result ? event->result : failed;
    json_open_object(json, NULL);
    json_text(json, "epcClass", buf_text(&class));
    json_int(json, "quantity", quantity);
    json_close_object(json);
}

static void put_serial(struct event *event, struct buf *json, const char *sku, const char *serial)
{
    CLEANUP_BUF struct buf epc = {0};
    int failed = put_item(event->office, &epc, sku, "serial", serial);
    event->result = event->result ? event->result : failed;
    json_text(json, NULL, buf_text(&epc));
}

/* One piece of goods that has a number of its own is an object; all else is so many of a class. line: of several, or
 * the event's data itself. epcs: which of the two lists is written now. */
static void put_goods(struct event *event, struct buf *json, const json_t *line, bool epcs)
{
    const char *sku = text_of(line, "sku"), *serial = text_of(line, "serial");
    const char *figure = event->mapping->shape == COUNTED ? "counted" : "quantity";
    const json_t *serials = json_object_get(line, "serials"), *each;
    size_t i;
    if (!*sku)
        return;
    if (epcs && *serial)
        put_serial(event, json, sku, serial);
    if (epcs)
        json_array_foreach(serials, i, each) put_serial(event, json, sku, json_string_value(each));
    if (!epcs && !*serial && json_array_size(serials) == 0 && number_of(line, figure) > 0)
        put_quantity(event, json, sku, text_of(line, "lot"), number_of(line, figure));
}

static void put_list(struct event *event, struct buf *json, bool epcs)
{
    const json_t *lines = json_object_get(event->data, "lines"), *line;
    size_t i;
    json_open_array(json, epcs ? "epcList" : "quantityList");
    if (*text_of(event->data, "sku"))
        put_goods(event, json, event->data, epcs);
    else
        json_array_foreach(lines, i, line) put_goods(event, json, line, epcs);
    json_close_array(json);
}

/* An empty list says nothing, but one of the two must be there. */
static void put_seen(struct event *event, struct buf *json)
{
    CLEANUP_BUF struct buf list = {0};
    static const char empty[] = "\"quantityList\":[]";
    put_list(event, json, true);
    put_list(event, &list, false);
    if (strcmp(buf_text(&list), empty) != 0)
        put_list(event, json, false);
}

static int64_t missing_of(const json_t *data, int64_t line)
{
    const json_t *each;
    size_t i;
    json_array_foreach(json_object_get(data, "missing"), i, each)
    {
        if (number_of(each, "line") == line)
            return number_of(each, "quantity");
    }
    return 0;
}

/* What was ordered and is not said to be missing. */
static void put_contents(struct event *event, struct buf *json)
{
    struct sql_query *row =
        sql_select(event->office->sql,
                   "SELECT line, sku, quantity FROM order_line WHERE number = ?1 AND sku IS NOT NULL"
                   " ORDER BY line",
                   sql_text(text_of(event->data, "order")));
    json_open_array(json, "childQuantityList");
    while (sql_next(row)) {
        int64_t quantity = sql_get_int(row, 2) - missing_of(event->data, sql_get_int(row, 0));
        if (quantity > 0)
            put_quantity(event, json, sql_get_text(row, 1), "", quantity);
    }
    json_close_array(json);
    int failed = sql_done(row);
    event->result = event->result ? event->result : failed;
}

static void put_what(struct event *event, struct buf *json)
{
    const char *parcel = text_of(event->data, "parcel");
    switch (event->mapping->shape) {
    case SEEN:
    case COUNTED:
        put_seen(event, json);
        break;
    case PACKED:
        put_urn_member(json, "parentID", "parcel", "", parcel);
        put_contents(event, json);
        break;
    case UNPACKED:
        put_urn_member(json, "parentID", "parcel", "", parcel);
        json_open_array(json, "childEPCs"); /* with nothing in it: all of them */
        json_close_array(json);
        break;
    case MOVED:
        json_open_array(json, "epcList");
        put_urn_member(json, NULL, "parcel", "", parcel);
        json_close_array(json);
        break;
    }
}

/* The standard keeps what was wrong, and says so in an event of its own under the same name. */
static void put_error(const struct event *event, struct buf *json)
{
    if (!event->undone_time)
        return;
    json_open_object(json, "errorDeclaration");
    json_text(json, "declarationTime", event->undone_time);
    json_text(json, "reason", "incorrect_data");
    json_close_object(json);
}

static void put_where(const struct event *event, struct buf *json)
{
    const char *place = event->mapping->place ? text_of(event->data, event->mapping->place) : "";
    json_open_object(json, "readPoint");
    put_urn_member(json, "id", *place ? "location" : "site", *place ? event->site : "", *place ? place : event->site);
    json_close_object(json);
    if (!*place)
        return;
    json_open_object(json, "bizLocation");
    put_urn_member(json, "id", "location", event->site, place);
    json_close_object(json);
}

static void put_document(const struct event *event, struct buf *json)
{
    const char *name = event->mapping->document ? text_of(event->data, event->mapping->document) : "";
    if (!*name)
        return;
    json_open_array(json, "bizTransactionList");
    json_open_object(json, NULL);
    json_text(json, "type", event->mapping->kind);
    put_urn_member(json, "bizTransaction", event->mapping->document, "", name);
    json_close_object(json);
    json_close_array(json);
}

static void put_event(struct event *event, struct buf *json)
{
    const struct mapping *mapping = event->mapping;
    bool joins = mapping->shape == PACKED || mapping->shape == UNPACKED;
    json_open_object(json, NULL);
    json_text(json, "type", joins ? "AggregationEvent" : "ObjectEvent");
    put_urn_member(json, "eventID", "event", event->site, event->id);
    json_text(json, "eventTime", event->time);
    json_text(json, "eventTimeZoneOffset", "+00:00");
    put_error(event, json);
    put_what(event, json);
    json_text(json, "action", mapping->shape == PACKED ? "ADD" : mapping->shape == UNPACKED ? "DELETE" : "OBSERVE");
    json_text(json, "bizStep", mapping->step);
    if (mapping->disposition)
        json_text(json, "disposition", mapping->disposition);
    put_where(event, json);
    put_document(event, json);
    json_close_object(json);
}

/* ---------------------------------------------------------------- a period of them */

struct export
{
    struct office *office;
    FILE *out;
    int64_t events;
};

static int write_event(struct export *export, struct event *event)
{
    CLEANUP_BUF struct buf json = {0};
    put_event(event, &json);
    if (event->result || json.failed)
        return event->result ? event->result : -ENOMEM;
    fprintf(export->out, "%s%s", export->events++ ? ",\n" : "\n", buf_text(&json));
    return 0;
}

/* row: site, id, time, type, line. */
static int write_row(struct export *export, struct sql_query *row, const json_t *data)
{
    struct event event = {.office = export->office,
                          .mapping = find_mapping(sql_get_text(row, 3)),
                          .site = sql_get_text(row, 0),
                          .id = sql_get_text(row, 1),
                          .time = sql_get_text(row, 2),
                          .data = data};
    return event.mapping ? write_event(export, &event) : 0;
}

/* The event that an UNDO took back is the last one before it that says the same. */
static int write_undone(struct export *export, const char *site, int64_t arrival, const char *time, json_t *data)
{
    char type[64];
    int result = 0;
    bool found = false;
    text_copy(type, sizeof(type), text_of(data, "undid"));
    if (!find_mapping(type))
        return 0;
    json_object_del(data, "undid");
    struct sql_query *row = sql_select(export->office->sql,
                                       "SELECT id, time, line FROM event WHERE site = ?1 AND arrival < ?2 AND type = ?3"
                                       " AND again = 0 ORDER BY arrival DESC LIMIT ?4",
                                       sql_text(site), sql_int(arrival), sql_text(type), sql_int(UNDONE_MAX));
    while (!found && !result && sql_next(row)) {
        json_t *line = json_loads(sql_get_text(row, 2), 0, NULL), *then = json_object_get(line, "data");
        found = json_equal(then, data);
        struct event event = {.office = export->office,
                              .mapping = find_mapping(type),
                              .site = site,
                              .id = sql_get_text(row, 0),
                              .time = sql_get_text(row, 1),
                              .data = then,
                              .undone_time = time};
        result = found ? write_event(export, &event) : 0;
        json_decref(line);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

static struct sql_value bound(const char *time)
{
    return sql_text_n(time, strcspn(time, "Z")); /* "22.5Z" stands before "22Z", and behind "22" */
}

static int write_rows(struct export *export, const struct epcis_period *period, int64_t *after, size_t *ret_rows)
{
    int result = 0;
    *ret_rows = 0;
    struct sql_query *row =
        sql_select(export->office->sql,
                   "SELECT site, id, time, type, line, arrival FROM event WHERE arrival > ?1 AND"
                   " again = 0 AND time >= ?2 AND (?3 = '' OR time < ?3) AND (?4 = '' OR site = ?4)"
                   " ORDER BY arrival LIMIT ?5",
                   sql_int(*after), bound(period->from), bound(period->to), sql_text(period->site), sql_int(ROWS_MAX));
    for (; !result && sql_next(row); ++*ret_rows) {
        json_t *line = json_loads(sql_get_text(row, 4), 0, NULL), *data = json_object_get(line, "data");
        *after = sql_get_int(row, 5);
        if (strcmp(sql_get_text(row, 3), "scan.undone") == 0)
            result = write_undone(export, sql_get_text(row, 0), *after, sql_get_text(row, 2), data);
        else
            result = write_row(export, row, data);
        json_decref(line);
    }
    int failed = sql_done(row);
    return result ? result : failed;
}

/* "2026-03-04", and perhaps a time of UTC behind it. Times are compared as texts. */
static bool is_time(const char *text)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    size_t i = 0;
    for (; text[i] && shape[i]; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)text[i]) : text[i] != shape[i])
            return false;
    return i == 10 || (i == sizeof(shape) - 1 && strcmp(text + i, "Z") == 0);
}

static int check_period(const struct epcis_period *period, struct error *error)
{
    const char *const times[] = {period->from, period->to};
    for (size_t i = 0; i < COUNT(times); i++)
        if (*times[i] && !is_time(times[i]))
            return error_set(error, -EINVAL, "\"%s\" is no day or time: write 2026-03-04 or 2026-03-04T09:15:00Z",
                             times[i]);
    return 0;
}

int epcis_write(struct office *office, const struct epcis_period *period, FILE *out, int64_t *ret_events,
                struct error *error)
{
    struct export export = {.office = office, .out = out};
    char now[CLOCK_TEXT_SIZE];
    int64_t after = 0;
    size_t rows = 0;
    int result = check_period(period, error);
    if (result)
        return result;
    clock_format(office->now_us, now);
    fprintf(out,
            "{\"@context\":[\"" CONTEXT
            "\"],\"type\":\"EPCISDocument\",\"schemaVersion\":\"2.0\",\"creationDate\":\"%s\","
            "\"epcisBody\":{\"eventList\":[",
            now);
    do {
        result = write_rows(&export, period, &after, &rows);
    } while (!result && rows == ROWS_MAX);
    fputs("\n]}}\n", out);
    *ret_events = export.events;
    return result ? office_failed(office->sql, result, error) : 0;
}
