/* Release what a block owns when the block is left, whichever way it is left.
 * Does not own anything itself: it only names the free function next to the variable. */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

/* CLEANUP(fn): fn takes a pointer to the variable. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* For "T *x = x_free(x)" functions: DEFINE_CLEANUP(x_free, struct x *) makes x_free_p(). */
#define DEFINE_CLEANUP(fn, type)                                                                                       \
    static inline void fn##_p(type *p)                                                                                 \
    {                                                                                                                  \
        if (*p)                                                                                                        \
            fn(*p);                                                                                                    \
    }                                                                                                                  \
    struct cleanup_semicolon_##fn

static inline void cleanup_free(void *p)
{
    void **pointer = p;
    free(*pointer);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
