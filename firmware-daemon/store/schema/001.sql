-- The site's database. Quantities are base units, weights grams, times UTC microseconds unless the name says otherwise.

CREATE TABLE stream ( -- one row: whose database this is and where its journal stands
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    site         TEXT NOT NULL,
    box          TEXT NOT NULL,
    epoch        INTEGER NOT NULL CHECK (epoch >= 1),
    last_seq     INTEGER NOT NULL DEFAULT 0,
    last_wall_ms INTEGER NOT NULL DEFAULT 0,
    applied_seq  INTEGER NOT NULL DEFAULT 0 CHECK (applied_seq BETWEEN 0 AND last_seq), -- committed at head office
    feed_seq     INTEGER NOT NULL DEFAULT 0, -- the last change from head office that is in this database
    boot         INTEGER NOT NULL DEFAULT 0, -- starts of the daemon
    turn         INTEGER NOT NULL DEFAULT 0  -- commits: tells after a failed commit whether it survived
) STRICT;

CREATE TABLE journal ( -- what happened, and the outbox: one CloudEvents line each, byte-exact
    seq   INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    type  TEXT NOT NULL,
    line  TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_is_final BEFORE UPDATE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;

-- Master data; head office writes it.

CREATE TABLE item (
    id       INTEGER PRIMARY KEY,
    sku      TEXT NOT NULL UNIQUE CHECK (sku <> ''),
    name     TEXT NOT NULL,
    weight_g INTEGER NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
    rev      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE barcode ( -- a code on an item or its pack: several items may carry one code, then the scan asks
    code   TEXT NOT NULL CHECK (code <> ''),
    item   INTEGER NOT NULL REFERENCES item,
    factor INTEGER NOT NULL DEFAULT 1 CHECK (factor >= 1),
    PRIMARY KEY (code, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE lot ( -- row 0: no lot
    id     INTEGER PRIMARY KEY,
    item   INTEGER REFERENCES item,
    code   TEXT NOT NULL,
    expiry TEXT CHECK (expiry IS date(expiry)), -- YYYY-MM-DD
    CHECK (id = 0 OR item IS NOT NULL),
    UNIQUE (item, code)
) STRICT;
INSERT INTO lot (id, code) VALUES (0, '');

CREATE TABLE location (
    id      INTEGER PRIMARY KEY,
    code    TEXT NOT NULL UNIQUE CHECK (code <> ''),
    kind    TEXT NOT NULL CHECK (kind IN ('dock', 'reserve', 'face', 'tote_park', 'wall_slot', 'pack', 'stage', 'gate',
                                          'return', 'damage', 'virtual')),
    walk    INTEGER NOT NULL DEFAULT 0, -- place in the walking sequence
    carrier TEXT NOT NULL DEFAULT '',   -- of a gate
    rev     INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO location (id, code, kind) VALUES
    (1, 'SUPPLIER', 'virtual'), (2, 'CUSTOMER', 'virtual'), (3, 'ADJUST', 'virtual'), (4, 'SCRAP', 'virtual'),
    (5, 'TRANSIT', 'virtual'),
    (6, 'FLOOR', 'tote_park'), -- on carts and in hands
    (7, 'BENCH', 'pack'), (8, 'DAMAGED', 'damage');

CREATE TABLE worker (
    id     INTEGER PRIMARY KEY,
    code   TEXT NOT NULL UNIQUE CHECK (code <> ''),
    name   TEXT NOT NULL,
    badge  TEXT NOT NULL UNIQUE CHECK (badge <> ''),
    role   TEXT NOT NULL CHECK (role IN ('picker', 'packer', 'counter', 'supervisor', 'admin', 'auditor')),
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    rev    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE box ( -- what a parcel is packed in
    id       INTEGER PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE CHECK (code <> ''),
    name     TEXT NOT NULL,
    weight_g INTEGER NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
    rev      INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Orders, as far as this site has them.

CREATE TABLE orders (
    id               INTEGER PRIMARY KEY,
    number           TEXT NOT NULL UNIQUE CHECK (number <> ''),
    platform         TEXT NOT NULL DEFAULT '',
    carrier          TEXT NOT NULL DEFAULT '',
    waybill          TEXT UNIQUE CHECK (waybill <> ''),
    priority         INTEGER NOT NULL DEFAULT 0, -- larger goes first
    state            TEXT NOT NULL CHECK (state IN ('received', 'allocated', 'picking', 'picked', 'packing', 'labelled',
                                                    'handed', 'cancelled', 'parked')),
    reason           TEXT NOT NULL DEFAULT '', -- of parked
    cancelled        INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1)), -- head office asked
    worker           INTEGER REFERENCES worker, -- who has it: one at a time
    receiver_name    TEXT NOT NULL DEFAULT '',
    receiver_phone   TEXT NOT NULL DEFAULT '',
    receiver_address TEXT NOT NULL DEFAULT '',
    rev              INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX orders_next ON orders (state, priority DESC, id);
CREATE INDEX orders_worker ON orders (worker) WHERE worker IS NOT NULL;

CREATE TABLE order_line (
    id       INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL REFERENCES orders,
    line     INTEGER NOT NULL CHECK (line >= 1),
    item     INTEGER NOT NULL REFERENCES item,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    picked   INTEGER NOT NULL DEFAULT 0 CHECK (picked BETWEEN 0 AND quantity), -- these three follow the moves
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
    open     INTEGER NOT NULL AS (quantity - picked - released) CHECK (open >= 0)
) STRICT;
CREATE INDEX allocation_line ON allocation (line);
CREATE INDEX allocation_open ON allocation (item, location, lot, open) WHERE open > 0;

CREATE TABLE hold ( -- stock that may not be promised until somebody has counted
    id       INTEGER PRIMARY KEY,
    location INTEGER NOT NULL REFERENCES location,
    item     INTEGER NOT NULL REFERENCES item,
    lot      INTEGER NOT NULL DEFAULT 0 REFERENCES lot,
    quantity INTEGER NOT NULL CHECK (quantity >= 1),
    reason   TEXT NOT NULL
) STRICT;
CREATE INDEX hold_stock ON hold (item, location, lot);

CREATE TABLE task ( -- work that waits for somebody
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL CHECK (kind IN ('count')),
    location INTEGER NOT NULL REFERENCES location,
    item     INTEGER NOT NULL REFERENCES item,
    state    TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'taken', 'done')),
    worker   INTEGER REFERENCES worker,
    reason   TEXT NOT NULL,
    UNIQUE (kind, location, item, state)
) STRICT;

-- Licence plates, stock and its ledger.

CREATE TABLE lpn ( -- row 0: loose, on no plate
    id       INTEGER PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE,
    kind     TEXT NOT NULL CHECK (kind IN ('none', 'tote', 'hand', 'parcel')),
    location INTEGER REFERENCES location,
    order_id INTEGER REFERENCES orders, -- whose goods are in it
    CHECK ((id = 0) = (location IS NULL))
) STRICT;
CREATE INDEX lpn_order ON lpn (order_id) WHERE order_id IS NOT NULL;
INSERT INTO lpn (id, code, kind) VALUES (0, '', 'none');

CREATE TABLE balance ( -- follows the moves; a rebuild from them must be equal
    location INTEGER NOT NULL REFERENCES location,
    lpn      INTEGER NOT NULL REFERENCES lpn,
    item     INTEGER NOT NULL REFERENCES item,
    lot      INTEGER NOT NULL REFERENCES lot,
    quantity INTEGER NOT NULL,
    physical INTEGER NOT NULL CHECK (physical IN (0, 1)),
    PRIMARY KEY (item, location, lpn, lot),
    CHECK (physical = 0 OR quantity >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX balance_lpn ON balance (lpn) WHERE lpn <> 0;

CREATE TABLE move ( -- the double-entry ledger: nothing comes from nowhere, nothing is ever changed
    id            INTEGER PRIMARY KEY,
    seq           INTEGER NOT NULL, -- the journal row it belongs to
    item          INTEGER NOT NULL REFERENCES item,
    lot           INTEGER NOT NULL DEFAULT 0 REFERENCES lot,
    quantity      INTEGER NOT NULL CHECK (quantity >= 1),
    from_location INTEGER NOT NULL REFERENCES location,
    to_location   INTEGER NOT NULL REFERENCES location,
    from_lpn      INTEGER NOT NULL DEFAULT 0 REFERENCES lpn,
    to_lpn        INTEGER NOT NULL DEFAULT 0 REFERENCES lpn,
    reason        TEXT NOT NULL CHECK (reason IN ('pick', 'tote', 'stage', 'pack', 'ship', 'damage', 'import', 'return')),
    line          INTEGER REFERENCES order_line,
    allocation    INTEGER REFERENCES allocation,
    worker        INTEGER REFERENCES worker,
    station       TEXT NOT NULL DEFAULT '',
    wall_us       INTEGER NOT NULL,
    mono_us       INTEGER NOT NULL,
    reverses      INTEGER UNIQUE REFERENCES move,
    CHECK (from_location <> to_location OR from_lpn <> to_lpn)
) STRICT;
CREATE INDEX move_seq ON move (seq);
CREATE INDEX move_line ON move (line) WHERE line IS NOT NULL;
CREATE TRIGGER move_is_final BEFORE UPDATE ON move BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER move_stays BEFORE DELETE ON move BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER move_posts AFTER INSERT ON move BEGIN
    UPDATE balance SET quantity = quantity - NEW.quantity
     WHERE item = NEW.item AND location = NEW.from_location AND lpn = NEW.from_lpn AND lot = NEW.lot;
    INSERT INTO balance (location, lpn, item, lot, quantity, physical) -- a physical place without a row has nothing to give
    SELECT NEW.from_location, NEW.from_lpn, NEW.item, NEW.lot, -NEW.quantity, kind <> 'virtual'
      FROM location WHERE id = NEW.from_location AND changes() = 0;
    INSERT INTO balance (location, lpn, item, lot, quantity, physical)
    SELECT NEW.to_location, NEW.to_lpn, NEW.item, NEW.lot, NEW.quantity, kind <> 'virtual'
      FROM location WHERE id = NEW.to_location
        ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity;
END;
CREATE TRIGGER move_picks AFTER INSERT ON move WHEN NEW.reason = 'pick' BEGIN
    UPDATE allocation SET picked = picked + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.allocation;
    UPDATE order_line SET picked = picked + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;
CREATE TRIGGER move_packs AFTER INSERT ON move WHEN NEW.reason = 'pack' BEGIN
    UPDATE order_line SET packed = packed + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;
CREATE TRIGGER move_ships AFTER INSERT ON move WHEN NEW.reason = 'ship' BEGIN
    UPDATE order_line SET shipped = shipped + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;

-- Parcels, close-out, print jobs.

CREATE TABLE manifest (
    id      INTEGER PRIMARY KEY,
    number  TEXT NOT NULL UNIQUE,
    gate    INTEGER NOT NULL REFERENCES location,
    carrier TEXT NOT NULL,
    state   TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed'))
) STRICT;
CREATE UNIQUE INDEX manifest_open ON manifest (gate) WHERE state = 'open';

CREATE TABLE parcel (
    id       INTEGER PRIMARY KEY,
    order_id INTEGER NOT NULL UNIQUE REFERENCES orders,
    lpn      INTEGER NOT NULL UNIQUE REFERENCES lpn,
    box      INTEGER REFERENCES box,
    state    TEXT NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'verified', 'labelled', 'handed')),
    waybill  TEXT UNIQUE CHECK (waybill <> ''),
    manifest INTEGER REFERENCES manifest,
    CHECK (state = 'building' OR (box IS NOT NULL AND waybill IS NOT NULL)), -- no label before verified
    CHECK (state <> 'handed' OR manifest IS NOT NULL)
) STRICT;
CREATE INDEX parcel_manifest ON parcel (manifest) WHERE manifest IS NOT NULL;

CREATE TABLE print_job ( -- a ledger too: committed as sending before the first byte leaves
    id         INTEGER PRIMARY KEY,
    key        TEXT NOT NULL UNIQUE, -- asking twice for the same label makes one job
    station    TEXT NOT NULL,
    template   TEXT NOT NULL,
    data       TEXT NOT NULL, -- JSON
    state      TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'printed', 'unknown', 'failed',
                                                               'void')),
    parcel     INTEGER REFERENCES parcel,
    copy       INTEGER NOT NULL DEFAULT 1 CHECK (copy >= 1),
    reason     TEXT NOT NULL DEFAULT '',
    changed_us INTEGER NOT NULL
) STRICT;
CREATE INDEX print_job_waiting ON print_job (station, id) WHERE state IN ('queued', 'sending');
CREATE INDEX print_job_doubt ON print_job (station, id) WHERE parcel IS NULL AND state IN ('unknown', 'failed');
CREATE INDEX print_job_parcel ON print_job (parcel) WHERE parcel IS NOT NULL;

-- Who stands where, in the middle of what.

CREATE TABLE session (
    worker     INTEGER PRIMARY KEY REFERENCES worker,
    station    TEXT UNIQUE, -- NULL: signed in nowhere at the moment
    step       TEXT NOT NULL DEFAULT 'menu',
    order_id   INTEGER REFERENCES orders,
    allocation INTEGER REFERENCES allocation,
    tote       INTEGER REFERENCES lpn,
    parcel     INTEGER REFERENCES parcel,
    manifest   INTEGER REFERENCES manifest,
    quantity   INTEGER NOT NULL DEFAULT 0 CHECK (quantity >= 0) -- of the next item scan, from QTY n; 0: not given
) STRICT;

CREATE TABLE action ( -- what UNDO can take back: the session as it was before each scan
    id         INTEGER PRIMARY KEY,
    worker     INTEGER NOT NULL REFERENCES worker,
    seq        INTEGER NOT NULL, -- the journal row, and so the moves
    type       TEXT NOT NULL,
    step       TEXT NOT NULL,
    order_id   INTEGER,
    allocation INTEGER,
    tote       INTEGER,
    parcel     INTEGER,
    manifest   INTEGER,
    quantity   INTEGER NOT NULL
) STRICT;
CREATE INDEX action_worker ON action (worker, id);

CREATE TABLE parked ( -- changes from head office that could not be applied, kept whole
    feed_seq INTEGER PRIMARY KEY,
    why      TEXT NOT NULL,
    line     TEXT NOT NULL
) STRICT;

-- One namespace for everything that can be scanned.
CREATE VIEW code_meaning (code, kind, id, factor) AS
    SELECT code, 'item', item, factor FROM barcode
    UNION ALL SELECT sku, 'item', id, 1 FROM item
    UNION ALL SELECT code, 'location', id, 1 FROM location WHERE kind <> 'virtual'
    UNION ALL SELECT code, 'tote', id, 1 FROM lpn WHERE kind = 'tote'
    UNION ALL SELECT code, 'box', id, 1 FROM box
    UNION ALL SELECT badge, 'badge', id, 1 FROM worker
    UNION ALL SELECT waybill, 'waybill', id, 1 FROM parcel WHERE waybill IS NOT NULL;

-- Stock that can still be promised.
CREATE VIEW free_stock (item, location, lot, quantity) AS
    SELECT b.item, b.location, b.lot, b.quantity
         - coalesce((SELECT sum(a.open) FROM allocation a
                      WHERE a.item = b.item AND a.location = b.location AND a.lot = b.lot AND a.open > 0), 0)
         - coalesce((SELECT sum(h.quantity) FROM hold h
                      WHERE h.item = b.item AND h.location = b.location AND h.lot = b.lot), 0)
      FROM balance b JOIN location l ON l.id = b.location
     WHERE b.lpn = 0 AND l.kind IN ('face', 'reserve');
