-- Training: a copy of the site's database to practise on, and who has practised what.

ALTER TABLE stream ADD COLUMN training INTEGER NOT NULL DEFAULT 0 CHECK (training IN (0, 1)); -- 1: this is such a copy

CREATE TABLE training ( -- the stations that practise; outlives restarts, so that nobody works who thinks he practises
    station TEXT PRIMARY KEY CHECK (station <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE practised ( -- only in a copy: what each worker has done there in each step
    worker INTEGER NOT NULL REFERENCES worker,
    step   TEXT NOT NULL,
    code   TEXT NOT NULL, -- '': done well; else the mistake that was made, and heard: E05
    times  INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (worker, step, code)
) STRICT, WITHOUT ROWID;
