/* What people, and programs on their behalf, decide about after-sales: they open a case, agree, refuse, settle, close
 * it, say whose unclaimed goods are, and that a refund is paid. What a platform decides is aftersales.h. who: the
 * person. Inside a transaction; every refusal is a sentence. */
#ifndef HEAD_OFFICE_AFTERSALE_DECIDE_H
#define HEAD_OFFICE_AFTERSALE_DECIDE_H

#include "sync/head-office/aftersales/aftersale_lines.h"

struct aftersale_wish {
    const char *order, *kind, *reason;
    const char *key; /* "": none; of a wish that was made before: its case, and nothing is done */
    const char *carrier, *waybill;
    int64_t freight_minor;
    const struct aftersale_claim *claims; /* none: all that is left of the order */
    size_t count;
};

/* -ENOENT; -EALREADY: its state allows none; -ERANGE: more than is left. */
int aftersale_open(struct office *office, const struct aftersale_wish *wish, const char *who,
                   char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error);

struct aftersale_terms {
    const char *kind;    /* "": as it is */
    const char *new_sku; /* sent in exchange; "": as it was opened */
    const char *site;    /* where its goods come to; "": where they came from */
    int64_t pay_minor;   /* what the buyer pays for what is sent in exchange */
};

/* A case that was agreed to, and whose goods have left all the same, may be agreed to as another kind. */
int aftersale_agree(struct office *office, const char *number, const struct aftersale_terms *terms, const char *who,
                    struct error *error);

/* amount_minor, note: as aftersale_settle_now(). */
int aftersale_settle(struct office *office, const char *number, int64_t amount_minor, const char *note, const char *who,
                     struct error *error);

int aftersale_refuse(struct office *office, const char *number, const char *note, const char *who, struct error *error);
int aftersale_close(struct office *office, const char *number, const char *note, const char *who, struct error *error);

/* Under which waybill its goods come back. */
int aftersale_set_waybill(struct office *office, const char *number, const char *carrier, const char *waybill,
                          struct error *error);

/* Unclaimed goods belong to the one order that has this number (ours or the platform's), left under this waybill, or
 * went to this telephone; "": not said. ret_number: the case that has them now. */
struct aftersale_trace {
    const char *order, *waybill, *phone;
};
int aftersale_match(struct office *office, const char *number, const struct aftersale_trace *trace, const char *who,
                    char ret_number[AFTERSALE_NUMBER_SIZE], struct error *error);

/* The refund that is due for it has been paid. Said again it changes nothing. */
int aftersale_pay(struct office *office, const char *number, const char *who, struct error *error);

#endif
