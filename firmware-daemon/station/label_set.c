#include "station/label_set.h"

#include "base/log.h"
#include "store/label_template.h"

#include <errno.h>

static int load_files(const char *folder, struct template_set *set, struct error *error)
{
    struct label_fault fault;
    if (template_set_load(folder, set, &fault) == 0)
        return 0;
    log_error("the site's own labels cannot be printed: %s", fault.error.text);
    int result = template_set_load(NULL, set, &fault);
    return result ? error_set(error, result, "%s", fault.error.text) : 0;
}

static int load_kept(struct store *store, struct template_set *set)
{
    struct label_template own = {.name = ""};
    int result;
    for (;;) {
        CLEANUP_BUF struct buf text = {0};
        struct label_fault fault;
        result = label_template_next(store, own.name, &own, &text);
        if (result)
            return result == -ENOENT ? 0 : result;
        if (template_set_keep(set, own.name, buf_text(&text), text.length, &fault) != 0)
            log_error("the site's own label %s is not printed, the one behind it is: %s; mend it in the label designer",
                      own.name, fault.error.text);
    }
}

int label_set_load(struct store *store, const char *folder, struct template_set *ret, struct error *error)
{
    CLEANUP(template_set_done) struct template_set set = {0};
    int result = load_files(folder, &set, error);
    if (!result && (result = load_kept(store, &set)) != 0)
        error_set(error, result, "the site's own labels cannot be read");
    if (result)
        return result;
    template_set_done(ret);
    *ret = set;
    set = (struct template_set){0};
    return 0;
}
