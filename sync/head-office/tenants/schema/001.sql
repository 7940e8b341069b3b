-- The register of a cloud: whose head offices there are, what each may use and has used. What a tenant's head office
-- holds is not here: each has a database of its own.

CREATE TABLE tenant (
    name TEXT PRIMARY KEY,        -- a-z, 0-9 and '-'; also its folder or its schema, and its topics
    title TEXT NOT NULL,          -- for people
    state TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'removed')),
    port INTEGER NOT NULL UNIQUE, -- of 127.0.0.1, where its server answers
    secret TEXT NOT NULL,         -- the password of its role in PostgreSQL; '': it is a file
    created_us INTEGER NOT NULL
) STRICT;

CREATE TABLE tenant_quota (
    tenant TEXT NOT NULL REFERENCES tenant (name),
    name TEXT NOT NULL,
    value INTEGER NOT NULL CHECK (value >= 0),
    PRIMARY KEY (tenant, name)
) STRICT;

-- As the tenant's own database last had it: a day's amount is a whole figure, so that it may be gathered again.
CREATE TABLE tenant_usage (
    tenant TEXT NOT NULL REFERENCES tenant (name),
    day TEXT NOT NULL,
    measure TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (tenant, day, measure)
) STRICT;

CREATE TABLE tenant_history (
    id INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL REFERENCES tenant (name),
    time_us INTEGER NOT NULL,
    act TEXT NOT NULL,
    said TEXT NOT NULL,
    who TEXT NOT NULL
) STRICT;
