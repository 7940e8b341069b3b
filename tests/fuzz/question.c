/* What is looked at through addresses: the first line is "s" or "o" (a site's rows or head office's), a kind and
 * perhaps a code; each further line "NAME=VALUE" is a filter. It is answered in JSON, or refused with a sentence. */
#include "store/query.h"
#include "sync/head-office/query.h"
#include "tests/fuzz/office_fuzz.h"
#include "tests/site_rig.h"

#include <errno.h>
#include <jansson.h>

static struct sql *site(void)
{
    static struct site_rig rig;
    if (!rig.store) {
        CLAIM(site_rig_open(&rig, ":memory:", 7) == 0);
        site_rig_fill(&rig);
        site_rig_order(&rig, "N1", "SF1", 2, 1);
    }
    return rig.store->sql;
}

static void check(int result, const struct buf *json, const struct error *error)
{
    CLAIM(result == 0 || result == -ENOENT || result == -EINVAL || result == -ETIME);
    CLAIM(result != -EINVAL || *error->text);
    json_t *answer = result ? NULL : json_loadb(buf_text(json), json->length, 0, NULL);
    CLAIM(result || json_is_object(answer));
    json_decref(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct query_given given[QUERY_GIVEN_MAX];
    char *lines[QUERY_GIVEN_MAX] = {NULL};
    size_t count = 0;
    CLEANUP_BUF struct buf json = {0};
    struct error error = {0};
    bool ours = input_byte(&input) == 's';
    char *kind CLEANUP(cleanup_free) = fuzz_line(&input);
    char *code = strchr(kind, ' ');
    if (code)
        *code++ = '\0';
    for (; count < QUERY_GIVEN_MAX && input.left > 0; count++) {
        char *value = strchr(lines[count] = fuzz_line(&input), '=');
        if (value)
            *value++ = '\0';
        given[count] = (struct query_given){lines[count], value ? value : ""};
    }
    struct sql *sql = ours ? site() : fuzz_office()->sql;
    const struct query *const *book = ours ? site_queries : office_queries;
    int result = code ? query_one(sql, book, kind, code, &json, &error)
                      : query_list(sql, book, kind, given, count, &json, &error);
    check(result, &json, &error);
    for (size_t i = 0; i < count; i++)
        free(lines[i]);
    return 0;
}
