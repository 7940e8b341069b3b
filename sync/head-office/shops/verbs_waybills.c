/* What head office is asked to do about waybill numbers that platforms give. */
#include "base/json.h"
#include "base/text.h"
#include "sync/head-office/shops/waybill_parcels.h"
#include "sync/head-office/verb.h"

#include <errno.h>
#include <string.h>

struct fields {
    char shop[SHOP_CODE_SIZE], carrier[64], via[SHOP_CODE_SIZE], code[PLATFORM_CODE_SIZE], account[PLATFORM_CODE_SIZE];
    char form[PLATFORM_LONG_SIZE], site[65];
    bool early, drawn, active;
    struct platform_sender sender;
    char waybill[65], language[8], bytes[49153], picture[49153];
    int64_t labels, width, height;
};

#define TEXT(member)    OPTION_TEXT_AT(struct fields, member)
#define PRIVATE(member) OPTION_PRIVATE_AT(struct fields, member)
#define NUMBER(member)  OPTION_NUMBER_AT(struct fields, member)
#define FLAG(member)    OPTION_FLAG_AT(struct fields, member)

static const struct option_def account_fields[] = {
    {"shop", TEXT(shop), .help = "whose orders"},
    {"carrier", TEXT(carrier), .help = "with which carrier, as we call it"},
    {"via", TEXT(via), .fallback = "", .help = "the shop whose platform is asked; left out: the same"},
    {"code", TEXT(code), .fallback = "",
     .help = "the carrier's name there for waybills, where shop.carrier says another for shipments"},
    {"account", TEXT(account), .fallback = "", .help = "ours at the carrier, where it is paid by the month"},
    {"form", TEXT(form), .fallback = "", .help = "the label's template, as the platform names it"},
    {"early", FLAG(early), .fallback = "no", .help = "yes: asked when the stock is promised; no: at release"},
    {"drawn", FLAG(drawn), .fallback = "no",
     .help = "yes: a number goes to its site when waybill.drawn has brought its label; no: at once"},
    {"active", FLAG(active), .fallback = "yes", .help = "no: none is asked for any more"},
    {0}};
static const struct option_def sender_fields[] = {
    {"site", TEXT(site), .help = "the site"},
    {"name", TEXT(sender.name), .help = "who sends"},
    {"phone", PRIVATE(sender.phone), .help = "the telephone number"},
    {"province", TEXT(sender.province), .help = "the province"},
    {"city", TEXT(sender.city), .help = "the city"},
    {"district", TEXT(sender.district), .fallback = "", .help = "the district"},
    {"address", PRIVATE(sender.address), .help = "what is below the district"},
    {0}};
static const struct option_def number_fields[] = {{"waybill", TEXT(waybill), .help = "the number"}, {0}};
static const struct option_def drawn_fields[] = {
    {"waybill", TEXT(waybill), .help = "the number"},
    {"language", OPTION_CHOICE_AT(struct fields, language), .fallback = "", .choices = "|zpl|tspl|epl|cpcl|escpos",
     .help = "the language of bytes"},
    {"bytes", PRIVATE(bytes), .fallback = "", .help = "the label as a printer's commands, in base64"},
    {"labels", NUMBER(labels), .fallback = "1", .min = 1, .max = 99, .help = "how many labels come out of bytes"},
    {"picture", PRIVATE(picture), .fallback = "", .help = "or as a picture, a PNG in base64"},
    {"width", NUMBER(width), .fallback = "0", .min = 0, .max = 300, .help = "of the picture, in mm"},
    {"height", NUMBER(height), .fallback = "0", .min = 0, .max = 500, .help = "of the picture, in mm"},
    {0}};

static int set_account(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    const struct waybill_account account = {fields->shop,  fields->carrier, *fields->via ? fields->via : fields->shop,
                                            fields->code,  fields->account, fields->form,
                                            fields->early, fields->drawn,   fields->active};
    json_text(call->answer, "shop", fields->shop);
    json_text(call->answer, "carrier", fields->carrier);
    return waybill_parcels_set_account(call->office, &account, error);
}

static int set_sender(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "site", fields->site);
    return waybill_parcels_set_sender(call->office, fields->site, &fields->sender, error);
}

/* For who draws labels: what the platform's print component wants. */
static int tell_print_data(struct verb_call *call, struct error *error)
{
    static const char *const members[] = {"waybill", "carrier", "order", "site", "platform", "form", "print_data"};
    const struct fields *fields = call->fields;
    struct sql_query *row = sql_select(
        call->office->sql,
        "SELECT w.number, w.carrier, w.order_number, w.site, s.platform, a.form, w.print_data FROM waybill w JOIN"
        " waybill_parcel p ON p.waybill = w.number JOIN waybill_account a ON a.id = p.account JOIN shop s ON s.code ="
        " a.via WHERE w.number = ?1",
        sql_text(fields->waybill));
    bool found = sql_next(row);
    for (int i = 0; i < (int)COUNT(members) && found; i++)
        json_text(call->answer, members[i], sql_get_text(row, i));
    int failed = sql_done(row);
    if (failed)
        return office_failed(call->office->sql, failed, error);
    return found ? 0 : error_set(error, -ENOENT, "no platform gave waybill \"%s\"", fields->waybill);
}

static int bring_label(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    CLEANUP_BUF struct buf drawn = {0};
    bool bytes = *fields->language && *fields->bytes;
    bool picture = *fields->picture && fields->width > 0 && fields->height > 0;
    if (bytes == picture)
        return error_set(error, -EINVAL, "say language and bytes, or picture, width and height");
    json_open_object(&drawn, NULL);
    if (bytes) {
        json_text(&drawn, "language", fields->language);
        json_text(&drawn, "bytes", fields->bytes);
        json_int(&drawn, "labels", fields->labels);
    } else {
        json_text(&drawn, "picture", fields->picture);
        json_int(&drawn, "width", fields->width);
        json_int(&drawn, "height", fields->height);
    }
    json_close_object(&drawn);
    json_text(call->answer, "waybill", fields->waybill);
    return drawn.failed ? -ENOMEM : waybill_parcels_drawn(call->office, fields->waybill, buf_text(&drawn), error);
}

static int send_without(struct verb_call *call, struct error *error)
{
    const struct fields *fields = call->fields;
    json_text(call->answer, "waybill", fields->waybill);
    return waybill_parcels_drawn(call->office, fields->waybill, "", error);
}

const struct office_verb waybill_verbs[] = {
    VERB("waybill.account", account_fields, set_account, "Say which platform gives a shop's waybill numbers",
         "设置电子面单账号"),
    VERB("site.sender", sender_fields, set_sender, "Say where a site's parcels come from", "设置仓库发件人"),
    VERB("waybill.print_data", number_fields, tell_print_data,
         "Tell what the platform's print component draws a label of", "查看面单打印数据"),
    VERB("waybill.drawn", drawn_fields, bring_label,
         "Bring a label that was drawn elsewhere; its number goes to the site", "回传已绘制的面单"),
    VERB("waybill.send", number_fields, send_without, "Send a number to its site, which draws the label itself",
         "不等面单直接下发单号"),
    {0},
};
