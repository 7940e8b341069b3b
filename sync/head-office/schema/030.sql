-- How a box is joined to a site by a code that it scans, and the boxes that sites had before.

CREATE TABLE site_join ( -- a code that is good once
    hash       BLOB PRIMARY KEY CHECK (length(hash) = 32), -- BLAKE2b of its token, which is kept nowhere
    site       TEXT NOT NULL REFERENCES site (id),
    box        TEXT NOT NULL UNIQUE, -- what the box will be called: the broker's access list lets it in beforehand
    made_us    INTEGER NOT NULL,
    made_by    TEXT NOT NULL,
    expires_us INTEGER NOT NULL,
    used_us    INTEGER, -- NULL: not yet
    used_by    TEXT -- what the box called itself
) STRICT;
CREATE INDEX site_join_of ON site_join (site, made_us);

CREATE TABLE former_box ( -- was a site's, until another took its place: it may say hello, and is told so
    box         TEXT PRIMARY KEY,
    site        TEXT NOT NULL REFERENCES site (id),
    replaced_us INTEGER NOT NULL
) STRICT;
CREATE INDEX former_box_of ON former_box (site);
