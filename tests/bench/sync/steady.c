/* Sites that are all connected and work at a steady pace: how soon each event is known to be at head office, what goes
 * over the wire, and how a whole fleet comes back. A line of stdin begins a phase, a line of stdout is what it was:
 *
 *   (at the start)            all connect and say hello
 *   steady SECONDS PERIOD-MS  each writes an event once a period, at a moment of its own; 0: they write nothing
 *   return                    answered by {} at once, then something is stopped: until all were gone and are back
 *   feed SEQ                  until each has the change with this number */
#include "box.h"

#include "base/clock.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define STORED_MAX (sizeof(((struct box *)0)->stored_us) / sizeof(int64_t))
#define PEAK_US    1000000
#define LOOK_US    20000

enum phase { AT_REST, COMING, STEADY, LAST_ANSWERS, RETURNING, FEEDING };

/* What went over the sites' connections, as their kernel counts it. */
struct traffic {
    int64_t bytes, packets;
};

static struct steady {
    struct fleet fleet;
    enum phase phase;
    int port;
    int64_t begun_us, period_us, feed_seq;
    int64_t *waits;
    size_t count, room;
    int64_t events, unanswered; /* unanswered: written and not known to be at head office */
    struct traffic before;
    sd_event_source *end;
} all;

/* ---------------------------------------------------------------- figures */

static int by_size(const void *one, const void *other)
{
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

static void note(int64_t wait_us)
{
    if (all.count == all.room) {
        all.room = all.room ? 2 * all.room : 4096;
        all.waits = reallocarray(all.waits, all.room, sizeof(int64_t));
        must(all.waits ? 0 : -ENOMEM, "figures");
    }
    all.waits[all.count++] = wait_us;
}

/* The most of them within one second, and all of them, in milliseconds. */
static int64_t peak(void)
{
    int64_t most = 0;
    for (size_t first = 0, i = 0; i < all.count; i++) {
        while (all.waits[i] - all.waits[first] > PEAK_US)
            first++;
        most = (int64_t)(i - first) + 1 > most ? (int64_t)(i - first) + 1 : most;
    }
    return most;
}

static void print_waits(const char *name)
{
    qsort(all.waits, all.count, sizeof(int64_t), by_size);
    printf("\"%s_in_a_second\": %lld, \"%s_ms\": [", name, (long long)peak(), name);
    for (size_t i = 0; i < all.count; i++)
        printf("%s%.3f", i ? ", " : "", (double)all.waits[i] / 1000);
    printf("], ");
    all.count = 0;
}

/* libmosquitto's socket is watched by a copy of it: each is counted once, by its own port. */
static struct traffic traffic_now(void)
{
    static uint8_t seen[65536];
    struct traffic sum = {0};
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    memset(seen, 0, sizeof(seen));
    for (int fd = 3; fd < (int)files.rlim_cur; fd++) {
        struct sockaddr_in here, there;
        socklen_t here_size = sizeof(here), there_size = sizeof(there);
        struct tcp_info info = {0};
        socklen_t size = sizeof(info);
        if (getpeername(fd, (struct sockaddr *)&there, &there_size) != 0 || ntohs(there.sin_port) != all.port ||
            getsockname(fd, (struct sockaddr *)&here, &here_size) != 0 || seen[ntohs(here.sin_port)]++ ||
            getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
            continue;
        sum.bytes += (int64_t)(info.tcpi_bytes_acked + info.tcpi_bytes_received);
        sum.packets += info.tcpi_segs_in + info.tcpi_segs_out;
    }
    return sum;
}

/* ---------------------------------------------------------------- phases */

static void begin(enum phase phase)
{
    all.phase = phase;
    all.begun_us = clock_mono_us();
    all.count = 0;
    all.events = 0;
    all.fleet.segments = all.fleet.answers = 0;
    all.before = traffic_now();
}

static void print_end(void)
{
    struct traffic now = traffic_now();
    printf("\"events\": %lld, \"segments\": %lld, \"bytes\": %lld, \"packets\": %lld, \"seconds\": %.6f}\n",
           (long long)all.events, (long long)all.fleet.segments, (long long)(now.bytes - all.before.bytes),
           (long long)(now.packets - all.before.packets), (double)(clock_mono_us() - all.begun_us) / 1e6);
    fflush(stdout);
    all.count = 0;
    all.phase = AT_REST;
}

/* When each was connected and when it was in step, since the phase began. */
static void print_arrivals(void)
{
    printf("{");
    for (int i = 0; i < all.fleet.count; i++)
        note(all.fleet.boxes[i].connected_us - all.begun_us);
    print_waits("connected");
    for (int i = 0; i < all.fleet.count; i++)
        note(all.fleet.boxes[i].in_step_us - all.begun_us);
    print_waits("in_step");
    for (int i = 0; i < all.fleet.count; i++)
        note(all.fleet.boxes[i].in_step_us - all.fleet.boxes[i].connected_us);
    print_waits("hello");
    print_end();
}

static void on_in_step(struct box *box, bool in_step)
{
    box->in_step = in_step;
    box->gone |= !in_step;
    if (in_step)
        box->in_step_us = clock_mono_us();
}

/* Of those that a phase waits for none is missing. */
static void look_for_end(void)
{
    int there = 0;
    for (int i = 0; i < all.fleet.count; i++) {
        const struct box *box = &all.fleet.boxes[i];
        there += all.phase == FEEDING ? box->fed : box->in_step && box->gone;
    }
    if (there < all.fleet.count)
        return;
    if (all.phase == FEEDING) {
        printf("{");
        print_waits("feed");
        print_end();
    } else {
        print_arrivals();
    }
}

static int on_look(sd_event_source *source, uint64_t time_us, void *user)
{
    (void)user, (void)time_us;
    if (all.phase == COMING || all.phase == RETURNING || all.phase == FEEDING)
        look_for_end();
    if (all.phase == LAST_ANSWERS && all.unanswered == 0) {
        printf("{");
        print_waits("answered");
        print_end();
    }
    sd_event_source_set_time_relative(source, LOOK_US);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- what sites write */

static void on_committed(struct box *box, const struct site_committed *committed)
{
    if (all.phase == FEEDING && committed->feed_seq >= all.feed_seq && !box->fed) {
        box->fed = true;
        note(clock_mono_us() - all.begun_us);
    }
    for (; box->acked_seq < committed->applied_seq; box->acked_seq++) {
        int64_t *stored_us = &box->stored_us[(size_t)(box->acked_seq + 1) % STORED_MAX];
        if (*stored_us == 0)
            continue;
        note(clock_mono_us() - *stored_us);
        *stored_us = 0;
        all.unanswered--;
    }
}

static int on_pulse(sd_event_source *source, uint64_t time_us, void *user)
{
    struct box *box = user;
    if (all.phase != STEADY)
        return 0;
    box->store->stamp.wall_us = clock_wall_us();
    must(store_begin(box->store), "begin");
    day_write(box->day, box->store);
    must(store_commit(box->store), "commit");
    size_t place = (size_t)(box->site.committed.last_seq + 1) % STORED_MAX;
    all.unanswered += box->stored_us[place] == 0;
    box->stored_us[place] = clock_mono_us();
    all.events++;
    box_committed(box);
    box_plan(box);
    sd_event_source_set_time(source, time_us + (uint64_t)all.period_us);
    return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_end(sd_event_source *source, uint64_t time_us, void *user)
{
    (void)source, (void)time_us, (void)user;
    all.phase = LAST_ANSWERS;
    return 0;
}

static void begin_steady(int64_t seconds, int64_t period_ms)
{
    begin(STEADY);
    all.period_us = period_ms * 1000;
    for (int i = 0; i < all.fleet.count && period_ms > 0; i++) {
        uint64_t moment;
        random_system.fill(random_system.user, &moment, sizeof(moment));
        sd_event_source_set_time(all.fleet.boxes[i].pulse, (uint64_t)all.begun_us + moment % (uint64_t)all.period_us);
        sd_event_source_set_enabled(all.fleet.boxes[i].pulse, SD_EVENT_ONESHOT);
    }
    sd_event_source_set_time(all.end, (uint64_t)(all.begun_us + seconds * 1000000));
    sd_event_source_set_enabled(all.end, SD_EVENT_ONESHOT);
}

/* ---------------------------------------------------------------- the program */

static void begin_waiting(enum phase phase)
{
    begin(phase);
    for (int i = 0; i < all.fleet.count; i++)
        all.fleet.boxes[i].gone = phase == COMING, all.fleet.boxes[i].fed = false;
}

static int on_command(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source, (void)fd, (void)events, (void)user;
    char line[80], word[16] = "";
    long long one = 0, two = 0;
    if (!fgets(line, sizeof(line), stdin) || sscanf(line, "%15s %lld %lld", word, &one, &two) < 1)
        return sd_event_exit(all.fleet.event, 0);
    if (strcmp(word, "steady") == 0)
        begin_steady(one, two);
    else if (strcmp(word, "return") == 0) {
        begin_waiting(RETURNING);
        printf("{}\n");
        fflush(stdout);
    } else if (strcmp(word, "feed") == 0) {
        all.feed_seq = one;
        begin_waiting(FEEDING);
    } else
        must(-EINVAL, "a line of stdin that is no phase");
    return 0;
}

static void open_sites(int sites, const char *folder)
{
    all.fleet = (struct fleet){.count = sites,
                               .boxes = calloc((size_t)sites, sizeof(struct box)),
                               .committed = on_committed,
                               .in_step = on_in_step}; /* back-offs as floorhand-link has them */
    must(all.fleet.boxes ? sd_event_new(&all.fleet.event) < 0 : -ENOMEM, "an event loop");
    for (int i = 0; i < sites; i++) {
        all.fleet.boxes[i].store = day_open_many(folder, i);
        all.fleet.boxes[i].day = day_new();
        must(sd_event_add_time(all.fleet.event, &all.fleet.boxes[i].pulse, CLOCK_MONOTONIC, 0, 1, on_pulse,
                               &all.fleet.boxes[i]) < 0,
             "a timer");
        sd_event_source_set_enabled(all.fleet.boxes[i].pulse, SD_EVENT_OFF);
    }
}

static void listen_to_stdin(void)
{
    sd_event_source *look;
    must(sd_event_add_io(all.fleet.event, NULL, STDIN_FILENO, EPOLLIN, on_command, NULL) < 0, "stdin");
    must(sd_event_add_time(all.fleet.event, &look, CLOCK_MONOTONIC, 0, 1000, on_look, NULL) < 0, "a timer");
    must(sd_event_add_time(all.fleet.event, &all.end, CLOCK_MONOTONIC, 0, 1000, on_end, NULL) < 0, "a timer");
    sd_event_source_set_enabled(all.end, SD_EVENT_OFF);
}

int steady_run(int port, int sites, const char *folder)
{
    all.port = port;
    open_sites(sites, folder);
    listen_to_stdin();
    begin_waiting(COMING);
    for (int i = 0; i < sites; i++)
        box_open(&all.fleet, i, port);
    must(sd_event_loop(all.fleet.event), "the event loop");
    for (int i = 0; i < sites; i++) {
        sd_event_source_disable_unref(all.fleet.boxes[i].pulse);
        free(all.fleet.boxes[i].day);
        box_close(&all.fleet.boxes[i]);
    }
    sd_event_unref(all.fleet.event);
    free(all.fleet.boxes);
    free(all.waits);
    return 0;
}
