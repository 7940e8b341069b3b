#include "sync/head-office/customers/partners.h"

#include "sync/head-office/customers/persons.h"

#include <errno.h>

/* An upsert answers no row where it changed nothing. */
static int count_changed(struct office *office, int result, int64_t *changed, struct error *error)
{
    *changed += result == 0;
    return result && result != -ENOENT ? office_failed(office->sql, result, error) : 0;
}

int partners_put_supplier(struct office *office, const char *site, const void *data, int64_t *changed,
                          const char **ret_column, struct error *error)
{
    (void)site, (void)ret_column;
    const struct supplier *row = data;
    int64_t rev;
    int result = sql_number(
        office->sql, &rev,
        "INSERT INTO supplier (code, name, contact, phone, email, address, currency, lead_days, terms_days, "
        "order_minor,"
        " note, lead_spread_days) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (code) DO "
        "UPDATE SET"
        " name = excluded.name, contact = excluded.contact, phone = excluded.phone, email = excluded.email,"
        " address = excluded.address, currency = excluded.currency, lead_days = excluded.lead_days,"
        " terms_days = excluded.terms_days, order_minor = excluded.order_minor, note = excluded.note,"
        " lead_spread_days = excluded.lead_spread_days, rev = supplier.rev + 1 WHERE (supplier.name, supplier.contact, "
        "supplier.phone, supplier.email,"
        " supplier.address, supplier.currency, supplier.lead_days, supplier.terms_days, supplier.order_minor,"
        " supplier.note, supplier.lead_spread_days) IS DISTINCT FROM (excluded.name, excluded.contact, excluded.phone, "
        "excluded.email,"
        " excluded.address, excluded.currency, excluded.lead_days, excluded.terms_days, excluded.order_minor,"
        " excluded.note, excluded.lead_spread_days) RETURNING rev",
        sql_text(row->code), sql_text(row->name), sql_text(row->contact), sql_text(row->phone), sql_text(row->email),
        sql_text(row->address), sql_text(row->currency), sql_int(row->lead_days), sql_int(row->terms_days),
        sql_int(row->order_minor), sql_text(row->note), sql_int(row->lead_spread_days));
    return count_changed(office, result, changed, error);
}

int partners_put_customer(struct office *office, const char *site, const void *data, int64_t *changed,
                          const char **ret_column, struct error *error)
{
    (void)site, (void)ret_column;
    const struct customer *row = data;
    int64_t rev;
    int result = sql_number(
        office->sql, &rev,
        "INSERT INTO customer (code, name, phone, email, province, city, district, address, consent, note)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (code) DO UPDATE SET name = excluded.name,"
        " phone = excluded.phone, email = excluded.email, province = excluded.province, city = excluded.city,"
        " district = excluded.district, address = excluded.address, consent = excluded.consent, note = excluded.note,"
        " rev = customer.rev + 1 WHERE (customer.name, customer.phone, customer.email, customer.province,"
        " customer.city, customer.district, customer.address, customer.consent, customer.note) IS DISTINCT FROM"
        " (excluded.name, excluded.phone, excluded.email, excluded.province, excluded.city, excluded.district,"
        " excluded.address, excluded.consent, excluded.note) RETURNING rev",
        sql_text(row->code), sql_text(row->name), sql_text(row->phone), sql_text(row->email), sql_text(row->province),
        sql_text(row->city), sql_text(row->district), sql_text(row->address), sql_int(row->consent),
        sql_text(row->note));
    if (!result)
        result = persons_note_customer(office->sql, row->code);
    return count_changed(office, result, changed, error);
}
