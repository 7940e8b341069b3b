/* What can be asked of parcels, what they leave on, and their labels. */
#include "store/query_words.h"

static const struct query_column parcel_columns[] = {
    TEXT("parcel", PARCEL_OF("p.id")),
    TEXT("order", ORDER_OF("p.order_id")),
    TEXT("lpn", LPN_OF("p.lpn")),
    TEXT("box", "(SELECT code FROM box WHERE id = p.box)"),
    TEXT("state", "p.state"),
    TEXT("waybill", "p.waybill"),
    NUMBER("weight_g", "p.weight_g"),
    TEXT("forced_by", WORKER_OF("p.forced")),
    TEXT("manifest", "(SELECT number FROM manifest WHERE id = p.manifest)"),
    FLAG("waits_for_waybill", "p.waiting IS NOT NULL"),
    {0},
};
static const struct query_filter parcel_filters[] = {
    BY_INDEX("parcel", "p.order_id = " THE_PARCEL),
    BY_INDEX("order", "p.order_id = " THE_ORDER),
    BY_INDEX("waybill", "p.waybill = ?"),
    BY_INDEX("manifest", "p.manifest = (SELECT id FROM manifest WHERE number = ?)"),
    BY_LOOKING("state", "+p.state = ?"),
    {0},
};
static const struct query_section parcel_sections[] = {
    {"print_jobs", "print-jobs", "parcel", 0, 0}, {"events", "journal", "subject", "parcel/", 0}, {0}};

static const struct query_column manifest_columns[] = {
    TEXT("manifest", "m.number"),
    TEXT("gate", LOCATION_OF("m.gate")),
    TEXT("carrier", "m.carrier"),
    TEXT("state", "m.state"),
    NUMBER("parcels", "(SELECT count(*) FROM parcel WHERE manifest = m.id)"),
    {0},
};
static const struct query_filter manifest_filters[] = {
    BY_INDEX("manifest", "m.number = ?"),
    BY_LOOKING("gate", "+m.gate = " THE_LOCATION),
    BY_LOOKING("carrier", "+m.carrier = ?"),
    BY_LOOKING("state", "+m.state = ?"),
    {0},
};
static const struct query_section manifest_sections[] = {
    {"parcels", "parcels", "manifest", 0, 0}, {"events", "journal", "subject", "manifest/", 0}, {0}};

static const struct query_column waybill_columns[] = {
    TEXT("waybill", "w.number"),           TEXT("carrier", "w.carrier"), TEXT("order", "nullif(w.order_number, '')"),
    TEXT("parcel", PARCEL_OF("w.parcel")), TEXT("state", "w.state"),     {0},
};
static const struct query_filter waybill_filters[] = {
    BY_INDEX("waybill", "w.number = ?"),
    BY_INDEX("order", "w.order_number <> '' AND w.order_number = ?"),
    BY_LOOKING("carrier", "+w.carrier = ?"),
    BY_LOOKING("state", "+w.state = ?"),
    {0},
};

static const struct query_column job_columns[] = {
    NUMBER("job", "j.id"),
    TEXT("station", "j.station"),
    TEXT("template", "j.template"),
    TEXT("parcel", PARCEL_OF("j.parcel")),
    TEXT("state", "j.state"),
    TEXT("proof", "nullif(j.proof, '')"),
    NUMBER("copy", "j.copy"),
    NUMBER("copies", "j.copies"),
    NUMBER("labels", "j.labels"),
    NUMBER("done", "j.done"),
    TEXT("printer", "nullif(j.printer, '')"),
    TEXT("worker", WORKER_OF("j.worker")),
    TIME("queued", "nullif(j.queued_us, 0)"),
    TIME("changed", "j.changed_us"),
    TEXT("reason", "nullif(j.reason, '')"),
    {0},
};
static const struct query_filter job_filters[] = {
    {"job", "j.id = ?", true, true},
    BY_INDEX("parcel", "j.parcel = (SELECT id FROM parcel WHERE order_id = " THE_PARCEL ")"),
    BY_INDEX("order", "j.parcel = (SELECT id FROM parcel WHERE order_id = " THE_ORDER ")"),
    BY_LOOKING("station", "+j.station = ?"),
    BY_LOOKING("state", "+j.state = ?"),
    BY_LOOKING("template", "+j.template = ?"),
    {0},
};
static const struct query_section job_sections[] = {{"events", "journal", "subject", "job/", 0}, {0}};

const struct query parcel_queries[] = {
    {"parcels",
     "parcel",
     "parcel p",
     {"p.id"},
     {0},
     true,
     0,
     parcel_columns,
     parcel_filters,
     "parcel",
     parcel_sections},
    {"manifests",
     "manifest",
     "manifest m",
     {"m.id"},
     {0},
     true,
     0,
     manifest_columns,
     manifest_filters,
     "manifest",
     manifest_sections},
    {"waybills", "waybill", "waybill w", {"w.id"}, {0}, true, 0, waybill_columns, waybill_filters, "waybill", 0},
    {"print-jobs", "print_job", "print_job j", {"j.id"}, {0}, true, 0, job_columns, job_filters, "job", job_sections},
    {0},
};
