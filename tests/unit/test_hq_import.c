/* CSV files into head office: what is taken, what is refused and in which words, and what goes to the sites. */
#include "unit/hub_rig.h"

#include "base/table.h"

#include <errno.h>

#define ITEMS     "sku,name,weight_g,gtin\nT-1,龙井茶,130,9521234000012\nC-1,\"Cup, white\",220,\n"
#define BARCODES  "code,kind,sku,factor,weight_g,name\nPACK,item,T-1,6,,\nTOTE-1,tote,,,,\nBOX-S,box,,,60,Small\n"
#define LOCATIONS "code,kind,walk,carrier\nA-01,face,10,\nGATE-SF,gate,20,SF\n"
#define WORKERS   "worker,name,badge,role\nW1,王小明,B1,picker\n"
#define ORDER     "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
#define TO        "张伟,138,杭州1号"

static void import_everything(struct rig *rig)
{
    rig_import_good(rig, "items", NULL, ITEMS);
    rig_import_good(rig, "barcodes", NULL, BARCODES);
    rig_import_good(rig, "locations", "hz", LOCATIONS);
    rig_import_good(rig, "workers", NULL, WORKERS);
    rig_import_good(rig, "orders", NULL,
                    ORDER "O-1,shop,SF,SF1,0," TO ",T-1,2\nO-2,shop,SF,,5," TO ",C-1,1\n"
                          "O-1,shop,SF,SF1,0," TO ",C-1,1\n");
}

static void the_same_file_twice_changes_nothing(void **state)
{
    struct rig *rig = *state;
    import_everything(rig);
    int64_t head = rig_count(rig, "SELECT feed_head FROM site WHERE id = 'hz'");
    assert_int_equal(head, 2 + 1 + 3 + 2 + 1);
    assert_int_equal(rig_count(rig, "SELECT feed_head FROM site WHERE id = 'bj'"), head - 2); /* without locations */
    import_everything(rig);
    assert_int_equal(rig_count(rig, "SELECT feed_head FROM site WHERE id = 'hz'"), head);
    assert_int_equal(rig_count(rig, "SELECT sum(rev) = count(*) FROM (SELECT rev FROM item UNION ALL SELECT rev FROM"
                                    " barcode UNION ALL SELECT rev FROM location UNION ALL SELECT rev FROM worker"
                                    " UNION ALL SELECT rev FROM orders) AS every"),
                     1);
    assert_int_equal(rig_count(rig, "SELECT sum(changed) FROM import WHERE number > 5"), 0);
}

static void what_changed_gets_a_new_revision(void **state)
{
    struct rig *rig = *state;
    import_everything(rig);
    struct import_result outcome;
    assert_int_equal(
        rig_import(rig, "items", NULL, "sku,name,weight_g\nT-1,龙井茶,135\nC-1,\"Cup, white\",220\n", &outcome), 0);
    assert_int_equal(outcome.rows, 2);
    assert_int_equal(outcome.changed, 1);
    assert_int_equal(rig_count(rig, "SELECT rev FROM item WHERE sku = 'T-1'"), 2);
    assert_int_equal(rig_import(rig, "orders", NULL, ORDER "O-2,shop,SF,,5," TO ",C-1,3\n", &outcome), 0);
    assert_int_equal(outcome.changed, 1);
    assert_int_equal(rig_count(rig, "SELECT quantity FROM order_line WHERE number = 'O-2'"), 3);
}

/* The site's rules rely on these very members. */
static void changes_have_the_agreed_shape(void **state)
{
    struct rig *rig = *state;
    import_everything(rig);
    int64_t count = 0;
    assert_int_equal(orders_release(&rig->office, "hz", NULL, "", &count, &rig->error), 0);
    assert_int_equal(count, 2);
    assert_int_equal(orders_cancel(&rig->office, "O-1", "changed mind", "anna", &rig->error), 0);
    static const struct {
        const char *key, *type, *data;
    } expected[] = {
        {"item/T-1", "item.upsert", "{\"sku\":\"T-1\",\"name\":\"龙井茶\",\"weight_g\":130,\"rev\":1}"},
        {"barcode/9521234000012", "barcode.upsert",
         "{\"code\":\"9521234000012\",\"kind\":\"item\",\"sku\":\"T-1\",\"factor\":1,\"rev\":1}"},
        {"barcode/PACK", "barcode.upsert",
         "{\"code\":\"PACK\",\"kind\":\"item\",\"sku\":\"T-1\",\"factor\":6,\"rev\":1}"},
        {"barcode/TOTE-1", "barcode.upsert", "{\"code\":\"TOTE-1\",\"kind\":\"tote\",\"rev\":1}"},
        {"barcode/BOX-S", "barcode.upsert",
         "{\"code\":\"BOX-S\",\"kind\":\"box\",\"weight_g\":60,\"name\":\"Small\",\"rev\":1}"},
        {"location/A-01", "location.upsert", "{\"code\":\"A-01\",\"kind\":\"face\",\"walk\":10,\"rev\":1}"},
        {"location/GATE-SF", "location.upsert",
         "{\"code\":\"GATE-SF\",\"kind\":\"gate\",\"walk\":20,\"carrier\":\"SF\",\"rev\":1}"},
        {"worker/W1", "worker.upsert",
         "{\"worker\":\"W1\",\"name\":\"王小明\",\"badge\":\"B1\",\"role\":\"picker\",\"active\":true,\"rev\":1}"},
        {"order/O-1", "order.release",
         "{\"order\":\"O-1\",\"platform\":\"shop\",\"carrier\":\"SF\",\"waybill\":\"SF1\",\"priority\":0,\"receiver\":"
         "{\"name\":\"张伟\",\"phone\":\"138\",\"address\":\"杭州1号\"},\"lines\":[{\"line\":1,\"sku\":\"T-1\","
         "\"quantity\":2},{\"line\":2,\"sku\":\"C-1\",\"quantity\":1}],\"rev\":1}"},
        {"order/O-2", "order.release",
         "{\"order\":\"O-2\",\"platform\":\"shop\",\"carrier\":\"SF\",\"waybill\":null,\"priority\":5,\"receiver\":"
         "{\"name\":\"张伟\",\"phone\":\"138\",\"address\":\"杭州1号\"},\"lines\":[{\"line\":1,\"sku\":\"C-1\","
         "\"quantity\":1}],\"rev\":1}"},
        {"order/O-1", "order.cancel", "{\"order\":\"O-1\",\"reason\":\"changed mind\",\"rev\":2}"},
    };
    for (size_t i = 0; i < COUNT(expected); i++) {
        struct sql_query *row =
            sql_select(rig->office.sql, "SELECT seq, line FROM feed WHERE site = 'hz' AND key = ?1 AND type = ?2",
                       sql_text(expected[i].key), sql_text(expected[i].type));
        assert_true(sql_next(row));
        CLEANUP_LINE struct wire_line line = {0};
        const char *text = sql_get_text(row, 1);
        assert_int_equal(wire_line_parse(text, strlen(text), &line, NULL), 0);
        assert_string_equal(line.type, expected[i].type);
        assert_string_equal(line.subject, expected[i].key);
        assert_string_equal(line.source, WIRE_OFFICE_SOURCE);
        assert_int_equal(line.epoch, 0);
        assert_int_equal(line.seq, sql_get_int(row, 0));
        if (!strstr(text, expected[i].data))
            print_error("%s\nlacks %s\n", text, expected[i].data);
        assert_non_null(strstr(text, expected[i].data));
        sql_done(row);
    }
}

static void text(struct rig *rig, const char *sql, char *out, size_t capacity)
{
    struct sql_query *query = sql_select_values(rig->office.sql, sql, (struct sql_value[]){{0}});
    *out = '\0';
    if (sql_next(query))
        sql_copy_text(query, 0, out, capacity);
    assert_int_equal(sql_done(query), 0);
}

/* What the floor must know of an item or a place goes along, as far as it is not the usual. */
static void attributes_go_along(void **state)
{
    struct rig *rig = *state;
    struct import_result outcome;
    char line[1024];
    rig_import_good(rig, "items", NULL,
                    "sku,name,weight_g,lots,expires,serials,life_out_days\nM-1,Milk,1000,yes,yes,none,5\n");
    text(rig, "SELECT line FROM feed WHERE site = 'hz' AND key = 'item/M-1'", line, sizeof(line));
    assert_non_null(strstr(line, "\"weight_g\":1000,\"lots\":true,\"expires\":true,\"life_out_days\":5,\"rev\":1"));
    rig_import_good(rig, "locations", "hz", "code,kind,walk,item,face_min,mix_lots\nF-1,face,3,M-1,4,no\n");
    text(rig, "SELECT line FROM feed WHERE site = 'hz' AND key = 'location/F-1'", line, sizeof(line));
    assert_non_null(strstr(line, "\"walk\":3,\"mix_lots\":false,\"item\":\"M-1\",\"face_min\":4,\"rev\":1"));
    assert_int_equal(rig_import(rig, "items", NULL, "sku,name,weight_g,lots\nM-1,Milk,1000,yes\n", &outcome), 0);
    assert_int_equal(outcome.changed, 1);
    text(rig, "SELECT attributes FROM item WHERE sku = 'M-1'", line, sizeof(line));
    assert_string_equal(line, "\"lots\":true");
}

#define DOCUMENTS "number,kind,partner,order,blind,sku,quantity,lot,expiry\n"

/* The rows of a document become one change; once told it stays as it is. */
static void documents_are_told_once(void **state)
{
    struct rig *rig = *state;
    struct import_result outcome;
    char line[1024];
    rig_import_good(rig, "items", NULL, ITEMS);
    const char *file = DOCUMENTS "P-1,asn,Tea & Co,,yes,T-1,60,L1,2027-01-31\nP-1,asn,Tea & Co,,yes,C-1,12,,\n"
                                 "R-1,return,,O-9,no,C-1,1,,\n";
    rig_import_good(rig, "documents", "hz", file);
    text(rig, "SELECT line FROM feed WHERE site = 'hz' AND type = 'asn.upsert'", line, sizeof(line));
    assert_non_null(strstr(line,
                           "\"data\":{\"number\":\"P-1\",\"partner\":\"Tea & Co\",\"blind\":true,\"over_percent\":0,"
                           "\"lines\":[{\"sku\":\"T-1\",\"quantity\":60,\"lot\":\"L1\",\"expiry\":\"2027-01-31\"},"
                           "{\"sku\":\"C-1\",\"quantity\":12}],\"rev\":1}"));
    text(rig, "SELECT line FROM feed WHERE site = 'hz' AND type = 'return.expect'", line, sizeof(line));
    assert_non_null(strstr(line, "\"order\":\"O-9\""));
    assert_int_equal(rig_import(rig, "documents", "hz", file, &outcome), 0);
    assert_int_equal(outcome.changed, 0);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM feed WHERE type IN ('asn.upsert', 'return.expect')"), 2);
    assert_int_equal(rig_import(rig, "documents", "hz", DOCUMENTS "P-2,asn,,,no,NONE,1,,\n", &outcome), -ENOENT);
    assert_non_null(strstr(rig->error.text, "there is no item \"NONE\""));
}

static void a_new_site_gets_what_is_there(void **state)
{
    struct rig *rig = *state;
    import_everything(rig);
    rig_run(rig, "INSERT INTO site (id, name, box, added_us) VALUES ('sh', 'Shanghai', 'box-3', 0)");
    assert_int_equal(catalogue_send_all(&rig->office, "sh"), 0);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM feed h JOIN feed s USING (type, key, rev)"
                                    " WHERE h.site = 'bj' AND s.site = 'sh'"),
                     7);
    assert_int_equal(rig_count(rig, "SELECT feed_head FROM site WHERE id = 'sh'"), 7);
}

static void wrong_files_are_refused_whole(void **state)
{
    struct rig *rig = *state;
    import_everything(rig);
    assert_int_equal(rig_release(rig, "hz", "O-1"), 0);
    static const struct {
        const char *kind, *text, *sentence;
    } faults[] = {
        {"items", "", "FILE is empty: its first row must name the columns"},
        {"items", "sku,name\nX,x\n",
         "FILE, line 1: there is no column \"weight_g\"; expected "
         "sku,name,weight_g[,gtin][,owner][,volume_ml][,height_mm][,hazard][,lots][,expires][,serials]"
         "[,by_weight][,life_in_days][,life_out_days][,abc][,cost_minor][,box]"},
        {"items", "sku,name,weight_g,colour\n",
         "FILE, line 1: unknown column \"colour\"; expected "
         "sku,name,weight_g[,gtin][,owner][,volume_ml][,height_mm][,hazard][,lots][,expires][,serials]"
         "[,by_weight][,life_in_days][,life_out_days][,abc][,cost_minor][,box]"},
        {"items", "sku,name,weight_g,sku\n",
         "FILE, line 1: there is a second column \"sku\"; expected "
         "sku,name,weight_g[,gtin][,owner][,volume_ml][,height_mm][,hazard][,lots][,expires][,serials]"
         "[,by_weight][,life_in_days][,life_out_days][,abc][,cost_minor][,box]"},
        {"items", "sku,name,weight_g\nX,x,1\nY,y,heavy\n",
         "FILE, line 3, column weight_g: weight_g must be a whole number from 0 to 1000000, not \"heavy\""},
        {"items", "sku,name,weight_g\nX,x,1\n\n,y,1\n",
         "FILE, line 4, column sku: the cell is empty; expected the item's number"},
        {"items", "sku,name,weight_g\nX,x\n", "FILE, line 2: the row has 2 cells and the first row names 3 columns"},
        {"items", "sku,name,weight_g\nX,x,1,2\n",
         "FILE, line 2: the row has 4 cells and the first row names 3 columns"},
        {"items", "sku,name,weight_g\nX,\"a\nb\",1\n",
         "FILE, line 3, column name: there is a line break or control character in the cell; expected the item's name"},
        {"items", "sku,name,weight_g\nX,\"x,1\n",
         "FILE, line 2: a quotation mark is not closed or stands inside a cell"},
        {"items", "sku,name,weight_g\nX,x,1\nY,y,1\nX,z,2\n",
         "FILE, line 4, column sku: \"X\" stands in line 2 already: keep one of the two"},
        {"items", "sku,name,weight_g,gtin\nX,x,1,PACK\n",
         "FILE, line 2, column gtin: barcode \"PACK\" already means something else: correct it in the barcodes file"},
        {"barcodes", "code,kind,sku\nB,bag,\n",
         "FILE, line 2, column kind: kind must be one of item|tote|box, not \"bag\""},
        {"barcodes", "code,kind,sku\nB,item,NONE\n",
         "FILE, line 2, column sku: there is no item \"NONE\": import the items first"},
        {"barcodes", "code,kind,sku\nB,tote,T-1\n",
         "FILE, line 2, column sku: only barcodes of kind item have a sku: leave the cell empty"},
        {"locations", "code,kind,walk,carrier\nA-09,face,1,SF\n",
         "FILE, line 2, column carrier: only locations of kind gate have a carrier: leave the cell empty"},
        {"workers", "worker,name,badge,role\nW2,x,B1,picker\n",
         "FILE, line 2, column badge: another worker has this badge already: each needs one of their own"},
        {"orders", ORDER "O-9,shop,SF,,0," TO ",NONE,1\n",
         "FILE, line 2, column sku: there is no item \"NONE\": import the items first"},
        {"orders", ORDER "O-9,shop,SF,,0," TO ",T-1,0\n",
         "FILE, line 2, column quantity: quantity must be a whole number from 1 to 1000000, not \"0\""},
        {"orders", ORDER "O-9,shop,SF,,0," TO ",T-1,1\nO-9,shop,YTO,,0," TO ",C-1,1\n",
         "FILE, line 3: order \"O-9\" says otherwise in line 2: all but the item, its quantity and its price must "
         "be the same in all its rows"},
        {"orders", ORDER "O-9,shop,SF,,0," TO ",T-1,1\nO-1,shop,SF,SF1,0," TO ",T-1,9\n",
         "FILE, line 3: order \"O-1\" is already released and this file says otherwise: give the new order another"
         " number"},
    };
    for (size_t i = 0; i < COUNT(faults); i++) {
        struct import_result outcome;
        int64_t changes = rig_count(rig, "SELECT sum(feed_head) FROM site");
        int64_t rows = rig_count(rig, "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM orders)");
        assert_true(rig_import(rig, faults[i].kind, "hz", faults[i].text, &outcome) < 0);
        assert_string_equal(rig->error.text, faults[i].sentence);
        assert_false(sql_in_transaction(rig->office.sql));
        assert_int_equal(rig_count(rig, "SELECT sum(feed_head) FROM site"), changes);
        assert_int_equal(rig_count(rig, "SELECT (SELECT count(*) FROM item) + (SELECT count(*) FROM orders)"), rows);
    }
}

static void load(const char *bytes, size_t length, int expected, const char *said)
{
    char path[] = "/tmp/hq-import-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, bytes, length), (ssize_t)length);
    close(file);
    struct buf text = {0};
    struct error error = {0};
    int result = table_load(path, &text, &error);
    unlink(path);
    assert_int_equal(result, expected);
    if (result)
        assert_non_null(strstr(error.text, said));
    else
        assert_string_equal(buf_text(&text), said);
    buf_done(&text);
}

static void encodings(void **state)
{
    (void)state;
    load("茶\n", 4, 0, "茶\n");
    load("\xEF\xBB\xBF茶\n", 7, 0, "茶\n");
    load("sku\n\xB2\xE8\n", 7, 0, "sku\n茶\n"); /* GB18030 */
    load("sku\nok\n\xFF\xFF\n", 10, -EILSEQ, "line 3: neither UTF-8 nor GB18030");
    load("PK\3\4\n\0\0", 7, -EINVAL, "line 2: not a text file");
    load("", 0, 0, "");
    struct error error;
    struct buf text = {0};
    assert_int_equal(table_load("/nonexistent/orders.csv", &text, &error), -ENOENT);
    buf_done(&text);
}

static void columns_stand_in_any_order(void **state)
{
    struct rig *rig = *state;
    rig_import_good(rig, "items", NULL, "gtin,weight_g,sku,name\r\n,1,X,x\r\n123,2,Y,y");
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM item"), 2);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM barcode WHERE code = '123' AND sku = 'Y'"), 1);
}

static void cancelling(void **state)
{
    struct rig *rig = *state;
    import_everything(rig);
    assert_int_equal(orders_cancel(&rig->office, "O-2", "late", "anna", &rig->error), 0); /* nobody has it yet */
    assert_int_equal(rig_count(rig, "SELECT state = 'closed' FROM orders WHERE number = 'O-2'"), 1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'"), 0);
    assert_int_equal(
        rig_count(rig, "SELECT count(*) FROM order_history WHERE number = 'O-2' AND act = 'closed' AND who = 'anna'"
                       " AND note = 'late'"),
        1);
    assert_int_equal(rig_release(rig, "hz", "O-2"), -EALREADY);
    assert_int_equal(rig_release(rig, "hz", "O-1"), 0);
    assert_int_equal(orders_cancel(&rig->office, "O-1", "late", "anna", &rig->error), 0);
    assert_int_equal(orders_cancel(&rig->office, "O-1", "late", "anna", &rig->error), 0); /* asked already */
    assert_int_equal(
        rig_count(rig,
                  "SELECT count(*) FROM order_history WHERE number = 'O-1' AND act = 'cancelling' AND who = 'anna'"),
        1);
    assert_int_equal(rig_count(rig, "SELECT count(*) FROM feed WHERE type = 'order.cancel'"), 1);
    assert_int_equal(rig_count(rig, "SELECT state = 'released' AND cancelling = 1 FROM orders WHERE number = 'O-1'"),
                     1);
    assert_int_equal(orders_cancel(&rig->office, "O-7", "late", "anna", &rig->error), -ENOENT);
    assert_int_equal(rig_release(rig, "hz", "O-7"), -ENOENT);
    assert_string_equal(rig->error.text, "there is no order \"O-7\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_RIG(the_same_file_twice_changes_nothing),
        ON_RIG(what_changed_gets_a_new_revision),
        ON_RIG(changes_have_the_agreed_shape),
        ON_RIG(attributes_go_along),
        ON_RIG(documents_are_told_once),
        ON_RIG(a_new_site_gets_what_is_there),
        ON_RIG(wrong_files_are_refused_whole),
        ON_RIG(columns_stand_in_any_order),
        ON_RIG(cancelling),
        cmocka_unit_test(encodings),
    };
    return cmocka_run_group_tests_name("hq_import", tests, NULL, NULL);
}
