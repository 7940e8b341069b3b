-- Which site has an order, and what several of them have done for one.

ALTER TABLE site ADD COLUMN feed_sent INTEGER NOT NULL DEFAULT 0; -- changes up to here have left for it, once at least
ALTER TABLE site ADD COLUMN lease_s INTEGER NOT NULL DEFAULT 0 CHECK (lease_s >= 0); -- its orders may be begun so long; 0: for ever

CREATE TABLE assignment ( -- each site that has been given the order
    place        INTEGER PRIMARY KEY, -- in the order in which they were given
    number       TEXT NOT NULL REFERENCES orders (number),
    site         TEXT NOT NULL REFERENCES site (id),
    feed_seq     INTEGER NOT NULL, -- of its release in the site's feed
    lease_s      INTEGER NOT NULL,
    published_us INTEGER, -- when the release left for the first time; NULL: not yet
    renewed_us   INTEGER NOT NULL, -- when the lease was last given
    -- it has the order; it was asked to give it back; it has it no more
    state        TEXT NOT NULL DEFAULT 'given' CHECK (state IN ('given', 'asked', 'left')),
    wanted_by    TEXT REFERENCES site (id), -- who gets it then
    UNIQUE (number, site)
) STRICT;
CREATE INDEX assignment_unsent ON assignment (site, feed_seq) WHERE published_us IS NULL;
CREATE INDEX assignment_leased ON assignment (site) WHERE state = 'given' AND lease_s > 0;

ALTER TABLE site ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0; -- messages of its box that were wrong

ALTER TABLE parked ADD COLUMN subject TEXT NOT NULL DEFAULT ''; -- what it is about: later events of that wait, too
ALTER TABLE parked ADD COLUMN known INTEGER NOT NULL DEFAULT 1 CHECK (known IN (0, 1)); -- 0: of a kind from a newer version
CREATE INDEX parked_subject ON parked (site, subject);

CREATE TABLE stray_line ( -- what a site did for an order that was another's by then
    number  TEXT NOT NULL,
    line    INTEGER NOT NULL,
    site    TEXT NOT NULL REFERENCES site (id),
    picked  INTEGER NOT NULL DEFAULT 0,
    shipped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, line, site),
    FOREIGN KEY (number, line) REFERENCES order_line (number, line)
) STRICT;

ALTER TABLE worker ADD COLUMN revoked_us INTEGER; -- since when the badge is no longer good

CREATE TABLE flagged ( -- events that are facts as all others, and that somebody should look at
    site  TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    seq   INTEGER NOT NULL,
    why   TEXT NOT NULL CHECK (why IN ('revoked', 'stale_roster')),
    PRIMARY KEY (site, epoch, seq, why),
    FOREIGN KEY (site, epoch, seq) REFERENCES event (site, epoch, seq)
) STRICT;

CREATE TABLE overship ( -- order lines of which more left than was ordered, over all sites
    number  TEXT NOT NULL,
    line    INTEGER NOT NULL,
    ordered INTEGER NOT NULL,
    shipped INTEGER NOT NULL,
    PRIMARY KEY (number, line)
) STRICT;
