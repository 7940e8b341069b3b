/* The kinds of files: their columns, who takes a row, and the rows of their kind as they stand. */
#include "sync/head-office/buying/demand.h"
#include "sync/head-office/buying/supplier_items.h"
#include "sync/head-office/catalogue/bundles.h"
#include "sync/head-office/catalogue/catalogue.h"
#include "sync/head-office/catalogue/listings.h"
#include "sync/head-office/customers/partners.h"
#include "sync/head-office/figures/visits.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/orders/order_life.h"
#include "sync/head-office/orders/orders.h"
#include "sync/head-office/orders/waybills.h"
#include "sync/head-office/sites/documents.h"
#include "sync/head-office/sites/stock_told.h"

#include <string.h>

#define TEXT(type, member)   #member, OPTION_TEXT_AT(struct type, member)
#define NUMBER(type, member) #member, OPTION_NUMBER_AT(struct type, member)
#define CHOICE(type, member) #member, OPTION_CHOICE_AT(struct type, member)

/* Amounts are decimal texts in the order's currency: orders.c reads them. */
static const struct option_def order_columns[] = {
    {TEXT(order_row, order), .help = "the order's number"},
    {TEXT(order_row, platform), .help = "where it was bought"},
    {TEXT(order_row, shop), .fallback = "", .help = "the shop's code, or nothing"},
    {TEXT(order_row, platform_order), .fallback = "", .help = "the platform's own number, or nothing"},
    {CHOICE(order_row, state), .fallback = "audit", .choices = ORDER_STATES,
     .help = "pending_pay, audit, finished or closed; any other waits in audit"},
    {TEXT(order_row, carrier), .fallback = "", .help = "who carries it, or nothing"},
    {TEXT(order_row, waybill), .fallback = "", .help = "the carrier's number, or nothing"},
    {NUMBER(order_row, priority), .fallback = "0", .min = 0, .max = 9, .help = "0 to 9, 9 goes first"},
    {TEXT(order_row, receiver_name), .help = "the receiver's name"},
    {TEXT(order_row, receiver_phone), .help = "the receiver's telephone number"},
    {TEXT(order_row, receiver_address), .help = "the receiver's address in one line"},
    {TEXT(order_row, province), .fallback = "", .help = "the province, or nothing"},
    {TEXT(order_row, city), .fallback = "", .help = "the city, or nothing"},
    {TEXT(order_row, district), .fallback = "", .help = "the district, or nothing"},
    {TEXT(order_row, buyer), .fallback = "", .help = "who bought it, or nothing"},
    {TEXT(order_row, buyer_note), .fallback = "", .help = "what the buyer wrote, or nothing"},
    {TEXT(order_row, currency), .fallback = "CNY", .help = "the currency as three letters"},
    {TEXT(order_row, freight), .fallback = "0", .help = "what the buyer paid for carriage, as 6.00"},
    {TEXT(order_row, discount), .fallback = "0", .help = "what the seller let off, as 20.00"},
    {TEXT(order_row, platform_discount), .fallback = "0", .help = "what the platform paid instead, as 5.00"},
    {TEXT(order_row, paid), .fallback = "0", .help = "what the buyer paid in all, as 105.80"},
    {TEXT(order_row, sku), .help = "the item's number"},
    {NUMBER(order_row, quantity), .min = 1, .max = 1000000, .help = "pieces"},
    {TEXT(order_row, price), .fallback = "0", .help = "the price of one piece, as 59.90"},
    {TEXT(order_row, line_paid), .fallback = "0", .help = "what was paid for all pieces of the line, as 99.80"},
    {0},
};

static const struct option_def barcode_columns[] = {
    {TEXT(barcode, code), .help = "what the scanner reads"},
    {CHOICE(barcode, kind), .choices = "item|tote|box", .help = "item, tote or box"},
    {TEXT(barcode, sku), .fallback = "", .help = "the item's number"},
    {NUMBER(barcode, factor), .fallback = "0", .min = 0, .max = 100000, .help = "pieces in the pack"},
    {NUMBER(barcode, weight_g), .fallback = "0", .min = 0, .max = 1000000, .help = "the empty box in grams"},
    {TEXT(barcode, name), .fallback = "", .help = "the box's name"},
    {0},
};

static const struct option_def bundle_columns[] = {
    {TEXT(bundle_row, bundle), .help = "the bundle's code"},
    {TEXT(bundle_row, sku), .help = "an item that is in it"},
    {NUMBER(bundle_row, quantity), .min = 0, .max = 100000, .help = "pieces in one bundle; 0: none any more"},
    {TEXT(bundle_row, name), .fallback = "", .help = "the bundle's name, or nothing: as it is, or its code"},
    {0},
};

static const struct option_def listing_columns[] = {
    {TEXT(listing_row, shop), .help = "the shop's code"},
    {TEXT(listing_row, item), .help = "the platform's number of the item"},
    {TEXT(listing_row, platform_sku), .fallback = "", .help = "the platform's number of the SKU, or nothing"},
    {TEXT(listing_row, sku), .fallback = "", .help = "our item, or nothing"},
    {TEXT(listing_row, bundle), .fallback = "", .help = "our bundle, or nothing"},
    {NUMBER(listing_row, factor), .fallback = "1", .min = 1, .max = LISTINGS_FACTOR_MAX,
     .help = "pieces of the item in one pack"},
    {TEXT(listing_row, code), .fallback = "", .help = "our code as the platform has it, or nothing"},
    {TEXT(listing_row, title), .fallback = "", .help = "its title there, or nothing"},
    {0},
};

static const struct option_def worker_columns[] = {
    {TEXT(worker, worker), .help = "the worker's number"},
    {TEXT(worker, name), .help = "the worker's name"},
    {TEXT(worker, badge), .help = "what the scanner reads from the badge"},
    {CHOICE(worker, role), .choices = "picker|packer|counter|supervisor|admin|auditor",
     .help = "picker, packer, counter, supervisor, admin or auditor"},
    {0},
};

static const struct option_def waybill_columns[] = {
    {TEXT(waybill_row, waybill), .help = "the carrier's number"},
    {TEXT(waybill_row, carrier), .help = "whose number it is"},
    {TEXT(waybill_row, order), .fallback = "", .help = "the only order it is for, or nothing"},
    {TEXT(waybill_row, sort_code), .fallback = "", .help = "the sort code, or nothing"},
    {TEXT(waybill_row, short_address), .fallback = "", .help = "the short address, or nothing"},
    {TEXT(waybill_row, package_center), .fallback = "", .help = "the package centre, or nothing"},
    {TEXT(waybill_row, qr), .fallback = "", .help = "what the QR code says, or nothing"},
    {0},
};

static const struct option_def document_columns[] = {
    {TEXT(document_row, number), .help = "the document's number; its rows stand together"},
    {CHOICE(document_row, kind), .choices = "asn|transfer|arrival|return", .help = "asn, transfer, arrival or return"},
    {TEXT(document_row, partner), .fallback = "", .help = "the supplier or the other site, or nothing"},
    {TEXT(document_row, owner), .fallback = "", .help = "whose stock it is, or nothing"},
    {TEXT(document_row, order), .fallback = "", .help = "of a return: the order's number"},
    {TEXT(document_row, waybill), .fallback = "", .help = "the waybill it comes under, or nothing"},
    {"blind", OPTION_FLAG_AT(struct document_row, blind), .fallback = "no",
     .help = "the floor is not told what is expected"},
    {NUMBER(document_row, over_percent), .fallback = "0", .min = 0, .max = 1000, .help = "how much more may come"},
    {TEXT(document_row, sku), .help = "the item's number"},
    {NUMBER(document_row, quantity), .min = 1, .max = 1000000000, .help = "pieces"},
    {TEXT(document_row, lot), .fallback = "", .help = "the lot, or nothing"},
    {TEXT(document_row, expiry), .fallback = "", .help = "the lot's last day as 2026-12-31, or nothing"},
    {TEXT(document_row, sscc), .fallback = "", .help = "the pallet's number of 18 digits, or nothing"},
    {0},
};

static const struct option_def stock_columns[] = {
    {TEXT(stock_told_row, location), .help = "a face or reserve location's code"},
    {TEXT(stock_told_row, sku), .help = "the item's number"},
    {TEXT(stock_told_row, lot), .fallback = "", .help = "of this lot, or nothing"},
    {TEXT(stock_told_row, serial), .fallback = "", .help = "of the one piece, where all have serial numbers"},
    {NUMBER(stock_told_row, quantity), .min = 0, .max = 1000000000, .help = "pieces that lie there"},
    {TEXT(stock_told_row, expiry), .fallback = "", .help = "the lot's last day as 2026-12-31, or nothing"},
    {NUMBER(stock_told_row, weight_g), .fallback = "0", .max = 1000000000, .help = "grams of what is sold by weight"},
    {0},
};

static const struct option_def supplier_columns[] = {
    {TEXT(supplier, code), .help = "the supplier's number"},
    {TEXT(supplier, name), .help = "the supplier's name"},
    {TEXT(supplier, contact), .fallback = "", .help = "who answers there, or nothing"},
    {TEXT(supplier, phone), .fallback = "", .help = "the telephone number, or nothing"},
    {TEXT(supplier, email), .fallback = "", .help = "the e-mail address, or nothing"},
    {TEXT(supplier, address), .fallback = "", .help = "the address in one line, or nothing"},
    {TEXT(supplier, currency), .fallback = "CNY", .help = "the currency as three letters"},
    {NUMBER(supplier, lead_days), .fallback = "0", .max = 3650, .help = "days from an order to its goods"},
    {NUMBER(supplier, lead_spread_days), .fallback = "0", .max = 3650,
     .help = "by how many days that differs, as a standard deviation"},
    {NUMBER(supplier, terms_days), .fallback = "0", .max = 3650, .help = "days from the goods to the payment"},
    {NUMBER(supplier, order_minor), .fallback = "0", .max = INT64_C(1000000000000),
     .help = "the smallest order, in minor units of money"},
    {TEXT(supplier, note), .fallback = "", .help = "anything else, or nothing"},
    {0},
};

static const struct option_def supplier_item_columns[] = {
    {TEXT(supplier_item, supplier), .help = "the supplier's number"},
    {TEXT(supplier_item, sku), .help = "the item's number"},
    {TEXT(supplier_item, code), .fallback = "", .help = "what the supplier calls it, or nothing"},
    {NUMBER(supplier_item, price_minor), .max = INT64_C(1000000000000),
     .help = "the price of one piece, in minor units of the supplier's currency"},
    {NUMBER(supplier_item, least), .fallback = "1", .min = 1, .max = 1000000000,
     .help = "the smallest order, in pieces"},
    {NUMBER(supplier_item, pack), .fallback = "1", .min = 1, .max = 1000000000,
     .help = "pieces of a pack: whole ones are bought"},
    {"preferred", OPTION_FLAG_AT(struct supplier_item, preferred), .fallback = "no",
     .help = "it is bought here, and not where it is cheapest"},
    {NUMBER(supplier_item, lead_days), .fallback = "0", .max = 3650,
     .help = "days from an order to the goods; 0: as of the supplier's others"},
    {0},
};

static const struct option_def demand_columns[] = {
    {TEXT(demand_row, sku), .help = "the item's number"},
    {TEXT(demand_row, day), .help = "the day as 2026-11-27"},
    {NUMBER(demand_row, quantity), .max = 1000000000,
     .help = "pieces that orders asked for which head office does not have"},
    {0},
};

static const struct option_def customer_columns[] = {
    {TEXT(customer, code), .help = "the customer's number"},
    {TEXT(customer, name), .help = "the customer's name"},
    {TEXT(customer, phone), .fallback = "", .help = "the telephone number, or nothing"},
    {TEXT(customer, email), .fallback = "", .help = "the e-mail address, or nothing"},
    {TEXT(customer, province), .fallback = "", .help = "the province, or nothing"},
    {TEXT(customer, city), .fallback = "", .help = "the city, or nothing"},
    {TEXT(customer, district), .fallback = "", .help = "the district, or nothing"},
    {TEXT(customer, address), .fallback = "", .help = "street and house, or nothing"},
    {"consent", OPTION_FLAG_AT(struct customer, consent), .fallback = "no", .help = "may be written to"},
    {TEXT(customer, note), .fallback = "", .help = "anything else, or nothing"},
    {0},
};

static const struct option_def visit_columns[] = {
    {TEXT(visit_row, shop), .help = "the shop's code"},
    {TEXT(visit_row, day), .help = "the day, as 2026-11-27"},
    {TEXT(visit_row, sku), .fallback = "", .help = "our item whose visitors these are; nothing: the whole shop's"},
    {NUMBER(visit_row, visits), .min = 0, .max = INT64_C(1000000000), .help = "visitors"},
    {NUMBER(visit_row, carts), .fallback = "0", .min = 0, .max = INT64_C(1000000000),
     .help = "visitors who put something into the cart"},
    {NUMBER(visit_row, orders), .fallback = "0", .min = 0, .max = INT64_C(1000000000), .help = "visitors who ordered"},
    {NUMBER(visit_row, paid), .fallback = "0", .min = 0, .max = INT64_C(1000000000), .help = "visitors who paid"},
    {0},
};

/* clang-format off */
#define ROWS(columns, keys, sql) .rows = {sql, columns, keys}

const struct import_kind import_kinds[] = {
    {"items", item_columns, sizeof(struct item), .keys = 1, .put = catalogue_put_item,
     .finish = listings_after_import,
     ROWS("sku,name,weight_g,*", 1, "SELECT sku, name, weight_g, attributes FROM item ORDER BY sku")},
    {"barcodes", barcode_columns, sizeof(struct barcode), .keys = 1, .put = catalogue_put_barcode,
     .finish = listings_after_import,
     ROWS("code,kind,sku,factor,weight_g,name", 1,
          "SELECT code, kind, sku, factor, weight_g, name FROM barcode ORDER BY code")},
    {"bundles", bundle_columns, sizeof(struct bundle_row), .keys = 2, .put = bundles_put_row,
     .finish = listings_after_import,
     ROWS("bundle,sku,quantity,name", 2,
          "SELECT p.bundle, p.sku, p.quantity, b.name FROM bundle_part p JOIN bundle b ON b.code = p.bundle"
          " ORDER BY p.bundle, p.sku")},
    {"listings", listing_columns, sizeof(struct listing_row), .keys = 3, .put = listings_put_row,
     .finish = listings_after_import,
     ROWS("shop,item,platform_sku,sku,bundle,factor,code,title", 3,
          "SELECT shop, item, sku, our_sku, bundle, factor, code, title FROM listing ORDER BY shop, item, sku")},
    {"locations", location_columns, sizeof(struct location), .per_site = true, .keys = 1, .put = catalogue_put_location,
     ROWS("code,kind,walk,carrier,*", 1,
          "SELECT code, kind, walk, carrier, attributes FROM location WHERE site = ?1 ORDER BY code")},
    {"workers", worker_columns, sizeof(struct worker), .keys = 1, .put = catalogue_put_worker,
     ROWS("worker,name,badge,role", 1,
          "SELECT worker, name, badge, role FROM worker WHERE active = 1 ORDER BY worker")},
    {"suppliers", supplier_columns, sizeof(struct supplier), .keys = 1, .put = partners_put_supplier,
     ROWS("code,name,contact,phone,email,address,currency,lead_days,terms_days,order_minor,note,lead_spread_days", 1,
          "SELECT code, name, contact, phone, email, address, currency, lead_days, terms_days, order_minor, note,"
          " nullif(lead_spread_days, 0)"
          " FROM supplier ORDER BY code")},
    {"supplier-items", supplier_item_columns, sizeof(struct supplier_item), .keys = 2, .put = supplier_items_put,
     ROWS("supplier,sku,code,price_minor,least,pack,preferred,lead_days", 2,
          "SELECT supplier, sku, code, price_minor, least, pack, CASE preferred WHEN 1 THEN 'yes' ELSE 'no' END,"
          " lead_days FROM supplier_item ORDER BY supplier, sku")},
    {"demand", demand_columns, sizeof(struct demand_row), .keys = 2, .put = demand_put_row,
     ROWS("sku,day,quantity", 2,
          "SELECT sku, substr(CAST(day AS TEXT), 1, 4) || '-' || substr(CAST(day AS TEXT), 5, 2) || '-' ||"
          " substr(CAST(day AS TEXT), 7, 2), told FROM demand_day WHERE told > 0 ORDER BY sku, day")},
    {"customers", customer_columns, sizeof(struct customer), .keys = 1, .put = partners_put_customer,
     ROWS("code,name,phone,email,province,city,district,address,consent,note", 1,
          "SELECT code, name, phone, email, province, city, district, address, CASE consent WHEN 1 THEN 'yes' ELSE 'no'"
          " END, note FROM customer ORDER BY code")},
    {"stock", stock_columns, sizeof(struct stock_told_row), .per_site = true, .keys = 4, .put = stock_told_put,
     ROWS("location,sku,lot,serial,quantity,expiry,weight_g", 4,
          "SELECT location, sku, lot, serial, quantity, expiry, weight_g FROM stock_told WHERE site = ?1"
          " ORDER BY location, sku, lot, serial")},
    {"waybills", waybill_columns, sizeof(struct waybill_row), .per_site = true, .keys = 1, .put = waybills_put,
     .finish = waybills_serve,
     ROWS("waybill,carrier,order,sort_code,short_address,package_center,qr", 1,
          "SELECT number, carrier, order_number, sort_code, short_address, package_center, qr FROM waybill"
          " WHERE site = ?1 ORDER BY number")},
    {"documents", document_columns, sizeof(struct document_row), .per_site = true, .put = documents_put,
     .finish = documents_send,
     ROWS("number,line,kind,partner,owner,order,waybill,blind,over_percent,sku,quantity,lot,expiry,sscc", 2,
          "SELECT d.number, l.line, d.kind, d.partner, d.owner, d.order_number, d.waybill, CASE d.blind WHEN 1 THEN"
          " 'yes' ELSE 'no' END, d.over_percent, l.sku, l.quantity, l.lot, l.expiry, l.sscc FROM document d JOIN"
          " document_line l USING (number) WHERE d.site = ?1 ORDER BY d.number, l.line")},
    {"visits", visit_columns, sizeof(struct visit_row), .keys = 3, .put = visits_put,
     ROWS("shop,day,sku,visits,carts,orders,paid", 3,
          "SELECT shop, day, sku, visits, carts, orders, paid FROM visit_count ORDER BY shop, day, sku")},
    {"orders", order_columns, sizeof(struct order_row), .put = NULL,
     ROWS("order,line,platform,shop,platform_order,state,carrier,waybill,priority,receiver_name,receiver_phone,"
          "receiver_address,province,city,district,buyer,buyer_note,currency,freight$,discount$,platform_discount$,paid$,"
          "sku,quantity,price$,line_paid$", 2,
          "SELECT o.number, l.line, o.platform, o.shop, o.platform_order, o.state, o.carrier, o.waybill, o.priority,"
          " o.receiver_name, o.receiver_phone, o.receiver_address, o.province, o.city, o.district, o.buyer,"
          " o.buyer_note, o.currency, o.freight_minor, o.discount_minor, o.platform_discount_minor, o.paid_minor, l.sku,"
          " l.quantity, l.price_minor, l.paid_minor FROM orders o JOIN order_line l USING (number)"
          " ORDER BY o.number, l.line")},
    {0},
};
/* clang-format on */

const struct import_kind *import_find(const char *name)
{
    for (const struct import_kind *kind = import_kinds; kind->name; kind++)
        if (strcmp(kind->name, name) == 0)
            return kind;
    return NULL;
}
