/* The columns of the files of items and locations. */
#include "sync/head-office/catalogue/catalogue.h"

#define TEXT(type, member)   #member, OPTION_TEXT_AT(struct type, member)
#define NUMBER(type, member) #member, OPTION_NUMBER_AT(struct type, member)
#define CHOICE(type, member) #member, OPTION_CHOICE_AT(struct type, member)
#define FLAG(type, member)   #member, OPTION_FLAG_AT(struct type, member)
#define MANY                 1000000000

const struct option_def item_columns[] = {
    {TEXT(item, sku), .help = "the item's number"},
    {TEXT(item, name), .help = "the item's name"},
    {NUMBER(item, weight_g), .min = 0, .max = 1000000, .help = "grams"},
    {TEXT(item, gtin), .fallback = "", .help = "the item's barcode, or nothing"},
    {TEXT(item, owner), .fallback = "", .help = "whose stock it is, or nothing"},
    {NUMBER(item, volume_ml), .fallback = "0", .max = MANY, .help = "millilitres of one piece"},
    {NUMBER(item, height_mm), .fallback = "0", .max = 100000, .help = "millimetres, as it lies in a bin"},
    {TEXT(item, hazard), .fallback = "", .help = "its hazard class, or nothing"},
    {FLAG(item, lots), .fallback = "no", .help = "every piece belongs to a lot"},
    {FLAG(item, expires), .fallback = "no", .help = "every lot has a last day"},
    {CHOICE(item, serials), .fallback = "none", .choices = "none|out|all",
     .help = "serial numbers: none, out (read when it leaves) or all (always known)"},
    {FLAG(item, by_weight), .fallback = "no", .help = "every piece is weighed"},
    {NUMBER(item, life_in_days), .fallback = "0", .max = 100000, .help = "days a lot must have left when it comes"},
    {NUMBER(item, life_out_days), .fallback = "0", .max = 100000,
     .help = "days a lot must have left when it is picked"},
    {CHOICE(item, abc), .fallback = "", .choices = "|A|B|C", .help = "A, B, C or nothing"},
    {NUMBER(item, cost_minor), .fallback = "0", .max = MANY,
     .help = "what one piece costs, in minor units of money; 0: not known"},
    {TEXT(item, box), .fallback = "", .help = "the box that one piece is sent in, or nothing"},
    {0},
};

const struct option_def location_columns[] = {
    {TEXT(location, code), .help = "the location's code"},
    {CHOICE(location, kind), .choices = "face|reserve|stage|pack|gate|dock|damage|return|wall|wall_slot|tote_park",
     .help = "face, reserve, stage, pack, gate, dock, damage, return, wall, wall_slot or tote_park"},
    {NUMBER(location, walk), .min = 0, .max = MANY, .help = "its place on the walk through the building"},
    {TEXT(location, carrier), .fallback = "", .help = "the gate's carrier, or nothing"},
    {TEXT(location, zone), .fallback = "", .help = "its zone, or nothing"},
    {TEXT(location, wall), .fallback = "", .help = "of a wall_slot: its put-wall's code"},
    {NUMBER(location, aisle), .fallback = "-1", .min = -1, .max = 10000, .help = "from 0 at the depot; -1: not known"},
    {NUMBER(location, block), .fallback = "-1", .min = -1, .max = 1000,
     .help = "between which cross-aisles, 0 at the front"},
    {NUMBER(location, position_mm), .fallback = "-1", .min = -1, .max = MANY, .help = "from its block's front"},
    {NUMBER(location, height_mm), .fallback = "0", .max = 100000, .help = "what fits under the beam; 0: anything"},
    {NUMBER(location, capacity), .fallback = "0", .max = MANY, .help = "pieces that fit; 0: no limit"},
    {NUMBER(location, load_g), .fallback = "0", .max = INT64_C(100000000000), .help = "grams it bears; 0: no limit"},
    {FLAG(location, mix_items), .fallback = "yes", .help = "several items may lie in it"},
    {FLAG(location, mix_lots), .fallback = "yes", .help = "several lots of an item may lie in it"},
    {TEXT(location, hazards), .fallback = "", .help = "hazard classes that may lie in it, as 3,8; * all"},
    {TEXT(location, item), .fallback = "", .help = "of a fixed face: its item's number"},
    {NUMBER(location, face_min), .fallback = "0", .max = MANY, .help = "a face with fewer pieces is filled up"},
    {NUMBER(location, face_max), .fallback = "0", .max = MANY, .help = "to so many"},
    {CHOICE(location, abc), .fallback = "", .choices = "|A|B|C", .help = "A, B, C or nothing"},
    {0},
};
