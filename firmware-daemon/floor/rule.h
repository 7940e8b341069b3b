/* What the rules share: the context of one scan, the steps of the flows as tables, refusing, recording.
 * Not for use outside the floor. */
#ifndef FLOOR_RULE_H
#define FLOOR_RULE_H

#include "barcode/barcode.h"
#include "floor/event.h"
#include "floor/floor.h"
#include "store/catalog.h"
#include "store/journal.h"
#include "store/ledger.h"
#include "store/lot.h"
#include "store/orders.h"
#include "store/parcel.h"
#include "store/plate.h"
#include "store/print_job.h"
#include "store/session.h"
#include "store/training.h"

struct scan {
    struct store *store;
    const struct event *event;
    struct effect *effect;
    struct worker worker;
    struct session session, before;
    const struct barcode *code; /* NULL for a command */
    const char *text;           /* without the AIM prefix */
    struct {
        int64_t weight_g, pieces; /* what an in-store number says; 0: nothing */
    } in_store;
    struct meaning target;
    int64_t argument;          /* of a command: QTY 5; 0 when it is no number */
    const char *argument_text; /* the same as it was scanned; "" when there is none */
    int64_t seq;               /* of the journal row, once recorded */
    struct buf data;           /* of the journal row being written */
};

struct view {
    const char *expect; /* badge, activity, location, item, tote, stage, box, waybill, gate, parcel, document, lot,
                           expiry, serial, weight, plate, wall, slot, quantity, grade, command */
    char code[STORE_CODE_MAX];
    struct answer prompt;
    struct answer details[3];
    size_t detail_count;
    int64_t done, need;     /* need 0: no progress to show */
    bool cancelled;         /* the order is */
    struct print_job label; /* that is waited for; id 0: none */
};

struct command {
    const char *name; /* after "CMD:" */
    int (*run)(struct scan *scan);
    bool when_cancelled; /* offered only when the order was cancelled */
    bool final;          /* UNDO does not go back over it: on a screen its button is held, so that nobody slips */
};

/* Goods in the hand: what the scans of an item have said of them. */
struct goods {
    struct item item;
    int64_t quantity;                                             /* base units */
    int64_t weight_g;                                             /* of what is sold by weight; 0: not told */
    char lot[STORE_CODE_MAX], expiry[12], serial[STORE_CODE_MAX]; /* "": not told */
};

/* What a step must know of an item before it takes it; what its code does not say is asked for (goods.c). */
enum goods_need { NEEDS_LOT = 1, NEEDS_EXPIRY = 2, NEEDS_SERIAL = 4, NEEDS_WEIGHT = 8 };

/* One state of a flow. Tables end with a name of NULL. */
struct step {
    const char *name;
    unsigned accepts;                 /* BIT(CODE_…) */
    const char *what, *what_zh;       /* "Scan … first" */
    int (*accept)(struct scan *scan); /* scan->target is one of the accepted kinds */
    int (*show)(struct scan *scan, struct view *view);
    const struct command *commands; /* ended by a name of NULL */
    int (*take)(struct scan *scan,
                const struct goods *goods); /* instead of accept, of an item with all that is needed */
    unsigned (*needs)(struct scan *scan, const struct item *item); /* NULL: nothing but the item */
    int (*weigh)(struct scan *scan, int64_t grams); /* NULL: what lies on the scale does not matter here */
};

/* What UNDO takes back beside stock and session, and how it is called. Tables end with a type of NULL. */
struct undo {
    const char *type; /* of the action, as undo_allow() was given it */
    const char *what, *what_zh;
    int (*run)(struct scan *scan, const struct action *action); /* NULL: nothing else; scan->session is still as it was
                                                                   after the action. It may refuse */
};

/* One activity: everything a newcomer looks for under its name. */
struct flow {
    const char *name;
    const struct step *steps;
    const struct undo *undos; /* NULL: nothing but what every flow has */
    bool needs_room;          /* not begun while the disk is nearly full */
};

#define BIT(n)         (1u << (n))
#define COMMAND_PREFIX "CMD:"

extern const struct flow menu_flow, goods_flow, pick_flow, cluster_flow, zone_flow, batch_flow, sow_flow, express_flow,
    pack_flow, parcel_flow, ship_flow, receive_flow, putaway_flow, replenish_flow, transfer_flow, move_flow, count_flow,
    return_flow, alias_flow, found_flow, zero_flow, review_flow;

/* The item and the place that are meant, as a screen shows them beside the words: members "item" and "place" (show.c).
 */
int show_meant(const struct scan *scan, const struct view *view, struct buf *json);

/* Where a worker stands; with nobody signed in, the step that waits for a badge. */
const struct step *step_of(const struct session *session);
const struct step *step_named(const char *name); /* NULL: there is none */
const struct flow *flow_of(const char *step);    /* NULL: there is none */
const struct flow *flow_at(size_t index);        /* each of them; NULL: behind the last */
const struct undo *undo_of(const char *type);    /* NULL: there is no such action */

int sign_in(struct scan *scan); /* scan->target is a badge */

/* refuse(scan, E04_LOCATION); then answer_text(...); return FLOOR_REFUSED. */
struct answer *refusal(struct scan *scan, enum message message);
int refuse(struct scan *scan, enum message message, const char *name, const char *value);
int refuse_not_now(struct scan *scan);
int refuse_place(struct scan *scan, const char *expected, const char *got);           /* E04 */
int refuse_goods(struct scan *scan, const char *expected, const char *got);           /* E05 */
int refuse_over(struct scan *scan, int64_t done, int64_t need);                       /* E06 */
int refuse_life(struct scan *scan, const char *lot, int64_t days_left, int64_t need); /* E08 */
int refuse_taken(struct scan *scan, int64_t worker);                                  /* E11: by that worker */
int refuse_cancelled(struct scan *scan, const struct order *order);
int refuse_other_code(struct scan *scan, const char *what, const char *what_zh);

/* The journal row of an accepted scan: start, add members with the json writer into scan->data, then record. */
struct buf *record_start(struct scan *scan);
int record(struct scan *scan, const char *type, const char *subject_kind, const char *subject);

/* The same without a worker's scan: from a change, a printer, a start. */
int note(struct store *store, const char *type, const char *subject_kind, const char *subject, struct buf *data,
         int64_t *ret_seq);

/* A row about a scan that no worker made: at its station, or of its scanner while that belongs to none. */
int note_scan(struct store *store, const char *type, const struct event *event, struct buf *data);

/* Says what was done, and where the worker is now. */
struct answer *accept_with(struct scan *scan, enum message message);
void go(struct scan *scan, const char *step);

/* Whether the roster is stale, into the stamp: a journal row of a worker tells it (roster). */
int roster_look(struct store *store);
/* With the setting roster_strict nobody works while it is: E96. */
int roster_check(struct scan *scan);

/* Lets UNDO take this scan back / forbids it for everything before. */
int undo_allow(struct scan *scan, const char *type);
int undo_border(struct scan *scan);

/* Base units of an item scan: its factor times QTY. */
int64_t scan_quantity(const struct scan *scan);

/* An item was scanned in a step with .take: asks for what is needed and missing, then lets the step take the goods. */
int goods_begin(struct scan *scan, const struct step *step);
void goods_forget(struct session *session); /* nothing is in the hand any more, and no step waits */
unsigned goods_needs_all(struct scan *scan,
                         const struct item *item); /* what its master data ask for, when it comes in */
/* The lot, which is made when it is new, and writes "lot", "expiry", "serial" and "weight_g" where they are known. */
int goods_lot(struct scan *scan, const struct goods *goods, int64_t *ret);
void goods_write(const struct goods *goods, struct buf *data);

/* Goods that wait in the session for a scan that decides about them. */
void goods_keep(struct scan *scan, const struct goods *goods);
int goods_kept(struct scan *scan, struct goods *ret);

/* Goods that are taken from where they lie (take.c): the lot is asked for only where several lie there. */
unsigned goods_needs_there(struct scan *scan, const struct item *item, int64_t location, int64_t lpn);
/* Completes move->item, lot, serial, quantity and weight; from_location and from_lpn are given. Refuses what is not
 * there, or is loose in a bin and promised to orders. */
int goods_from(struct scan *scan, const struct goods *goods, struct move *move);

/* E09: where this piece is. */
int refuse_serial(struct scan *scan, const struct serial *serial);

/* A piece that comes into the books must not be in them yet: E09. */
int check_new_serial(struct scan *scan, const struct goods *goods);

/* Where goods lie loose and can be promised; E04 for any other place. */
bool is_bin(const struct location *location);
int refuse_bin(struct scan *scan, const struct location *got);

/* After goods left a bin: asks the worker, before he goes on where he is, whether it is empty when the books say so. */
int count_zero_check(struct scan *scan, int64_t location);

/* Asks for a count, and says so in the journal; nothing where the same is open already. */
struct stock_count;
int count_request(struct store *store, const struct stock_count *count);

/* What the worker has begun, and the command that was scanned, must be for the role: E95 (rights.h). Lenient without
 * the setting roles_strict. */
int rights_check_flow(struct scan *scan);
int rights_check_command(struct scan *scan, const char *name);

/* scan->target is a badge: of a supervisor who is not the worker himself, with a PIN where one is wanted. E18, E92,
 * E94. */
int check_supervisor(struct scan *scan, struct worker *ret);

/* A command: asks for a supervisor's badge, which lets this step pass (force.c). */
int force_ask(struct scan *scan);

/* Somebody else's doing reaches a worker where he is: his session, out of whatever was being asked and with nothing to
 * undo. Of ret only store, session and worker are there; who calls leads him on and saves the session. */
int scan_interrupt(struct store *store, int64_t worker, struct scan *ret);

/* Back to the menu: the session is about nothing any more. */
void leave_flow(struct scan *scan);

/* Work that begins with nothing but the wish, and ends with nothing left: the row, and where the worker is. */
int begin_work(struct scan *scan, const char *flow, const char *step, enum message message);
int leave_work(struct scan *scan, const char *flow);

/* Flows that the menu opens: by a command, or by what was scanned there (scan->target). */
int pick_start(struct scan *scan);
int cluster_start(struct scan *scan);
int zone_start(struct scan *scan);
int batch_start(struct scan *scan);
int wave_start(struct scan *scan); /* a supervisor plans and releases */
int receive_start(struct scan *scan);
int putaway_start(struct scan *scan);
int replenish_start(struct scan *scan);
int move_start(struct scan *scan);
int count_start(struct scan *scan);
int return_start(struct scan *scan);
int alias_start(struct scan *scan);
int pick_open(struct scan *scan, int64_t plate); /* a tote of an order that is still picked */
int found_start(struct scan *scan);
int count_review_start(struct scan *scan);
int pack_open(struct scan *scan, int64_t plate);    /* a tote or slot that holds an order */
int express_open(struct scan *scan, int64_t plate); /* a wave's tote of one item, at the bench */
int sow_open(struct scan *scan, int64_t wall);      /* a put-wall */
int slot_open(struct scan *scan, const struct lpn *slot);
int parcel_open(struct scan *scan, int64_t parcel_id);    /* a waybill, at the bench */
int ship_open(struct scan *scan, int64_t gate);           /* a gate */
int receive_open(struct scan *scan, int64_t document_id); /* an ASN, or an arrival from another site */
int receive_plate(struct scan *scan);                     /* an SSCC that was announced */
int putaway_open(struct scan *scan, int64_t plate);       /* a plate with goods that no order owns */
int transfer_open(struct scan *scan, int64_t document_id);
int return_open(struct scan *scan, int64_t document);
int return_of_parcel(struct scan *scan, const struct parcel *parcel); /* that was handed over and is back */

/* Whether a bin may take so many more pieces of an item's lot by its rules (bin.c): 0, or FLOOR_REFUSED with the reason
 * in *ret. Does not look at what kind of place it is. */
int bin_refuses(struct store *store, const struct location *location, const struct item *item, int64_t lot,
                int64_t quantity, struct answer *ret);

/* The bin that suits all of it best, beside what other tasks than `task` will bring there. -ENOENT where none takes it.
 */
int bin_suggest(struct store *store, const struct item *item, int64_t lot, int64_t quantity, int64_t task,
                int64_t *ret);

/* What was moved of an item may leave its faces low, or fill their reserve: plans to fill them (replenish_plan.c). */
int replenish_item(struct store *store, int64_t item);
int replenish_plan(struct store *store, int64_t *ret_count); /* over every face; the new tasks */

/* What a wave would else pick from the reserve of items that have a face is to be brought there first. */
int replenish_for_wave(struct store *store, int64_t wave);

/* An order's tote with what does not leave is on the return shelf (pick.returned): it is nobody's, and waits to be put
 * away. */
int shelve_tote(struct scan *scan, const struct order *order, int64_t tote, const struct location *place);

/* A full disk accepts nothing but signing out. A nearly full one refuses to begin a flow that would fill it: E87. */
bool disk_accepts(const struct store *store, const char *text);
int disk_check_flow(struct scan *scan);

/* Promises stock to every order that waits for this item and can be had whole now; 0: to orders nobody tried yet. */
int orders_allocate_waiting(struct store *store, int64_t item);

/* An order has one parcel. */
#define PARCEL_NAME_MAX (STORE_CODE_MAX + 4)
void parcel_name(const struct order *order, char out[PARCEL_NAME_MAX]);

/* Head office cancels: what becomes of the order where it stands. */
int order_cancel(struct store *store, const char *number, const char *reason);

/* Head office wants an order back (order_lease.c): one that is not begun is given up, one that is begun stays. The site
 * says which. */
int order_unassign(struct store *store, const char *number);

/* Orders whose lease is over and that nobody has begun wait for head office from now on. */
int order_lease_sweep(struct store *store);

/* E27; E78 where an order is here that may not be begun any more. */
int refuse_no_work(struct scan *scan);

/* A released order enters; the same number again changes nothing. *ret_new tells. */
struct order_entry {
    struct order order;
    struct receiver receiver;
    int64_t lease_us; /* how long it may be begun here; 0: for ever */
    size_t line_count;
    struct {
        int64_t line, item, quantity;
    } lines[200];
};
int order_enter(struct store *store, const struct order_entry *entry, bool *ret_new);

/* The labels of stations and devices (bind.c). */
bool is_binding_label(const char *text);
int scan_binding_label(struct store *store, const struct event *event, const char *text, struct effect *effect);
int stations_from_boot(struct store *store, const struct event *event);

/* Training (training.c). The guard: a station that practises never touches the site's own data, and LIVE is good
 * everywhere; *ret_done when the scan was its. Of a copy: what was done well, and which mistake was made. */
int training_start(struct scan *scan);
extern const struct command training_commands[]; /* at the menu of a copy, beside its own */
int training_guard(struct scan *scan, bool *ret_done);
int training_done_well(struct scan *scan);
int training_mistake(struct store *store, const struct event *event, const struct answer *answer);

/* Orders made up from what lies in the bins, numbered on; as many as there is stock for (practice.c). */
int practice_make(struct store *store, int64_t orders, int64_t *ret_made);

/* The rules of the other kinds of event. */
int scan_rule(struct store *store, const struct event *event, struct effect *effect);
int scan_aborted_rule(struct store *store, const struct event *event, struct effect *effect);
int change_rule(struct store *store, const struct event *event, struct effect *effect);
int applied_rule(struct store *store, const struct event *event, struct effect *effect);
int link_rule(struct store *store, const struct event *event, struct effect *effect);
int grant_rule(struct store *store, const struct event *event, struct effect *effect);
int rewind_rule(struct store *store, const struct event *event, struct effect *effect);
int snapshot_line_rule(struct store *store, const struct event *event, struct effect *effect);
int snapshot_rule(struct store *store, const struct event *event, struct effect *effect);
int prune_rule(struct store *store, const struct event *event, struct effect *effect);
int forget_rule(struct store *store, const struct event *event, struct effect *effect);
int disk_rule(struct store *store, const struct event *event, struct effect *effect);
int checked_rule(struct store *store, const struct event *event, struct effect *effect);
int print_rule(struct store *store, const struct event *event, struct effect *effect);
int label_rule(struct store *store, const struct event *event, struct effect *effect);
int import_rule(struct store *store, const struct event *event, struct effect *effect);
int ask_rule(struct store *store, const struct event *event, struct effect *effect);
int bind_rule(struct store *store, const struct event *event, struct effect *effect);
int boot_rule(struct store *store, const struct event *event, struct effect *effect);
int weight_rule(struct store *store, const struct event *event, struct effect *effect);
int training_rule(struct store *store, const struct event *event, struct effect *effect);
int passed_rule(struct store *store, const struct event *event, struct effect *effect);
int join_rule(struct store *store, const struct event *event, struct effect *effect);
int pin_rule(struct store *store, const struct event *event, struct effect *effect);
int practice_rule(struct store *store, const struct event *event, struct effect *effect);
int change_refused(struct store *store, const struct event *event, const char *why);

#endif
