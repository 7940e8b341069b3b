-- Master data: head office (or a file) writes it.

CREATE TABLE box ( -- what a parcel is packed in
    id       INTEGER PRIMARY KEY,
    code     TEXT NOT NULL UNIQUE CHECK (code <> ''),
    name     TEXT NOT NULL,
    weight_g INTEGER NOT NULL DEFAULT 0 CHECK (weight_g >= 0),
    rev      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE item (
    id            INTEGER PRIMARY KEY,
    sku           TEXT NOT NULL UNIQUE CHECK (sku <> ''),
    name          TEXT NOT NULL,
    owner         TEXT NOT NULL DEFAULT '', -- whose stock it is, where a site keeps that of several
    weight_g      INTEGER NOT NULL DEFAULT 0 CHECK (weight_g >= 0),  -- of one piece; 0: not known
    volume_ml     INTEGER NOT NULL DEFAULT 0 CHECK (volume_ml >= 0), -- of one piece; 0: not known
    height_mm     INTEGER NOT NULL DEFAULT 0 CHECK (height_mm >= 0), -- as it lies in a bin; 0: not known
    hazard        TEXT NOT NULL DEFAULT '', -- its class; '': none
    lots          INTEGER NOT NULL DEFAULT 0 CHECK (lots IN (0, 1)),    -- every piece belongs to a lot
    expires       INTEGER NOT NULL DEFAULT 0 CHECK (expires IN (0, 1)), -- every lot has a last day
    serials       TEXT NOT NULL DEFAULT 'none' CHECK (serials IN ('none', 'out', 'all')), -- known when it leaves / always
    by_weight     INTEGER NOT NULL DEFAULT 0 CHECK (by_weight IN (0, 1)), -- catch weight: pieces are counted and weighed
    life_in_days  INTEGER NOT NULL DEFAULT 0 CHECK (life_in_days >= 0),  -- a lot must have left when it is received
    life_out_days INTEGER NOT NULL DEFAULT 0 CHECK (life_out_days >= 0), -- and when it is picked
    abc           TEXT NOT NULL DEFAULT '' CHECK (abc IN ('', 'A', 'B', 'C')),
    cost_minor    INTEGER NOT NULL DEFAULT 0 CHECK (cost_minor >= 0), -- of one piece, in minor units of money; 0: not known
    box           TEXT NOT NULL DEFAULT '', -- the code of the box that one piece is sent in, where there is one
    rev           INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE barcode ( -- a code on an item or its pack: several items may carry one code, then the scan asks
    code     TEXT NOT NULL CHECK (code <> ''),
    item     INTEGER NOT NULL REFERENCES item,
    factor   INTEGER NOT NULL DEFAULT 1 CHECK (factor >= 1),
    proposed INTEGER NOT NULL DEFAULT 0 CHECK (proposed IN (0, 1)), -- made on this floor; head office has not said yes yet
    PRIMARY KEY (code, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX barcode_item ON barcode (item);

CREATE TABLE in_store_format ( -- how the shop's own numbers are made: '20IIIIIWWWWWC'
    format TEXT PRIMARY KEY CHECK (format <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE lot ( -- row 0: no lot
    id      INTEGER PRIMARY KEY,
    item    INTEGER REFERENCES item,
    code    TEXT NOT NULL,
    expiry  TEXT CHECK (expiry IS date(expiry)), -- YYYY-MM-DD
    blocked INTEGER NOT NULL DEFAULT 0 CHECK (blocked IN (0, 1)), -- not to be promised or picked
    CHECK (id = 0 OR item IS NOT NULL),
    UNIQUE (item, code)
) STRICT;
INSERT INTO lot (id, code) VALUES (0, '');

CREATE TABLE location (
    id          INTEGER PRIMARY KEY,
    code        TEXT NOT NULL UNIQUE CHECK (code <> ''),
    kind        TEXT NOT NULL CHECK (kind IN ('dock', 'reserve', 'face', 'tote_park', 'wall', 'wall_slot', 'pack', 'stage',
                                              'gate', 'return', 'damage', 'virtual')),
    walk        INTEGER NOT NULL DEFAULT 0, -- place in the walking sequence
    carrier     TEXT NOT NULL DEFAULT '',   -- of a gate
    zone        TEXT NOT NULL DEFAULT '',
    wall        TEXT NOT NULL DEFAULT '',   -- of a wall_slot: the code of its put-wall
    aisle       INTEGER, -- where it is, counted from 0 at the depot; NULL: not known
    block       INTEGER, -- between which cross-aisles, counted from 0 at the front
    position_mm INTEGER, -- from its block's front
    height_mm   INTEGER NOT NULL DEFAULT 0 CHECK (height_mm >= 0),  -- what fits under the beam; 0: anything
    capacity    INTEGER NOT NULL DEFAULT 0 CHECK (capacity >= 0),   -- base units; 0: no limit
    load_g      INTEGER NOT NULL DEFAULT 0 CHECK (load_g >= 0),     -- 0: no limit
    mix_items   INTEGER NOT NULL DEFAULT 1 CHECK (mix_items IN (0, 1)),
    mix_lots    INTEGER NOT NULL DEFAULT 1 CHECK (mix_lots IN (0, 1)),
    hazards     TEXT NOT NULL DEFAULT '', -- classes that may lie here: '3,8'; '*' all, '' none
    item        INTEGER REFERENCES item,  -- of a fixed face
    face_min    INTEGER NOT NULL DEFAULT 0 CHECK (face_min >= 0), -- below it the face is filled up
    face_max    INTEGER NOT NULL DEFAULT 0 CHECK (face_max >= 0), -- to this
    abc         TEXT NOT NULL DEFAULT '' CHECK (abc IN ('', 'A', 'B', 'C')),
    rev         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX location_wall ON location (wall) WHERE wall <> '';
CREATE INDEX location_item ON location (item) WHERE item IS NOT NULL;
CREATE INDEX location_walk ON location (kind, walk);
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
