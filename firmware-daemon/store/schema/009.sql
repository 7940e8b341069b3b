-- What head office, or a campaign, wants whoever packs an order to know.

ALTER TABLE orders ADD COLUMN packing_note TEXT NOT NULL DEFAULT '';
