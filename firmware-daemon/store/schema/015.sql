-- Fewer pages a scan: each of them is written to a card that wears.

CREATE INDEX allocation_bin_open ON allocation (location, item, lot, open) WHERE open > 0; -- in place of two
DROP INDEX allocation_open;
DROP INDEX allocation_bin;

-- What UNDO can take back: the session as it was before each scan. The session names the last one, and that one, as it was, the one
-- before it: a row is appended and never looked for, and what cannot be undone any more is merely not named.
ALTER TABLE session ADD COLUMN undo INTEGER;
CREATE TABLE action_of (
    id          INTEGER PRIMARY KEY,
    worker      INTEGER NOT NULL REFERENCES worker,
    undo        INTEGER,          -- the worker's action before this one
    seq         INTEGER NOT NULL, -- the journal row, and so the moves
    type        TEXT NOT NULL,
    step        TEXT NOT NULL,
    back        TEXT NOT NULL,
    order_id    INTEGER,
    allocation  INTEGER,
    wave        INTEGER,
    document    INTEGER,
    line        INTEGER,
    task        INTEGER,
    stock_count INTEGER,
    tote        INTEGER,
    plate       INTEGER,
    location    INTEGER,
    bin         INTEGER,
    parcel      INTEGER,
    manifest    INTEGER,
    box         INTEGER,
    forced      INTEGER,
    quantity    INTEGER NOT NULL,
    item        INTEGER,
    pieces      INTEGER NOT NULL,
    lot_code    TEXT NOT NULL,
    expiry      TEXT NOT NULL,
    serial      TEXT NOT NULL,
    code        TEXT NOT NULL,
    weight_g    INTEGER NOT NULL
) STRICT;
INSERT INTO action_of
    SELECT id, worker, lag(id) OVER (PARTITION BY worker ORDER BY id), seq, type, step, back, order_id, allocation, wave, document,
           line, task, stock_count, tote, plate, location, bin, parcel, manifest, box, forced, quantity, item, pieces, lot_code, expiry,
           serial, code, weight_g FROM action;
DROP TABLE action;
ALTER TABLE action_of RENAME TO action;
UPDATE session SET undo = (SELECT max(id) FROM action a WHERE a.worker = session.worker);
