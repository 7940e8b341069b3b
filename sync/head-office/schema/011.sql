-- What comes with a business from another system, beside its items and orders.

CREATE TABLE supplier (
    code        TEXT PRIMARY KEY CHECK (code <> ''),
    name        TEXT NOT NULL,
    contact     TEXT NOT NULL DEFAULT '',
    phone       TEXT NOT NULL DEFAULT '',
    email       TEXT NOT NULL DEFAULT '',
    address     TEXT NOT NULL DEFAULT '',
    currency    TEXT NOT NULL DEFAULT 'CNY',
    lead_days   INTEGER NOT NULL DEFAULT 0 CHECK (lead_days >= 0), -- from an order to its goods
    terms_days  INTEGER NOT NULL DEFAULT 0 CHECK (terms_days >= 0), -- from its goods to the payment
    order_minor INTEGER NOT NULL DEFAULT 0 CHECK (order_minor >= 0), -- the smallest order that is taken
    note        TEXT NOT NULL DEFAULT '',
    rev         INTEGER NOT NULL DEFAULT 1 CHECK (rev > 0)
) STRICT;

CREATE TABLE customer (
    code     TEXT PRIMARY KEY CHECK (code <> ''),
    name     TEXT NOT NULL,
    phone    TEXT NOT NULL DEFAULT '',
    email    TEXT NOT NULL DEFAULT '',
    province TEXT NOT NULL DEFAULT '',
    city     TEXT NOT NULL DEFAULT '',
    district TEXT NOT NULL DEFAULT '',
    address  TEXT NOT NULL DEFAULT '',
    consent  INTEGER NOT NULL DEFAULT 0 CHECK (consent IN (0, 1)), -- may be written to
    note     TEXT NOT NULL DEFAULT '',
    rev      INTEGER NOT NULL DEFAULT 1 CHECK (rev > 0)
) STRICT;

-- What a site was told of its stock by files: the same said again is nothing new, whatever lies there by then.
CREATE TABLE stock_told (
    site     TEXT NOT NULL REFERENCES site (id),
    location TEXT NOT NULL,
    sku      TEXT NOT NULL REFERENCES item (sku),
    lot      TEXT NOT NULL DEFAULT '',
    serial   TEXT NOT NULL DEFAULT '',
    expiry   TEXT NOT NULL DEFAULT '',
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    weight_g INTEGER NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
    rev      INTEGER NOT NULL DEFAULT 1 CHECK (rev > 0),
    PRIMARY KEY (site, location, sku, lot, serial)
) STRICT;

-- What a file came to, so that both systems can be compared: rows of its kind, and what their figures add up to.
ALTER TABLE import ADD COLUMN site TEXT NOT NULL DEFAULT '';
ALTER TABLE import ADD COLUMN new_rows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE import ADD COLUMN content_hash TEXT NOT NULL DEFAULT ''; -- of all rows of the kind afterwards, in hex
ALTER TABLE import ADD COLUMN content_rows INTEGER NOT NULL DEFAULT 0;
