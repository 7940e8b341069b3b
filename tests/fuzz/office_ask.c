/* What head office is asked to do by people and programs: "VERB {...}" in each line, done or refused with a sentence;
 * what is answered is JSON. A verb that was done stays: a new office is taken after some hundred inputs. */
#include "sync/head-office/verb.h"
#include "tests/fuzz/office_fuzz.h"

#include <errno.h>
#include <sodium.h>

#define INPUTS_AN_OFFICE 4000

/* In place of libsodium's: a password's hash takes 30 ms and 19 MiB, and says nothing here. */
int crypto_pwhash_str_alg(char out[crypto_pwhash_STRBYTES], const char *const password, unsigned long long length,
                          unsigned long long passes, size_t memory, int kind)
{
    (void)password;
    (void)length;
    (void)passes;
    (void)memory;
    (void)kind;
    text_copy(out, crypto_pwhash_STRBYTES, "$argon2id$");
    return 0;
}

static struct office *office_of_now(void)
{
    static struct office office;
    static int inputs;
    if (office.sql && inputs++ < INPUTS_AN_OFFICE)
        return &office;
    sql_close(office.sql);
    inputs = 0;
    fuzz_office_open(&office);
    return &office;
}

static void ask(struct office *office, char *line)
{
    CLEANUP_BUF struct buf answer = {0};
    struct error error = {0};
    char *fields = strchr(line, ' ');
    json_t *given = fields ? json_loads(fields, 0, NULL) : NULL;
    if (!json_is_object(given)) {
        json_decref(given);
        return;
    }
    *fields = '\0';
    int result = verb_do(office, line, given, "li", &answer, &error);
    fuzz_claim_sentence(result, &error);
    CLAIM(!sql_in_transaction(office->sql));
    json_t *said = result ? NULL : json_loadb(buf_text(&answer), answer.length, 0, NULL);
    CLAIM(result || json_is_object(said));
    json_decref(said);
    json_decref(given);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct office *office = office_of_now();
    struct input input = {data, size};
    while (input.left > 0) {
        char *line CLEANUP(cleanup_free) = fuzz_line(&input);
        ask(office, line);
    }
    return 0;
}
