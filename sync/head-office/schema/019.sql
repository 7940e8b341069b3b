-- Shops on platforms that keep stock in several places; sums of the books; refunds on their way into them.

ALTER TABLE shop_account ADD COLUMN place TEXT NOT NULL DEFAULT ''; -- the platform's number of the one whose stock is told

-- Of each account, what was posted in a month: in base currency, kept with the entries, so that no balance adds up all lines.
CREATE TABLE books_balance (
    account      TEXT NOT NULL REFERENCES books_account (code),
    period       TEXT NOT NULL,
    debit_minor  INTEGER NOT NULL,
    credit_minor INTEGER NOT NULL,
    PRIMARY KEY (account, period)
) STRICT;
INSERT INTO books_balance (account, period, debit_minor, credit_minor)
    SELECT l.account, e.period, sum(CASE WHEN l.base_minor > 0 THEN l.base_minor ELSE 0 END),
        sum(CASE WHEN l.base_minor < 0 THEN -l.base_minor ELSE 0 END)
    FROM books_line l JOIN books_entry e ON e.id = l.entry GROUP BY l.account, e.period;

ALTER TABLE refund_due ADD COLUMN booked INTEGER NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)); -- it is in the ledger, or is none of it
CREATE INDEX refund_due_unbooked ON refund_due (number) WHERE state = 'paid' AND booked = 0;

-- Bills are looked through by file and by what came of their rows.
CREATE INDEX bill_row_file ON bill_row (file, id);
CREATE INDEX bill_row_state ON bill_row (state, id);

-- A number of its own, by which an entry can be named without naming anybody.
ALTER TABLE blacklist ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
UPDATE blacklist SET id = (SELECT count(*) FROM blacklist o WHERE o.field < blacklist.field
    OR (o.field = blacklist.field AND o.value <= blacklist.value));
CREATE UNIQUE INDEX blacklist_id ON blacklist (id) WHERE id > 0;

-- What became of a file that a program of others brought, while it is taken in, too. Of such a file rows is how many it has.
ALTER TABLE import ADD COLUMN state TEXT NOT NULL DEFAULT 'done' CHECK (state IN ('running', 'done', 'refused', 'broken'));
ALTER TABLE import ADD COLUMN said TEXT NOT NULL DEFAULT ''; -- why it was refused
ALTER TABLE import ADD COLUMN who TEXT NOT NULL DEFAULT '';
CREATE TABLE import_live ( -- empty: the program that takes a file in has a temporary one of this name, of how far it is
    import INTEGER PRIMARY KEY,
    done   INTEGER NOT NULL
) STRICT;
