/* The templates that this box prints with: those that are shipped, the files of the site's folder, and what supervisors
 * keep. Does not stop the floor for a fault in one of them: it is logged, and the one behind it is printed. */
#ifndef STATION_LABEL_SET_H
#define STATION_LABEL_SET_H

#include "drivers/label/template.h"
#include "store/store.h"

/* folder: "": none. What is in *ret gives way only when the new set is whole. */
int label_set_load(struct store *store, const char *folder, struct template_set *ret, struct error *error);

#endif
