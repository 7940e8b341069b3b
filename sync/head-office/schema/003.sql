-- Documents: what suppliers have announced, what goes from site to site, what customers send back.

CREATE TABLE document (
    number TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('asn', 'transfer', 'arrival', 'return')),
    site TEXT NOT NULL REFERENCES site (id),
    partner TEXT NOT NULL DEFAULT '', -- the supplier, the other site
    owner TEXT NOT NULL DEFAULT '',
    order_number TEXT NOT NULL DEFAULT '', -- of a return
    waybill TEXT NOT NULL DEFAULT '',
    blind INTEGER NOT NULL DEFAULT 0 CHECK (blind IN (0, 1)),
    over_percent INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0 CHECK (sent IN (0, 1)), -- it is in the site's feed and stays as it is
    state TEXT NOT NULL DEFAULT 'announced', -- as the site tells
    outcome TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE document_line (
    number TEXT NOT NULL REFERENCES document (number),
    line INTEGER NOT NULL CHECK (line > 0),
    sku TEXT NOT NULL REFERENCES item (sku),
    lot TEXT NOT NULL DEFAULT '',
    expiry TEXT NOT NULL DEFAULT '',
    sscc TEXT NOT NULL DEFAULT '',
    quantity INTEGER NOT NULL CHECK (quantity >= 0),
    done INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (number, line)
) STRICT;
