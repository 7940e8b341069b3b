-- What is counted of the sites' days, what was changed and what came of it, moves of goods that save walking; whether and
-- how the system fits a warehouse, its roll-out, and what people practised. Days are the business's, counted from 1970.

CREATE TABLE improve_cursor ( -- how far the events are counted
    id INTEGER PRIMARY KEY CHECK (id = 1),
    arrival INTEGER NOT NULL
) STRICT;
INSERT INTO improve_cursor (id, arrival) VALUES (1, 0);

CREATE TABLE site_day (
    site         TEXT NOT NULL REFERENCES site (id),
    day          INTEGER NOT NULL,
    pieces       INTEGER NOT NULL DEFAULT 0, -- picked
    visits       INTEGER NOT NULL DEFAULT 0, -- times that a bin was gone to for an order or a wave
    measured     INTEGER NOT NULL DEFAULT 0, -- visits to bins whose way from the depot is known
    walk_mm      INTEGER NOT NULL DEFAULT 0, -- there and back, of those
    picker_hours INTEGER NOT NULL DEFAULT 0, -- hours of the clock in which a worker picked
    events       INTEGER NOT NULL DEFAULT 0, -- of workers, with what was refused
    rejected     INTEGER NOT NULL DEFAULT 0,
    parcels      INTEGER NOT NULL DEFAULT 0, -- that left
    PRIMARY KEY (site, day)
) STRICT;

CREATE TABLE picker_hour (
    site   TEXT NOT NULL,
    hour   INTEGER NOT NULL, -- since 1970
    worker TEXT NOT NULL,
    PRIMARY KEY (site, hour, worker)
) STRICT;

CREATE TABLE pick_day (
    site     TEXT NOT NULL REFERENCES site (id),
    sku      TEXT NOT NULL,
    day      INTEGER NOT NULL,
    location TEXT NOT NULL,
    visits   INTEGER NOT NULL,
    pieces   INTEGER NOT NULL,
    walk_mm  INTEGER, -- there and back, of all visits; NULL: the way is not known
    PRIMARY KEY (site, sku, day, location)
) STRICT;
CREATE INDEX pick_day_of ON pick_day (site, day);

CREATE TABLE pick_visit ( -- the last one of each item
    site     TEXT NOT NULL,
    sku      TEXT NOT NULL,
    visitor  TEXT NOT NULL, -- order, or wave
    location TEXT NOT NULL,
    day      INTEGER NOT NULL,
    pieces   INTEGER NOT NULL, -- 0: taken back whole
    PRIMARY KEY (site, sku)
) STRICT;

CREATE TABLE site_fact ( -- what a site has shown that it can do
    site     TEXT NOT NULL REFERENCES site (id),
    fact     TEXT NOT NULL, -- improve_facts.c names them
    subject  TEXT NOT NULL,
    times    INTEGER NOT NULL,
    last_us  INTEGER NOT NULL,
    PRIMARY KEY (site, fact, subject)
) STRICT;

CREATE TABLE parameter ( -- how each site works now, as far as is known here
    site  TEXT NOT NULL, -- "": head office
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (site, name)
) STRICT;

CREATE TABLE parameter_change (
    id       INTEGER PRIMARY KEY,
    site     TEXT NOT NULL, -- "": head office
    name     TEXT NOT NULL,
    before   TEXT, -- NULL: not known here: what the program has by itself
    after    TEXT NOT NULL,
    who      TEXT NOT NULL,
    time_us  INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    measured INTEGER NOT NULL DEFAULT 0 CHECK (measured IN (0, 1)) -- both windows were whole
) STRICT;
CREATE INDEX parameter_change_of ON parameter_change (site, name, id);
CREATE INDEX parameter_change_open ON parameter_change (day) WHERE measured = 0;

CREATE TABLE improvement ( -- something that people try: plan, do, check, act
    id         INTEGER PRIMARY KEY,
    site       TEXT NOT NULL, -- "": all sites
    what       TEXT NOT NULL,
    figure     TEXT NOT NULL, -- figures.h
    aim        INTEGER NOT NULL, -- by how many percent it is to change
    state      TEXT NOT NULL CHECK (state IN ('planned', 'running', 'kept', 'dropped')),
    who        TEXT NOT NULL,
    note       TEXT NOT NULL DEFAULT '',
    planned_us INTEGER NOT NULL,
    started_us INTEGER,
    started    INTEGER, -- the day
    ended_us   INTEGER
) STRICT;
CREATE INDEX improvement_state ON improvement (state, id);

CREATE TABLE measured_figure ( -- equal windows before and after the day of a change
    of_change  TEXT NOT NULL CHECK (of_change IN ('parameter', 'improvement')),
    id         INTEGER NOT NULL,
    figure     TEXT NOT NULL,
    before     INTEGER, -- hundredths; NULL: too little was done
    after      INTEGER,
    percent    INTEGER, -- by which it changed
    days       INTEGER NOT NULL, -- of a window
    worked_before INTEGER NOT NULL, -- days on which something was done
    worked_after  INTEGER NOT NULL,
    verdict    TEXT NOT NULL CHECK (verdict IN ('better', 'worse', 'same', 'too_early', 'too_little')),
    time_us    INTEGER NOT NULL,
    PRIMARY KEY (of_change, id, figure)
) STRICT;

CREATE TABLE slot_class ( -- ABC of a site's items: made anew by slotting.suggest
    site   TEXT NOT NULL REFERENCES site (id),
    sku    TEXT NOT NULL,
    class  TEXT NOT NULL CHECK (class IN ('A', 'B', 'C')),
    visits INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    PRIMARY KEY (site, sku)
) STRICT;

CREATE TABLE slot_move (
    id           INTEGER PRIMARY KEY,
    site         TEXT NOT NULL REFERENCES site (id),
    sku          TEXT NOT NULL,
    class        TEXT NOT NULL,
    visits       INTEGER NOT NULL,
    from_bin     TEXT NOT NULL,
    to_bin       TEXT NOT NULL,
    swap_with    TEXT,
    saved_m      INTEGER, -- metres of all visits of the period; NULL: ways are not known
    saved_places INTEGER,
    days         INTEGER NOT NULL, -- of the period
    state        TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'made', 'dropped')),
    who          TEXT NOT NULL,
    suggested_us INTEGER NOT NULL,
    decided_us   INTEGER,
    made_us      INTEGER,
    made         INTEGER -- the day
) STRICT;
CREATE INDEX slot_move_of ON slot_move (site, state, id);
CREATE INDEX slot_move_accepted ON slot_move (id) WHERE state = 'accepted';

CREATE TABLE fit_check (
    id      INTEGER PRIMARY KEY,
    name    TEXT NOT NULL, -- the customer or warehouse
    answers TEXT NOT NULL, -- JSON, fit.h
    result  TEXT NOT NULL,
    flows   TEXT NOT NULL, -- codes, by commas
    gaps    INTEGER NOT NULL,
    who     TEXT NOT NULL,
    time_us INTEGER NOT NULL
) STRICT;

CREATE TABLE rollout (
    site       TEXT PRIMARY KEY REFERENCES site (id),
    fit_check  INTEGER REFERENCES fit_check (id),
    who        TEXT NOT NULL,
    started_us INTEGER NOT NULL
) STRICT;

CREATE TABLE rollout_step (
    site    TEXT NOT NULL REFERENCES rollout (site),
    place   INTEGER NOT NULL,
    step    TEXT NOT NULL, -- rollouts.h
    state   TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'under_way', 'done', 'skipped')),
    who     TEXT NOT NULL DEFAULT '',
    note    TEXT NOT NULL DEFAULT '',
    time_us INTEGER,
    PRIMARY KEY (site, step)
) STRICT;

CREATE TABLE training ( -- lessons that workers have practised whole
    site     TEXT NOT NULL REFERENCES site (id),
    worker   TEXT NOT NULL,
    lesson   TEXT NOT NULL,
    steps    INTEGER NOT NULL,
    mistakes INTEGER NOT NULL, -- that were heard in it, those on purpose with them
    times    INTEGER NOT NULL, -- so often
    last_us  INTEGER NOT NULL,
    PRIMARY KEY (site, worker, lesson)
) STRICT;
CREATE INDEX training_worker ON training (worker, site, lesson);

CREATE TABLE trial_run ( -- a parallel run: another system's figures beside a site's
    arrival       INTEGER PRIMARY KEY,
    site          TEXT NOT NULL REFERENCES site (id),
    kind          TEXT NOT NULL,
    name          TEXT NOT NULL,
    compared      INTEGER NOT NULL,
    matching      INTEGER NOT NULL,
    different     INTEGER NOT NULL,
    missing_here  INTEGER NOT NULL,
    missing_there INTEGER NOT NULL,
    day           INTEGER NOT NULL,
    time_us       INTEGER NOT NULL
) STRICT;
CREATE INDEX trial_run_of ON trial_run (site, arrival);
CREATE INDEX site_day_day ON site_day (day);
