-- Fewer pages a scan: each of them is written to a card that wears.

CREATE INDEX allocation_bin_open ON allocation (location, item, lot, open) WHERE open > 0; -- in place of two
DROP INDEX allocation_open;
DROP INDEX allocation_bin;

-- The session names the last action that UNDO can take back, and each action, which is the session as it was, the one before it: a row is
-- appended and never looked for, and what cannot be undone any more is merely not named.
ALTER TABLE session ADD COLUMN undo INTEGER;
ALTER TABLE action ADD COLUMN undo INTEGER;
UPDATE session SET undo = (SELECT max(id) FROM action a WHERE a.worker = session.worker);
UPDATE action SET undo = (SELECT max(id) FROM action a WHERE a.worker = action.worker AND a.id < action.id);
DROP INDEX action_worker;
DROP INDEX action_order;
