/* A selling platform, as head office sees it: what may be asked of one, in words that all of them share, and the table
 * of operations that each connector fills. A connector is pure: it builds a request, says what an answer means and
 * reads it. Does not send anything (call.h does), keeps nothing and knows neither a database nor our own orders.
 *
 * Ids are text everywhere: several platforms' are longer than 2^53. Money is in minor units (fen), read digit by digit
 * from the answer's own text, never through a float. Times are UTC microseconds; each connector puts them into its
 * platform's form. A status that is not known is PLATFORM_HOLD, never "to ship". */
#ifndef PLATFORMS_PLATFORM_H
#define PLATFORMS_PLATFORM_H

#include "base/buf.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define PLATFORM_ID_SIZE     65
#define PLATFORM_CODE_SIZE   65   /* a merchant's own SKU, carriers, raw statuses */
#define PLATFORM_TEXT_SIZE   257  /* titles, names, nicks */
#define PLATFORM_LONG_SIZE   1025 /* addresses, notes, labels' forms */
#define PLATFORM_SEALED_SIZE 2049 /* receivers as a platform hides them */
#define PLATFORM_TOKEN_SIZE  513
#define PLATFORM_CURSOR_SIZE 513
#define PLATFORM_LINES_MAX   200 /* of one order */
#define PLATFORM_ROWS_MAX    200 /* of one answer: more than any page has */

/* ---------------------------------------------------------------- whom a connector speaks for */

/* One shop on one platform, lent for the call. */
struct platform_shop {
    char id[PLATFORM_ID_SIZE];        /* the platform's own number of the shop; "" where calls do not say it */
    char gateway[PLATFORM_TEXT_SIZE]; /* "": the platform's public one */
    char place[PLATFORM_ID_SIZE];     /* the platform's number of the store whose stock is told; "": its only one */
    char app_key[PLATFORM_TOKEN_SIZE], app_secret[PLATFORM_TOKEN_SIZE];
    char sign_secret[PLATFORM_TOKEN_SIZE]; /* where it is another than app_secret (Kuaishou); messages' secret is
                                              push_secret */
    char push_secret[PLATFORM_TOKEN_SIZE];
    char sign_method[16]; /* "": the platform's best */
    char access_token[PLATFORM_TOKEN_SIZE], refresh_token[PLATFORM_TOKEN_SIZE];
};

/* ---------------------------------------------------------------- what may be asked */

enum platform_verb {
    PLATFORM_ORDERS,     /* those modified in a window, a page at a time */
    PLATFORM_ORDER,      /* one */
    PLATFORM_REFUNDS,    /* those modified in a window, a page at a time */
    PLATFORM_SHIP,       /* a parcel has left */
    PLATFORM_SHIP_AMEND, /* with another waybill than was said */
    PLATFORM_STOCK,      /* what may be sold; by .stock.delta, or whole */
    PLATFORM_STOCK_READ, /* what the platform believes may be sold */
    PLATFORM_PRICE,      /* of SKUs */
    PLATFORM_LISTING,    /* an item on sale or off */
    PLATFORM_WAYBILL_GET,
    PLATFORM_WAYBILL_CANCEL,
    PLATFORM_CARRIERS, /* the platform's list of carriers */
    PLATFORM_BILLS,    /* settlement rows of a window, a page at a time */
    PLATFORM_TOKEN_REFRESH,
    PLATFORM_WAYBILL_PRINT, /* what is printed of one, where WAYBILL_GET does not say: PRINTS_APART */
    PLATFORM_VERBS
};
const char *platform_verb_name(enum platform_verb verb); /* "stock_read" */
/* Whether a repetition after an unknown outcome could do it twice: SHIP, SHIP_AMEND, STOCK, PRICE, LISTING,
 * WAYBILL_GET, WAYBILL_CANCEL, TOKEN_REFRESH. */
bool platform_verb_writes(enum platform_verb verb);

struct platform_stock_row {
    char item[PLATFORM_ID_SIZE], sku[PLATFORM_ID_SIZE], code[PLATFORM_CODE_SIZE]; /* the platform's; the merchant's */
    int64_t quantity;    /* to be set, or read; with delta: to be added, may be negative */
    int64_t price_minor; /* PLATFORM_PRICE */
    bool on_sale;        /* PLATFORM_LISTING */
    int fault;           /* enum platform_class of this row, in an answer */
};

struct platform_parcel {        /* for a waybill number */
    char key[PLATFORM_ID_SIZE]; /* ours, the same whenever it is asked again: the number is then the same */
    char order[PLATFORM_ID_SIZE];
    char sealed[PLATFORM_SEALED_SIZE]; /* as the order had it, where the platform hides the receiver */
    char name[PLATFORM_TEXT_SIZE], phone[PLATFORM_CODE_SIZE];
    char province[PLATFORM_CODE_SIZE], city[PLATFORM_CODE_SIZE], district[PLATFORM_CODE_SIZE], town[PLATFORM_CODE_SIZE];
    char address[PLATFORM_LONG_SIZE];
    char goods[PLATFORM_TEXT_SIZE];
    int64_t pieces, weight_g;
};

struct platform_sender {
    char name[PLATFORM_TEXT_SIZE], phone[PLATFORM_CODE_SIZE];
    char province[PLATFORM_CODE_SIZE], city[PLATFORM_CODE_SIZE], district[PLATFORM_CODE_SIZE];
    char address[PLATFORM_LONG_SIZE];
};

struct platform_shipment {
    char order[PLATFORM_ID_SIZE];
    char carrier[PLATFORM_CODE_SIZE]; /* the platform's own code */
    char waybill[PLATFORM_CODE_SIZE];
    char old_carrier[PLATFORM_CODE_SIZE], old_waybill[PLATFORM_CODE_SIZE]; /* PLATFORM_SHIP_AMEND */
    bool extra; /* a further parcel of an order that was said to be shipped: MULTI_PARCEL */
    bool whole; /* all that is left of the order; otherwise these lines: */
    struct platform_shipped_line {
        char line[PLATFORM_ID_SIZE];
        int64_t quantity;
    } lines[PLATFORM_LINES_MAX];
    size_t line_count;
    const char *raw; /* platform_order.raw, as it was read just now: for SHIPS_BY_RAW */
};

struct platform_want {
    enum platform_verb verb;
    int64_t now_us;                    /* by the platform's clock, as far as it is known */
    int64_t from_us, to_us;            /* a window, half open; a connector may widen it to its platform's whole units */
    char cursor[PLATFORM_CURSOR_SIZE]; /* "": the first page; else as the answer before gave it */
    char order[PLATFORM_ID_SIZE];
    char carrier[PLATFORM_CODE_SIZE], waybill[PLATFORM_CODE_SIZE]; /* WAYBILL_GET, _PRINT, _CANCEL */
    char form[PLATFORM_LONG_SIZE];    /* WAYBILL_GET: the label's, as the platform names it: an address */
    char account[PLATFORM_CODE_SIZE]; /* WAYBILL_GET: ours at the carrier, where parcels are paid by the month */
    char key[PLATFORM_ID_SIZE];       /* of a write: the same when it is repeated, other than that of any other */
    char currency[4];                 /* PRICE, on platforms of more than one */
    bool delta;
    const struct platform_shipment *shipment;
    const struct platform_stock_row *stock;
    size_t stock_count; /* up to caps.stock_batch; those of a write belong to one item */
    const struct platform_sender *sender;
    const struct platform_parcel *parcels;
    size_t parcel_count; /* up to caps.waybill_batch */
};

/* ---------------------------------------------------------------- a request and what came back */

struct platform_request {
    const char *method; /* "GET", "POST", "PUT" */
    struct buf url, body;
    struct buf headers; /* "Name: value" lines, each ended by a newline; the content type is among them */
};
void platform_request_done(struct platform_request *request);

struct platform_response {
    int status;                       /* of HTTP; 0: nothing came back */
    bool sent;                        /* the request may have reached the platform */
    int64_t retry_after_s;            /* as a header said; 0: none did */
    int64_t clock_us;                 /* as its Date header says, whole seconds; 0: none */
    int64_t pages;                    /* X-WP-TotalPages; 0: none */
    char trouble[PLATFORM_TEXT_SIZE]; /* status 0: why nothing came, a sentence */
    struct buf body;
};
void platform_response_done(struct platform_response *response);

enum platform_class {
    PLATFORM_OK,
    PLATFORM_RETRY,        /* it did not happen, and may be tried again */
    PLATFORM_THROTTLED,    /* too many calls: again after retry_s */
    PLATFORM_AUTH_EXPIRED, /* a fresh token is needed */
    PLATFORM_AUTH_REVOKED, /* a person must authorise the shop anew */
    PLATFORM_BAD_SIGN,     /* the secret is wrong, or we are */
    PLATFORM_CLOCK,        /* our clock is wrong, as they see it */
    PLATFORM_PERMISSION,   /* the app may not do that, or not from this address */
    PLATFORM_PARAMETER,    /* they do not take what was said */
    PLATFORM_NOT_FOUND,
    PLATFORM_CONFLICT,  /* it is so already, or its state forbids it: read back */
    PLATFORM_PARTIAL,   /* some rows were taken: each row says */
    PLATFORM_PERMANENT, /* it will never be taken */
    PLATFORM_UNCERTAIN, /* it may have happened: read back before it is repeated */
};
const char *platform_class_name(enum platform_class class); /* "auth_expired" */

struct platform_fault {
    enum platform_class class;
    int64_t retry_s;  /* THROTTLED: 0: not said */
    int64_t clock_us; /* the platform's, as HTTP said it; 0: it did not */
    char code[PLATFORM_CODE_SIZE], sub_code[PLATFORM_TEXT_SIZE], request[PLATFORM_ID_SIZE];
    char message[PLATFORM_TEXT_SIZE]; /* the platform's own words, for the log and for people */
};

/* ---------------------------------------------------------------- what an answer holds */

/* The life of an order at a platform, and what lies over it. */
enum platform_state {
    PLATFORM_UNPAID,
    PLATFORM_PAID,
    PLATFORM_PART_SHIPPED,
    PLATFORM_SHIPPED,
    PLATFORM_COMPLETED,
    PLATFORM_CANCELLED,
};
const char *platform_state_name(enum platform_state state); /* "part_shipped" */

enum platform_overlay {
    PLATFORM_REFUNDING = 1,
    PLATFORM_REFUNDED = 2,
    PLATFORM_HOLD = 4,   /* under review, locked, a status that is not known: must not be picked nor shipped */
    PLATFORM_MASKED = 8, /* no receiver that a label could be made of */
};

struct platform_line {
    char id[PLATFORM_ID_SIZE], item[PLATFORM_ID_SIZE], sku[PLATFORM_ID_SIZE], code[PLATFORM_CODE_SIZE];
    char title[PLATFORM_TEXT_SIZE], refund[PLATFORM_ID_SIZE];
    int64_t quantity, price_minor; /* of one */
    int64_t paid_minor;            /* for all of them, when every discount is taken off, without freight */
    unsigned overlays;             /* enum platform_overlay */
    bool shipped;
};

struct platform_order {
    char id[PLATFORM_ID_SIZE];
    char parent[PLATFORM_ID_SIZE];   /* platforms whose order is one line, or part of one; "" none */
    char status[PLATFORM_CODE_SIZE]; /* as the platform says it */
    enum platform_state state;
    unsigned overlays;
    int64_t created_us, paid_us, modified_us; /* 0: not said */
    int64_t ship_by_us;                       /* as the platform promised the buyer */
    char currency[4];
    int64_t goods_minor, freight_minor, discount_minor; /* the seller's discount */
    int64_t platform_discount_minor;                    /* paid to the seller by the platform */
    int64_t paid_minor;                                 /* by the buyer, with freight */
    char buyer[PLATFORM_TEXT_SIZE];                     /* the platform's name or open id of the person */
    char buyer_note[PLATFORM_LONG_SIZE], seller_note[PLATFORM_LONG_SIZE];
    char name[PLATFORM_TEXT_SIZE], phone[PLATFORM_CODE_SIZE];
    char province[PLATFORM_CODE_SIZE], city[PLATFORM_CODE_SIZE], district[PLATFORM_CODE_SIZE], town[PLATFORM_CODE_SIZE];
    char address[PLATFORM_LONG_SIZE];
    char
        sealed[PLATFORM_SEALED_SIZE]; /* what the platform takes in place of the receiver when a waybill is asked for */
    char waybill[PLATFORM_CODE_SIZE]; /* that it was shipped with, as far as the platform says */
    struct platform_line *lines;      /* owned by the answer */
    size_t line_count;
    char *raw; /* what the platform said of it, JSON, owned by the answer */
};

enum platform_refund_kind {
    PLATFORM_REFUND_ONLY,
    PLATFORM_RETURN,
    PLATFORM_EXCHANGE,
    PLATFORM_REISSUE,
    PLATFORM_REPAIR
};
enum platform_refund_state {
    PLATFORM_REFUND_ASKED,     /* the seller must say something */
    PLATFORM_REFUND_RETURNING, /* the goods are to come, or are on their way */
    PLATFORM_REFUND_ARRIVED,   /* the platform says that they are back */
    PLATFORM_REFUND_DONE,
    PLATFORM_REFUND_CLOSED, /* withdrawn, refused */
};

struct platform_refund {
    char id[PLATFORM_ID_SIZE], order[PLATFORM_ID_SIZE], line[PLATFORM_ID_SIZE], status[PLATFORM_CODE_SIZE];
    enum platform_refund_kind kind;
    enum platform_refund_state state;
    bool unknown; /* its status is not known: state is ASKED then, and nothing may be paid or shipped */
    bool shipped; /* asked after the goods had left */
    int64_t amount_minor, quantity; /* quantity 0: not said */
    int64_t created_us, modified_us;
    char reason[PLATFORM_TEXT_SIZE];
    char carrier[PLATFORM_CODE_SIZE], waybill[PLATFORM_CODE_SIZE]; /* of the goods that come back */
};

struct platform_waybill {
    char key[PLATFORM_ID_SIZE]; /* of the parcel that was asked for */
    char number[PLATFORM_CODE_SIZE], parent[PLATFORM_CODE_SIZE];
    char sort_code[PLATFORM_CODE_SIZE], short_address[PLATFORM_TEXT_SIZE], package_center[PLATFORM_TEXT_SIZE];
    char *print_data; /* opaque, for the platform's own print component; owned by the answer; NULL: none */
    int fault;        /* enum platform_class of this row */
    char message[PLATFORM_TEXT_SIZE];
};

struct platform_carrier {
    char code[PLATFORM_CODE_SIZE], name[PLATFORM_TEXT_SIZE];
};

struct platform_bill {
    char id[PLATFORM_ID_SIZE], order[PLATFORM_ID_SIZE], kind[PLATFORM_TEXT_SIZE], note[PLATFORM_TEXT_SIZE];
    int64_t amount_minor; /* what the seller gets; negative: pays */
    int64_t time_us;
};

struct platform_tokens {
    char access[PLATFORM_TOKEN_SIZE], refresh[PLATFORM_TOKEN_SIZE];
    int64_t expires_us, refresh_expires_us; /* 0: not said */
};

/* Only what the verb yields is filled. platform_answer_done() gives all of it back. */
struct platform_answer {
    struct platform_order *orders;
    struct platform_refund *refunds;
    struct platform_waybill *waybills;
    struct platform_carrier *carriers;
    struct platform_bill *bills;
    struct platform_stock_row *stock;
    size_t count;                      /* of the one that is filled */
    char cursor[PLATFORM_CURSOR_SIZE]; /* ask on with it; "": that was all */
    struct platform_tokens tokens;
};
void platform_answer_done(struct platform_answer *answer);

/* What a push says: look at this again. Nothing more is believed of it. */
struct platform_hint {
    char shop[PLATFORM_ID_SIZE], message[PLATFORM_ID_SIZE], topic[PLATFORM_CODE_SIZE];
    char order[PLATFORM_ID_SIZE], refund[PLATFORM_ID_SIZE]; /* "" where it does not say */
};

/* ---------------------------------------------------------------- a connector */

enum platform_ability {
    PLATFORM_STOCK_SET = 1,
    PLATFORM_STOCK_DELTA = 2,
    PLATFORM_STOCK_KEY = 4, /* a repeated key does nothing twice */
    PLATFORM_PART_SHIP = 8,
    PLATFORM_MULTI_PARCEL = 16,
    PLATFORM_SHIP_AMENDS = 32,
    PLATFORM_UNPAID_SEEN = 64,
    PLATFORM_WAYBILLS = 128,
    PLATFORM_PUSHES = 256,
    PLATFORM_PRICES = 512,
    PLATFORM_LISTINGS = 1024,
    PLATFORM_BILL_ROWS = 2048,
    PLATFORM_REFRESHES = 4096,
    PLATFORM_PRINTS_APART = 8192,    /* what is printed is asked for with WAYBILL_PRINT */
    PLATFORM_SHIPS_BY_RAW = 16384,   /* what it calls the lines of a parcel stands in the order's raw text alone */
    PLATFORM_WAYBILL_KEY = 32768,    /* a parcel that is asked for again gets the same number */
    PLATFORM_SHIPS_ANYTHING = 65536, /* it takes a parcel of an order that is cancelled, too: look at it first */
};

struct platform_caps {
    unsigned abilities;             /* enum platform_ability */
    int64_t window_max_s, window_s; /* of orders: refused above, advised */
    int64_t refund_window_max_s;
    int64_t overlap_s;        /* how far a window reaches back into the one before */
    int64_t history_s;        /* how old what is asked for may be */
    int64_t clock_s;          /* how wrong our clock may be */
    int64_t refresh_before_s; /* how long before its end a token may be refreshed at the earliest; 0: any time */
    int page, stock_batch, waybill_batch;
};

/* A parameter of a call: the text as it is signed, before it is encoded for the wire. */
struct platform_value {
    const char *name, *value;
};

struct platform {
    const char *name;  /* "taobao": in orders, commands and shops */
    const char *title; /* for people: "淘宝/天猫 Taobao/Tmall" */
    const char *gateway;
    struct platform_caps caps;
    /* The signature over these parameters alone, as sign.h says. NULL: it signs otherwise. -EINVAL with a sentence:
     * there is no such method. */
    int (*sign)(const char *secret, const char *method, const struct platform_value *values, size_t count,
                struct buf *out, struct error *error);
    /* Whole when 0. -ENOTSUP: the platform has no such call. -EINVAL with a sentence: it could not be taken. -ENOMEM.
     */
    int (*build)(const struct platform_shop *shop, const struct platform_want *want, struct platform_request *out,
                 struct error *error);
    /* What an answer that is JSON means; root is the body, every number of it as text (text_json.h). What never came,
     * is no JSON or was cut short does not get here: platform_classify() judges it for all platforms. ret is zeroes,
     * which is OK. */
    void (*classify)(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                     struct platform_fault *ret);
    /* Fills answer, which is zeroes, when classify() said OK or PARTIAL. -EBADMSG with a sentence: it is not as it must
     * be, and what was filled is worth nothing. */
    int (*read)(const struct platform_want *want, const struct platform_response *response, const json_t *root,
                struct platform_answer *answer, struct error *error);
    /* Checks a push and says what it is about; ret_reply is what the platform wants to hear. -EACCES: it was not signed
     * by the platform. NULL: it does not push over HTTP. headers as in a request. */
    int (*hear)(const struct platform_shop *shop, const char *headers, const char *body, size_t length,
                struct platform_hint *hints, size_t room, size_t *ret_count, struct buf *ret_reply,
                struct error *error);
};

extern const struct platform *const platforms[];        /* ended by NULL */
const struct platform *platform_find(const char *name); /* NULL: there is none */

/* What a response means, whatever the platform. ret_root is the body where it is JSON, owned by the caller, else NULL:
 * then it is RETRY, or UNCERTAIN where the verb writes and it was sent (nothing came, a page in HTML, an answer cut
 * short or empty, a server in trouble), or THROTTLED where HTTP says so (429). Where the connector says RETRY of a
 * write, it is UNCERTAIN: the platform had the call, and nobody knows how far it went. A token that is not refreshed
 * for any reason but that one's is AUTH_REVOKED. */
void platform_classify(const struct platform *platform, const struct platform_want *want,
                       const struct platform_response *response, struct platform_fault *ret, json_t **ret_root);

/* RETRY or UNCERTAIN, by whether it may have happened. */
enum platform_class platform_lost(const struct platform_want *want, const struct platform_response *response);

#endif
