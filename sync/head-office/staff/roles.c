#include "sync/head-office/staff/roles.h"

#include "base/text.h"

#include <string.h>

#define DESK      ROLE_ORDER_DESK
#define BUYER     ROLE_BUYER
#define MARKETING ROLE_MARKETING
#define FINANCE   ROLE_FINANCE
#define SERVICE   ROLE_SERVICE
#define ADMIN     ROLE_ADMIN
#define AUDITOR   ROLE_AUDITOR
#define EVERYBODY (DESK | BUYER | MARKETING | FINANCE | SERVICE | ADMIN | AUDITOR)

const struct role roles[] = {
    {DESK, "order_desk", "Order desk", "订单专员"},   {BUYER, "purchasing", "Buyer", "采购"},
    {MARKETING, "marketing", "Marketing", "营销"},    {FINANCE, "finance", "Finance", "财务"},
    {SERVICE, "service", "Customer service", "客服"}, {ADMIN, "admin", "Administrator", "管理员"},
    {AUDITOR, "auditor", "Auditor", "审计员"},        {0},
};

/* Who sets up the house (admin) does not work in it by that alone: whoever does both has both roles. Money is booked by
 * finance and nobody else; an auditor changes nothing. */
const struct right rights_to_do[] = {
    /* orders and what becomes of them */
    {"order.close,order.receiver,order.reveal,order.put,order.packing_note", DESK | SERVICE},
    {"order.forget,customer.forget", SERVICE | ADMIN},
    {"order.*,rule.*,outbox.*", DESK},
    {"blacklist.*,attention.settle", DESK | SERVICE},
    {"waybill.account", ADMIN},
    {"waybill.*", DESK},
    {"aftersale.paid", FINANCE | SERVICE},
    {"aftersale.*", DESK | SERVICE},
    /* shops and goods */
    {"shop.pull", DESK | ADMIN},
    {"shop.*", ADMIN},
    {"listing.price", MARKETING},
    {"listing.*", DESK | BUYER | MARKETING},
    {"bundle.set", BUYER | MARKETING},
    {"barcode.*", DESK | BUYER},
    /* buyers of goods, and what they are offered */
    {"price.quote", EVERYBODY},
    {"price.order,coupon.redeem", DESK | MARKETING | SERVICE},
    {"price.*,campaign.*,coupon.*", MARKETING},
    {"member.*,points.adjust,person.*,contact.add,consent.set", MARKETING | SERVICE},
    {"recommend.make,rfm.compute,segment.*", MARKETING},
    {"service.ask", DESK | SERVICE},
    {"ticket.*", SERVICE},
    /* money */
    {"money.campaign", FINANCE | MARKETING},
    {"invoice.draft", FINANCE | SERVICE},
    {"money.*,cost.*,bill.*,invoice.*", FINANCE},
    /* buying */
    {"purchase.price,purchase.settle", BUYER | FINANCE},
    {"forecast.*,supplier.*,purchase.*", BUYER},
    /* how the house works, and what it says of itself */
    {"worker.pin", ADMIN},
    {"setting.set,site.*,key.*,webhook.*,staff.*", ADMIN},
    {"baseline.*,parameter.*,improvement.*,fit.*,rollout.*", ADMIN},
    {"report.make", ADMIN | FINANCE},
    {"slotting.*", ADMIN | BUYER},
    /* files */
    {"import.orders,import.waybills", DESK},
    {"import.customers", MARKETING | SERVICE},
    {"import.visits", MARKETING},
    {"import.suppliers,import.supplier-items,import.demand", BUYER},
    {"import.documents", BUYER | DESK},
    {"import.items,import.barcodes", BUYER | ADMIN},
    {"import.bundles", BUYER | MARKETING},
    {"import.listings", DESK | BUYER | MARKETING},
    {"import.locations,import.workers,import.stock", ADMIN},
    {0},
};

#define PEOPLE (MARKETING | SERVICE | AUDITOR)
#define MONEY  (FINANCE | AUDITOR)
#define BUYING (BUYER | AUDITOR)

/* Receivers are masked in every list: whoever must know one asks for it (order.reveal). */
const struct right rights_to_read[] = {
    /* who may what, and who did what */
    {"keys,webhooks,deliveries,staff,staff-roles,staff-sessions,trail,usage,quotas,broker-certificates",
     ADMIN | AUDITOR},
    {"workers", DESK | SERVICE | ADMIN | AUDITOR},
    /* orders and parcels */
    {"orders,order-states,order-adjustments,notes,exceptions,history,lines,parcels,reservations,assignments,overship",
     EVERYBODY},
    {"waybills,waybill-accounts,waybill-parcels,shipments,platform-orders,outbox,attention,pulls", EVERYBODY},
    {"aftersales,aftersale-lines,aftersale-goods,aftersale-history", EVERYBODY},
    {"rules,rule-conditions,rule-hits", EVERYBODY},
    {"blacklist,tickets,ticket-history,service-answers,service-sources", DESK | SERVICE | AUDITOR},
    /* goods and sites */
    {"items,barcodes,proposed-barcodes,bundles,bundle-parts,listings,unmapped,prices,shops", EVERYBODY},
    {"stock,atp,locations,documents,document-lines,sites,regions,events,parked,flagged", EVERYBODY},
    {"settings,imports", EVERYBODY},
    /* persons */
    {"persons,person-*,contacts,contactable,contact-lists,rfm,rfm-groups,segments,segment-*", PEOPLE},
    {"members,member-orders,points", PEOPLE},
    {"campaigns,campaign-orders,coupons,coupon-uses,bought-together", EVERYBODY},
    /* money */
    {"accounts,account-months,entries,entry-lines,books-troubles,bills,bill-rows,unbilled-parcels,unsettled-orders",
     MONEY},
    {"invoices,invoice-lines,refunds-due", MONEY | SERVICE},
    {"stock-value,goods-cost", MONEY | BUYER},
    /* buying */
    {"suppliers,supplier-items,purchases,purchase-*", BUYING | MONEY},
    {"item-plans,forecasts,forecast-*,demand,demand-marks", BUYING},
    /* how it goes */
    {"sales,sold-lines,raised,claims,complaints,visits,idle-stock,baselines,daily-reports,daily-figures", EVERYBODY},
    {"work-hours,site-days,slot-classes,slot-moves,parameters,parameter-*,improvements,improvement-figures", EVERYBODY},
    {"fit-checks,rollouts,rollout-steps,trainings,trial-runs", EVERYBODY},
    {0},
};

unsigned roles_bit(const char *name)
{
    for (const struct role *role = roles; role->name; role++)
        if (strcmp(role->name, name) == 0)
            return role->bit;
    return 0;
}

const struct right *rights_find(const struct right *table, const char *name)
{
    for (; table->names; table++)
        if (text_is_covered(table->names, name))
            return table;
    return NULL;
}

static unsigned who_may(const struct right *table, const char *name)
{
    const struct right *right = rights_find(table, name);
    return right ? right->roles : 0;
}

unsigned roles_that_may_do(const char *verb)
{
    return who_may(rights_to_do, verb);
}

unsigned roles_that_may_read(const char *kind)
{
    return who_may(rights_to_read, kind);
}
