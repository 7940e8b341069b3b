#!/usr/bin/env python3
"""The busy day of make soak, in its short form: every trouble of it, a few thousand times as fast; and its judge, which must not be one
that is pleased with everything."""

import contextlib
import io
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from soak import run, watch  # noqa: E402
from soak.watch import Sample, Use  # noqa: E402
from tap import Tap  # noqa: E402

SPEED = 3600  # a second an hour, ...
SCANS = 15  # ... and until so many scans were made
EVENTS_AN_HOUR = 2000
NAME = "floorhandd"
DAY = ["--speed", str(SPEED), "--scans", str(SCANS)]


def day(anon=lambda hour, events: 0, descriptors=lambda events: 0, database=lambda events: 900 * events, wal=8 << 20):
    """The samples of a day in which the program is started again at 8 and 16; a warm-up of half an hour has 3000 KiB."""
    samples = []
    for tick in range(24 * 12):
        hour = tick / 12
        since, events = hour % 8, int(hour * EVENTS_AN_HOUR)
        own = 9000 + 3000 * min(1, 2 * since) + 100 * (tick % 3) + anon(since, int(since * EVENTS_AN_HOUR))
        use = Use(1 + int(hour // 8), round(own) + 5000, round(own), 25 + tick % 2 + int(descriptors(events)))
        samples.append(Sample(hour, events, {NAME: use}, database=int(database(events)), wal=wal, office=700 * events))
    return samples


JUDGED = (
    ("a day that is flat", day(), ""),
    ("a hundred bytes leak with each event", day(anon=lambda hour, events: events / 10), "memory of floorhandd grows"),
    ("a descriptor leaks in two hours", day(descriptors=lambda events: events / (2 * EVENTS_AN_HOUR)), "open descriptors of floorhandd grow"),
    ("memory that comes only with the start", day(anon=lambda hour, events: 4000 * min(1, hour)), ""),
    ("a table that is gone through anew, and written, with each event", day(database=lambda events: events * events / 40), "bytes an event in the later half"),
    ("a WAL that nobody works in", day(wal=40 << 20), "the WAL grew"),
    ("a program that never ran for long", [*day()[:5], day()[-1]], "never ran for long enough"),
)


def judged(samples, word):
    found = list(watch.faults(samples, [NAME]))
    if not word and found:
        yield f"it is not pleased with what is flat: {found}"
    if word and not any(word in fault for fault in found):
        yield f"{found} does not say {word!r}"


class Ear(Tap):
    """Keeps what was found, and prints nothing."""

    def __init__(self):
        super().__init__()
        self.found = {}

    def check(self, name, faults=()):
        self.found[name] = list(faults)


def leaks():
    """A morning of a daemon that leaks: that is found, and all books agree nevertheless."""
    ear = Ear()
    with contextlib.redirect_stdout(io.StringIO()):
        run.play(run.options([*DAY, "--hours", "6", "--leak", NAME]), ear)
    flat = ear.found.pop("memory, descriptors and disks are flat", [])
    for word in ("memory of floorhandd grows", "open descriptors of floorhandd grow"):
        if not any(word in fault for fault in flat):
            yield f"{flat} does not say {word!r}"
    yield from (f"{name}: {fault}" for name, found in ear.found.items() for fault in found)


def main():
    tap = Tap()
    for name, samples, word in JUDGED:
        tap.check(f"the judge: {name}", judged(samples, word))
    if watch.KEEPS_FREED:
        tap.skip("a daemon that leaks is found", "the sanitiser keeps what was freed")
    else:
        tap.check("a daemon that leaks is found", leaks())
    run.play(run.options(DAY), tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
