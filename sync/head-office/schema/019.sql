-- Shops on platforms that keep stock in several places.

ALTER TABLE shop_account ADD COLUMN place TEXT NOT NULL DEFAULT ''; -- the platform's number of the one whose stock is told
