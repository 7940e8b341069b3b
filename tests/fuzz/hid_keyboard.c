/* Scanners that type. First byte: settings; second: the descriptor, none (boot reports, a stream), a known one or one
 * of the input's; then a script. */
#include "tests/fuzz/hid_known.h"
#include "tests/fuzz/scanner_script.h"

/* Report 1: modifiers a bit each, a reserved byte, six keys; report 2: volume keys. */
static const uint8_t list_of_keys[] = {
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x85, 0x01, 0x05, 0x07, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95,
    0x08, 0x19, 0xE0, 0x29, 0xE7, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x03, 0x95, 0x06, 0x26, 0xFF,
    0x00, 0x19, 0x00, 0x2A, 0xFF, 0x00, 0x81, 0x00, 0xC0, 0x05, 0x0C, 0x09, 0x01, 0xA1, 0x01, 0x85, 0x02,
    0x26, 0xFF, 0x03, 0x19, 0x00, 0x2A, 0xFF, 0x03, 0x75, 0x10, 0x95, 0x01, 0x81, 0x00, 0xC0,
};

/* Report 4: a bit for each of the modifiers and of 112 keys. */
static const uint8_t bit_a_key[] = {
    0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0x85, 0x04, 0x05, 0x07, 0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95,
    0x08, 0x19, 0xE0, 0x29, 0xE7, 0x81, 0x02, 0x95, 0x70, 0x19, 0x00, 0x29, 0x6F, 0x81, 0x02, 0xC0,
};

static const struct known_descriptor known[] = {
    {NULL, 0}, {list_of_keys, sizeof(list_of_keys)}, {bit_a_key, sizeof(bit_a_key)}};

enum { BOOT, LIST_OF_KEYS };

static const struct play_hooks no_hooks = {0};

static struct scanner_settings settings_of(uint8_t byte)
{
    static const char *const layouts[] = {"us", "uk", "de", "fr"};
    struct scanner_settings settings = {.tab_is_text = byte & 4};
    text_copy(settings.layout, sizeof(settings.layout), layouts[byte & 3]);
    return settings;
}

/* "a1", Enter: the same keys in every layout but for French, where they are q and &. */
static void must_recover(struct play *play, bool numbered, bool french)
{
    static const uint8_t reports[][9] = {{1, 0, 0, 0x04}, {1}, {1, 0, 0, 0x1E}, {1}, {1, 0, 0, 0x28}};
    play_unplug(play);
    const size_t skipped = numbered ? 0 : 1;
    for (size_t i = 0; i < COUNT(reports); i++)
        play_read(play, (struct input){reports[i] + skipped, sizeof(reports[i]) - skipped});
    const char *text = french ? "scan 0 2 q&" : "scan 0 2 a1";
    CLAIM(play->log.length >= strlen(text));
    CLAIM(strcmp(buf_text(&play->log) + play->log.length - strlen(text), text) == 0);
}

static bool run(struct play *play, const struct scanner_settings *settings, struct input script, bool bytewise)
{
    play->bytewise = bytewise;
    if (!play_begin(play, "hid-keyboard", settings, &no_hooks))
        return false;
    play_script(play, script);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input script = {data, size};
    struct play whole CLEANUP_PLAY = {0}, bytewise CLEANUP_PLAY = {0};
    uint8_t first = input_byte(&script);
    size_t choice = script.left > 0 ? *script.at % (COUNT(known) + 1) : BOOT;
    struct scanner_settings settings = settings_of(first);
    struct input descriptor CLEANUP_INPUT = descriptor_cut(&script, known, COUNT(known));
    if (choice != BOOT) {
        settings.descriptor = descriptor.at;
        settings.descriptor_length = descriptor.left;
    }
    if (!run(&whole, &settings, script, false)) {
        CLAIM(choice == COUNT(known));
        return 0;
    }
    if (choice == BOOT) {
        run(&bytewise, &settings, script, true);
        play_must_agree(&whole, &bytewise);
    }
    if (choice <= LIST_OF_KEYS)
        must_recover(&whole, choice == LIST_OF_KEYS, (first & 3) == 3);
    return 0;
}
