#include "drivers/scanner/keyboard_layout.h"

#include "base/buf.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Accents that wait for their letter. Those without letters always stand alone. */
static const struct accent {
    const char *name; /* as in a layout file */
    uint32_t spacing;
    const char *letters;
    const uint32_t *composed; /* one for each of letters */
} accents[] = {
    {"<dead_grave>", U'`', "AEIOUYNaeiouyn", U"ÀÈÌÒÙỲǸàèìòùỳǹ"},
    {"<dead_acute>", U'´', "AEIOUYNaeiouyn", U"ÁÉÍÓÚÝŃáéíóúýń"},
    {"<dead_circumflex>", U'^', "AEIOUYaeiouy", U"ÂÊÎÔÛŶâêîôûŷ"},
    {"<dead_tilde>", U'~', "AEIOUYNaeiouyn", U"ÃẼĨÕŨỸÑãẽĩõũỹñ"},
    {"<dead_diaeresis>", U'¨', "AEIOUYaeiouy", U"ÄËÏÖÜŸäëïöüÿ"},
    {"<dead_cedilla>", U'¸', "", U""},
    {"<dead_ogonek>", U'˛', "", U""},
    {"<dead_abovering>", U'˚', "", U""},
    {"<dead_abovedot>", U'˙', "", U""},
    {"<dead_belowdot>", 0x0323, "", U""},
    {"<dead_doubleacute>", U'˝', "", U""},
    {"<dead_macron>", U'¯', "", U""},
    {"<dead_belowmacron>", U'ˍ', "", U""},
    {"<dead_breve>", U'˘', "", U""},
    {"<dead_caron>", U'ˇ', "", U""},
    {"<dead_hook>", 0x0309, "", U""},
    {"<dead_horn>", 0x031B, "", U""},
};

uint32_t keyboard_layout_compose(uint32_t accent, uint32_t letter)
{
    if (letter == ' ' || (letter & ~KEY_DEAD) == accent)
        return accent;
    for (size_t i = 0; i < COUNT(accents); i++) {
        const char *at = letter > 0 && letter < 0x80 ? strchr(accents[i].letters, (int)letter) : NULL;
        if (accents[i].spacing == accent && at)
            return accents[i].composed[at - accents[i].letters];
    }
    return 0;
}

/* One column of a layout file: a character, <none> or an accent. False for anything else. */
static bool parse_key(const char *field, size_t length, uint32_t *ret)
{
    static const char none[] = "<none>";
    uint32_t character = 0;
    if (length == sizeof(none) - 1 && memcmp(field, none, length) == 0) {
        *ret = 0;
        return true;
    }
    if (text_next_utf8(field, length, &character) == length && length > 0) {
        *ret = character;
        return true;
    }
    for (size_t i = 0; i < COUNT(accents); i++)
        if (strlen(accents[i].name) == length && memcmp(accents[i].name, field, length) == 0) {
            *ret = accents[i].spacing | KEY_DEAD;
            return true;
        }
    return false;
}

/* "usage in hex, plain, shift, AltGr, shift and AltGr", tabs between them. */
static bool parse_line(const char *line, size_t length, struct keyboard_layout *layout)
{
    uint8_t usage;
    size_t used;
    if (length < 3 || line[2] != '\t' || text_from_hex(line, 2, &usage, 1, &used) < 0 || usage > KEY_USAGE_MAX)
        return false;
    const char *field = line + 3, *end = line + length;
    for (size_t level = 0; level < KEY_LEVELS; level++) {
        const char *tab = level + 1 < KEY_LEVELS ? memchr(field, '\t', (size_t)(end - field)) : end;
        if (!tab || !parse_key(field, (size_t)(tab - field), &layout->keys[usage][level]))
            return false;
        field = tab + 1;
    }
    return true;
}

/* Keys that mean the same in every layout; the keypad's digits do whatever NumLock says. */
static void add_common_keys(struct keyboard_layout *layout)
{
    static const struct {
        uint8_t usage;
        char character;
    } common[] = {{0x2C, ' '}, {0x54, '/'}, {0x55, '*'}, {0x56, '-'}, {0x57, '+'}, {0x59, '1'},
                  {0x5A, '2'}, {0x5B, '3'}, {0x5C, '4'}, {0x5D, '5'}, {0x5E, '6'}, {0x5F, '7'},
                  {0x60, '8'}, {0x61, '9'}, {0x62, '0'}, {0x63, '.'}, {0x67, '='}};
    for (size_t i = 0; i < COUNT(common); i++)
        for (size_t level = 0; level < KEY_LEVELS; level++)
            layout->keys[common[i].usage][level] = (uint32_t)common[i].character;
}

static int unknown_layout(const char *name, struct error *error)
{
    struct buf known CLEANUP_BUF = {0};
    for (const struct embedded_file *file = keyboard_layouts; file->name; file++)
        buf_printf(&known, "%s%.*s", known.length ? ", " : "", (int)strcspn(file->name, "."), file->name);
    return error_set(error, -EINVAL, "There is no keyboard layout \"%s\": set the scanner's layout to one of %s.", name,
                     buf_text(&known));
}

int keyboard_layout_load(const char *name, struct keyboard_layout *ret, struct error *error)
{
    char file_name[32];
    snprintf(file_name, sizeof(file_name), "%s.tsv", name);
    const struct embedded_file *file = embed_find(keyboard_layouts, file_name);
    if (!file)
        return unknown_layout(name, error);
    struct keyboard_layout layout = {0};
    add_common_keys(&layout);
    const char *at = file->data, *end = file->data + file->length;
    for (int line = 1; at < end; line++) {
        size_t length = strcspn(at, "\n");
        if (length > 0 && !parse_line(at, length, &layout))
            return error_set(error, -EINVAL, "The keyboard layout %s is damaged in line %d: install this program anew.",
                             file->name, line);
        at += length + 1;
    }
    *ret = layout;
    return 0;
}
