-- What is looked at whenever an order moves is cheap: SQLite fills a table of its own for each list behind IN, of more than two, at every
-- write of a row, and orders_ended was not used at all, as all that ever ended were found by orders_state.
DROP INDEX orders_ended;
DROP INDEX orders_again;
DROP INDEX orders_receiver;
CREATE INDEX orders_ended ON orders (ended_us) WHERE ended_us = 0 AND (state = 'shipped' OR state = 'finished' OR state = 'closed');
CREATE INDEX orders_again ON orders (number) WHERE ended_us > 0 AND state <> 'shipped' AND state <> 'finished' AND state <> 'closed';
CREATE INDEX orders_receiver ON orders (receiver_phone, shop) WHERE (state = 'audit' OR state = 'exception' OR state = 'reserved');

-- The check of an order's state the same, where it is SQLite: the table stays what it was, only the words of its check change (SQLite
-- documentation, "ALTER TABLE", section 8).
/* SQLITE */
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
'state IN (''pending_pay'', ''audit'', ''exception'', ''reserved'', ''released'',
        ''received'', ''allocated'', ''picking'', ''short'', ''parked'', ''picked'', ''packed'', ''labelled'', ''shipped'', ''finished'',
        ''closed'')',
'state = ''received'' OR state = ''allocated'' OR state = ''picking'' OR state = ''picked'' OR
        state = ''packed'' OR state = ''labelled'' OR state = ''shipped'' OR state = ''released'' OR
        state = ''reserved'' OR state = ''audit'' OR state = ''exception'' OR state = ''finished'' OR
        state = ''closed'' OR state = ''short'' OR state = ''parked'' OR state = ''pending_pay''')
 WHERE type = 'table' AND name = 'orders';
PRAGMA writable_schema = RESET;
/* END */
