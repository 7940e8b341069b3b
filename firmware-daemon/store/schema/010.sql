-- What a station's screen needs beside the work: how far the floor reaches, and which language each worker reads.

CREATE INDEX location_aisle ON location (aisle);
CREATE INDEX location_block ON location (block);
CREATE INDEX location_position ON location (position_mm);

CREATE TABLE worker_language ( -- chosen on a station's page; it follows the badge, and belongs to this site alone
    worker   INTEGER PRIMARY KEY REFERENCES worker,
    language TEXT NOT NULL CHECK (language IN ('en', 'zh'))
) STRICT;
