-- Who may speak at the broker: head office's own authority for it, what it has issued, and sites that are no more.

ALTER TABLE site ADD COLUMN retired_us INTEGER; -- it is not in the broker's access list any more; NULL: it works

-- As secret as what head office signs with: part of every backup.
CREATE TABLE broker_authority (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    certificate TEXT NOT NULL, -- PEM
    key         TEXT NOT NULL, -- PEM
    until_us    INTEGER NOT NULL
) STRICT;

-- The newest of each name; keys are nowhere but in the files that were written.
CREATE TABLE broker_certificate (
    name        TEXT PRIMARY KEY, -- whom the broker takes its owner for: the MQTT client identifier; the broker's own: its host
    site        TEXT REFERENCES site (id), -- NULL: head office's or the broker's
    fingerprint TEXT NOT NULL, -- SHA-256
    made_us     INTEGER NOT NULL,
    until_us    INTEGER NOT NULL
) STRICT;
CREATE INDEX broker_certificate_site ON broker_certificate (site);
