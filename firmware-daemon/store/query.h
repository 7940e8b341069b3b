/* What can be asked about the site (base/query.h). Does not show receivers: names and telephone numbers are masked,
 * addresses are not there. */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "base/query.h"

extern query_book site_queries;

#endif
