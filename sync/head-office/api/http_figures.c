/* The addresses of figures (figures/figure.h): whoever may look at the rows may look at their sums. What takes seconds
 * is reckoned by a command of ours, so that the loop goes on. */
#include "base/file.h"
#include "base/json.h"
#include "base/list.h"
#include "base/own_command.h"
#include "base/text.h"
#include "sync/head-office/api/http_internal.h"
#include "sync/head-office/command.h"
#include "sync/head-office/figures/figure_file.h"
#include "sync/head-office/phrases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RUN_MAX   2  /* commands at a time */
#define WAIT_MAX  64 /* questions, those that are being answered included */
#define WORDS_MAX 8192
#define FORMATS   "json,xlsx,csv"

#define FILE_TYPE_XLSX "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define FILE_TYPE_CSV  "text/csv"

/* A limit needs rows that tell the shop or site: those that can be split by it. */
static int may_look(const struct asker *asker, const struct figure *figure, const char *site, struct limit *ret)
{
    *ret = (struct limit){"", ""};
    for (int part = 0; part < FIGURE_PARTS && figure->parts[part].kind; part++) {
        struct limit limit;
        int result = access_read(asker, figure->parts[part].kind, site, &limit);
        if (result)
            return result;
        if (limit_is_set(&limit))
            *ret = limit;
    }
    return !limit_is_set(ret) || figure_splits(figure, ret->by) ? 0 : -EACCES;
}

bool http_get_figures(struct web_request *request)
{
    CLEANUP_BUF struct buf json = {0};
    struct limit limit;
    json_open_array(&json, NULL);
    for (const struct figure *figure = figures; figure->name; figure++)
        if (may_look(asker_of(request), figure, NULL, &limit) != -EACCES)
            figure_write(figure, &json);
    json_close_array(&json);
    return web_answer_json(request, WEB_OK, &json);
}

/* The limit is asked for in any case. */
static int read_asked(struct web_request *request, const struct limit *limit, struct figure_asked *asked,
                      const char **ret_format, struct error *error)
{
    struct web_value values[WEB_VALUES_MAX];
    size_t count = 0;
    int result = web_values(request, values, &count);
    if (result)
        return error_set(error, -EINVAL, "A question has at most %d values, each as name=value.", WEB_VALUES_MAX);
    for (size_t i = 0; i < count && !result; i++) {
        if (strcmp(values[i].name, "format") == 0)
            *ret_format = values[i].value;
        else if (!limit_is_set(limit) || strcmp(values[i].name, limit->by) != 0)
            result = figure_asked_add(asked, values[i].name, strlen(values[i].name), values[i].value, error);
        else if (strcmp(values[i].value, limit->value) != 0)
            return error_set(error, -EACCES, "You may not look at another %s.", limit->by);
    }
    return result || !limit_is_set(limit) ? result
                                          : figure_asked_add(asked, limit->by, strlen(limit->by), limit->value, error);
}

/* ---------------------------------------------------------------- reckoned beside the loop */

/* A question that a command of ours answers. */
struct asked {
    struct list link;
    struct http_figures *desk;
    uint64_t number;
    const struct figure *figure; /* NULL: a baseline */
    char format[8];
    struct buf words; /* each ended by a zero byte */
    struct own_command *running;
    struct buf answer;
};

struct http_figures {
    sd_event *event;
    const char *database;
    struct web_server **web;
    struct list asked; /* struct asked, by .link: those that run come first */
    size_t count;
};

static void start_next(struct http_figures *desk);

static void let_go(struct asked *asked)
{
    list_remove(&asked->link);
    asked->desk->count--;
    own_command_close(asked->running);
    buf_done(&asked->words);
    buf_done(&asked->answer);
    free(asked);
}

static void answer_fault(struct asked *asked, int code, const char *sentence)
{
    CLEANUP_BUF struct buf fault = {0};
    web_write_refusal(head_office_phrases, sentence, &fault);
    web_server_answer(*asked->desk->web, asked->number, http_status_of(code), buf_text(&fault), fault.length);
}

/* The writer of files writes files: one of our own, which is gone when it is answered. */
static int make_file(const struct asked *asked, struct buf *file, struct error *error)
{
    char folder[] = "/tmp/floorhand-figure-XXXXXX", path[64];
    if (!mkdtemp(folder))
        return error_set(error, -EAGAIN, "A file cannot be made just now.");
    snprintf(path, sizeof(path), "%s/figure.%s", folder, asked->format);
    int result = figure_file(asked->figure, &asked->answer, path, error);
    if (!result)
        result = file_load(path, file);
    unlink(path);
    rmdir(folder);
    return result;
}

static void answer_file(struct asked *asked)
{
    struct error error = {0};
    CLEANUP_BUF struct buf file = {.max = HTTP_ANSWER_MAX};
    int result = make_file(asked, &file, &error);
    if (result)
        answer_fault(asked, result, error.text);
    else
        web_server_answer_file(*asked->desk->web, asked->number,
                               strcmp(asked->format, "csv") == 0 ? FILE_TYPE_CSV : FILE_TYPE_XLSX, file.data,
                               file.length);
}

static void take_line(void *user, const char *text, size_t length)
{
    struct asked *asked = user;
    buf_clear(&asked->answer);
    buf_put(&asked->answer, text, length);
}

static void take_end(void *user, bool failed)
{
    struct asked *asked = user;
    struct http_figures *desk = asked->desk;
    json_t *said = failed ? json_loadb(buf_text(&asked->answer), asked->answer.length, 0, NULL) : NULL;
    const char *sentence = json_string_value(json_object_get(said, "sentence"));
    int code = (int)json_integer_value(json_object_get(said, "fault"));
    if (failed)
        answer_fault(asked, sentence ? (code == COMMAND_USAGE ? -EINVAL : code) : -EAGAIN,
                     sentence ? sentence : "The figure cannot be reckoned just now: ask again.");
    else if (asked->figure && strcmp(asked->format, "json") != 0)
        answer_file(asked);
    else
        web_server_answer(*desk->web, asked->number, WEB_OK, buf_text(&asked->answer), asked->answer.length);
    json_decref(said);
    let_go(asked);
    start_next(desk);
}

static const struct own_command_ops ops = {take_line, take_end};

static int start(struct asked *asked)
{
    const char *words[OWN_COMMAND_WORDS + 1] = {0};
    size_t count = 0;
    for (size_t at = 0; at < asked->words.length && count < OWN_COMMAND_WORDS; count++) {
        words[count] = asked->words.data + at;
        at += strlen(words[count]) + 1;
    }
    return own_command_start(asked->desk->event, words, -1, &ops, asked, &asked->running);
}

static void start_next(struct http_figures *desk)
{
    struct asked *asked;
    size_t running = 0;
    LIST_EACH(asked, &desk->asked, struct asked, link)
    {
        if (!asked->running && running < RUN_MAX && start(asked) != 0) {
            answer_fault(asked, -EAGAIN, "The figure cannot be reckoned just now: ask again.");
            let_go(asked);
        } else {
            running += asked->running != NULL;
        }
    }
}

/* Takes the words over. */
static bool ask(struct web_request *request, const struct figure *figure, const char *format, struct buf *words)
{
    struct http_figures *desk = http_of(request)->figures;
    struct asked *asked = desk->count < WAIT_MAX && !words->failed ? calloc(1, sizeof(*asked)) : NULL;
    if (!asked)
        return web_answer_error(request, WEB_UNAVAILABLE,
                                "Many figures are asked for just now: ask again in a moment.");
    *asked = (struct asked){.desk = desk, .figure = figure, .words = *words, .answer = {.max = HTTP_ANSWER_MAX}};
    *words = (struct buf){0};
    text_copy(asked->format, sizeof(asked->format), format);
    list_append(&desk->asked, &asked->link);
    desk->count++;
    asked->number = web_promise(request);
    start_next(desk);
    return true;
}

static void add_word(struct buf *words, const char *name, const char *value)
{
    buf_printf(words, value ? "%s=%s" : "%s", name, value);
    buf_putc(words, '\0');
}

static void begin_words(struct buf *words, const struct http_figures *desk, const char *command)
{
    add_word(words, command, NULL);
    add_word(words, "--for-program", NULL);
    add_word(words, "--database", NULL);
    add_word(words, desk->database, NULL);
}

int http_figures_open(sd_event *event, const char *database, struct web_server **web, struct http_figures **ret)
{
    struct http_figures *desk = calloc(1, sizeof(*desk));
    if (!desk)
        return -ENOMEM;
    *desk = (struct http_figures){.event = event, .database = database, .web = web};
    list_init(&desk->asked);
    *ret = desk;
    return 0;
}

struct http_figures *http_figures_close(struct http_figures *desk)
{
    struct asked *asked;
    if (!desk)
        return NULL;
    LIST_EACH(asked, &desk->asked, struct asked, link)
    let_go(asked);
    free(desk);
    return NULL;
}

/* ---------------------------------------------------------------- the addresses */

/* What cannot be asked is refused here already; the command reckons. */
bool http_get_figure(struct web_request *request)
{
    const struct figure *figure = figure_find(request->id);
    const char *format = "json";
    struct figure_question question;
    struct error error = {0};
    CLEANUP_ASKED struct figure_asked asked = {.count = 0};
    CLEANUP_BUF struct buf words = {.max = WORDS_MAX};
    if (!figure)
        return web_answer_error(request, WEB_NOT_FOUND, "There is no figure \"%s\": see /api/v1/figures.", request->id);
    struct limit limit;
    int result = may_look(asker_of(request), figure, web_value(request, "site"), &limit);
    if (result)
        return http_forbid(request, result, "look at", figure->name);
    result = read_asked(request, &limit, &asked, &format, &error);
    if (!result)
        result = figure_asked_question(http_of(request)->office, figure->name, &asked, &question, &error);
    if (!result && !text_is_listed(FORMATS, format))
        result = error_set(&error, -EINVAL, "format is json, xlsx or csv.");
    if (result)
        return http_answer_fault(request, result, &error);
    begin_words(&words, http_of(request)->figures, "figure");
    add_word(&words, "--", NULL);
    add_word(&words, figure->name, NULL);
    for (size_t i = 0; i < asked.count; i++)
        add_word(&words, asked.names[i], asked.values[i]);
    return ask(request, figure, format, &words);
}

/* A baseline is compared in figures of all kinds: nobody's who is limited. */
bool http_get_compared(struct web_request *request)
{
    CLEANUP_BUF struct buf words = {.max = WORDS_MAX};
    const char *from = web_value(request, "from"), *to = web_value(request, "to");
    struct limit limit;
    if (access_read(asker_of(request), "baselines", NULL, &limit) != 0 || limit_is_set(&limit))
        return http_forbid(request, -EACCES, "look at", "baselines");
    begin_words(&words, http_of(request)->figures, "report");
    add_word(&words, "--from", NULL);
    add_word(&words, from ? from : "", NULL);
    add_word(&words, "--to", NULL);
    add_word(&words, to ? to : "", NULL);
    add_word(&words, "--", NULL);
    add_word(&words, "baseline", NULL);
    add_word(&words, request->id, NULL);
    return ask(request, NULL, "json", &words);
}
