-- Marketing (营销): campaigns and what they let off, coupons, members and their points. Money is in minor units, rates in
-- ten-thousandths.

CREATE TABLE campaign (
    id           TEXT PRIMARY KEY CHECK (id <> ''),
    kind         TEXT NOT NULL CHECK (kind IN ('item', 'threshold', 'coupon', 'freight', 'gift')),
    rev          INTEGER NOT NULL CHECK (rev > 0), -- of its latest terms
    stopped_us   INTEGER, -- NULL: it was not stopped
    limit_all    INTEGER NOT NULL DEFAULT 0 CHECK (limit_all >= 0), -- orders that it counts on, in all; 0: no end
    limit_person INTEGER NOT NULL DEFAULT 0 CHECK (limit_person >= 0), -- the same, of one member
    packing_note TEXT NOT NULL DEFAULT '', -- what whoever packs such an order is told
    spend_minor  INTEGER NOT NULL DEFAULT 0 CHECK (spend_minor >= 0), -- what it cost beside what it let off
    gift_sku     TEXT REFERENCES item (sku),
    gift_pieces  INTEGER NOT NULL DEFAULT 1 CHECK (gift_pieces > 0),
    gift_cap     INTEGER NOT NULL DEFAULT 0 CHECK (gift_cap >= 0), -- pieces for all orders together; 0: no end
    made_us      INTEGER NOT NULL
) STRICT;

-- Terms are never changed: new ones take their place, so that an old order can be priced as it was.
CREATE TABLE campaign_terms (
    campaign      TEXT NOT NULL REFERENCES campaign (id),
    rev           INTEGER NOT NULL,
    since_us      INTEGER NOT NULL,
    until_us      INTEGER, -- others took their place, or it was stopped; NULL: they count
    english       TEXT NOT NULL,
    chinese       TEXT NOT NULL,
    benefit       TEXT NOT NULL CHECK (benefit IN ('amount', 'rate', 'price')),
    value         INTEGER NOT NULL CHECK (value >= 0),
    threshold     INTEGER NOT NULL CHECK (threshold >= 0),
    by_pieces     INTEGER NOT NULL CHECK (by_pieces IN (0, 1)),
    again         INTEGER NOT NULL CHECK (again IN (0, 1)), -- so often as the threshold fits in
    cap_minor     INTEGER NOT NULL CHECK (cap_minor >= 0),
    begins_us     INTEGER NOT NULL,
    ends_us       INTEGER NOT NULL, -- 0: no end
    priority      INTEGER NOT NULL,
    platform_rate INTEGER NOT NULL CHECK (platform_rate BETWEEN 0 AND 10000),
    currency      TEXT NOT NULL,
    exclusive     TEXT NOT NULL, -- of those that have the same word one counts
    segments      TEXT NOT NULL, -- words set apart by commas; "": everybody
    shops         TEXT NOT NULL,
    skus          TEXT NOT NULL,
    PRIMARY KEY (campaign, rev)
) STRICT;

CREATE TABLE member_level ( -- 会员等级
    level      TEXT PRIMARY KEY CHECK (level <> ''),
    english    TEXT NOT NULL,
    chinese    TEXT NOT NULL,
    from_minor INTEGER NOT NULL CHECK (from_minor >= 0), -- of what was bought and kept within a year
    earn_rate  INTEGER NOT NULL CHECK (earn_rate BETWEEN 0 AND 100000) -- of the usual points
) STRICT;

CREATE TABLE member (
    member    TEXT PRIMARY KEY CHECK (member <> ''), -- the shop's own code of the person
    level     TEXT NOT NULL DEFAULT '', -- "": none
    points    INTEGER NOT NULL DEFAULT 0 CHECK (points >= 0),
    owed      INTEGER NOT NULL DEFAULT 0 CHECK (owed >= 0), -- points that were to be taken back when there were none
    joined_us INTEGER NOT NULL
) STRICT;

CREATE TABLE member_segment (
    member  TEXT NOT NULL REFERENCES member (member),
    segment TEXT NOT NULL CHECK (segment <> ''),
    PRIMARY KEY (member, segment)
) STRICT;
CREATE INDEX member_segment_of ON member_segment (segment, member);

CREATE TABLE points_entry ( -- the ledger; member.points is its sum
    id           INTEGER PRIMARY KEY,
    member       TEXT NOT NULL REFERENCES member (member),
    kind         TEXT NOT NULL CHECK (kind IN ('earn', 'spend', 'give_back', 'take_back', 'expire', 'adjust')),
    points       INTEGER NOT NULL CHECK (points <> 0),
    order_number TEXT NOT NULL DEFAULT '',
    key          TEXT UNIQUE, -- of whoever asked for it: asked again it is the same
    note         TEXT NOT NULL DEFAULT '',
    who          TEXT NOT NULL,
    time_us      INTEGER NOT NULL
) STRICT;
CREATE INDEX points_entry_of ON points_entry (member, id);
CREATE INDEX points_entry_order ON points_entry (order_number, kind) WHERE order_number <> '';

CREATE TABLE points_lot ( -- points that came, and what is left of them; the first to expire go first
    id         INTEGER PRIMARY KEY, -- that of the entry by which they came
    member     TEXT NOT NULL REFERENCES member (member),
    points     INTEGER NOT NULL CHECK (points > 0),
    left_open  INTEGER NOT NULL CHECK (left_open BETWEEN 0 AND points),
    expires_us INTEGER NOT NULL
) STRICT;
CREATE INDEX points_lot_open ON points_lot (member, expires_us, id) WHERE left_open > 0;
CREATE INDEX points_lot_expires ON points_lot (expires_us) WHERE left_open > 0;

CREATE TABLE points_use ( -- which points went by an entry
    entry  INTEGER NOT NULL REFERENCES points_entry (id),
    lot    INTEGER NOT NULL REFERENCES points_lot (id),
    points INTEGER NOT NULL CHECK (points > 0),
    PRIMARY KEY (entry, lot)
) STRICT;

CREATE TABLE coupon (
    code       TEXT PRIMARY KEY CHECK (code <> ''),
    campaign   TEXT NOT NULL REFERENCES campaign (id),
    member     TEXT REFERENCES member (member), -- whose it is; NULL: whoever knows it
    uses_max   INTEGER NOT NULL CHECK (uses_max > 0), -- orders in all
    per_person INTEGER NOT NULL CHECK (per_person >= 0), -- orders of one member; 0: as many as in all
    issued_us  INTEGER NOT NULL,
    issued_by  TEXT NOT NULL,
    expires_us INTEGER NOT NULL, -- 0: with its campaign
    void_us    INTEGER
) STRICT;
CREATE INDEX coupon_campaign ON coupon (campaign);
CREATE INDEX coupon_member ON coupon (member) WHERE member IS NOT NULL;

CREATE TABLE coupon_use (
    code    TEXT NOT NULL REFERENCES coupon (code),
    number  TEXT NOT NULL, -- the order; a row goes when that is closed
    member  TEXT NOT NULL DEFAULT '',
    used_us INTEGER NOT NULL,
    PRIMARY KEY (code, number)
) STRICT;
CREATE INDEX coupon_use_of ON coupon_use (number);

CREATE TABLE order_marketing ( -- orders of members, and orders that were priced here
    number         TEXT PRIMARY KEY REFERENCES orders (number),
    member         TEXT REFERENCES member (member),
    priced         INTEGER NOT NULL DEFAULT 0 CHECK (priced IN (0, 1)),
    priced_us      INTEGER NOT NULL DEFAULT 0, -- the campaigns of this time count
    segments       TEXT NOT NULL DEFAULT '', -- of the member at that time
    points         INTEGER NOT NULL DEFAULT 0, -- spent
    point_minor    INTEGER NOT NULL DEFAULT 0,
    points_rate    INTEGER NOT NULL DEFAULT 0,
    freight_minor  INTEGER NOT NULL DEFAULT 0, -- before anything was let off it
    explained      TEXT NOT NULL DEFAULT '', -- JSON: why it cost what it cost
    settled        INTEGER NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)), -- it is finished or closed, and that was seen to
    earn_rate      INTEGER NOT NULL DEFAULT 0, -- points for ten thousand minor units, as they were when it was finished
    earned         INTEGER NOT NULL DEFAULT 0, -- points, less what was taken back
    finished_us    INTEGER
) STRICT;
CREATE INDEX order_marketing_open ON order_marketing (number) WHERE settled = 0;
CREATE INDEX order_marketing_member ON order_marketing (member, finished_us) WHERE member IS NOT NULL;

CREATE TABLE order_price_line ( -- as it was priced
    number        TEXT NOT NULL REFERENCES order_marketing (number),
    place         INTEGER NOT NULL,
    platform_line TEXT NOT NULL,
    sku           TEXT NOT NULL,
    quantity      INTEGER NOT NULL,
    price_minor   INTEGER NOT NULL,
    floor_minor   INTEGER NOT NULL,
    PRIMARY KEY (number, place)
) STRICT;

CREATE TABLE order_adjustment ( -- what was let off, line by line
    number         TEXT NOT NULL REFERENCES order_marketing (number),
    place          INTEGER NOT NULL,
    platform_line  TEXT NOT NULL, -- "": the carriage
    kind           TEXT NOT NULL,
    campaign       TEXT REFERENCES campaign (id), -- NULL: points
    rev            INTEGER NOT NULL DEFAULT 0,
    coupon         TEXT NOT NULL DEFAULT '',
    amount_minor   INTEGER NOT NULL CHECK (amount_minor > 0),
    platform_minor INTEGER NOT NULL CHECK (platform_minor BETWEEN 0 AND amount_minor), -- of that the platform bears
    PRIMARY KEY (number, place)
) STRICT;
CREATE INDEX order_adjustment_of ON order_adjustment (campaign, number) WHERE campaign IS NOT NULL;

CREATE TABLE campaign_use ( -- orders that it counts on
    campaign       TEXT NOT NULL REFERENCES campaign (id),
    number         TEXT NOT NULL REFERENCES orders (number),
    member         TEXT NOT NULL DEFAULT '',
    amount_minor   INTEGER NOT NULL, -- let off in all
    platform_minor INTEGER NOT NULL,
    dropped        INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1)), -- the order was closed: it counts for nothing
    PRIMARY KEY (campaign, number)
) STRICT;
CREATE INDEX campaign_use_member ON campaign_use (campaign, member);
CREATE INDEX campaign_use_of ON campaign_use (number);

-- What whoever packs the order is told beside what campaigns say.
ALTER TABLE orders ADD COLUMN packing_note TEXT NOT NULL DEFAULT '';

CREATE TABLE bought_together ( -- 智能推荐: made anew by recommend.make
    sku      TEXT NOT NULL,
    other    TEXT NOT NULL,
    orders   INTEGER NOT NULL, -- that have both
    of_sku   INTEGER NOT NULL, -- that have the first
    of_other INTEGER NOT NULL,
    of_all   INTEGER NOT NULL,
    confidence INTEGER NOT NULL, -- ten-thousandths: of those with the first so many have the other
    lift     INTEGER NOT NULL, -- ten-thousandths: so many times as many as by chance
    place    INTEGER NOT NULL, -- 1: the best of its sku
    PRIMARY KEY (sku, other)
) STRICT;
