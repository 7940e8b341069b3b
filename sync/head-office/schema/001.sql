-- Head office, first schema. Times are UTC microseconds, weights grams, quantities pieces.

CREATE TABLE hub (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    gen TEXT NOT NULL CHECK (length(gen) = 26) -- who this database is; compared for equality only
) STRICT;

CREATE TABLE site (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    box TEXT NOT NULL UNIQUE,
    epoch INTEGER CHECK (epoch BETWEEN 0 AND 4294967295), -- NULL until the box spoke for the first time
    applied INTEGER NOT NULL DEFAULT 0 CHECK (applied >= 0),
    feed_head INTEGER NOT NULL DEFAULT 0,
    feed_acked INTEGER NOT NULL DEFAULT 0 CHECK (feed_acked BETWEEN 0 AND feed_head),
    boot INTEGER,
    added_us INTEGER NOT NULL,
    last_seen_us INTEGER, -- the last hello or segment
    fault TEXT CHECK (fault IN ('older_copy', 'ahead')) -- what its last hello told of its database beside this one
) STRICT;

-- What sites reported, byte for byte.
CREATE TABLE event (
    arrival INTEGER PRIMARY KEY,
    site TEXT NOT NULL REFERENCES site (id),
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    time TEXT NOT NULL,
    line TEXT NOT NULL,
    UNIQUE (site, epoch, seq),
    UNIQUE (site, id)
) STRICT;

-- Events that are stored but could not be interpreted.
CREATE TABLE parked (
    site TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (site, epoch, seq),
    FOREIGN KEY (site, epoch, seq) REFERENCES event (site, epoch, seq)
) STRICT;

-- What each site is told, byte for byte; seq has no gaps within a site.
CREATE TABLE feed (
    site TEXT NOT NULL REFERENCES site (id),
    seq INTEGER NOT NULL CHECK (seq > 0),
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    rev INTEGER NOT NULL CHECK (rev > 0),
    line TEXT NOT NULL,
    PRIMARY KEY (site, seq)
) STRICT;

CREATE TABLE item (
    sku TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    weight_g INTEGER NOT NULL CHECK (weight_g >= 0),
    attributes TEXT NOT NULL DEFAULT '', -- JSON members as the sites get them: "lots":true,"life_out_days":5
    rev INTEGER NOT NULL CHECK (rev > 0)
) STRICT;

CREATE TABLE barcode (
    code TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('item', 'tote', 'box')),
    sku TEXT REFERENCES item (sku),
    factor INTEGER CHECK (factor >= 1),
    weight_g INTEGER CHECK (weight_g >= 0),
    name TEXT,
    rev INTEGER NOT NULL CHECK (rev > 0),
    CHECK ((kind = 'item') = (sku IS NOT NULL)),
    CHECK ((kind = 'item') = (factor IS NOT NULL)),
    CHECK ((kind = 'box') = (weight_g IS NOT NULL))
) STRICT;

CREATE TABLE location (
    site TEXT NOT NULL REFERENCES site (id),
    code TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('face', 'reserve', 'stage', 'pack', 'gate', 'dock', 'damage', 'return', 'wall',
        'wall_slot', 'tote_park')),
    walk INTEGER NOT NULL CHECK (walk >= 0),
    carrier TEXT CHECK (carrier IS NULL OR kind = 'gate'),
    attributes TEXT NOT NULL DEFAULT '', -- as those of an item
    rev INTEGER NOT NULL CHECK (rev > 0),
    PRIMARY KEY (site, code)
) STRICT;

CREATE TABLE worker (
    worker TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    badge TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('picker', 'packer', 'counter', 'supervisor', 'admin', 'auditor')),
    active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    rev INTEGER NOT NULL CHECK (rev > 0)
) STRICT;

CREATE TABLE orders (
    number TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    carrier TEXT NOT NULL,
    waybill TEXT,
    priority INTEGER NOT NULL,
    receiver_name TEXT NOT NULL,
    receiver_phone TEXT NOT NULL,
    receiver_address TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'imported' CHECK (state IN ('imported', 'released', 'received', 'allocated', 'picking',
        'short', 'parked', 'picked', 'packed', 'labelled', 'shipped', 'cancelled')),
    reason TEXT, -- why it is parked or cancelled, or why a cancellation was refused
    cancelling INTEGER NOT NULL DEFAULT 0 CHECK (cancelling IN (0, 1)), -- asked of the site, not answered yet
    site TEXT REFERENCES site (id),
    rev INTEGER NOT NULL DEFAULT 1 CHECK (rev > 0),
    imported_us INTEGER NOT NULL,
    CHECK (site IS NOT NULL OR state IN ('imported', 'cancelled'))
) STRICT;
CREATE INDEX orders_state ON orders (state, number);

CREATE TABLE order_line (
    number TEXT NOT NULL REFERENCES orders (number),
    line INTEGER NOT NULL CHECK (line > 0),
    sku TEXT NOT NULL REFERENCES item (sku),
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    picked INTEGER NOT NULL DEFAULT 0 CHECK (picked BETWEEN 0 AND quantity),
    missing INTEGER NOT NULL DEFAULT 0 CHECK (missing BETWEEN 0 AND quantity),
    packed INTEGER NOT NULL DEFAULT 0 CHECK (packed BETWEEN 0 AND picked),
    shipped INTEGER NOT NULL DEFAULT 0 CHECK (shipped BETWEEN 0 AND packed),
    PRIMARY KEY (number, line)
) STRICT;

CREATE TABLE parcel (
    number TEXT NOT NULL REFERENCES orders (number),
    parcel TEXT NOT NULL,
    box TEXT NOT NULL,
    waybill TEXT,
    labels INTEGER NOT NULL DEFAULT 0,
    manifest TEXT, -- set when it was shipped
    carrier TEXT,
    PRIMARY KEY (number, parcel)
) STRICT;

-- What lies at each location, as far as the site's events have arrived: may be below zero while some are missing.
CREATE TABLE stock (
    site TEXT NOT NULL REFERENCES site (id),
    location TEXT NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (site, location, sku)
) STRICT;

-- Which files were brought in.
CREATE TABLE import (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    file TEXT NOT NULL,
    hash TEXT NOT NULL, -- BLAKE2b-256 of the file, in hex
    rows INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    time_us INTEGER NOT NULL
) STRICT;
