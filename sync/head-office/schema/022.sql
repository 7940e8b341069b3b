-- What will be asked for, and what is bought for it. Days are numbers like 20261127, by the clock of the business; pieces
-- of forecasts are in thousandths.

CREATE TABLE demand_due ( -- orders that came or changed. Each time a row: none waits for another
    id     INTEGER PRIMARY KEY,
    number TEXT NOT NULL
) STRICT;
INSERT INTO demand_due (number) SELECT number FROM orders;

CREATE TABLE demand_order ( -- what of each order is counted in demand_day
    number   TEXT NOT NULL,
    sku      TEXT NOT NULL,
    day      INTEGER NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (number, sku)
) STRICT;

CREATE TABLE demand_day ( -- pieces that were asked for; a day without any has no row
    sku      TEXT NOT NULL,
    day      INTEGER NOT NULL,
    quantity INTEGER NOT NULL DEFAULT 0 CHECK (quantity >= 0), -- by orders
    told     INTEGER NOT NULL DEFAULT 0 CHECK (told >= 0), -- by a file: orders that are not here
    PRIMARY KEY (sku, day)
) STRICT;

CREATE TABLE demand_mark ( -- days that say nothing of how much is usually asked for
    sku  TEXT NOT NULL,
    day  INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('out', 'campaign')), -- nothing could be promised; more was asked for than usual
    who  TEXT NOT NULL, -- "": head office saw it
    PRIMARY KEY (sku, day)
) STRICT;

CREATE TABLE forecast_run ( -- the last one, and whether one is wanted
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    state    TEXT NOT NULL CHECK (state IN ('idle', 'asked', 'running', 'done', 'failed')),
    asked_by TEXT NOT NULL DEFAULT '',
    day      INTEGER NOT NULL DEFAULT 0, -- on which it began
    began_us INTEGER,
    ended_us INTEGER,
    done     INTEGER NOT NULL DEFAULT 0, -- items
    total    INTEGER NOT NULL DEFAULT 0,
    said     TEXT NOT NULL DEFAULT '' -- why it failed
) STRICT;
INSERT INTO forecast_run (id, state) VALUES (1, 'idle');

CREATE TABLE forecast (
    sku          TEXT PRIMARY KEY REFERENCES item (sku),
    method       TEXT NOT NULL, -- plan/forecast.h
    mase_milli   INTEGER NOT NULL, -- of the rolling origins: below 1000 it is better than naive; 0: not tried
    demand       TEXT NOT NULL CHECK (demand IN ('smooth', 'erratic', 'intermittent', 'lumpy')),
    period_days  INTEGER NOT NULL CHECK (period_days IN (1, 7)),
    from_day     INTEGER NOT NULL, -- of the history that was looked at
    to_day       INTEGER NOT NULL, -- its last one
    periods      INTEGER NOT NULL,
    left_out     INTEGER NOT NULL, -- days of that which were marked
    mean_milli   INTEGER NOT NULL CHECK (mean_milli >= 0), -- of a day, in the mean of what is forecast
    spread_milli INTEGER NOT NULL CHECK (spread_milli >= 0), -- the error's standard deviation, of a day
    history      TEXT NOT NULL, -- JSON: the last periods that it was made from, in thousandths, the oldest first
    made_us      INTEGER NOT NULL
) STRICT;

CREATE TABLE forecast_value (
    sku         TEXT NOT NULL REFERENCES forecast (sku),
    ahead       INTEGER NOT NULL CHECK (ahead > 0), -- periods
    day         INTEGER NOT NULL, -- the first of the period
    mean_milli  INTEGER NOT NULL,
    lower_milli INTEGER NOT NULL,
    upper_milli INTEGER NOT NULL,
    PRIMARY KEY (sku, ahead)
) STRICT;

ALTER TABLE supplier ADD COLUMN lead_spread_days INTEGER NOT NULL DEFAULT 0 CHECK (lead_spread_days >= 0); -- standard deviation of lead_days

CREATE TABLE supplier_item (
    supplier    TEXT NOT NULL REFERENCES supplier (code),
    sku         TEXT NOT NULL REFERENCES item (sku),
    code        TEXT NOT NULL DEFAULT '', -- the supplier's
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0), -- of one piece, in the supplier's currency
    least       INTEGER NOT NULL DEFAULT 1 CHECK (least > 0), -- pieces of an order
    pack        INTEGER NOT NULL DEFAULT 1 CHECK (pack > 0), -- whole packs are bought
    preferred   INTEGER NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1)),
    lead_days   INTEGER NOT NULL DEFAULT 0 CHECK (lead_days >= 0), -- 0: the supplier's
    PRIMARY KEY (supplier, sku)
) STRICT;
CREATE INDEX supplier_item_of ON supplier_item (sku);

CREATE TABLE item_plan ( -- items for which something else counts than is set
    sku           TEXT PRIMARY KEY REFERENCES item (sku),
    bought        INTEGER NOT NULL DEFAULT 1 CHECK (bought IN (0, 1)), -- 0: nothing is proposed
    service_level INTEGER NOT NULL DEFAULT 0 CHECK (service_level BETWEEN 0 AND 9999), -- ten-thousandths; 0: as is set
    review_days   INTEGER NOT NULL DEFAULT 0 CHECK (review_days >= 0) -- 0: as is set
) STRICT;

CREATE TABLE purchase_series ( -- the number of the next one
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    next INTEGER NOT NULL
) STRICT;
INSERT INTO purchase_series (id, next) VALUES (1, 1);

CREATE TABLE purchase (
    number       TEXT PRIMARY KEY CHECK (number <> ''), -- also that of the document that its site receives
    supplier     TEXT NOT NULL REFERENCES supplier (code),
    site         TEXT NOT NULL REFERENCES site (id),
    state        TEXT NOT NULL CHECK (state IN ('draft', 'sent', 'confirmed', 'partly', 'received', 'closed', 'cancelled')),
    currency     TEXT NOT NULL,
    over_percent INTEGER NOT NULL DEFAULT 0 CHECK (over_percent >= 0), -- more of each line may come
    expected_day INTEGER NOT NULL DEFAULT 0, -- 0: nobody knows
    note         TEXT NOT NULL DEFAULT '',
    made_us      INTEGER NOT NULL,
    sent_us      INTEGER,
    confirmed_us INTEGER,
    complete     INTEGER NOT NULL DEFAULT 0 CHECK (complete IN (0, 1)), -- its site has closed the receipt: no more comes
    received_us  INTEGER -- when it came whole, or that was said
) STRICT;
CREATE INDEX purchase_state ON purchase (state, number);
CREATE INDEX purchase_supplier ON purchase (supplier, received_us);

CREATE TABLE purchase_line (
    number      TEXT NOT NULL REFERENCES purchase (number),
    sku         TEXT NOT NULL REFERENCES item (sku),
    quantity    INTEGER NOT NULL CHECK (quantity >= 0), -- 0: it came, and was not ordered
    price_minor INTEGER NOT NULL CHECK (price_minor >= 0), -- of one piece
    received    INTEGER NOT NULL DEFAULT 0, -- whole
    damaged     INTEGER NOT NULL DEFAULT 0,
    settled     TEXT NOT NULL DEFAULT '', -- who has seen to the difference
    settled_pieces INTEGER NOT NULL DEFAULT 0, -- received and damaged then
    PRIMARY KEY (number, sku)
) STRICT;
CREATE INDEX purchase_line_of ON purchase_line (sku, number);

CREATE TABLE purchase_history (
    id      INTEGER PRIMARY KEY,
    number  TEXT NOT NULL REFERENCES purchase (number),
    time_us INTEGER NOT NULL,
    act     TEXT NOT NULL,
    before  TEXT NOT NULL, -- the state
    after   TEXT NOT NULL,
    who     TEXT NOT NULL, -- "site/ID": what came
    note    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX purchase_history_of ON purchase_history (number, id);

CREATE TABLE purchase_proposal ( -- made anew each time, but for those that were taken
    id           INTEGER PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('open', 'budget', 'supplier', 'rate', 'taken')), -- purchase_proposals.h
    place        INTEGER NOT NULL, -- 1: the most urgent
    sku          TEXT NOT NULL REFERENCES item (sku),
    supplier     TEXT REFERENCES supplier (code), -- NULL: nobody sells it
    quantity     INTEGER NOT NULL CHECK (quantity > 0),
    price_minor  INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency     TEXT NOT NULL,
    base_minor   INTEGER NOT NULL, -- in base currency
    cover_milli  INTEGER NOT NULL, -- days for which there is enough, in thousandths; below 0: it is owed already
    why          TEXT NOT NULL, -- JSON
    number       TEXT REFERENCES purchase (number), -- that it was taken into
    made_us      INTEGER NOT NULL
) STRICT;
CREATE INDEX purchase_proposal_open ON purchase_proposal (state, supplier);
CREATE INDEX purchase_proposal_sku ON purchase_proposal (sku, id);
