#!/usr/bin/env python3
"""What a page of the site's lists is told: the kinds of rows that have changed, over one stream, while stations keep theirs."""

import json
import pathlib
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

PAGES = 5  # of which two may follow changes
TOLD_SECONDS = 12
BADGE = sample.WORKERS[0][2]


class Stream:
    """Server-sent events. Use it in a with statement."""

    def __init__(self, house, path="changes"):
        self.answer = urllib.request.urlopen(f"{house.page_url}/api/v1/{path}", timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()

    def next(self):
        """(event, data) of the next one that is more than a sign of life."""
        event, end = "", time.monotonic() + TOLD_SECONDS
        while time.monotonic() < end:
            line = self.answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: ") and event not in ("", "alive"):
                return event, json.loads(line[6:])
        raise RigError(f"nothing was told for {TOLD_SECONDS} s")

    def until(self, kind):
        """The events up to the first that tells of this kind."""
        events = []
        while True:
            event, data = self.next()
            events.append(event)
            if event == "changed" and kind in data["kinds"]:
                return events


def scan(house, text):
    return house.ask("stations/bench-1/scan", {"text": text})


def told(house):
    with Stream(house) as stream:
        if stream.next() != ("hello", {}):
            yield "a stream does not begin with hello"
        scan(house, BADGE)
        stream.until("workers")
        scan(house, "CMD:LOGOUT")
        stream.until("journal")


def many_turns(house):
    """However many turns there are, they are told a few times a second."""
    with Stream(house) as stream:
        stream.next()
        begun = time.monotonic()
        for _ in range(30):
            scan(house, "nothing of this")
        scan(house, BADGE)
        events = stream.until("workers")
        seconds = time.monotonic() - begun
        if len(events) > 2 + seconds / 0.25:
            yield f"{len(events)} events in {seconds:.2f} s"
        scan(house, "CMD:LOGOUT")


def opened(house):
    """A stream; None: there are enough."""
    try:
        return Stream(house)
    except urllib.error.HTTPError as error:
        said = json.load(error)["error"]["message"]
        if error.code != 503 or "pages" not in said:
            raise RigError(f"{error.code} {said}") from error
        return None


def after_others_closed(house):
    """The box hears that a stream was closed when it writes to it: with what has changed, or with a sign of life."""
    found = []

    def tries():
        scan(house, "nothing of this")
        found.append(opened(house))
        return found[-1]
    wait_until(tries, "there is room for a stream again", seconds=20)
    return found[-1]


def limit(house):
    """The third page is refused in a sentence, the stations' pages are not, and a page that closes makes room."""
    with after_others_closed(house) as first, after_others_closed(house):
        if opened(house):
            yield "a third stream is opened"
        with Stream(house, "stations/bench-1/events") as station:
            if station.next()[0] != "view":
                yield "a station has no view any more"
        first.answer.close()
        after_others_closed(house).answer.close()


CHECKS = {"a stream tells which kinds of rows have changed": told, "many turns are told at once": many_turns,
          "supervisors' pages leave room for the stations'": limit}


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder, site=f"pages = {PAGES}\n") as house:
        house.open(sample.orders(2))
        for name, prove in CHECKS.items():
            tap.check(name, prove(house))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
