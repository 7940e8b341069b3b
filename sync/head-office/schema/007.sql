-- How orders are chosen for: who waits for stock, rules of one's own, and what became of orders that were split or merged.

ALTER TABLE orders ADD COLUMN only_site TEXT REFERENCES site (id); -- a rule says that no other does it; NULL: any may
CREATE INDEX orders_waits ON orders (lacks, only_site, lacks_pieces) WHERE lacks IS NOT NULL AND state IN ('exception', 'audit');
-- Each item is somewhere, but not all at one site.
CREATE INDEX orders_apart ON orders (number) WHERE lacks IS NULL AND lacks_pieces > 0 AND state = 'exception';
CREATE INDEX orders_receiver ON orders (receiver_phone, shop) WHERE state IN ('audit', 'exception', 'reserved');
