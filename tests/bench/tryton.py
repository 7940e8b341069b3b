#!/usr/bin/env python3
"""A scan that becomes a durable move of stock: floorhandd beside Tryton (its server, its stock modules as they are, PostgreSQL), by
turns, 16 stations at once and one alone. Both are asked over HTTP on connections that stay open, by the same client.

Ours: a picker at each station takes piece after piece of one large order line, storage to tote: each scan is a move, the order's line,
the session, the row that UNDO needs and a journal's event, committed before the answer. Theirs: what a scan is for a client of Tryton:
a stock.move from storage to the output zone is created, then done: two calls, the second one committed before the answer. Nobody asks
Tryton whether there is stock.

tryton.py [--short] [--rounds N] [--processes N]    Needs make deps-bench-tryton."""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from bench.pickers import PIECES, Line, drive, house_of_pickers  # noqa: E402
from rig import postgres, sample  # noqa: E402
from rig.house import ROOT  # noqa: E402
from rig.process import Program, RigError, command, free_port, listens, wait_until  # noqa: E402

PREFIX = "Tryton: "
MODULES = ROOT / "build/tryton/usr/lib/python3/dist-packages"
ADMIN = ROOT / "build/tryton/usr/bin/trytond-admin"
DEBIANS_PYTHON = "/usr/bin/python3"  # the packages are made for it
STATIONS = 16
SECONDS, SECONDS_SHORT = 4.0, 0.3
THROUGHPUT_GOAL, LATENCY_GOAL = 100, 0.02
PASSWORD = "a bench of its own"


# ---------------------------------------------------------------- Tryton


class Tryton:
    """A server of its own on a database of its own, with a company, a product for each item, and one user."""

    def __init__(self, folder, database, processes):
        self.folder, self.port = folder, free_port()
        (folder / "trytond.conf").write_text("[database]\nuri = postgresql://floorhand@/\n[session]\ntimeout = 86400\n")
        (folder / "password").write_text(PASSWORD)
        self.env = {"PYTHONPATH": str(MODULES), "PGHOST": str(database.folder), "PGUSER": "floorhand", "TRYTONPASSFILE": str(folder / "password"),
                    "TRYTOND_CONFIG": str(folder / "trytond.conf"), "TRYTOND_DATABASE_NAMES": "tryton", "HOME": str(folder)}
        database.create("tryton")
        self.admin("--update", "stock", "--activate-dependencies", "--email", "bench@example.com")
        self.program = Program("trytond", ["env", *(f"{name}={value}" for name, value in self.env.items()), "gunicorn", "--bind",
                                           f"127.0.0.1:{self.port}", "--workers", processes, "--threads", STATIONS, "--keep-alive", 600,
                                           "--timeout", 600, "trytond.application:app"], folder)

    def admin(self, *arguments):
        argv = ["env", *(f"{name}={value}" for name, value in self.env.items()), DEBIANS_PYTHON, ADMIN, "--config", self.env["TRYTOND_CONFIG"],
                "--database", "tryton", *arguments]
        code, out, err = command(argv, seconds=600)
        if code:
            raise RigError(f"trytond-admin ended with {code}:\n{out}{err}")

    def __enter__(self):
        self.program.start()
        wait_until(lambda: listens(self.port) or not self.program.running, "Tryton answers", seconds=120, interval=0.1)
        self.line = Line(self.port)
        self.furnish()
        return self

    def __exit__(self, *_):
        self.program.stop()

    def call(self, line, method, *params):
        answer = line.ask("/tryton/", {"id": 0, "method": method, "params": params})
        if "result" not in answer:
            raise RigError(f"Tryton does not do {method}: {str(answer)[:2000]}")
        return answer["result"]

    def create(self, model, **values):
        return self.call(self.line, f"model.{model}.create", [values], {})[0]

    def find(self, model, **values):
        return self.call(self.line, f"model.{model}.search", [[name, "=", value] for name, value in values.items()], 0, 1, None, {})[0]

    def furnish(self):
        decimal = {"__class__": "Decimal", "decimal": "1.00"}
        user, session = self.call(self.line, "common.db.login", "admin", {"password": PASSWORD})
        self.headers = "Authorization: Session " + base64.b64encode(f"admin:{user}:{session}".encode()).decode() + "\r\n"
        self.line.headers = self.headers
        self.company = self.create("company.company", party=self.create("party.party", name="Bench"),
                                   currency=self.create("currency.currency", name="Bench", symbol="B", code="BEN"))
        self.call(self.line, "model.res.user.write", [user], {"companies": [["add", [self.company]]], "company": self.company}, {})
        self.unit = self.find("product.uom", symbol="u")
        self.storage, self.output = (self.find("stock.location", code=code) for code in ("STO", "OUT"))
        templates = [self.create("product.template", name=item.name, type="goods", default_uom=self.unit, list_price=decimal,
                                 products=[["create", [{"code": item.sku}]]]) for item in sample.ITEMS]
        self.products = [self.find("product.product", template=template) for template in templates]
        for product in self.products:
            Client(self, product, self.find("stock.location", type="lost_found"), self.storage, STATIONS * PIECES).move_now()

    def stations(self):
        return [Client(self, self.products[number % len(self.products)], self.storage, self.output) for number in range(STATIONS)]


class Client:
    """A scanner's program that speaks with Tryton."""

    def __init__(self, tryton, product, from_location, to_location, quantity=1):
        self.line = Line(tryton.port, tryton.headers)
        self.context = {"company": tryton.company}
        self.move = {"product": product, "uom": tryton.unit, "quantity": quantity, "from_location": from_location, "to_location": to_location,
                     "company": tryton.company}

    def scan(self):
        created = json.loads((yield self.call("create", [self.move])))
        if "result" not in created:
            raise RigError(f"Tryton creates no move: {created}")
        done = json.loads((yield self.call("do", created["result"])))
        if "result" not in done:
            raise RigError(f"Tryton does no move: {done}")

    def call(self, method, argument):
        return "/tryton/", {"id": 0, "method": f"model.stock.move.{method}", "params": [argument, self.context]}

    def move_now(self):
        drive([self], 0)


# ---------------------------------------------------------------- by turns


def our_pickers(stack, folder):
    house = stack.enter_context(house_of_pickers(folder, STATIONS))
    for program in (house.link, house.hq, house.broker.program):  # Tryton has nothing of that kind beside it
        program.stop()
    return house.pickers


def measure(sides, rounds, seconds):
    """{side: {stations at once: ([scans/s of each round], [[milliseconds] of each round])}}"""
    found = {side: {count: ([], []) for count in (STATIONS, 1)} for side in sides}
    for stations in sides.values():
        drive(stations, min(1.0, seconds))  # everything is warm
    for number in range(rounds):
        for count in (STATIONS, 1):
            for side, stations in sides.items():
                rate, took = drive(stations[:count], seconds)
                found[side][count][0].append(rate)
                found[side][count][1].append(took)
                print(f"# round {number + 1} of {rounds}, {count} at once, {side}: {rate:.1f} scans/s, p50 {rows.share(took, 0.5):.2f} ms, "
                      f"p99 {rows.share(took, 0.99):.2f} ms", file=sys.stderr, flush=True)
    return found


def rows_of(found):
    ours, theirs = found.values()
    made = [rows.more(f"{PREFIX}scans/s, {STATIONS} stations", ours[STATIONS][0], theirs[STATIONS][0], THROUGHPUT_GOAL),
            rows.more(f"{PREFIX}scans/s, one station", ours[1][0], theirs[1][0], None)]
    for count, goal in ((1, LATENCY_GOAL), (STATIONS, None)):
        for part in (0.5, 0.99):
            made.append(rows.less(f"{PREFIX}scan -> durable move, ms, {count} at once, p{round(part * 100)}",
                                  *([rows.share(took, part) for took in side[count][1]] for side in (ours, theirs)), goal))
    return made


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true", help="seconds; it proves only that it works")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--processes", type=int, default=os.cpu_count(), help="of Tryton's server")
    said = options.parse_args()
    if not ADMIN.exists():
        rows.skip("Tryton is not there: make deps-bench-tryton")
        return 0
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "build")))
        tryton = stack.enter_context(Tryton(folder, stack.enter_context(postgres.Postgres(connections=200)), said.processes))
        sides = {"ours": our_pickers(stack, folder / "house"), "Tryton": tryton.stations()}
        found = rows_of(measure(sides, *((1, SECONDS_SHORT) if said.short else (said.rounds, SECONDS))))
    return rows.conclude(found, not said.short)


if __name__ == "__main__":
    rows.run(main)
