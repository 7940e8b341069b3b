/* What targets of head office have in common: an office in memory with a site, items, a shop's orders. Knows no input.
 */
#ifndef TESTS_FUZZ_OFFICE_FUZZ_H
#define TESTS_FUZZ_OFFICE_FUZZ_H

#include "base/text.h"
#include "sync/head-office/imports/import.h"
#include "sync/head-office/imports/import_report.h"
#include "sync/head-office/office.h"
#include "tests/fuzz/fuzz.h"

#define FUZZ_NOW_US INT64_C(1774000000000000)

static inline void fuzz_import(struct office *office, const char *kind, const char *site, const char *text)
{
    const struct import_options options = {.site = site};
    struct import_result result;
    struct error error = {0};
    if (import_text(office, import_find(kind), &options, kind, text, strlen(text), &result, &error) != 0)
        fprintf(stderr, "%s\n", error.text);
    CLAIM(!*error.text);
}

static inline void fuzz_office_open(struct office *office)
{
    static struct random_seeded seeded;
    struct error error = {0};
    seeded.state = 7;
    *office = (struct office){.random = random_from_seed(&seeded), .now_us = FUZZ_NOW_US};
    CLAIM(office_open(":memory:", NULL, &office->random, &office->sql, &error) == 0);
    CLAIM(sql_script(office->sql, "INSERT INTO site (id, name, box, added_us) VALUES ('hz', 'Hangzhou', 'box-1', 0)",
                     &error) == 0);
    fuzz_import(office, "items", NULL, "sku,name,weight_g,gtin\nMUG,Mug,350,9521234543213\nPEN,Pen,12,\n");
    fuzz_import(office, "locations", "hz", "code,kind,walk,carrier\nA-01,face,1,\nA-02,face,2,\nGATE,gate,9,SF\n");
    fuzz_import(office, "workers", NULL, "worker,name,badge,role\nu1,Li,B-1,picker\n");
    fuzz_import(office, "orders", NULL,
                "order,platform,carrier,waybill,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
                "N1,shop,SF,SF1,Wang,13812345678,Road 1,MUG,2\nN1,shop,SF,SF1,Wang,13812345678,Road 1,PEN,1\n"
                "N2,shop,SF,SF2,Li,13812345679,Road 2,MUG,1\n");
    CLAIM(sql_script(office->sql, "UPDATE orders SET site = 'hz', state = 'released' WHERE number = 'N1'", &error) ==
          0);
}

/* The same office for many inputs, that each puts back. The temporary table of files is there already: one that is made
 * and taken back in every input has SQLite read the whole schema anew. */
static inline struct office *fuzz_office(void)
{
    static struct office office;
    struct error error = {0};
    if (office.sql)
        return &office;
    fuzz_office_open(&office);
    CLAIM(import_report_open(&office, import_find("items"), NULL, &error) == 0);
    return &office;
}

/* What is refused says why; whoever shows it as JSON makes UTF-8 of it (base/json.h). */
static inline void fuzz_claim_sentence(int result, const struct error *error)
{
    CLAIM(result == 0 || (result < 0 && *error->text));
}

/* Cuts one line off an input; "" when there is none. The caller frees. */
static inline char *fuzz_line(struct input *input)
{
    const uint8_t *end = input->left ? memchr(input->at, '\n', input->left) : NULL;
    size_t length = end ? (size_t)(end - input->at) : input->left;
    char *line = strndup(input->left ? (const char *)input->at : "", length);
    CLAIM(line);
    input->at += length + (end ? 1 : 0);
    input->left -= length + (end ? 1 : 0);
    return line;
}

#endif
