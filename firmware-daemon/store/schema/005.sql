-- What questions (store/query_table.c) find their rows by.

-- Cut out of the line: SQLite lets no function of JSON into a schema that it does not trust.
ALTER TABLE journal ADD COLUMN subject_on TEXT AS (substr(line, instr(line, '"subject":"') + 11)) VIRTUAL;
ALTER TABLE journal ADD COLUMN subject TEXT AS (substr(subject_on, 1, instr(subject_on, '"') - 1)) VIRTUAL;
CREATE INDEX journal_subject ON journal (subject); -- the history of one order, parcel, place, worker
CREATE INDEX balance_location ON balance (location);
CREATE INDEX barcode_item ON barcode (item);

-- A plate that was emptied leaves no row behind: every parcel would add one to its items' for ever.
DELETE FROM balance WHERE quantity = 0 AND lpn <> 0;
CREATE TRIGGER balance_empties AFTER UPDATE OF quantity ON balance WHEN NEW.quantity = 0 AND NEW.lpn <> 0 BEGIN
    DELETE FROM balance WHERE item = NEW.item AND location = NEW.location AND lpn = NEW.lpn AND lot = NEW.lot;
END;
