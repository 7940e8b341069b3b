-- Who stands where, in the middle of what; what UNDO can take back; which device belongs to which station; what codes mean.

CREATE TABLE session ( -- store/session.h lists the same columns
    worker      INTEGER PRIMARY KEY REFERENCES worker,
    station     TEXT UNIQUE, -- NULL: signed in nowhere at the moment
    step        TEXT NOT NULL DEFAULT 'menu',
    back        TEXT NOT NULL DEFAULT '', -- the step that asked for what this one finds out
    order_id    INTEGER REFERENCES orders,
    allocation  INTEGER REFERENCES allocation,
    wave        INTEGER REFERENCES wave,
    document    INTEGER REFERENCES document,
    line        INTEGER REFERENCES document_line,
    task        INTEGER REFERENCES task,
    stock_count INTEGER REFERENCES stock_count,
    tote        INTEGER REFERENCES lpn,
    plate       INTEGER REFERENCES lpn,      -- a second one: the other side of a move
    location    INTEGER REFERENCES location,
    bin         INTEGER REFERENCES location, -- of which is asked whether it is empty
    parcel      INTEGER REFERENCES parcel,
    manifest    INTEGER REFERENCES manifest,
    box         INTEGER REFERENCES box,
    forced      INTEGER REFERENCES worker,   -- the supervisor who has allowed what is not by the rules
    quantity    INTEGER NOT NULL DEFAULT 0 CHECK (quantity >= 0), -- of the next item scan, from QTY n; 0: not given
    item        INTEGER REFERENCES item,     -- from here on: goods in the hand of which something is still to be told
    pieces      INTEGER NOT NULL DEFAULT 0,
    lot_code    TEXT NOT NULL DEFAULT '',
    expiry      TEXT NOT NULL DEFAULT '',
    serial      TEXT NOT NULL DEFAULT '',
    code        TEXT NOT NULL DEFAULT '', -- that nobody knew, and an item shall be called by
    weight_g    INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE action ( -- what UNDO can take back: the session as it was before each scan
    id          INTEGER PRIMARY KEY,
    worker      INTEGER NOT NULL REFERENCES worker,
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
CREATE INDEX action_worker ON action (worker, id);
CREATE INDEX action_order ON action (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE station ( -- what the configuration names: written at each start
    code    TEXT PRIMARY KEY CHECK (code <> ''),
    printer INTEGER NOT NULL CHECK (printer IN (0, 1)), -- the configuration names its printer: no label changes that
    scale   INTEGER NOT NULL CHECK (scale IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE binding ( -- made by a scanned label or by hand; outlives restarts and unplugging
    device   TEXT PRIMARY KEY CHECK (device <> ''), -- its identity: usb:VID:PID:SERIAL, usb-path:1-2.3, serial:/dev/ttyS0
    role     TEXT NOT NULL CHECK (role IN ('scanner', 'printer', 'scale')),
    station  TEXT NOT NULL CHECK (station <> ''),
    bound_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX binding_one ON binding (station, role) WHERE role <> 'scanner'; -- one printer, one scale a station

CREATE TABLE setting ( -- how this floor works; floor/settings.h names them with their ranges
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE training ( -- the stations that practise; outlives restarts, so that nobody works who thinks he practises
    station TEXT PRIMARY KEY CHECK (station <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE practised ( -- only in a copy to practise on: what each worker has done there in each step
    worker INTEGER NOT NULL REFERENCES worker,
    step   TEXT NOT NULL,
    code   TEXT NOT NULL, -- '': done well; else the mistake that was made, and heard: E05
    times  INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (worker, step, code)
) STRICT, WITHOUT ROWID;

-- One namespace for everything that can be scanned.
CREATE VIEW code_meaning (code, kind, id, factor) AS
    SELECT code, 'item', item, factor FROM barcode
    UNION ALL SELECT sku, 'item', id, 1 FROM item
    UNION ALL SELECT code, 'location', id, 1 FROM location WHERE kind <> 'virtual'
    UNION ALL SELECT code, 'tote', id, 1 FROM lpn WHERE kind = 'tote'
    UNION ALL SELECT code, 'pallet', id, 1 FROM lpn WHERE kind = 'pallet'
    UNION ALL SELECT code, 'box', id, 1 FROM box
    UNION ALL SELECT badge, 'badge', id, 1 FROM worker
    UNION ALL SELECT waybill, 'waybill', id, 1 FROM parcel WHERE waybill IS NOT NULL
    UNION ALL SELECT number, 'document', id, 1 FROM document WHERE state NOT IN ('closed', 'cancelled')
    UNION ALL SELECT waybill, 'document', id, 1 FROM document WHERE waybill <> '' AND state NOT IN ('closed', 'cancelled');
