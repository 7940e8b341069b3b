#include "training/lesson.h"

#include "base/json.h"
#include "base/option.h"
#include "base/text.h"
#include "store/catalog.h"
#include "store/session.h"
#include "store/training.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WORKERS_SHOWN_MAX 50

/* ---------------------------------------------------------------- the files */

#define WORDS(key, type, member, fallback_, text)                                                                      \
    {key ".en", OPTION_TEXT_AT(struct type, member.en), .fallback = fallback_, .help = text},                          \
    {                                                                                                                  \
        key ".zh", OPTION_TEXT_AT(struct type, member.zh), .fallback = fallback_, .help = text                         \
    }

static const struct option_def lesson_keys[] = {
    {"place", OPTION_NUMBER_AT(struct lesson, place), .fallback = "0", .min = 0, .max = 1000, .help = "its place"},
    WORDS("title", lesson, title, "", "what the lesson is called"),
    WORDS("start", lesson, start, "", "what to scan at the menu to begin"),
    {.name = NULL},
};
static const struct option_def part_keys[] = {
    WORDS("say", lesson_part, say, "", "what to do"),
    WORDS("why", lesson_part, why, "", "what it is good for, what to look at"),
    {.name = NULL},
};

/* "step pick.item" or "try pick.item E05". */
static void *open_part(void *user, const struct option_section *section, const char *instance)
{
    struct lesson *lesson = user;
    if (lesson->count == LESSON_PARTS_MAX)
        return NULL;
    struct lesson_part *part = &lesson->parts[lesson->count];
    size_t length = strcspn(instance, " ");
    bool try = strcmp(section->name, "try ") == 0;
    if (try != (instance[length] == ' ') || !text_copy_n(part->step, sizeof(part->step), instance, length) ||
        (try && !text_copy(part->code, sizeof(part->code), instance + length + 1)))
        return NULL;
    lesson->count++;
    return part;
}

static void *open_lesson(void *user, const struct option_section *section, const char *instance)
{
    (void)section;
    (void)instance;
    return user;
}

static bool is_said(const struct lesson_words *words)
{
    return *words->en && *words->zh;
}

static int check(const char *file, const struct lesson *lesson, struct error *error)
{
    if (!is_said(&lesson->title) || !is_said(&lesson->start) || lesson->count == 0)
        return error_set(error, -EINVAL, "%s: a lesson needs a title and a start in both languages, and a step", file);
    for (size_t i = 0; i < lesson->count; i++) {
        const struct lesson_part *part = &lesson->parts[i];
        if (!is_said(&part->say) || !*part->why.en != !*part->why.zh)
            return error_set(error, -EINVAL, "%s: the part %s %s is not said in both languages", file, part->step,
                             part->code);
    }
    return 0;
}

static int load(const struct embedded_file *file, struct lesson *lesson, struct error *error)
{
    static const struct option_section sections[] = {{"lesson", lesson_keys, open_lesson},
                                                     {"step ", part_keys, open_part},
                                                     {"try ", part_keys, open_part},
                                                     {.name = NULL}};
    text_copy_n(lesson->name, sizeof(lesson->name), file->name, strcspn(file->name, "."));
    int result = option_load_text(file->name, file->data, sections, lesson, error);
    return result ? result : check(file->name, lesson, error);
}

static int by_place(const void *a, const void *b)
{
    const struct lesson *const *left = a, *const *right = b;
    return (*left)->place < (*right)->place ? -1 : (*left)->place > (*right)->place;
}

int lesson_set_load(const struct embedded_file *files, struct lesson_set *ret, struct error *error)
{
    int result = 0;
    *ret = (struct lesson_set){.count = 0};
    for (; files->name && !result; files++) {
        struct lesson *lesson = ret->count < LESSONS_MAX ? calloc(1, sizeof(*lesson)) : NULL;
        if (!lesson)
            result = error_set(error, -ENOMEM, "%s: there is no room for so many lessons", files->name);
        else
            result = load(files, ret->lessons[ret->count++] = lesson, error);
    }
    if (result)
        lesson_set_done(ret);
    else if (ret->count > 0)
        qsort(ret->lessons, ret->count, sizeof(struct lesson *), by_place);
    return result;
}

void lesson_set_done(struct lesson_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        free(set->lessons[i]);
    *set = (struct lesson_set){.count = 0};
}

/* ---------------------------------------------------------------- where a worker is in them */

struct progress {
    const struct lesson_set *set;
    bool done[LESSONS_MAX][LESSON_PARTS_MAX];
    int64_t skips; /* lessons that were put off */
    int64_t mistakes[LESSONS_MAX];
    bool told[LESSONS_MAX];
};

/* "E" stands for any mistake. */
static bool is_code(const struct lesson_part *part, const char *code)
{
    return strcmp(part->code, "E") == 0 ? *code == 'E' : strcmp(part->code, code) == 0;
}

static void take_practised(void *user, const char *step, const char *code, int64_t times)
{
    struct progress *progress = user;
    if (strcmp(code, PRACTISED_SKIP) == 0)
        progress->skips += times;
    for (size_t i = 0; i < progress->set->count; i++) {
        const struct lesson *lesson = progress->set->lessons[i];
        bool its_step = false;
        for (size_t j = 0; j < lesson->count; j++) {
            bool here = strcmp(lesson->parts[j].step, step) == 0;
            its_step |= here;
            if (here && is_code(&lesson->parts[j], code))
                progress->done[i][j] = true;
        }
        progress->mistakes[i] += its_step && *code == 'E' ? times : 0;
        progress->told[i] |= strcmp(step, PRACTISED_PASSED) == 0 && strcmp(code, lesson->name) == 0;
    }
}

static int64_t count_done(const struct progress *progress, size_t lesson)
{
    int64_t done = 0;
    for (size_t i = 0; i < progress->set->lessons[lesson]->count; i++)
        done += progress->done[lesson][i];
    return done;
}

static bool is_complete(const struct progress *progress, size_t lesson)
{
    return count_done(progress, lesson) == (int64_t)progress->set->lessons[lesson]->count;
}

/* The first that is not complete; each that was put off goes behind the others. -1: all are complete. */
static int next_lesson(const struct progress *progress)
{
    int open[LESSONS_MAX], count = 0;
    for (size_t i = 0; i < progress->set->count; i++)
        if (!is_complete(progress, i))
            open[count++] = (int)i;
    return count ? open[progress->skips % count] : -1;
}

static int lesson_of_step(const struct lesson_set *set, const char *step)
{
    for (size_t i = 0; i < set->count; i++)
        for (size_t j = 0; j < set->lessons[i]->count; j++)
            if (strcmp(set->lessons[i]->parts[j].step, step) == 0)
                return (int)i;
    return -1;
}

/* ---------------------------------------------------------------- what is shown */

struct shown {
    const char *name;
    int64_t done, of;
    const struct lesson_words *title, *say, *why; /* why NULL: nothing */
    const struct lesson_part *try;                /* NULL: none */
};

static void write_words(const struct lesson_words *words, const char *key, struct buf *json)
{
    if (!words || !is_said(words)) {
        json_text(json, key, NULL);
        return;
    }
    json_words(json, key, words->en, words->zh);
}

static void write_shown(const struct shown *shown, struct buf *json)
{
    if (!shown->name) {
        json_text(json, "lesson", NULL);
        return;
    }
    json_open_object(json, "lesson");
    json_text(json, "name", shown->name);
    json_int(json, "done", shown->done);
    json_int(json, "of", shown->of);
    write_words(shown->title, "title", json);
    write_words(shown->say, "say", json);
    write_words(shown->why, "why", json);
    if (shown->try) {
        json_open_object(json, "try");
        json_text(json, "code", shown->try->code);
        write_words(&shown->try->say, "say", json);
        json_close_object(json);
    } else {
        json_text(json, "try", NULL);
    }
    json_close_object(json);
}

static struct shown show_lesson(const struct progress *progress, int at)
{
    const struct lesson *lesson = progress->set->lessons[at];
    return (struct shown){.name = lesson->name,
                          .done = count_done(progress, (size_t)at),
                          .of = (int64_t)lesson->count,
                          .title = &lesson->title};
}

/* A mistake comes first: whoever has gone on does not know how it sounds. */
static struct shown show_step(const struct progress *progress, const char *step)
{
    int at = lesson_of_step(progress->set, step);
    if (at < 0)
        return (struct shown){.name = NULL};
    struct shown shown = show_lesson(progress, at);
    const struct lesson *lesson = progress->set->lessons[at];
    for (size_t i = 0; i < lesson->count; i++) {
        const struct lesson_part *part = &lesson->parts[i];
        if (strcmp(part->step, step) != 0)
            continue;
        if (!*part->code) {
            shown.say = &part->say;
            shown.why = &part->why;
        } else if (!shown.try && !progress->done[at][i]) {
            shown.try = part;
        }
    }
    return shown;
}

static struct shown show_menu(const struct progress *progress)
{
    static const struct lesson_words title = {"All lessons are done", "全部课程已完成"},
                                     say = {"Practise on, scan TRAIN for more orders, or LIVE to work",
                                            "可继续练习;扫「练习」再生成订单,扫「正式」恢复作业"};
    int at = next_lesson(progress);
    if (at < 0)
        return (struct shown){.name = "end", .title = &title, .say = &say};
    struct shown shown = show_lesson(progress, at);
    shown.say = &progress->set->lessons[at]->start;
    return shown;
}

int lesson_write(const struct lesson_set *set, struct store *copy, const char *station, struct buf *json)
{
    struct session session;
    struct progress progress = {.set = set};
    int result = session_at_station(copy, station, &session);
    if (!result && session.worker)
        result = practised_each(copy, session.worker, take_practised, &progress);
    if (result)
        return result;
    const char *step = session.worker ? session.step : "badge";
    const struct shown shown = strcmp(step, "menu") == 0 ? show_menu(&progress) : show_step(&progress, step);
    write_shown(&shown, json);
    return 0;
}

static int write_worker(const struct lesson_set *set, struct store *copy, int64_t id, struct buf *json)
{
    struct worker worker;
    struct progress progress = {.set = set};
    int result = worker_load(copy, id, &worker);
    if (!result)
        result = practised_each(copy, id, take_practised, &progress);
    if (result)
        return result;
    json_open_object(json, NULL);
    json_text(json, "worker", worker.code);
    json_text(json, "name", worker.name);
    json_open_array(json, "lessons");
    for (size_t i = 0; i < set->count; i++) {
        json_open_object(json, NULL);
        json_text(json, "name", set->lessons[i]->name);
        json_int(json, "done", count_done(&progress, i));
        json_int(json, "of", (int64_t)set->lessons[i]->count);
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
    return 0;
}

int lesson_write_all(const struct lesson_set *set, struct store *copy, struct buf *json)
{
    int64_t workers[WORKERS_SHOWN_MAX];
    size_t count = 0;
    int result = practised_workers(copy, workers, COUNT(workers), &count);
    json_open_array(json, "lessons");
    for (size_t i = 0; i < count && !result; i++)
        result = write_worker(set, copy, workers[i], json);
    json_close_array(json);
    return result;
}

/* ---------------------------------------------------------------- what the site is told */

static int find_untold(const struct lesson_set *set, struct store *copy, int64_t id, struct lesson_passed *ret)
{
    struct worker worker;
    struct progress progress = {.set = set};
    int result = practised_each(copy, id, take_practised, &progress);
    for (size_t i = 0; i < set->count && !result; i++) {
        if (progress.told[i] || !is_complete(&progress, i))
            continue;
        result = worker_load(copy, id, &worker);
        *ret = (struct lesson_passed){.steps = (int64_t)set->lessons[i]->count, .mistakes = progress.mistakes[i]};
        text_copy(ret->worker, sizeof(ret->worker), worker.code);
        text_copy(ret->lesson, sizeof(ret->lesson), set->lessons[i]->name);
        return result;
    }
    return result ? result : -ENOENT;
}

int lesson_next_passed(const struct lesson_set *set, struct store *copy, struct lesson_passed *ret, int64_t *ret_worker)
{
    int64_t workers[WORKERS_SHOWN_MAX];
    size_t count = 0;
    int result = practised_workers(copy, workers, COUNT(workers), &count);
    if (!result)
        result = -ENOENT;
    for (size_t i = 0; i < count && result == -ENOENT; i++) {
        *ret_worker = workers[i];
        result = find_untold(set, copy, workers[i], ret);
    }
    return result;
}

int lesson_told(struct store *copy, int64_t worker, const char *lesson)
{
    return practised_add(copy, worker, PRACTISED_PASSED, lesson);
}
