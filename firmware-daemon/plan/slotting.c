#include "plan/slotting.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "plan/slot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct face {
    json_t *row; /* as the daemon gave it */
    size_t sku;  /* SLOT_NOTHING: none */
    bool mixed;  /* of several SKUs */
    int64_t pieces;
};

struct sku {
    json_t *code;
    json_t *row;     /* NULL: not known */
    json_t *visitor; /* the order of the pick before */
    size_t face;     /* SLOT_NOTHING: none */
    bool scattered;  /* over several faces */
    int64_t picks;
};

struct slotting {
    struct face faces[SLOT_BINS_MAX];
    struct sku skus[SLOT_ITEMS_MAX];
    size_t face_count, sku_count;
    json_t *face_of, *sku_of; /* indices by code */
    json_t *undone;           /* the moves that a later one took back, by number */
};

struct slotting *slotting_new(void)
{
    struct slotting *slotting = calloc(1, sizeof(*slotting));
    if (!slotting)
        return NULL;
    slotting->face_of = json_object();
    slotting->sku_of = json_object();
    slotting->undone = json_object();
    return slotting->face_of && slotting->sku_of && slotting->undone ? slotting : slotting_free(slotting);
}

struct slotting *slotting_free(struct slotting *slotting)
{
    if (!slotting)
        return NULL;
    for (size_t i = 0; i < slotting->face_count; i++)
        json_decref(slotting->faces[i].row);
    for (size_t i = 0; i < slotting->sku_count; i++) {
        json_decref(slotting->skus[i].code);
        json_decref(slotting->skus[i].row);
        json_decref(slotting->skus[i].visitor);
    }
    json_decref(slotting->face_of);
    json_decref(slotting->sku_of);
    json_decref(slotting->undone);
    free(slotting);
    return NULL;
}

/* ---------------------------------------------------------------- rows */

static int64_t number_of(const json_t *row, const char *column)
{
    return json_integer_value(json_object_get(row, column));
}

static const char *text_of(const json_t *row, const char *column)
{
    const char *text = json_string_value(json_object_get(row, column));
    return text ? text : "";
}

static size_t index_of(const json_t *indices, const char *code)
{
    const json_t *index = json_object_get(indices, code);
    return index ? (size_t)json_integer_value(index) : SLOT_NOTHING;
}

static int keep_index(json_t *indices, const char *code, size_t index)
{
    return json_object_set_new(indices, code, json_integer((json_int_t)index)) == 0 ? 0 : -ENOMEM;
}

/* A SKU is kept when it is first heard of. */
static int find_sku(struct slotting *slotting, const json_t *row, size_t *ret)
{
    json_t *code = json_object_get(row, "sku");
    size_t index = index_of(slotting->sku_of, text_of(row, "sku"));
    if (index == SLOT_NOTHING) {
        index = slotting->sku_count;
        if (index == SLOT_ITEMS_MAX)
            return -E2BIG;
        if (keep_index(slotting->sku_of, text_of(row, "sku"), index) != 0)
            return -ENOMEM;
        slotting->skus[slotting->sku_count++] = (struct sku){.code = json_incref(code), .face = SLOT_NOTHING};
    }
    *ret = index;
    return 0;
}

static int lie(struct slotting *slotting, const json_t *row, size_t face)
{
    size_t sku;
    int result = find_sku(slotting, row, &sku);
    if (result)
        return result;
    slotting->faces[face].mixed |= slotting->faces[face].sku != SLOT_NOTHING && slotting->faces[face].sku != sku;
    slotting->faces[face].sku = sku;
    slotting->skus[sku].scattered |= slotting->skus[sku].face != SLOT_NOTHING && slotting->skus[sku].face != face;
    slotting->skus[sku].face = face;
    return 0;
}

int slotting_add_face(struct slotting *slotting, json_t *location)
{
    size_t index = slotting->face_count;
    if (index == SLOT_BINS_MAX)
        return -E2BIG;
    if (keep_index(slotting->face_of, text_of(location, "location"), index) != 0)
        return -ENOMEM;
    slotting->faces[slotting->face_count++] = (struct face){.row = json_incref(location), .sku = SLOT_NOTHING};
    return json_is_string(json_object_get(location, "sku")) ? lie(slotting, location, index) : 0;
}

int slotting_add_stock(struct slotting *slotting, const json_t *stock)
{
    size_t face = index_of(slotting->face_of, text_of(stock, "location"));
    if (face == SLOT_NOTHING)
        return 0;
    slotting->faces[face].pieces += number_of(stock, "quantity");
    return lie(slotting, stock, face);
}

int slotting_add_item(struct slotting *slotting, json_t *item)
{
    size_t index = index_of(slotting->sku_of, text_of(item, "sku"));
    if (index != SLOT_NOTHING && !slotting->skus[index].row)
        slotting->skus[index].row = json_incref(item);
    return 0;
}

static int note_undone(struct slotting *slotting, json_int_t move)
{
    char key[24];
    snprintf(key, sizeof(key), "%" JSON_INTEGER_FORMAT, move);
    return json_object_set_new(slotting->undone, key, json_true()) == 0 ? 0 : -ENOMEM;
}

static bool was_undone(const struct slotting *slotting, json_int_t move)
{
    char key[24];
    snprintf(key, sizeof(key), "%" JSON_INTEGER_FORMAT, move);
    return json_object_get(slotting->undone, key);
}

int slotting_add_pick(struct slotting *slotting, const json_t *move)
{
    const json_t *reverses = json_object_get(move, "reverses");
    json_t *order = json_object_get(move, "order");
    size_t index;
    if (json_is_integer(reverses))
        return note_undone(slotting, json_integer_value(reverses));
    if (was_undone(slotting, number_of(move, "move")))
        return 0;
    int result = find_sku(slotting, move, &index);
    if (result)
        return result;
    struct sku *sku = &slotting->skus[index];
    sku->picks += !json_is_string(order) || !json_equal(order, sku->visitor);
    json_decref(sku->visitor);
    sku->visitor = json_incref(order);
    return 0;
}

int slotting_add_visits(struct slotting *slotting, const json_t *item, int64_t visits)
{
    size_t index;
    int result = find_sku(slotting, item, &index);
    if (!result)
        slotting->skus[index].picks += visits;
    return result;
}

/* ---------------------------------------------------------------- as plan/slot.h takes them */

struct house {
    const struct slotting *slotting;
    struct slot_item *items;
    struct slot_bin *bins;
    size_t *skus, *faces; /* by item, by bin */
    size_t item_count, bin_count;
    int64_t mean_ml; /* of the SKUs whose volume is known; 0: of none */
    bool measured;   /* the distance of every bin is known */
};

static void house_done(struct house *house)
{
    free(house->items);
    free(house->bins);
    free(house->skus);
    free(house->faces);
}

static int house_open(struct house *house)
{
    size_t faces = house->slotting->face_count + 1;
    house->items = calloc(faces, sizeof(*house->items)); /* an item has a face: there are no more */
    house->bins = calloc(faces, sizeof(*house->bins));
    house->skus = calloc(faces, sizeof(*house->skus));
    house->faces = calloc(faces, sizeof(*house->faces));
    return house->items && house->bins && house->skus && house->faces ? 0 : -ENOMEM;
}

static int64_t limited(int64_t value)
{
    return value < SLOT_VALUE_MAX ? value : SLOT_VALUE_MAX;
}

/* How many are to lie in the face. */
static int64_t pieces_of(const struct slotting *slotting, const struct sku *sku)
{
    const struct face *face = &slotting->faces[sku->face];
    int64_t most = number_of(face->row, "face_max");
    return most > 0 ? most : face->pieces > 0 ? face->pieces : 1;
}

static int64_t volume_ml(const struct house *house, const struct sku *sku)
{
    int64_t known = sku ? number_of(sku->row, "volume_ml") : 0;
    return known > 0 ? known : house->mean_ml;
}

static void find_mean(struct house *house)
{
    int64_t known = 0, sum = 0;
    for (size_t i = 0; i < house->slotting->sku_count; i++) {
        int64_t volume = number_of(house->slotting->skus[i].row, "volume_ml");
        known += volume > 0;
        sum += volume;
    }
    house->mean_ml = known ? sum / known : 0;
}

/* Where no volume is known at all every SKU needs the same: picks alone decide. */
static int64_t room_cm3(int64_t volume, int64_t pieces)
{
    return volume ? limited(volume * limited(pieces)) : 1;
}

static const struct sku *sku_in(const struct slotting *slotting, const struct face *face)
{
    return face->sku == SLOT_NOTHING ? NULL : &slotting->skus[face->sku];
}

static bool takes_part(const struct slotting *slotting, const struct face *face)
{
    const struct sku *sku = sku_in(slotting, face);
    return !face->mixed && (!sku || !sku->scattered);
}

static void collect(struct house *house)
{
    const struct slotting *slotting = house->slotting;
    house->measured = true;
    for (size_t i = 0; i < slotting->face_count; i++) {
        const struct face *face = &slotting->faces[i];
        const struct sku *sku = sku_in(slotting, face);
        if (!takes_part(slotting, face))
            continue;
        int64_t capacity = number_of(face->row, "capacity"), volume = volume_ml(house, sku);
        size_t bin = house->bin_count++;
        house->faces[bin] = i;
        house->bins[bin] = (struct slot_bin){
            .cube_cm3 = capacity && volume ? room_cm3(volume, capacity) : SLOT_VALUE_MAX,
            .distance_mm = limited(number_of(face->row, "distance_mm")),
        };
        house->measured &= json_is_integer(json_object_get(face->row, "distance_mm"));
        if (!sku)
            continue;
        house->skus[house->item_count] = face->sku;
        house->items[house->item_count++] =
            (struct slot_item){limited(sku->picks), room_cm3(volume, pieces_of(slotting, sku)), bin};
    }
}

/* ---------------------------------------------------------------- places along the walk, where no way is known */

struct walked {
    int64_t walk;
    size_t bin;
};

static int by_walk(const void *left, const void *right)
{
    const struct walked *x = left, *y = right;
    return (x->walk > y->walk) - (x->walk < y->walk);
}

static int count_places(struct house *house)
{
    CLEANUP(cleanup_free) struct walked *walked = calloc(house->bin_count + 1, sizeof(*walked));
    int64_t place = 0;
    if (!walked)
        return -ENOMEM;
    for (size_t i = 0; i < house->bin_count; i++)
        walked[i] = (struct walked){number_of(house->slotting->faces[house->faces[i]].row, "walk"), i};
    qsort(walked, house->bin_count, sizeof(*walked), by_walk);
    for (size_t i = 0; i < house->bin_count; i++) {
        place += i > 0 && walked[i].walk != walked[i - 1].walk;
        house->bins[walked[i].bin].distance_mm = place;
    }
    return 0;
}

/* ---------------------------------------------------------------- what may lie where, beyond its room */

static bool has_limit_below(const struct face *face, const char *column, int64_t value)
{
    int64_t limit = number_of(face->row, column);
    return limit > 0 && value > limit;
}

static bool may_lie(const struct slotting *slotting, const struct sku *sku, const struct face *face)
{
    int64_t pieces = pieces_of(slotting, sku);
    const char *hazard = text_of(sku->row, "hazard");
    return !has_limit_below(face, "capacity", pieces) &&
           !has_limit_below(face, "load_g", limited(pieces) * number_of(sku->row, "weight_g")) &&
           !has_limit_below(face, "height_mm", number_of(sku->row, "height_mm")) &&
           (!*hazard || text_is_listed(text_of(face->row, "hazards"), hazard));
}

static bool may_be_made(const struct house *house, const struct slot_move *move)
{
    const struct slotting *slotting = house->slotting;
    const struct face *from = &slotting->faces[house->faces[move->from]];
    const struct face *to = &slotting->faces[house->faces[move->to]];
    return may_lie(slotting, &slotting->skus[house->skus[move->item]], to) &&
           (move->swapped == SLOT_NOTHING || may_lie(slotting, &slotting->skus[house->skus[move->swapped]], from));
}

/* ---------------------------------------------------------------- suggestions */

/* Of all SKUs, those without a face too: a class is a share of all picks. */
static int find_classes(const struct slotting *slotting, char *ret)
{
    CLEANUP(cleanup_free) struct slot_item *all = calloc(slotting->sku_count + 1, sizeof(*all));
    if (!all)
        return -ENOMEM;
    for (size_t i = 0; i < slotting->sku_count; i++)
        all[i].picks = limited(slotting->skus[i].picks);
    return slot_classes(all, slotting->sku_count, ret);
}

int slotting_each_class(const struct slotting *slotting, slotting_class_fn *take, void *user)
{
    CLEANUP(cleanup_free) char *classes = calloc(slotting->sku_count + 1, 1);
    int result = classes ? find_classes(slotting, classes) : -ENOMEM;
    for (size_t i = 0; i < slotting->sku_count && !result; i++)
        result = take(user, json_string_value(slotting->skus[i].code), classes[i], slotting->skus[i].picks);
    return result;
}

/* A swap is told of the SKU that comes nearer. */
static struct slot_move told(const struct house *house, const struct slot_move *move)
{
    if (house->bins[move->to].distance_mm <= house->bins[move->from].distance_mm)
        return *move;
    return (struct slot_move){move->swapped, move->to, move->from, move->item, move->saved_mm};
}

static int add_row(const struct house *house, const struct slot_move *move, const char *classes, json_t *rows)
{
    const struct slotting *slotting = house->slotting;
    size_t sku = house->skus[move->item];
    json_t *swapped = move->swapped == SLOT_NOTHING ? NULL : slotting->skus[house->skus[move->swapped]].code;
    json_t *from = json_object_get(slotting->faces[house->faces[move->from]].row, "location");
    json_t *to = json_object_get(slotting->faces[house->faces[move->to]].row, "location");
    int64_t saved = house->measured ? move->saved_mm / 1000 : move->saved_mm;
    if (saved == 0)
        return 0;
    json_t *row =
        json_pack("{sOsIss%sOsOsO?sI}", "sku", slotting->skus[sku].code, "picks", (json_int_t)slotting->skus[sku].picks,
                  "class", &classes[sku], (size_t)1, "from", from, "to", to, "swap_with", swapped,
                  house->measured ? "saved_m" : "saved_places", (json_int_t)saved);
    return json_array_append_new(rows, row) == 0 ? 0 : -ENOMEM;
}

static int suggest(struct house *house, size_t limit, json_t *rows)
{
    size_t count = 0;
    CLEANUP(cleanup_free) char *classes = calloc(house->slotting->sku_count + 1, 1);
    CLEANUP(cleanup_free) struct slot_move *moves = calloc(house->item_count + 1, sizeof(*moves));
    if (!classes || !moves)
        return -ENOMEM;
    int result = house->measured ? 0 : count_places(house);
    if (!result)
        result = find_classes(house->slotting, classes);
    if (!result)
        result = slot_suggest(house->items, house->item_count, house->bins, house->bin_count, moves, &count);
    for (size_t i = 0; i < count && !result && json_array_size(rows) < limit; i++)
        if (may_be_made(house, &moves[i])) {
            struct slot_move move = told(house, &moves[i]);
            result = add_row(house, &move, classes, rows);
        }
    return result;
}

int slotting_suggest(const struct slotting *slotting, size_t limit, json_t **ret)
{
    CLEANUP(house_done) struct house house = {.slotting = slotting};
    int result = house_open(&house);
    if (result)
        return result;
    find_mean(&house);
    collect(&house);
    json_t *rows = json_array();
    result = rows ? suggest(&house, limit, rows) : -ENOMEM;
    if (result)
        json_decref(rows);
    else
        *ret = rows;
    return result;
}
