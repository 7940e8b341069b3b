-- Orders that head office has lent for a time, and what the box's own clock counts from.

CREATE TABLE order_lease ( -- until when an order may be begun here; one that is begun stays
    order_id      INTEGER PRIMARY KEY REFERENCES orders,
    until_us      INTEGER, -- by the clock that counts since the box's start; NULL: it has not begun to count
    until_wall_us INTEGER, -- the same by the time of day, where that could be trusted: for after a restart
    next_until_us INTEGER, -- a lease that counts as soon as all that head office has said is here
    next_wall_us  INTEGER
) STRICT;
CREATE INDEX order_lease_until ON order_lease (until_us) WHERE until_us IS NOT NULL;
CREATE INDEX order_lease_next ON order_lease (next_until_us) WHERE next_until_us IS NOT NULL;

CREATE TABLE own_clock ( -- one row
    only_row  INTEGER PRIMARY KEY CHECK (only_row = 1),
    boot      TEXT NOT NULL DEFAULT '',   -- the start of the machine that the leases count in; '': none yet
    feed_head INTEGER NOT NULL DEFAULT 0, -- the last change that head office had when it was last met
    heard_us  INTEGER, -- when head office was heard last, as order_lease.until_us counts; NULL: never
    heard_wall_us INTEGER -- the same by the time of day
) STRICT;
INSERT INTO own_clock (only_row) VALUES (1);
