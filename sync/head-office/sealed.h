/* Which texts of head office's database are sealed (base/sql.h, sql_secret()): receivers' names, telephones and
 * addresses, what platforms and sites are told with them in it, labels, and who is on the blacklist. The key is not in
 * the database: a stolen disk or backup says nothing of anybody. Statements copy and compare them as they are, lists
 * show the masks that stand in front, and whoever reads one has it opened. Does not judge who may. */
#ifndef HEAD_OFFICE_SEALED_H
#define HEAD_OFFICE_SEALED_H

#include "base/error.h"
#include "base/sql.h"

#define SEALED_KEY "receiver.key" /* as a credential, and as a file beside a database */

/* As office_open() says. What is readable, or sealed with an older key of the file, is sealed with its first one. */
int sealed_begin(struct sql *sql, const char *database, const char *key_file, struct error *error);

#endif
