/* Zebra's Simple Serial Interface. First byte: settings; then a script, whose packets get their length and checksum
 * here, so that the fuzzer need not guess them. */
#include "drivers/scanner/ssi_packet.h"
#include "tests/fuzz/scanner_script.h"

enum { FROM_HOST = 4 };
enum { CAPABILITIES = 0xD4, PARAM_SEND = 0xC6, ACK = 0xD0, NAK = 0xD1, BEEP = 0xE6, DECODE_DATA = 0xF3, EVENT = 0xF6 };

/* What the stream has shown so far, byte by byte. */
struct model {
    struct ssi_packet packet;
    enum ssi_taken taken;   /* by the byte that is being read */
    struct ssi_packet last; /* whole packet of decode data; its length is 0: none */
    bool missed;            /* a packet that came for the first time was bad since */
    bool delivered, saved;  /* the scan of last: handed over; its verdict came, and it is on disk */
    size_t scans;           /* by this byte */
};

/* ------------------------------------------------------------------------------------------------------- packets */

static unsigned sum_of(const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; i++)
        sum += bytes[i];
    return sum & 0xFFFF;
}

/* The first byte: which opcode, its status, and what is wrong with it; the others are the data. */
static size_t make_packet(struct input bytes, uint8_t out[MADE_MAX])
{
    static const uint8_t opcodes[] = {DECODE_DATA, DECODE_DATA, DECODE_DATA, ACK, NAK, EVENT, CAPABILITIES, PARAM_SEND};
    enum { RESENT = 1 << 3, MORE = 1 << 4, SPOILT = 1 << 5, CUT = 1 << 6, LONG = 1 << 7 };
    uint8_t how = input_byte(&bytes);
    size_t length = SSI_DATA, copies = how & LONG ? 4 : 1;
    for (; copies > 0 && length + bytes.left <= UINT8_MAX; copies--) {
        memcpy(out + length, bytes.at, bytes.left);
        length += bytes.left;
    }
    out[SSI_LENGTH] = (uint8_t)length;
    out[SSI_OPCODE] = opcodes[how & 7];
    out[SSI_SOURCE] = 0;
    out[SSI_STATUS] = (uint8_t)((how & RESENT ? SSI_RETRANSMIT : 0) | (how & MORE ? SSI_CONTINUES : 0));
    unsigned sum = (0x10000 - sum_of(out, length)) & 0xFFFF;
    out[length++] = (uint8_t)(sum >> 8);
    out[length++] = (uint8_t)(sum ^ (how & SPOILT ? 0x10 : 0));
    return length - (how & CUT ? 1 : 0);
}

static bool is_decoded(const struct model *model)
{
    const uint8_t *data;
    return model->taken == SSI_WHOLE && model->packet.bytes[SSI_OPCODE] == DECODE_DATA &&
           ssi_packet_data(&model->packet, &data) > 0;
}

static bool is_sent_again(const struct model *model)
{
    const struct ssi_packet *now = &model->packet, *last = &model->last;
    return is_decoded(model) && (now->bytes[SSI_STATUS] & SSI_RETRANSMIT) && !model->missed &&
           now->length == last->length && ((now->bytes[SSI_STATUS] ^ last->bytes[SSI_STATUS]) & SSI_CONTINUES) == 0 &&
           memcmp(now->bytes + SSI_DATA, last->bytes + SSI_DATA, now->length - SSI_DATA - SSI_CHECKSUM_SIZE) == 0;
}

/* -------------------------------------------------------------------------------------------------------- claims */

static void on_read(struct play *play, const uint8_t *bytes, size_t length)
{
    struct model *model = play->model;
    CLAIM(length == 1);
    model->taken = ssi_packet_take(&model->packet, *bytes);
    model->scans = 0;
}

static void after_read(struct play *play)
{
    struct model *model = play->model;
    const uint8_t *bytes = model->packet.bytes;
    if (model->taken == SSI_PARTIAL)
        return;
    if (is_decoded(model)) {
        model->delivered = model->scans > 0 || (is_sent_again(model) && model->delivered);
        model->last = model->packet;
        model->missed = false;
    } else if (model->taken == SSI_BAD && bytes[SSI_OPCODE] == DECODE_DATA && !(bytes[SSI_STATUS] & SSI_RETRANSMIT)) {
        model->missed = true;
    }
    ssi_packet_clear(&model->packet);
    model->taken = SSI_PARTIAL;
}

static void on_interrupted(struct play *play)
{
    ssi_packet_clear(&((struct model *)play->model)->packet);
}

/* One scan at most for each new packet, and only for the last of its message. What is sent again because nobody
 * answered is handed over again only when it was not saved. */
static void on_scan(struct play *play, const char *text, size_t length, unsigned flags)
{
    struct model *model = play->model;
    (void)text;
    (void)length;
    (void)flags;
    CLAIM(is_decoded(model) && !(model->packet.bytes[SSI_STATUS] & SSI_CONTINUES));
    CLAIM(model->scans++ == 0);
    CLAIM(!is_sent_again(model) || !model->delivered || (play->pending == 0 && !model->saved));
    model->saved = false;
}

/* A scan is acknowledged by its verdict, never before, and never when it was not saved. */
static void on_acknowledged(const struct play *play)
{
    const struct model *model = play->model;
    if (play->activity == ANSWERING) {
        CLAIM(play->verdict != SCAN_NOT_SAVED && play->pending == 1);
        return;
    }
    CLAIM(play->activity == READING && model->taken == SSI_WHOLE);
    CLAIM(model->scans == 0);
    CLAIM(!is_sent_again(model) || !model->delivered || (play->pending == 0 && model->saved));
}

static void on_send(struct play *play, const uint8_t *bytes, size_t length)
{
    struct model *model = play->model;
    uint8_t opcode = bytes[SSI_OPCODE];
    CLAIM(length >= SSI_DATA + SSI_CHECKSUM_SIZE && bytes[SSI_LENGTH] == length - SSI_CHECKSUM_SIZE);
    CLAIM(((sum_of(bytes, length - 2) + bytes[length - 2] * 256U + bytes[length - 1]) & 0xFFFF) == 0);
    CLAIM(bytes[SSI_SOURCE] == FROM_HOST && (opcode == ACK || opcode == NAK || opcode == BEEP));
    CLAIM(play->activity == READING || play->activity == ANSWERING);
    if (opcode == ACK)
        on_acknowledged(play);
    if (play->activity == ANSWERING)
        model->saved = play->verdict != SCAN_NOT_SAVED;
}

static const struct play_hooks model_hooks = {
    .before_read = on_read,
    .after_read = after_read,
    .interrupted = on_interrupted,
    .scan = on_scan,
    .send = on_send,
    .make = make_packet,
};

static const struct play_hooks bare_hooks = {.make = make_packet};

static void run(struct play *play, struct input script, const struct play_hooks *hooks, bool bytewise)
{
    play->answers = input_byte(&script) & 1;
    play->bytewise = bytewise;
    CLAIM(play_begin(play, "ssi", &(struct scanner_settings){0}, hooks));
    play_script(play, script);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t good[] = {0x0C, 0xF3, 0, 0, 0x03, 'L', 'O', 'C', '-', 'A', '0', '1', 0xFD, 0x51};
    struct play whole CLEANUP_PLAY = {0}, bytewise CLEANUP_PLAY = {0};
    struct model model = {.taken = SSI_PARTIAL};
    const struct input script = {data, size};
    bytewise.model = &model;
    run(&whole, script, &bare_hooks, false);
    run(&bytewise, script, &model_hooks, true);
    play_must_agree(&whole, &bytewise);
    play_must_read(&whole, good, sizeof(good), "]C0LOC-A01");
    return 0;
}
