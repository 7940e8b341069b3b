-- Figures (数据): what rows are looked at by, in the order of time; how many visited; what people did on the floors.

-- When an order was bought: paid, or placed, or brought in. Everything that figures of orders ask for is in the index.
CREATE INDEX orders_sold ON orders (coalesce(paid_us, placed_us, imported_us), number, origin, state, replaced, shop, platform, site, province, city, currency, paid_minor, discount_minor, platform_discount_minor, paid_us, placed_us, imported_us);
CREATE INDEX exception_raised ON exception (raised_us, id);
CREATE INDEX aftersale_asked ON aftersale (asked_us, number);
CREATE INDEX service_answer_time ON service_answer (time_us, id);
CREATE INDEX books_entry_at ON books_entry (at_us, id);

CREATE TABLE visit_count ( -- who came to a shop, or to an item in it, on a day: as the platform's own report says
    shop   TEXT NOT NULL REFERENCES shop (code),
    day    TEXT NOT NULL, -- the business day
    sku    TEXT NOT NULL, -- "": the whole shop. Somebody who looks at two items is one visitor of the shop
    day_us INTEGER NOT NULL, -- when it began
    visits INTEGER NOT NULL CHECK (visits >= 0), -- persons who came
    carts  INTEGER NOT NULL CHECK (carts >= 0), -- who put something into the cart
    orders INTEGER NOT NULL CHECK (orders >= 0), -- who ordered
    paid   INTEGER NOT NULL CHECK (paid >= 0), -- who paid
    PRIMARY KEY (shop, day, sku)
) STRICT;
CREATE INDEX visit_count_day ON visit_count (day_us, shop, sku);

-- What a worker did in an hour of the business clock, kept with the events as they come (floor_work.h).
CREATE TABLE work_hour (
    hour_us INTEGER NOT NULL, -- when the hour began
    site    TEXT NOT NULL REFERENCES site (id),
    worker  TEXT NOT NULL,
    work    TEXT NOT NULL, -- pick, pack, ...
    scans   INTEGER NOT NULL DEFAULT 0, -- that were good
    errors  INTEGER NOT NULL DEFAULT 0, -- that were refused
    lines   INTEGER NOT NULL DEFAULT 0, -- of orders and documents; below 0: taken back in a later hour than done
    pieces  INTEGER NOT NULL DEFAULT 0,
    parcels INTEGER NOT NULL DEFAULT 0, -- that were packed
    seconds INTEGER NOT NULL DEFAULT 0, -- worked
    PRIMARY KEY (hour_us, site, worker, work)
) STRICT;
CREATE TABLE work_last ( -- what each worker did last
    site    TEXT NOT NULL REFERENCES site (id),
    worker  TEXT NOT NULL,
    time_us INTEGER NOT NULL,
    work    TEXT NOT NULL,
    left_us INTEGER NOT NULL DEFAULT 0, -- of the time worked, what is less than a second and not counted yet
    PRIMARY KEY (site, worker)
) STRICT;
CREATE TABLE order_left ( -- when an order's last parcel left, and what was known of the order then
    number     TEXT PRIMARY KEY REFERENCES orders (number),
    left_us    INTEGER NOT NULL,
    site       TEXT NOT NULL,
    shop       TEXT NOT NULL,
    platform   TEXT NOT NULL,
    province   TEXT NOT NULL,
    sold_us    INTEGER NOT NULL,
    ship_by_us INTEGER
) STRICT;
CREATE INDEX order_left_at ON order_left (left_us, number, site, shop, platform, province, sold_us, ship_by_us);

CREATE TABLE buyer_sale ( -- which of its buyer's purchases an order is, of all accounts (buyers.h)
    number   TEXT PRIMARY KEY REFERENCES orders (number),
    place    INTEGER NOT NULL, -- 1: the first
    again_us INTEGER -- when the buyer bought next; NULL: not yet
) STRICT;
CREATE TABLE buyer_due ( -- persons and orders that are to be looked at again
    id     INTEGER PRIMARY KEY,
    person INTEGER, -- any account; NULL: nobody
    number TEXT NOT NULL DEFAULT '' -- an order that may be nobody's any more
) STRICT;
INSERT INTO buyer_due (person) SELECT id FROM person WHERE id = head;

-- The same index, with all that sums of an account ask for.
DROP INDEX books_line_account;
CREATE INDEX books_line_account ON books_line (account, entry, line, base_minor, quantity, sku, site);

CREATE TABLE sku_idle ( -- since when nothing of an item has left; of what never left: since it first came
    sku      TEXT PRIMARY KEY REFERENCES item (sku),
    since_us INTEGER NOT NULL
) STRICT;
CREATE INDEX sku_idle_since ON sku_idle (since_us, sku);
CREATE TABLE figure_cursor ( -- how far events and what was done with orders are counted
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    arrival INTEGER NOT NULL,
    history INTEGER NOT NULL
) STRICT;
INSERT INTO figure_cursor (id, arrival, history) SELECT 1, 0, coalesce(max(id), 0) FROM order_history;

CREATE TABLE baseline ( -- a period that later ones are compared with
    name     TEXT PRIMARY KEY CHECK (name <> ''),
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL, -- the last one
    set_us   INTEGER NOT NULL,
    who      TEXT NOT NULL,
    CHECK (from_day <= to_day)
) STRICT;

CREATE TABLE daily_report (
    id      INTEGER PRIMARY KEY,
    day     TEXT NOT NULL UNIQUE, -- the business day that it is of
    made_us INTEGER NOT NULL
) STRICT;
CREATE TABLE daily_figure ( -- as it was known when the report was made. NULL: there was nothing to divide by
    report  INTEGER NOT NULL REFERENCES daily_report (id),
    place   INTEGER NOT NULL,
    figure  TEXT NOT NULL,
    unit    TEXT NOT NULL,
    value   INTEGER,
    before  INTEGER, -- on the day before
    week    INTEGER, -- a week before
    look    INTEGER NOT NULL DEFAULT 0 CHECK (look IN (0, 1)), -- a person should look at it
    PRIMARY KEY (report, place)
) STRICT;
ALTER TABLE webhook ADD COLUMN report_place INTEGER NOT NULL DEFAULT 0; -- reports up to here were looked at
