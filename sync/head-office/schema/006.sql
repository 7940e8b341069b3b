-- Shops on platforms: how head office speaks for them, what it has read there, and what it has to say there.

ALTER TABLE shop ADD COLUMN running INTEGER NOT NULL DEFAULT 0 CHECK (running IN (0, 1)); -- a person lets it
ALTER TABLE shop ADD COLUMN carrier TEXT NOT NULL DEFAULT ''; -- who carries its orders, unless something else says
ALTER TABLE shop ADD COLUMN poll_s INTEGER NOT NULL DEFAULT 30 CHECK (poll_s > 0); -- between two looks at what is new
ALTER TABLE shop ADD COLUMN history_days INTEGER NOT NULL DEFAULT 0; -- of the first look; 0: as far as the platform tells
ALTER TABLE shop ADD COLUMN offers INTEGER NOT NULL DEFAULT 0 CHECK (offers IN (0, 1)); -- it is told what may be sold
ALTER TABLE shop ADD COLUMN buffer INTEGER NOT NULL DEFAULT 0 CHECK (buffer >= 0); -- pieces that are not offered
ALTER TABLE shop ADD COLUMN ratio INTEGER NOT NULL DEFAULT 100 CHECK (ratio BETWEEN 0 AND 100); -- percent of the rest

CREATE TABLE shop_account ( -- who head office is at the platform: as secret as its own key, which lies here, too
    shop               TEXT PRIMARY KEY REFERENCES shop (code),
    platform_shop      TEXT NOT NULL DEFAULT '', -- the platform's number of it
    gateway            TEXT NOT NULL DEFAULT '', -- "": the platform's public one
    app_key            TEXT NOT NULL,
    app_secret         TEXT NOT NULL,
    sign_secret        TEXT NOT NULL DEFAULT '',
    push_secret        TEXT NOT NULL DEFAULT '',
    sign_method        TEXT NOT NULL DEFAULT '',
    access_token       TEXT NOT NULL DEFAULT '',
    refresh_token      TEXT NOT NULL DEFAULT '',
    expires_us         INTEGER NOT NULL DEFAULT 0, -- of access_token; 0: not known
    refresh_expires_us INTEGER NOT NULL DEFAULT 0,
    refreshed_us       INTEGER NOT NULL DEFAULT 0, -- when the access token came
    refresh_next_us    INTEGER NOT NULL DEFAULT 0 -- not tried before
) STRICT;

CREATE TABLE shop_health ( -- how it goes
    shop      TEXT PRIMARY KEY REFERENCES shop (code),
    worker    TEXT NOT NULL DEFAULT '', -- who speaks for it, until lease_us: nobody else does
    lease_us  INTEGER NOT NULL DEFAULT 0,
    served_us INTEGER NOT NULL DEFAULT 0, -- when it had its last turn: who waits longest is next
    next_us   INTEGER NOT NULL DEFAULT 0, -- when there is something to do
    wait_us   INTEGER NOT NULL DEFAULT 0, -- the platform wants no call before
    waits     INTEGER NOT NULL DEFAULT 0, -- one after the other
    ahead_us  INTEGER NOT NULL DEFAULT 0, -- the platform's clock, of ours
    heard_us  INTEGER NOT NULL DEFAULT 0, -- the last good answer
    trouble   TEXT NOT NULL DEFAULT '', -- shops.h; "": none
    said      TEXT NOT NULL DEFAULT '', -- in the platform's words
    since_us  INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE shop_carrier ( -- what a carrier is called there
    shop    TEXT NOT NULL REFERENCES shop (code),
    carrier TEXT NOT NULL, -- ours
    code    TEXT NOT NULL, -- the platform's
    PRIMARY KEY (shop, carrier)
) STRICT;

CREATE TABLE pull ( -- how far what a platform knows has been read
    shop     TEXT NOT NULL REFERENCES shop (code),
    kind     TEXT NOT NULL CHECK (kind IN ('orders', 'refunds')),
    mark_us  INTEGER NOT NULL, -- all that was modified before is here
    next_us  INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, -- one after the other
    said     TEXT NOT NULL DEFAULT '', -- why the last one failed
    PRIMARY KEY (shop, kind)
) STRICT;

CREATE TABLE platform_order ( -- what a platform last said of an order
    shop        TEXT NOT NULL REFERENCES shop (code),
    id          TEXT NOT NULL,
    number      TEXT REFERENCES orders (number), -- NULL: it could not be taken
    modified_us INTEGER NOT NULL,
    hash        TEXT NOT NULL, -- of all that is understood of it
    receiver    TEXT NOT NULL DEFAULT '', -- the hash of that part; "": none was usable yet
    lines       TEXT NOT NULL DEFAULT '', -- the same of what was bought
    raw         TEXT NOT NULL, -- JSON
    taken_us    INTEGER NOT NULL,
    again       INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1)), -- to be asked for by its number
    trouble     TEXT NOT NULL DEFAULT '', -- why it could not be taken
    PRIMARY KEY (shop, id)
) STRICT;
CREATE INDEX platform_order_number ON platform_order (number);
CREATE INDEX platform_order_again ON platform_order (shop) WHERE again = 1;

CREATE TABLE listing ( -- what is for sale in a shop, and which of our items it is
    shop    TEXT NOT NULL REFERENCES shop (code),
    item    TEXT NOT NULL, -- the platform's
    sku     TEXT NOT NULL, -- the platform's; "" where an item has none
    code    TEXT NOT NULL DEFAULT '', -- the merchant's, as the platform has it
    title   TEXT NOT NULL DEFAULT '',
    our_sku TEXT REFERENCES item (sku), -- NULL: not known yet
    matched TEXT NOT NULL DEFAULT '' CHECK (matched IN ('', 'code', 'barcode', 'person')), -- by what
    buffer  INTEGER CHECK (buffer >= 0), -- NULL: the shop's
    ratio   INTEGER CHECK (ratio BETWEEN 0 AND 100),
    seen_us INTEGER NOT NULL,
    PRIMARY KEY (shop, item, sku)
) STRICT;
CREATE INDEX listing_ours ON listing (our_sku) WHERE our_sku IS NOT NULL;

CREATE TABLE stock_offer ( -- what a listing may sell
    shop    TEXT NOT NULL,
    item    TEXT NOT NULL,
    sku     TEXT NOT NULL,
    pieces  INTEGER NOT NULL, -- as reckoned last
    version INTEGER NOT NULL, -- counts its changes
    told    INTEGER, -- what the platform has taken last; NULL: nothing yet
    told_us INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (shop, item, sku),
    FOREIGN KEY (shop, item, sku) REFERENCES listing (shop, item, sku)
) STRICT;

CREATE TABLE outbox ( -- what is to be done at a platform, once
    id       INTEGER PRIMARY KEY,
    shop     TEXT NOT NULL REFERENCES shop (code),
    kind     TEXT NOT NULL, -- outbox.h
    subject  TEXT NOT NULL, -- what it is about: of one subject one goes after the other
    key      TEXT NOT NULL UNIQUE, -- the platform is told it, too
    version  INTEGER NOT NULL DEFAULT 0, -- of stock: that of the offer
    body     TEXT NOT NULL, -- JSON, as the kind has it
    state    TEXT NOT NULL DEFAULT 'waiting'
        CHECK (state IN ('waiting', 'sending', 'uncertain', 'done', 'refused', 'dropped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_us  INTEGER NOT NULL DEFAULT 0,
    made_us  INTEGER NOT NULL DEFAULT 0, -- 0: not noticed yet
    ended_us INTEGER,
    class    TEXT NOT NULL DEFAULT '', -- of the last fault (sync/platforms/platform.h)
    said     TEXT NOT NULL DEFAULT '' -- in the platform's words
) STRICT;
CREATE INDEX outbox_open ON outbox (shop, next_us) WHERE state IN ('waiting', 'sending', 'uncertain');
CREATE INDEX outbox_subject ON outbox (shop, subject, id);
CREATE INDEX outbox_refused ON outbox (shop) WHERE state = 'refused';

CREATE TABLE attention ( -- what a person should look at, and nothing waits for
    id         INTEGER PRIMARY KEY,
    shop       TEXT NOT NULL REFERENCES shop (code),
    about      TEXT NOT NULL, -- an order's number, or the platform's where it has none here
    kind       TEXT NOT NULL, -- attention.h
    detail     TEXT NOT NULL DEFAULT '',
    raised_us  INTEGER NOT NULL,
    settled_us INTEGER,
    settled_by TEXT NOT NULL DEFAULT '' -- "": head office saw that it is no more
) STRICT;
CREATE INDEX attention_open ON attention (about, kind) WHERE settled_us IS NULL;
