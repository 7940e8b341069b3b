-- Documents (what comes, goes and comes back), tasks that wait for somebody, and counts.

CREATE TABLE document (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('asn', 'transfer', 'arrival', 'return')), -- arrival: a transfer from elsewhere
    number       TEXT NOT NULL UNIQUE CHECK (number <> ''),
    state        TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'working', 'picked', 'shipped', 'received', 'graded',
                                                               'closed', 'cancelled')),
    outcome      TEXT NOT NULL DEFAULT '', -- of closed: 'short,over,damaged'
    partner      TEXT NOT NULL DEFAULT '', -- the supplier, the other site
    owner        TEXT NOT NULL DEFAULT '',
    order_number TEXT NOT NULL DEFAULT '', -- of a return: what was sold
    waybill      TEXT NOT NULL DEFAULT '', -- under which it comes or goes
    blind        INTEGER NOT NULL DEFAULT 0 CHECK (blind IN (0, 1)), -- the worker is not told what is expected
    over_percent INTEGER NOT NULL DEFAULT 0 CHECK (over_percent BETWEEN 0 AND 1000),
    worker       INTEGER REFERENCES worker, -- who works on it: one at a time
    rev          INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX document_open ON document (kind, state) WHERE state NOT IN ('closed', 'cancelled');
CREATE INDEX document_waybill ON document (waybill) WHERE waybill <> '';
CREATE INDEX document_order ON document (order_number) WHERE order_number <> '';

CREATE TABLE document_line (
    id       INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document,
    line     INTEGER NOT NULL CHECK (line >= 1),
    item     INTEGER NOT NULL REFERENCES item,
    lot_code TEXT NOT NULL DEFAULT '', -- '': any
    expiry   TEXT CHECK (expiry IS date(expiry)),
    sscc     TEXT NOT NULL DEFAULT '', -- 18 digits: the pallet that it comes on
    expected INTEGER NOT NULL CHECK (expected >= 0), -- 0: nobody announced it
    done     INTEGER NOT NULL DEFAULT 0 CHECK (done >= 0),    -- these follow the moves: received, picked or returned,
    damaged  INTEGER NOT NULL DEFAULT 0 CHECK (damaged >= 0), -- come damaged (not in done),
    settled  INTEGER NOT NULL DEFAULT 0 CHECK (settled >= 0), -- shipped or graded
    UNIQUE (document, line)
) STRICT;
CREATE INDEX document_line_item ON document_line (document, item);
CREATE INDEX document_line_sscc ON document_line (sscc) WHERE sscc <> '';

CREATE TABLE task ( -- goods that somebody shall bring from here to there
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('putaway', 'replenish', 'move')),
    state         TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'taken', 'carrying', 'done', 'cancelled')),
    outcome       TEXT NOT NULL DEFAULT '', -- of done: '' or 'short'
    priority      INTEGER NOT NULL DEFAULT 0, -- larger goes first
    reason        TEXT NOT NULL DEFAULT '',
    item          INTEGER REFERENCES item,
    lot           INTEGER REFERENCES lot,
    quantity      INTEGER NOT NULL DEFAULT 0 CHECK (quantity >= 0), -- 0: the whole plate
    taken         INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0), -- these two follow the moves
    put           INTEGER NOT NULL DEFAULT 0 CHECK (put >= 0),
    lpn           INTEGER REFERENCES lpn, -- the plate it is about, or is carried on
    from_location INTEGER REFERENCES location,
    to_location   INTEGER REFERENCES location, -- proposed
    wave          INTEGER REFERENCES wave,     -- that waits for it
    document      INTEGER REFERENCES document, -- that the goods came with
    worker        INTEGER REFERENCES worker
) STRICT;
CREATE INDEX task_open ON task (kind, priority DESC, id) WHERE state NOT IN ('done', 'cancelled');
CREATE INDEX task_lpn ON task (lpn) WHERE state NOT IN ('done', 'cancelled');
CREATE INDEX task_target ON task (to_location) WHERE state NOT IN ('done', 'cancelled');
CREATE INDEX task_worker ON task (worker) WHERE state NOT IN ('done', 'cancelled');
CREATE UNIQUE INDEX task_once ON task (kind, item, to_location) WHERE kind = 'replenish' AND state = 'planned';

CREATE TABLE stock_count ( -- one bin, or one item in it, that shall be counted
    id       INTEGER PRIMARY KEY,
    location INTEGER NOT NULL REFERENCES location,
    item     INTEGER REFERENCES item, -- NULL: everything in it
    source   TEXT NOT NULL CHECK (source IN ('cycle', 'touched', 'zero', 'short', 'damage', 'found', 'random', 'office',
                                                'worker')),
    state    TEXT NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'counting', 'recount', 'review', 'approved',
                                                              'matched', 'posted', 'rejected', 'cancelled')),
    blind    INTEGER NOT NULL DEFAULT 1 CHECK (blind IN (0, 1)),
    priority INTEGER NOT NULL DEFAULT 0,
    round    INTEGER NOT NULL DEFAULT 0, -- 1: the first count; each further one by somebody else
    worker   INTEGER REFERENCES worker,  -- who counts now
    seq      INTEGER NOT NULL DEFAULT 0, -- of the journal when the round began
    skipped  INTEGER NOT NULL DEFAULT 0, -- times a worker put it off
    ended_us INTEGER NOT NULL DEFAULT 0  -- when the books were found right or put right; 0: not yet
) STRICT;
CREATE INDEX stock_count_open ON stock_count (priority DESC, id) WHERE state IN ('planned', 'counting', 'recount', 'review');
CREATE INDEX stock_count_bin ON stock_count (location, ended_us);
CREATE UNIQUE INDEX stock_count_once ON stock_count (location, coalesce(item, 0))
    WHERE state IN ('planned', 'counting', 'recount', 'review');

CREATE TABLE counted ( -- every scan of a round; and at its end, with quantity 0, what the books have and nobody saw
    stock_count INTEGER NOT NULL REFERENCES stock_count,
    round       INTEGER NOT NULL,
    item        INTEGER NOT NULL REFERENCES item,
    lot         INTEGER NOT NULL DEFAULT 0 REFERENCES lot,
    serial      TEXT NOT NULL DEFAULT '', -- of one piece, where each has a number
    seq         INTEGER NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity >= 0),
    book        INTEGER NOT NULL, -- what the ledger held of it at this scan
    worker      INTEGER NOT NULL REFERENCES worker,
    PRIMARY KEY (stock_count, round, item, lot, serial, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE count_window ( -- goods that were moved while they were being counted: only what is scanned later counts
    stock_count INTEGER NOT NULL REFERENCES stock_count,
    round       INTEGER NOT NULL,
    item        INTEGER NOT NULL REFERENCES item,
    since       INTEGER NOT NULL,
    again       INTEGER NOT NULL CHECK (again IN (0, 1)), -- they had been scanned, and are to be scanned again
    PRIMARY KEY (stock_count, round, item, since)
) STRICT, WITHOUT ROWID;

-- What a round found of each, and what the books had at its last scan.
CREATE VIEW count_result (stock_count, round, item, lot, serial, quantity, book, seq) AS
    SELECT c.stock_count, c.round, c.item, c.lot, c.serial, sum(c.quantity), c.book, max(c.seq) FROM counted c
     WHERE c.seq > coalesce((SELECT max(w.since) FROM count_window w
                              WHERE w.stock_count = c.stock_count AND w.round = c.round AND w.item = c.item), 0)
     GROUP BY c.stock_count, c.round, c.item, c.lot, c.serial;
