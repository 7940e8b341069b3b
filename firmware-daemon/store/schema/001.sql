-- The site's database, chapter by chapter: 001 the journal · 002 master data · 003 orders · 004 documents, tasks and counts ·
-- 005 plates, stock and its ledger · 006 parcels, waybills, print jobs · 007 people and devices at their stations
-- · 008 orders that are lent.
-- Quantities are base units, weights grams, lengths millimetres, times UTC microseconds unless the name says otherwise.

CREATE TABLE stream ( -- one row: whose database this is and where its journal stands
    only_row     INTEGER PRIMARY KEY CHECK (only_row = 1),
    site         TEXT NOT NULL,
    box          TEXT NOT NULL,
    epoch        INTEGER NOT NULL CHECK (epoch >= 1),
    last_seq     INTEGER NOT NULL DEFAULT 0,
    last_hash    BLOB NOT NULL CHECK (length(last_hash) = 32), -- of the chain, after last_seq (base/chain.h)
    last_wall_ms INTEGER NOT NULL DEFAULT 0,
    applied_seq  INTEGER NOT NULL DEFAULT 0 CHECK (applied_seq BETWEEN 0 AND last_seq), -- committed at head office
    applied_wall_ms INTEGER, -- when head office said so; NULL: never yet
    durable_seq  INTEGER NOT NULL DEFAULT 0, -- in a verified backup of head office's: up to here the journal may be deleted
    pruned_seq   INTEGER NOT NULL DEFAULT 0 CHECK (pruned_seq <= durable_seq), -- up to here it has been
    pruned_epoch INTEGER NOT NULL DEFAULT 0,
    pruned_hash  BLOB CHECK (length(pruned_hash) = 32), -- of the last line that was deleted
    reemit_seq   INTEGER NOT NULL DEFAULT 0, -- what was there when the epoch was granted goes out before a snapshot is asked for
    snapshot     INTEGER NOT NULL DEFAULT 0 CHECK (snapshot IN (0, 1)), -- 1: head office may know more than this database
    feed_seq     INTEGER NOT NULL DEFAULT 0, -- the last change from head office that is in this database
    feed_hash    BLOB NOT NULL CHECK (length(feed_hash) = 32), -- of the feed's chain, after feed_seq
    feed_durable INTEGER NOT NULL DEFAULT 0, -- as durable_seq, of the feed
    office_gen   TEXT NOT NULL DEFAULT '', -- which head office database answered last
    office_key   BLOB CHECK (length(office_key) = 32), -- head office's public key, from its first welcome on; NULL: not met
    boot         INTEGER NOT NULL DEFAULT 0, -- starts of the daemon
    linked       INTEGER NOT NULL DEFAULT 0 CHECK (linked IN (0, 1)), -- head office hears this site: what it cancels is known
    disk         INTEGER NOT NULL DEFAULT 0 CHECK (disk BETWEEN 0 AND 4), -- how full the disk was when last looked at
    turn         INTEGER NOT NULL DEFAULT 0, -- commits: tells after a failed commit whether it survived
    training     INTEGER NOT NULL DEFAULT 0 CHECK (training IN (0, 1)) -- 1: a copy to practise on
) STRICT;

CREATE TABLE epoch ( -- granted by head office, but for the first; each goes on from a line of one before
    epoch      INTEGER PRIMARY KEY,
    base_epoch INTEGER NOT NULL, -- 0: from nothing
    base_seq   INTEGER NOT NULL,
    base_hash  BLOB NOT NULL CHECK (length(base_hash) = 32),
    nonce      TEXT NOT NULL -- drawn by head office: no two grants are the same
) STRICT;

CREATE TABLE journal ( -- what happened, and the outbox: one CloudEvents line each, byte-exact
    seq     INTEGER PRIMARY KEY,
    epoch   INTEGER NOT NULL, -- in which it goes to head office; the line says in which it was written
    type    TEXT NOT NULL,
    line    TEXT NOT NULL,
    hash    BLOB NOT NULL CHECK (length(hash) = 32), -- of this line and all before it
    -- cut out by hand: SQLite trusts no function of JSON in a schema
    subject TEXT AS (substr(line, instr(line, '"subject":"') + 11,
                            instr(substr(line, instr(line, '"subject":"') + 11), '"') - 1)) VIRTUAL
) STRICT;
CREATE INDEX journal_subject ON journal (subject); -- the history of one order, parcel, place, worker
CREATE TRIGGER journal_is_final BEFORE UPDATE OF seq, type, line ON journal
    BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal WHEN old.seq > (SELECT durable_seq FROM stream)
    BEGIN SELECT raise(ABORT, 'the journal stays until head office has it in a backup'); END;

CREATE TABLE feed ( -- the changes from head office that its backups do not hold yet: it may have to be told of them
    seq  INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    line TEXT NOT NULL
) STRICT;

CREATE TABLE snapshot_line ( -- of what head office knows of this site, until it is whole
    seq  INTEGER PRIMARY KEY,
    line TEXT NOT NULL
) STRICT;

CREATE TABLE parked ( -- changes from head office that could not be applied, kept whole
    feed_seq INTEGER PRIMARY KEY,
    why      TEXT NOT NULL,
    line     TEXT NOT NULL
) STRICT;
