"""Every scenario of the rig, by name, and how one is judged. Does not do any of them: the scenario_*.py files do."""

import functools
import importlib
import os
import pathlib
import re
import shutil
import subprocess
import time

from rig.process import RigError
from rig.usb.bus import Bus
from rig.usb.site import Site, in_memory
from tap import Tap

OUT = pathlib.Path(os.environ.get("OUT", "build"))
SHARE = pathlib.Path(os.environ.get("RIG_SHARE", "/tmp"))
SHORT = bool(os.environ.get("RIG_SHORT"))

FILES = ("emulator", "keyboard", "binding", "faults", "serial", "manners", "pause", "printer", "pos", "scale", "gadget")

SCENARIOS = []  # (name, function, needs, long), in the order of FILES


def scenario(name, *, needs=None, long=False):
    """needs: a word of floorhandd's sample configuration; without it the scenario is skipped. long: not in the short form."""
    def keep(function):
        SCENARIOS.append((name, function, needs, long))
        return function
    return keep


@functools.cache
def known_words():
    return subprocess.run([OUT / "floorhandd", "--sample"], capture_output=True, text=True, check=True).stdout


def rounds(full, short):
    return short if SHORT else full


def numbers(count, first=0):
    """Codes of 13 digits that mean nothing here: each leaves one row."""
    return [f"29{number:011}" for number in range(first, first + count)]


def differences(got, expected, what):
    """Sentences; none when both lists are the same."""
    if got == expected:
        return
    at = next((i for i, pair in enumerate(zip(got, expected)) if pair[0] != pair[1]), min(len(got), len(expected)))
    yield (f"{what}: {len(got)} came, {len(expected)} were sent; the first difference is number {at}: "
           f"{got[at:at + 2]} instead of {expected[at:at + 2]}")


class Stage:
    """A bus and a place for one site; whatever a scenario leaves behind is taken away."""

    def __init__(self, name):
        self.folder = in_memory(re.sub(r"\W+", "-", name)[:60])
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bus = Bus(OUT / "tests/usb_emulator")
        self.sites = []
        self.notes = []

    def site(self, **stations):
        """A started daemon with workers; stations: name -> options, "_" in a name stands for "-"."""
        made = Site(self.folder / f"{len(self.sites)}", OUT,
                    {name.replace("_", "-"): options for name, options in stations.items()})
        self.sites.append(made)
        made.start()
        made.import_workers()
        return made

    def note(self, text):
        self.notes.append(text)

    def close(self):
        """Returns faults."""
        faults = []
        for site in self.sites:
            try:
                fault = site.stop()
            except RigError as problem:
                fault = str(problem)
            if fault:
                faults.append(fault)
        try:
            self.bus.close()
        except (RigError, OSError) as problem:
            faults.append(str(problem))
        return faults

    def keep_logs(self, name):
        target = SHARE / re.sub(r"\W+", "-", name)[:60]
        for number, site in enumerate(self.sites):
            target.mkdir(exist_ok=True)
            shutil.copy(site.daemon.log_path, target / f"floorhandd-{number}.log")
        shutil.rmtree(self.folder, ignore_errors=True)


def play(name, function):
    """Returns (faults, notes)."""
    stage, faults = Stage(name), []
    try:
        faults += list(function(stage) or [])
    except (RigError, OSError, KeyError, ValueError, StopIteration) as problem:
        faults.append(f"{type(problem).__name__}: {problem}")
        for site in stage.sites[-1:]:
            faults += [f"the daemon said last: {line}" for line in site.daemon.tail(8).splitlines()]
            faults += [f"the daemon is at: {line}" for line in site.where()]
    faults += stage.close()
    stage.keep_logs(name)
    return [line for fault in faults for line in str(fault).splitlines()], stage.notes


def run(words):
    for file in FILES:
        importlib.import_module(f"rig.usb.scenario_{file}")
    tap, known = Tap(), known_words()
    for name, function, needs, long in SCENARIOS:
        if not any(word in name for word in words) if words else SHORT and long:
            continue
        if needs and needs not in known:
            tap.skip(name, f"this floorhandd knows no {needs}")
            continue
        started = time.monotonic()
        faults, notes = play(name, function)
        tap.check(name, faults)
        for note in [*notes, f"{time.monotonic() - started:.1f} s"]:
            print(f"#   {note}", flush=True)
    return tap.done()
