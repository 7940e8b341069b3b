/* What head office is asked to do for programs of others: keys. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/keys.h"
#include "sync/head-office/verb.h"

struct fields {
    char key[KEY_ID_SIZE], name[KEY_NAME_SIZE], shop[KEY_SHOP_SIZE];
    char reads[KEY_SCOPE_SIZE], verbs[KEY_SCOPE_SIZE];
};

#define TEXT(member) OPTION_TEXT_AT(struct fields, member)

static const struct option_def add_fields[] = {
    {"name", TEXT(name), .help = "whose it is, for people"},
    {"reads", TEXT(reads), .fallback = "",
     .help = "the kinds of rows that it may look at, with commas; * stands for any letters"},
    {"verbs", TEXT(verbs), .fallback = "",
     .help = "what it may ask for, in the same way; import.KIND for files; verbs that make keys must be named whole"},
    {"shop", TEXT(shop), .fallback = "",
     .help = "it sees and changes this shop's orders alone; left out: no such limit"},
    {0}};
static const struct option_def key_fields[] = {{"key", TEXT(key), .help = "which key, by its short name"}, {0}};

static int add_key(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char key[KEY_TEXT_SIZE];
    int result =
        keys_add(call->office, fields->name, fields->reads, fields->verbs, fields->shop, call->who, key, error);
    if (result)
        return result;
    char id[KEY_ID_SIZE];
    text_copy_n(id, sizeof(id), key + sizeof("fhk_") - 1, KEY_ID_SIZE - 1);
    json_text(call->answer, "key", id);
    json_text(call->answer, "secret", key); /* now, and never again */
    return 0;
}

static int revoke_key(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "key", fields->key);
    return keys_revoke(call->office, fields->key, error);
}

const struct office_verb api_verbs[] = {
    VERB("key.add", add_fields, add_key, "Make a key for a program of others: it is shown once",
         "新建接口密钥(只显示一次)"),
    VERB("key.revoke", key_fields, revoke_key, "A key is good no more", "吊销接口密钥"),
    {0},
};
