-- Parcels, the manifests they leave on, their waybill numbers, and the ledger of print jobs.

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
    state    TEXT NOT NULL DEFAULT 'building' CHECK (state IN ('building', 'verified', 'labelled', 'handed', 'unpacked')),
    waybill  TEXT UNIQUE CHECK (waybill <> ''),
    weight_g INTEGER CHECK (weight_g > 0), -- as it was on the scale; NULL: not weighed
    forced   INTEGER REFERENCES worker,    -- the supervisor who let it pass unweighed, or with a weight that does not fit
    waiting  INTEGER CHECK (waiting IS NULL OR (state = 'building' AND box IS NOT NULL)), -- since which row of the journal a
                                           -- closed box waits for a number; NULL: it does not
    manifest INTEGER REFERENCES manifest,
    CHECK (state IN ('building', 'unpacked') OR (box IS NOT NULL AND waybill IS NOT NULL)), -- no label before verified
    CHECK (state <> 'handed' OR manifest IS NOT NULL)
) STRICT;
CREATE INDEX parcel_manifest ON parcel (manifest) WHERE manifest IS NOT NULL;
CREATE INDEX parcel_waiting ON parcel (waiting) WHERE waiting IS NOT NULL;

CREATE TABLE item_weight ( -- what the scale has taught of an item, from parcels that hold nothing else
    item    INTEGER PRIMARY KEY REFERENCES item,
    parcels INTEGER NOT NULL CHECK (parcels >= 1),
    mean_g  REAL NOT NULL, -- of one piece
    spread  REAL NOT NULL  -- sum of squared differences from the mean (Welford): variance = spread / (parcels - 1)
) STRICT;

CREATE TABLE waybill ( -- each number came from head office, serves one parcel, and is never used again
    id             INTEGER PRIMARY KEY, -- in the order they came: the oldest goes first
    number         TEXT NOT NULL UNIQUE CHECK (number <> ''),
    carrier        TEXT NOT NULL,
    order_number   TEXT NOT NULL DEFAULT '', -- the only order that may use it, which may come later; '': any of the carrier's
    parcel         INTEGER REFERENCES parcel,
    state          TEXT NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'live', 'void_pending', 'void')),
    sort_code      TEXT NOT NULL DEFAULT '', -- what its platform wants on the label
    short_address  TEXT NOT NULL DEFAULT '',
    package_center TEXT NOT NULL DEFAULT '',
    qr             TEXT NOT NULL DEFAULT '',
    opaque         TEXT NOT NULL DEFAULT '', -- JSON: the whole label, as its platform has drawn it
    CHECK (state <> 'free' OR parcel IS NULL),
    CHECK (state <> 'live' OR parcel IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX waybill_live ON waybill (parcel) WHERE state = 'live'; -- one at a time: a parcel may be packed again
CREATE INDEX waybill_parcel ON waybill (parcel) WHERE parcel IS NOT NULL;
CREATE INDEX waybill_free ON waybill (carrier, order_number, id) WHERE state = 'free';
CREATE INDEX waybill_order ON waybill (order_number) WHERE order_number <> '';
CREATE TRIGGER waybill_stays BEFORE DELETE ON waybill BEGIN SELECT raise(ABORT, 'a waybill number is never forgotten'); END;
CREATE TRIGGER waybill_goes_on BEFORE UPDATE ON waybill
  WHEN instr('free,live,void_pending,void,', NEW.state || ',') < instr('free,live,void_pending,void,', OLD.state || ',')
    OR NEW.number <> OLD.number OR (OLD.parcel IS NOT NULL AND NEW.parcel IS NOT OLD.parcel)
BEGIN SELECT raise(ABORT, 'a waybill number never goes back'); END;

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
    changed_us INTEGER NOT NULL,
    copies     INTEGER NOT NULL DEFAULT 1 CHECK (copies BETWEEN 1 AND 999), -- of each page
    labels     INTEGER NOT NULL DEFAULT 0 CHECK (labels >= 0), -- that come out of it; 0: not drawn yet
    done       INTEGER NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND labels), -- known to be out
    printer    TEXT NOT NULL DEFAULT '', -- that got it
    odometer   INTEGER, -- the printer's count of labels before its first byte; NULL: it has none
    proof      TEXT NOT NULL DEFAULT '' CHECK (proof IN ('', 'odometer', 'status', 'scan')),
    worker     INTEGER REFERENCES worker, -- who asked
    queued_us  INTEGER NOT NULL DEFAULT 0, -- wall clock
    since_us   INTEGER NOT NULL DEFAULT 0  -- the same on the clock that counts from the start of the box
) STRICT;
CREATE INDEX print_job_waiting ON print_job (station, id) WHERE state IN ('queued', 'sending');
CREATE INDEX print_job_sending ON print_job (state, id) WHERE state = 'sending';
CREATE INDEX print_job_doubt ON print_job (station, id) WHERE parcel IS NULL AND state IN ('unknown', 'failed');
CREATE INDEX print_job_parcel ON print_job (parcel) WHERE parcel IS NOT NULL;
