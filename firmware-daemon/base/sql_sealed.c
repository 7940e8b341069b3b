/* Texts that a database keeps sealed: on their way in, and out. */
#include "base/seal.h"
#include "base/sql_engine.h"
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PLACE    "sql" /* one for all: statements copy and compare what they do not know */
#define MARK     '~'
#define MASK_MAX 16

struct sql_value sql_secret(const char *text)
{
    struct sql_value value = sql_text(text);
    value.type = SQL_SECRET;
    return value;
}

struct sql_value sql_masked(const char *text)
{
    struct sql_value value = sql_text(text);
    value.type = SQL_MASKED;
    return value;
}

void sql_seal(struct sql *sql, struct seal *seal)
{
    seal_free(sql->seal);
    sql->seal = seal;
}

/* ---------------------------------------------------------------- in */

/* Of a number its ends, "139****5670", and of anything else its first letter. */
static void put_mask(const char *text, size_t length, struct buf *ret)
{
    uint32_t letter;
    bool number = length >= 8 && strspn(text, "+0123456789 -()*") == length;
    if (number && length >= 11)
        buf_printf(ret, "%.3s****%s", text, text + length - 4);
    else if (number)
        buf_printf(ret, "****%s", text + length - 4);
    else
        buf_printf(ret, "%.*s*", *text == MARK ? 0 : (int)text_next_utf8(text, length, &letter), text);
}

static struct sql_value put(const struct seal *seal, const struct sql_value *value, struct buf *ret)
{
    const char *text = value->bytes;
    if (!text || !seal || value->length == 0)
        return sql_text_n(text, value->length);
    if (value->type == SQL_MASKED) {
        buf_putc(ret, MARK);
        put_mask(text, value->length, ret);
    }
    seal_put_same(seal, PLACE, text, value->length, ret);
    return sql_text_n(ret->data, ret->length);
}

bool sql_has_secrets(const struct sql_value *values)
{
    while (values->type != SQL_END && values->type != SQL_SECRET && values->type != SQL_MASKED)
        values++;
    return values->type != SQL_END;
}

int sql_seal_values(const struct seal *seal, const struct sql_value *values, struct sql_sealing *ret)
{
    size_t i = 0;
    bool failed = false;
    for (; values[i].type != SQL_END; i++) {
        assert(i + 1 < SQL_VALUES_MAX);
        bool is_secret = values[i].type == SQL_SECRET || values[i].type == SQL_MASKED;
        ret->kept[i] = (struct buf){0};
        ret->values[i] = is_secret ? put(seal, &values[i], &ret->kept[i]) : values[i];
        failed |= ret->kept[i].failed;
    }
    ret->values[i] = (struct sql_value){0};
    return failed ? -ENOMEM : 0;
}

void sql_sealing_done(struct sql_sealing *sealing)
{
    for (size_t i = 0; sealing->values[i].type != SQL_END; i++)
        buf_done(&sealing->kept[i]);
}

/* ---------------------------------------------------------------- out */

struct sql_opened {
    struct sql_opened *next;
    char text[];
};

static const char *keep(struct sql_query *query, const char *text, size_t length)
{
    struct sql_opened *opened = malloc(sizeof(*opened) + length + 1);
    if (!opened)
        return NULL;
    memcpy(opened->text, text, length);
    opened->text[length] = '\0';
    opened->next = query->opened;
    query->opened = opened;
    return opened->text;
}

/* Where the mask before it begins, "~张*" before "~AbC…"; sealed itself where there is none. */
static const char *begin_of(const char *text, const char *sealed)
{
    const char *at = sealed;
    while (at > text && sealed - at <= MASK_MAX && at[-1] != MARK)
        at--;
    return at > text && at < sealed && at[-1] == MARK ? at - 1 : sealed;
}

const char *sql_open_text(struct sql_query *query, const char *text)
{
    const char *sealed = query->sql->seal ? strrchr(text, MARK) : NULL;
    CLEANUP_BUF struct buf opened = {0};
    if (!sealed)
        return text;
    buf_put(&opened, text, (size_t)(begin_of(text, sealed) - text));
    if (seal_get(query->sql->seal, PLACE, sealed, &opened) != 0)
        return text; /* somebody wrote a "~" */
    return keep(query, buf_text(&opened), opened.length);
}

void sql_forget_opened(struct sql_query *query)
{
    while (query->opened) {
        struct sql_opened *opened = query->opened;
        query->opened = opened->next;
        memset(opened->text, 0, strlen(opened->text));
        free(opened);
    }
}
