/* What a person can be known by: the platform's name of an account, a customer's number, a telephone, an e-mail
 * address. Says which of them are good for that: a telephone that a platform put in front of the real one, a masked
 * name or a number that is nobody's are not. Knows no person. */
#ifndef HEAD_OFFICE_IDENTITY_H
#define HEAD_OFFICE_IDENTITY_H

#include "sync/head-office/office.h"

#define IDENTITY_VALUE_SIZE 257
#define IDENTITY_SCOPE_SIZE 65
#define IDENTITY_TELEPHONE  24

/* The strongest first: an account is one person's, an address may be several's. */
enum identity_kind { IDENTITY_CODE, IDENTITY_BUYER, IDENTITY_EMAIL, IDENTITY_PHONE, IDENTITY_KINDS };
extern const char *const identity_names[IDENTITY_KINDS]; /* "code", "buyer", ... */

struct identity {
    enum identity_kind kind;
    char scope[IDENTITY_SCOPE_SIZE], value[IDENTITY_VALUE_SIZE]; /* value "": there is none */
};

/* The digits of a telephone that can be one person's, a Chinese one without its country: "13812345678",
 * "+4930123456". -EINVAL, and *ret_why says in a word or two why it is none: masked, an extension, virtual, ... */
int identity_telephone(const char *text, char ret[IDENTITY_TELEPHONE], const char **ret_why);

/* Each leaves value empty where the text is not good for it. Telephone and e-mail are hashed under head office's key:
 * whoever has the database without it cannot try all numbers. -errno of the database. */
void identity_code(const char *code, struct identity *ret);
int identity_phone(struct office *office, const char *text, struct identity *ret);
int identity_email(struct office *office, const char *text, struct identity *ret);

/* What a platform calls the buyer: an account, an e-mail address, or nothing that tells people apart. */
int identity_buyer(struct office *office, const char *platform, const char *buyer, struct identity *ret);

#endif
