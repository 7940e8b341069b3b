"""A head office in a folder, as people meet it: its commands, and its rows. The database is SQLite's, or a schema of the
PostgreSQL database that $HEAD_OFFICE_DATABASE names."""

import contextlib
import json
import os
import pathlib
import sqlite3
import tempfile

from rig import postgres, sample
from rig.process import Program, RigError, command

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HQ = ROOT / os.environ.get("OUT", "build") / "floorhand-hq"
SITE, BOX = "hz-07", "box-7f3a"


def tests_of(tap):
    """A decorator: runs the function at once, with a new head office; what it raises is its fault."""
    def test(name):
        def run(function):
            try:
                with tempfile.TemporaryDirectory() as folder:
                    function(Office(pathlib.Path(folder)))
                tap.check(name)
            except (AssertionError, RigError, OSError, ValueError, KeyError) as fault:
                tap.check(name, [f"{type(fault).__name__}: {line}" for line in str(fault).splitlines()] or [repr(fault)])
        return run
    return test


def equal(got, expected):
    assert got == expected, f"got {got!r}, expected {expected!r}"


class Office:
    """A head office in a folder."""

    def __init__(self, folder):
        self.folder = folder
        url = os.environ.get("HEAD_OFFICE_DATABASE")
        self.database = postgres.new_schema(url, "head_office") if url else folder / "head-office.db"

    def call(self, *arguments):
        return command([HQ, *arguments, "--database", self.database])

    def run(self, *arguments):
        """The objects it printed."""
        code, out, err = self.call(*arguments)
        assert code == 0 and not err, f"{' '.join(map(str, arguments))}: {code} {err}"
        return [json.loads(line) for line in out.splitlines()]

    def refused(self, expected_code, *arguments):
        """The one sentence."""
        code, out, err = self.call(*arguments)
        equal((code, out), (expected_code, ""))
        assert err.startswith("floorhand-hq: ") and err.count("\n") == 1, err
        return err[len("floorhand-hq: "):].rstrip("\n")

    def rows(self, sql):
        if "HEAD_OFFICE_DATABASE" in os.environ:
            return postgres.query(self.database, sql)
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def furnish(self, orders=3):
        self.run("site", "add", SITE, "--box", BOX)
        for what, path in sample.write_master(self.folder):
            self.run("import", what, path)
        self.run("import", "orders", sample.write_orders(self.folder / "orders.csv", sample.orders(orders)))

    def serve(self, port, *more):
        return Program("floorhand-hq", [HQ, "--database", self.database, "serve", "--port", port, *more], self.folder,
                       notifies=True)
