-- What was bought and for how much, and what is promised to whom. Money is in minor units of the order's currency.

CREATE TABLE setting ( -- settings.h: what differs from its default
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE shop ( -- a shop on a platform, or a way of our own by which orders come
    code     TEXT PRIMARY KEY CHECK (code <> ''), -- short, for people and in order numbers
    platform TEXT NOT NULL,
    name     TEXT NOT NULL
) STRICT;

-- Orders of files have none of these.
ALTER TABLE orders ADD COLUMN shop TEXT REFERENCES shop (code);
ALTER TABLE orders ADD COLUMN platform_order TEXT; -- the platform's own number
ALTER TABLE orders ADD COLUMN platform_status TEXT NOT NULL DEFAULT ''; -- in its own word, as last heard
ALTER TABLE orders ADD COLUMN overlays INTEGER NOT NULL DEFAULT 0; -- sync/platforms/platform.h: held, refunding, ...
ALTER TABLE orders ADD COLUMN modified_us INTEGER NOT NULL DEFAULT 0; -- at the platform
ALTER TABLE orders ADD COLUMN placed_us INTEGER;
ALTER TABLE orders ADD COLUMN paid_us INTEGER;
ALTER TABLE orders ADD COLUMN ship_by_us INTEGER;
ALTER TABLE orders ADD COLUMN buyer TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN buyer_note TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN seller_note TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN province TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN city TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN district TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN sealed TEXT NOT NULL DEFAULT ''; -- the receiver in the platform's own cipher
ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL DEFAULT 'CNY';
ALTER TABLE orders ADD COLUMN goods_minor INTEGER NOT NULL DEFAULT 0; -- before discounts
ALTER TABLE orders ADD COLUMN freight_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN discount_minor INTEGER NOT NULL DEFAULT 0; -- what the seller lets off
ALTER TABLE orders ADD COLUMN platform_discount_minor INTEGER NOT NULL DEFAULT 0; -- what the platform pays instead
ALTER TABLE orders ADD COLUMN paid_minor INTEGER NOT NULL DEFAULT 0; -- by the buyer: goods + freight - both discounts
ALTER TABLE orders ADD COLUMN origin TEXT NOT NULL DEFAULT 'sale'
    CHECK (origin IN ('sale', 'split', 'merge', 'exchange', 'reissue', 'repair'));
ALTER TABLE orders ADD COLUMN of_order TEXT REFERENCES orders (number); -- which it was split from, or is an exchange for
ALTER TABLE orders ADD COLUMN merged_into TEXT REFERENCES orders (number);
ALTER TABLE orders ADD COLUMN lacks TEXT REFERENCES item (sku); -- the first item that no site has enough of; NULL: none
ALTER TABLE orders ADD COLUMN lacks_pieces INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX orders_platform ON orders (shop, platform_order) WHERE platform_order IS NOT NULL AND origin = 'sale';
CREATE INDEX orders_site ON orders (site, state);
CREATE INDEX orders_lacks ON orders (lacks) WHERE lacks IS NOT NULL;

ALTER TABLE order_line ADD COLUMN platform_line TEXT NOT NULL DEFAULT ''; -- the platform's number of the line
ALTER TABLE order_line ADD COLUMN platform_item TEXT NOT NULL DEFAULT '';
ALTER TABLE order_line ADD COLUMN platform_sku TEXT NOT NULL DEFAULT '';
ALTER TABLE order_line ADD COLUMN code TEXT NOT NULL DEFAULT ''; -- the merchant's code, as the platform has it
ALTER TABLE order_line ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE order_line ADD COLUMN price_minor INTEGER NOT NULL DEFAULT 0; -- of one piece
ALTER TABLE order_line ADD COLUMN paid_minor INTEGER NOT NULL DEFAULT 0; -- of all pieces, when every discount is taken off
ALTER TABLE order_line ADD COLUMN overlays INTEGER NOT NULL DEFAULT 0; -- as those of the order
ALTER TABLE order_line ADD COLUMN gift INTEGER NOT NULL DEFAULT 0 CHECK (gift IN (0, 1));
ALTER TABLE order_line ADD COLUMN bundle TEXT NOT NULL DEFAULT ''; -- the set that it is a part of
CREATE INDEX order_line_unmapped ON order_line (number) WHERE sku IS NULL;

CREATE TABLE order_history ( -- what head office did with an order; what the floor did are events
    id      INTEGER PRIMARY KEY,
    number  TEXT NOT NULL REFERENCES orders (number),
    time_us INTEGER NOT NULL,
    act     TEXT NOT NULL,
    before  TEXT NOT NULL, -- the state
    after   TEXT NOT NULL,
    who     TEXT NOT NULL, -- "": head office by itself
    note    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX order_history_of ON order_history (number, id);

-- Pieces that are an order's, and nobody else's. What is left of a line is still to be taken out of the site's bins.
CREATE TABLE reservation (
    number     TEXT NOT NULL,
    line       INTEGER NOT NULL,
    site       TEXT NOT NULL REFERENCES site (id),
    sku        TEXT NOT NULL REFERENCES item (sku),
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    left_open  INTEGER NOT NULL CHECK (left_open BETWEEN 0 AND quantity), -- not picked yet
    expires_us INTEGER, -- of an order that is not paid
    PRIMARY KEY (number, line),
    FOREIGN KEY (number, line) REFERENCES order_line (number, line)
) STRICT;
CREATE INDEX reservation_open ON reservation (sku, site, left_open) WHERE left_open > 0;
CREATE INDEX reservation_expires ON reservation (expires_us) WHERE expires_us IS NOT NULL;
CREATE INDEX stock_sku ON stock (sku, site);

CREATE TABLE site_region ( -- how far a site is from where parcels go
    site     TEXT NOT NULL REFERENCES site (id),
    province TEXT NOT NULL, -- "": everywhere else
    rank     INTEGER NOT NULL CHECK (rank >= 0), -- the nearest site has the least
    PRIMARY KEY (site, province)
) STRICT;
ALTER TABLE site ADD COLUMN capacity INTEGER NOT NULL DEFAULT 0 CHECK (capacity >= 0); -- orders at a time; 0: any

-- Why an order is not done by itself.
CREATE TABLE exception (
    id          INTEGER PRIMARY KEY,
    number      TEXT NOT NULL REFERENCES orders (number),
    kind        TEXT NOT NULL, -- exceptions.h: names the action that releases it
    rule        TEXT NOT NULL DEFAULT '', -- a rule of one's own; "": head office's
    detail      TEXT NOT NULL DEFAULT '',
    raised_us   INTEGER NOT NULL,
    released_us INTEGER,
    released_by TEXT NOT NULL DEFAULT '' -- "": head office saw that it is no more
) STRICT;
CREATE INDEX exception_of ON exception (number);
CREATE INDEX exception_open ON exception (kind, number) WHERE released_us IS NULL;
