-- What is known of this database's own health: when it was last read whole, when a backup was made, what it wrote.

ALTER TABLE stream ADD COLUMN written_bytes INTEGER NOT NULL DEFAULT 0; -- to the disk, since it was first counted

CREATE TABLE upkeep (
    only_row   INTEGER PRIMARY KEY CHECK (only_row = 1),
    counted_us INTEGER NOT NULL DEFAULT 0, -- since when written_bytes is counted; 0: not yet
    checked_us INTEGER NOT NULL DEFAULT 0, -- when it was read whole for the last time; 0: never
    sound      INTEGER NOT NULL DEFAULT 1 CHECK (sound IN (0, 1)), -- what was found then
    why        TEXT NOT NULL DEFAULT '',   -- what was wrong with it
    backup_us  INTEGER NOT NULL DEFAULT 0, -- of the last backup that was read again and found whole; 0: none
    backup_seq INTEGER NOT NULL DEFAULT 0  -- its last event
) STRICT;
INSERT INTO upkeep (only_row) VALUES (1);
