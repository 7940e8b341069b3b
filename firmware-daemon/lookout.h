/* What is done for those who look at the site's lists, beside the turns: the moves are followed for the map of bins
 * (store/heat.h), and pages are told which kinds of rows have changed (store/changed.h). Nothing is done while nobody
 * looks, and nothing here holds up a turn. Knows no page. */
#ifndef LOOKOUT_H
#define LOOKOUT_H

#include "store/store.h"
#include "ui/server.h"

#include <systemd/sd-event.h>

struct lookout;

/* ui: where the server will be. */
int lookout_new(sd_event *event, struct store *store, struct ui_server *const *ui, struct lookout **ret,
                struct error *error);
struct lookout *lookout_free(struct lookout *lookout);
DEFINE_CLEANUP(lookout_free, struct lookout *);

/* Before this kind of rows is looked at. */
void lookout_asked(struct lookout *lookout, const char *kind);

/* Before and after each turn. */
void lookout_begin(struct lookout *lookout);
void lookout_turned(struct lookout *lookout);

#endif
