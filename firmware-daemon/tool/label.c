#include "base/file.h"
#include "base/id.h"
#include "base/json.h"
#include "drivers/label/png.h"
#include "drivers/label/render.h"
#include "tool/commands.h"
#include "tool/daemon_client.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define DATA_MAX ((size_t)8 << 20)

#define TEMPLATES_OPTION                                                                                               \
    {                                                                                                                  \
        "templates", OPTION_TEXT_AT(struct tool_options, templates), "", 0, 0, NULL, "a folder of further templates"   \
    }

const struct option_def label_list_options[] = {
    {"json", OPTION_FLAG_AT(struct tool_options, json), NULL, 0, 0, NULL, "one JSON object per template on a line"},
    TEMPLATES_OPTION,
    {.name = NULL},
};

const struct option_def label_check_options[] = {TEMPLATES_OPTION, {.name = NULL}};

const struct option_def label_render_options[] = {
    {"data", OPTION_TEXT_AT(struct tool_options, data), "", 0, 0, NULL,
     "the JSON file of the label's data; - is standard input"},
    {"to", OPTION_CHOICE_AT(struct tool_options, to), NULL, 0, 0, "zpl|tspl|epl|escpos|cpcl|png", "what to make"},
    {"dpi", OPTION_NUMBER_AT(struct tool_options, dpi), "203", 203, 600, NULL, "203, 300 or 600 dots per inch"},
    {"baud", OPTION_NUMBER_AT(struct tool_options, baud), "0", 0, 921600, NULL,
     "of a serial line to the printer; 0: so fast that it does not matter"},
    {"copies", OPTION_NUMBER_AT(struct tool_options, copies), "1", 1, LABEL_COPIES_MAX, NULL, "of each page"},
    {"language", OPTION_CHOICE_AT(struct tool_options, language), "zh", 0, 0, "zh|en", "of the words on the label"},
    {"lacks", OPTION_TEXT_AT(struct tool_options, lacks), "", 0, 0, NULL, "what the printer cannot do, by blanks"},
    {"sample", OPTION_FLAG_AT(struct tool_options, sample), "no", 0, 0, NULL,
     "mark it as a sample, as a station in training prints it"},
    {"out", OPTION_TEXT_AT(struct tool_options, out), "", 0, 0, NULL,
     "the file to write, also -o; else standard output"},
    TEMPLATES_OPTION,
    {.name = NULL},
};

const struct option_def label_print_options[] = {
    DAEMON_URL_OPTION,
    {"station", OPTION_TEXT_AT(struct tool_options, station), "", 0, 0, NULL, "whose printer shall print it"},
    {"data", OPTION_TEXT_AT(struct tool_options, data), "", 0, 0, NULL,
     "the JSON file of the label's data; - is standard input"},
    {"copies", OPTION_NUMBER_AT(struct tool_options, copies), "1", 1, LABEL_COPIES_MAX, NULL, "of each page"},
    {"key", OPTION_TEXT_AT(struct tool_options, key), "", 0, 0, NULL,
     "asking twice with the same one prints it once; else each time is a new label"},
    {.name = NULL},
};

static enum exit_code refuse(const struct label_fault *fault)
{
    CLEANUP_BUF struct buf json = {0};
    label_fault_json(fault, &json);
    fprintf(stderr, "%s\n", buf_text(&json));
    return EXIT_FAILED;
}

/* ---------------------------------------------------------------- templates */

static bool is_path(const char *word)
{
    return strchr(word, '/') || strchr(word, '.');
}

/* The templates that there are, or the one that a path names. ret_name: what it is called among them. */
static int load(const struct command_call *call, struct template_set *set, const char **ret_name,
                struct label_fault *fault)
{
    struct template *template = NULL;
    const char *word = call->words[0];
    *ret_name = word;
    if (!is_path(word))
        return template_set_load(call->options.templates, set, fault);
    int result = template_load(word, &template, fault);
    if (result)
        return result;
    if (template_set_put(set, template) != 0)
        return label_refuse(fault, -ENOMEM, LABEL_MEMORY, NULL, "There is no memory for a template");
    *ret_name = template_about(set->templates[0]).name;
    return 0;
}

static void print_json(const struct template_about *about)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "name", about->name);
    json_words(&json, "title", about->title_en, about->title_zh);
    buf_printf(&json, ",\"size_mm\":[%g,%g]", about->width_tenths / 10.0, about->height_tenths / 10.0);
    json_text(&json, "needs", about->needs);
    json_bool(&json, "shipped", about->shipped);
    json_close_object(&json);
    puts(buf_text(&json));
}

enum exit_code command_label_list(struct command_call *call)
{
    CLEANUP(template_set_done) struct template_set set = {0};
    struct label_fault fault;
    if (template_set_load(call->options.templates, &set, &fault) != 0)
        return refuse(&fault);
    for (size_t i = 0; i < set.count; i++) {
        const struct template_about about = template_about(set.templates[i]);
        if (call->options.json)
            print_json(&about);
        else
            printf("%-20s %5g x %-5g %s\n", about.name, about.width_tenths / 10.0, about.height_tenths / 10.0,
                   about.title_en);
    }
    return EXIT_GOOD;
}

enum exit_code command_label_check(struct command_call *call)
{
    CLEANUP(template_set_done) struct template_set set = {0};
    struct label_fault fault;
    const char *name;
    if (load(call, &set, &name, &fault) != 0)
        return refuse(&fault);
    const struct template *template = template_set_find(&set, name);
    if (!template) {
        label_refuse(&fault, -ENOENT, LABEL_TEMPLATE, NULL, "There is no template \"%s\"", name);
        return refuse(&fault);
    }
    const struct template_about about = template_about(template);
    print_json(&about);
    return EXIT_GOOD;
}

enum exit_code command_label_keys(struct command_call *call)
{
    (void)call;
    CLEANUP_BUF struct buf markdown = {0};
    template_reference(&markdown);
    fputs(buf_text(&markdown), stdout);
    return EXIT_GOOD;
}

/* ---------------------------------------------------------------- rendering */

static int read_data(const char *path, struct buf *ret, struct label_fault *fault)
{
    int result = strcmp(path, "-") == 0 ? file_read(stdin, ret) : file_load(path, ret);
    return result ? label_refuse(fault, result, LABEL_DATA, NULL, "The data cannot be read from %s: %s", path,
                                 strerror(-result))
                  : 0;
}

static enum exit_code write_file(const char *path, const struct buf *bytes)
{
    FILE *file = *path ? fopen(path, "wbe") : stdout;
    if (!file)
        return command_fail(EXIT_FAILED, "%s cannot be written: %s", path, strerror(errno));
    errno = 0;
    bool whole = fwrite(buf_text(bytes), 1, bytes->length, file) == bytes->length;
    whole = (file == stdout ? fflush(file) : fclose(file)) == 0 && whole;
    return whole ? EXIT_GOOD
                 : command_fail(EXIT_FAILED, "%s cannot be written: %s", *path ? path : "the answer", strerror(errno));
}

static void warn(int64_t missing, int64_t removed)
{
    if (missing > 0)
        command_fail(EXIT_GOOD, "%" PRId64 " characters are in no font: each is printed as a box", missing);
    if (removed > 0)
        command_fail(EXIT_GOOD, "%" PRId64 " invisible characters were left out", removed);
}

/* "a/label.png" and 2 make "a/label-2.png". */
static void page_path(const char *path, int page, struct buf *ret)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    size_t stem = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
    buf_put(ret, path, stem);
    if (page > 1)
        buf_printf(ret, "-%d", page);
    buf_puts(ret, path + stem);
}

/* All pictures are made before the first file is written. */
static int draw_pngs(const struct label *pages, struct buf *pngs, struct label_fault *fault)
{
    for (const struct label *page = pages; page; page = page->next, pngs++) {
        CLEANUP(dots_done) struct dots dots = {0};
        int result = label_draw(page, &dots);
        if (!result)
            result = png_write(&dots, page->dpi, pngs);
        if (result)
            return label_refuse(fault, result, LABEL_MEMORY, NULL, "There is no memory for the picture");
    }
    return 0;
}

static enum exit_code write_pngs(const char *out, const struct buf *pngs, int count)
{
    enum exit_code code = EXIT_GOOD;
    for (int page = 1; page <= count && code == EXIT_GOOD; page++) {
        CLEANUP_BUF struct buf path = {0};
        page_path(out, page, &path);
        code = write_file(buf_text(&path), &pngs[page - 1]);
    }
    return code;
}

static enum exit_code render_png(const struct tool_options *options, const struct template_set *set,
                                 const struct render_job *job)
{
    CLEANUP(label_free_p) struct label *pages = NULL;
    struct label_fault fault;
    if (render_pages(set, job, options->dpi, &pages, &fault) != 0)
        return refuse(&fault);
    int count = 0;
    int64_t missing = 0, removed = 0;
    for (const struct label *page = pages; page; page = page->next) {
        count++;
        missing += page->missing;
        removed += page->removed;
    }
    if (count > 1 && !*options->out)
        return command_fail(EXIT_USAGE, "it has %d pages: --out must name the file of the first", count);
    CLEANUP(cleanup_free) struct buf *pngs = calloc((size_t)count + 1, sizeof(*pngs));
    enum exit_code code;
    if (!pngs)
        code = command_fail(EXIT_FAILED, "there is no memory for the picture");
    else if (draw_pngs(pages, pngs, &fault) != 0)
        code = refuse(&fault);
    else
        code = write_pngs(options->out, pngs, count);
    for (int i = 0; pngs && i < count; i++)
        buf_done(&pngs[i]);
    if (code == EXIT_GOOD)
        warn(missing, removed);
    return code;
}

static enum exit_code render_commands(const struct tool_options *options, const struct template_set *set,
                                      const struct render_job *job)
{
    CLEANUP(rendered_done) struct rendered rendered = {0};
    struct label_fault fault;
    const struct label_printer printer = {.language = printer_language_named(options->to),
                                          .dpi = options->dpi,
                                          .baud = options->baud,
                                          .lacks = options->lacks};
    if (render_job(set, job, &printer, &rendered, &fault) != 0)
        return refuse(&fault);
    enum exit_code code = write_file(options->out, &rendered.bytes);
    if (code == EXIT_GOOD)
        warn(rendered.missing, rendered.removed);
    return code;
}

enum exit_code command_label_render(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    if (!*options->data || !*options->to)
        return command_fail(EXIT_USAGE, "--data and --to must be given; see floorhand label render --help");
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP_BUF struct buf data = {.max = DATA_MAX};
    struct label_fault fault;
    const char *name;
    if (load(call, &set, &name, &fault) != 0 || read_data(options->data, &data, &fault) != 0)
        return refuse(&fault);
    const struct render_job job = {.template_name = name,
                                   .json = buf_text(&data),
                                   .length = data.length,
                                   .tongue = strcmp(options->language, "en") == 0 ? LABEL_ENGLISH : LABEL_CHINESE,
                                   .copies = options->copies,
                                   .sample = options->sample};
    return strcmp(options->to, "png") == 0 ? render_png(options, &set, &job) : render_commands(options, &set, &job);
}

/* ---------------------------------------------------------------- printing */

enum exit_code command_label_print(struct command_call *call)
{
    const struct tool_options *options = &call->options;
    CLEANUP_BUF struct buf data = {.max = DATA_MAX}, body = {0};
    struct label_fault fault;
    char key[ID_TEXT_SIZE];
    if (!*options->data || !*options->station)
        return command_fail(EXIT_USAGE, "--data and --station must be given; see floorhand label print --help");
    if (read_data(options->data, &data, &fault) != 0)
        return refuse(&fault);
    id_new(&random_system, key);
    json_open_object(&body, NULL);
    json_text(&body, "template", call->words[0]);
    json_text(&body, "key", *options->key ? options->key : key);
    json_int(&body, "copies", options->copies);
    json_raw(&body, "data", data.length ? buf_text(&data) : "null");
    json_close_object(&body);
    return daemon_post(options->url, (const char *const[]){"stations", options->station, "labels", NULL},
                       "application/json", &body, NULL);
}
