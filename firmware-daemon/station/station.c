#include "station/station.h"

#include "base/json.h"
#include "base/text.h"

void station_heard(struct station *station, const struct event *event, const struct effect *effect, bool beeped)
{
    station->answer = effect->answer;
    station->good = effect->good && message_def(effect->answer.message)->tone != TONE_BAD;
    station->beeped = beeped;
    text_copy_n(station->scan, sizeof(station->scan), event_bytes(event), event->length);
    /* Counts over restarts too: a page tells a new result from the one it has by this number. */
    station->number = event->mono_us > station->number ? event->mono_us : station->number + 1;
}

void station_write_result(const struct station *station, const char *key, struct buf *json)
{
    if (station->number == 0) {
        json_text(json, key, NULL);
        return;
    }
    const char *code = message_def(station->answer.message)->code;
    json_open_object(json, key);
    json_bool(json, "good", station->good);
    json_text(json, "code", *code ? code : NULL);
    answer_json(&station->answer, "text", json);
    json_text(json, "scan", station->scan);
    json_text(json, "tone", station->beeped ? "scanner" : "screen");
    json_int(json, "seq", station->number);
    json_close_object(json);
}
