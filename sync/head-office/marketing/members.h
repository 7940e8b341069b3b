/* Members of the shops' own club (会员): which person each is, and which segments he is in. Points are elsewhere
 * (points.h), and so is what a person is (customers/persons.h). */
#ifndef HEAD_OFFICE_MEMBERS_H
#define HEAD_OFFICE_MEMBERS_H

#include "sync/head-office/office.h"

#define MEMBER_SIZE 65

/* The head of the person that the member of a row is: the customer of that number, or else who bought the order of his
 * that came last. NULL: nobody knows. member: an SQL expression. */
#define MEMBER_PERSON(member)                                                                                          \
    "coalesce((SELECT mp.head FROM person_identity mi JOIN person mp ON mp.id = mi.person WHERE mi.kind = 'code' AND"  \
    " mi.scope = '' AND mi.value = " member "), (SELECT mp.head FROM order_marketing mm JOIN orders mo ON mo.number =" \
    " mm.number JOIN person_order mq ON mq.number = mm.number JOIN person mp ON mp.id = mq.person WHERE mm.member "    \
    "= " member " ORDER BY mo.imported_us DESC, mo.number DESC LIMIT 1))"

/* Makes the member if there is none. Inside a transaction. */
int members_join(struct office *office, const char *member, struct error *error);

/* *ret 0: nobody knows. -ENOENT: there is no such member. */
int members_person(struct office *office, const char *member, int64_t *ret, struct error *error);

/* What he is to campaigns: his level, and the segments of the member and of the person, set apart by commas. */
int members_segments(struct office *office, const char *member, char *ret, size_t size, struct error *error);

#endif
