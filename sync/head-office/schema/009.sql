-- After-sales (售后): what buyers ask for when they have paid, and what becomes of it. Money is in minor units of the
-- order's currency.

-- Pieces that were given up before they left: neither promised nor released (aftersale_stop.c).
ALTER TABLE order_line ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded BETWEEN 0 AND quantity);

CREATE TABLE aftersale (
    number          TEXT PRIMARY KEY, -- also that of the return which a site is told of
    kind            TEXT NOT NULL CHECK (kind IN ('refund', 'return', 'exchange', 'reissue', 'repair')),
    state           TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'agreed', 'returning', 'received', 'graded',
        'settled', 'refused', 'closed')), -- aftersale_life.h
    -- its pieces are still here; they were given up before they left; they have left
    goods           TEXT NOT NULL DEFAULT 'left' CHECK (goods IN ('here', 'off', 'left')),
    order_number    TEXT REFERENCES orders (number), -- NULL: not known (yet)
    freight_minor   INTEGER NOT NULL DEFAULT 0 CHECK (freight_minor >= 0), -- given back beside what its lines say
    reason          TEXT NOT NULL DEFAULT '',
    agreed_by       TEXT NOT NULL DEFAULT '', -- the person who agreed; "": nobody yet, or the platform alone
    trouble         TEXT NOT NULL DEFAULT '', -- what a person must see to; "": nothing
    carrier         TEXT NOT NULL DEFAULT '', -- of the goods that come back
    waybill         TEXT NOT NULL DEFAULT '',
    site            TEXT REFERENCES site (id), -- where they come to
    told            INTEGER NOT NULL DEFAULT 0 CHECK (told >= 0), -- how often that site was told of them
    new_order       TEXT REFERENCES orders (number), -- what is sent instead
    pay_minor       INTEGER NOT NULL DEFAULT 0 CHECK (pay_minor >= 0), -- what the buyer pays for it beyond the first order
    key             TEXT UNIQUE, -- of whoever asked for it: asked again it is the same case
    shop            TEXT REFERENCES shop (code), -- NULL: the case is our own
    platform_refund TEXT,
    platform_order  TEXT NOT NULL DEFAULT '',
    platform_line   TEXT NOT NULL DEFAULT '', -- "": the whole order
    platform_status TEXT NOT NULL DEFAULT '', -- in the platform's own word
    platform_state  TEXT NOT NULL DEFAULT '', -- in ours: asked, returning, arrived, done, closed, unknown
    platform_minor  INTEGER NOT NULL DEFAULT 0,
    platform_pieces INTEGER NOT NULL DEFAULT 0, -- 0: not said
    modified_us     INTEGER NOT NULL DEFAULT 0, -- at the platform
    asked_us        INTEGER NOT NULL,
    changed_us      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX aftersale_platform ON aftersale (shop, platform_refund) WHERE platform_refund IS NOT NULL;
CREATE INDEX aftersale_of ON aftersale (order_number) WHERE order_number IS NOT NULL;
CREATE INDEX aftersale_lost ON aftersale (shop, platform_order) WHERE order_number IS NULL;
CREATE INDEX aftersale_state ON aftersale (state, number);

CREATE TABLE aftersale_line ( -- which pieces of the order it is about, and what is claimed for them
    number       TEXT NOT NULL REFERENCES aftersale (number),
    line         INTEGER NOT NULL, -- of the order
    sku          TEXT REFERENCES item (sku),
    quantity     INTEGER NOT NULL CHECK (quantity >= 0), -- 0: money alone
    amount_minor INTEGER NOT NULL CHECK (amount_minor >= 0),
    new_sku      TEXT REFERENCES item (sku), -- an exchange for another item; NULL: for the same
    PRIMARY KEY (number, line)
) STRICT;

CREATE TABLE aftersale_goods ( -- what came back for it, as sites tell
    number   TEXT NOT NULL REFERENCES aftersale (number),
    sku      TEXT NOT NULL REFERENCES item (sku),
    received INTEGER NOT NULL DEFAULT 0,
    grade_a  INTEGER NOT NULL DEFAULT 0,
    grade_b  INTEGER NOT NULL DEFAULT 0,
    grade_c  INTEGER NOT NULL DEFAULT 0,
    grade_d  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, sku)
) STRICT;

CREATE TABLE aftersale_document ( -- under which number of a site's they came
    site     TEXT NOT NULL REFERENCES site (id),
    document TEXT NOT NULL,
    number   TEXT NOT NULL REFERENCES aftersale (number),
    PRIMARY KEY (site, document)
) STRICT;
CREATE INDEX aftersale_document_of ON aftersale_document (number);

CREATE TABLE aftersale_stop ( -- orders that a site was asked to stop, because a refund was asked for
    order_number TEXT PRIMARY KEY REFERENCES orders (number),
    number       TEXT NOT NULL REFERENCES aftersale (number),
    own          INTEGER NOT NULL CHECK (own IN (0, 1)), -- 0: somebody had cancelled all of it already
    state        TEXT NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'stopped', 'late'))
) STRICT;

CREATE TABLE aftersale_history (
    id      INTEGER PRIMARY KEY,
    number  TEXT NOT NULL REFERENCES aftersale (number),
    time_us INTEGER NOT NULL,
    act     TEXT NOT NULL,
    before  TEXT NOT NULL, -- the state
    after   TEXT NOT NULL,
    who     TEXT NOT NULL, -- "": head office by itself; "platform"; "site/ID"
    note    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX aftersale_history_of ON aftersale_history (number, id);

CREATE TABLE refund_due ( -- what is owed to buyers: one for a case at most
    number        TEXT PRIMARY KEY REFERENCES aftersale (number),
    order_number  TEXT NOT NULL REFERENCES orders (number),
    currency      TEXT NOT NULL,
    amount_minor  INTEGER NOT NULL CHECK (amount_minor > 0), -- with the freight
    freight_minor INTEGER NOT NULL CHECK (freight_minor BETWEEN 0 AND amount_minor),
    reason        TEXT NOT NULL,
    state         TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'paid', 'void')),
    approved_by   TEXT NOT NULL,
    approved_us   INTEGER NOT NULL,
    paid_by       TEXT NOT NULL DEFAULT '', -- a person, or "platform"
    paid_us       INTEGER
) STRICT;
CREATE INDEX refund_due_open ON refund_due (approved_us) WHERE state = 'due';
CREATE INDEX refund_due_of ON refund_due (order_number);
