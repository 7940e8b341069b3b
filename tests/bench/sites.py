#!/usr/bin/env python3
"""What many sites at a steady pace are to one broker and one head office: how soon each event is known to be there, bytes,
processor time, memory and statements, by the number of sites; and how a whole fleet comes, and comes back after the broker
or head office was gone.

Flat is: the median, and the slowest of a hundred, take at most twice as long with so many sites as with the fewest, each site
working as fast as before; the rounds go by turns, and their median counts. Linear is: bytes of an event, with the headers of TCP and
IP, differ by a twentieth at most.

sites.py [--short] [--sites N,N,...] [--rounds N] [--seconds N] [--period-ms N] [--only sqlite|postgres] [--statements]"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import select
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from bench.sync import OnPostgres, OnSqlite, broker_in, player, running  # noqa: E402
from rig import postgres  # noqa: E402
from rig.house import programs_folder  # noqa: E402
from rig.process import TICKS, Program, RigError, die_with_parent, must, wait_until  # noqa: E402

PREFIX = "sites: "
LATENCY_GOAL, BYTES_GOAL = 2.0, 1.05
HEADERS = 52  # of a packet of TCP over IPv4, with time stamps


def memory_mib(pid, what="VmRSS"):
    line = next(line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


def children_of(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Statements:
    """What PostgreSQL was asked, as it counts it itself; SQLite is asked the same."""

    def __init__(self, server):
        self.server = server
        postgres.run(server.url, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        server.stop("fast")
        server.start()
        postgres.run(server.url, "CREATE EXTENSION pg_stat_statements SCHEMA public")

    def reset(self):
        postgres.run(self.server.url, "SELECT public.pg_stat_statements_reset()")

    def counted(self):
        """Calls and milliseconds by the text of the statement, the most frequent first."""
        return postgres.query(self.server.url, "SELECT query, calls, total_exec_time::bigint AS ms, rows FROM"
                                               " public.pg_stat_statements ORDER BY calls DESC")


class Fleet:
    """The player of so many sites, one phase at a time."""

    def __init__(self, port, sites, office, folder):
        self.office, self.office_stopped = office, False
        self.child = subprocess.Popen([str(programs_folder() / "floorhand-sync-bench"), "steady", str(port), str(sites), str(folder)],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)

    def said(self):
        while not select.select([self.child.stdout], [], [], 1)[0]:
            if not self.office.running and not self.office_stopped:
                raise RigError(f"head office has ended: {self.office.tail()}")
        line = self.child.stdout.readline()
        if not line:
            raise RigError("the player of the sites has ended")
        return json.loads(line)

    def begin(self, *words):
        self.child.stdin.write(" ".join(map(str, words)) + "\n")
        self.child.stdin.flush()

    def do(self, *words):
        self.begin(*words)
        return self.said()

    def end(self):
        self.child.stdin.close()
        self.child.wait()


class House:
    """A broker, a head office and so many sites that are in step. Use it in a with statement."""

    def __init__(self, folder, kind, sites):
        self.folder, self.kind, self.sites = folder, kind, sites
        self.database = kind.new()
        self.rest = contextlib.ExitStack()

    def __enter__(self):
        player("office", self.database, self.sites, 100)
        self.broker = self.rest.enter_context(broker_in(self.folder))
        self.office = Program("floorhand-hq", [programs_folder() / "floorhand-hq", "serve", "--host", "127.0.0.1", "--port",
                                               self.broker.port, "--database", self.database], self.folder)
        self.rest.callback(self.office.log_path.unlink)
        self.rest.enter_context(running(self.office))
        wait_until(lambda: "connected to the broker" in self.office.log(), "head office is connected", seconds=60)
        before = self.spent()
        memory = pathlib.Path("/dev/shm")  # so many sites' disks are none of what is measured
        journals = tempfile.TemporaryDirectory(prefix="floorhand-sites-", dir=memory if memory.is_dir() else self.folder)
        self.fleet = Fleet(self.broker.port, self.sites, self.office, self.rest.enter_context(journals))
        self.rest.callback(self.fleet.end)
        self.morning = self.fleet.said()
        self.morning.update(self.since(before))
        return self

    def __exit__(self, *error):
        self.rest.close()
        self.kind.drop(self.database)

    def database_programs(self):
        return children_of(self.kind.server.server.pid) if isinstance(self.kind, OnPostgres) else []

    def spent(self):
        """Processor seconds until now, of the broker, of head office and of the database's own programs."""
        mine = 0
        for pid in self.database_programs():
            with contextlib.suppress(OSError):
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                mine += int(fields[11]) + int(fields[12])
        return {"broker_cpu": self.broker.program.cpu_seconds(), "hq_cpu": self.office.cpu_seconds(), "db_cpu": mine / TICKS}

    def since(self, before):
        return {name: value - before[name] for name, value in self.spent().items()}

    def stands(self):
        """Memory and descriptors."""
        return {f"{name}_{what}": value for name, program in (("broker", self.broker.program), ("hq", self.office))
                for what, value in (("mib", memory_mib(program.child.pid)),
                                    ("fds", len(os.listdir(f"/proc/{program.child.pid}/fd"))))}

    def steady(self, seconds, period_ms):
        before = self.spent()
        said = self.fleet.do("steady", seconds, period_ms)
        said.update(self.since(before), **self.stands())
        said["wire"] = said["bytes"] + HEADERS * said["packets"]
        return said

    def idle(self, seconds):
        """With nothing to say: keep-alives, and what head office does by itself."""
        return self.steady(seconds, 0)

    def comes_back(self, program):
        """All of them were gone and are back: the broker, or head office, is killed and started again at once."""
        before = self.spent()
        self.fleet.do("return")
        self.fleet.office_stopped = True
        began = time.monotonic()
        program.kill()
        before["broker_cpu" if program is self.broker else "hq_cpu"] = 0
        program.start()
        there_ms = (time.monotonic() - began) * 1000
        said = self.fleet.said()
        self.fleet.office_stopped = False
        said.update(self.since(before), there_ms=there_ms)
        return said

    def change_item(self):
        """One change of the catalogue, until every site has it."""
        table = self.folder / "items.csv"
        table.write_text("sku,name,weight_g\nSKU-10000,A renamed item,100\n")
        before = self.spent()
        self.fleet.begin("feed", 1)
        must([programs_folder() / "floorhand-hq", "import", "items", table, "--database", self.database])
        said = self.fleet.said()
        said.update(self.since(before))
        return said


def part(values, which):
    values = sorted(values)
    return values[min(int(len(values) * which), len(values) - 1)]


class Figures:
    """Of one kind of database, and all numbers of sites."""

    def __init__(self, kind, counts):
        self.kind, self.counts, self.rows = kind, counts, []

    def name(self, what, sites):
        return f"{PREFIX}{what}, {sites} sites, {self.kind.name}"

    def fact(self, what, sites, value):
        self.rows.append(rows.fact(self.name(what, sites), value))

    def compare(self, what, values, goal):
        """values: by the number of sites, one a round."""
        least = values[self.counts[0]]
        for sites, some in values.items():
            if some is least:
                self.fact(what, sites, statistics.median(some))
            else:
                self.rows.append(rows.less(self.name(what, sites), some, least, goal))

    def steady(self, phases):
        """phases: by the number of sites, one a round."""
        sums = {sites: {name: sum(said[name] for said in some) for name in
                        ("events", "segments", "wire", "hq_cpu", "broker_cpu", "db_cpu", "statements")}
                for sites, some in phases.items()}
        for name, which in ("p50", 0.5), ("p99", 0.99):
            self.compare(f"ms to the answer, {name}", {sites: [part(said["answered_ms"], which) for said in some]
                                                       for sites, some in phases.items()}, LATENCY_GOAL)
        self.compare("bytes of an event, with headers", {sites: [said["wire"] / said["events"] for said in some]
                                                         for sites, some in phases.items()}, BYTES_GOAL)
        for sites, one in sums.items():
            self.fact("segments sent for an event", sites, one["segments"] / one["events"])
            for what, name in (("head office", "hq_cpu"), ("broker", "broker_cpu"), ("database", "db_cpu")):
                if name != "db_cpu" or one[name]:
                    self.fact(f"us of processor an event, {what}", sites, one[name] / one["events"] * 1e6)
            if one["statements"]:
                self.fact("statements an event", sites, one["statements"] / one["events"])

    def once(self, house, idle):
        """What is measured once of each house."""
        sites = house.sites
        self.fact("morning: ms until all are in step", sites, max(house.morning["in_step_ms"]))
        self.fact("morning: ms of head office's processor", sites, house.morning["hq_cpu"] * 1000)
        minutes = idle["seconds"] / 60
        self.fact("idle: bytes a site and minute, with headers", sites, idle["wire"] / sites / minutes)
        self.fact("idle: ms of head office's processor a minute", sites, idle["hq_cpu"] * 1000 / minutes)
        for what in ("broker", "hq"):
            self.fact(f"MiB of the {what}", sites, idle[f"{what}_mib"])
            self.fact(f"descriptors of the {what}", sites, idle[f"{what}_fds"])
        change = house.change_item()
        self.fact("one item changed: ms until the last has it", sites, max(change["feed_ms"]))
        self.fact("one item changed: ms of head office's processor", sites, change["hq_cpu"] * 1000)
        for what, program in (("broker", house.broker), ("head office", house.office)):
            back = house.comes_back(program)
            self.fact(f"{what} back: ms until all are in step", sites, max(back["in_step_ms"]) - back["there_ms"])
            if program is house.broker:
                self.fact("broker back: most connections in a second, of all", sites, back["connected_in_a_second"] / sites)
                self.fact("broker back: ms of its processor", sites, back["broker_cpu"] * 1000)


def measure(kind, folder, said, statements):
    figures = Figures(kind, said.sites)
    phases = {sites: [] for sites in said.sites}
    with contextlib.ExitStack() as stack:
        houses = []
        for sites in said.sites:
            place = folder / f"{kind.name}-{sites}"
            place.mkdir()
            houses.append(stack.enter_context(House(place, kind, sites)))
            houses[-1].steady(1, said.period_ms)  # statements are prepared, orders met
        for number in range(said.rounds):
            for house in houses:
                if statements:
                    statements.reset()
                phase = house.steady(said.seconds, said.period_ms)
                phase["statements"] = sum(one[1] for one in statements.counted()) if statements else 0
                phases[house.sites].append(phase)
                waits = phase["answered_ms"]
                print(f"# {kind.name}, round {number + 1}, {house.sites} sites: {phase['events']} events, p50 "
                      f"{part(waits, 0.5):.1f} ms, p99 {part(waits, 0.99):.1f} ms", file=sys.stderr, flush=True)
                if said.statements and statements:
                    for text, calls, ms, _ in statements.counted()[:40]:
                        print(f"#   {calls / phase['events']:6.2f} {ms:6} ms  {' '.join(text.split())[:140]}", file=sys.stderr)
        figures.steady(phases)
        for house in houses:
            figures.once(house, house.idle(said.idle))
    return figures.rows


def options():
    table = argparse.ArgumentParser()
    table.add_argument("--short", action="store_true", help="seconds; it proves only that it runs")
    table.add_argument("--sites", type=lambda text: sorted(map(int, text.split(","))), default=[10, 200, 1000])
    table.add_argument("--rounds", type=int, default=3)
    table.add_argument("--seconds", type=int, default=30, help="of a round")
    table.add_argument("--period-ms", type=int, default=5000, help="between two events of a site")
    table.add_argument("--idle", type=int, default=60, help="seconds in which nothing happens")
    table.add_argument("--only", choices=("sqlite", "postgres"))
    table.add_argument("--statements", action="store_true", help="prints what PostgreSQL was asked")
    said = table.parse_args()
    if said.short:
        said.sites, said.rounds, said.seconds, said.period_ms, said.idle, said.only = [3, 12], 1, 2, 500, 1, "sqlite"
    return said


def main():
    said = options()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # a broker needs a descriptor for each site
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    build = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        if said.only != "postgres":
            found += measure(OnSqlite(folder), folder, said, None)
        if said.only != "sqlite":
            server = stack.enter_context(postgres.Postgres())
            found += measure(OnPostgres(server), folder, said, Statements(server))
    return rows.conclude(found, not said.short)


if __name__ == "__main__":
    rows.run(main)
