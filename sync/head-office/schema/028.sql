-- Whoever got something is forgotten (customers/erase.h): when an order ended, and which lines of the feed name somebody.

ALTER TABLE orders ADD COLUMN ended_us INTEGER NOT NULL DEFAULT 0; -- since when it is known to have left or to be closed; 0: it is under way
ALTER TABLE orders ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten BETWEEN 0 AND 2); -- 1: it is to be, when it has ended; 2: it is
UPDATE orders SET ended_us = coalesce((SELECT max(h.time_us) FROM order_history h WHERE h.number = orders.number AND h.after = orders.state),
        (SELECT l.left_us FROM order_left l WHERE l.number = orders.number), imported_us)
    WHERE state IN ('shipped', 'finished', 'closed');
CREATE INDEX orders_ended ON orders (number) WHERE ended_us = 0 AND state IN ('shipped', 'finished', 'closed');
CREATE INDEX orders_again ON orders (number) WHERE ended_us > 0 AND state NOT IN ('shipped', 'finished', 'closed');
CREATE INDEX orders_kept ON orders (ended_us) WHERE ended_us > 0 AND forgotten < 2 AND replaced = 0;
CREATE INDEX orders_wanted ON orders (number) WHERE forgotten = 1;
CREATE INDEX contact_order ON contact (order_number) WHERE order_number IS NOT NULL;
CREATE INDEX service_answer_of ON service_answer (order_number) WHERE order_number IS NOT NULL;
CREATE INDEX platform_order_loose ON platform_order (taken_us) WHERE number IS NULL AND raw <> '';

-- 1: whom the line names is to be left out, as soon as its site has it; 2: is left out, and hash is still that of what the site has;
-- 3: the site had it told again, and hash is that of the line.
ALTER TABLE feed ADD COLUMN forgets INTEGER NOT NULL DEFAULT 0 CHECK (forgets BETWEEN 0 AND 3);
CREATE INDEX feed_names ON feed (key) WHERE type IN ('order.release', 'waybill.pool');
CREATE INDEX feed_to_forget ON feed (site, seq) WHERE forgets = 1;
CREATE INDEX feed_forgotten ON feed (site, seq) WHERE forgets = 2;
