/* What head office is asked to do about its people. A password that it makes is answered once. */
#include "base/json.h"
#include "sync/head-office/staff/session.h"
#include "sync/head-office/verb.h"

struct fields {
    char person[STAFF_NAME_SIZE], title[STAFF_TITLE_SIZE], role[ROLES_SIZE], site[WIRE_NAME_SIZE];
    bool active;
};

#define PERSON                                                                                                         \
    {                                                                                                                  \
        "login", OPTION_TEXT_AT(struct fields, person), .help = "the name that they log in by"                         \
    }
static const struct option_def add_fields[] = {
    PERSON, {"title", OPTION_TEXT_AT(struct fields, title), .help = "who it is, for people"}, {0}};
static const struct option_def person_fields[] = {PERSON, {0}};
static const struct option_def switch_fields[] = {
    PERSON,
    {"active", OPTION_FLAG_AT(struct fields, active), .help = "no: they cannot log in, and are logged out"},
    {0}};
static const struct option_def role_fields[] = {
    PERSON,
    {"role", OPTION_CHOICE_AT(struct fields, role), .choices = ROLES_NAMES, .help = "which role"},
    {"site", OPTION_TEXT_AT(struct fields, site), .fallback = "", .help = "at this site alone; empty: everywhere"},
    {0}};

static int tell_password(struct verb_call *call, int result, const char *password)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "login", fields->person);
    if (!result)
        json_text(call->answer, "password", password); /* now, and never again */
    return result;
}

static int add(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char password[STAFF_PASSWORD_SIZE] = "";
    int result = staff_add(call->office, fields->person, fields->title, call->who, password, error);
    return tell_password(call, result, password);
}

static int reset(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    char password[STAFF_PASSWORD_SIZE] = "";
    return tell_password(call, staff_reset(call->office, fields->person, password, error), password);
}

static int set_active(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "login", fields->person);
    return staff_switch(call->office, fields->person, fields->active, error);
}

static int tell_role(struct verb_call *call, int result)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "login", fields->person);
    json_text(call->answer, "role", fields->role);
    return result;
}

static int grant(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return tell_role(call, staff_grant(call->office, fields->person, fields->role, fields->site, call->who, error));
}

static int withdraw(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    return tell_role(call, staff_withdraw(call->office, fields->person, fields->role, fields->site, error));
}

static int log_out(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "login", fields->person);
    return session_close_all(call->office, fields->person, "", error);
}

const struct office_verb staff_verbs[] = {
    VERB("staff.add", add_fields, add, "Let somebody log in: a first password is shown once",
         "新建员工账号(初始密码只显示一次)"),
    VERB("staff.grant", role_fields, grant, "Give a person a role", "授予角色"),
    VERB("staff.withdraw", role_fields, withdraw, "Take a role from a person", "收回角色"),
    VERB("staff.reset", person_fields, reset, "A new first password, shown once; they are logged out",
         "重置密码(只显示一次)"),
    VERB("staff.switch", switch_fields, set_active, "Whether a person can log in", "启用或停用账号"),
    VERB("staff.log_out", person_fields, log_out, "Log a person out everywhere", "强制退出登录"),
    {0},
};
