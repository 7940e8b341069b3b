-- Money: a double-entry ledger, what goods cost, the bills of platforms and carriers, invoices. Amounts are in minor
-- units, each with its currency; base_minor is in the currency that the books are kept in. Debits are positive.

CREATE TABLE books_account ( -- what each is for: books.h
    code    TEXT PRIMARY KEY,
    kind    TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'equity', 'income', 'expense')),
    part    TEXT NOT NULL, -- of the profit of an order; "": of none
    english TEXT NOT NULL,
    chinese TEXT NOT NULL
) STRICT;
INSERT INTO books_account (code, kind, part, english, chinese) VALUES
    ('1002', 'asset', '', 'Bank', '银行存款'),
    ('1012', 'asset', '', 'Balance at platforms', '其他货币资金（平台余额）'),
    ('1122', 'asset', '', 'Receivable from platforms', '应收账款'),
    ('1405', 'asset', '', 'Goods in stock', '库存商品'),
    ('1411', 'asset', '', 'Packaging material', '周转材料'),
    ('2202', 'liability', '', 'Payable to suppliers', '应付账款'),
    ('2202.01', 'liability', '', 'Goods received and not invoiced', '暂估应付账款'),
    ('2221', 'liability', '', 'Tax payable', '应交税费'),
    ('2241', 'liability', '', 'Payable to carriers', '其他应付款（快递）'),
    ('4001', 'equity', '', 'Opening balance', '期初余额'),
    ('6001', 'income', 'revenue', 'Sales', '主营业务收入'),
    ('6001.01', 'income', 'discounts', 'Discounts given', '销售折扣'),
    ('6001.02', 'income', 'refunds', 'Refunds given', '销售退款'),
    ('6001.03', 'income', 'tax', 'Tax in invoiced sales', '销项税额'),
    ('6051', 'income', 'revenue', 'Carriage paid by buyers', '运费收入'),
    ('6401', 'expense', 'goods', 'Cost of goods sold', '主营业务成本'),
    ('6401.01', 'expense', 'goods', 'Later changes of cost', '成本差异'),
    ('6601.01', 'expense', 'fees', 'Platform fees', '平台服务费'),
    ('6601.02', 'expense', 'freight', 'Carriage', '运输费'),
    ('6601.03', 'expense', 'packaging', 'Packaging', '包装费'),
    ('6603.01', 'expense', 'other', 'Exchange differences', '汇兑损益'),
    ('6603.02', 'expense', 'other', 'Rounding', '尾差'),
    ('6711', 'expense', 'other', 'Stock differences', '存货盘盈盘亏'),
    ('6711.01', 'expense', 'other', 'Differences of bills', '对账差异');

CREATE TABLE books_entry (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE CHECK (key <> ''), -- the fact it is posted from: once
    kind         TEXT NOT NULL,
    at_us        INTEGER NOT NULL, -- when it happened
    day          TEXT NOT NULL, -- the business day of that
    period       TEXT NOT NULL, -- the month it counts in; a later one than the day's when that was closed by then
    posted_us    INTEGER NOT NULL,
    order_number TEXT NOT NULL DEFAULT '',
    note         TEXT NOT NULL DEFAULT '',
    who          TEXT NOT NULL, -- "": head office by itself
    debit_minor  INTEGER NOT NULL CHECK (debit_minor >= 0), -- of the lines, in base currency
    credit_minor INTEGER NOT NULL,
    CHECK (debit_minor = credit_minor)
) STRICT;
CREATE INDEX books_entry_period ON books_entry (period, id);
CREATE INDEX books_entry_order ON books_entry (order_number, kind) WHERE order_number <> '';

CREATE TABLE books_line (
    entry        INTEGER NOT NULL REFERENCES books_entry (id),
    line         INTEGER NOT NULL CHECK (line > 0),
    account      TEXT NOT NULL REFERENCES books_account (code),
    debit_minor  INTEGER NOT NULL CHECK (debit_minor >= 0),
    credit_minor INTEGER NOT NULL CHECK (credit_minor >= 0),
    currency     TEXT NOT NULL,
    base_minor   INTEGER NOT NULL,
    order_number TEXT NOT NULL DEFAULT '',
    order_line   INTEGER NOT NULL DEFAULT 0,
    sku          TEXT NOT NULL DEFAULT '',
    quantity     INTEGER NOT NULL DEFAULT 0, -- pieces of the item that it is about, in the direction of base_minor
    site         TEXT NOT NULL DEFAULT '',
    shop         TEXT NOT NULL DEFAULT '',
    party        TEXT NOT NULL DEFAULT '', -- a carrier or supplier
    PRIMARY KEY (entry, line),
    CHECK (debit_minor = 0 OR credit_minor = 0)
) STRICT;
CREATE INDEX books_line_account ON books_line (account, entry);
CREATE INDEX books_line_order ON books_line (order_number, account) WHERE order_number <> '';

CREATE TABLE books_closed ( -- months that nothing is posted in any more
    period    TEXT PRIMARY KEY,
    closed_us INTEGER NOT NULL,
    who       TEXT NOT NULL
) STRICT;

CREATE TABLE books_rate ( -- what one unit of a currency is worth, from that day on
    currency TEXT NOT NULL,
    day      TEXT NOT NULL,
    micro    INTEGER NOT NULL CHECK (micro > 0), -- millionths of a unit of the base currency
    who      TEXT NOT NULL,
    PRIMARY KEY (currency, day)
) STRICT;

CREATE TABLE books_cursor ( -- how far the events are posted
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    arrival INTEGER NOT NULL
) STRICT;
INSERT INTO books_cursor (id, arrival) VALUES (1, 0);

CREATE TABLE books_trouble ( -- facts that cannot be posted yet; they are tried again
    key     TEXT PRIMARY KEY, -- "event/ARRIVAL" or "order/NUMBER"
    why     TEXT NOT NULL,
    time_us INTEGER NOT NULL
) STRICT;

ALTER TABLE order_line ADD COLUMN booked INTEGER NOT NULL DEFAULT 0; -- of those shipped, so many are in the ledger
CREATE INDEX order_line_unbooked ON order_line (number, line) WHERE shipped <> booked;

CREATE TABLE order_campaign ( -- what made the buyer buy
    number   TEXT PRIMARY KEY REFERENCES orders (number),
    campaign TEXT NOT NULL
) STRICT;

CREATE TABLE packaging_cost (
    box   TEXT PRIMARY KEY,
    minor INTEGER NOT NULL CHECK (minor >= 0) -- of one, in base currency
) STRICT;

CREATE TABLE cost_item ( -- what the pieces in stock are worth, in base currency
    sku           TEXT PRIMARY KEY,
    method        TEXT NOT NULL CHECK (method IN ('average', 'fifo')),
    quantity      INTEGER NOT NULL DEFAULT 0, -- below 0: more were sold than had come, at an estimated cost
    value_minor   INTEGER NOT NULL DEFAULT 0,
    last_quantity INTEGER NOT NULL DEFAULT 0, -- of the last receipt with a cost, and what that was
    last_minor    INTEGER NOT NULL DEFAULT 0,
    usual_minor   INTEGER NOT NULL DEFAULT 0 CHECK (usual_minor >= 0), -- of one piece, where nothing else is known
    CHECK (quantity <> 0 OR value_minor = 0)
) STRICT;

CREATE TABLE cost_layer ( -- what came, and for how much
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE,
    sku         TEXT NOT NULL REFERENCES cost_item (sku),
    document    TEXT NOT NULL DEFAULT '',
    site        TEXT NOT NULL DEFAULT '',
    party       TEXT NOT NULL DEFAULT '',
    at_us       INTEGER NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    value_minor INTEGER NOT NULL,
    left_open   INTEGER NOT NULL CHECK (left_open BETWEEN 0 AND quantity), -- not sold yet; 0 by average cost
    left_minor  INTEGER NOT NULL
) STRICT;
CREATE INDEX cost_layer_open ON cost_layer (sku, id) WHERE left_open > 0;
CREATE INDEX cost_layer_document ON cost_layer (document, sku) WHERE document <> '';

CREATE TABLE cost_owed ( -- pieces that were sold before they came
    id           INTEGER PRIMARY KEY,
    sku          TEXT NOT NULL REFERENCES cost_item (sku),
    quantity     INTEGER NOT NULL CHECK (quantity >= 0),
    value_minor  INTEGER NOT NULL, -- at which they were sold
    account      TEXT NOT NULL, -- that had it
    order_number TEXT NOT NULL DEFAULT '',
    order_line   INTEGER NOT NULL DEFAULT 0,
    site         TEXT NOT NULL DEFAULT '',
    shop         TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX cost_owed_open ON cost_owed (sku, id) WHERE quantity > 0;

CREATE TABLE cost_sold ( -- what the goods of an order cost, as they left and as they came back
    order_number TEXT NOT NULL,
    order_line   INTEGER NOT NULL,
    sku          TEXT NOT NULL,
    quantity     INTEGER NOT NULL,
    value_minor  INTEGER NOT NULL,
    PRIMARY KEY (order_number, order_line)
) STRICT;

CREATE TABLE cost_purchase ( -- what a supplier asks for the goods of a document
    document    TEXT NOT NULL,
    sku         TEXT NOT NULL,
    quantity    INTEGER NOT NULL CHECK (quantity > 0),
    total_minor INTEGER NOT NULL CHECK (total_minor >= 0),
    currency    TEXT NOT NULL,
    rev         INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (document, sku)
) STRICT;

CREATE TABLE bill_file (
    id          INTEGER PRIMARY KEY,
    hash        TEXT NOT NULL, -- BLAKE2b-256 of it, in hex
    format      TEXT NOT NULL,
    party       TEXT NOT NULL, -- the shop, or the carrier
    name        TEXT NOT NULL,
    rows        INTEGER NOT NULL,
    new_rows    INTEGER NOT NULL, -- the others were in a file before
    total_minor INTEGER NOT NULL,
    taken_us    INTEGER NOT NULL,
    who         TEXT NOT NULL,
    UNIQUE (party, format, hash)
) STRICT;

CREATE TABLE bill_row (
    id              INTEGER PRIMARY KEY,
    file            INTEGER NOT NULL REFERENCES bill_file (id),
    party           TEXT NOT NULL,
    format          TEXT NOT NULL,
    row_key         TEXT NOT NULL,
    word            TEXT NOT NULL, -- what the bill calls it
    meaning         TEXT NOT NULL CHECK (meaning IN ('sale', 'refund', 'fee', 'freight', 'transfer', 'unknown')),
    reference       TEXT NOT NULL, -- the platform's order or the waybill
    at_us           INTEGER NOT NULL,
    day             TEXT NOT NULL,
    amount_minor    INTEGER NOT NULL, -- what the seller gets; below 0: pays
    currency        TEXT NOT NULL,
    order_number    TEXT NOT NULL DEFAULT '', -- ours
    -- not looked at; as we have it; we do not know of it; another amount; a person said that it is all right
    state           TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'matched', 'missing_here', 'different', 'review', 'forced')),
    residue_minor   INTEGER NOT NULL DEFAULT 0, -- by which the bill says more than we do; on one row of several
    bucket          TEXT NOT NULL DEFAULT '' CHECK (bucket IN ('', 'fee', 'rounding', 'timing', 'other')),
    why             TEXT NOT NULL DEFAULT '',
    who             TEXT NOT NULL DEFAULT '',
    forced_us       INTEGER,
    UNIQUE (party, format, row_key)
) STRICT;
CREATE INDEX bill_row_of ON bill_row (party, day);
CREATE INDEX bill_row_order ON bill_row (order_number, meaning) WHERE order_number <> '';
CREATE INDEX bill_row_reference ON bill_row (party, reference);
CREATE INDEX parcel_waybill ON parcel (waybill) WHERE waybill IS NOT NULL;

CREATE TABLE bill_word ( -- what a person said that a word of a bill means
    format  TEXT NOT NULL,
    word    TEXT NOT NULL,
    meaning TEXT NOT NULL,
    who     TEXT NOT NULL,
    PRIMARY KEY (format, word)
) STRICT;

CREATE TABLE invoice_series ( -- numbers of invoices: the next one; they have no gaps
    series TEXT PRIMARY KEY,
    next   INTEGER NOT NULL CHECK (next > 0)
) STRICT;

CREATE TABLE invoice (
    id           INTEGER PRIMARY KEY,
    series       TEXT NOT NULL,
    number       INTEGER CHECK (number > 0), -- NULL: a draft
    state        TEXT NOT NULL CHECK (state IN ('draft', 'issued', 'part_flushed', 'flushed', 'red', 'dropped')),
    of_invoice   INTEGER REFERENCES invoice (id), -- which a red one takes back
    order_number TEXT NOT NULL DEFAULT '',
    title        TEXT NOT NULL CHECK (title <> ''),
    tax_number   TEXT NOT NULL DEFAULT '',
    currency     TEXT NOT NULL,
    net_minor    INTEGER NOT NULL DEFAULT 0,
    tax_minor    INTEGER NOT NULL DEFAULT 0,
    gross_minor  INTEGER NOT NULL DEFAULT 0,
    made_us      INTEGER NOT NULL,
    issued_us    INTEGER,
    who          TEXT NOT NULL,
    why          TEXT NOT NULL DEFAULT '',
    UNIQUE (series, number),
    CHECK ((number IS NULL) = (state IN ('draft', 'dropped'))),
    CHECK (net_minor + tax_minor = gross_minor),
    CHECK ((state = 'red') = (of_invoice IS NOT NULL))
) STRICT;
CREATE INDEX invoice_order ON invoice (order_number) WHERE order_number <> '';

CREATE TABLE invoice_line ( -- of a red one: below zero
    invoice     INTEGER NOT NULL REFERENCES invoice (id),
    line        INTEGER NOT NULL CHECK (line > 0),
    name        TEXT NOT NULL,
    sku         TEXT NOT NULL DEFAULT '',
    order_line  INTEGER NOT NULL DEFAULT 0,
    quantity    INTEGER NOT NULL,
    tax_rate    INTEGER NOT NULL CHECK (tax_rate BETWEEN 0 AND 10000), -- ten-thousandths of the net
    net_minor   INTEGER NOT NULL,
    tax_minor   INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    flushed     INTEGER NOT NULL DEFAULT 0, -- pieces that red ones took back
    PRIMARY KEY (invoice, line),
    CHECK (net_minor + tax_minor = gross_minor)
) STRICT;
