-- Licence plates, stock and its ledger. Balances and all quantities that "follow the moves" are written by the triggers
-- here and by nothing else.

CREATE TABLE lpn ( -- row 0: loose, on no plate
    id       INTEGER PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE,
    kind     TEXT NOT NULL CHECK (kind IN ('none', 'tote', 'pallet', 'slot', 'hand', 'parcel')), -- slot: of a put-wall
    location INTEGER REFERENCES location,
    order_id INTEGER REFERENCES orders, -- whose goods are in it
    wave     INTEGER REFERENCES wave,   -- or which wave's
    document INTEGER REFERENCES document, -- or what came with
    CHECK ((id = 0) = (location IS NULL)),
    CHECK ((order_id IS NOT NULL) + (wave IS NOT NULL) + (document IS NOT NULL) <= 1)
) STRICT;
CREATE INDEX lpn_order ON lpn (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX lpn_wave ON lpn (wave) WHERE wave IS NOT NULL;
CREATE INDEX lpn_document ON lpn (document) WHERE document IS NOT NULL;
CREATE INDEX lpn_location ON lpn (location);
INSERT INTO lpn (id, code, kind) VALUES (0, '', 'none');

CREATE TABLE balance ( -- follows the moves; a rebuild from them must be equal
    location INTEGER NOT NULL REFERENCES location,
    lpn      INTEGER NOT NULL REFERENCES lpn,
    item     INTEGER NOT NULL REFERENCES item,
    lot      INTEGER NOT NULL REFERENCES lot,
    quantity INTEGER NOT NULL,
    weight_g INTEGER NOT NULL DEFAULT 0, -- of what is sold by weight
    physical INTEGER NOT NULL CHECK (physical IN (0, 1)),
    PRIMARY KEY (item, location, lpn, lot),
    CHECK (physical = 0 OR quantity >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX balance_lpn ON balance (lpn) WHERE lpn <> 0;
CREATE INDEX balance_bin ON balance (location, item) WHERE physical = 1;

CREATE TABLE move ( -- the double-entry ledger: nothing comes from nowhere, nothing is ever changed
    id            INTEGER PRIMARY KEY,
    seq           INTEGER NOT NULL, -- the journal row it belongs to
    item          INTEGER NOT NULL REFERENCES item,
    lot           INTEGER NOT NULL DEFAULT 0 REFERENCES lot,
    quantity      INTEGER NOT NULL CHECK (quantity >= 1),
    weight_g      INTEGER NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
    from_location INTEGER NOT NULL REFERENCES location,
    to_location   INTEGER NOT NULL REFERENCES location,
    from_lpn      INTEGER NOT NULL DEFAULT 0 REFERENCES lpn,
    to_lpn        INTEGER NOT NULL DEFAULT 0 REFERENCES lpn,
    reason        TEXT NOT NULL CHECK (reason IN ('import', 'receive', 'putaway', 'take', 'replenish', 'pick', 'unpick', 'tote', 'sow',
                                                  'stage', 'pack', 'unpack', 'ship', 'damage', 'return', 'grade', 'transfer',
                                                  'send', 'count', 'found', 'scrap')),
    line          INTEGER REFERENCES order_line,
    allocation    INTEGER REFERENCES allocation,
    document_line INTEGER REFERENCES document_line,
    task          INTEGER REFERENCES task,
    worker        INTEGER REFERENCES worker,
    station       TEXT NOT NULL DEFAULT '',
    wall_us       INTEGER NOT NULL,
    mono_us       INTEGER NOT NULL,
    reverses      INTEGER REFERENCES move,
    CHECK (from_location <> to_location OR from_lpn <> to_lpn)
) STRICT;
CREATE UNIQUE INDEX move_reverses ON move (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX move_seq ON move (seq);
CREATE INDEX move_line ON move (line) WHERE line IS NOT NULL;
CREATE INDEX move_document_line ON move (document_line) WHERE document_line IS NOT NULL;
CREATE INDEX move_task ON move (task) WHERE task IS NOT NULL;
CREATE TRIGGER move_is_final BEFORE UPDATE ON move BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER move_stays BEFORE DELETE ON move BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

CREATE TRIGGER move_posts AFTER INSERT ON move BEGIN
    UPDATE balance SET quantity = quantity - NEW.quantity, weight_g = weight_g - NEW.weight_g
     WHERE item = NEW.item AND location = NEW.from_location AND lpn = NEW.from_lpn AND lot = NEW.lot;
    INSERT INTO balance (location, lpn, item, lot, quantity, weight_g, physical) -- a physical place without a row has nothing to give
    SELECT NEW.from_location, NEW.from_lpn, NEW.item, NEW.lot, -NEW.quantity, -NEW.weight_g, kind <> 'virtual'
      FROM location WHERE id = NEW.from_location AND changes() = 0;
    INSERT INTO balance (location, lpn, item, lot, quantity, weight_g, physical)
    SELECT NEW.to_location, NEW.to_lpn, NEW.item, NEW.lot, NEW.quantity, NEW.weight_g, kind <> 'virtual'
      FROM location WHERE id = NEW.to_location
        ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity, weight_g = weight_g + excluded.weight_g;
END;
CREATE TRIGGER balance_empties AFTER UPDATE ON balance -- a plate that never comes back leaves no row at its items
  WHEN NEW.lpn <> 0 AND NEW.quantity = 0 AND NEW.weight_g = 0 AND
       (SELECT kind FROM lpn WHERE id = NEW.lpn) IN ('parcel', 'pallet') BEGIN
    DELETE FROM balance WHERE item = NEW.item AND location = NEW.location AND lpn = NEW.lpn AND lot = NEW.lot;
END;
CREATE TRIGGER move_picks AFTER INSERT ON move WHEN NEW.reason = 'pick' BEGIN
    UPDATE allocation SET picked = picked + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.allocation;
    UPDATE order_line SET picked = picked + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;
CREATE TRIGGER move_unpicks AFTER INSERT ON move WHEN NEW.reason = 'unpick' BEGIN -- back on a shelf; nothing more is wanted from that bin
    UPDATE allocation SET picked   = picked   - iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity),
                          released = released + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.allocation;
    UPDATE order_line SET picked = picked - iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;
CREATE TRIGGER move_sows AFTER INSERT ON move WHEN NEW.reason = 'sow' BEGIN
    UPDATE order_line SET sown = sown + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;
CREATE TRIGGER move_packs AFTER INSERT ON move WHEN NEW.reason = 'pack' BEGIN
    UPDATE order_line SET packed = packed + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;
CREATE TRIGGER move_unpacks AFTER INSERT ON move WHEN NEW.reason = 'unpack' BEGIN
    UPDATE order_line SET packed = packed - NEW.quantity WHERE id = NEW.line;
END;
CREATE TRIGGER move_ships AFTER INSERT ON move WHEN NEW.reason = 'ship' BEGIN
    UPDATE order_line SET shipped = shipped + iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity) WHERE id = NEW.line;
END;
CREATE TRIGGER move_of_document AFTER INSERT ON move WHEN NEW.document_line IS NOT NULL BEGIN
    UPDATE document_line
       SET done    = done    + iif(NEW.reason IN ('receive', 'transfer', 'return'), iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity), 0),
           damaged = damaged + iif(NEW.reason = 'damage', iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity), 0),
           settled = settled + iif(NEW.reason IN ('send', 'grade'), iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity), 0)
     WHERE id = NEW.document_line;
END;
CREATE TRIGGER move_of_task AFTER INSERT ON move WHEN NEW.task IS NOT NULL BEGIN
    UPDATE task
       SET taken = taken + iif(NEW.reason = 'take', iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity), 0),
           put   = put   + iif(NEW.reason <> 'take', iif(NEW.reverses IS NULL, NEW.quantity, -NEW.quantity), 0)
     WHERE id = NEW.task;
END;

-- Serial numbers: each is in one place, and moves with the goods.

CREATE TABLE serial (
    id       INTEGER PRIMARY KEY,
    item     INTEGER NOT NULL REFERENCES item,
    code     TEXT NOT NULL CHECK (code <> ''),
    lot      INTEGER NOT NULL DEFAULT 0 REFERENCES lot,
    location INTEGER NOT NULL REFERENCES location, -- these two follow the moves
    lpn      INTEGER NOT NULL DEFAULT 0 REFERENCES lpn,
    UNIQUE (item, code)
) STRICT;
CREATE INDEX serial_code ON serial (code);
CREATE INDEX serial_place ON serial (item, location, lpn);

CREATE TABLE move_serial (
    move   INTEGER NOT NULL REFERENCES move,
    serial INTEGER NOT NULL REFERENCES serial,
    PRIMARY KEY (move, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX move_serial_serial ON move_serial (serial);
CREATE TRIGGER serial_is_there BEFORE INSERT ON move_serial
  WHEN NOT EXISTS (SELECT 1 FROM move m JOIN serial s ON s.id = NEW.serial WHERE m.id = NEW.move AND m.item = s.item AND
                   m.from_location = s.location AND m.from_lpn = s.lpn)
BEGIN SELECT raise(ABORT, 'a serial number moves from where it is'); END;
CREATE TRIGGER serial_moves AFTER INSERT ON move_serial BEGIN
    UPDATE serial SET (location, lpn) = (SELECT to_location, to_lpn FROM move WHERE id = NEW.move) WHERE id = NEW.serial;
END;
CREATE TRIGGER move_serial_is_final BEFORE UPDATE ON move_serial BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER move_serial_stays BEFORE DELETE ON move_serial BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;

-- Stock that can still be promised.
CREATE VIEW free_stock (item, location, lot, quantity) AS
    SELECT b.item, b.location, b.lot, b.quantity
         - coalesce((SELECT sum(a.open) FROM allocation a
                      WHERE a.item = b.item AND a.location = b.location AND a.lot = b.lot AND a.open > 0), 0)
         - coalesce((SELECT sum(h.quantity) FROM hold h
                      WHERE h.item = b.item AND h.location = b.location AND h.lot = b.lot), 0)
      FROM balance b JOIN location l ON l.id = b.location
     WHERE b.lpn = 0 AND l.kind IN ('face', 'reserve');
