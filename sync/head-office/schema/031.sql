-- What is looked at whenever an order moves is cheap: SQLite fills a table of its own for each list behind IN, of more than two, at every
-- write of a row. And three indexes were not used at all, because orders_state seemed to be as good: all that ever ended were gone
-- through for those that just did, and all that wait were sorted for the next fifty. An index is chosen that has the state in front.
DROP INDEX orders_ended;
DROP INDEX orders_to_check;
DROP INDEX orders_to_release;
CREATE INDEX orders_to_check ON orders (state, priority DESC, coalesce(paid_us, imported_us), number) WHERE state = 'audit';
CREATE INDEX orders_to_release ON orders (state, priority DESC, coalesce(paid_us, imported_us), number) WHERE state = 'reserved';
DROP INDEX orders_again;
DROP INDEX orders_receiver;
CREATE INDEX aftersale_loose ON aftersale (number) WHERE order_number IS NULL;
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
