#!/usr/bin/env python3
"""make rig: the daemon's USB on a real kernel, in QEMU, against devices that misbehave on command. Prints TAP.

Without QEMU or a kernel it is skipped, and says why."""

import argparse
import os
import pathlib
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.usb import kernel, machine  # noqa: E402

OUT = (ROOT / os.environ.get("OUT", "build")).resolve()
MODE = os.environ.get("MODE", "release")
CACHE = ROOT / "build/rig"
NEEDS = {"qemu-system-x86_64": "qemu-system-x86", "busybox": "busybox-static", "modprobe": "kmod", "udevadm": "udev"}


def skip(reason):
    print(f"1..0 # SKIP {reason}", flush=True)
    return 0


def missing_package():
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    return next((package for program, package in NEEDS.items() if not shutil.which(program, path=path)), None)


def is_static(program):
    """Only a static busybox runs before there is a file system."""
    data = pathlib.Path(program).read_bytes()
    return b"/ld-linux" not in data[:4096]


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="fewer rounds of each, for make test")
    parser.add_argument("--seconds", type=int, help="after which the machine is stopped")
    parser.add_argument("--download", action="store_true", help="take no kernel from /boot")
    parser.add_argument("words", nargs="*", help="parts of the scenarios' names; none: all")
    return parser.parse_args()


class Screen:
    """Passes TAP on, and keeps the rest for the log."""

    def __init__(self):
        self.planned = False

    def show(self, line):
        if line.startswith(("ok ", "not ok ", "1..", "# ", "#   ", "Bail out!")):
            print(line, flush=True)
        elif line.startswith("rig: ") and sys.stderr.isatty():
            print(line, file=sys.stderr, flush=True)
        self.planned = self.planned or line.startswith("1..")


def main():
    given = options()
    package = missing_package()
    if package:
        return skip(f"{package} is not installed: make deps-rig")
    if not is_static(shutil.which("busybox")):
        return skip("busybox needs libraries: install busybox-static")
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        found = kernel.find(CACHE, use_installed=not given.download)
        image = kernel.bootable(found, CACHE)
    except (kernel.NoKernel, OSError) as fault:
        return skip(f"there is no kernel: {fault}")
    share = CACHE / f"run-{MODE}"
    shutil.rmtree(share, ignore_errors=True)
    share.mkdir()
    slower = 3 if MODE == "asan" else 1
    seconds = given.seconds or (300 if given.short else 2400) * slower
    settings = {"OUT": OUT, "MODE": MODE, "RIG_SHARE": share, "RIG_SHORT": "1" if given.short else "",
                "RIG_MODULES": found.modules, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
    screen, started = Screen(), time.monotonic()
    try:
        code = machine.Machine(found, image, share, CACHE).run(
            [sys.executable, ROOT / "tests/rig/usb/guest.py", *given.words], settings, seconds, screen.show)
    except machine.MachineError as fault:
        print("\n".join(f"# {line}" for line in str(fault).splitlines()), flush=True)
        print("Bail out! the machine did not get to its end", flush=True)
        return 1
    print(f"# {found.version} in QEMU, {time.monotonic() - started:.0f} s in all; logs: {share}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
