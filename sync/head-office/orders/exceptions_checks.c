#include "sync/head-office/orders/exceptions_checks.h"

#include "base/text.h"

#include <stdint.h>
#include <string.h>

/* Each check is a question: no row, or one with what is wrong. All of them are one statement, because there is a way to
 * the database and back for each. The overlays are those of sync/platforms/platform.h: 1 a refund is asked for, 4 held,
 * 8 masked. */

#define UNMAPPED                                                                                                       \
    "SELECT min(CASE WHEN code <> '' THEN code WHEN title <> '' THEN title ELSE platform_sku END) AS detail"           \
    " FROM order_line WHERE number = ?1 AND sku IS NULL AND quantity > refunded HAVING count(*) > 0"

/* The platform speaks of its own orders: of what was split or merged by those that it came of. No OR, for which
 * PostgreSQL would read all orders. */
#define THIS_OR_ITS_SOURCE                                                                                             \
    "number IN (SELECT CAST(?1 AS TEXT) UNION ALL SELECT source_order FROM order_line WHERE number = ?1 AND"           \
    " source_order <> '')"

#define HOLD                                                                                                           \
    "SELECT max(platform_status) AS detail FROM orders WHERE (overlays & 4) <> 0 AND " THIS_OR_ITS_SOURCE              \
    " HAVING count(*) > 0"

#define REFUND                                                                                                         \
    "SELECT max(what) AS detail FROM (SELECT '' AS what FROM orders WHERE (overlays & 1) <> 0 AND " THIS_OR_ITS_SOURCE \
    " UNION ALL SELECT l.title FROM order_line l LEFT JOIN order_line s ON s.number = l.source_order AND s.line ="     \
    " l.source_line WHERE l.number = ?1 AND ((l.overlays & 1) <> 0 OR (s.overlays & 1) <> 0)"                          \
    " UNION ALL SELECT a.reason FROM aftersale a WHERE a.goods = 'here' AND a.state NOT IN ('settled', 'refused',"     \
    " 'closed') AND a.order_number IN (SELECT number FROM orders WHERE " THIS_OR_ITS_SOURCE ")) wanted"                \
    " HAVING count(*) > 0"

#define PROVINCES                                                                                                                                  \
    "'北京', '天津', '河北', '山西', '内蒙', '辽宁', '吉林', '黑龙', '上海', '江苏', '浙江', '安徽', '福建', '江西',"  \
    " '山东', '河南', '湖北', '湖南', '广东', '广西', '海南', '重庆', '四川', '贵州', '云南', '西藏', '陕西', '甘肃'," \
    " '青海', '宁夏', '新疆', '台湾', '香港', '澳门'"

/* Of provinces written in Chinese the first two characters tell them apart. Whoever hides the receiver and makes the
 * label himself is told the order's number only. What the address says is looked at by exceptions_address_is_short().
 */
#define ADDRESS                                                                                                        \
    "SELECT CASE WHEN receiver_name = '' THEN 'name' WHEN receiver_phone = '' THEN 'phone' WHEN currency = 'CNY' AND"  \
    " province > '~' AND substr(province, 1, 2) NOT IN (" PROVINCES ") THEN 'province' WHEN (overlays & 8) <> 0 THEN"  \
    " 'address' ELSE '\n' || province || '\n' || city || '\n' || district || '\n' || receiver_address END AS detail"   \
    " FROM orders o WHERE number = ?1 AND sealed = '' AND NOT ((overlays & 8) <> 0 AND EXISTS (SELECT 1 FROM"          \
    " waybill_account a WHERE a.shop = o.shop AND a.via = o.shop AND a.active = 1 AND"                                 \
    " coalesce(o.carrier, '') IN ('', a.carrier)))"

#define AMOUNT                                                                                                         \
    "SELECT CAST(paid_minor AS TEXT) AS detail FROM orders WHERE number = ?1 AND ((?2 > 0 AND paid_minor > ?2) OR"     \
    " (shop IS NOT NULL AND paid_minor <> goods_minor + freight_minor - discount_minor - platform_discount_minor))"

#define CHECKS(X)                                                                                                      \
    X("unmapped", UNMAPPED)                                                                                            \
    X("hold", HOLD)                                                                                                    \
    X("refund", REFUND)                                                                                                \
    X("address", ADDRESS)                                                                                              \
    X("amount", AMOUNT)

#define AS_QUESTION(kind, question) " UNION ALL SELECT '" kind "', detail FROM (" question ") asked"
const char exceptions_question[] = "SELECT '' AS kind, '' AS detail WHERE 1 = 0" CHECKS(AS_QUESTION);

#define AS_KIND(kind, question) kind,
const char *const exceptions_asked[] = {CHECKS(AS_KIND) NULL};

const char exceptions_merge_question[] =
    "SELECT min(other.number) FROM orders o JOIN orders other ON other.shop = o.shop AND other.number <> o.number AND"
    " other.receiver_name = o.receiver_name AND other.receiver_phone = o.receiver_phone AND other.receiver_address ="
    " o.receiver_address AND (other.state = 'audit' OR other.state = 'exception' OR other.state = 'reserved') AND"
    " other.imported_us BETWEEN o.imported_us - ?2 AND o.imported_us + ?2 WHERE o.number = ?1 AND o.origin = 'sale' "
    "HAVING count(*) > 0";

const char exceptions_blacklist_question[] =
    "SELECT min(hit) FROM (SELECT 'phone ' || b.value AS hit FROM orders o JOIN blacklist b ON b.field = 'phone' AND"
    " b.value = o.receiver_phone WHERE o.number = ?1 UNION ALL "
    "SELECT 'name ' || b.value FROM orders o JOIN blacklist b ON b.field = 'name' AND b.value = o.receiver_name"
    " WHERE o.number = ?1 UNION ALL "
    "SELECT 'buyer ' || b.value FROM orders o JOIN blacklist b ON b.field = 'buyer' AND b.value = o.buyer"
    " WHERE o.number = ?1) hits HAVING count(*) > 0";

const char exceptions_listed_addresses[] =
    "SELECT b.value, o.province || o.city || o.district || o.receiver_address FROM orders o JOIN blacklist b ON b.field"
    " = 'address' WHERE o.number = ?1 ORDER BY b.id";

/* ---------------------------------------------------------------- what an address says */

#define STREET_MIN 4 /* letters */

static void take_out(char *text, const char *word, size_t length)
{
    for (char *at = text; length > 0 && (at = memmem(at, strlen(at), word, length));)
        memmove(at, at + length, strlen(at + length) + 1);
}

bool exceptions_address_is_short(const char *parts)
{
    char street[1024];
    size_t letters = 0;
    uint32_t letter;
    const char *last = strrchr(parts, '\n');
    text_copy(street, sizeof(street), last + 1);
    for (const char *part = parts + 1; part < last; part += strcspn(part, "\n") + 1)
        take_out(street, part, strcspn(part, "\n"));
    for (const char *at = street; *at && letters < STREET_MIN; letters++)
        at += text_next_utf8(at, strlen(at), &letter);
    return letters < STREET_MIN;
}
