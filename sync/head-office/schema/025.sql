-- The people of head office: who they are, what they may do and where, where they are logged in; and who did what.

CREATE TABLE staff (
    name        TEXT PRIMARY KEY, -- what they log in by, lower case
    title       TEXT NOT NULL, -- for people
    password    TEXT NOT NULL, -- Argon2id as libsodium writes it, with salt and cost
    must_change INTEGER NOT NULL DEFAULT 1 CHECK (must_change IN (0, 1)), -- it is one that others have seen
    active      INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    failures    INTEGER NOT NULL DEFAULT 0, -- one after the other
    locked_until_us INTEGER NOT NULL DEFAULT 0,
    added_us    INTEGER NOT NULL,
    added_by    TEXT NOT NULL,
    seen_us     INTEGER -- the last time they logged in
) STRICT;

CREATE TABLE staff_role (
    name     TEXT NOT NULL REFERENCES staff (name),
    role     TEXT NOT NULL, -- staff/roles.h
    site     TEXT REFERENCES site (id), -- at this site alone; NULL: everywhere
    since_us INTEGER NOT NULL,
    given_by TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX staff_role_one ON staff_role (name, role, (coalesce(site, '')));

CREATE TABLE staff_session (
    hash     BLOB PRIMARY KEY CHECK (length(hash) = 32), -- BLAKE2b-256 of what the browser keeps
    name     TEXT NOT NULL REFERENCES staff (name),
    begun_us INTEGER NOT NULL,
    used_us  INTEGER NOT NULL -- to the minute
) STRICT;
CREATE INDEX staff_session_name ON staff_session (name);

-- Who did what: each line's hash is that of the line before it and of itself, so none can be changed or left out unseen.
CREATE TABLE trail (
    seq     INTEGER PRIMARY KEY CHECK (seq > 0),
    time_us INTEGER NOT NULL,
    who     TEXT NOT NULL,
    what    TEXT NOT NULL, -- a verb, or "login", "login.refused", "import.KIND"
    about   TEXT NOT NULL, -- its fields as JSON, without secrets and without what says who somebody is
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX trail_time ON trail (time_us);
CREATE INDEX trail_who ON trail (who, seq);

CREATE TABLE trail_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB CHECK (length(hash) = 32) -- NULL: nothing was done yet
) STRICT;
INSERT INTO trail_head (id, seq) VALUES (1, 0);
