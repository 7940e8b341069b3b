/* The first day at a station in training: for each flow a lesson, a text file that says at each step what to scan and
 * why, and which mistakes to make on purpose to know them. Where a worker is in it follows from what he has practised
 * (store/training.h). Does not decide what a scan does: the flow's own rules do. */
#ifndef TRAINING_LESSON_H
#define TRAINING_LESSON_H

#include "base/buf.h"
#include "base/embed.h"
#include "base/error.h"
#include "store/store.h"
#include "store/training.h"

#define LESSONS_MAX      24
#define LESSON_PARTS_MAX 40
#define LESSON_TEXT_MAX  256 /* bytes of a text, with the terminator */

/* A text in both languages. */
struct lesson_words {
    char en[LESSON_TEXT_MAX], zh[LESSON_TEXT_MAX];
};

/* What is to be done at a step; or, with a code, a mistake to make there: "E05", or "E" for any. */
struct lesson_part {
    char step[24], code[8];
    struct lesson_words say, why;
};

struct lesson {
    char name[24];
    int64_t place;                    /* lessons are taken in this order */
    struct lesson_words title, start; /* start: what opens the flow, said at the menu */
    struct lesson_part parts[LESSON_PARTS_MAX];
    size_t count;
};

struct lesson_set {
    struct lesson *lessons[LESSONS_MAX]; /* by place */
    size_t count;
};

extern const struct embedded_file lesson_files[]; /* firmware-daemon/training/lessons: NAME.lesson */

/* The sentence names file and line. ret: lesson_set_done(). */
int lesson_set_load(const struct embedded_file *files, struct lesson_set *ret, struct error *error);
void lesson_set_done(struct lesson_set *set);

/* "lesson": {"name", "title", "done", "of", "say", "why", "try"} of the open object, for who stands at a station of the
 * copy; null where there is nothing to learn. */
int lesson_write(const struct lesson_set *set, struct store *copy, const char *station, struct buf *json);

/* "lessons": [{"worker", "name", "lessons": [{"name", "done", "of"}]}]: who has practised what. */
int lesson_write_all(const struct lesson_set *set, struct store *copy, struct buf *json);

/* A lesson of the copy's that somebody has practised whole and that the site was not told of yet. 0, or -ENOENT: there
 * is none. lesson_told(): it is now. */
int lesson_next_passed(const struct lesson_set *set, struct store *copy, struct lesson_passed *ret,
                       int64_t *ret_worker);
int lesson_told(struct store *copy, int64_t worker, const char *lesson);

#endif
