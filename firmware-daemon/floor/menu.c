/* Nobody signed in, and signed in with nothing begun: who are you, and what will you do? */
#include "floor/rule.h"

static int show_badge(struct scan *scan, struct view *view)
{
    (void)scan;
    view->expect = "badge";
    answer_set(&view->prompt, ASK_BADGE);
    return 0;
}

static int choose(struct scan *scan)
{
    if (scan->target.kind == CODE_TOTE)
        return pack_open(scan, scan->target.id);
    return ship_open(scan, scan->target.id);
}

static int show_menu(struct scan *scan, struct view *view)
{
    int64_t waiting = 0;
    int result = order_count_waiting(scan->store, &waiting);
    view->expect = "activity";
    answer_set(&view->prompt, ASK_ACTIVITY);
    answer_set(&view->details[0], NOTE_WAITING);
    answer_number(&view->details[0], "n", waiting);
    view->detail_count = 1;
    return result;
}

static const struct command menu_commands[] = {{.name = "PICK", .run = pick_start}, {.name = NULL}};

const struct step menu_steps[] = {
    {.name = "badge",
     .accepts = BIT(CODE_BADGE),
     .what = "your badge",
     .what_zh = "工牌",
     .accept = sign_in,
     .show = show_badge},
    {.name = "menu",
     .accepts = BIT(CODE_TOTE) | BIT(CODE_LOCATION),
     .what = "PICK, a tote or a gate",
     .what_zh = "「拣货」、周转箱或出口",
     .accept = choose,
     .show = show_menu,
     .commands = menu_commands},
    {.name = NULL},
};
