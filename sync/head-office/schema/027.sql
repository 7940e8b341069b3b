-- The PIN that head office has set for a worker, as its Argon2id hash: the sites get it along with the worker.

ALTER TABLE worker ADD COLUMN pin TEXT NOT NULL DEFAULT ''; -- '': none
