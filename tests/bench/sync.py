#!/usr/bin/env python3
"""How fast a site catches up with head office after it has worked without a link, through a real broker, beside a bare loop of
libmosquitto and the same database; how many bytes an event takes on the way; and what two hundred sites do to one head office.

sync.py [--short] [--events N] [--rounds N] [--only sqlite|postgres]"""

import argparse
import contextlib
import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from rig import postgres  # noqa: E402
from rig.house import Broker, programs_folder  # noqa: E402
from rig.process import Program, RigError, must, wait_until  # noqa: E402

PREFIX = "sync: "
BATCH, WINDOW = 200, 8  # what floorhand-hq serve asks of a site by itself
CATCH_UP_GOAL, SINGLE_GOAL, BYTES_GOAL = 0.7, 10, 60
ONE_BY_ONE = ("one message an event", 1, 256, "shared", 0.2), ("one message and one commit an event", 1, 20, "each", 0.002)


def player(*arguments, seconds=3600):
    return must([programs_folder() / "floorhand-sync-bench", *arguments], seconds=seconds)


class OnSqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.folder, self.made = folder, 0

    def new(self):
        self.made += 1
        return self.folder / f"database-{self.made}.db"

    @staticmethod
    def number(database, sql):
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return connection.execute(sql).fetchone()[0]

    def drop(self, database):
        for path in self.folder.glob(f"{database.name}*"):
            path.unlink()


class OnPostgres:
    name = "PostgreSQL"

    def __init__(self, server):
        self.server, self.made = server, 0

    def new(self):
        self.made += 1
        return postgres.new_schema(self.server.url, f"bench{self.made}")

    @staticmethod
    def number(database, sql):
        return postgres.query(database, sql)[0][0]

    def drop(self, database):
        postgres.new_schema(self.server.url, f"bench{self.made}")


@contextlib.contextmanager
def running(program, starter=None):
    (starter or program).start()
    try:
        yield program
    finally:
        program.kill()


@contextlib.contextmanager
def broker_in(folder):
    broker = Broker(folder)
    with open(folder / "mosquitto.conf", "a", encoding="utf-8") as config:  # nothing is dropped, in either loop
        config.write("max_queued_messages 0\nset_tcp_nodelay true\n")
    with running(broker.program, broker):
        yield broker


class Bench:
    def __init__(self, folder, events):
        self.folder, self.events = folder, events
        self.site_db = folder / "day.db"
        player("fill", self.site_db, events)

    @contextlib.contextmanager
    def serving(self, port, database, count):
        """So many of head office, side by side."""
        with contextlib.ExitStack() as stack:
            servers = []
            for number in range(count):
                name = f"floorhand-hq-{number}"
                servers.append(Program(name, [programs_folder() / "floorhand-hq", "serve", "--host", "127.0.0.1", "--port", port,
                                              "--client-id", name, "--database", database], self.folder))
                stack.enter_context(running(servers[-1]))
            for server in servers:
                wait_until(lambda: "connected to the broker" in server.log(), "head office is connected")  # noqa: B023
            yield servers
            for server in servers:
                server.log_path.unlink()

    def ours(self, kind, sites=1, events=None, servers=1):
        """One catch-up: what the sites say of it, and the processor time of the broker and of head office."""
        database, events = kind.new(), events or self.events
        player("office", database, sites, events)
        copy = self.folder / "site.db"
        shutil.copyfile(self.site_db, copy)
        with broker_in(self.folder) as broker, self.serving(broker.port, database, servers) as offices:
            said = json.loads(player("sites", broker.port, sites, events, copy))
            said.update(broker_cpu=broker.program.cpu_seconds(), hq_cpu=sum(office.cpu_seconds() for office in offices))
        self.check(kind, database, sites * events)
        for path in self.folder.glob("site.db*"):
            path.unlink()
        kind.drop(database)
        said["rate"] = sites * events / said["seconds"]
        return said

    def check(self, kind, database, events):
        """Everything is there, and was understood."""
        sql = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM parked)"
        if isinstance(kind, OnSqlite):
            with contextlib.closing(sqlite3.connect(database)) as connection:
                found = connection.execute(sql).fetchone()
        else:
            found = postgres.query(database, sql + " AS parked")[0]
        if found != (events, 0):
            raise RigError(f"head office has not {events} events and nothing parked but {found}")

    def bare(self, kind, lines, window, commits, events):
        """Events a second, and the processor time of who stores them, in microseconds an event."""
        database = kind.new()
        with broker_in(self.folder) as broker:
            store = Program("bare-store", [programs_folder() / "floorhand-sync-bench", "bare-store", broker.port, database,
                                           commits], self.folder)
            with running(store):
                wait_until(lambda: "ready" in store.log() or not store.running, "the bare loop is connected")
                said = json.loads(player("bare-send", broker.port, self.site_db, lines, window, events))
                cpu = store.cpu_seconds()
            store.log_path.unlink()
        kind.drop(database)
        return events / said["seconds"], cpu / events * 1e6


def compare(bench, kind, rounds):
    """Ours and the others by turns; the rows of the table."""
    others = (("bare loop, batches of 200", BATCH, WINDOW, "shared", 1), *ONE_BY_ONE)
    ours, theirs = [], [[] for _ in others]
    for number in range(rounds):
        ours.append(bench.ours(kind))
        said = ours[-1]
        print(f"# {kind.name}, round {number + 1}: {said['rate']:.0f} events/s; a segment has {said['bytes'] / said['segments']:.0f}"
              f" bytes; microseconds of processor an event: head office {said['hq_cpu'] / bench.events * 1e6:.1f}, broker "
              f"{said['broker_cpu'] / bench.events * 1e6:.1f}", file=sys.stderr, flush=True)
        for rates, (name, lines, window, commits, part) in zip(theirs, others):
            rate, cpu = bench.bare(kind, lines, window, commits, max(int(bench.events * part), 200))
            rates.append(rate)
            print(f"#   {name}: {rate:.0f} events/s; microseconds of processor an event: {cpu:.1f}", file=sys.stderr, flush=True)
    return [rows.more(f"{PREFIX}events/s, {kind.name} ({name})", [said["rate"] for said in ours], rates,
                      SINGLE_GOAL if lines == 1 else CATCH_UP_GOAL)
            for rates, (name, lines, *_) in zip(theirs, others)]


def fleet(bench, kind, sites, events):
    said = bench.ours(kind, sites, events)
    total = sites * events
    print(f"# {sites} sites, {events} events each, {kind.name}: {said['rate']:.0f} events/s, {said['segments']} segments, "
          f"{said['answers']} answers; processor seconds: broker {said['broker_cpu']:.2f}, head office {said['hq_cpu']:.2f} of "
          f"{said['seconds']:.2f}")
    return rows.fact(f"{PREFIX}{sites} sites, events/s, {kind.name}", total / said["seconds"])


def bytes_of_event(bench):
    said = json.loads(player("bytes", bench.site_db))
    return [rows.row(f"{PREFIX}bytes of an event, batches of {batch}", said[batch], BYTES_GOAL, 1.0) if batch == "200" else
            rows.fact(f"{PREFIX}bytes of an event, batches of {batch}", said[batch]) for batch in ("200", "20", "1")]


@contextlib.contextmanager
def kinds(only, folder):
    with contextlib.ExitStack() as stack:
        some = [] if only == "postgres" else [OnSqlite(folder)]
        if only != "sqlite":
            some.append(OnPostgres(stack.enter_context(postgres.Postgres())))
        yield some


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true", help="seconds; it proves only that it runs")
    options.add_argument("--events", type=int, default=200000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", choices=("sqlite", "postgres"))
    said = options.parse_args()
    events, rounds, sites = (2000, 1, 5) if said.short else (said.events, said.rounds, 200)
    build = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as name, \
            kinds("sqlite" if said.short else said.only, pathlib.Path(name)) as some:
        bench = Bench(pathlib.Path(name), events)
        found = bytes_of_event(bench)
        for kind in some:
            found += compare(bench, kind, rounds)
            found.append(fleet(bench, kind, sites, 1000 if not said.short else 100))
    return rows.conclude(found, not said.short)


if __name__ == "__main__":
    rows.run(main)
