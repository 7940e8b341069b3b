/* What is known of makes and models of scanners, printers and scales, read from drivers/models. Finds the model of a
 * device that is plugged in; asks no device, and drives none. */
#ifndef DRIVERS_MODEL_H
#define DRIVERS_MODEL_H

#include "base/embed.h"
#include "drivers/inventory.h"

#define MODELS_MAX 256

extern const struct embedded_file device_models[]; /* drivers/models: MAKE.model */

/* One section of a file, with the words as they stand there; "" is not given. */
struct model {
    char name[48]; /* within its make */
    char make[24];
    char match[192]; /* what names it, by commas; "": no device says so, a person has to. See drivers/models/README */
    char kind[12];   /* scanner, printer or scale */
    char driver[20]; /* scanner: the driver; printer: the language; scale: the protocol. "auto": see model_driver();
                        "none": it cannot be used as it is, .note says what to do */
    int64_t baud, data_bits; /* of a serial line; 0: not known, or no serial line */
    char parity[8], flow[12];
    char answer[12];
    char quirks[96], capabilities[96]; /* words, by blanks */
    char support[12];                  /* hardware, rig or documents: what this was verified against */
    char source[160], note[192];
};

struct model_set {
    struct model *models; /* sorted by make, then name */
    size_t count;
};

/* -EINVAL with a sentence that names the file and line. */
int model_set_load(const struct embedded_file *files, struct model_set *ret, struct error *error);
void model_set_done(struct model_set *set);

/* The best there is: by the whole USB id, by the printer's IEEE 1284 id, by the vendor, by class of interface. NULL
 * when nothing matches. Lives as long as the set. */
const struct model *model_find(const struct model_set *set, const struct plugged *plugged);

/* True when the model was found by class of interface alone: then nothing is known but that. */
bool model_is_generic(const struct model *model);

/* The driver for this device. For "auto": a scanner's or scale's from its interfaces; "" for a printer, whose language
 * is in its IEEE 1284 id, and for what has no interface that a driver reads. */
const char *model_driver(const struct model *model, const struct plugged *plugged);

/* Is the word among those of a list (.quirks, .capabilities)? */
bool model_lists(const char *words, const char *word);

#endif
