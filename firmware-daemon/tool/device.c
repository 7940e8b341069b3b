#include "base/json.h"
#include "tool/columns.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"
#include "tool/device_look.h"

#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ device list */

#define JSON_OPTION                                                                                                    \
    {                                                                                                                  \
        "json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "one JSON object a line, for programs"    \
    }

const struct option_def device_list_options[] = {JSON_OPTION, DAEMON_URL_OPTION, {.name = NULL}};

static const struct {
    unsigned kind;
    const char *name;
} kind_names[] = {{PLUGGED_KEYBOARD, "keyboard"},   {PLUGGED_HID, "hid"},         {PLUGGED_HID_BARCODE, "hid-barcode"},
                  {PLUGGED_HID_SCALE, "hid-scale"}, {PLUGGED_PRINTER, "printer"}, {PLUGGED_SERIAL, "serial"},
                  {PLUGGED_OTHER, "other"}};

/* The kernel's drivers, each once; "usbfs" stands for a program, which is named apart. */
static bool is_first_driver(const struct plugged *plugged, size_t index)
{
    const char *driver = plugged->interfaces[index].driver;
    for (size_t i = 0; i < index; i++)
        if (strcmp(plugged->interfaces[i].driver, driver) == 0)
            return false;
    return *driver && strcmp(driver, "usbfs") != 0;
}

static void write_holders(const struct plugged *plugged, const struct device_facts *facts, struct buf *out)
{
    for (size_t i = 0; i < plugged->interface_count; i++)
        if (is_first_driver(plugged, i))
            buf_printf(out, "%s%s", out->length ? " " : "", plugged->interfaces[i].driver);
    for (size_t i = 0; i < facts->holder_count; i++)
        buf_printf(out, "%s%s[%d]", out->length ? " " : "", facts->holders[i].program, facts->holders[i].pid);
}

static void write_json(const struct plugged *plugged, const struct device_facts *facts, struct buf *out)
{
    const struct model *model = facts->model;
    char what[256], id[8];
    device_what(plugged, model, what, sizeof(what));
    json_open_object(out, NULL);
    json_text(out, "id", plugged->id);
    json_text(out, "what", what);
    json_text(out, "kind", model ? model->kind : NULL);
    json_text(out, "driver", model && *model_driver(model, plugged) ? model_driver(model, plugged) : NULL);
    json_text(out, "port", *plugged->port ? plugged->port : NULL);
    snprintf(id, sizeof(id), "%04x", plugged->vendor);
    json_text(out, "vendor", *plugged->port ? id : NULL);
    snprintf(id, sizeof(id), "%04x", plugged->product);
    json_text(out, "product", *plugged->port ? id : NULL);
    json_text(out, "serial", *plugged->serial ? plugged->serial : NULL);
    json_text(out, "tty", *plugged->tty ? plugged->tty : NULL);
    json_open_array(out, "interfaces");
    for (size_t i = 0; i < COUNT(kind_names); i++)
        if (plugged->kinds & kind_names[i].kind)
            json_text(out, NULL, kind_names[i].name);
    json_close_array(out);
    json_open_array(out, "kernel");
    for (size_t i = 0; i < plugged->interface_count; i++)
        if (is_first_driver(plugged, i))
            json_text(out, NULL, plugged->interfaces[i].driver);
    json_close_array(out);
    json_open_array(out, "programs");
    for (size_t i = 0; i < facts->holder_count; i++)
        json_text(out, NULL, facts->holders[i].program);
    json_close_array(out);
    json_text(out, "station", *facts->station ? facts->station : NULL);
    json_text(out, "state", *facts->state ? facts->state : NULL);
    json_close_object(out);
}

/* ---- the table for people: as wide as what stands in it */

enum { COLUMNS = 6 };

struct table_row {
    char cells[COLUMNS][256];
};

static void print_rows(const struct table_row *rows, size_t count)
{
    CLEANUP(cleanup_free) const char **cells = calloc(count * COLUMNS, sizeof(*cells));
    for (size_t i = 0; cells && i < count * COLUMNS; i++)
        cells[i] = rows[i / COLUMNS].cells[i % COLUMNS];
    if (cells)
        columns_print(cells, COLUMNS, count);
}

static void fill_row(const struct plugged *plugged, const struct device_facts *facts, struct table_row *row)
{
    CLEANUP_BUF struct buf holders = {0};
    write_holders(plugged, facts, &holders);
    snprintf(row->cells[0], sizeof(row->cells[0]), "%s", plugged->id);
    device_what(plugged, facts->model, row->cells[1], sizeof(row->cells[1]));
    snprintf(row->cells[2], sizeof(row->cells[2]), "%s", *plugged->port ? plugged->port : "-");
    snprintf(row->cells[3], sizeof(row->cells[3]), "%s", *plugged->tty ? plugged->tty : "-");
    snprintf(row->cells[4], sizeof(row->cells[4]), "%.250s", holders.length ? buf_text(&holders) : "-");
    snprintf(row->cells[5], sizeof(row->cells[5]), "%s", *facts->station ? facts->station : "-");
}

static enum exit_code print_table(const struct device_look *look)
{
    static const struct table_row heading = {{"ID", "WHAT", "PORT", "TTY", "HELD BY", "STATION"}};
    CLEANUP(cleanup_free) struct table_row *rows = calloc(look->count + 1, sizeof(*rows));
    if (!rows)
        return command_fail(EXIT_FAILED, "there is no memory left to list devices");
    size_t count = 0;
    rows[count++] = heading;
    for (size_t i = 0; i < look->count; i++)
        if (device_is_of_interest(look, i))
            fill_row(&look->plugged[i], &look->facts[i], &rows[count++]);
    if (count == 1)
        puts("Nothing is plugged in that could be a scanner, a printer or a scale.");
    else
        print_rows(rows, count);
    return EXIT_GOOD;
}

enum exit_code command_device_list(struct command_call *call)
{
    CLEANUP(device_look_free_p) struct device_look *look = NULL;
    CLEANUP_BUF struct buf stations = {0};
    struct error error;
    if (device_look_new(&look, &error) < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    if (daemon_look(call->options.url, (const char *const[]){"devices", NULL}, &stations) == 0)
        device_look_add_stations(look, &stations);
    if (!call->options.json)
        return print_table(look);
    for (size_t i = 0; i < look->count; i++) {
        CLEANUP_BUF struct buf line = {0};
        write_json(&look->plugged[i], &look->facts[i], &line);
        if (device_is_of_interest(look, i))
            puts(buf_text(&line));
    }
    return EXIT_GOOD;
}

/* ------------------------------------------------------------------------------------------------ device bind */

const struct option_def device_bind_options[] = {
    {"station", OPTION_TEXT_AT(struct tool_options, station), NULL, 0, 0, NULL, "the station's id; must be given"},
    {"role", OPTION_CHOICE_AT(struct tool_options, role), NULL, 0, 0, "scanner|printer|scale",
     "what it is for; otherwise what its model says"},
    DAEMON_URL_OPTION,
    {.name = NULL},
};

enum exit_code command_device_bind(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    if (!*options->station)
        return command_fail(EXIT_USAGE, "--station must name the station; see floorhand device bind --help");
    CLEANUP_BUF struct buf body = {0};
    json_open_object(&body, NULL);
    json_text(&body, "id", call->words[0]);
    json_text(&body, "station", options->station);
    if (*options->role)
        json_text(&body, "role", options->role);
    json_close_object(&body);
    return daemon_post(options->url, (const char *const[]){"devices", "bind", NULL}, "application/json", &body, NULL);
}
