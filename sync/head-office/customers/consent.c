#include "sync/head-office/customers/consent.h"

#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/customers/persons.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *const channels[] = {"sms", "phone", "email", "platform", "post"};

/* ret: 1 yes, 0 no; -ENOENT: nothing was said. */
static int read_word(struct sql *sql, int64_t person, const char *channel, int64_t *ret)
{
    return sql_number(
        sql, ret,
        "SELECT c.given FROM person p JOIN person q ON q.head = p.head JOIN person_consent c ON c.person ="
        " q.id WHERE p.id = ?1 AND c.channel = ?2 AND " CONSENT_LAST,
        sql_int(person), sql_text(channel));
}

int consent_is_given(struct sql *sql, int64_t person, const char *channel, bool *ret)
{
    int64_t given = 0;
    int result = read_word(sql, person, channel, &given);
    *ret = !result && given != 0;
    return result == -ENOENT ? 0 : result;
}

int consent_tell(struct sql *sql, int64_t person, const char *name, struct buf *json)
{
    int result = 0;
    json_open_array(json, name);
    for (size_t i = 0; i < COUNT(channels) && !result; i++) {
        bool given = false;
        result = consent_is_given(sql, person, channels[i], &given);
        if (given)
            json_text(json, NULL, channels[i]);
    }
    json_close_array(json);
    return result;
}

static int say(struct office *office, const struct consent_word *word, const char *channel)
{
    return sql_run(office->sql,
                   "INSERT INTO person_consent (person, channel, given, source, who, time_us) VALUES (?1, ?2, ?3, ?4,"
                   " ?5, ?6)",
                   sql_int(word->person), sql_text(channel), sql_int(word->given), sql_text(word->source),
                   sql_text(word->who), sql_int(office->now_us));
}

int consent_say(struct office *office, const struct consent_word *word, struct error *error)
{
    int64_t head;
    bool any = false;
    int result = persons_hold(office->sql);
    if (!result)
        result = persons_head(office->sql, word->person, &head);
    if (result == -ENOENT)
        return error_set(error, -ENOENT, "there is no person %" PRId64, word->person);
    for (size_t i = 0; i < COUNT(channels) && !result; i++) {
        if (word->channel && strcmp(word->channel, channels[i]) != 0)
            continue;
        any = true;
        result = say(office, word, channels[i]);
    }
    if (!result && !any)
        return error_set(error, -EINVAL, "\"%s\" is no way of writing to people: " CONSENT_CHANNELS, word->channel);
    return result ? office_failed(office->sql, result, error) : 0;
}

/* A file is older than what a person said since. */
static int say_for_file(struct office *office, const struct consent_word *word)
{
    int result = 0;
    for (size_t i = 0; i < COUNT(channels) && !result; i++) {
        int64_t given = -1;
        result = read_word(office->sql, word->person, channels[i], &given);
        bool refused = !result && given == 0;
        result = result == -ENOENT ? 0 : result;
        if (!result && !(word->given && refused))
            result = say(office, word, channels[i]);
    }
    return result;
}

int consent_of_file(struct office *office, const char *code, struct error *error)
{
    struct consent_word word = {.source = "a customers' file", .who = ""};
    bool taken = false;
    struct sql_query *row =
        sql_select(office->sql, "SELECT person, consent, consent_taken FROM customer WHERE code = ?1", sql_text(code));
    if (sql_next(row)) {
        word.person = sql_get_int(row, 0);
        word.given = sql_get_int(row, 1) != 0;
        taken = sql_get_int(row, 2) != 0;
    }
    int result = sql_done(row);
    if (!result && word.person && word.given != taken)
        result = say_for_file(office, &word);
    if (!result)
        result = sql_run(office->sql, "UPDATE customer SET consent_taken = consent WHERE code = ?1", sql_text(code));
    return result ? office_failed(office->sql, result, error) : 0;
}
