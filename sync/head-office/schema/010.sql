-- What others look at and are told: indexes for questions, the keys of their programs, and their webhooks.

CREATE INDEX order_line_sku ON order_line (sku, number, line) WHERE sku IS NOT NULL;
CREATE INDEX orders_buyer ON orders (buyer, number) WHERE buyer <> '';
CREATE INDEX orders_waybill ON orders (waybill) WHERE waybill IS NOT NULL;
CREATE INDEX orders_platform_order ON orders (platform_order, number) WHERE platform_order IS NOT NULL;
CREATE INDEX parcel_waybill ON parcel (waybill) WHERE waybill IS NOT NULL;
CREATE INDEX barcode_sku ON barcode (sku, code) WHERE sku IS NOT NULL;
CREATE INDEX document_order ON document (order_number, number) WHERE order_number <> '';

CREATE TABLE api_key ( -- of a program that asks over HTTP
    id         TEXT PRIMARY KEY, -- in its secret and in the history; no secret itself
    name       TEXT NOT NULL, -- whose it is
    hash       BLOB NOT NULL UNIQUE CHECK (length(hash) = 32), -- BLAKE2b-256 of the whole key
    reads      TEXT NOT NULL, -- the kinds of rows that it may look at, with commas; "*" stands for any letters
    verbs      TEXT NOT NULL, -- what it may ask for, in the same way
    shop       TEXT REFERENCES shop (code), -- it sees and touches nothing but this shop's orders; NULL: no such limit
    created_us INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    used_us    INTEGER, -- the last time, to the minute
    revoked_us INTEGER
) STRICT;

CREATE TABLE webhook ( -- a program of others that is told what happens
    id            TEXT PRIMARY KEY,
    url           TEXT NOT NULL,
    secret        BLOB NOT NULL CHECK (length(secret) = 32), -- what messages are signed with
    events        TEXT NOT NULL, -- the types that it wants, as in api_key.reads
    active        INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    trouble       TEXT, -- why it was stopped; NULL: a person stopped it, or it is not stopped
    failures      INTEGER NOT NULL DEFAULT 0, -- one after the other
    next_us       INTEGER NOT NULL DEFAULT 0, -- not before then
    busy_until_us INTEGER NOT NULL DEFAULT 0, -- a sender has it until then
    event_place   INTEGER NOT NULL, -- what sites reported up to here was looked at
    history_place INTEGER NOT NULL, -- and what head office did
    added_us      INTEGER NOT NULL
) STRICT;

CREATE TABLE delivery ( -- what a webhook is told, one after the other
    id         INTEGER PRIMARY KEY,
    webhook    TEXT NOT NULL REFERENCES webhook (id),
    message    TEXT NOT NULL, -- its id, the same in every try
    type       TEXT NOT NULL,
    body       TEXT NOT NULL,
    created_us INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    status     INTEGER, -- what was answered last; 0: nothing
    fault      TEXT NOT NULL DEFAULT '',
    sent_us    INTEGER, -- it was taken; NULL: not yet
    UNIQUE (webhook, message)
) STRICT;
CREATE INDEX delivery_waiting ON delivery (webhook, id) WHERE sent_us IS NULL;
CREATE INDEX delivery_sent ON delivery (sent_us) WHERE sent_us IS NOT NULL;
