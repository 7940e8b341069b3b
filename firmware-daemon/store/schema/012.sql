-- Receivers are sealed (store/receiver.h): what was readable here until now is sealed when the box starts with its key.

ALTER TABLE orders ADD COLUMN ended_us INTEGER NOT NULL DEFAULT 0; -- since when it is handed over or cancelled; 0: it is not
UPDATE orders SET ended_us = coalesce((SELECT max(1, last_wall_ms * 1000) FROM stream), 1) WHERE state IN ('handed', 'cancelled');
UPDATE orders SET receiver_address = json_object('name', receiver_name, 'phone', receiver_phone, 'address', receiver_address)
  WHERE receiver_name <> '' OR receiver_phone <> '' OR receiver_address <> '';
UPDATE orders SET receiver_name = iif(receiver_name = '', '', substr(receiver_name, 1, 1) || '*'),
                  receiver_phone = iif(length(receiver_phone) >= 8, '*' || substr(receiver_phone, -4), '');
ALTER TABLE orders RENAME COLUMN receiver_name TO name_mask;     -- "张*"
ALTER TABLE orders RENAME COLUMN receiver_phone TO phone_mask;   -- "*1234"
ALTER TABLE orders RENAME COLUMN receiver_address TO receiver;   -- sealed: {"name", "phone", "address"}; "": none; "~": forgotten
CREATE INDEX orders_receiver ON orders (ended_us) WHERE length(receiver) > 1 AND ended_us > 0;
CREATE INDEX print_job_loose ON print_job (queued_us) WHERE parcel IS NULL AND data <> '~';

ALTER TABLE stream ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0; -- 1: nothing readable is left from before

-- What head office is told again, and what could not be applied, go without it.
UPDATE feed SET line = json_remove(line, '$.data.receiver') WHERE json_valid(line);
UPDATE parked SET line = json_remove(line, '$.data.receiver') WHERE json_valid(line);
