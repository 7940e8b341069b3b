-- Waybill numbers: what carriers gave, which site has each, and what became of it there.

CREATE TABLE waybill (
    id INTEGER PRIMARY KEY, -- in the order they came: the oldest goes first
    number TEXT NOT NULL UNIQUE CHECK (number <> ''),
    site TEXT NOT NULL REFERENCES site (id),
    carrier TEXT NOT NULL,
    order_number TEXT REFERENCES orders (number), -- NULL: for any order of the carrier
    sort_code TEXT NOT NULL DEFAULT '',
    short_address TEXT NOT NULL DEFAULT '',
    package_center TEXT NOT NULL DEFAULT '',
    qr TEXT NOT NULL DEFAULT '',
    -- in stock here; sent to the site; on a parcel; given up there; void at the carrier; not taken by the site
    state TEXT NOT NULL DEFAULT 'stock' CHECK (state IN ('stock', 'sent', 'live', 'void_pending', 'void', 'refused')),
    rev INTEGER NOT NULL DEFAULT 1 CHECK (rev > 0)
) STRICT;
CREATE INDEX waybill_stock ON waybill (site, carrier, id) WHERE state = 'stock';
CREATE INDEX waybill_order ON waybill (order_number) WHERE order_number IS NOT NULL;
