/* What head office is asked to do so that a box joins a site. */
#include "base/clock.h"
#include "base/json.h"
#include "drivers/label/code_sheet.h"
#include "sync/head-office/sites/join.h"
#include "sync/head-office/verb.h"

#include <errno.h>

struct fields {
    char site[WIRE_NAME_SIZE];
    int64_t hours;
};

static const struct option_def join_fields[] = {
    {"site", OPTION_TEXT_AT(struct fields, site), .help = "the site's name"},
    {"hours", OPTION_NUMBER_AT(struct fields, hours), .fallback = "24", .min = 1, .max = JOIN_HOURS_MAX,
     .help = "hours for which the code is good, once"},
    {0}};

static int join(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    struct join_opened opened;
    struct dots modules = {.width = 0};
    char until[CLOCK_TEXT_SIZE];
    int result = join_open(call->office, fields->site, fields->hours, call->who, &opened, error);
    if (!result && code_sheet_make(opened.code, &modules) != 0)
        result = error_set(error, -ENOMEM, "no memory for a code");
    if (result)
        return result;
    clock_format(opened.until_us, until);
    json_text(call->answer, "site", fields->site);
    json_text(call->answer, "box", opened.box);
    json_text(call->answer, "until", until);
    json_text(call->answer, "code", opened.code); /* now, and never again */
    code_sheet_json(&modules, "picture", call->answer);
    dots_done(&modules);
    return 0;
}

const struct office_verb join_verbs[] = {
    VERB("site.join", join_fields, join, "Make the code with which a box joins this site: it is good once",
         "生成加入码,供新主机扫描加入本仓(一次有效)"),
    {0},
};
