-- Waybill numbers: each came from head office, serves one parcel, and is never used again.

CREATE TABLE waybill (
    id             INTEGER PRIMARY KEY, -- in the order they came: the oldest goes first
    number         TEXT NOT NULL UNIQUE CHECK (number <> ''),
    carrier        TEXT NOT NULL,
    order_number   TEXT NOT NULL DEFAULT '', -- the only order that may use it, which may come later; '': any of the carrier's
    parcel         INTEGER UNIQUE REFERENCES parcel,
    state          TEXT NOT NULL DEFAULT 'free' CHECK (state IN ('free', 'live', 'void_pending', 'void')),
    sort_code      TEXT NOT NULL DEFAULT '', -- what its platform wants on the label
    short_address  TEXT NOT NULL DEFAULT '',
    package_center TEXT NOT NULL DEFAULT '',
    qr             TEXT NOT NULL DEFAULT '',
    opaque         TEXT NOT NULL DEFAULT '', -- JSON: the whole label, as its platform has drawn it
    CHECK (state <> 'free' OR parcel IS NULL),
    CHECK (state <> 'live' OR parcel IS NOT NULL)
) STRICT;
CREATE INDEX waybill_free ON waybill (carrier, order_number, id) WHERE state = 'free';
CREATE INDEX waybill_order ON waybill (order_number) WHERE order_number <> '';

CREATE TRIGGER waybill_stays BEFORE DELETE ON waybill BEGIN SELECT raise(ABORT, 'a waybill number is never forgotten'); END;
CREATE TRIGGER waybill_goes_on BEFORE UPDATE ON waybill
  WHEN instr('free,live,void_pending,void,', NEW.state || ',') < instr('free,live,void_pending,void,', OLD.state || ',')
    OR NEW.number <> OLD.number OR (OLD.parcel IS NOT NULL AND NEW.parcel IS NOT OLD.parcel)
BEGIN SELECT raise(ABORT, 'a waybill number never goes back'); END;

-- Since which row of the journal a closed box waits for a number; NULL: it does not.
ALTER TABLE parcel ADD COLUMN waiting INTEGER CHECK (waiting IS NULL OR (state = 'building' AND box IS NOT NULL));
CREATE INDEX parcel_waiting ON parcel (waiting) WHERE waiting IS NOT NULL;

INSERT INTO waybill (number, carrier, order_number, parcel, state)
SELECT o.waybill, o.carrier, o.number, p.id, iif(p.id IS NULL, 'free', 'live')
  FROM orders o LEFT JOIN parcel p ON p.order_id = o.id AND p.waybill IS NOT NULL
 WHERE o.waybill IS NOT NULL ORDER BY o.id;
