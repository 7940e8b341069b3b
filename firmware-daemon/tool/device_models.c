#include "base/cleanup.h"
#include "drivers/model.h"
#include "tool/commands.h"

#include <stdio.h>
#include <string.h>

const struct option_def device_models_options[] = {
    {"markdown", OPTION_FLAG_AT(struct tool_options, markdown), NULL, 0, 0, NULL, "as docs/hardware.md holds them"},
    {.name = NULL},
};

static const char *const kinds[] = {"scanner", "printer", "scale"};

/* What a model may have been verified against, the best first. */
static const struct level {
    const char *support, *heading, *text;
} levels[] = {
    {"hardware", "Verified on hardware", "Somebody has worked with the device itself; the source names the report."},
    {"rig", "Verified on emulated devices", "The tests run against an emulated device that behaves as documents say."},
    {"documents", "From documents",
     "Written from what manufacturers and other projects say. It should work; nobody has tried it with this version."},
};

static const char markdown_head[] =
    "# Hardware\n\n"
    "<!-- Written by `make docs` from drivers/models: change those files instead. -->\n\n"
    "Which scanners, printers and scales Floorhand knows, and how sure that is. **Nothing in this list has been "
    "verified\n"
    "on hardware yet**, unless it stands under that heading. A device that is not listed works all the same if its "
    "class\n"
    "does: keyboards, HID scanners and scales, serial lines, printers that name their language.\n\n"
    "`floorhand device list` tells what is plugged in, `floorhand doctor` what is wrong with it. How to add a model:\n"
    "[drivers/models/README.md](../drivers/models/README.md).\n";

static size_t count_of(const struct model_set *set, const char *support, const char *kind)
{
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++)
        count += strcmp(set->models[i].support, support) == 0 && (!kind || strcmp(set->models[i].kind, kind) == 0);
    return count;
}

/* A '|' would end the cell. */
static void print_cell(const char *text)
{
    fputs("| ", stdout);
    for (; *text; text++)
        printf(*text == '|' ? "\\%c" : "%c", *text);
    putchar(' ');
}

static void print_markdown_row(const struct model *model)
{
    char driver[160];
    bool usable = strcmp(model->driver, "none") != 0;
    size_t length = (size_t)snprintf(driver, sizeof(driver), "%s", usable ? model->driver : "**not usable so**");
    if (model->baud)
        length += (size_t)snprintf(driver + length, sizeof(driver) - length, ", %lld baud", (long long)model->baud);
    if (*model->parity)
        length += (size_t)snprintf(driver + length, sizeof(driver) - length, ", %s parity", model->parity);
    if (*model->flow)
        snprintf(driver + length, sizeof(driver) - length, ", %s", model->flow);
    print_cell(model->make);
    print_cell(model->name);
    print_cell(*model->match ? model->match : "chosen by hand");
    print_cell(driver);
    print_cell(model->capabilities);
    print_cell(model->quirks);
    print_cell(model->note);
    print_cell(model->source);
    puts("|");
}

static void print_markdown_level(const struct model_set *set, const struct level *level)
{
    static const char *const titles[] = {"Scanners", "Printers", "Scales"};
    printf("\n## %s\n\n%s\n", level->heading, level->text);
    if (count_of(set, level->support, NULL) == 0)
        puts("\nNone yet.");
    for (size_t kind = 0; kind < COUNT(kinds); kind++) {
        if (count_of(set, level->support, kinds[kind]) == 0)
            continue;
        printf("\n### %s\n\n| make | model | known by | driver | can | beware | note | source |\n"
               "|---|---|---|---|---|---|---|---|\n",
               titles[kind]);
        for (size_t i = 0; i < set->count; i++)
            if (strcmp(set->models[i].support, level->support) == 0 && strcmp(set->models[i].kind, kinds[kind]) == 0)
                print_markdown_row(&set->models[i]);
    }
}

static void print_plain(const struct model_set *set)
{
    for (size_t kind = 0; kind < COUNT(kinds); kind++)
        for (size_t i = 0; i < set->count; i++)
            if (strcmp(set->models[i].kind, kinds[kind]) == 0)
                printf("%-8s %-17s %-10s %s %s\n", set->models[i].kind, set->models[i].driver, set->models[i].support,
                       set->models[i].make, set->models[i].name);
}

enum exit_code command_device_models(struct command_call *call)
{
    CLEANUP(model_set_done) struct model_set set = {0};
    struct error error;
    if (model_set_load(device_models, &set, &error) < 0)
        return command_fail(EXIT_FAILED, "%s", error.text);
    if (!call->options.markdown) {
        print_plain(&set);
        return EXIT_GOOD;
    }
    fputs(markdown_head, stdout);
    if (count_of(&set, "hardware", NULL) == 0)
        puts("\n**Nothing in this list has been verified on hardware yet.**");
    for (size_t i = 0; i < COUNT(levels); i++)
        print_markdown_level(&set, &levels[i]);
    return EXIT_GOOD;
}
