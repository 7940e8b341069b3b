/* What the fit check takes people to do in an hour, where nobody has measured it. Assumptions of this program, on the
 * careful side; they stand for a warehouse whose bins are at most a floor apart. A parallel run measures the real ones,
 * and the answers lines_hour and parcels_hour take them. */
#ifndef HEAD_OFFICE_FIT_RATES_H
#define HEAD_OFFICE_FIT_RATES_H

#define FIT_LINES_HOUR     60  /* order lines that one picker takes */
#define FIT_PARCELS_HOUR   60  /* parcels that one packer checks, boxes and labels */
#define FIT_WALK_LINES     16  /* lines of one walk with a cart */
#define FIT_TOTES_MOST     40  /* what the setting cluster_totes takes (firmware-daemon/floor/settings.h) */
#define FIT_SLOTS_LEAST    8   /* a smaller put-wall is not worth its walk */
#define FIT_SLOTS_MOST     200 /* what the setting wall_slots takes */
#define FIT_SCANNERS_SPARE 1

#endif
