/* Lines for the operator. Where systemd reads standard error, they go to its journal with fields of their own
 * (FLOORHAND_EVENT and what log_about() names); otherwise to standard error. The same line again and again is told
 * LOG_SAME_MAX times a minute, and then how often it came besides: what fails, heals and fails again is told each time,
 * and what fails without end fills no disk. Only shells log (mains and pumps); library code returns errors instead.
 * Never log a person's data. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));   /* somebody must act */
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2))); /* it goes on, but worse */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));    /* what changed */

/* What the next line of this thread is about: FLOORHAND_EVENT, and a station, device or box where one is concerned
 * (NULL: none). Lent until that line. */
struct log_about {
    const char *event, *station, *device;
};
void log_about(struct log_about about);

/* How often the same line may come: for tests. now_us: monotonic. What has been held back until then is told by
 * *ret_held. */
#define LOG_SAME_MAX 5
struct log_gate {
    struct log_seen {
        unsigned long long text; /* a hash of it; 0: free */
        long long since_us;      /* the minute that is counted began then */
        int told, held;
    } seen[32];
};
int log_gate_passes(struct log_gate *gate, const char *text, long long now_us, int *ret_held);

#endif
