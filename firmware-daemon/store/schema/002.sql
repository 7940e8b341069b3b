-- Which device belongs to which station.

CREATE TABLE station ( -- what the configuration names: written at each start
    code    TEXT PRIMARY KEY CHECK (code <> ''),
    printer INTEGER NOT NULL CHECK (printer IN (0, 1)), -- the configuration names its printer: no label changes that
    scale   INTEGER NOT NULL CHECK (scale IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE binding ( -- made by a scanned label or by hand; outlives restarts and unplugging
    device   TEXT PRIMARY KEY CHECK (device <> ''), -- its identity: usb:VID:PID:SERIAL, usb-path:1-2.3, serial:/dev/ttyS0
    role     TEXT NOT NULL CHECK (role IN ('scanner', 'printer', 'scale')),
    station  TEXT NOT NULL CHECK (station <> ''),
    bound_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX binding_one ON binding (station, role) WHERE role <> 'scanner'; -- one printer, one scale a station
