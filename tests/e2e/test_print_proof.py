#!/usr/bin/env python3
"""Printed means printed: the real daemon with printers of each language, on a pseudo-terminal and on TCP, that count, run
out of paper, lose their power and their connection."""

import base64
import pathlib
import random
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from printers import languages  # noqa: E402
from printers.live import NetworkPrinter, SerialPrinter  # noqa: E402
from printers.machine import SECOND  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

SEED = 4


class Hall:
    """A station for each printer."""

    def __init__(self):
        self.printers = {}
        for kind in languages.ALL:
            for where, shell in (("net", NetworkPrinter), ("line", SerialPrinter)):
                machine = kind(random.Random(SEED), counts=True)
                machine.silent_in_error = False
                self.printers[f"{kind.name}-{where}"] = shell(machine)
        self.asked, self.copies = 0, {}

    def configuration(self):
        return "\n".join(f"[station {name}]\nprinter = {printer.address}\nprinter_language = {name.split('-')[0]}\n"
                         for name, printer in self.printers.items())

    def ask(self, house, station, copies=1):
        """A job whose labels carry their name where the printer finds it; returns the name."""
        self.asked += 1
        kind = type(self.printers[station].machine)
        name = f"{station}.{self.asked}"
        data = base64.b64encode(kind.job(name.encode(), b"x" * 200)).decode()
        status, answer = house.ask(f"stations/{station}/labels", {
            "template": "opaque", "key": f"proof-{self.asked}", "copies": copies, "data": {"language": kind.name, "bytes": data}})
        if status != 200:
            raise RigError(f"{station}: {status} {answer}")
        self.copies[name] = copies
        return name

    def close(self):
        for printer in self.printers.values():
            printer.close()


def await_out(printer, name, seconds=15, copies=1):
    wait_until(lambda: printer.out().count(name) >= copies, f"{copies} of {name} come out", seconds, 0.02)


def await_state(house, station, states):
    wait_until(lambda: house.view(station)["printer"]["state"] in states, f"{station} is {states}", 15, 0.02)


def await_proof(house, station):
    """It has been at rest for long enough that its count is this side's own."""
    wait_until(lambda: house.view(station)["printer"]["proof"] == "odometer", f"the count of {station} can be believed", 20, 0.05)


def ledger(house):
    """Only while the daemon is down."""
    return {key: (state, proof) for key, state, proof in
            house.site_rows("SELECT station || '.' || substr(key, 13), state, proof FROM print_job WHERE key LIKE 'asked:proof-%'")}


def each(hall, house):
    """One label at each printer."""
    names = {station: hall.ask(house, station) for station in hall.printers}
    for station, printer in hall.printers.items():
        await_out(printer, names[station])


def paper(hall, house):
    """It is said at the station within two seconds, and the label comes out by itself when there is paper."""
    for station in ("zpl-net", "zpl-line", "tspl-net", "escpos-line"):
        printer = hall.printers[station]
        await_state(house, station, ("ready",))
        printer.do(lambda machine, _: setattr(machine, "paper_out", True))
        began = time.monotonic()
        wait_until(lambda: "put in paper" in (house.view(station)["printer"]["text"] or {}).get("en", ""), f"{station} says so", 10, 0.02)
        print(f"# {station}: said after {time.monotonic() - began:.1f} s")
        name = hall.ask(house, station)
        wait_until(lambda: house.view(station)["printer"]["state"] == "error", "it waits")
        if name in printer.out():
            yield f"{station}: a label without paper"
        printer.do(lambda machine, _: setattr(machine, "paper_out", False))
        await_out(printer, name)


def power(hall, house):
    """The power fails while a label is printed: where it counts, the label comes out once, in the end."""
    for station in ("zpl-net", "zpl-line"):
        printer = hall.printers[station]
        await_state(house, station, ("ready",))
        name = hall.ask(house, station)
        wait_until(lambda: printer.do(lambda machine, _: machine.printing), "it prints", 15, 0.002)
        printer.do(lambda machine, now: machine.power_off(now, 2 * SECOND))
        await_out(printer, name, 40)


def resets(hall, house):
    """The connection is reset in the middle of three labels: all three come out, once each."""
    station, printer = "zpl-net", hall.printers["zpl-net"]
    for after in (60, 300, 700):
        await_state(house, station, ("ready",))
        printer.reset_after = after
        await_out(printer, hall.ask(house, station, 3), 40, 3)


def laws(hall, house):
    """What the ledger says in the end, against what came out."""
    for station in hall.printers:
        await_state(house, station, ("ready", "unknown"))
    wait_until(lambda: not any(row["printer"]["state"] == "busy" for row in house.ask("status")[1]["stations"]), "nothing is sent")
    for station in ("zpl-net", "zpl-line"):
        await_proof(house, station)
    house.daemon.stop()
    rows = ledger(house)
    for station, printer in hall.printers.items():
        out = printer.out()
        for name in set(out) - {None}:
            if out.count(name) > hall.copies[name]:
                yield f"{out.count(name)} of {name} came out, not {hall.copies[name]}"
        for key, (state, proof) in rows.items():
            if key.startswith(station + "."):
                if state == "printed" and out.count(key) < hall.copies[key]:
                    yield f"{key} is printed ({proof}), but {out.count(key)} of it came out"
    states = {}
    for key, (state, proof) in sorted(rows.items()):
        states.setdefault(key.split(".")[0], []).append(f"{state} {proof}".strip())
    for station, said in states.items():
        print(f"# {station}: {', '.join(said)}")
    if any(state != "printed odometer" for state in states["zpl-net"] + states["zpl-line"]):
        yield f"ZPL printers that count: {states['zpl-net']} {states['zpl-line']}"


STORIES = [
    ("a label comes out of printers of five languages, on TCP and on a serial line", each),
    ("no paper is said at once, and the label comes out when there is some", paper),
    ("the power fails while a label is printed, and it comes out once", power),
    ("a connection is reset in the middle of three labels, and each comes out once", resets),
    ("the ledger says printed of what came out, and of nothing else", laws),
]


def protect(story, hall, house):
    try:
        yield from story(hall, house) or ()
    except RigError as fault:
        yield from str(fault).splitlines()


def main():
    tap, hall = Tap(), Hall()
    try:
        with tempfile.TemporaryDirectory(prefix="floorhand-") as name, \
                House(pathlib.Path(name), more=hall.configuration()) as house:
            house.start()
            for station in hall.printers:
                await_state(house, station, ("ready",))
            for station in ("zpl-net", "zpl-line"):
                await_proof(house, station)
            for title, story in STORIES:
                tap.check(title, protect(story, hall, house))
            if tap.failed:
                print("# " + "\n# ".join(house.daemon.tail(30).splitlines()))
    finally:
        hall.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
