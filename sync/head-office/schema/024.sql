-- What this head office uses, and what it may use where several share a machine.

CREATE TABLE usage_day (
    day TEXT NOT NULL,        -- of the business, 2026-11-27
    measure TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (day, measure)
) STRICT;

-- Written by whoever runs the machine; no row: no limit.
CREATE TABLE quota (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT;

-- Orders of platforms that are new and came above a quota: they are asked for again when it lets them in.
CREATE TABLE order_waiting (
    shop TEXT NOT NULL,
    id TEXT NOT NULL,         -- the platform's
    since_us INTEGER NOT NULL,
    PRIMARY KEY (shop, id)
) STRICT;
