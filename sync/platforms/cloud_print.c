#include "sync/platforms/cloud_print.h"

#include "base/json.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

/* Empty members are left out: platforms take them for wrong ones. */
static void put_text(struct buf *out, const char *key, const char *text)
{
    if (*text)
        json_text(out, key, text);
}

void cloud_print_put_address(const struct platform_parcel *parcel, const char *detail, struct buf *out)
{
    json_open_object(out, "address");
    put_text(out, "province", parcel->province);
    put_text(out, "city", parcel->city);
    put_text(out, "district", parcel->district);
    put_text(out, "town", parcel->town);
    put_text(out, "detail", detail);
    json_close_object(out);
}

static void put_sender(const struct platform_sender *sender, struct buf *out)
{
    json_open_object(out, "sender");
    json_open_object(out, "address");
    put_text(out, "province", sender->province);
    put_text(out, "city", sender->city);
    put_text(out, "district", sender->district);
    put_text(out, "detail", sender->address);
    json_close_object(out);
    put_text(out, "name", sender->name);
    put_text(out, "mobile", sender->phone);
    json_close_object(out);
}

static void put_parcel(const struct cloud_print *as, const struct platform_want *want,
                       const struct platform_parcel *parcel, struct buf *out)
{
    json_open_object(out, NULL);
    json_text(out, "object_id", parcel->key);
    json_open_object(out, "order_info");
    json_text(out, "order_channels_type", as->channel);
    json_open_array(out, "trade_order_list");
    json_text(out, NULL, parcel->order);
    json_close_array(out);
    json_close_object(out);
    json_open_object(out, "package_info");
    json_text(out, "id", parcel->key);
    json_open_array(out, "items");
    json_open_object(out, NULL);
    json_text(out, "name", parcel->goods);
    json_int(out, "count", parcel->pieces > 0 ? parcel->pieces : 1);
    json_close_object(out);
    json_close_array(out);
    if (parcel->weight_g > 0)
        json_int(out, "weight", parcel->weight_g);
    json_close_object(out);
    json_open_object(out, "recipient");
    as->put_receiver(parcel, out);
    json_close_object(out);
    json_text(out, "template_url", want->form);
    json_text(out, "user_id", as->user);
    json_close_object(out);
}

static int check(const struct cloud_print *as, const struct platform_want *want, struct error *error)
{
    const struct {
        const char *text, *what;
    } needed[] = {{want->carrier, "the carrier"},
                  {want->form, "the address of the label's form"},
                  {as->user, "the shop's number at the platform"},
                  {want->sender->province, "the sender's province"},
                  {want->sender->address, "the sender's address"},
                  {want->sender->name, "the sender's name"},
                  {want->sender->phone, "the sender's telephone"}};
    for (size_t i = 0; i < COUNT(needed); i++)
        if (!*needed[i].text)
            return error_set(error, -EINVAL, "for a waybill %s is missing", needed[i].what);
    for (size_t i = 0; i < want->parcel_count; i++)
        if (!*want->parcels[i].key || !*want->parcels[i].order || !*want->parcels[i].goods)
            return error_set(error, -EINVAL, "for a waybill the parcel's key, its order or what is in it is missing");
    return 0;
}

int cloud_print_write(const struct cloud_print *as, const struct platform_want *want, struct buf *out,
                      struct error *error)
{
    if (want->parcel_count == 0 || want->parcel_count > CLOUD_PRINT_PARCELS || !want->sender)
        return error_set(error, -EINVAL, "waybills are asked for with a sender and 1 to %d parcels",
                         CLOUD_PRINT_PARCELS);
    int result = check(as, want, error);
    if (result)
        return result;
    json_open_object(out, NULL);
    json_text(out, as->carrier_key, want->carrier);
    put_text(out, "customer_code", want->account);
    json_bool(out, "need_encrypt", true);
    put_sender(want->sender, out);
    json_open_array(out, "trade_order_info_dtos");
    for (size_t i = 0; i < want->parcel_count; i++)
        put_parcel(as, want, &want->parcels[i], out);
    json_close_array(out);
    json_close_object(out);
    return out->failed ? -ENOMEM : 0;
}

int cloud_print_put(const struct cloud_print *as, const struct platform_want *want, struct form *form,
                    struct error *error)
{
    CLEANUP_BUF struct buf request = {0};
    int result = cloud_print_write(as, want, &request, error);
    form_put_buf(form, "param_waybill_cloud_print_apply_new_request", &request);
    return result;
}

/* ---------------------------------------------------------------- what came back */

size_t cloud_print_count(const json_t *modules)
{
    size_t i, count = 0;
    const json_t *row;
    json_array_foreach(modules, i, row)
    {
        count += *text_json_text(row, "waybill_code") != '\0';
    }
    return count;
}

static const json_t *module_of(const json_t *modules, const char *key)
{
    size_t i;
    const json_t *row;
    json_array_foreach(modules, i, row)
    {
        if (strcmp(text_json_text(row, "object_id"), key) == 0)
            return row;
    }
    return NULL;
}

/* What is printed stays the text that it came as, also where a platform gives it as an object. */
static char *print_data_of(const json_t *row)
{
    const json_t *data = json_object_get(row, "print_data");
    if (json_is_object(data))
        return json_dumps(data, JSON_COMPACT);
    return json_is_string(data) ? strdup(json_string_value(data)) : NULL;
}

static void read_row(struct text_reader *reader, const json_t *row, struct platform_waybill *ret)
{
    READ_ID(reader, row, "waybill_code", ret->number);
    READ_ID(reader, row, "parent_waybill_code", ret->parent);
    ret->print_data = row ? print_data_of(row) : NULL;
    if (*ret->number)
        return;
    ret->fault = PLATFORM_RETRY;
    text_copy(ret->message, sizeof(ret->message), "the platform gave no number for this parcel");
}

void cloud_print_read(struct text_reader *reader, const struct platform_want *want, const json_t *modules,
                      struct platform_answer *answer)
{
    answer->waybills = rows_new(reader, answer, want->parcel_count, CLOUD_PRINT_PARCELS, sizeof(*answer->waybills));
    for (size_t i = 0; i < answer->count; i++) {
        struct platform_waybill *waybill = &answer->waybills[i];
        text_copy(waybill->key, sizeof(waybill->key), want->parcels[i].key);
        read_row(reader, module_of(modules, waybill->key), waybill);
    }
}
