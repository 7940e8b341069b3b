#include "base/phrase.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 3 /* a sentence in a sentence: where, what, and what one of its parts is */

struct words {
    const char *at;
    size_t length;
};

/* Each stands for as little as can be, the last for all that is left before what ends the pattern. */
static bool fits(const char *pattern, const char *sentence, struct words *words)
{
    size_t count = 0;
    while (*pattern) {
        if (*pattern != '%') {
            if (*pattern++ != *sentence++)
                return false;
            continue;
        }
        pattern++;
        size_t literal = strcspn(pattern, "%"), left = strlen(sentence);
        const char *end = sentence + (left >= literal ? left - literal : left);
        if (pattern[literal]) { /* the nearest place where the pattern goes on */
            end = sentence;
            while (*end && strncmp(end, pattern, literal) != 0)
                end++;
        }
        if (strncmp(end, pattern, literal) != 0 || count == PHRASE_WORDS_MAX)
            return false;
        words[count++] = (struct words){sentence, (size_t)(end - sentence)};
        sentence = end;
    }
    return *sentence == '\0';
}

static size_t letters(const char *pattern)
{
    size_t count = 0;
    for (; *pattern; pattern++)
        count += *pattern != '%';
    return count;
}

/* NULL: no book has it. */
static const struct phrase *find(const struct phrase *const *books, const char *english, struct words *ret_words)
{
    const struct phrase *best = NULL;
    struct words words[PHRASE_WORDS_MAX] = {{0}};
    for (; *books; books++)
        for (const struct phrase *phrase = *books; phrase->english; phrase++) {
            if (!fits(phrase->english, english, words) || (best && letters(phrase->english) <= letters(best->english)))
                continue;
            best = phrase;
            memcpy(ret_words, words, sizeof(words));
        }
    return best;
}

static void translate(const struct phrase *const *books, const char *english, int depth, struct buf *out)
{
    struct words words[PHRASE_WORDS_MAX];
    const struct phrase *phrase = depth < DEPTH_MAX ? find(books, english, words) : NULL;
    if (!phrase) {
        buf_puts(out, english);
        return;
    }
    for (const char *c = phrase->chinese; *c; c++) {
        if (*c != '%' || c[1] < '1' || c[1] > '0' + PHRASE_WORDS_MAX) {
            buf_putc(out, *c);
            continue;
        }
        CLEANUP_BUF struct buf said = {0};
        const struct words *place = &words[*++c - '1'];
        buf_put(&said, place->at, place->length);
        translate(books, buf_text(&said), depth + 1, out);
    }
}

void phrase_chinese(const struct phrase *const *books, const char *english, struct buf *out)
{
    translate(books, english, 0, out);
}

bool phrase_terminal_is_chinese(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return strncmp(value, "zh", 2) == 0;
    }
    return false;
}
