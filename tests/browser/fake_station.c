/* A scripted station behind the real web server, for proving the page. Has no store and no rules. */
#include "base/json.h"
#include "base/text.h"
#include "drivers/label/png.h"
#include "drivers/label/render.h"
#include "floor/commands.h"
#include "sync/site/trouble.h"
#include "ui/server.h"
#include "web/request.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define SCANS_MAX    256
#define SLOW_WAIT_US 400000

struct words {
    const char *en, *zh;
};

struct act {
    const char *step, *kind, *code, *wants; /* wants: the scan that is right here */
    struct words prompt, details[3], refusal;
    const char *error;
    int need;
    const char *commands[8];
};

static const struct act acts[] = {
    {.step = "badge",
     .kind = "badge",
     .wants = "BADGE:w1",
     .prompt = {"Scan your badge", "请扫工牌"},
     .refusal = {"Unknown code", "未知条码"},
     .error = "E01"},
    {.step = "menu",
     .kind = "activity",
     .wants = "CMD:PICK",
     .prompt = {"Scan PICK, a picked tote, or a gate", "请扫「拣货」、已拣周转箱或出口"},
     .details = {{"3 orders are waiting", "3 个订单待处理"}},
     .refusal = {"Unknown code", "未知条码"},
     .error = "E01",
     .commands = {"PICK", "UNDO", "LOGOUT"}},
    {.step = "pick.location",
     .kind = "location",
     .code = "A-01-01",
     .wants = "A-01-01",
     .prompt = {"Go to A-01-01", "请到 A-01-01"},
     .refusal = {"Go to A-01-01, this is another place", "应到 A-01-01,当前不符"},
     .error = "E04",
     .commands = {"SKIP", "UNDO", "LOGOUT"}},
    {.step = "pick.item",
     .kind = "item",
     .code = "MUG-RED",
     .wants = "MUG-RED",
     .prompt = {"Take 2 × Red mug", "拣 2 件 红色马克杯"},
     .details = {{"Order SO-00001 · SF", "订单 SO-00001 · SF"},
                 {"Lot 2026-03, best before 2027-01-31", "批次 2026-03,效期至 2027-01-31"},
                 {"Handle with care", "轻拿轻放"}},
     .refusal = {"Need MUG-RED, got another item", "错货:应 MUG-RED"},
     .error = "E05",
     .need = 2,
     .commands = {"SHORT", "DAMAGE", "SKIP", "UNDO", "LOGOUT"}},
    {.step = "pick.tote",
     .kind = "tote",
     .wants = "TOTE-7",
     .prompt = {"Put it in a tote and scan the tote", "放入周转箱并扫箱码"},
     .refusal = {"Scan a tote first", "请先扫 周转箱"},
     .error = "E22",
     .commands = {"UNDO", "LOGOUT"}},
};

struct fake {
    sd_event *event;
    struct ui_server *server;
    size_t act;
    int done;
    int64_t seq;
    bool good, beeped;
    char scan[256];
    char scans[SCANS_MAX][256]; /* all that came, in order */
    size_t scan_count;
    uint64_t slow_request;
};

static void put_words(struct buf *json, const char *key, struct words words)
{
    json_open_object(json, key);
    json_text(json, "en", words.en);
    json_text(json, "zh", words.zh);
    json_close_object(json);
}

static void put_result(const struct fake *fake, struct buf *json)
{
    if (fake->seq == 0) {
        json_raw(json, "result", "null");
        return;
    }
    json_open_object(json, "result");
    json_bool(json, "good", fake->good);
    json_text(json, "code", fake->good ? NULL : acts[fake->act].error);
    put_words(json, "text", fake->good ? (struct words){"Good", "正确"} : acts[fake->act].refusal);
    json_text(json, "scan", fake->scan);
    json_text(json, "tone", fake->beeped ? "scanner" : "screen");
    json_int(json, "seq", fake->seq);
    json_close_object(json);
}

#define PLACE                                                                                                          \
    "{\"code\":\"A-01-01\",\"zone\":\"A\",\"spot\":{\"aisle\":3,\"block\":0,\"position_mm\":7200,\"aisles\":12,"       \
    "\"blocks\":2,\"length_mm\":20000}}"

static void put_work(const struct fake *fake, struct buf *json)
{
    const struct act *act = &acts[fake->act];
    json_open_object(json, "expect");
    json_text(json, "kind", act->kind);
    json_text(json, "code", act->code);
    json_close_object(json);
    put_words(json, "prompt", act->prompt);
    json_open_array(json, "details");
    for (size_t i = 0; i < COUNT(act->details) && act->details[i].en; i++)
        put_words(json, NULL, act->details[i]);
    json_close_array(json);
    if (act->need > 0) {
        json_open_object(json, "progress");
        json_int(json, "done", fake->done);
        json_int(json, "need", act->need);
        json_close_object(json);
    } else {
        json_raw(json, "progress", "null");
    }
    json_open_array(json, "commands");
    for (const char *const *name = act->commands; *name; name++) {
        const struct command_words *words = command_words(*name);
        json_open_object(json, NULL);
        json_text(json, "name", *name);
        json_text(json, "en", words->en);
        json_text(json, "zh", words->zh);
        json_bool(json, "final", strcmp(*name, "SHORT") == 0);
        json_close_object(json);
    }
    json_close_array(json);
    json_raw(json, "item", strcmp(act->kind, "item") == 0 ? "{\"sku\":\"MUG-RED\",\"name\":\"Red mug\"}" : "null");
    json_raw(json, "place", strcmp(act->kind, "location") == 0 ? PLACE : "null");
}

#define LESSON                                                                                                                      \
    "{\"name\":\"pick\",\"done\":3,\"of\":8,\"title\":{\"en\":\"Picking an "                                                        \
    "order\",\"zh\":\"拣货\"},\"say\":{\"en\":\"Go to the "                                                                       \
    "bin on the screen and scan its label\",\"zh\":\"走到屏幕所示库位,扫库位标签\"},\"why\":{\"en\":\"The large code " \
    "is the only "                                                                                                                  \
    "scan that is right now. SKIP takes another bin "                                                                               \
    "first\",\"zh\":\"大号代码是此刻唯一正确的扫描,「跳过」可先去别的库位\"},"                             \
    "\"try\":null}"
#define LABEL_JOB  7
#define LABEL_SENT "{\"job\":7,\"state\":\"sent\",\"proof\":null,\"copy\":2}"
#define PAPER_OUT  "{\"state\":\"error\",\"text\":{\"en\":\"Printer: put in paper\",\"zh\":\"打印机异常:请装纸\"}}"

/* What the scale shows in each act. */
static const char *const scales[COUNT(acts)] = {
    "{\"state\":\"none\",\"milligrams\":null}",       "{\"state\":\"motion\",\"milligrams\":null}",
    "{\"state\":\"stable\",\"milligrams\":1234560}",  "{\"state\":\"stable\",\"milligrams\":12345000}",
    "{\"state\":\"over_range\",\"milligrams\":null}",
};

static void put_view(const struct fake *fake, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "id", "bench-1");
    json_text(json, "name", "Bench 1");
    json_raw(json, "worker", fake->act == 0 ? "null" : "{\"id\":\"w1\",\"name\":\"李雷\",\"language\":null}");
    json_text(json, "flow", fake->act < 2 ? "idle" : "pick");
    json_text(json, "step", acts[fake->act].step);
    put_work(fake, json);
    put_result(fake, json);
    json_raw(json, "link",
             fake->act < 3                 ? "{\"up\":true,\"outbox\":0,\"oldest_s\":0,\"alarm\":null}"
             : fake->act < COUNT(acts) - 1 ? "{\"up\":false,\"outbox\":12,\"oldest_s\":90,\"alarm\":null}"
                                           : "{\"up\":false,\"outbox\":12,\"oldest_s\":700,\"alarm\":\"late\"}");
    json_raw(json, "printer", fake->act == 3 ? PAPER_OUT : "{\"state\":\"ready\",\"text\":null}");
    json_raw(json, "scale", scales[fake->act]);
    json_raw(json, "label", fake->act == COUNT(acts) - 1 ? LABEL_SENT : "null");
    json_bool(json, "training", fake->act == 2);
    json_raw(json, "lesson", fake->act == 2 ? LESSON : "null");
    json_close_object(json);
}

static int give_picture(void *user, const struct ui_asker *asker, int64_t job, struct buf *png)
{
    static const char data[] =
        "{\"waybill\":\"SF1447300123456\",\"carrier\":\"顺丰速运\",\"sort_code\":\"310-B08 021\","
        "\"receiver\":{\"name\":\"王小明\",\"phone\":\"13812345678\",\"address\":\"杭州市西湖区 1 号\"}}";
    CLEANUP(template_set_done) struct template_set set = {0};
    CLEANUP(label_free_p) struct label *label = NULL;
    CLEANUP(dots_done) struct dots dots = {0};
    const struct render_job request = {.template_name = "waybill-100x150", .json = data, .length = sizeof(data) - 1};
    (void)user;
    (void)asker;
    if (job != LABEL_JOB || template_set_load(NULL, &set, NULL) != 0 ||
        render_pages(&set, &request, LABEL_DPI_DEFAULT, &label, NULL) != 0 || label_draw(label, &dots) != 0)
        return -ENOENT;
    return png_write(&dots, LABEL_DPI_DEFAULT, png);
}

static int give_stations(void *user, struct buf *json)
{
    (void)user;
    json_raw(json, NULL, "[{\"id\":\"bench-1\",\"name\":\"Bench 1\"}]");
    return 0;
}

static int give_station(void *user, const char *id, struct buf *json)
{
    if (strcmp(id, "bench-1") != 0)
        return -ENOENT;
    put_view(user, json);
    return 0;
}

static int give_status(void *user, struct buf *json)
{
    const struct fake *fake = user;
    json_open_object(json, NULL);
    json_open_array(json, "scans");
    for (size_t i = 0; i < fake->scan_count; i++)
        json_text(json, NULL, fake->scans[i]);
    json_close_array(json);
    json_close_object(json);
    return 0;
}

#define SYNC_WELL                                                                                                      \
    "{\"state\":\"in_step\",\"text\":{\"en\":\"in step with head "                                                     \
    "office\",\"zh\":\"与总部同步\"},\"link\":{\"running\":true,"                                                 \
    "\"up\":true,\"why\":null},\"head_office\":{\"online\":true,\"since\":\"2026-03-04T08:00:00.000Z\"},\"fault\":"    \
    "null,"                                                                                                            \
    "\"epoch\":1,\"last_seq\":4211,\"outbox\":{\"count\":0,\"oldest\":null,\"oldest_s\":0},\"applied\":{\"seq\":4211," \
    "\"time\":\"2026-03-04T09:15:21.870Z\"},\"durable\":4100,\"snapshot\":false,\"feed\":{\"seq\":310,\"head\":310},"  \
    "\"parked\":{\"count\":0,\"newest\":[]"                                                                            \
    "},"                                                                                                               \
    "\"troubles\":[]}"

/* With the real sentences of three troubles. */
static void put_troubled_sync(struct buf *json)
{
    static const enum site_trouble troubles[] = {SITE_TROUBLE_PARKED, SITE_TROUBLE_LATE, SITE_TROUBLE_BROKER};
    buf_puts(
        json,
        "{\"state\":\"offline\",\"text\":{\"en\":\"not connected to the broker\",\"zh\":\"未连接消息服务器\"},"
        "\"link\":{\"running\":true,\"up\":false,\"why\":\"mqtt.example.com port 8883: Connection refused\"},"
        "\"head_office\":{\"online\":null,\"since\":null},\"fault\":null,\"epoch\":1,\"last_seq\":4223,\"outbox\":"
        "{\"count\":12,\"oldest\":\"2026-03-04T09:15:22.000Z\",\"oldest_s\":700},\"applied\":{\"seq\":4211,\"time\":"
        "\"2026-03-04T09:15:21.870Z\"},\"durable\":4100,\"snapshot\":false,\"feed\":{\"seq\":310,\"head\":null},"
        "\"parked\":{\"count\":4,\"newest\":[");
    for (int i = 0; i < 3; i++)
        buf_printf(
            json,
            "%s{\"feed_seq\":%d,\"type\":\"order.release\",\"why\":{\"en\":\"it names an item, an order or a waybill "
            "that this site does not have\",\"zh\":\"所指的商品、订单或运单号本仓没有\"}}",
            i ? "," : "", 309 - i);
    buf_puts(json, "]}");
    json_open_array(json, "troubles");
    for (size_t i = 0; i < COUNT(troubles); i++) {
        const struct site_trouble_def *def = site_trouble_def(troubles[i]);
        json_open_object(json, NULL);
        json_text(json, "trouble", def->name);
        put_words(json, "text", (struct words){def->en, def->zh});
        json_close_object(json);
    }
    json_close_array(json);
    json_close_object(json);
}

static int give_sync(void *user, struct buf *json)
{
    const struct fake *fake = user;
    if (fake->act < COUNT(acts) - 1)
        json_raw(json, NULL, SYNC_WELL);
    else
        put_troubled_sync(json);
    return 0;
}

static void play(struct fake *fake, const char *scan)
{
    const struct act *act = &acts[fake->act];
    fake->beeped = strncmp(scan, "BEEPS:", 6) == 0; /* from a scanner that sounds the tone itself */
    scan += fake->beeped ? 6 : 0;
    text_copy(fake->scan, sizeof(fake->scan), scan);
    fake->seq++;
    fake->good = strcmp(scan, act->wants) == 0;
    if (!fake->good)
        return;
    fake->done++;
    if (fake->done < act->need)
        return;
    fake->done = 0;
    fake->act = (fake->act + 1) % COUNT(acts);
}

static void answer(struct fake *fake, uint64_t request)
{
    CLEANUP_BUF struct buf view = {0}, reply = {0};
    put_view(fake, &view);
    json_open_object(&reply, NULL);
    put_result(fake, &reply);
    json_raw(&reply, "view", buf_text(&view));
    json_close_object(&reply);
    ui_server_publish(fake->server, "bench-1", buf_text(&view), view.length);
    ui_server_answer(fake->server, request, 200, buf_text(&reply), reply.length);
}

static int on_slow(sd_event_source *source, uint64_t usec, void *user)
{
    (void)source;
    (void)usec;
    struct fake *fake = user;
    play(fake, "SLOW");
    answer(fake, fake->slow_request);
    return 0;
}

static int take_scan(void *user, const char *station, const char *text, size_t length, uint64_t request)
{
    struct fake *fake = user;
    if (strcmp(station, "bench-1") != 0)
        return -ENOENT;
    if (fake->scan_count == SCANS_MAX || strcmp(text, "BUSY") == 0)
        return -EAGAIN;
    if (!text_copy_n(fake->scans[fake->scan_count++], sizeof(fake->scans[0]), text, length))
        return -EMSGSIZE;
    if (strcmp(text, "SLOW") == 0) {
        fake->slow_request = request;
        return sd_event_add_time_relative(fake->event, NULL, CLOCK_MONOTONIC, SLOW_WAIT_US, 1000, on_slow, fake);
    }
    play(fake, text);
    answer(fake, request);
    return 0;
}

static int take_import(void *user, const char *kind, const char *csv, size_t length, uint64_t request)
{
    (void)user, (void)kind, (void)csv, (void)length, (void)request;
    return -EAGAIN;
}

static int take_binding(void *user, const char *device, const char *role, const char *station, uint64_t request)
{
    (void)user, (void)device, (void)role, (void)station, (void)request;
    return -EAGAIN;
}

static int give_item_picture(void *user, const char *sku, struct buf *bytes, const char **ret_type)
{
    (void)user, (void)sku, (void)bytes, (void)ret_type;
    return -ENOENT;
}

static int admit(void *user, const struct ui_visitor *visitor, struct ui_asker *ret)
{
    (void)user, (void)visitor, (void)ret;
    return 0;
}

static int take_ask(void *user, const struct ui_asker *asker, const char *verb, const char *json, size_t length,
                    uint64_t request)
{
    (void)asker, (void)verb, (void)json, (void)length;
    static const char done[] = "{\"asked\":\"worker.language\"}";
    ui_server_answer(((struct fake *)user)->server, request, 200, done, sizeof(done) - 1);
    return 0;
}

static int give_rows(void *user, const char *kind, const char *code, const struct web_value *values, size_t count,
                     struct buf *json, struct error *error)
{
    (void)user, (void)kind, (void)code, (void)values, (void)count, (void)json, (void)error;
    return -ENOENT;
}

int main(int argc, char **argv)
{
    static const struct ui_source source = {.admits = admit,
                                            .stations = give_stations,
                                            .station = give_station,
                                            .status = give_status,
                                            .sync = give_sync,
                                            .devices = give_stations,
                                            .picture = give_picture,
                                            .item_picture = give_item_picture,
                                            .ask = take_ask,
                                            .query = give_rows,
                                            .bind = take_binding,
                                            .scan = take_scan,
                                            .import = take_import};
    struct fake *fake = calloc(1, sizeof(*fake));
    struct web_settings settings = {.address = "127.0.0.1", .clients_max = 8};
    struct error error = {"A port number is wanted."};
    if (!fake || (argc > 1 && text_to_int(argv[1], 0, 65535, &settings.port) < 0) || sd_event_new(&fake->event) < 0 ||
        ui_server_open(fake->event, &settings, &source, fake, &fake->server, &error) < 0) {
        fprintf(stderr, "fake_station: %s\n", error.text);
        free(fake);
        return 1;
    }
    sigset_t end;
    sigemptyset(&end);
    sigaddset(&end, SIGTERM);
    sigprocmask(SIG_BLOCK, &end, NULL);
    sd_event_add_signal(fake->event, NULL, SIGTERM, NULL, NULL);
    printf("%d\n", ui_server_port(fake->server));
    fflush(stdout);
    int r = sd_event_loop(fake->event);
    ui_server_close(fake->server);
    sd_event_unref(fake->event);
    free(fake);
    return r < 0;
}
