-- Label templates of the site's own: the one that is kept here takes the place of the shipped one of its name.

CREATE TABLE label_template (
    name       TEXT PRIMARY KEY CHECK (name <> ''),
    text       TEXT NOT NULL CHECK (text <> ''), -- of the file, as docs/labels.md tells it; read again at each start
    worker     INTEGER NOT NULL REFERENCES worker, -- the supervisor who kept it
    changed_us INTEGER NOT NULL
) STRICT;
