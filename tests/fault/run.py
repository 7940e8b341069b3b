#!/usr/bin/env python3
"""Real programs and a real broker, while everything between them fails: killed, full, late, silent, out of order.

Each scenario is a warehouse that is worked in all the time; at its end every event is at head office once, byte for byte, and
the sums are equal. Figures are printed. --short does each of it a few times; names of scenarios choose some."""

import dataclasses
import os
import pathlib
import random
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from fault import proxy  # noqa: E402
from fault.world import Fault, Usage, cpu_share, middle, shaken  # noqa: E402
from rig.process import Program, RigError, must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

INSIDE = "FLOORHAND_TEST_FAULT"  # set once this program runs in its mount namespace
HERE = pathlib.Path(__file__).resolve().parent
BACK_SECONDS = 60  # after a fault is over
THROUGH_SECONDS = 600  # while a third of all messages is lost: some twenty times a hello and its welcome, and half of them arrive
CPU_MOST = 0.02  # of a core, while the broker cannot be reached
RSS_GROWTH_MOST = 1024  # KiB
MODE = os.environ.get("MODE", "release")

# The link's waits as they are shipped, but for the longest: after a night without network the next attempt may be 300 s away.
SHIPPED = {"backoff_ms": 2000, "backoff_max_ms": 30000}
SOON = {"backoff_ms": 50, "backoff_max_ms": 400}


def figure(text):
    print(f"# {text}", flush=True)


class Growth:
    """Of memory and descriptors, from one moment to another. Head office keeps its database's pages in memory (up to 16 MiB): as
    much as the database has grown is no fault. Sanitised programs keep what was freed for a while."""

    def __init__(self, house, *programs):
        self.house = house
        self.usages = {program.name: Usage(program) for program in programs}
        self.before = {name: self._now(usage) for name, usage in self.usages.items()}

    def _now(self, usage):
        pages = sum(path.stat().st_size for path in self.house.folder.glob("head-office.db*")) // 1024
        return usage.rss, usage.descriptors, pages

    def faults(self):
        for name, usage in self.usages.items():
            (rss, descriptors, pages), (rss_now, descriptors_now, pages_now) = self.before[name], self._now(usage)
            cached = pages_now - pages if name == self.house.hq.name else 0
            figure(f"{name}: {rss} -> {rss_now} KiB (pages of its database: {cached}), {descriptors} -> {descriptors_now} descriptors")
            if MODE != "asan" and rss_now - rss - cached > RSS_GROWTH_MOST:
                yield f"{name} grew from {rss} to {rss_now} KiB"
            if descriptors_now > descriptors:
                yield f"{name} has {descriptors_now} descriptors, {descriptors} before"


# ---------------------------------------------------------------- things that are killed


def broker_killed(folder, times):
    """kill -9 while events are on their way, as soon as they flow again."""
    waits, growth = [], None
    with Fault(folder, **SOON) as house:
        with house.work() as load:
            for number in range(times):
                known, began = house.applied, time.monotonic()
                wait_until(lambda: house.applied > known, "events flow again", BACK_SECONDS)
                waits.append(time.monotonic() - began)
                if number == min(10, times // 2):
                    growth = Growth(house, house.link, house.hq)
                shaken(0.2)
                house.broker.kill()
                house.broker.start()
            house.catch_up(BACK_SECONDS)
            yield from growth.faults()
        figure(f"{times} kills, {load.scans} scans; events flowed again after {middle(waits):.2f} s, at most {max(waits):.2f} s")
        yield from load.faults()


INSTANTS = ("received", "in transaction", "before commit", "committed", "acked")


def head_office_killed(folder, times):
    """At each instant of a turn; one program after the other dies of its own."""
    with Fault(folder, **SOON) as house:
        ordinary = house.hq
        failpoint = house.bin / "tests/failpoint.so"
        with house.work() as load:
            for number in range(times * len(INSTANTS)):
                instant = INSTANTS[number % len(INSTANTS)]
                house.hq.stop() if house.hq is ordinary else house.hq.kill()
                house.hq = Program(f"floorhand-hq-{number}", [
                    "env", f"LD_PRELOAD={failpoint}", f"FAIL_AT={instant}", f"FAIL_COUNT={random.randint(2, 6)}",
                    *ordinary.argv], house.folder)
                house.hq.start()
                wait_until(lambda: not house.hq.running, f"head office dies ({instant})", BACK_SECONDS)
            house.hq = ordinary
            house.hq.start()
            seconds = house.catch_up(BACK_SECONDS)
        figure(f"{times} kills at each of: {', '.join(INSTANTS)}; {load.scans} scans; caught up in {seconds:.2f} s")
        yield from load.faults()


def link_killed(folder, times):
    with Fault(folder, **SOON) as house:
        with house.work() as load:
            growth = Growth(house, house.hq)
            for program in (house.link, house.hq):
                if not Usage(program).ignores(signal.SIGPIPE):
                    yield f"{program.name} would die of SIGPIPE"
            for _ in range(times):
                known = house.applied
                wait_until(lambda: house.applied > known, "events flow again", BACK_SECONDS)
                shaken(0.1)
                house.link.kill()
                house.link.start()
            house.catch_up(BACK_SECONDS)
            yield from growth.faults()
        figure(f"{times} kills, {load.scans} scans")
        yield from load.faults()


def power_cut_on_a_late_network(folder, times):
    """The daemon is back before the broker has answered what the link said of it: head office must be asked again at once."""
    waits = []
    with Fault(folder, **SOON) as house:
        load = house.work()
        house.proxy.turn(proxy.Late())
        for _ in range(times):
            for _ in range(5):
                load.worker.step()
            house.power_cut()
            waits.append(house.catch_up(BACK_SECONDS))
        house.proxy.turn(proxy.Clear())
        load.worker.work()
        figure(f"{times} power cuts; head office had everything after {middle(waits):.2f} s, at most {max(waits):.2f} s")
        yield from load.faults()


# ---------------------------------------------------------------- bad networks


def slow_but_sure(weather):
    """Events get through, late; and soon once the network is good again."""
    def scenario(folder, seconds):
        with Fault(folder, **SOON) as house:
            with house.work() as load:
                before = house.applied
                house.proxy.turn(weather())
                time.sleep(seconds)
                wait_until(lambda: house.applied > before, "something comes through", THROUGH_SECONDS)
                through = house.applied - before
                behind = house.last_seq - house.applied
                house.proxy.turn(proxy.Clear())
                back = house.catch_up(BACK_SECONDS)
            figure(f"{through} events came through, {behind} waited; caught up {back:.2f} s after; {load.scans} scans")
            yield from load.faults()
    return scenario


def cut_off(weather, tls=False):
    """Nothing gets through; the link uses next to no time, and is back within a minute."""
    def scenario(folder, seconds):
        with Fault(folder, tls, **(SHIPPED if seconds > 10 else SOON)) as house:
            with house.work() as load:
                house.catch_up(BACK_SECONDS)
                connections = house.proxy.accepted
                house.proxy.turn(weather())
                time.sleep(0.5)  # what was under way
                before = house.applied
                share = cpu_share(house.link, seconds)
                through = house.applied - before
                house.proxy.turn(proxy.Clear())
                back = house.catch_up(BACK_SECONDS)
            figure(f"{seconds} s, {house.proxy.accepted - connections} connections, {100 * share:.2f} % of a core; back after {back:.2f} s; "
                   f"{load.scans} scans")
            if through and weather.holds != ("down",):
                yield f"{through} events came through: the fault proves nothing"
            if share >= CPU_MOST and MODE != "asan":
                yield f"the link used {100 * share:.1f} % of a core"
            yield from load.faults()
    return scenario


def dead_resolver(folder, seconds):
    """The link hangs in the resolver for whole seconds; a scan is answered as soon as ever. Good and bad times take turns, so
    that what else the machine does falls on both."""
    waits = {False: [], True: []}
    with Fault(folder, **SOON) as house:
        ordinary = house.link
        named = house.folder / "named.ini"
        named.write_text((house.folder / "link.ini").read_text().replace("host = 127.0.0.1", "host = broker.example"))
        dead = Program("floorhand-link-dead", ["unshare", "--net", "--mount", sys.executable, HERE / "quiet_resolver.py",
                                               house.folder / "resolv.conf", house.bin / "floorhand-link", "--config", named],
                       house.folder)
        with house.work() as load:
            came = 0
            for number in range(4):
                is_dead = number % 2 == 1
                house.link.stop() if house.link is ordinary else house.link.kill()
                house.link = dead if is_dead else ordinary
                house.link.start()
                time.sleep(0.3)
                scanned, before = load.scans, house.applied
                time.sleep(seconds)
                waits[is_dead] += load.seconds[scanned:]
                came += is_dead and house.applied - before
            house.link.kill()
            house.link = ordinary
            house.link.start()
            back = house.catch_up(BACK_SECONDS)
        good, bad = (sorted(waits[key]) for key in (False, True))
        ratios = [bad[int(len(bad) * part)] / good[int(len(good) * part)] for part in (0.5, 0.99)]
        figure(f"a scan's wait with a dead resolver is {ratios[0]:.2f} times the wait without (the worst hundredth: {ratios[1]:.2f}); "
               f"{len(good)} and {len(bad)} scans; back after {back:.2f} s")
        if came:
            yield f"{came} events came through: the resolver was not dead"
        if ratios[0] > 2 or max(bad) > 1:
            yield f"scans waited {ratios[0]:.2f} times as long, at most {max(bad):.2f} s"
        yield from load.faults()


# ---------------------------------------------------------------- head office's disk


def head_office_disk_full(folder, seconds):
    """It takes nothing while its disk is full, goes on when there is room, and has not lost a transaction."""
    disk = folder / "disk"
    disk.mkdir()
    must(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk])
    try:
        with Fault(folder, **SOON) as house:
            (folder / "head-office.db").symlink_to(disk / "head-office.db")
            with house.work() as load:
                with open(disk / "filler", "wb") as filler:
                    free = os.statvfs(disk)
                    os.posix_fallocate(filler.fileno(), 0, free.f_bavail * free.f_frsize - 4096)
                wait_until(lambda: "disk" in house.hq.log() or "full" in house.hq.log(), "head office's disk is full", BACK_SECONDS)
                before = house.applied
                time.sleep(seconds)
                through = house.applied - before
                (disk / "filler").unlink()
                back = house.catch_up(BACK_SECONDS)
            figure(f"full for {seconds} s, {through} events taken; caught up {back:.2f} s after; {load.scans} scans")
            yield from load.faults()
    finally:
        must(["umount", "--lazy", disk])


# ---------------------------------------------------------------- all of it


@dataclasses.dataclass
class Scenario:
    name: str
    run: object  # (folder, how many times or seconds), yields what was wrong
    short: int  # 0: not in the short form
    full: int


SCENARIOS = [
    Scenario("the broker is killed", broker_killed, 5, 100),
    Scenario("head office is killed at every instant of a turn", head_office_killed, 1, 20),
    Scenario("the link is killed", link_killed, 4, 100),
    Scenario("the site loses its power on a late network", power_cut_on_a_late_network, 1, 20),
    Scenario("loss: stalls and resets", slow_but_sure(proxy.Rough), 1, 60),
    Scenario("delay of 800 ms", slow_but_sure(proxy.Late), 1, 60),
    Scenario("messages lost after PUBACK, sent twice and out of order", slow_but_sure(proxy.Mixed), 3, 120),
    Scenario("half open", cut_off(proxy.Silent), 0, 40),
    Scenario("half open under TLS", cut_off(proxy.Silent, tls=True), 0, 40),
    Scenario("reset in the middle of TLS", cut_off(proxy.Reset, tls=True), 2, 40),
    Scenario("a broker that says a byte now and then", cut_off(proxy.Slow), 0, 40),
    Scenario("the broker is not heard", cut_off(proxy.Deaf), 0, 90),
    Scenario("the link is not heard", cut_off(proxy.Mute), 0, 90),
    Scenario("the resolver is dead", dead_resolver, 1, 12),
    Scenario("head office's disk is full", head_office_disk_full, 0, 20),
]


def play(scenario, effort):
    with tempfile.TemporaryDirectory(prefix="floorhand-fault-") as folder:
        folder = pathlib.Path(folder).resolve()
        try:
            yield from scenario.run(folder, effort)
        except (RigError, OSError, sqlite3.Error) as fault:
            yield from f"{type(fault).__name__}: {fault}".splitlines()
            for log in sorted(folder.glob("*.log")):
                yield f"{log.stem} said last: {' / '.join(log.read_text(errors='replace').splitlines()[-4:])}"


def main():
    short = "--short" in sys.argv[1:]
    wanted = [word for word in sys.argv[1:] if word != "--short"]
    if os.environ.get(INSIDE) is None:
        own_users = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
        os.execvpe("unshare", ["unshare", *own_users, "--mount", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    tap = Tap()
    for scenario in SCENARIOS:
        effort = scenario.short if short else scenario.full
        if not effort or (wanted and not any(word in scenario.name for word in wanted)):
            continue
        began = time.monotonic()
        tap.check(scenario.name, play(scenario, effort))
        figure(f"{time.monotonic() - began:.1f} s")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
