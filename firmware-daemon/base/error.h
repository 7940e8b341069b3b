/* One clear sentence for a person, carried beside a -errno. Does not log and does not allocate. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#define ERROR_TEXT_MAX 320

struct error {
    char text[ERROR_TEXT_MAX]; /* what is wrong and what to do; always terminated, cut at a character */
};

/* Writes the sentence (when error is not NULL) and returns code, so that "return error_set(e, -EINVAL, ...)" reads
 * well. */
int error_set(struct error *error, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
