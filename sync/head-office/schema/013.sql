-- Customers: who bought, as one person across platforms; what was said with them; whom one may write to; what they ask.

CREATE TABLE person_guard ( -- whoever changes persons, what they are known by or which are one holds this row: one at a time
    id INTEGER PRIMARY KEY CHECK (id = 1)
) STRICT;
INSERT INTO person_guard (id) VALUES (1);

-- An account at a platform, a customer's number, or somebody known by a telephone alone. Two that are one person stay two
-- rows, and share a head: so that what was put together can be taken apart again.
CREATE TABLE person (
    id      INTEGER PRIMARY KEY,
    head    INTEGER NOT NULL, -- the least id of all that are the same person: follows from person_merge
    made_us INTEGER NOT NULL
) STRICT;
CREATE INDEX person_head ON person (head, id);

CREATE TABLE person_identity ( -- what a person is known by
    id       INTEGER PRIMARY KEY,
    person   INTEGER NOT NULL REFERENCES person (id),
    kind     TEXT NOT NULL CHECK (kind IN ('code', 'buyer', 'email', 'phone')),
    scope    TEXT NOT NULL, -- of a buyer: the platform; "" otherwise
    value    TEXT NOT NULL, -- of telephone and e-mail: a hash under head office's key
    shared   INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)), -- several people have it: it joins nobody
    first_us INTEGER NOT NULL,
    UNIQUE (kind, scope, value)
) STRICT;
CREATE INDEX person_identity_of ON person_identity (person);

CREATE TABLE person_merge ( -- two that are one
    id        INTEGER PRIMARY KEY,
    one       INTEGER NOT NULL REFERENCES person (id),
    other     INTEGER NOT NULL REFERENCES person (id),
    identity  INTEGER REFERENCES person_identity (id), -- by which that is known; NULL: a person said so
    source    TEXT NOT NULL DEFAULT '', -- the order or customer that both stood in
    why       TEXT NOT NULL,
    who       TEXT NOT NULL, -- "": head office by itself
    time_us   INTEGER NOT NULL,
    undone_us INTEGER,
    undone_by TEXT NOT NULL DEFAULT '', -- "": head office by itself. What a person took apart is not put together by itself
    undone_why TEXT NOT NULL DEFAULT '',
    CHECK (one <> other)
) STRICT;
CREATE INDEX person_merge_one ON person_merge (one);
CREATE INDEX person_merge_other ON person_merge (other);
CREATE INDEX person_merge_by ON person_merge (identity) WHERE identity IS NOT NULL;
CREATE INDEX person_merge_apart ON person_merge (id) WHERE undone_by <> '';

CREATE TABLE person_order ( -- whose an order is
    number TEXT PRIMARY KEY REFERENCES orders (number),
    person INTEGER REFERENCES person (id), -- NULL: nothing in it says who
    known  INTEGER REFERENCES person_identity (id), -- by what
    phone  INTEGER REFERENCES person_identity (id) -- which stood in it, too
) STRICT;
CREATE INDEX person_order_of ON person_order (person, number);
CREATE INDEX person_order_phone ON person_order (phone, known) WHERE phone IS NOT NULL;

CREATE TABLE person_currency ( -- those that orders were paid in
    currency TEXT PRIMARY KEY
) STRICT;

-- What is to be looked at: orders and customers that came or changed. Each time a row: none waits for another.
CREATE TABLE person_due (
    id   INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('order', 'customer')),
    code TEXT NOT NULL
) STRICT;
INSERT INTO person_due (kind, code) SELECT 'order', number FROM orders;
INSERT INTO person_due (kind, code) SELECT 'customer', code FROM customer;

ALTER TABLE customer ADD COLUMN person INTEGER REFERENCES person (id); -- NULL: not looked at yet
ALTER TABLE customer ADD COLUMN consent_taken INTEGER NOT NULL DEFAULT 0 CHECK (consent_taken IN (0, 1)); -- into person_consent
CREATE INDEX customer_person ON customer (person) WHERE person IS NOT NULL;

CREATE TABLE person_consent ( -- what a person said about being written to: the last word of a channel counts
    id      INTEGER PRIMARY KEY,
    person  INTEGER NOT NULL REFERENCES person (id),
    channel TEXT NOT NULL CHECK (channel IN ('sms', 'phone', 'email', 'platform', 'post')),
    given   INTEGER NOT NULL CHECK (given IN (0, 1)),
    source  TEXT NOT NULL, -- how it was said
    who     TEXT NOT NULL,
    time_us INTEGER NOT NULL
) STRICT;
CREATE INDEX person_consent_of ON person_consent (person, channel, time_us);

CREATE TABLE contact ( -- what was said with a person
    id           INTEGER PRIMARY KEY,
    person       INTEGER NOT NULL REFERENCES person (id),
    order_number TEXT REFERENCES orders (number),
    time_us      INTEGER NOT NULL,
    channel      TEXT NOT NULL CHECK (channel IN ('sms', 'phone', 'email', 'platform', 'post', 'visit')),
    direction    TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    text         TEXT NOT NULL,
    who          TEXT NOT NULL
) STRICT;
CREATE INDEX contact_of ON contact (person, time_us);

CREATE TABLE rfm_run ( -- the last time that recency, frequency and money were reckoned
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    from_us  INTEGER NOT NULL,
    to_us    INTEGER NOT NULL, -- what was paid before it
    currency TEXT NOT NULL,
    persons  INTEGER NOT NULL,
    other_orders INTEGER NOT NULL, -- of that time, in other currencies
    made_us  INTEGER NOT NULL,
    who      TEXT NOT NULL
) STRICT;

CREATE TABLE rfm (
    person     INTEGER PRIMARY KEY REFERENCES person (id),
    last_us    INTEGER NOT NULL,
    orders     INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL,
    recency    INTEGER NOT NULL CHECK (recency BETWEEN 1 AND 5), -- 5: the latest fifth
    frequency  INTEGER NOT NULL CHECK (frequency BETWEEN 1 AND 5),
    money      INTEGER NOT NULL CHECK (money BETWEEN 1 AND 5),
    name       TEXT NOT NULL DEFAULT '' -- rfm.h
) STRICT;
CREATE INDEX rfm_name ON rfm (name, person);

CREATE TABLE rfm_group ( -- what the persons of a name come to
    name       TEXT PRIMARY KEY,
    english    TEXT NOT NULL,
    chinese    TEXT NOT NULL,
    persons    INTEGER NOT NULL,
    orders     INTEGER NOT NULL,
    paid_minor INTEGER NOT NULL
) STRICT;

CREATE TABLE segment ( -- persons that are spoken of together
    code        TEXT PRIMARY KEY CHECK (code <> ''),
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('rule', 'rfm', 'list')),
    rfm         TEXT NOT NULL DEFAULT '', -- of an rfm segment: the name
    days        INTEGER NOT NULL DEFAULT 0 CHECK (days >= 0), -- of a rule: what counts is so young; 0: all
    currency    TEXT NOT NULL,
    made_us     INTEGER, -- when its members were last found; NULL: not yet
    looked      INTEGER NOT NULL DEFAULT 0 -- persons that were looked at then
) STRICT;

CREATE TABLE segment_condition ( -- all of them must hold
    segment  TEXT NOT NULL REFERENCES segment (code),
    place    INTEGER NOT NULL,
    field    TEXT NOT NULL, -- person_facts.h
    operator TEXT NOT NULL, -- orders/rule_facts.h
    value    TEXT NOT NULL,
    PRIMARY KEY (segment, place)
) STRICT;

CREATE TABLE segment_member (
    segment  TEXT NOT NULL REFERENCES segment (code),
    person   INTEGER NOT NULL REFERENCES person (id),
    added_us INTEGER NOT NULL,
    who      TEXT NOT NULL, -- "": found by its conditions
    PRIMARY KEY (segment, person)
) STRICT;
CREATE INDEX segment_member_of ON segment_member (person);

CREATE TABLE contact_list ( -- addresses that were given out for writing to people
    id      INTEGER PRIMARY KEY,
    segment TEXT NOT NULL,
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    persons INTEGER NOT NULL,
    who     TEXT NOT NULL,
    time_us INTEGER NOT NULL
) STRICT;

CREATE TABLE ticket ( -- what a person here must see to
    id           INTEGER PRIMARY KEY,
    state        TEXT NOT NULL CHECK (state IN ('open', 'taken', 'answered', 'closed')), -- tickets.h
    why          TEXT NOT NULL, -- it was handed over
    question     TEXT NOT NULL,
    language     TEXT NOT NULL,
    person       INTEGER REFERENCES person (id),
    order_number TEXT REFERENCES orders (number),
    assignee     TEXT NOT NULL DEFAULT '',
    reply        TEXT NOT NULL DEFAULT '',
    opened_us    INTEGER NOT NULL,
    changed_us   INTEGER NOT NULL
) STRICT;
CREATE INDEX ticket_open ON ticket (state, id);
CREATE INDEX ticket_person ON ticket (person, id);
CREATE INDEX ticket_order ON ticket (order_number, id);

CREATE TABLE ticket_history (
    id      INTEGER PRIMARY KEY,
    ticket  INTEGER NOT NULL REFERENCES ticket (id),
    time_us INTEGER NOT NULL,
    act     TEXT NOT NULL,
    before  TEXT NOT NULL, -- the state
    after   TEXT NOT NULL,
    who     TEXT NOT NULL,
    note    TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX ticket_history_of ON ticket_history (ticket, id);

CREATE TABLE service_answer ( -- what was asked and answered
    id           INTEGER PRIMARY KEY,
    time_us      INTEGER NOT NULL,
    who          TEXT NOT NULL, -- the program that asked for somebody
    language     TEXT NOT NULL CHECK (language IN ('en', 'zh')),
    question     TEXT NOT NULL,
    intent       TEXT NOT NULL, -- service_intents.c
    proof        TEXT NOT NULL CHECK (proof IN ('none', 'order', 'proved', 'wrong')),
    asked_order  TEXT NOT NULL, -- as it was given; it may be nobody's
    order_number TEXT REFERENCES orders (number),
    person       INTEGER REFERENCES person (id),
    answer       TEXT NOT NULL,
    ticket       INTEGER REFERENCES ticket (id) -- it was handed over
) STRICT;
CREATE INDEX service_answer_order ON service_answer (asked_order, time_us);
CREATE INDEX service_answer_ticket ON service_answer (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX service_answer_person ON service_answer (person, time_us);

CREATE TABLE service_source ( -- what an answer rests on
    answer INTEGER NOT NULL REFERENCES service_answer (id),
    place  INTEGER NOT NULL,
    kind   TEXT NOT NULL, -- a kind of rows (query.h)
    code   TEXT NOT NULL,
    PRIMARY KEY (answer, place)
) STRICT;
