/* The sentences by which head office refuses, in Chinese: a book for each room (base/phrase.h). tests/lint/phrases.py
 * keeps them whole: a sentence without a phrase, and a phrase that nobody says, are faults. */
#ifndef HEAD_OFFICE_PHRASES_H
#define HEAD_OFFICE_PHRASES_H

#include "base/phrase.h"

extern const struct phrase office_phrases[], aftersales_phrases[], api_phrases[], books_phrases[], buying_phrases[],
    catalogue_phrases[], customers_phrases[], figures_phrases[], imports_phrases[], improve_phrases[],
    marketing_phrases[], orders_phrases[], rollout_phrases[], shops_phrases[], sites_phrases[], staff_phrases[],
    tenants_phrases[];

/* All of them, and what the web server and base say. */
extern const struct phrase *const head_office_phrases[];

#endif
