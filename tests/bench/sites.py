#!/usr/bin/env python3
"""What many sites at a steady pace are to one broker and one head office: how soon each event is known to be there, bytes,
processor time, memory and statements, by the number of sites; and how a whole fleet comes, and comes back after the broker
or head office was gone.

sites.py [--short] [--sites N,N,...] [--rounds N] [--seconds N] [--period-ms N] [--only sqlite|postgres]"""

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
from bench.sync import TICKS, OnPostgres, OnSqlite, broker_in, cpu_seconds, player, running  # noqa: E402
from rig import postgres  # noqa: E402
from rig.house import programs_folder  # noqa: E402
from rig.process import Program, RigError, die_with_parent, must, wait_until  # noqa: E402

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

    def __init__(self, port, sites, office):
        self.office, self.office_stopped = office, False
        self.child = subprocess.Popen([str(programs_folder() / "floorhand-sync-bench"), "steady", str(port), str(sites)],
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
        self.fleet = Fleet(self.broker.port, self.sites, self.office)
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
        return {"broker_cpu": cpu_seconds(self.broker.program), "hq_cpu": cpu_seconds(self.office), "db_cpu": mine / TICKS}

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
