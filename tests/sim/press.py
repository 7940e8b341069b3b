#!/usr/bin/env python3
"""Random faults of printers, cables and power, in virtual time, against the production ledger and delivery.

The laws: the ledger never says printed of a label that did not come out; no label comes out twice without a person
asking; of what is queued or failed none came out; where the count can be read, what was cut off is completed.

    press.py [--faults N] [--seed N [--trace]]"""

import argparse
import collections
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from printers import languages  # noqa: E402
from printers.machine import MS, SECOND  # noqa: E402
from printers.wire import Wire  # noqa: E402

PRESS = (ROOT / os.environ.get("OUT", "build")).resolve() / "floorhand-press"
END_US = 1200 * SECOND


class Broken(Exception):
    """A law is broken."""


class Press:
    def __init__(self, trace):
        self.program = subprocess.Popen([PRESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.trace, self.now, self.wake, self.sent = trace, 0, None, []
        self.on_state = None  # what the ledger says now: key, state, proof, labels that are out

    def tell(self, *words):
        line = " ".join(map(str, words))
        if self.trace:
            print(f"# {self.now / SECOND:9.3f} > {line[:150]}")
        self.program.stdin.write(line + "\n")
        rows = []
        while (answer := self.program.stdout.readline().rstrip("\n")) != ".":
            if not answer:
                raise Broken("the product has ended")
            if self.trace and not answer.startswith(("wake", "job")):
                print(f"# {self.now / SECOND:9.3f}   {answer[:150]}")
            if answer.startswith("send "):
                self.sent.append(bytes.fromhex(answer[5:]))
            elif answer.startswith("wake "):
                self.wake = int(answer[5:])
            elif answer.startswith("state "):
                self.on_state(*answer.split()[2:])
            else:
                rows.append(answer.split())
        return rows

    def at(self, now):
        self.now = now
        self.tell("time", now)

    def close(self):
        self.program.stdin.close()
        self.program.wait(10)


class World:
    """One printer, its cable, and a person; faults come one after the other at random moments."""

    def __init__(self, seed, trace=False):
        self.random = random.Random(seed)
        self.press = Press(trace)
        self.press.on_state = self.judge
        kind = self.random.choice((languages.Zpl,) * 3 + languages.ALL)
        self.machine = kind(self.random, counts=self.random.random() < 0.7)
        self.machine.mute = self.random.random() < 0.05
        self.machine.count_is_stuck = self.random.random() < 0.15
        self.notices = self.random.random() < 0.6  # USB and TCP, else RS-232
        self.now, self.connected = 0, False
        self.told_room = self.told_pending = None
        self.jobs = {}  # key: names of its labels
        self.asked = collections.Counter()
        self.faults = 0
        self.plans = []  # (when, what)
        self.in_flight = []  # (when, bytes): of a line that is closed already
        self.cut_after = None  # bytes until the cable is pulled
        self.wire = None if self.notices else Wire(self.machine, self.random.choice((9600, 115200)), self.random.random() < 0.5)
        self.old_answers, self.keeps_answers = [], False  # that come when the line is there again
        self.spoilt = set()  # jobs whose bytes may have got lost on a serial line

    # ------------------------------------------------------------ time

    def plan(self, after_us, act, *args):
        self.plans.append((self.now + after_us, len(self.plans), act, args))

    def next_moment(self):
        moments = [when for when, *_ in self.plans] + [when for when, _ in self.in_flight]
        wake = self.press.wake
        if wake is not None and wake >= 0:
            moments.append(max(wake, self.now + MS))
        if (machine := self.machine.next_wake()) is not None:
            moments.append(machine)
        if self.wire and self.wire.due is not None:
            moments.append(self.wire.due)
        return min((max(moment, self.now) for moment in moments), default=END_US)

    def advance(self, until):
        while (moment := self.next_moment()) <= until:
            self.step(moment)
        self.step(until)

    def step(self, moment):
        self.now = moment
        self.press.at(moment)
        self.machine.tick(moment)
        for when, data in [flight for flight in self.in_flight if flight[0] <= moment]:
            self.in_flight.remove((when, data))
            self.machine.feed(data, moment)
        if self.wire and self.wire.tick(moment):
            self.spoilt |= {row[2] for row in self.press.tell("ledger") if row[3] in ("sending", "sent")}
        for plan in sorted((plan for plan in self.plans if plan[0] <= moment), key=lambda plan: plan[:2]):
            self.plans.remove(plan)
            plan[2](*plan[3])
        self.carry()

    # ------------------------------------------------------------ the cable

    def carry(self):
        """What was sent reaches the printer; what it says comes back."""
        for _ in range(200):
            self.tell_room()
            sent, self.press.sent = b"".join(self.press.sent), []
            said = self.machine.answers(self.now)
            if not sent and not said:
                return
            self.deliver(sent)
            self.tell_pending(bool(sent))
            for data in said:
                self.answer(data)
        raise Broken("the two talk without end")

    def answer(self, data):
        if self.connected and not (self.wire and self.wire.is_broken):
            self.press.tell("bytes", data.hex())
        elif self.keeps_answers:
            self.old_answers.append(data)

    def tell_room(self):
        room = (self.wire or self.machine).room() if self.connected else 0
        if room != self.told_room or self.press.sent:
            self.told_room = room
            self.press.tell("room", room)
        self.tell_pending(False)

    def tell_pending(self, has_sent):
        pending = len(self.wire.waiting) if self.wire else 0
        if has_sent or pending != self.told_pending:
            self.told_pending = pending
            self.press.tell("pending", pending)

    def deliver(self, data):
        if not data:
            return
        if self.cut_after is not None:
            kept, self.cut_after = data[:self.cut_after], self.cut_after - len(data)
            if self.cut_after <= 0:
                self.cut_after = None
                if self.random.random() < 0.5:
                    self.machine.feed(kept, self.now)
                else:  # it is still in the printer's own network buffer
                    self.in_flight.append((self.now + self.random.randrange(500) * MS, kept))
                self.pull()
                return
        if self.wire:
            self.wire.write(data, self.now)
        else:
            self.machine.feed(data, self.now)

    def pull(self):
        if self.connected:
            self.connected = False
            self.press.sent = []
            self.keeps_answers = self.random.random() < 0.3
            if self.wire:
                self.wire.clear()
            self.press.tell("gone")

    def plug(self):
        if self.connected:
            return
        if not self.machine.is_on:
            self.plan(300 * MS, self.plug)
            return
        self.connected, self.told_room, self.told_pending = True, None, None
        self.tell_room()
        self.press.tell("open", self.machine.name, int(self.notices))
        old, self.old_answers = self.old_answers, []
        for data in old:
            self.answer(data)
        self.carry()

    # ------------------------------------------------------------ faults

    def fault_paper(self):
        self.machine.paper_left = self.random.randrange(3)
        self.plan(self.random.randrange(1, 40) * SECOND, self.mend_paper)

    def mend_paper(self):
        self.machine.paper_left, self.machine.paper_out = None, False

    def fault_ribbon(self):
        self.machine.ribbon_out = True
        self.plan(self.random.randrange(1, 20) * SECOND, setattr, self.machine, "ribbon_out", False)

    def fault_head(self):
        self.machine.head_open = True
        self.plan(self.random.randrange(1, 20) * SECOND, setattr, self.machine, "head_open", False)

    def fault_pause(self):
        self.machine.paused = True
        self.plan(self.random.randrange(1, 20) * SECOND, setattr, self.machine, "paused", False)

    def fault_power(self):
        self.machine.power_off(self.now, self.random.randrange(2000, 8000) * MS)
        if self.notices:
            self.pull()
            self.plan(2 * SECOND, self.plug)

    def fault_cut(self):
        """A cable pulled out after so many bytes more, or now; the printer goes on with what it has. Nobody is told of one that
        is loose on a serial line."""
        if self.wire:
            self.wire.is_broken = True
            self.plan(self.random.randrange(50, 5000) * MS, setattr, self.wire, "is_broken", False)
            return
        if self.random.random() < 0.7:
            self.cut_after = self.random.randrange(1, 900)
        else:
            self.pull()
        self.plan(self.random.choice((100, 1000, 5000, 30000, 90000)) * MS, self.plug)

    def fault_late(self):
        self.machine.late_us = self.random.randrange(100, 3000) * MS
        self.plan(self.random.randrange(1, 30) * SECOND, setattr, self.machine, "late_us", 0)

    def fault_garbage(self):
        self.machine.garbage = True
        self.plan(self.random.randrange(1, 15) * SECOND, setattr, self.machine, "garbage", False)

    def fault_silence(self):
        self.machine.mute = True
        self.plan(self.random.randrange(1, 30) * SECOND, setattr, self.machine, "mute", False)

    def fault_splits(self):
        self.machine.splits = True
        self.plan(self.random.randrange(1, 20) * SECOND, setattr, self.machine, "splits", False)

    def fault_lost_bytes(self):
        if self.wire:
            self.wire.loses = self.random.randrange(1, 60)
        else:
            self.fault_cut()

    def fault_box(self):
        """The box loses its power, or is switched off, and comes back with the printer where it is."""
        word = self.random.choice(("kill", "stop"))
        self.press.sent = []
        self.press.tell(word)
        self.carry()
        self.connected = False
        if self.wire:
            self.wire.clear()
        self.plan(self.random.randrange(100, 4000) * MS, self.plug)

    # ------------------------------------------------------------ people

    def ask(self, copy_of=None):
        number = len(self.jobs) + 1
        key = copy_of + "+" if copy_of else f"J{number}"
        count = len(self.jobs[copy_of]) if copy_of else self.random.choice((1, 1, 1, 2, 3))
        if key in self.jobs or number > 50:
            return
        names = [f"{key}.{label}" for label in range(1, count + 1)]
        self.jobs[key] = names
        dots = self.random.randbytes(self.random.randrange(1, 1200))
        self.press.tell("job", key, *(self.machine.job(name.encode(), dots).hex() for name in names))

    def look(self):
        """The person asks for what may not have come out, now and then."""
        for _, _, key, state, *_ in self.press.tell("ledger"):
            if state in ("unknown", "failed", "sent") and self.random.random() < 0.2:
                self.ask(copy_of=key)

    # ------------------------------------------------------------ laws

    def damaged(self):
        """Labels that came out without their name, because a serial line lost bytes: they are counted as labels by the
        printer, and only the scan at the bench finds them out."""
        return self.machine.out.count(None) if self.wire and self.wire.has_lost else 0

    def check(self):
        out = collections.Counter(name for name in self.machine.out if name)
        twice = [name for name, count in out.items() if count > 1 and name.split(".")[0] not in self.spoilt]
        if twice:
            raise Broken(f"{twice} came out twice")
        for _, _, key, state, proof, done in self.press.tell("ledger"):
            self.judge(key, state, proof, done)

    def judge(self, key, state, proof, done):
        """At the moment when the ledger says so, and later again."""
        names = self.jobs[key]
        came = [name for name in names if name in self.machine.out]
        if state == "printed" and len(came) + self.damaged() < len(names):
            raise Broken(f"{key} is printed ({proof}), but only {came} came out")
        if state in ("queued", "failed") and came:
            raise Broken(f"{key} is {state}, but {came} came out")
        if int(done) > len(came) + self.damaged():
            raise Broken(f"of {key} {done} are known to be out, but only {came} are")

    # ------------------------------------------------------------ a day

    def settle(self):
        """Until nothing waits any more, and what the printer has must have come out."""
        for _ in range(END_US // (10 * SECOND)):
            self.plug()
            self.advance(self.now + 10 * SECOND)
            rows = self.press.tell("ledger")
            busy = self.plans or self.in_flight or self.machine.queue or self.machine.printing
            if not busy and not any(row[3] in ("queued", "sending") for row in rows):
                break
        self.advance(self.now + 20 * SECOND)
        return self.press.tell("ledger")

    def run(self):
        self.plug()
        faults = [name for name in dir(self) if name.startswith("fault_")]
        self.kinds = []
        for _ in range(self.random.randrange(4, 14)):
            for _ in range(self.random.randrange(3)):
                self.ask()
            self.advance(self.now + self.random.randrange(3000) * MS)
            if self.random.random() < 0.8:
                name = self.random.choice(faults)
                self.kinds.append(name[6:])
                self.faults += 1
                getattr(self, name)()
                self.carry()
            self.advance(self.now + self.random.choice((200, 2000, 15000, 70000)) * MS)
            self.look()
            self.check()
        rows = self.settle()
        self.check()
        self.press.close()
        if left := [row for row in rows if row[3] in ("queued", "sending")]:
            if not self.machine.mute:
                raise Broken(f"at the end {left} are not settled")
        return [(row[3], row[4]) for row in rows]


class CutWorld(World):
    """One job of three labels, and a connection that is reset after a number of its bytes; the printer comes back in a
    second."""

    def __init__(self, kind, after, in_flight):
        super().__init__(after)
        self.machine = kind(self.random, counts=True)
        self.notices, self.wire, self.after, self.flies = True, None, after, in_flight

    def run(self):
        """None when the cut is beyond the job. The first job is whole: by it the count has been seen to move."""
        self.plug()
        self.advance(10 * SECOND)
        self.random.choice = lambda some: 3 if some == (1, 1, 1, 2, 3) else some[0]
        self.random.random = lambda: 0.9 if self.flies else 0.1
        self.ask()
        self.advance(self.now + 30 * SECOND)
        self.cut_after = self.after
        self.ask()
        self.carry()
        self.advance(self.now + SECOND)
        if self.cut_after is not None:
            self.press.close()
            return None
        self.faults = 1
        self.plug()
        rows = self.settle()
        self.check()
        self.press.close()
        if isinstance(self.machine, languages.Zpl) and any(row[3:5] != ["printed", "odometer"] for row in rows):
            raise Broken(f"its count could be read, but it is {rows}; {self.machine.out} came out")
        return [(row[3], row[4]) for row in rows[1:]]


def cuts(step):
    """(what was cut, states, fault) of a reset after every byte of a job, or after each step-th."""
    for kind in languages.ALL:
        for in_flight in (False, True):
            after = 1
            while True:
                world = CutWorld(kind, after, in_flight)
                try:
                    states, fault = world.run(), None
                except Broken as broken:
                    states, fault = [], f"{kind.name}, cut after {after} bytes: {broken}"
                finally:
                    world.press.program.kill()
                if states is None:
                    break
                yield world, states, fault
                after += step


def day(seed, trace=False):
    world = World(seed, trace)
    try:
        return world, world.run(), None
    except Broken as fault:
        return world, [], f"seed {seed} ({world.machine.name}, {'USB/TCP' if world.notices else 'RS-232'}, " \
                          f"counts: {world.machine.counts}): {fault}"
    finally:
        world.press.program.kill()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--step", type=int, default=1, help="cut a job after each of its bytes, or after each step-th")
    given = parser.parse_args()
    table, total, broken, seed = collections.defaultdict(collections.Counter), 0, [], given.seed or 1
    while total < given.faults and len(broken) < 5:
        world, states, fault = day(seed, given.trace)
        total += world.faults
        broken += [fault] if fault else []
        kind = f"{world.machine.name}{' counting' if world.machine.counts and world.machine.name == 'zpl' else ''} " \
               f"{'USB/TCP' if world.notices else 'RS-232'}"
        for state, proof in states:
            table[kind][state if proof == "-" else f"{state} ({proof})"] += 1
        seed += 1
        if given.seed:
            break
        if total // 1000 != (total - world.faults) // 1000:
            print(f"# {total} faults", flush=True)
    resets = 0
    for world, states, fault in [] if given.seed else cuts(given.step):
        resets += 1
        broken += [fault] if fault else []
        for state, proof in states:
            table[f"{world.machine.name} reset after each byte"][state if proof == "-" else f"{state} ({proof})"] += 1
    for fault in broken[:10]:
        print(f"# {fault}")
    for kind, states in sorted(table.items()):
        print(f"# {kind}: " + ", ".join(f"{count} {state}" for state, count in states.most_common()))
    print(f"{'not ok' if broken else 'ok'} 1 - {total} faults, {resets} resets: no label is called printed that is not, none comes twice")
    print("1..1")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
