-- An order may come back to a site that had begun it, and was not heard then: it stays there.
ALTER TABLE assignment ADD COLUMN begun INTEGER NOT NULL DEFAULT 0 CHECK (begun IN (0, 1)); -- and has not given it up
