-- How orders are chosen for: who waits for stock, rules of one's own, and what became of orders that were split or merged.

ALTER TABLE orders ADD COLUMN only_site TEXT REFERENCES site (id); -- a rule says that no other does it; NULL: any may
ALTER TABLE orders ADD COLUMN replaced INTEGER NOT NULL DEFAULT 0 CHECK (replaced IN (0, 1)); -- others stand in its place: it
                                                                                                -- is counted through them
CREATE INDEX orders_waits ON orders (lacks, priority DESC, coalesce(paid_us, imported_us), number) WHERE lacks IS NOT NULL AND state IN ('exception', 'audit');
-- Each item is somewhere, but not all at one site.
CREATE INDEX orders_apart ON orders (number) WHERE lacks IS NULL AND lacks_pieces > 0 AND state = 'exception';
-- Who is next: to be checked, to be handed out.
CREATE INDEX orders_to_check ON orders (priority DESC, coalesce(paid_us, imported_us), number) WHERE state = 'audit';
CREATE INDEX orders_to_release ON orders (priority DESC, coalesce(paid_us, imported_us), number) WHERE state = 'reserved';
CREATE INDEX orders_receiver ON orders (receiver_phone, shop) WHERE state IN ('audit', 'exception', 'reserved');

CREATE TABLE rule (
    id       INTEGER PRIMARY KEY,
    name     TEXT NOT NULL UNIQUE CHECK (name <> ''),
    kind     TEXT NOT NULL CHECK (kind IN ('hold', 'carrier', 'gift', 'site')), -- rules.h
    priority INTEGER NOT NULL, -- the highest is looked at first
    active   INTEGER NOT NULL CHECK (active IN (0, 1)),
    result   TEXT NOT NULL, -- what people are told; who carries it; which item is given; which site does it
    pieces   INTEGER NOT NULL DEFAULT 1 CHECK (pieces > 0), -- of a gift, to one order
    cap      INTEGER CHECK (cap > 0) -- of a gift, to all orders together; NULL: no end
) STRICT;
CREATE TABLE rule_condition ( -- all of them must hold
    rule     INTEGER NOT NULL REFERENCES rule (id),
    place    INTEGER NOT NULL,
    field    TEXT NOT NULL, -- rule_facts.h
    operator TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (rule, place)
) STRICT;
CREATE TABLE rule_hit ( -- orders that a rule was good for: counted from here, and nowhere else
    rule    INTEGER NOT NULL REFERENCES rule (id),
    number  TEXT NOT NULL REFERENCES orders (number),
    time_us INTEGER NOT NULL,
    line    INTEGER, -- of a gift
    pieces  INTEGER NOT NULL DEFAULT 0, -- given
    PRIMARY KEY (rule, number)
) STRICT;
CREATE INDEX rule_hit_of ON rule_hit (number);

CREATE TABLE blacklist (
    field    TEXT NOT NULL CHECK (field IN ('phone', 'name', 'buyer', 'address')), -- address: words of it
    value    TEXT NOT NULL CHECK (value <> ''),
    why      TEXT NOT NULL,
    added_us INTEGER NOT NULL,
    added_by TEXT NOT NULL,
    PRIMARY KEY (field, value)
) STRICT;

-- What an order was split into is of_order's; what was merged has merged_into.
ALTER TABLE order_line ADD COLUMN source_order TEXT NOT NULL DEFAULT ''; -- the platform's order that it is of; "": its own
ALTER TABLE order_line ADD COLUMN source_line INTEGER; -- its line there
CREATE INDEX order_line_source ON order_line (source_order) WHERE source_order <> '';
CREATE INDEX orders_parts ON orders (of_order) WHERE of_order IS NOT NULL;
CREATE INDEX orders_merged ON orders (merged_into) WHERE merged_into IS NOT NULL;

-- An order's events are found by what they are about: itself, its parcels, the waves it was picked in.
CREATE INDEX event_subject ON event (subject, arrival);
CREATE TABLE order_wave (
    number TEXT NOT NULL REFERENCES orders (number),
    site   TEXT NOT NULL REFERENCES site (id),
    wave   TEXT NOT NULL,
    PRIMARY KEY (number, site, wave)
) STRICT;
