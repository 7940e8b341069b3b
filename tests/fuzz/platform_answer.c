/* What head office reads of a selling platform's answer. First byte: which platform; second: which verb; the rest is
 * the body. Whatever comes, it is refused with a sentence or read; money is what the text says, to the fen; and what
 * may have been done is never called "not done". */
#include "base/text.h"
#include "sync/platforms/show.h"
#include "sync/platforms/text_json.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <inttypes.h>

#define TEXT_MAX 96

/* ---------------------------------------------------------------- money, by other means */

static const char *without_zeroes(const char *text)
{
    while (*text == '0')
        text++;
    return text;
}

/* A decimal without an exponent has the digits of its fen, when the point is left out and the third place and all
 * behind it are zeroes. Of what went through a float more may stand there; that is not looked at. */
static void check_amount(const char *text, int64_t minor)
{
    char wanted[TEXT_MAX + 3], got[TEXT_MAX];
    size_t length = strlen(text), whole = strcspn(text + (*text == '-'), "."), kept;
    if (length == 0 || length >= TEXT_MAX || strspn(text, "-0123456789.") != length)
        return;
    const char *digits = text + (*text == '-'), *fraction = digits[whole] ? digits + whole + 1 : "";
    kept = strlen(fraction) < 2 ? strlen(fraction) : 2;
    if (fraction[kept] && strspn(fraction + kept, "0") != strlen(fraction + kept))
        return;
    snprintf(wanted, sizeof(wanted), "%.*s%.*s%s", (int)whole, digits, (int)kept, fraction, &"00"[kept]);
    snprintf(got, sizeof(got), "%" PRIu64, minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor);
    CLAIM(strcmp(without_zeroes(wanted), without_zeroes(got)) == 0);
    CLAIM(minor == 0 || (minor < 0) == (*text == '-'));
}

static void check_text(const char *text)
{
    char written[TEXT_MINOR_SIZE], time[TEXT_TIME_SIZE];
    int64_t minor, again;
    if (text_to_minor(text, &minor) == 0) {
        check_amount(text, minor);
        minor_to_text(minor, written);
        CLAIM(text_to_minor(written, &again) == 0 && again == minor);
        CLAIM(text_near_minor(text, &again) == 0 && again == minor);
    }
    if (text_to_time(text, &again) == 0) {
        CLAIM(again >= 0);
        time_to_text(again, time);
        CLAIM(text_is_utf8(time, strlen(time)));
    }
}

/* ---------------------------------------------------------------- answers */

/* Where yuan stand as they were paid. */
static const char *paid_at(const struct platform *platform)
{
    static const char *const members[][2] = {{"taobao", "payment"}, {"pdd", "pay_amount"}, {"jd", "actualPay"}};
    for (size_t i = 0; i < COUNT(members); i++)
        if (strcmp(members[i][0], platform->name) == 0)
            return members[i][1];
    return "-";
}

static void check_orders(const struct platform *platform, const struct platform_answer *answer)
{
    for (size_t i = 0; answer->orders && i < answer->count; i++) {
        const struct platform_order *order = &answer->orders[i];
        json_t *raw = json_loads(order->raw, 0, NULL);
        CLAIM(raw && *order->id && order->line_count <= PLATFORM_LINES_MAX);
        CLAIM(order->line_count > 0 || (order->overlays & (unsigned)PLATFORM_HOLD));
        check_amount(text_json_text(raw, paid_at(platform)), order->paid_minor);
        json_decref(raw);
    }
}

/* All of it can be shown, so every text in it ends and is UTF-8. */
static void check_shown(const struct platform_fault *fault, const struct platform_answer *answer)
{
    CLEANUP_BUF struct buf out = {0};
    platform_show(&out, fault, answer);
    json_t *shown = json_loadb(buf_text(&out), out.length, 0, NULL);
    CLAIM(shown && strlen(answer->cursor) < PLATFORM_CURSOR_SIZE);
    json_decref(shown);
}

static void check_answer(const struct platform *platform, const struct platform_want *want,
                         const struct platform_response *response)
{
    CLEANUP(platform_answer_done) struct platform_answer answer = {0};
    CLEANUP_TEXT_JSON json_t *root = NULL;
    struct platform_fault fault;
    struct error error = {0};
    bool writes = platform_verb_writes(want->verb);
    platform_classify(platform, want, response, &fault, &root);
    CLAIM(fault.class >= PLATFORM_OK && fault.class <= PLATFORM_UNCERTAIN);
    CLAIM(writes ? fault.class != PLATFORM_RETRY : fault.class != PLATFORM_UNCERTAIN);
    CLAIM(root || fault.class == PLATFORM_RETRY || fault.class == PLATFORM_UNCERTAIN);
    if (fault.class != PLATFORM_OK && fault.class != PLATFORM_PARTIAL)
        return;
    int result = platform->read(want, response, root, &answer, &error);
    CLAIM(result == 0 || (result == -EBADMSG && *error.text));
    if (result)
        return;
    check_orders(platform, &answer);
    check_shown(&fault, &answer);
}

static const struct platform_shipment shipment = {.order = "1", .carrier = "1", .waybill = "W", .whole = true};
static const struct platform_stock_row stock = {.item = "1", .sku = "2", .quantity = 3};
static const struct platform_sender sender = {.name = "a", .phone = "1", .province = "b", .city = "c", .address = "d"};
static const struct platform_parcel parcels[2] = {
    {.key = "P-1", .order = "1", .name = "a", .phone = "1", .goods = "e"},
    {.key = "P-2", .order = "2", .name = "a", .phone = "1", .goods = "e"}};
static const struct platform_shop shop = {.id = "1",
                                          .gateway = "http://127.0.0.1/x",
                                          .place = "7",
                                          .app_key = "k",
                                          .app_secret = "s",
                                          .sign_secret = "s",
                                          .refresh_token = "r"};

/* What a platform has no call for, it gives no answer to. */
static bool is_asked(const struct platform *platform, const struct platform_want *want)
{
    CLEANUP(platform_request_done) struct platform_request request = {0};
    struct error error = {0};
    int result = platform->build ? platform->build(&shop, want, &request, &error) : -ENOTSUP;
    CLAIM(result == 0 || result == -ENOTSUP || (result == -EINVAL && *error.text));
    return result == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    size_t count = 1;
    while (platforms[count])
        count++;
    const struct platform *platform = platforms[input_byte(&input) % count];
    struct platform_want want = {.verb = input_byte(&input) % PLATFORM_VERBS,
                                 .now_us = INT64_C(1717203600000000),
                                 .from_us = INT64_C(1717201800000000),
                                 .to_us = INT64_C(1717203600000000),
                                 .order = "1",
                                 .carrier = "YTO",
                                 .waybill = "W",
                                 .form = "http://x",
                                 .shipment = &shipment,
                                 .stock = &stock,
                                 .stock_count = 1,
                                 .sender = &sender,
                                 .parcels = parcels,
                                 .parcel_count = COUNT(parcels)};
    CLEANUP(platform_response_done) struct platform_response response = {.status = 200, .sent = true};
    char text[TEXT_MAX];
    buf_put(&response.body, input.at, input.left);
    text_copy_n(text, sizeof(text), buf_text(&response.body), strlen(buf_text(&response.body)));
    check_text(text);
    if (is_asked(platform, &want))
        check_answer(platform, &want, &response);
    return 0;
}
