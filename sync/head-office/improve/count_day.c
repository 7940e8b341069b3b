/* What a site did in a day, beside picking. */
#include "sync/head-office/improve/improve.h"

#include <string.h>

struct sums {
    int64_t events, rejected, parcels;
};

int improve_count_day(const struct counting *counting)
{
    bool undone = counting->sign < 0;
    struct sums sums = {.events = *counting->worker != '\0',
                        .rejected = strcmp(counting->type, "scan.rejected") == 0,
                        .parcels = !undone && strcmp(counting->type, "parcel.shipped") == 0};
    if (!sums.events && !sums.rejected && !sums.parcels)
        return 0;
    return sql_post(counting->sql,
                    "INSERT INTO site_day (site, day, events, rejected, parcels) VALUES (?1, ?2, ?3, ?4, ?5)"
                    " ON CONFLICT (site, day) DO UPDATE SET events = site_day.events + excluded.events, rejected ="
                    " site_day.rejected + excluded.rejected, parcels = site_day.parcels + excluded.parcels",
                    sql_text(counting->site), sql_int(counting->day), sql_int(sums.events || sums.rejected),
                    sql_int(sums.rejected), sql_int(sums.parcels));
}
