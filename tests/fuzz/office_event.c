/* What head office makes of the events of a site: lines as they stand in a journal, interpreted one after the other.
 * Whatever a line says, it is taken or parked with a sentence, and the database stands. */
#include "sync/head-office/sites/projection.h"
#include "tests/fuzz/office_fuzz.h"

#include <errno.h>

static void take(struct office *office, const char *text)
{
    CLEANUP_LINE struct wire_line line = {0};
    struct error error = {0};
    int result = wire_line_parse(text, strlen(text), &line, &error);
    fuzz_claim_sentence(result, &error);
    if (result)
        return;
    CLAIM(sql_script(office->sql, "SAVEPOINT line", &error) == 0);
    result = projection_apply(office->sql, "hz", &line, true, &error);
    CLAIM(result == 0 || result == -EINVAL || result == -EPERM || result == -EEXIST);
    CLAIM(result != -EINVAL || *error.text);
    CLAIM(sql_script(office->sql, result ? "ROLLBACK TO line; RELEASE line" : "RELEASE line", &error) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct office *office = fuzz_office();
    struct input input = {data, size};
    struct error error = {0};
    CLAIM(office_begin(office, &error) == 0);
    while (input.left > 0) {
        char *line CLEANUP(cleanup_free) = fuzz_line(&input);
        take(office, line);
    }
    office_rollback(office);
    return 0;
}
