-- How orders are chosen for: who waits for stock, rules of one's own, and what became of orders that were split or merged.

ALTER TABLE orders ADD COLUMN only_site TEXT REFERENCES site (id); -- a rule says that no other does it; NULL: any may
CREATE INDEX orders_waits ON orders (lacks, priority DESC, coalesce(paid_us, imported_us), number) WHERE lacks IS NOT NULL AND state IN ('exception', 'audit');
-- Each item is somewhere, but not all at one site.
CREATE INDEX orders_apart ON orders (number) WHERE lacks IS NULL AND lacks_pieces > 0 AND state = 'exception';
-- Who is next: to be checked, to be handed out.
CREATE INDEX orders_to_check ON orders (priority DESC, coalesce(paid_us, imported_us), number) WHERE state = 'audit';
CREATE INDEX orders_to_release ON orders (priority DESC, coalesce(paid_us, imported_us), number) WHERE state = 'reserved';
CREATE INDEX orders_receiver ON orders (receiver_phone, shop) WHERE state IN ('audit', 'exception', 'reserved');
