-- Orders, as far as this site has them, the waves they are worked in, and the stock that is promised to them.

CREATE TABLE wave (
    id      INTEGER PRIMARY KEY,
    number  TEXT NOT NULL UNIQUE CHECK (number <> ''),
    kind    TEXT NOT NULL CHECK (kind IN ('discrete', 'cluster', 'zone', 'wall', 'express')),
    state   TEXT NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'released', 'picking', 'sorting', 'packing', 'closed',
                                                           'cancelled')),
    policy  TEXT NOT NULL DEFAULT 'partial' CHECK (policy IN ('partial', 'line', 'order')), -- when stock is missing
    carrier TEXT NOT NULL DEFAULT '',
    wall    TEXT NOT NULL DEFAULT '', -- the code of the put-wall it is sorted at
    worker  INTEGER REFERENCES worker -- who picks or sorts all of it
) STRICT;
CREATE INDEX wave_open ON wave (state, id) WHERE state NOT IN ('closed', 'cancelled');

CREATE TABLE wave_rule ( -- which orders go into a wave together; the first rule that fits an order takes it
    name       TEXT PRIMARY KEY CHECK (name <> ''),
    place      INTEGER NOT NULL, -- rules are tried in this order
    kind       TEXT NOT NULL CHECK (kind IN ('discrete', 'cluster', 'zone', 'wall', 'express')),
    carrier    TEXT NOT NULL DEFAULT '', -- '': any, but one a wave
    platform   TEXT NOT NULL DEFAULT '', -- '': any
    zone       TEXT NOT NULL DEFAULT '', -- '': any; else all of the order lies there
    wall       TEXT NOT NULL DEFAULT '',
    lines_min  INTEGER NOT NULL DEFAULT 1,
    lines_max  INTEGER NOT NULL DEFAULT 200,
    pieces_max INTEGER NOT NULL DEFAULT 1000000,
    orders_min INTEGER NOT NULL DEFAULT 1 CHECK (orders_min >= 1), -- fewer are left to the next rules
    orders_max INTEGER NOT NULL DEFAULT 20 CHECK (orders_max >= 1),
    due_min    INTEGER NOT NULL DEFAULT 0, -- only orders due within so many minutes; 0: all
    policy     TEXT NOT NULL DEFAULT 'partial' CHECK (policy IN ('partial', 'line', 'order')),
    active     INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    rev        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE orders (
    id               INTEGER PRIMARY KEY,
    number           TEXT NOT NULL UNIQUE CHECK (number <> ''),
    platform         TEXT NOT NULL DEFAULT '',
    owner            TEXT NOT NULL DEFAULT '', -- whose stock it takes
    carrier          TEXT NOT NULL DEFAULT '',
    waybill          TEXT UNIQUE CHECK (waybill <> ''),
    priority         INTEGER NOT NULL DEFAULT 0, -- larger goes first
    due_us           INTEGER NOT NULL DEFAULT 0, -- cut-off of its carrier; 0: none
    life_days        INTEGER NOT NULL DEFAULT 0 CHECK (life_days >= 0), -- this customer wants lots with so much left
    policy           TEXT NOT NULL DEFAULT 'partial' CHECK (policy IN ('partial', 'line', 'order')),
    wave             INTEGER REFERENCES wave,
    state            TEXT NOT NULL CHECK (state IN ('received', 'allocated', 'picking', 'picked', 'packing', 'labelled',
                                                    'handed', 'cancelled', 'parked')),
    reason           TEXT NOT NULL DEFAULT '', -- of parked
    cancelled        INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1)), -- head office asked
    worker           INTEGER REFERENCES worker, -- who has it: one at a time
    lacks            INTEGER NOT NULL DEFAULT 0, -- while received: an item of which there was not enough; 0: not tried yet
    lacks_pieces     INTEGER NOT NULL DEFAULT 0, -- what it wants of that
    receiver_name    TEXT NOT NULL DEFAULT '',
    receiver_phone   TEXT NOT NULL DEFAULT '',
    receiver_address TEXT NOT NULL DEFAULT '',
    rev              INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX orders_next ON orders (state, priority DESC, id);
CREATE INDEX orders_waiting ON orders (lacks, priority DESC, id, lacks_pieces) WHERE state = 'received' AND cancelled = 0;
CREATE INDEX orders_worker ON orders (worker) WHERE worker IS NOT NULL;
CREATE INDEX orders_wave ON orders (wave) WHERE wave IS NOT NULL;
CREATE INDEX orders_wave_live ON orders (wave) WHERE wave IS NOT NULL AND state IN ('allocated', 'picking', 'picked', 'packing');
CREATE TRIGGER order_waits AFTER UPDATE OF state ON orders WHEN NEW.state = 'received' BEGIN
    UPDATE orders SET lacks = 0, lacks_pieces = 0 WHERE id = NEW.id;
END;
CREATE TRIGGER wave_is_picked AFTER UPDATE OF state ON orders WHEN NEW.wave IS NOT NULL AND NEW.state = 'picking' BEGIN
    UPDATE wave SET state = 'picking' WHERE id = NEW.wave AND state = 'released';
END;
CREATE TRIGGER wave_is_packed AFTER UPDATE OF state ON orders WHEN NEW.wave IS NOT NULL AND NEW.state IN ('picked', 'packing') BEGIN
    UPDATE wave SET state = 'packing' WHERE id = NEW.wave AND state IN ('released', 'picking', 'sorting') AND NOT EXISTS
        (SELECT 1 FROM orders o WHERE o.wave = NEW.wave AND o.state IN ('allocated', 'picking'));
END;

CREATE TABLE order_line (
    id       INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders,
    line     INTEGER NOT NULL CHECK (line >= 1),
    item     INTEGER NOT NULL REFERENCES item,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    refused  INTEGER NOT NULL DEFAULT 0 CHECK (refused IN (0, 1)), -- by the shortage policy: nothing more is wanted for it
    picked   INTEGER NOT NULL DEFAULT 0 CHECK (picked BETWEEN 0 AND quantity), -- these four follow the moves
    sown     INTEGER NOT NULL DEFAULT 0 CHECK (sown BETWEEN 0 AND picked),     -- out of a wave's tote into the order's slot
    packed   INTEGER NOT NULL DEFAULT 0 CHECK (packed BETWEEN 0 AND picked),
    shipped  INTEGER NOT NULL DEFAULT 0 CHECK (shipped BETWEEN 0 AND packed),
    UNIQUE (order_id, line)
) STRICT;

CREATE TABLE allocation ( -- a promise of stock in one bin to one line; a pick line
    id       INTEGER PRIMARY KEY,
    line     INTEGER NOT NULL REFERENCES order_line,
    location INTEGER NOT NULL REFERENCES location,
    item     INTEGER NOT NULL REFERENCES item,
    lot      INTEGER NOT NULL DEFAULT 0 REFERENCES lot,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    picked   INTEGER NOT NULL DEFAULT 0 CHECK (picked >= 0), -- follows the moves
    released INTEGER NOT NULL DEFAULT 0 CHECK (released >= 0), -- short, damaged or dropped: no longer wanted from here
    skipped  INTEGER NOT NULL DEFAULT 0, -- times the worker put it off
    place    INTEGER NOT NULL DEFAULT 0, -- on the worker's tour, from 1; 0: by the walking sequence of the places
    worker   INTEGER REFERENCES worker,  -- who has claimed it, where several work on one order (zones)
    open     INTEGER NOT NULL AS (quantity - picked - released) CHECK (open >= 0)
) STRICT;
CREATE INDEX allocation_line ON allocation (line);
CREATE INDEX allocation_open ON allocation (item, location, lot, open) WHERE open > 0;
CREATE INDEX allocation_worker ON allocation (worker) WHERE worker IS NOT NULL AND open > 0;
CREATE INDEX allocation_bin ON allocation (location) WHERE open > 0;

CREATE TABLE hold ( -- stock that may not be promised until somebody has counted
    id       INTEGER PRIMARY KEY,
    location INTEGER NOT NULL REFERENCES location,
    item     INTEGER NOT NULL REFERENCES item,
    lot      INTEGER NOT NULL DEFAULT 0 REFERENCES lot,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    reason   TEXT NOT NULL
) STRICT;
CREATE INDEX hold_stock ON hold (item, location, lot);
