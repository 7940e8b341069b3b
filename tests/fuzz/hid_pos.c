/* Scanners that speak HID point of sale. First byte: settings; second: the descriptor, a known one or one of the
 * input's; then a script, of which every read is a report. */
#include "drivers/hid_report.h"
#include "tests/fuzz/hid_known.h"
#include "tests/fuzz/scanner_script.h"
#include "tests/unit/hid_descriptors.h"

/* A count, data and continued, no identifier and no tones. */
static const uint8_t plain_descriptor[] = {
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, 0x85, 0x02, 0x09, 0x12, 0xA1, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75,
    0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, 0x05, 0x8C, 0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01,
    0x75, 0x01, 0x95, 0x01, 0x25, 0x01, 0x09, 0xFF, 0x81, 0x02, 0x75, 0x07, 0x81, 0x03, 0xC0, 0xC0,
};

static const struct known_descriptor known[] = {{pos_descriptor, sizeof(pos_descriptor)},
                                                {pos_small_descriptor, sizeof(pos_small_descriptor)},
                                                {plain_descriptor, sizeof(plain_descriptor)}};

enum { WITH_TONES, SMALL };

/* Only a scanner with both tones is spoken to, and only by a verdict. */
static void on_send(struct play *play, const uint8_t *bytes, size_t length)
{
    const size_t *choice = play->model;
    CLAIM(play->activity == ANSWERING && scanner_beeps(play->scanner));
    CLAIM(length <= 1 + HID_REPORT_MAX);
    CLAIM(*choice != SMALL);
    bool good = play->verdict == SCAN_ACCEPTED;
    CLAIM(*choice != WITH_TONES || (length == 2 && bytes[0] == 4 && bytes[1] == (good ? 0x40 : 0x20)));
}

static const struct play_hooks hooks = {.send = on_send};

static void must_recover(struct play *play, size_t choice)
{
    static const uint8_t with_tones[64] = {2, 3, ']', 'C', '0', 'B', '-', '7'}, small[9] = {'B', '-', '7'},
                         plain[59] = {2, 3, 'B', '-', '7'};
    if (choice == WITH_TONES)
        play_must_read(play, with_tones, sizeof(with_tones), "]C0B-7");
    else if (choice == SMALL)
        play_must_read(play, small, sizeof(small), "B-7");
    else
        play_must_read(play, plain, sizeof(plain), "B-7");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input script = {data, size};
    struct play play CLEANUP_PLAY = {.answers = input_byte(&script) & 1};
    size_t choice = script.left > 0 ? *script.at % (COUNT(known) + 1) : 0;
    struct input descriptor CLEANUP_INPUT = descriptor_cut(&script, known, COUNT(known));
    const struct scanner_settings settings = {.descriptor = descriptor.at, .descriptor_length = descriptor.left};
    play.model = &choice;
    if (!play_begin(&play, "hid-pos", &settings, &hooks)) {
        CLAIM(choice == COUNT(known));
        return 0;
    }
    play_script(&play, script);
    if (choice < COUNT(known))
        must_recover(&play, choice);
    return 0;
}
