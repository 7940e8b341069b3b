/* A parallel run: what was compared with another system is in the journal, so that head office knows how far it is. */
#include "floor/ask.h"

#include "base/json.h"

#define MANY 1000000000

struct trial_fields {
    char figures[8], name[65];
    int64_t matching, different, missing_here, missing_there;
};

#define NUMBER(member) #member, OPTION_NUMBER_AT(struct trial_fields, member), .max = MANY

static const struct option_def trial_fields[] = {
    {"figures", OPTION_CHOICE_AT(struct trial_fields, figures), .choices = "stock|orders|parcels",
     .help = "what was compared"},
    {"name", OPTION_TEXT_AT(struct trial_fields, name), .fallback = "", .help = "the other system's file"},
    {NUMBER(matching), .help = "places, orders or parcels that are the same in both"},
    {NUMBER(different), .help = "that are not"},
    {NUMBER(missing_here), .help = "that only the other system knows"},
    {NUMBER(missing_there), .help = "that only this site knows"},
    {0},
};

static int keep_trial(struct ask *ask)
{
    const struct trial_fields *fields = ask->fields;
    CLEANUP_BUF struct buf data = {0};
    int64_t compared = fields->matching + fields->different + fields->missing_here + fields->missing_there;
    json_open_object(&data, NULL);
    json_text(&data, "figures", fields->figures);
    json_text(&data, "name", fields->name);
    json_int(&data, "compared", compared);
    json_int(&data, "matching", fields->matching);
    json_int(&data, "different", fields->different);
    json_int(&data, "missing_here", fields->missing_here);
    json_int(&data, "missing_there", fields->missing_there);
    struct answer *answer = ask_accept(ask, DONE_TRIAL);
    answer_number(answer, "n", fields->matching);
    answer_number(answer, "m", compared);
    return ask_record(ask, "trial.compared", "figures", fields->figures, &data);
}

const struct verb trial_verbs[] = {
    {"trial.compared", trial_fields, sizeof(struct trial_fields), keep_trial,
     "Keep what a comparison with another system found: floorhand compare --tell does so."},
    {0},
};
