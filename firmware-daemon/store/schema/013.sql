-- The workers' PINs: what a badge alone does not open. Wrong tries are counted on the clock that runs since the machine's start.

CREATE TABLE worker_pin (
    worker   INTEGER PRIMARY KEY REFERENCES worker,
    hash     TEXT NOT NULL CHECK (hash <> ''),  -- Argon2id (base/password.h)
    office   TEXT NOT NULL DEFAULT '',          -- the last one that head office has sent
    fails    INTEGER NOT NULL DEFAULT 0,        -- since the last right one
    tried_us INTEGER NOT NULL DEFAULT 0         -- the last wrong one
) STRICT;
