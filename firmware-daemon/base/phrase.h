/* The program's sentences in Chinese. They are written in English where something is refused; a book has what each says
 * in Chinese, with its words in place. Does not know which language somebody reads: both are given. */
#ifndef BASE_PHRASE_H
#define BASE_PHRASE_H

#include "base/buf.h"

#include <stdbool.h>

#define PHRASE_WORDS_MAX 6

/* "%" stands for words of any kind. In Chinese they are %1 to %6, and what they say is looked up, too: a sentence may
 * hold another one. */
struct phrase {
    const char *english, *chinese;
};

/* books: tables that end with a phrase of NULL; NULL behind the last. Of the phrases that fit, the one with the most
 * letters of its own is taken. A sentence that is in no book stays as it is. */
void phrase_chinese(const struct phrase *const *books, const char *english, struct buf *out);

/* At a terminal: what LC_ALL, LC_MESSAGES or LANG, the first that is set, says. */
bool phrase_terminal_is_chinese(void);

/* What base itself says, of which people on pages may read. */
extern const struct phrase base_phrases[];

#endif
