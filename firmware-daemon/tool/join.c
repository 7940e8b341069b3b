/* floorhand join: asks head office to let this box join a site, with the code that it shows, and keeps what it says
 * beside the database. The key is made here and never leaves the box. The daemon runs this when such a code is scanned
 * (join_desk.c), and reads how it goes from the lines: {"step", ...}. */
#include "sync/wire/join.h"
#include "base/certificate.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "sync/mqtt/prefix.h"
#include "tool/commands.h"

#include <curl/curl.h>
#include <errno.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_MS 10000L
#define ANSWER_MS  20000L
#define ANSWER_MAX ((size_t)64 << 10)
#define PIN_SIZE   (sizeof("sha256//") + sodium_base64_ENCODED_LEN(JOIN_PIN, sodium_base64_VARIANT_ORIGINAL))
#define BUSY_TRIES 5
#define BUSY_S     1

const struct option_def join_options[] = {
    {"folder", OPTION_TEXT_AT(struct tool_options, data), "/var/lib/floorhand", 0, 0, NULL,
     "where the box's database is: what head office says is kept there"},
    {.name = NULL},
};

/* What a joining holds while it runs. */
struct joining {
    struct join_code code;
    struct certificate_pair own; /* the request, then the certificate; and the key */
    struct buf authority;
    struct join_kept kept;
    struct error why;
};

static enum exit_code tell(const struct joining *joining, const char *step)
{
    CLEANUP_BUF struct buf json = {0};
    json_open_object(&json, NULL);
    json_text(&json, "step", step);
    json_text(&json, "site", joining->code.site);
    json_text(&json, "host", joining->code.host);
    json_text(&json, "box", *joining->kept.box ? joining->kept.box : NULL);
    json_text(&json, "why", *joining->why.text ? joining->why.text : NULL);
    json_close_object(&json);
    puts(buf_text(&json));
    fflush(stdout);
    return strcmp(step, JOIN_DONE) == 0 ? EXIT_GOOD : EXIT_FAILED;
}

/* ---------------------------------------------------------------- asking */

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
    struct buf *body = user;
    buf_put(body, bytes, size * count);
    return body->failed ? 0 : size * count;
}

/* A name, an address, or an IPv6 address, which needs brackets. */
static void write_url(const struct join_code *code, struct buf *out)
{
    bool six = strchr(code->host, ':') != NULL;
    buf_printf(out, "https://%s%s%s:%d%s", six ? "[" : "", code->host, six ? "]" : "", (int)code->port, JOIN_PATH);
}

static void write_question(const struct joining *joining, struct buf *out)
{
    char token[2 * JOIN_TOKEN + 1], name[64] = "";
    gethostname(name, sizeof(name) - 1);
    sodium_bin2hex(token, sizeof(token), joining->code.token, JOIN_TOKEN);
    json_open_object(out, NULL);
    json_text(out, "token", token);
    json_text(out, "name", text_is_utf8(name, strlen(name)) ? name : "");
    json_text(out, "request", buf_text(&joining->own.certificate));
    json_close_object(out);
    sodium_memzero(token, sizeof(token));
}

/* Whoever answers is known by the key that the code names, and by nothing else: not by a name, an authority or a clock,
 * which a box that is new may not have. */
static void set_options(CURL *curl, const char *url, const char *pin, struct curl_slist *headers,
                        const struct buf *question, struct buf *answer)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_PINNEDPUBLICKEY, pin);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ANSWER_MS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "floorhand");
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, buf_text(question));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)question->length);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
}

static const char *step_of(CURLcode code, long status)
{
    static const struct {
        long status;
        const char *step;
    } steps[] = {{200, JOIN_DONE}, {403, JOIN_USED}, {429, JOIN_BUSY}, {503, JOIN_BUSY}};
    if (code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
        return JOIN_STRANGER;
    for (size_t i = 0; code == CURLE_OK && i < COUNT(steps); i++)
        if (steps[i].status == status)
            return steps[i].step;
    return code == CURLE_OK ? JOIN_FAILED : JOIN_UNREACHABLE;
}

/* Its sentence, where it gave one. */
static void take_why(struct joining *joining, CURLcode code, long status, const struct buf *answer)
{
    json_t *said = json_loadb(buf_text(answer), answer->length, 0, NULL);
    const char *sentence = json_string_value(json_object_get(json_object_get(said, "error"), "message"));
    error_set(&joining->why, 0, "%s", code != CURLE_OK ? curl_easy_strerror(code) : sentence ? sentence : "");
    if (code == CURLE_OK && status != 200 && !sentence)
        error_set(&joining->why, 0, "head office answered with %ld", status);
    json_decref(said);
}

static const char *ask_once(struct joining *joining, struct buf *answer)
{
    CLEANUP_BUF struct buf url = {0}, question = {0};
    char pin[PIN_SIZE] = "sha256//";
    long status = 0;
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    CURLcode code = CURLE_OUT_OF_MEMORY;
    buf_clear(answer);
    write_url(&joining->code, &url);
    write_question(joining, &question);
    sodium_bin2base64(pin + strlen(pin), sizeof(pin) - strlen(pin), joining->code.pin, JOIN_PIN,
                      sodium_base64_VARIANT_ORIGINAL);
    if (curl && headers && !url.failed && !question.failed) {
        set_options(curl, buf_text(&url), pin, headers, &question, answer);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    take_why(joining, code, status, answer);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return step_of(code, status);
}

static const char *ask(struct joining *joining, struct buf *answer)
{
    const char *step = ask_once(joining, answer);
    for (int i = 1; i < BUSY_TRIES && strcmp(step, JOIN_BUSY) == 0; i++) {
        sleep(BUSY_S);
        step = ask_once(joining, answer);
    }
    return step;
}

/* ---------------------------------------------------------------- the answer */

static bool take_text(const json_t *said, const char *name, char *out, size_t capacity)
{
    const char *text = json_string_value(json_object_get(said, name));
    return text && !strpbrk(text, "\r\n;") && text_copy(out, capacity, text);
}

static bool take_pem(const json_t *said, const char *name, struct buf *out)
{
    const char *text = json_string_value(json_object_get(said, name));
    buf_clear(out);
    buf_puts(out, text ? text : "");
    return text && !out->failed;
}

/* The certificate is for this key, this name, and from that authority; the site is the one of the code. */
static bool is_good(const struct joining *joining)
{
    const struct join_kept *kept = &joining->kept;
    struct certificate_facts facts;
    char name[MQTT_TOPIC_SIZE];
    if (strcmp(kept->site, joining->code.site) != 0 || !wire_box_ok(kept->box) || !mqtt_prefix_ok(kept->topic_prefix) ||
        !*kept->host)
        return false;
    const char *full = mqtt_prefix_put(kept->topic_prefix, kept->box, name);
    return full && certificate_read(&joining->own.certificate, &facts) == 0 && strcmp(facts.common_name, full) == 0 &&
           certificate_fits(&joining->own) && certificate_comes_from(&joining->own.certificate, &joining->authority);
}

static bool take_answer(struct joining *joining, const struct buf *answer)
{
    struct join_kept *kept = &joining->kept;
    json_t *said = json_loadb(buf_text(answer), answer->length, JSON_REJECT_DUPLICATES, NULL);
    json_int_t port = json_integer_value(json_object_get(said, "port"));
    bool whole = take_text(said, "site", kept->site, sizeof(kept->site)) &&
                 take_text(said, "box", kept->box, sizeof(kept->box)) &&
                 take_text(said, "host", kept->host, sizeof(kept->host)) &&
                 take_text(said, "topic_prefix", kept->topic_prefix, sizeof(kept->topic_prefix)) &&
                 take_pem(said, "authority", &joining->authority) &&
                 take_pem(said, "certificate", &joining->own.certificate) && port >= 1 && port <= 65535;
    snprintf(kept->port, sizeof(kept->port), "%d", whole ? (int)port : 0);
    json_decref(said);
    return whole && is_good(joining);
}

/* ---------------------------------------------------------------- keeping it */

static bool name_file(const char *folder, const char *box, const char *end, char *out, size_t capacity)
{
    int length = snprintf(out, capacity, "%s/%s%s", folder, box, end);
    return length > 0 && (size_t)length < capacity;
}

static int keep(struct joining *joining, const char *path, const struct buf *text, mode_t mode)
{
    int result = file_keep(path, buf_text(text), text->length, mode);
    return result ? error_set(&joining->why, result, "%s cannot be written: %s", path, strerror(-result)) : 0;
}

/* JOIN_FILE last: what it names is there, and until it is, the box is as it was. The names are of this joining alone,
 * for head office calls the box by another name each time. */
static int keep_all(struct joining *joining, const char *folder)
{
    struct join_kept *kept = &joining->kept;
    CLEANUP_BUF struct buf text = {0};
    char path[sizeof(kept->key_file)];
    if (!name_file(folder, kept->box, "-ca.pem", kept->ca_file, sizeof(kept->ca_file)) ||
        !name_file(folder, kept->box, ".pem", kept->cert_file, sizeof(kept->cert_file)) ||
        !name_file(folder, kept->box, ".key", kept->key_file, sizeof(kept->key_file)) ||
        !name_file(folder, JOIN_FILE, "", path, sizeof(path)))
        return error_set(&joining->why, -ENAMETOOLONG, "%s is too long a path", folder);
    join_kept_write(kept, &text);
    int result = text.failed ? error_set(&joining->why, -ENOMEM, "out of memory") : 0;
    if (!result) /* floorhand-link is in the daemon's group */
        result = keep(joining, kept->key_file, &joining->own.key, 0640);
    if (!result)
        result = keep(joining, kept->cert_file, &joining->own.certificate, 0640);
    if (!result)
        result = keep(joining, kept->ca_file, &joining->authority, 0640);
    return result ? result : keep(joining, path, &text, 0640);
}

static enum exit_code join(struct joining *joining, const char *folder)
{
    CLEANUP_BUF struct buf answer = {.max = ANSWER_MAX};
    if (certificate_request(joining->code.site, &joining->own) != 0)
        return tell(joining, JOIN_FAILED);
    tell(joining, JOIN_ASKS);
    const char *step = ask(joining, &answer);
    if (strcmp(step, JOIN_DONE) != 0)
        return tell(joining, step);
    if (!take_answer(joining, &answer)) {
        error_set(&joining->why, -EBADMSG, "head office's answer is not understood: are both of the same version?");
        return tell(joining, JOIN_FAILED);
    }
    return tell(joining, keep_all(joining, folder) == 0 ? JOIN_DONE : JOIN_FAILED);
}

/* The code is no word of the command line where others would see it: "-" reads it. */
static int read_code(struct command_call *call, struct buf *ret)
{
    if (strcmp(call->words[0], "-") == 0)
        return file_read(stdin, ret);
    buf_puts(ret, call->words[0]);
    return ret->failed ? -ENOMEM : 0;
}

enum exit_code command_join(struct command_call *call)
{
    CLEANUP_BUF struct buf text = {.max = 2 * JOIN_TEXT_SIZE};
    struct joining joining = {.code = {.port = 0}};
    int result = read_code(call, &text);
    if (!result)
        result = join_code_read(buf_text(&text), text.length, &joining.code);
    enum exit_code code =
        result ? tell(&joining, result == -ENOTSUP ? JOIN_NEWER : JOIN_DAMAGED) : join(&joining, call->options.data);
    certificate_done(&joining.own);
    buf_done(&joining.authority);
    sodium_memzero(&joining, sizeof(joining));
    return code;
}
