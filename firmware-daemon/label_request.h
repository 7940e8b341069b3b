/* What somebody at a keyboard asks to be printed, as POST /api/v1/stations/{id}/labels takes it. Prints nothing: the
 * event does. */
#ifndef FLOORHAND_LABEL_REQUEST_H
#define FLOORHAND_LABEL_REQUEST_H

#include "floor/event.h"
#include "label_desk.h"
#include "station/plugboard.h"

/* Out of {"template", "data", "key", "copies"}, what EVENT_LABEL carries; checked against what the station's printer
 * can print. sample: a label of a station that practises. What a draft's data only names (label_desk.h) is written
 * down. -EINVAL with the fault. */
int label_request_read(struct plugboard *board, const struct label_desk *desk, size_t station, bool sample,
                       const char *json, size_t length, struct event *event, struct buf *words,
                       struct label_fault *fault);

#endif
