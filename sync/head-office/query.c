#include "sync/head-office/query.h"

#include "base/json.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/orders/exceptions.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/order_timeline.h"
#include "sync/head-office/query_words.h"
#include "sync/head-office/settings.h"

query_book office_queries = {office_order_queries,
                             office_part_queries,
                             office_goods_queries,
                             office_site_queries,
                             office_own_queries,
                             office_selling_queries,
                             office_aftersale_queries,
                             office_rule_queries,
                             office_book_queries,
                             office_bill_queries,
                             office_waybill_queries,
                             office_marketing_queries,
                             office_customer_queries,
                             office_segment_queries,
                             office_service_queries,
                             office_catalogue_queries,
                             office_improve_queries,
                             office_rollout_queries,
                             office_usage_queries,
                             office_figure_queries,
                             office_buying_queries,
                             office_staff_queries,
                             NULL};

static void put_state(const struct order_state *state, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "state", state->name);
    json_text(json, "stage", state->stage);
    json_text(json, "english", state->english);
    json_text(json, "chinese", state->chinese);
    json_close_object(json);
}

static void put_exception_kind(const struct exception_kind *kind, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "kind", kind->name);
    json_text(json, "english", kind->english);
    json_text(json, "chinese", kind->chinese);
    json_text(json, "release_english", kind->release_en);
    json_text(json, "release_chinese", kind->release_zh);
    json_bool(json, "confirmable", kind->confirmable);
    json_close_object(json);
}

static void put_file(const struct import_kind *kind, struct buf *json)
{
    json_open_object(json, NULL);
    json_text(json, "kind", kind->name);
    json_bool(json, "per_site", kind->per_site);
    option_write_json(kind->columns, "columns", json);
    json_close_object(json);
}

void query_words(struct buf *json)
{
    json_open_object(json, NULL);
    json_open_array(json, "states");
    for (const struct order_state *state = order_states; state->name; state++)
        put_state(state, json);
    json_close_array(json);
    json_open_array(json, "exceptions");
    for (const struct exception_kind *kind = exception_kinds; kind->name; kind++)
        put_exception_kind(kind, json);
    json_close_array(json);
    json_open_array(json, "moments");
    order_timeline_words(json);
    json_close_array(json);
    option_write_json(settings_table, "settings", json);
    json_open_array(json, "files");
    for (const struct import_kind *kind = import_kinds; kind->name; kind++)
        put_file(kind, json);
    json_close_array(json);
    json_close_object(json);
}
