/* What a screen shows beside the words: the item, of which there may be a picture, and where on the floor a place is.
 */
#include "floor/rule.h"
#include "floor/settings.h"

#include "base/json.h"

#include <errno.h>
#include <string.h>

/* Of an item whose goods are told bit by bit, or that the screen asks for by its number. */
static int show_item(const struct scan *scan, const struct view *view, struct buf *json)
{
    struct item item;
    int64_t id = scan->session.item;
    int result = 0;
    if (!id && strcmp(view->expect, "item") == 0 && *view->code)
        result = item_find(scan->store, view->code, &id);
    if (result && result != -ENOENT)
        return result;
    if (!id) {
        json_text(json, "item", NULL);
        return 0;
    }
    result = item_load(scan->store, id, &item);
    if (result)
        return result;
    json_open_object(json, "item");
    json_text(json, "sku", item.sku);
    json_text(json, "name", item.name);
    json_close_object(json);
    return 0;
}

/* A map is as deep as the floor is said to be, or as the farthest place. */
static int show_spot(struct store *store, const struct location *place, struct buf *json)
{
    struct floor_reach reach;
    int64_t length_mm = 0;
    int result = location_reach(store, &reach);
    if (!result)
        result = setting_get(store, SETTING_aisle_length_mm, &length_mm);
    if (result)
        return result;
    json_open_object(json, "spot");
    json_int(json, "aisle", place->aisle);
    json_int(json, "block", place->block);
    json_int(json, "position_mm", place->position_mm);
    json_int(json, "aisles", reach.aisle + 1);
    json_int(json, "blocks", reach.block + 1);
    json_int(json, "length_mm", length_mm > reach.position_mm ? length_mm : reach.position_mm);
    json_close_object(json);
    return 0;
}

static int show_place(const struct scan *scan, const struct view *view, struct buf *json)
{
    struct location place;
    int64_t id = 0;
    bool named = *view->code && strcmp(view->expect, "item") != 0;
    int result = named ? location_find(scan->store, view->code, &id) : -ENOENT;
    if (result == -ENOENT) {
        json_text(json, "place", NULL);
        return 0;
    }
    if (!result)
        result = location_load(scan->store, id, &place);
    if (result)
        return result;
    json_open_object(json, "place");
    json_text(json, "code", place.code);
    json_text(json, "zone", *place.zone ? place.zone : NULL);
    if (place.aisle < 0 || place.block < 0 || place.position_mm < 0)
        json_text(json, "spot", NULL);
    else
        result = show_spot(scan->store, &place, json);
    json_close_object(json);
    return result;
}

int show_meant(const struct scan *scan, const struct view *view, struct buf *json)
{
    int result = show_item(scan, view, json);
    return result ? result : show_place(scan, view, json);
}
