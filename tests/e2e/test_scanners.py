#!/usr/bin/env python3
"""Scanners that wait: what they are told is on disk, is told once, and is never told of what was not saved."""

import json
import pathlib
import random
import resource
import signal
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.devices import Scanner  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.waiting_scanners import (BAD, DENIED, GOOD, SILENCE, TAKEN, AckScanner, HoneywellScanner,  # noqa: E402
                                  SsiScanner)
from tap import Tap  # noqa: E402

SCANS = 240  # at least, of each kind, in the story of kills
ACCEPTED, REFUSED = sample.BADGE, "NO-SUCH-CODE"
HEARD = {SsiScanner: (GOOD, BAD, DENIED), HoneywellScanner: (GOOD, BAD, BAD), AckScanner: (TAKEN, TAKEN, SILENCE)}


def open_floor(house):
    house.start_daemon()
    house.import_workers()


def rows_of(house, code):
    """How often a code is in the journal, as refused; the daemon must be down."""
    return sum(json.loads(line)["data"].get("scan", "").endswith(code) for line, in
               house.site_rows("SELECT line FROM journal WHERE type = 'scan.rejected'"))


def sign_ins(house):
    return house.site_rows("SELECT count(*) FROM journal WHERE type = 'worker.signed_in'")[0][0]


# ---------------------------------------------------------------- what a scanner hears, and what the page says of it


def verdicts(house, scanner):
    accepted, refused, _ = HEARD[type(scanner)]
    for code, expected, good in ((ACCEPTED, accepted, True), (REFUSED, refused, False), (ACCEPTED, accepted, True)):
        heard = scanner.scan(code)
        if heard != expected:
            yield f"{code} was answered with {heard}, not {expected}"
        result = house.view()["result"] or {}
        if result.get("good") is not good or not result["scan"].endswith(code):
            yield f"the page says {result} of {code}"
        if result.get("tone") != ("scanner" if scanner.beeps else "screen"):
            yield f"the tone comes from {result.get('tone')}"


def silent_tone(house):
    """A scanner that waits for nothing leaves the tone to the screen."""
    house.scanner.scan(ACCEPTED)
    result = wait_until(lambda: house.view()["result"], "the scan is shown")
    if result["tone"] != "screen" or not result["good"]:
        yield f"the page says {result}"


# ---------------------------------------------------------------- on disk before it is acknowledged


def kills(house, scanner):
    """kill -9 at the instant the answer arrives, after a random number of scans: all that was answered is on disk."""
    chance = random.Random(8)
    accepted, refused, _ = HEARD[type(scanner)]
    sent, signed_in, cuts = [], 0, 0
    while len(sent) + signed_in < SCANS:
        for _ in range(chance.randint(1, 10)):
            code = ACCEPTED if chance.random() < 0.3 else f"NO-{len(sent):05}"
            scanner.send(scanner.message(code))
            if isinstance(scanner, SsiScanner):
                heard = scanner.acknowledged(5)
                last_word = scanner.tone if heard else None
            else:
                heard, last_word = scanner.answer(5), None
            if heard not in (True, accepted, refused):
                yield f"{code} was answered with {heard}"
            if code == ACCEPTED:
                signed_in += 1
            else:
                sent.append(code)
            if chance.random() < 0.15:
                break
            if last_word:
                last_word()
        house.daemon.kill()
        cuts += 1
        scanner.forget()
        faults = list(lost(house, sent, signed_in))
        yield from faults
        if faults:
            return
        house.start_daemon()
    if cuts < 20:
        yield f"only {cuts} kills: the story proves little"


def lost(house, sent, signed_in):
    kept = [json.loads(line)["data"].get("scan", "")[-8:] for line, in
            house.site_rows("SELECT line FROM journal WHERE type = 'scan.rejected' ORDER BY seq")]
    if kept != sent:
        lost_ones, twice = sorted(set(sent) - set(kept)), sorted({code for code in kept if kept.count(code) > 1})
        yield f"of {len(sent)} refused scans {len(kept)} are on disk: lost {lost_ones[:3]}, twice {twice[:3]}"
    if sign_ins(house) != signed_in:
        yield f"of {signed_in} accepted scans {sign_ins(house)} are on disk"


def not_saved(house, scanner):
    """The disk takes no more bytes: the scan is not acknowledged, the page says so, and later it is taken again."""
    _, refused, unsaved = HEARD[type(scanner)]
    pid = house.daemon.child.pid
    hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    heard = scanner.scan("FULL-0001", seconds=0.5 if unsaved == SILENCE else 5)
    if heard != unsaved:
        yield f"a scan that cannot be saved was answered with {heard}, not {unsaved}"
    code = wait_until(lambda: house.view()["result"], "the scan is shown")["code"]
    if code != "E00":
        yield f"the page says {code}"
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
    heard = scanner.scan("FULL-0002")
    if heard != refused:
        yield f"the next scan was answered with {heard}, not {refused}"
    house.daemon.stop()
    for scan, times in (("FULL-0001", 0), ("FULL-0002", 1)):
        if rows_of(house, scan) != times:
            yield f"{scan} is in the journal {rows_of(house, scan)} times"
    house.start_daemon()


# ---------------------------------------------------------------- sent again


def sent_again(house, scanner):
    """SSI: the ACK got lost, so the packet comes again, marked: acknowledged again, and still one scan."""
    for time_sent in range(3):
        scanner.send(scanner.message("AGAIN-1", again=time_sent > 0))
        if scanner.acknowledged(5) is not True:
            yield "a packet that was sent again is not acknowledged"
        if time_sent == 0:
            scanner.tone()
    if scanner.scan("AGAIN-2") != BAD:
        yield "the scan after it was not taken"
    house.daemon.stop()
    for scan in ("AGAIN-1", "AGAIN-2"):
        if rows_of(house, scan) != 1:
            yield f"{scan} is in the journal {rows_of(house, scan)} times"
    house.start_daemon()


def sent_again_before_the_answer(house, scanner):
    """The box is slow: the scanner has sent three times before it is heard. One scan, and one answer at the end."""
    ssi = isinstance(scanner, SsiScanner)
    house.daemon.child.send_signal(signal.SIGSTOP)
    try:
        scanner.send(scanner.message("SLOW-1"))
        for _ in range(2):
            scanner.send(scanner.message("SLOW-1", again=True) if ssi else scanner.message("SLOW-1"))
        if scanner.answer(0.2) != SILENCE:
            yield "a stopped daemon answered"
    finally:
        house.daemon.child.send_signal(signal.SIGCONT)
    if scanner.answer(5) != HEARD[type(scanner)][1]:
        yield "it was not answered in the end"
    if scanner.scan("SLOW-2") != HEARD[type(scanner)][1]:
        yield "the next scan heard something else"
    house.daemon.stop()
    for scan in ("SLOW-1", "SLOW-2"):
        if rows_of(house, scan) != 1:
            yield f"{scan} is in the journal {rows_of(house, scan)} times"
    house.start_daemon()


def noise(house, scanner):
    """Garbage and a packet with a wrong checksum make no scan; the same packet once more does."""
    whole = scanner.message("NOISE-1")
    spoilt = bytearray(whole)
    spoilt[-4] ^= 0x20
    scanner.send(b"\x00\xff\x13garbage\r\n" + bytes(spoilt))
    if scanner.acknowledged(5) is not False:
        yield "a wrong checksum was not refused"
    scanner.send(scanner.message("NOISE-1", again=True))
    if scanner.answer(5) != BAD:
        yield "the packet sent again was not taken"
    house.daemon.stop()
    if rows_of(house, "NOISE-1") != 1:
        yield f"NOISE-1 is in the journal {rows_of(house, 'NOISE-1')} times"
    house.start_daemon()


def pulled_out(house, scanner):
    """Pulled out with a scan under way and plugged in again: the old verdict is no answer to the new scan."""
    accepted, refused, _ = HEARD[type(scanner)]
    scanner.send(scanner.message(REFUSED)[:-2])
    scanner.cable.pull()
    wait_until(lambda: house.ask("devices")[1][0]["state"] == "away", "the scanner is known to be away")
    fault = house.ask("devices")[1][0]["fault"]
    if not fault:
        yield "nobody says why it is away"
    scanner.taken.clear()
    scanner.cable.plug()
    wait_until(lambda: house.ask("devices")[1][0]["state"] == "open", "the scanner is back")
    for code, expected in ((ACCEPTED, accepted), (REFUSED, refused)):
        heard = scanner.scan(code)
        if heard != expected:
            yield f"after it was plugged in again {code} was answered with {heard}"


STORIES = [
    ("its answers are the verdicts, and its tone is its own", verdicts, HEARD),
    ("it is pulled out in the middle of a scan", pulled_out, HEARD),
    ("what cannot be saved is not acknowledged", not_saved, HEARD),
    ("sent again before the answer, it is one scan", sent_again_before_the_answer, HEARD),
    ("sent again after the answer, it is one scan", sent_again, [SsiScanner]),
    ("noise is no scan", noise, [SsiScanner]),
    ("whatever was acknowledged is on disk, through kills", kills, HEARD),
]


def tell(story, kind):
    """Yields what was wrong with it."""
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder:
        try:
            with House(pathlib.Path(folder), scanner=kind) as house:
                # A file that may not grow is an error to the daemon, as a full disk is, and no signal.
                house.daemon.argv = ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh", *house.daemon.argv]
                open_floor(house)
                yield from story(house, *([house.scanner] if kind is not Scanner else []))
        except (RigError, OSError, ValueError, sqlite3.Error) as fault:
            yield from str(fault).splitlines()
            yield f"floorhandd said last: {' / '.join(house.daemon.tail(4).splitlines())}"


def main():
    wanted = sys.argv[1:]
    tap = Tap()
    for name, story, kinds in STORIES:
        for kind in kinds:
            if not wanted or story.__name__ in wanted:
                began = time.monotonic()
                tap.check(f"{kind.__name__}: {name}", tell(story, kind))
                print(f"# {time.monotonic() - began:.1f} s")
    if not wanted or silent_tone.__name__ in wanted:
        tap.check("Scanner: one that waits for nothing leaves the tone to the screen", tell(silent_tone, Scanner))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
