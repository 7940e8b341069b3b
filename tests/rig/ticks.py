#!/usr/bin/env python3
"""Seconds of a machine, as far as it has any to give: a program of its own that wakes twenty times a second and writes that to the disk.
Where others take the processor or the disk it ticks more slowly, as everything does: a limit in ticks fails for what waits, and not for
a machine that is busy.

As a program: ticks.py FILE"""

import os
import pathlib
import subprocess
import sys
import time

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.process import die_with_parent, wait_until  # noqa: E402

A_SECOND = 20


class Ticks:
    """Use it in a with statement."""

    def __init__(self, folder):
        self.path = folder / "ticks"

    def __enter__(self):
        self.child = subprocess.Popen([sys.executable, __file__, str(self.path)], preexec_fn=die_with_parent)
        wait_until(lambda: self.path.exists() and self.count(), "the clock ticks")
        return self

    def __exit__(self, *_):
        self.child.kill()
        self.child.wait()

    def _all(self):
        return [float(line) for line in self.path.read_text().splitlines() if line]

    def count(self, since=0.0, until=float("inf")):
        """Times of day, as time.time() has them."""
        return sum(since < tick <= until for tick in self._all())

    def wait(self, ticks):
        began = time.time()
        wait_until(lambda: self.count(began) >= ticks, f"{ticks} ticks", seconds=60 + ticks)


def main():
    with open(sys.argv[1], "a", encoding="ascii") as file:
        while True:
            time.sleep(1 / A_SECOND)
            file.write(f"{time.time():.3f}\n")
            file.flush()
            os.fsync(file.fileno())


if __name__ == "__main__":
    main()
