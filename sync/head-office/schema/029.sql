-- Receivers are sealed (sealed.h): what was readable until now is sealed by the first program that has a key.

ALTER TABLE hub ADD COLUMN sealed_by TEXT NOT NULL DEFAULT ''; -- the key's name (base/seal.h); "": nothing is sealed
