#!/usr/bin/env python3
"""The journal's hash chain, as an auditor sees it: asked of the daemon, read from a copy; and one changed byte is named by
its number, whatever it was."""

import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from tap import Tap  # noqa: E402

BADGE = sample.WORKERS[0][2]
SCANS = 700  # more than a page

# What somebody might do to the file, and the number that must be named.
FORGERIES = [
    ("one letter of a line", "UPDATE journal SET line = replace(line, 'NOBODY-300', 'NOBODY-301') WHERE line LIKE '%NOBODY-300\"%'",
     "SELECT seq FROM journal WHERE line LIKE '%NOBODY-300\"%'"),
    ("a line and its hash", "UPDATE journal SET line = replace(line, 'NOBODY-5\"', 'NOBODY-6\"'), hash = zeroblob(32) WHERE line LIKE '%NOBODY-5\"%'",
     "SELECT seq FROM journal WHERE line LIKE '%NOBODY-5\"%'"),
    ("a hash is emptied", "UPDATE journal SET hash = x'' WHERE seq = 50", "SELECT 50"),
    ("a line is taken out", "DELETE FROM journal WHERE seq = 100", "SELECT 101"),
    ("the end is cut off", "DELETE FROM journal WHERE seq > 200", "SELECT 201"),
    ("the last line is another one, hash and all", "UPDATE journal SET line = line || ' ', hash = (SELECT hash FROM journal WHERE seq = 1) "
     "WHERE seq = (SELECT last_seq FROM stream)", "SELECT last_seq FROM stream"),
    ("the first line is taken out", "DELETE FROM journal WHERE seq = 1", "SELECT 2"),
]


def forge(path, statement):
    connection = sqlite3.connect(path)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'journal'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(statement)
    connection.commit()
    connection.close()


def tries(house, tap, folder):
    def verify(*where):
        code, out, err = house.command("floorhand", "audit", "verify", *where)
        return code, (out + err).strip()

    house.import_workers()
    for i in range(SCANS):
        house.ask("stations/bench-1/scan", {"text": f"NOBODY-{i}"})
    house.ask("stations/bench-1/scan", {"text": BADGE})
    last = house.ask("status")[1]["sync"]["last_seq"]
    code, said = verify("--url", house.page_url)
    tap.check("the daemon's journal is as it was written",
              [] if code == 0 and said.startswith(f"{last} lines are as they were written") else [said])
    house.daemon.stop()
    code, again = verify("--database", house.site_db)
    count, head = re.match(r"(\d+) lines.* hash ([0-9a-f]{64})", again).groups() if code == 0 else (0, "")
    tap.check("so is the file, with the same head", [] if code == 0 and head and (count != str(last) or head in said) else [again])
    for index, (what, statement, number) in enumerate(FORGERIES):
        copy = folder / f"forged-{index}.db"
        shutil.copy(house.site_db, copy)
        wanted = sqlite3.connect(copy).execute(number).fetchone()[0]
        forge(copy, statement)
        code, said = verify("--database", copy)
        tap.check(f"{what}: found, and named", [] if code == 1 and f"number {wanted} " in said else [f"{code}: {said}; wanted {wanted}"])
    code, said = verify("--database", folder / "nowhere.db")
    tap.check("a file that is not there is said to be", [] if code == 1 and "cannot be read" in said else [said])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        with House(folder) as house:
            house.start_daemon()
            tries(house, tap, pathlib.Path(folder))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
