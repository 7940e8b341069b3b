#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((format(printf, 3, 0))) static void line(int priority, const char *word, const char *format,
                                                       va_list arguments)
{
    char text[1024];
    vsnprintf(text, sizeof(text), format, arguments);
    if (getenv("JOURNAL_STREAM")) /* set by systemd when standard error goes to the journal */
        fprintf(stderr, "<%d>%s\n", priority, text);
    else
        fprintf(stderr, "%s: %s\n", word, text);
}

#define DEFINE_LEVEL(name, priority, word)                                                                             \
    void name(const char *format, ...)                                                                                 \
    {                                                                                                                  \
        va_list arguments;                                                                                             \
        va_start(arguments, format);                                                                                   \
        line(priority, word, format, arguments);                                                                       \
        va_end(arguments);                                                                                             \
    }

DEFINE_LEVEL(log_error, 3, "error")
DEFINE_LEVEL(log_warning, 4, "warning")
DEFINE_LEVEL(log_info, 6, "info")
