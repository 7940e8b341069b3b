/* The application identifiers of the GS1 General Specifications, section 3, release 26, as one sorted table. */
#include "barcode/gs1.h"

#include <stdlib.h>

/* Columns of a part: characters, length from, to, may be missing, rule. */
#define N(count)              GS1_DIGITS, count, count, false, GS1_ANY
#define N_UP_TO(max)          GS1_DIGITS, 1, max, false, GS1_ANY
#define N_IS(count, rule)     GS1_DIGITS, count, count, false, rule
#define N_UP_TO_IS(max, rule) GS1_DIGITS, 1, max, false, rule
#define X(count)              GS1_SET_82, count, count, false, GS1_ANY
#define X_UP_TO(max)          GS1_SET_82, 1, max, false, GS1_ANY
#define X_IS(count, rule)     GS1_SET_82, count, count, false, rule
#define X_UP_TO_IS(max, rule) GS1_SET_82, 1, max, false, rule
#define COUNTRY               N_IS(3, GS1_COUNTRY)
#define MORE_COUNTRIES                                                                                                 \
    {                                                                                                                  \
        MAYBE(GS1_DIGITS, 3, 3, GS1_COUNTRY)                                                                           \
    }
#define COUNTRIES                  {COUNTRY}, MORE_COUNTRIES, MORE_COUNTRIES, MORE_COUNTRIES, MORE_COUNTRIES
#define CURRENCY                   N_IS(3, GS1_CURRENCY)
#define MAYBE(set, min, max, rule) set, min, max, true, rule

#define TWO(ai)            ai * 100, ai * 100 + 99, 2
#define TWO_TO(from, to)   from * 100, to * 100 + 99, 2
#define THREE(ai)          ai * 10, ai * 10 + 9, 3
#define THREE_TO(from, to) from * 10, to * 10 + 9, 3
#define FOUR(ai)           ai, ai, 4
#define FOUR_TO(from, to)  from, to, 4
#define FIXED              true
#define SEPARATED          false

/* The fourth digit of a measure is the number of decimals, 0 to 5. */
#define MEASURE(ai) FOUR_TO(ai * 10, ai * 10 + 5), FIXED

static const struct gs1_ai table[] = {
    {TWO(0), FIXED, {{N_IS(18, GS1_CHECK_DIGIT)}}},   /* SSCC */
    {TWO(1), FIXED, {{N_IS(14, GS1_CHECK_DIGIT)}}},   /* GTIN */
    {TWO(2), FIXED, {{N_IS(14, GS1_CHECK_DIGIT)}}},   /* contained GTIN */
    {TWO(3), FIXED, {{N_IS(14, GS1_CHECK_DIGIT)}}},   /* made-to-order GTIN */
    {TWO(10), SEPARATED, {{X_UP_TO(20)}}},            /* batch or lot */
    {TWO(11), FIXED, {{N_IS(6, GS1_DATE_DAY_OPEN)}}}, /* production date */
    {TWO(12), FIXED, {{N_IS(6, GS1_DATE_DAY_OPEN)}}}, /* due date */
    {TWO(13), FIXED, {{N_IS(6, GS1_DATE_DAY_OPEN)}}}, /* packaging date */
    {TWO(15), FIXED, {{N_IS(6, GS1_DATE_DAY_OPEN)}}}, /* best before */
    {TWO(16), FIXED, {{N_IS(6, GS1_DATE_DAY_OPEN)}}}, /* sell by */
    {TWO(17), FIXED, {{N_IS(6, GS1_DATE_DAY_OPEN)}}}, /* expiry */
    {TWO(20), FIXED, {{N(2)}}},                       /* internal variant */
    {TWO(21), SEPARATED, {{X_UP_TO(20)}}},            /* serial number */
    {TWO(22), SEPARATED, {{X_UP_TO(20)}}},            /* consumer product variant */
    {THREE(235), SEPARATED, {{X_UP_TO(28)}}},         /* third-party GTIN extension */
    {THREE_TO(240, 241), SEPARATED, {{X_UP_TO(30)}}}, /* additional id, customer's part no. */
    {THREE(242), SEPARATED, {{N_UP_TO(6)}}},          /* made-to-order variation */
    {THREE(243), SEPARATED, {{X_UP_TO(20)}}},         /* packaging component */
    {THREE_TO(250, 251), SEPARATED, {{X_UP_TO(30)}}}, /* secondary serial, source entity */
    {THREE(253), SEPARATED, {{N_IS(13, GS1_CHECK_DIGIT)}, {MAYBE(GS1_SET_82, 1, 17, GS1_ANY)}}}, /* GDTI */
    {THREE(254), SEPARATED, {{X_UP_TO(20)}}},                                                    /* GLN extension */
    {THREE(255), SEPARATED, {{N_IS(13, GS1_CHECK_DIGIT)}, {MAYBE(GS1_DIGITS, 1, 12, GS1_ANY)}}}, /* coupon GCN */
    {TWO(30), SEPARATED, {{N_UP_TO(8)}}},                                                        /* variable count */
    {MEASURE(310), {{N(6)}}},                                                                    /* net weight kg */
    {MEASURE(311), {{N(6)}}},                                                                    /* length m */
    {MEASURE(312), {{N(6)}}},                                                                    /* width m */
    {MEASURE(313), {{N(6)}}},                                                                    /* height m */
    {MEASURE(314), {{N(6)}}},                                                                    /* area m2 */
    {MEASURE(315), {{N(6)}}},                                                                    /* net volume l */
    {MEASURE(316), {{N(6)}}},                                                                    /* net volume m3 */
    {MEASURE(320), {{N(6)}}},                                                                    /* net weight lb */
    {MEASURE(321), {{N(6)}}},
    {MEASURE(322), {{N(6)}}},
    {MEASURE(323), {{N(6)}}}, /* length in, ft, yd */
    {MEASURE(324), {{N(6)}}},
    {MEASURE(325), {{N(6)}}},
    {MEASURE(326), {{N(6)}}}, /* width in, ft, yd */
    {MEASURE(327), {{N(6)}}},
    {MEASURE(328), {{N(6)}}},
    {MEASURE(329), {{N(6)}}}, /* height in, ft, yd */
    {MEASURE(330), {{N(6)}}}, /* logistic weight kg */
    {MEASURE(331), {{N(6)}}},
    {MEASURE(332), {{N(6)}}},
    {MEASURE(333), {{N(6)}}}, /* logistic length, width, height m */
    {MEASURE(334), {{N(6)}}},
    {MEASURE(335), {{N(6)}}},
    {MEASURE(336), {{N(6)}}}, /* logistic area m2, volume l, m3 */
    {MEASURE(337), {{N(6)}}}, /* kg per m2 */
    {MEASURE(340), {{N(6)}}}, /* logistic weight lb */
    {MEASURE(341), {{N(6)}}},
    {MEASURE(342), {{N(6)}}},
    {MEASURE(343), {{N(6)}}}, /* logistic length in, ft, yd */
    {MEASURE(344), {{N(6)}}},
    {MEASURE(345), {{N(6)}}},
    {MEASURE(346), {{N(6)}}}, /* logistic width in, ft, yd */
    {MEASURE(347), {{N(6)}}},
    {MEASURE(348), {{N(6)}}},
    {MEASURE(349), {{N(6)}}}, /* logistic height in, ft, yd */
    {MEASURE(350), {{N(6)}}},
    {MEASURE(351), {{N(6)}}},
    {MEASURE(352), {{N(6)}}}, /* area in2, ft2, yd2 */
    {MEASURE(353), {{N(6)}}},
    {MEASURE(354), {{N(6)}}},
    {MEASURE(355), {{N(6)}}}, /* logistic area in2, ft2, yd2 */
    {MEASURE(356), {{N(6)}}},
    {MEASURE(357), {{N(6)}}}, /* net weight troy oz, net volume oz */
    {MEASURE(360), {{N(6)}}},
    {MEASURE(361), {{N(6)}}}, /* net volume qt, gal */
    {MEASURE(362), {{N(6)}}},
    {MEASURE(363), {{N(6)}}}, /* logistic volume qt, gal */
    {MEASURE(364), {{N(6)}}},
    {MEASURE(365), {{N(6)}}},
    {MEASURE(366), {{N(6)}}}, /* net volume in3, ft3, yd3 */
    {MEASURE(367), {{N(6)}}},
    {MEASURE(368), {{N(6)}}},
    {MEASURE(369), {{N(6)}}},                                                  /* logistic volume in3, ft3, yd3 */
    {TWO(37), SEPARATED, {{N_UP_TO(8)}}},                                      /* count of contained items */
    {FOUR_TO(3900, 3909), SEPARATED, {{N_UP_TO(15)}}},                         /* amount, local currency */
    {FOUR_TO(3910, 3919), SEPARATED, {{CURRENCY}, {N_UP_TO(15)}}},             /* amount with ISO 4217 code */
    {FOUR_TO(3920, 3929), SEPARATED, {{N_UP_TO(15)}}},                         /* price, local currency */
    {FOUR_TO(3930, 3939), SEPARATED, {{CURRENCY}, {N_UP_TO(15)}}},             /* price with ISO 4217 code */
    {FOUR_TO(3940, 3943), SEPARATED, {{N(4)}}},                                /* percentage discount */
    {FOUR_TO(3950, 3955), SEPARATED, {{N(6)}}},                                /* price per unit of measure */
    {THREE(400), SEPARATED, {{X_UP_TO(30)}}},                                  /* customer's order number */
    {THREE(401), SEPARATED, {{X_UP_TO_IS(30, GS1_COMPANY_PREFIX)}}},           /* consignment GINC */
    {THREE(402), SEPARATED, {{N_IS(17, GS1_CHECK_DIGIT)}}},                    /* shipment GSIN */
    {THREE(403), SEPARATED, {{X_UP_TO(30)}}},                                  /* routing code */
    {THREE_TO(410, 417), FIXED, {{N_IS(13, GS1_CHECK_DIGIT)}}},                /* GLN: ship to ... party */
    {THREE(420), SEPARATED, {{X_UP_TO(20)}}},                                  /* ship to postal code */
    {THREE(421), SEPARATED, {{COUNTRY}, {X_UP_TO(9)}}},                        /* with ISO 3166 code */
    {THREE(422), SEPARATED, {{COUNTRY}}},                                      /* country of origin */
    {THREE(423), SEPARATED, {COUNTRIES}},                                      /* initial processing */
    {THREE(424), SEPARATED, {{COUNTRY}}},                                      /* processing */
    {THREE(425), SEPARATED, {COUNTRIES}},                                      /* disassembly */
    {THREE(426), SEPARATED, {{COUNTRY}}},                                      /* full processing */
    {THREE(427), SEPARATED, {{X_UP_TO(3)}}},                                   /* subdivision of origin */
    {FOUR_TO(4300, 4301), SEPARATED, {{X_UP_TO_IS(35, GS1_PERCENT_ENCODED)}}}, /* ship to company, name */
    {FOUR_TO(4302, 4306), SEPARATED, {{X_UP_TO_IS(70, GS1_PERCENT_ENCODED)}}}, /* ship to address ... region */
    {FOUR(4307), SEPARATED, {{X_IS(2, GS1_COUNTRY_LETTERS)}}},
    {FOUR(4308), SEPARATED, {{X_UP_TO(30)}}}, /* ship to phone */
    {FOUR(4309), SEPARATED, {{N_IS(10, GS1_LATITUDE)}, {N_IS(10, GS1_LONGITUDE)}}},
    {FOUR_TO(4310, 4311), SEPARATED, {{X_UP_TO_IS(35, GS1_PERCENT_ENCODED)}}}, /* return to company, name */
    {FOUR_TO(4312, 4316), SEPARATED, {{X_UP_TO_IS(70, GS1_PERCENT_ENCODED)}}}, /* return to address ... region */
    {FOUR(4317), SEPARATED, {{X_IS(2, GS1_COUNTRY_LETTERS)}}},
    {FOUR(4318), SEPARATED, {{X_UP_TO(20)}}},                         /* return to postal code */
    {FOUR(4319), SEPARATED, {{X_UP_TO(30)}}},                         /* return to phone */
    {FOUR(4320), SEPARATED, {{X_UP_TO_IS(35, GS1_PERCENT_ENCODED)}}}, /* service description */
    {FOUR_TO(4321, 4323), SEPARATED, {{N_IS(1, GS1_YES_NO)}}},        /* dangerous, leave, signature */
    {FOUR_TO(4324, 4325), SEPARATED, {{N_IS(6, GS1_DATE_DAY_OPEN)}, {N_IS(4, GS1_HOUR_MINUTE)}}}, /* deliver between */
    {FOUR(4326), SEPARATED, {{N_IS(6, GS1_DATE)}}},                                               /* release date */
    {FOUR_TO(4330, 4333), SEPARATED, {{N(6)}, {MAYBE(GS1_SET_82, 1, 1, GS1_MINUS)}}},             /* temperatures */
    {FOUR(7001), SEPARATED, {{N(13)}}},                                                         /* NATO stock number */
    {FOUR(7002), SEPARATED, {{X_UP_TO(30)}}},                                                   /* meat cut */
    {FOUR(7003), SEPARATED, {{N_IS(6, GS1_DATE)}, {N_IS(4, GS1_HOUR_MINUTE)}}},                 /* expiry time */
    {FOUR(7004), SEPARATED, {{N_UP_TO(4)}}},                                                    /* active potency */
    {FOUR(7005), SEPARATED, {{X_UP_TO(12)}}},                                                   /* catch area */
    {FOUR(7006), SEPARATED, {{N_IS(6, GS1_DATE)}}},                                             /* first freeze */
    {FOUR(7007), SEPARATED, {{N_IS(6, GS1_DATE)}, {MAYBE(GS1_DIGITS, 6, 6, GS1_DATE)}}},        /* harvest */
    {FOUR(7008), SEPARATED, {{X_UP_TO(3)}}},                                                    /* species */
    {FOUR(7009), SEPARATED, {{X_UP_TO(10)}}},                                                   /* fishing gear */
    {FOUR(7010), SEPARATED, {{X_UP_TO(2)}}},                                                    /* production method */
    {FOUR(7011), SEPARATED, {{N_IS(6, GS1_DATE)}, {MAYBE(GS1_DIGITS, 4, 4, GS1_HOUR_MINUTE)}}}, /* test by */
    {FOUR_TO(7020, 7022), SEPARATED, {{X_UP_TO(20)}}},                                          /* refurbishment */
    {FOUR(7023), SEPARATED, {{X_UP_TO_IS(30, GS1_COMPANY_PREFIX)}}},                            /* GIAI of assembly */
    {FOUR_TO(7030, 7039), SEPARATED, {{N_IS(3, GS1_COUNTRY_OR_ALL)}, {X_UP_TO(27)}}},           /* processors */
    {FOUR(7040), SEPARATED, {{N(1)}, {X(1)}, {X(1)}, {X_IS(1, GS1_IMPORTER_INDEX)}}},
    {FOUR(7041), SEPARATED, {{X_UP_TO_IS(4, GS1_PACKAGE_TYPE)}}}, /* freight unit type */
    {THREE_TO(710, 716), SEPARATED, {{X_UP_TO(20)}}},             /* health care numbers */
    {FOUR_TO(7230, 7239), SEPARATED, {{X(2)}, {X_UP_TO(28)}}},    /* certifications */
    {FOUR(7240), SEPARATED, {{X_UP_TO(20)}}},                     /* protocol */
    {FOUR(7241), SEPARATED, {{N_IS(2, GS1_MEDIA_TYPE)}}},
    {FOUR(7242), SEPARATED, {{X_UP_TO(25)}}},            /* version control */
    {FOUR(7250), SEPARATED, {{N_IS(8, GS1_DATE_LONG)}}}, /* date of birth */
    {FOUR(7251), SEPARATED, {{N_IS(8, GS1_DATE_LONG)}, {N_IS(4, GS1_HOUR_MINUTE)}}},
    {FOUR(7252), SEPARATED, {{N_IS(1, GS1_SEX)}}},
    {FOUR_TO(7253, 7254), SEPARATED, {{X_UP_TO_IS(40, GS1_PERCENT_ENCODED)}}}, /* names of a person */
    {FOUR(7255), SEPARATED, {{X_UP_TO(10)}}},
    {FOUR(7256), SEPARATED, {{X_UP_TO_IS(90, GS1_PERCENT_ENCODED)}}},
    {FOUR(7257), SEPARATED, {{X_UP_TO_IS(70, GS1_PERCENT_ENCODED)}}},
    {FOUR(7258), SEPARATED, {{X_IS(3, GS1_BIRTH_SEQUENCE)}}},
    {FOUR(7259), SEPARATED, {{X_UP_TO_IS(40, GS1_PERCENT_ENCODED)}}},
    {FOUR(8001),
     SEPARATED,
     {{N_IS(4, GS1_NOT_ZERO)}, {N_IS(5, GS1_NOT_ZERO)}, {N_IS(3, GS1_NOT_ZERO)}, {N_IS(1, GS1_WINDING)}, {N(1)}}},
    {FOUR(8002), SEPARATED, {{X_UP_TO(20)}}}, /* mobile telephone */
    {FOUR(8003),
     SEPARATED,
     {{N_IS(1, GS1_ZERO)}, {N_IS(13, GS1_CHECK_DIGIT)}, {MAYBE(GS1_SET_82, 1, 16, GS1_ANY)}}}, /* GRAI */
    {FOUR(8004), SEPARATED, {{X_UP_TO_IS(30, GS1_COMPANY_PREFIX)}}},                           /* GIAI */
    {FOUR(8005), SEPARATED, {{N(6)}}},                                                         /* price per unit */
    {FOUR(8006), SEPARATED, {{N_IS(14, GS1_CHECK_DIGIT)}, {N_IS(4, GS1_PIECE_OF_TOTAL)}}},     /* piece of an item */
    {FOUR(8007), SEPARATED, {{X_UP_TO_IS(34, GS1_IBAN)}}},
    {FOUR(8008),
     SEPARATED,
     {{N_IS(8, GS1_DATE_HOUR)}, {MAYBE(GS1_DIGITS, 2, 4, GS1_MINUTE_SECOND)}}},            /* production time */
    {FOUR(8009), SEPARATED, {{X_UP_TO(50)}}},                                              /* sensor */
    {FOUR(8010), SEPARATED, {{GS1_SET_39, 1, 30, false, GS1_COMPANY_PREFIX}}},             /* CPID */
    {FOUR(8011), SEPARATED, {{N_UP_TO_IS(12, GS1_NO_LEADING_ZERO)}}},                      /* CPID serial */
    {FOUR(8012), SEPARATED, {{X_UP_TO(20)}}},                                              /* software version */
    {FOUR(8013), SEPARATED, {{X_UP_TO_IS(25, GS1_MODEL)}}},                                /* GMN */
    {FOUR(8014), SEPARATED, {{X_UP_TO_IS(25, GS1_DEVICE_MODEL)}}},                         /* MUDI */
    {FOUR_TO(8017, 8018), SEPARATED, {{N_IS(18, GS1_CHECK_DIGIT)}}},                       /* GSRN */
    {FOUR(8019), SEPARATED, {{N_UP_TO(10)}}},                                              /* SRIN */
    {FOUR(8020), SEPARATED, {{X_UP_TO(25)}}},                                              /* payment slip */
    {FOUR(8026), SEPARATED, {{N_IS(14, GS1_CHECK_DIGIT)}, {N_IS(4, GS1_PIECE_OF_TOTAL)}}}, /* contained pieces */
    {FOUR(8030), SEPARATED, {{GS1_SET_64, 1, 90, false, GS1_PADDED}}},                     /* digital signature */
    {FOUR(8110), SEPARATED, {{X_UP_TO_IS(70, GS1_COUPON)}}},                               /* coupon */
    {FOUR(8111), SEPARATED, {{N(4)}}},                                                     /* loyalty points */
    {FOUR(8112), SEPARATED, {{X_UP_TO_IS(70, GS1_POSITIVE_OFFER)}}},                       /* paperless coupon */
    {FOUR(8200), SEPARATED, {{X_UP_TO(70)}}},                                              /* product URL */
    {TWO(90), SEPARATED, {{X_UP_TO(30)}}},                                                 /* agreed between partners */
    {TWO_TO(91, 99), SEPARATED, {{X_UP_TO(90)}}},                                          /* company internal */
};

static int compare(const void *key, const void *row)
{
    unsigned wanted = *(const unsigned *)key;
    const struct gs1_ai *ai = row;
    return wanted < ai->first ? -1 : wanted > ai->last;
}

const struct gs1_ai *gs1_find(const char *text, size_t length)
{
    unsigned wanted = 0;
    size_t digits = 0;
    while (digits < 4 && digits < length && text[digits] >= '0' && text[digits] <= '9')
        wanted = wanted * 10 + (unsigned)(text[digits++] - '0');
    for (size_t i = digits; i < 4; i++)
        wanted *= 10;
    const struct gs1_ai *ai = bsearch(&wanted, table, sizeof(table) / sizeof(table[0]), sizeof(table[0]), compare);
    return ai && ai->digits <= digits ? ai : NULL;
}
