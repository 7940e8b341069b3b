/* What head office makes of a site's events: how far orders are, what locations hold, what could not be understood. */
#include "unit/hub_rig.h"

#define ORDER "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"

struct play {
    struct rig rig;
    int64_t seq;
};

static int open_play(void **state)
{
    struct play *play = calloc(1, sizeof(*play));
    struct rig *rig = &play->rig;
    rig_open(rig);
    rig_import_good(rig, "items", NULL, "sku,name,weight_g\nT,tea,1\nC,cup,1\n");
    rig_import_good(rig, "orders", NULL,
                    ORDER "O1,shop,SF,W1,0,a,b,c,T,3\nO1,shop,SF,W1,0,a,b,c,C,1\n"
                          "O2,shop,SF,W2,0,a,b,c,T,1\nO3,shop,SF,W3,0,a,b,c,T,1\n");
    assert_int_equal(rig_release(rig, "hz", "O1"), 0);
    assert_int_equal(rig_release(rig, "bj", "O3"), 0);
    rig_hello(rig, "hz", "box-1", 0, 0);
    rig_turn(rig);
    *state = play;
    return 0;
}

static int close_play(void **state)
{
    struct play *play = *state;
    rig_close(&play->rig);
    free(play);
    return 0;
}

static void happens(struct play *play, const char *type, const char *data)
{
    struct buf segment = {0};
    rig_put_event(&segment, "hz", 1, ++play->seq, type, data);
    rig_segment(&play->rig, "box-1", play->seq, &segment);
    buf_done(&segment);
    rig_turn(&play->rig);
    assert_int_equal(rig_answer(&play->rig, WIRE_ACK).applied, play->seq); /* the cursor always moves */
}

static void assert_state(struct play *play, const char *expected)
{
    struct sql_query *row =
        sql_select(play->rig.office.sql, "SELECT state FROM orders WHERE number = 'O1'", SQL_NO_VALUES);
    assert_true(sql_next(row));
    assert_string_equal(sql_get_text(row, 0), expected);
    sql_done(row);
}

#define COUNT_OF(play, sql) rig_count(&(play)->rig, sql)

#define PICK_MEMBERS "\"order\":\"O1\",\"line\":1,\"sku\":\"T\",\"location\":\"A\",\"quantity\":2}"
#define PICK         "{" PICK_MEMBERS

static void an_order_goes_its_way(void **state)
{
    struct play *play = *state;
    static const struct {
        const char *type, *data, *state;
    } steps[] = {
        {"order.received", "{\"order\":\"O1\"}", "received"},
        {"order.allocated", "{\"order\":\"O1\"}", "allocated"},
        {"pick.started", "{\"order\":\"O1\"}", "allocated"}, /* means nothing here */
        {"pick.line", PICK, "picking"},
        {"pick.line", "{\"order\":\"O1\",\"line\":1,\"sku\":\"T\",\"location\":\"B\",\"quantity\":1,\"lot\":\"L\"}",
         "picking"},
        {"pick.line", "{\"order\":\"O1\",\"line\":2,\"sku\":\"C\",\"location\":\"A\",\"quantity\":1}", "picking"},
        {"order.received", "{\"order\":\"O1\"}", "picking"}, /* out of turn: stored, and nothing moves */
        {"pick.staged", "{\"order\":\"O1\",\"location\":\"STAGE\"}", "picked"},
        {"parcel.packed", "{\"order\":\"O1\",\"parcel\":\"P1\",\"box\":\"S\"}", "packed"},
        {"parcel.packed", "{\"order\":\"O1\",\"parcel\":\"P2\",\"box\":\"L\"}", "packed"},
        {"label.printed", "{\"order\":\"O1\",\"parcel\":\"P1\",\"waybill\":\"W1\",\"copy\":1}", "labelled"},
        {"label.printed", "{\"order\":\"O1\",\"parcel\":\"P1\",\"waybill\":\"W1\",\"copy\":2}", "labelled"},
        {"parcel.shipped",
         "{\"order\":\"O1\",\"parcel\":\"P1\",\"waybill\":\"W1\",\"manifest\":\"M1\",\"carrier\":\"SF\"}", "labelled"},
        {"parcel.shipped",
         "{\"order\":\"O1\",\"parcel\":\"P2\",\"waybill\":\"W9\",\"manifest\":\"M1\",\"carrier\":\"SF\"}", "shipped"},
    };
    for (size_t i = 0; i < COUNT(steps); i++) {
        happens(play, steps[i].type, steps[i].data);
        assert_state(play, steps[i].state);
    }
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
    assert_int_equal(COUNT_OF(play, "SELECT sum(shipped) FROM order_line WHERE number = 'O1'"), 4);
    assert_int_equal(COUNT_OF(play, "SELECT labels FROM parcel WHERE parcel = 'P1'"), 2);
}

static void stock_follows_the_hands(void **state)
{
    struct play *play = *state;
    happens(play, "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":10}");
    happens(play, "pick.line", PICK);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 8);
    assert_int_equal(COUNT_OF(play, "SELECT picked FROM order_line WHERE number = 'O1' AND line = 1"), 2);
    happens(play, "scan.undone", "{\"undid\":\"pick.line\"," PICK_MEMBERS);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 10);
    assert_int_equal(COUNT_OF(play, "SELECT picked FROM order_line WHERE number = 'O1' AND line = 1"), 0);
    happens(play, "scan.undone", "{\"undid\":\"pack.item\",\"order\":\"O1\"}"); /* nothing of it is kept here */
    happens(play, "pick.damaged", "{\"order\":\"O1\",\"sku\":\"T\",\"location\":\"A\",\"quantity\":1}");
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 9);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
}

#define BATCH_MEMBERS                                                                                                  \
    "\"wave\":\"W\",\"sku\":\"T\",\"location\":\"A\",\"quantity\":3,\"lines\":[{\"order\":\"O1\",\"line\":1,"          \
    "\"quantity\":2},"                                                                                                 \
    "{\"order\":\"O2\",\"line\":1,\"quantity\":1}]}"

static void a_wave_is_picked_for_several_orders(void **state)
{
    struct play *play = *state;
    assert_int_equal(rig_release(&play->rig, "hz", "O2"), 0);
    happens(play, "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":10}");
    happens(play, "pick.batch", "{" BATCH_MEMBERS);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 7);
    assert_int_equal(COUNT_OF(play, "SELECT picked FROM order_line WHERE number = 'O1' AND line = 1"), 2);
    assert_int_equal(COUNT_OF(play, "SELECT picked FROM order_line WHERE number = 'O2' AND line = 1"), 1);
    assert_state(play, "picking");
    happens(play, "scan.undone", "{\"undid\":\"pick.batch\"," BATCH_MEMBERS);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 10);
    assert_int_equal(COUNT_OF(play, "SELECT sum(picked) FROM order_line"), 0);
    happens(play, "pick.batch", "{" BATCH_MEMBERS);
    happens(play, "batch.short",
            "{\"wave\":\"W\",\"sku\":\"T\",\"location\":\"A\",\"missing\":1,\"lines\":[{\"order\":\"O1\",\"line\":1,"
            "\"missing\":1}]}");
    assert_state(play, "short");
    happens(play, "batch.damaged", "{\"wave\":\"W\",\"sku\":\"T\",\"location\":\"A\",\"quantity\":1}");
    happens(play, "pick.unpicked",
            "{\"wave\":\"W\",\"order\":\"O2\",\"line\":1,\"sku\":\"T\",\"location\":\"A\",\"quantity\":1}");
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 7);
    assert_int_equal(COUNT_OF(play, "SELECT picked FROM order_line WHERE number = 'O2' AND line = 1"), 0);
    happens(play, "slot.complete", "{\"wave\":\"W\",\"order\":\"O1\",\"slot\":\"S\",\"pieces\":2}");
    assert_state(play, "picked");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
    /* an order of another site: nothing of the event counts */
    happens(play, "pick.batch",
            "{\"wave\":\"W\",\"sku\":\"T\",\"location\":\"A\",\"quantity\":2,\"lines\":[{\"order\":\"O2\",\"line\":1,"
            "\"quantity\":1},{\"order\":\"O3\",\"line\":1,\"quantity\":1}]}");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 1);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 7);
}

static void what_goes_to_the_return_shelf_is_stock_again(void **state)
{
    struct play *play = *state;
    happens(play, "pick.line", PICK);
    happens(play, "pick.returned",
            "{\"order\":\"O1\",\"location\":\"SHELF\",\"lines\":[{\"sku\":\"T\",\"quantity\":2}]}");
    happens(play, "putaway.done", "{\"sku\":\"T\",\"quantity\":2,\"from\":\"SHELF\",\"to\":\"A\"}");
    happens(play, "pick.returned", "{\"order\":\"O1\",\"location\":\"SHELF\"}"); /* older sites do not say what */
    assert_int_equal(COUNT_OF(play, "SELECT sum(quantity) FROM stock"), 0);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'SHELF'"), 0);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
}

static void what_was_not_packed_is_not_shipped(void **state)
{
    struct play *play = *state;
    happens(play, "pick.line", PICK);
    happens(play, "pick.staged", "{\"order\":\"O1\",\"location\":\"STAGE\"}");
    happens(play, "parcel.packed",
            "{\"order\":\"O1\",\"parcel\":\"P1\",\"box\":\"S\",\"missing\":[{\"line\":1,\"quantity\":1}]}");
    assert_int_equal(COUNT_OF(play, "SELECT packed FROM order_line WHERE number = 'O1' AND line = 1"), 1);
    happens(play, "label.printed", "{\"order\":\"O1\",\"parcel\":\"P1\",\"waybill\":\"W1\",\"copy\":1}");
    happens(play, "parcel.unpacked", "{\"order\":\"O1\",\"parcel\":\"P1\",\"waybill\":\"W1\",\"tote\":\"T-2\"}");
    assert_state(play, "picked");
    assert_int_equal(COUNT_OF(play, "SELECT sum(packed) FROM order_line WHERE number = 'O1'"), 0);
    happens(play, "parcel.packed", "{\"order\":\"O1\",\"parcel\":\"P1\",\"box\":\"L\"}");
    assert_state(play, "packed");
    assert_int_equal(COUNT_OF(play, "SELECT packed FROM order_line WHERE number = 'O1' AND line = 1"), 2);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
}

#define GRADED "\"document\":\"R1\",\"sku\":\"T\",\"quantity\":2,\"from\":\"RETURN\",\"location\":"

static void what_comes_back_as_new_is_stock(void **state)
{
    struct play *play = *state;
    happens(play, "return.received", "{\"document\":\"R1\",\"sku\":\"T\",\"quantity\":3,\"location\":\"RETURN\"}");
    happens(play, "return.graded", "{" GRADED "\"A\",\"grade\":\"A\",\"sellable\":true}");
    happens(play, "return.graded", "{" GRADED "\"DMG\",\"grade\":\"B\",\"sellable\":false}");
    assert_int_equal(COUNT_OF(play, "SELECT sum(quantity) FROM stock"), 2);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'A' AND sku = 'T'"), 2);
    happens(play, "scan.undone", "{\"undid\":\"return.graded\"," GRADED "\"A\",\"grade\":\"A\",\"sellable\":true}");
    assert_int_equal(COUNT_OF(play, "SELECT sum(quantity) FROM stock"), 0);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
}

#define STOCK_AT(play, place)                                                                                          \
    COUNT_OF(play,                                                                                                     \
             "SELECT coalesce(sum(quantity), 0) FROM stock WHERE site = 'hz' AND location = '" place "' AND sku "      \
             "= 'T'")

static void stock_follows_what_comes_in(void **state)
{
    struct play *play = *state;
    happens(play, "receipt.line",
            "{\"sku\":\"T\",\"quantity\":5,\"from\":\"SUPPLIER\",\"to\":\"DOCK\",\"damaged\":false}");
    happens(play, "receipt.line",
            "{\"sku\":\"T\",\"quantity\":3,\"from\":\"SUPPLIER\",\"to\":\"DAMAGED\",\"damaged\":true}");
    happens(play, "receipt.pallet",
            "{\"quantity\":9,\"lines\":[{\"sku\":\"T\",\"quantity\":7,\"to\":\"DOCK\"},"
            "{\"sku\":\"C\",\"quantity\":2,\"to\":\"DOCK\"}]}");
    assert_int_equal(STOCK_AT(play, "DOCK"), 12);
    assert_int_equal(STOCK_AT(play, "DAMAGED"), 0);
    assert_int_equal(COUNT_OF(play, "SELECT quantity FROM stock WHERE location = 'DOCK' AND sku = 'C'"), 2);
    happens(play, "scan.undone",
            "{\"undid\":\"receipt.line\",\"sku\":\"T\",\"quantity\":5,\"to\":\"DOCK\",\"damaged\":false}");
    assert_int_equal(STOCK_AT(play, "DOCK"), 7);
    happens(play, "putaway.done", "{\"sku\":\"T\",\"quantity\":6,\"from\":\"DOCK\",\"to\":\"R\"}");
    assert_int_equal(STOCK_AT(play, "DOCK"), 1);
    assert_int_equal(STOCK_AT(play, "R"), 6);
    happens(play, "replen.item", "{\"sku\":\"T\",\"quantity\":4,\"from\":\"R\",\"to\":\"F\"}");
    assert_int_equal(STOCK_AT(play, "R"), 2);
    happens(play, "replen.done", "{\"sku\":\"T\",\"quantity\":3,\"from\":\"R\",\"to\":\"F\"}");
    happens(play, "replen.returned", "{\"sku\":\"T\",\"quantity\":1,\"from\":\"R\",\"to\":\"F\"}");
    assert_int_equal(STOCK_AT(play, "R"), 3);
    assert_int_equal(STOCK_AT(play, "F"), 3);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
    happens(play, "receipt.pallet", "{\"quantity\":9,\"lines\":[{\"sku\":\"T\",\"quantity\":7,\"to\":\"DOCK\"},{}]}");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 1);
    assert_int_equal(STOCK_AT(play, "DOCK"), 1); /* not the half of it */
}

static void a_short_line_says_what_is_missing(void **state)
{
    struct play *play = *state;
    happens(play, "pick.short", "{\"order\":\"O1\",\"line\":1,\"sku\":\"T\",\"location\":\"A\",\"missing\":2}");
    assert_state(play, "short");
    happens(play, "pick.short", "{\"order\":\"O1\",\"line\":1,\"sku\":\"T\",\"location\":\"B\",\"missing\":2}");
    assert_int_equal(COUNT_OF(play, "SELECT missing FROM order_line WHERE number = 'O1' AND line = 1"), 2);
    happens(play, "pick.line", PICK); /* some turned up */
    assert_int_equal(COUNT_OF(play, "SELECT missing FROM order_line WHERE number = 'O1' AND line = 1"), 1);
    assert_state(play, "short");
    happens(play, "order.parked", "{\"order\":\"O1\",\"reason\":\"wait for stock\"}");
    assert_state(play, "parked");
    assert_int_equal(COUNT_OF(play, "SELECT reason = 'wait for stock' FROM orders WHERE number = 'O1'"), 1);
}

static void the_site_answers_a_cancellation(void **state)
{
    struct play *play = *state;
    assert_int_equal(orders_cancel(&play->rig.office, "O1", "late", "anna", &play->rig.error), 0);
    happens(play, "order.cancel_rejected", "{\"order\":\"O1\",\"stage\":\"loaded\"}");
    assert_int_equal(COUNT_OF(play, "SELECT cancelling FROM orders WHERE number = 'O1'"), 0);
    assert_state(play, "released");
    assert_int_equal(orders_cancel(&play->rig.office, "O1", "late", "anna", &play->rig.error), 0);
    happens(play, "order.cancel_accepted", "{\"order\":\"O1\",\"stage\":\"picking\"}");
    assert_state(play, "closed");
    happens(play, "order.allocated", "{\"order\":\"O1\"}");
    assert_state(play, "closed");
}

static void what_cannot_be_understood_is_parked(void **state)
{
    struct play *play = *state;
    static const struct {
        const char *type, *data, *why;
    } odd[] = {
        {"pick.line", "{}", "\"order\" is missing or is no text"},
        {"pick.line", "{\"order\":\"O9\"}", "there is no order \"O9\""},
        {"order.received", "{\"order\":\"O3\"}", "order \"O3\" is not with this site"},
        {"order.received", "{\"order\":\"O2\"}", "order \"O2\" is not with this site"},
        {"pick.line", "{\"order\":\"O1\",\"line\":9,\"sku\":\"T\",\"location\":\"A\",\"quantity\":1}",
         "there is no such order line"},
        {"pick.line", "{\"order\":\"O1\",\"line\":1,\"sku\":\"T\",\"location\":\"A\",\"quantity\":4}",
         "its figures contradict what is known of the order"},
        {"pick.line", "{\"order\":\"O1\",\"line\":1,\"sku\":\"T\",\"location\":\"A\",\"quantity\":\"1\"}",
         "\"quantity\" is missing or is no number from 1 to 1000000000"},
        {"pick.line", "{\"order\":\"O1\",\"line\":1,\"sku\":\"T\",\"quantity\":1}",
         "\"location\" is missing or is no text"},
        {"label.printed", "{\"order\":\"O1\",\"parcel\":\"P\",\"waybill\":\"W\",\"copy\":1}",
         "there is no such parcel"},
        {"scan.undone", "{\"undid\":\"pick.line\"," PICK_MEMBERS, "its figures contradict what is known of the order"},
    };
    for (size_t i = 0; i < COUNT(odd); i++) {
        happens(play, odd[i].type, odd[i].data);
        struct sql_query *row =
            sql_select(play->rig.office.sql, "SELECT why FROM parked WHERE seq = ?1", sql_int(play->seq));
        assert_true(sql_next(row));
        assert_string_equal(sql_get_text(row, 0), odd[i].why);
        sql_done(row);
        rig_run(&play->rig, "DELETE FROM parked"); /* else the next ones of the order only wait for it */
    }
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM event"), COUNT(odd));
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM stock"), 0); /* the half of an event is not applied */
    assert_int_equal(COUNT_OF(play, "SELECT sum(picked) FROM order_line"), 0);
    happens(play, "pick.line", PICK); /* and the warehouse goes on */
    assert_state(play, "picking");
}

#define ON_PLAY(test) cmocka_unit_test_setup_teardown(test, open_play, close_play)

#define STOCK(play, location, sku)                                                                                     \
    COUNT_OF(play, "SELECT coalesce(sum(quantity), 0) FROM stock WHERE site = 'hz' AND location = '" location          \
                   "' AND sku = '" sku "'")

static void stock_moves_inside_a_site_and_is_corrected(void **state)
{
    struct play *play = *state;
    happens(play, "stock.imported", "{\"location\":\"A\",\"sku\":\"T\",\"delta\":9}");
    happens(play, "move.taken", "{\"location\":\"A\",\"sku\":\"T\",\"quantity\":4}");
    assert_int_equal(STOCK(play, "A", "T"), 5);
#define PUT                                                                                                            \
    "\"location\":\"B\",\"quantity\":5,\"lines\":[{\"sku\":\"T\",\"quantity\":4},{\"sku\":\"C\",\"quantity\":1}]"
    happens(play, "move.put", "{" PUT "}");
    assert_int_equal(STOCK(play, "B", "T"), 4);
    assert_int_equal(STOCK(play, "B", "C"), 1);
    happens(play, "scan.undone", "{" PUT ",\"undid\":\"move.put\"}");
    assert_int_equal(STOCK(play, "B", "T"), 0);
    assert_int_equal(STOCK(play, "B", "C"), 0);
    happens(play, "adjust.posted", "{\"location\":\"A\",\"sku\":\"T\",\"quantity\":2,\"delta\":-2}");
    assert_int_equal(STOCK(play, "A", "T"), 3);
    happens(play, "transfer.line", "{\"document\":\"TR\",\"location\":\"A\",\"sku\":\"T\",\"quantity\":3}");
    assert_int_equal(STOCK(play, "A", "T"), 0);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
}

static void what_has_come_is_told_to_who_sent_it(void **state)
{
    struct play *play = *state;
    rig_run(&play->rig, "INSERT INTO document (number, kind, site, partner, state) VALUES ('T9', 'transfer', 'bj', "
                        "'hz', 'shipped'), ('T8', 'transfer', 'bj', 'sh', 'shipped')");
    happens(play, "transfer.received", "{\"document\":\"T9\",\"outcome\":\"short\",\"lines\":[]}");
    happens(play, "transfer.received", "{\"document\":\"T8\",\"outcome\":\"\",\"lines\":[]}");
    happens(play, "transfer.received", "{\"document\":\"nobody's\",\"outcome\":\"\",\"lines\":[]}");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM document WHERE state = 'closed' AND outcome = 'short'"), 1);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM document WHERE number = 'T8' AND state = 'shipped'"), 1);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM feed WHERE site = 'bj' AND line LIKE '%transfer.closed%' AND "
                                    "line LIKE '%\"outcome\":\"short\"%'"),
                     1);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM feed WHERE line LIKE '%transfer.closed%'"), 1);
}

static void what_one_site_sends_is_announced_to_the_other(void **state)
{
    struct play *play = *state;
    int64_t before = COUNT_OF(play, "SELECT count(*) FROM feed WHERE site = 'bj'");
    happens(play, "transfer.shipped",
            "{\"document\":\"TR\",\"to\":\"bj\",\"quantity\":3,\"lines\":[{\"sku\":\"T\",\"quantity\":3,\"lot\":\"L1\","
            "\"expiry\":"
            "\"2026-12-31\"}]}");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM feed WHERE site = 'bj'"), before + 1);
    assert_int_equal(
        COUNT_OF(play,
                 "SELECT count(*) FROM feed WHERE site = 'bj' AND line LIKE '%transfer.arrival%' AND "
                 "line LIKE '%\"number\":\"TR\",\"partner\":\"hz\"%' AND line LIKE '%\"lines\":[{%\"lot\":\"L1\"%'"),
        1);
    happens(play, "transfer.shipped",
            "{\"document\":\"T2\",\"to\":\"nowhere\",\"lines\":[{\"sku\":\"T\",\"quantity\":3}]}");
    happens(play, "transfer.shipped", "{\"document\":\"T3\",\"to\":\"bj\",\"lines\":[]}");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 2);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM feed WHERE site = 'bj'"), before + 1);
}

static void comes_back(struct play *play, const char *type, const char *subject, const char *data)
{
    char orphan[1024];
    snprintf(orphan, sizeof(orphan), "{\"feed_seq\":9,\"type\":\"io.floorhand.%s.v1\",\"subject\":\"%s\",\"data\":%s}",
             type, subject, data);
    happens(play, "feed.orphaned", orphan);
}

/* Changes that a site had and this database has lost, with members and without. */
static void what_was_lost_here_comes_back(void **state)
{
    struct play *play = *state;
    comes_back(play, "barcode.upsert", "barcode/T-1", "{\"code\":\"T-1\",\"kind\":\"tote\",\"rev\":1}");
    comes_back(play, "item.upsert", "item/Y", "{\"sku\":\"Y\",\"name\":\"yarn\",\"rev\":1}");
    comes_back(play, "item.upsert", "item/Z",
               "{\"sku\":\"Z\",\"name\":\"zinc\",\"weight_g\":5000000000,\"lots\":true,\"rev\":3}");
    comes_back(play, "barcode.upsert", "barcode/B-1",
               "{\"code\":\"B-1\",\"kind\":\"item\",\"sku\":\"Z\",\"factor\":6,\"rev\":2}");
    comes_back(play, "barcode.upsert", "barcode/BOX",
               "{\"code\":\"BOX\",\"kind\":\"box\",\"weight_g\":80,\"name\":\"small\",\"rev\":1}");
    comes_back(play, "location.upsert", "location/A", "{\"code\":\"A\",\"kind\":\"face\",\"walk\":1,\"rev\":1}");
    comes_back(play, "location.upsert", "location/G",
               "{\"code\":\"G\",\"kind\":\"gate\",\"walk\":9,\"carrier\":\"SF\",\"rev\":1}");
    comes_back(play, "worker.upsert", "worker/W",
               "{\"worker\":\"W\",\"name\":\"Wu\",\"badge\":\"B\",\"role\":\"picker\",\"active\":false,\"rev\":2}");
    comes_back(play, "order.release", "order/O8",
               "{\"order\":\"O8\",\"lines\":[{\"line\":1,\"sku\":\"Y\",\"quantity\":2}]}");
    comes_back(
        play, "order.release", "order/O9",
        "{\"order\":\"O9\",\"platform\":\"shop\",\"carrier\":\"SF\",\"waybill\":\"W9\",\"priority\":9,\"lines\":[{"
        "\"line\":1,\"sku\":\"Z\",\"quantity\":2}]}");
    comes_back(play, "order.cancel", "order/O9", "{\"order\":\"O9\"}");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM parked"), 0);
    assert_int_equal(COUNT_OF(play,
                              "SELECT count(*) FROM item WHERE sku = 'Y' AND weight_g = 0 OR sku = 'Z' AND weight_g ="
                              " 5000000000 AND attributes = '\"lots\":true' AND rev = 3"),
                     2);
    assert_int_equal(COUNT_OF(play,
                              "SELECT count(*) FROM barcode WHERE code = 'T-1' OR code = 'B-1' AND factor = 6 OR code ="
                              " 'BOX' AND weight_g = 80 AND name = 'small'"),
                     3);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM location WHERE site = 'hz'"), 2);
    assert_int_equal(COUNT_OF(play, "SELECT active FROM worker WHERE worker = 'W'"), 0);
    assert_int_equal(COUNT_OF(play, "SELECT sum(priority) FROM orders WHERE number IN ('O8', 'O9')"), 9);
    assert_int_equal(COUNT_OF(play, "SELECT cancelling FROM orders WHERE number = 'O9'"), 1);
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM feed WHERE site = 'bj' AND key IN ('item/Z', 'barcode/BOX')"),
                     2);
    /* Another pack under the same number: what is here stands, with its next one. */
    comes_back(play, "barcode.upsert", "barcode/B-1",
               "{\"code\":\"B-1\",\"kind\":\"item\",\"sku\":\"Z\",\"factor\":12,\"rev\":2}");
    assert_int_equal(COUNT_OF(play, "SELECT count(*) FROM barcode WHERE code = 'B-1' AND factor = 6 AND rev = 3"), 1);
    assert_int_equal(COUNT_OF(play,
                              "SELECT count(*) FROM feed WHERE site = 'hz' AND key = 'barcode/B-1' AND rev = 3 AND line"
                              " LIKE '%\"factor\":6%'"),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_PLAY(an_order_goes_its_way),
        ON_PLAY(stock_follows_the_hands),
        ON_PLAY(what_goes_to_the_return_shelf_is_stock_again),
        ON_PLAY(what_was_not_packed_is_not_shipped),
        ON_PLAY(what_comes_back_as_new_is_stock),
        ON_PLAY(stock_follows_what_comes_in),
        ON_PLAY(stock_moves_inside_a_site_and_is_corrected),
        ON_PLAY(what_one_site_sends_is_announced_to_the_other),
        ON_PLAY(what_has_come_is_told_to_who_sent_it),
        ON_PLAY(a_wave_is_picked_for_several_orders),
        ON_PLAY(a_short_line_says_what_is_missing),
        ON_PLAY(the_site_answers_a_cancellation),
        ON_PLAY(what_cannot_be_understood_is_parked),
        ON_PLAY(what_was_lost_here_comes_back),
    };
    return cmocka_run_group_tests_name("hq_projection", tests, NULL, NULL);
}
