-- The print ledger: how far each job has come, and what proves it.

ALTER TABLE print_job ADD COLUMN copies INTEGER NOT NULL DEFAULT 1 CHECK (copies BETWEEN 1 AND 999); -- of each page
ALTER TABLE print_job ADD COLUMN labels INTEGER NOT NULL DEFAULT 0 CHECK (labels >= 0); -- that come out of it; 0: not drawn yet
ALTER TABLE print_job ADD COLUMN done INTEGER NOT NULL DEFAULT 0 CHECK (done BETWEEN 0 AND labels); -- known to be out
ALTER TABLE print_job ADD COLUMN printer TEXT NOT NULL DEFAULT ''; -- that got it
ALTER TABLE print_job ADD COLUMN odometer INTEGER; -- the printer's count of labels before its first byte; NULL: it has none
ALTER TABLE print_job ADD COLUMN proof TEXT NOT NULL DEFAULT '' CHECK (proof IN ('', 'odometer', 'status', 'scan'));
ALTER TABLE print_job ADD COLUMN worker INTEGER REFERENCES worker; -- who asked
ALTER TABLE print_job ADD COLUMN queued_us INTEGER NOT NULL DEFAULT 0; -- wall clock
ALTER TABLE print_job ADD COLUMN since_us INTEGER NOT NULL DEFAULT 0;  -- the same on the clock that counts from the start of the box
CREATE INDEX print_job_sending ON print_job (state, id) WHERE state = 'sending';
