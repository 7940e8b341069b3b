-- Head office, first schema. Times are UTC microseconds, weights grams, quantities pieces.

CREATE TABLE hub (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    gen TEXT NOT NULL CHECK (length(gen) = 26), -- who this database is; compared for equality only
    key BLOB NOT NULL CHECK (length(key) = 64) -- what head office signs with (sync/wire/key.h)
) STRICT;

CREATE TABLE site (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    box TEXT NOT NULL UNIQUE,
    key BLOB CHECK (length(key) = 32), -- what its box signs with, from its first hello on; NULL: not met, or to be met anew
    hardware TEXT, -- the board that it runs on; as key
    epoch INTEGER NOT NULL DEFAULT 1 CHECK (epoch BETWEEN 1 AND 4294967295),
    applied INTEGER NOT NULL DEFAULT 0 CHECK (applied >= 0),
    hash BLOB CHECK (length(hash) = 32), -- of the chain of its events after applied; NULL before the first
    durable_epoch INTEGER NOT NULL DEFAULT 0, -- everything up to here is in a verified backup, and the box may delete it
    durable_seq INTEGER NOT NULL DEFAULT 0,
    durable_feed INTEGER NOT NULL DEFAULT 0,
    feed_head INTEGER NOT NULL DEFAULT 0,
    feed_hash BLOB CHECK (length(feed_hash) = 32), -- of the chain of its feed; NULL before the first change
    feed_acked INTEGER NOT NULL DEFAULT 0 CHECK (feed_acked BETWEEN 0 AND feed_head),
    boot INTEGER,
    added_us INTEGER NOT NULL,
    last_seen_us INTEGER, -- the last hello or segment
    published_epoch INTEGER NOT NULL DEFAULT 0, -- for third parties, up to here (republish.h)
    published_seq INTEGER NOT NULL DEFAULT 0,
    lost_seq INTEGER NOT NULL DEFAULT 0, -- its events up to here it had deleted, and this database never had or has lost
    claimed_us INTEGER NOT NULL DEFAULT 0, -- when a person last said which box is right
    fault TEXT CHECK (fault IN ('clone', 'churn', 'schema')) -- why a box was fenced (sync/wire/control.h), until it is claimed
) STRICT;

-- Granted to sites, but for each one's first, which has no row.
CREATE TABLE epoch (
    site TEXT NOT NULL REFERENCES site (id),
    epoch INTEGER NOT NULL,
    base_epoch INTEGER NOT NULL, -- the line it goes on from; 0: from nothing
    base_seq INTEGER NOT NULL,
    base_hash BLOB NOT NULL CHECK (length(base_hash) = 32),
    nonce TEXT NOT NULL,
    after_arrival INTEGER NOT NULL, -- what arrived after this event the box may have lost
    opened_us INTEGER NOT NULL,
    probe TEXT NOT NULL, -- the nonce of what it answered: once
    PRIMARY KEY (site, epoch)
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
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- of this line and all before it
    again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)), -- 1: it is here already, from an earlier epoch, and did nothing
    UNIQUE (site, epoch, seq)
) STRICT;
CREATE UNIQUE INDEX event_once ON event (site, id) WHERE again = 0;

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
    hash BLOB NOT NULL CHECK (length(hash) = 32), -- of this line and all before it
    PRIMARY KEY (site, seq)
) STRICT;

-- What a site that may have lost events is told of itself: one at a time.
CREATE TABLE snapshot (
    site TEXT PRIMARY KEY REFERENCES site (id),
    snap TEXT NOT NULL,
    epoch INTEGER NOT NULL, -- it holds every event up to here
    applied INTEGER NOT NULL,
    applied_hash BLOB NOT NULL CHECK (length(applied_hash) = 32),
    lines INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE snapshot_line (
    site TEXT NOT NULL REFERENCES site (id),
    seq INTEGER NOT NULL,
    line TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
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
    carrier TEXT NOT NULL, -- "": not chosen yet
    waybill TEXT,
    priority INTEGER NOT NULL,
    receiver_name TEXT NOT NULL,
    receiver_phone TEXT NOT NULL,
    receiver_address TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'audit' CHECK (state IN ('pending_pay', 'audit', 'exception', 'reserved', 'released',
        'received', 'allocated', 'picking', 'short', 'parked', 'picked', 'packed', 'labelled', 'shipped', 'finished',
        'closed')), -- order_life.h
    reason TEXT, -- why it is parked or closed, or why a cancellation was refused
    cancelling INTEGER NOT NULL DEFAULT 0 CHECK (cancelling IN (0, 1)), -- asked of the site, not answered yet
    site TEXT REFERENCES site (id), -- which does it, or will, as its stock is promised there
    rev INTEGER NOT NULL DEFAULT 1 CHECK (rev > 0),
    imported_us INTEGER NOT NULL,
    CHECK (site IS NOT NULL OR state IN ('pending_pay', 'audit', 'exception', 'finished', 'closed'))
) STRICT;
CREATE INDEX orders_state ON orders (state, number);

CREATE TABLE order_line (
    number TEXT NOT NULL REFERENCES orders (number),
    line INTEGER NOT NULL CHECK (line > 0),
    sku TEXT REFERENCES item (sku), -- NULL: it is not known yet which of our items the platform means
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
