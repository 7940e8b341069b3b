#include "base/cleanup.h"
#include "drivers/driver.h"
#include "drivers/scale/framing.h"
#include "drivers/scale/mass.h"

#include <errno.h>
#include <string.h>

/* Three forms of CAS, told apart by their first byte:
 * 22 bytes, "ST,GS,<id><lamp>,00013.50 kg" CR LF, where id, lamp and the byte before the unit may have any value
 * (CI-600D manual 10-1, CI-400 manual appendix 1);
 * 10 bytes, eight of weight, CR LF, and no unit (the same, 10-2);
 * the cash register's: ENQ, answered with ACK, then DC1, answered with SOH STX S " 01.234" "kg" BCC ETX EOT, where BCC
 * is the exclusive or of what stands between STX and itself (SW-II manual p. 16, Ohaus Aviator 7000 manual 6.1.1.4). */
struct cas {
    const struct scale_sink *sink;
    struct scale_frames frames;
    int64_t nanograms; /* of the unit in the settings, for the 10 bytes; 0: none */
    bool astray;       /* bytes were dropped since the last message or line: they may be the front of the next number */
};

enum { SOH = 0x01, STX = 0x02, ETX = 0x03, EOT = 0x04, ACK = 0x06, NAK = 0x15 };

static int cas_open(const struct scale_settings *settings, const struct scale_sink *sink, void **ret,
                    struct error *error)
{
    struct cas *cas = calloc(1, sizeof(*cas));
    if (!cas)
        return error_set(error, -ENOMEM, "There is no memory left for another scale.");
    cas->sink = sink;
    cas->nanograms = mass_unit(settings->unit, strlen(settings->unit));
    *ret = cas;
    return 0;
}

static struct scale_reading read_number(const uint8_t *digits, size_t length, int64_t nanograms)
{
    struct mass_number number;
    if (mass_number_parse((const char *)digits, length, &number) < 0)
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    return mass_reading(&number, nanograms);
}

static int say(const struct cas *cas, struct scale_reading reading, int length)
{
    cas->sink->reading(cas->sink->user, &reading);
    return length;
}

/* ---------------------------------------------------------------------------------------------------- 22 bytes */

enum { LONG_DATA = 9, LONG_UNIT = 18, LONG_LENGTH = 22 };

static const struct {
    const char *name;
    enum scale_state state;
} headers[] = {{"ST", SCALE_STABLE}, {"US", SCALE_MOTION}, {"OL", SCALE_OVER_RANGE}};

/* The bytes that are there fit a header. */
static bool find_header(const uint8_t *bytes, size_t length, enum scale_state *ret)
{
    for (size_t i = 0; i < COUNT(headers); i++) {
        if (memcmp(bytes, headers[i].name, length < 2 ? length : 2) != 0)
            continue;
        *ret = headers[i].state;
        return true;
    }
    return false;
}

static bool has_long_shape(const uint8_t *bytes, size_t length)
{
    static const struct {
        size_t at;
        const char *may_be;
    } fixed[] = {{2, ","}, {3, "GN"}, {4, "ST"}, {5, ","}, {8, ","}, {20, "\r"}, {21, "\n"}};
    for (size_t i = 0; i < COUNT(fixed) && fixed[i].at < length; i++)
        if (!bytes[fixed[i].at] || !strchr(fixed[i].may_be, bytes[fixed[i].at]))
            return false;
    return true;
}

static int match_long(struct cas *cas, const uint8_t *bytes, size_t length)
{
    enum scale_state state;
    if (!find_header(bytes, length, &state) || !has_long_shape(bytes, length))
        return SCALE_NO_FRAME;
    if (length < LONG_LENGTH)
        return 0;
    if (state != SCALE_STABLE)
        return say(cas, (struct scale_reading){.state = state}, LONG_LENGTH);
    int64_t nanograms = mass_unit((const char *)bytes + LONG_UNIT, 2);
    return say(cas, read_number(bytes + LONG_DATA, 8, nanograms), LONG_LENGTH);
}

/* ---------------------------------------------------------------------------------------------------- 10 bytes */

enum { SHORT_DATA = 8, SHORT_LENGTH = 10 };

static bool is_of_a_number(uint8_t byte)
{
    return byte && strchr(" +-.0123456789", byte);
}

static int match_short(struct cas *cas, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length && i < SHORT_DATA; i++)
        if (!is_of_a_number(bytes[i]))
            return SCALE_NO_FRAME;
    if ((length > SHORT_DATA && bytes[SHORT_DATA] != '\r') ||
        (length > SHORT_DATA + 1 && bytes[SHORT_DATA + 1] != '\n'))
        return SCALE_NO_FRAME;
    if (length < SHORT_LENGTH)
        return 0;
    struct mass_number number;
    if (mass_number_parse((const char *)bytes, SHORT_DATA, &number) < 0)
        return say(cas, (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE}, SHORT_LENGTH);
    return say(cas, mass_reading_in_setting(&number, cas->nanograms), SHORT_LENGTH);
}

/* ------------------------------------------------------------------------------------------------ cash register */

enum { ECR_STATUS = 2, ECR_SIGN, ECR_DATA, ECR_UNIT = 10, ECR_BCC = 12, ECR_ETX, ECR_EOT, ECR_LENGTH };

static struct scale_reading read_ecr(const uint8_t *bytes)
{
    uint8_t bcc = 0;
    for (size_t i = ECR_STATUS; i < ECR_BCC; i++)
        bcc ^= bytes[i];
    if (bcc != bytes[ECR_BCC])
        return (struct scale_reading){.state = SCALE_ERROR, .why = "wrong checksum: check cable and parity"};
    if (bytes[ECR_SIGN] == 'F')
        return (struct scale_reading){.state = SCALE_OVER_RANGE};
    if (bytes[ECR_STATUS] == 'U')
        return (struct scale_reading){.state = SCALE_MOTION};
    if (bytes[ECR_STATUS] != 'S')
        return (struct scale_reading){.state = SCALE_ERROR, .why = SCALE_UNREADABLE};
    return read_number(bytes + ECR_SIGN, ECR_UNIT - ECR_SIGN, mass_unit((const char *)bytes + ECR_UNIT, 2));
}

static int match_ecr(struct cas *cas, const uint8_t *bytes, size_t length)
{
    static const struct {
        size_t at;
        uint8_t byte;
    } fixed[] = {{1, STX}, {ECR_ETX, ETX}, {ECR_EOT, EOT}};
    for (size_t i = 0; i < COUNT(fixed) && fixed[i].at < length; i++)
        if (bytes[fixed[i].at] != fixed[i].byte)
            return SCALE_NO_FRAME;
    return length < ECR_LENGTH ? 0 : say(cas, read_ecr(bytes), ECR_LENGTH);
}

/* ------------------------------------------------------------------------------------------------------- fault */

/* "ERR" and a code, nine bytes with CR LF (CI-6000A manual, "Output error message"). */
static int match_fault(struct cas *cas, const uint8_t *bytes, size_t length)
{
    static const char begin[] = "ERR";
    enum { FAULT_CR = 7, FAULT_LENGTH = 9 };
    if (memcmp(bytes, begin, length < 3 ? length : 3) != 0 || (length > FAULT_CR && bytes[FAULT_CR] != '\r') ||
        (length > FAULT_CR + 1 && bytes[FAULT_CR + 1] != '\n'))
        return SCALE_NO_FRAME;
    if (length < FAULT_LENGTH)
        return 0;
    return say(cas, (struct scale_reading){.state = SCALE_ERROR, .why = "it reports a fault of its own"}, FAULT_LENGTH);
}

/* --------------------------------------------------------------------------------------------------------- all */

static int match_any(struct cas *cas, const uint8_t *bytes, size_t length)
{
    if (bytes[0] == SOH)
        return match_ecr(cas, bytes, length);
    if (bytes[0] == 'E')
        return match_fault(cas, bytes, length);
    if (!is_of_a_number(bytes[0]) && bytes[0] != ACK && bytes[0] != NAK)
        return match_long(cas, bytes, length);
    if (cas->astray)
        return SCALE_NO_FRAME;
    if (bytes[0] == NAK) /* not ready for the question */
        return say(cas, (struct scale_reading){.state = SCALE_BUSY}, 1);
    return bytes[0] == ACK ? 1 : match_short(cas, bytes, length);
}

static int match(void *decoder, const uint8_t *bytes, size_t length)
{
    struct cas *cas = decoder;
    int taken = match_any(cas, bytes, length);
    if (taken > 0)
        cas->astray = false;
    else if (taken == SCALE_NO_FRAME)
        cas->astray = bytes[0] != '\n';
    return taken;
}

static void cas_feed(void *decoder, const uint8_t *bytes, size_t length)
{
    struct cas *cas = decoder;
    scale_frames_feed(&cas->frames, bytes, length, match, decoder, cas->sink);
}

static void cas_reset(void *decoder)
{
    struct cas *cas = decoder;
    cas->frames = (struct scale_frames){0};
    cas->astray = false;
}

const struct scale_ops cas_ops = {
    .name = "cas",
    .open = cas_open,
    .feed = cas_feed,
    .reset = cas_reset,
    .question = "\x05\x11", /* ENQ DC1. To a scale that streams they mean nothing, or XON */
    .question_length = 2,
    .close = free,
};
