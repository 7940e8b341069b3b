/* Times and money as shops outside China write them. Knows no platform.
 *
 * Amounts are decimal text of a currency whose minor unit may have no digit (JPY), two, or three (KWD). */
#ifndef PLATFORMS_ISO_H
#define PLATFORMS_ISO_H

#include "sync/platforms/text_json.h"

/* "2024-06-01T08:11:41Z", also with a fraction, with +08:00, or with neither, which is UTC. 0: not said. */
int iso_to_time(const char *text, int64_t *ret); /* -EINVAL: it is none */
int64_t read_iso_time(struct text_reader *reader, const json_t *object, const char *path);

#define ISO_TIME_SIZE 20
void time_to_iso(int64_t utc_us, char out[ISO_TIME_SIZE]); /* "2024-06-01T00:11:41", UTC */

int64_t read_money(struct text_reader *reader, const json_t *object, const char *path, const char *currency);
void money_to_text(int64_t minor, const char *currency, char out[DECIMAL_SIZE]);

#endif
