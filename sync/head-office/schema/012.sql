-- Waybill numbers that platforms give: who is asked for them, where parcels are sent from, and what was asked for.

CREATE TABLE waybill_account (
    id      INTEGER PRIMARY KEY,
    shop    TEXT NOT NULL REFERENCES shop (code), -- whose orders
    carrier TEXT NOT NULL, -- as we call it
    via     TEXT NOT NULL REFERENCES shop (code), -- the shop whose platform is asked
    code    TEXT NOT NULL DEFAULT '', -- the carrier there, where waybills call it otherwise than shipments; "": the same
    account TEXT NOT NULL DEFAULT '', -- ours at the carrier, where parcels are paid by the month
    form    TEXT NOT NULL DEFAULT '', -- the label's template, as the platform names it: an address
    early   INTEGER NOT NULL DEFAULT 0 CHECK (early IN (0, 1)), -- asked as soon as the stock is promised
    drawn   INTEGER NOT NULL DEFAULT 0 CHECK (drawn IN (0, 1)), -- a number waits here until its label has been drawn
    active  INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    UNIQUE (shop, carrier)
) STRICT;

CREATE TABLE site_sender ( -- where a site's parcels come from, as carriers want to know it
    site     TEXT PRIMARY KEY REFERENCES site (id),
    name     TEXT NOT NULL,
    phone    TEXT NOT NULL,
    province TEXT NOT NULL,
    city     TEXT NOT NULL,
    district TEXT NOT NULL,
    address  TEXT NOT NULL
) STRICT;

CREATE TABLE waybill_parcel ( -- a parcel that a platform is asked a number for: for ever the same number by this key
    key     TEXT PRIMARY KEY,
    number  TEXT NOT NULL REFERENCES orders (number),
    parcel  INTEGER NOT NULL CHECK (parcel > 0), -- 1; another parcel of the order, or another try for it, is 2, 3, ...
    account INTEGER NOT NULL REFERENCES waybill_account (id),
    site    TEXT NOT NULL REFERENCES site (id),
    waybill TEXT UNIQUE REFERENCES waybill (number), -- NULL: not given yet
    untold  INTEGER NOT NULL DEFAULT 0 CHECK (untold IN (0, 1)), -- it was given up before any site was told of it
    UNIQUE (number, parcel)
) STRICT;

ALTER TABLE waybill ADD COLUMN waits TEXT NOT NULL DEFAULT '' CHECK (waits IN ('', 'print', 'drawn')); -- for its label
ALTER TABLE waybill ADD COLUMN print_data TEXT NOT NULL DEFAULT ''; -- sealed: for the platform's print component alone
ALTER TABLE waybill ADD COLUMN drawn TEXT NOT NULL DEFAULT ''; -- JSON: the label as a printer takes it
