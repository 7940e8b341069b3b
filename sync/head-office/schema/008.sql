-- The catalogue: sets of items, what a listing means, prices, and codes that floors have proposed.

CREATE TABLE bundle ( -- several items that are sold as one (组合)
    code TEXT PRIMARY KEY CHECK (code <> ''), -- of no item and no barcode
    name TEXT NOT NULL
) STRICT;
CREATE TABLE bundle_part (
    bundle   TEXT NOT NULL REFERENCES bundle (code),
    sku      TEXT NOT NULL REFERENCES item (sku),
    quantity INTEGER NOT NULL CHECK (quantity > 0), -- in one bundle
    PRIMARY KEY (bundle, sku)
) STRICT;
CREATE INDEX bundle_part_of ON bundle_part (sku);

-- A listing is an item, a pack of so many pieces of one, or a bundle.
ALTER TABLE listing ADD COLUMN factor INTEGER NOT NULL DEFAULT 1 CHECK (factor >= 1);
ALTER TABLE listing ADD COLUMN bundle TEXT REFERENCES bundle (code) CHECK (bundle IS NULL OR our_sku IS NULL);
CREATE INDEX listing_bundle ON listing (bundle) WHERE bundle IS NOT NULL;

CREATE VIEW listing_part AS -- pieces of ours that one of a listing takes
    SELECT l.shop, l.item, l.sku AS platform_sku, l.our_sku AS sku, l.factor AS pieces FROM listing l
        WHERE l.our_sku IS NOT NULL
    UNION ALL
    SELECT l.shop, l.item, l.sku, p.sku, p.quantity * l.factor FROM listing l JOIN bundle_part p ON p.bundle = l.bundle;

-- A line that a platform counts in packs or bundles is one line of each item here.
ALTER TABLE order_line ADD COLUMN factor INTEGER NOT NULL DEFAULT 1 CHECK (factor >= 1); -- pieces in one that the platform counts
ALTER TABLE order_line ADD COLUMN place INTEGER NOT NULL DEFAULT 0; -- which of its platform's lines it is of, from 1; 0: of none
ALTER TABLE order_line ADD COLUMN goods_minor INTEGER; -- of all pieces, before discounts; NULL: its price times its quantity
UPDATE order_line SET place = line + 1 - (SELECT min(b.line) FROM order_line b WHERE b.number = order_line.number AND b.gift = 0)
    WHERE gift = 0 AND platform_line <> '';
CREATE INDEX order_line_unmapped_listing ON order_line (platform_item, platform_sku) WHERE sku IS NULL;

CREATE TABLE price ( -- what something is sold for
    id           INTEGER PRIMARY KEY,
    sku          TEXT REFERENCES item (sku),
    bundle       TEXT REFERENCES bundle (code),
    shop         TEXT REFERENCES shop (code), -- NULL: in all that have no price of their own
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), -- of one piece, or one bundle
    currency     TEXT NOT NULL,
    from_us      INTEGER NOT NULL,
    to_us        INTEGER CHECK (to_us > from_us), -- NULL: until another one counts
    set_us       INTEGER NOT NULL,
    set_by       TEXT NOT NULL,
    CHECK ((sku IS NULL) <> (bundle IS NULL))
) STRICT;
CREATE INDEX price_sku ON price (sku, from_us) WHERE sku IS NOT NULL;
CREATE INDEX price_bundle ON price (bundle, from_us) WHERE bundle IS NOT NULL;

CREATE TABLE price_floor ( -- nothing is sold for less
    sku          TEXT UNIQUE REFERENCES item (sku),
    bundle       TEXT UNIQUE REFERENCES bundle (code),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    CHECK ((sku IS NULL) <> (bundle IS NULL))
) STRICT;

ALTER TABLE shop ADD COLUMN prices INTEGER NOT NULL DEFAULT 0 CHECK (prices IN (0, 1)); -- its prices follow the list

CREATE TABLE listing_told ( -- what a platform is to make of a listing
    shop    TEXT NOT NULL REFERENCES shop (code),
    item    TEXT NOT NULL,
    sku     TEXT NOT NULL, -- "" of a whole item
    kind    TEXT NOT NULL CHECK (kind IN ('price', 'listing')), -- as in the outbox
    value   INTEGER NOT NULL, -- minor units; 1 on sale, 0 off
    version INTEGER NOT NULL, -- counts its changes
    told    INTEGER, -- what the platform has taken last; NULL: nothing yet
    told_us INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shop, item, sku, kind)
) STRICT;

CREATE TABLE proposed_barcode ( -- a code that a floor has named: good at its site alone until it is answered
    site       TEXT NOT NULL REFERENCES site (id),
    code       TEXT NOT NULL,
    sku        TEXT NOT NULL,
    factor     INTEGER NOT NULL CHECK (factor >= 1),
    supervisor TEXT NOT NULL DEFAULT '', -- who let it be good there
    proposed   TEXT NOT NULL, -- when, as the site says
    state      TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'accepted', 'refused')),
    times      INTEGER NOT NULL DEFAULT 1, -- that it was proposed there
    ended_us   INTEGER,
    ended_by   TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (site, code)
) STRICT;
CREATE INDEX proposed_barcode_open ON proposed_barcode (code) WHERE state = 'open';
