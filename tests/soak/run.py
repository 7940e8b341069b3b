#!/usr/bin/env python3
"""A day of a busy site, a hundred times as fast, with the real programs and a real broker: orders come and go, goods come in, are put
away, moved and counted, parcels are weighed and some come back; and printers have no paper, the network is gone, everything is killed now
and then. Memory and open descriptors must stay flat, disks grow by the event, and at the end every book must agree.

run.py [--hours 24] [--speed 100] [--scans 0] [--leak PROGRAM] [--picture FILE]; prints a table, then TAP. The clock of the programs is not moved:
what is fast is the work."""

import argparse
import dataclasses
import http.client
import os
import pathlib
import sqlite3
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fault import proxy  # noqa: E402
from rig import books, sample  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.troubled_printers import PAPER, WELL  # noqa: E402
from tap import Tap  # noqa: E402

from soak import people, watch  # noqa: E402
from soak.site import Site  # noqa: E402
from soak.watch import NAMES  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FIRST_HOUR = 7  # of the day: the early shift begins
SAMPLES_AN_HOUR = 12
# How busy people are: 1 without a pause. From seven in the morning on.
BUSY = (0.4, 0.7, 0.9, 1, 1, 0.6, 0.8, 1, 1, 1, 0.9, 0.8, 1, 1, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1, 0.1, 0.1, 0.2, 0.3)
PAUSE_S = 0.02  # between the scans of whoever is half as busy
WAITING = 16  # orders that head office keeps before the pickers
DRAIN_S = 240  # for what is under way when the day ends


def without_paper(site):
    site.printer.all["bench-1"].trouble = PAPER


def with_paper(site):
    site.printer.all["bench-1"].trouble = WELL


def unplug_printer(site):
    site.printer.all["bench-2"].pull()


def plug_printer(site):
    site.printer.all["bench-2"].plug()


def box_backup(site):
    site.backup("floorhand", "backup", "--url", site.page_url, site.folder / "box-backup.db")


def office_backup(site):
    site.backup("floorhand-hq", "backup", site.folder / "office-backup.db", "--database", site.hq_db)


@dataclasses.dataclass(frozen=True)
class Trouble:
    hour: float  # since the day began
    what: str
    happens: object  # a function of the site


TROUBLES = (
    Trouble(1.5, "bench-1 has no paper", without_paper),
    Trouble(2.0, "paper", with_paper),
    Trouble(3.0, "the link is killed", Site.kill_link),
    Trouble(4.0, "the power fails", Site.cut_power),
    Trouble(5.5, "the network is silent", lambda site: site.proxy.turn(proxy.Silent())),
    Trouble(6.5, "the network is back", lambda site: site.proxy.turn(proxy.Clear())),
    Trouble(7.5, "the broker is killed", lambda site: site.broker.kill()),
    Trouble(8.0, "the broker is back", lambda site: site.broker.start()),
    Trouble(9.0, "bench-2's printer is unplugged", unplug_printer),
    Trouble(9.5, "and plugged in", plug_printer),
    Trouble(11.0, "the power fails", Site.cut_power),
    Trouble(12.5, "head office is killed", Site.kill_office),
    Trouble(13.0, "head office is back", Site.start_office),
    Trouble(14.0, "the network loses, doubles and overtakes", lambda site: site.proxy.turn(proxy.Mixed())),
    Trouble(15.5, "the network is well", lambda site: site.proxy.turn(proxy.Clear())),
    Trouble(17.0, "the power fails", Site.cut_power),
    Trouble(19.0, "head office's backup", office_backup),
    Trouble(20.0, "the box's backup", box_backup),
    Trouble(22.5, "the box is updated", Site.update),
)


class Day:
    """.samples and .happened are what came of it."""

    def __init__(self, site, given):
        self.site, self.hours, self.hour_s, self.least = site, given.hours, 3600 / given.speed, given.scans
        self.samples, self.happened, self.wrong = [], [], []
        self.packers, self.inbound, self.returns = site.people()
        self.people = [*self.packers, self.inbound, self.returns]
        self.released = 0
        self.turns = self.turns_told = 0  # of all starts of the daemon; as it last said
        self.buyers = threading.Thread(target=self._buy, daemon=True)

    @property
    def scans(self):
        return sum(person.scans for person in self.people)

    # ------------------------------------------------------------ orders come

    def _buy(self):
        while not self.site.closing and not self.site.over.is_set():
            try:
                if len(self.site.orders) - len(self.site.begun) < WAITING:
                    some = sample.orders(WAITING, self.released + 1)
                    self.site.release(some)
                    self.released += WAITING
                    self.site.orders.update((order.number, order) for order in some)
            except (RigError, OSError) as fault:
                self.wrong.append(f"orders: {fault}")
            self.site.over.wait(0.1)

    # ------------------------------------------------------------ looking

    def look(self, hour):
        site = self.site
        uses = {name: watch.use_of(site.programs[name], site.starts[name]) for name in NAMES}
        before = self.samples[-1] if self.samples else watch.Sample(0, 0, {})
        try:
            status = site.ask("status")[1]
            told = status["turn"]["turns"]
            self.turns, self.turns_told = self.turns + told - (self.turns_told if told >= self.turns_told else 0), told
            kept = (status["sync"]["last_seq"], self.turns, status["sync"]["outbox"]["count"])
        except (OSError, http.client.HTTPException):
            kept = (before.events, before.turns, before.outbox)
        sizes = [path.stat().st_size if path.exists() else 0 for path in
                 (site.site_db, pathlib.Path(f"{site.site_db}-wal"), pathlib.Path(site.hq_db))]
        self.samples.append(watch.Sample(hour, kept[0], uses, kept[1], kept[2], *sizes, len(site.printer.labels),
                                         self.scans))

    def _table_line(self, number):
        an_hour_ago = next((sample for sample in reversed(self.samples) if sample.hour <= number - 1), self.samples[0])
        print(watch.line((FIRST_HOUR + number - 1) % 24, self.samples[-1], an_hour_ago, NAMES), flush=True)

    # ------------------------------------------------------------ the day

    def live(self):
        self.buyers.start()
        for person in self.people:
            person.start()
        print(watch.header(), flush=True)
        due, begun = [trouble for trouble in TROUBLES if trouble.hour < self.hours], time.monotonic()
        ticks = round(self.hours * SAMPLES_AN_HOUR)
        for tick in range(ticks + 1):
            hour = tick / SAMPLES_AN_HOUR
            self.site.over.wait(max(0, begun + hour * self.hour_s - time.monotonic()))
            wait_until(lambda least=hour * self.least: self.scans >= least, f"{hour * self.least:.0f} scans are made", DRAIN_S, 0.02)
            self.site.pause = PAUSE_S * (1 / BUSY[int(hour) % len(BUSY)] - 1)
            while due and due[0].hour <= hour:
                trouble = due.pop(0)
                trouble.happens(self.site)
                self.happened.append((hour, trouble.what))
                print(f"# {trouble.what}", flush=True)
            self.look(hour)
            if tick and tick % SAMPLES_AN_HOUR == 0:
                self._table_line(round(hour))

    def close(self):
        """What is under way is brought to its end."""
        self.site.closing, self.site.pause = True, 0
        self.site.proxy.turn(proxy.Clear())
        self.buyers.join()
        try:
            wait_until(self._all_done, "what was under way is done", DRAIN_S, 0.2)
        except RigError as fault:
            self.wrong.append(str(fault))
        self.site.over.set()
        for person in self.people:
            person.join()

    def _all_done(self):
        for person in self.people:
            if person.fault:
                raise RigError(person.fault)
        return len(self.site.left) == len(self.site.orders) and all(person.idle for person in self.people)


# ---------------------------------------------------------------- the books


def order_faults(day):
    yield from books.order_faults(day.site, list(day.site.orders.values()))
    numbers = [order.number for order in day.site.left]
    if len(numbers) != len(set(numbers)):
        yield "the people shipped an order twice"


def label_faults(day):
    """One for each parcel, and another only where the box said that it doubts, and somebody asked for it again."""
    codes = day.site.printer.codes()
    for order in day.site.orders.values():
        count, again = codes.count(order.waybill), day.site.reprints.get(order.number, 0)
        if not 1 <= count <= 1 + again:
            yield f"{order.number} has {count} labels, and {again} were asked for again"
    yield from books.label_faults(day.site, list(day.site.orders.values()), sum(day.site.reprints.values()))


def stock_faults(day):
    """What lies on the shelves is what lay there, came, came back and left, by the people's own count."""
    held = dict(day.site.site_rows("SELECT i.sku, sum(b.quantity) FROM balance b JOIN item i ON i.id = b.item JOIN location l ON l.id = b.location "
                                   "WHERE l.kind IN ('face', 'reserve') AND b.lpn = 0 GROUP BY 1"))
    left = {}
    for order in day.site.left:
        for sku in order.pieces:
            left[sku] = left.get(sku, 0) + 1
    for item in sample.ITEMS:
        least = sample.STOCK_PER_ITEM - left.get(item.sku, 0) + day.inbound.received.get(item.sku, 0) + day.returns.back.get(item.sku, 0)
        most = least + day.inbound.maybe.get(item.sku, 0)
        if not least <= held.get(item.sku, 0) <= most:
            yield f"{item.sku}: {held.get(item.sku)} lie on the shelves, {least} to {most} expected"
    if held.get(people.SPARE.sku) != people.SPARES - day.inbound.lost:
        yield f"{held.get(people.SPARE.sku)} spare parts, {people.SPARES - day.inbound.lost} expected"
    yield from books.ledger_faults(day.site)


def office_faults(day):
    yield from books.stock_on_both_faults(day.site)
    code, out, err = day.site.command("floorhand-hq", "trail", "verify", "--database", day.site.hq_db)
    if code:
        yield f"head office's trail: {out}{err}"


def judge(day, tap):
    for name, memory, descriptors in watch.growths(day.samples, NAMES):
        if memory is not None:
            print(f"# {name}: {memory:+.0f} KiB and {descriptors:+.1f} descriptors over the day, by the slope after each warm-up")
    for what, figure in watch.DISK:
        print("# {}: {:.0f} bytes an event in the earlier half, {:.0f} in the later one".format(what, *watch.bytes_an_event(day.samples, figure)))
    print(f"# {len(day.site.left)} orders, {day.samples[-1].scans} scans, {day.samples[-1].events} events, {len(day.site.printer.labels)} labels, "
          f"{sum(day.site.reprints.values())} asked for again, {day.returns.opened} returns, {day.inbound.rounds} deliveries, {day.inbound.counts} counts", flush=True)
    tap.check("memory, descriptors and disks are flat", watch.faults(day.samples, NAMES))
    settled = books.settle(day.site)
    for name, found in (("every event is at head office once, byte for byte", books.journal_faults(day.site, settled)),
                        ("every order is shipped once", order_faults(day)),
                        ("every label was printed once, or told as doubtful", label_faults(day)),
                        ("the shelves hold what they must", stock_faults(day)),
                        ("the box and head office agree, and what is written was not changed", office_faults(day))):
        tap.check(name, found)


def options(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24, help="of the day, from seven in the morning on (24)")
    parser.add_argument("--speed", type=float, default=100, help="how many times as fast (100)")
    parser.add_argument("--scans", type=float, default=0, help="an hour lasts until so many were made, on a machine that has other work (0)")
    parser.add_argument("--picture", type=pathlib.Path, help="where the day is drawn, as SVG")
    parser.add_argument("--leak", choices=NAMES, help="this program leaks, which must be found")
    return parser.parse_args(arguments)


def tell(given, tap, folder):
    with Site(folder) as site:
        if given.leak:
            site.programs[given.leak].argv[:0] = ["env", f"LD_PRELOAD={site.bin}/tests/leak.so"]
        site.open_the_day()
        day = Day(site, given)
        try:
            day.live()
            day.close()
            tap.check("everybody could work to the end", [*day.wrong, *(person.fault for person in day.people if person.fault)])
            judge(day, tap)
        finally:
            if given.picture and day.samples:
                given.picture.write_text(watch.picture(day.samples, NAMES, day.happened))


def play(given, tap):
    """A day as the options say, and what is found."""
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="floorhand-soak-") as name:
        folder = pathlib.Path(name)
        try:
            tell(given, tap, folder)
        except (RigError, OSError, sqlite3.Error) as fault:
            tap.check("the day", [f"{type(fault).__name__}: {line}" for line in str(fault).splitlines()])
            for log in sorted(folder.glob("*.log")):
                print(f"# {log.stem} said last: {' / '.join(log.read_text(errors='replace').splitlines()[-4:])}")


def main():
    tap = Tap()
    play(options(), tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
