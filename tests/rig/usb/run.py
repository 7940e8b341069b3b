#!/usr/bin/env python3
"""make rig: the daemon's USB on a real kernel, in QEMU, against devices that misbehave on command. Prints TAP.

Without QEMU or a kernel it is skipped, and says why."""

import argparse
import fcntl
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


def show(line):
    """Passes TAP on; the rest is in the log."""
    if line.startswith(("ok ", "not ok ", "1..", "#", "Bail out!")):
        print(line, flush=True)


def empty_share(name):
    """A folder for what a run leaves behind. A second run of the same form waits until the first has ended."""
    share = CACHE / name
    lock = os.open(CACHE / f"{name}.lock", os.O_WRONLY | os.O_CREAT, 0o644)
    fcntl.flock(lock, fcntl.LOCK_EX)  # to the end of this program
    shutil.rmtree(share, ignore_errors=True)
    share.mkdir()
    return share


def run(given, found, image):
    share = empty_share(f"run-{MODE}{'-short' if given.short else ''}")
    seconds = given.seconds or (900 if given.short else 5400) * (3 if MODE == "asan" else 1)
    settings = {"OUT": OUT, "MODE": MODE, "RIG_SHARE": share, "RIG_SHORT": "1" if given.short else "",
                "RIG_MODULES": found.modules, "ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
    guest = [sys.executable, ROOT / "tests/rig/usb/guest.py", *given.words]
    started = time.monotonic()
    try:
        code = machine.Machine(found, image, share, CACHE).run(guest, settings, seconds, show)
    except machine.MachineError as fault:
        print("\n".join(f"# {line}" for line in str(fault).splitlines()), flush=True)
        print("Bail out! the machine did not get to its end", flush=True)
        return 1
    print(f"# {found.version} in QEMU, {time.monotonic() - started:.0f} s in all; logs: {share}", flush=True)
    return code


def main():
    given = options()
    package = missing_package()
    if package:
        return skip(f"{package} is not installed: make deps-rig")
    if not is_static(shutil.which("busybox")):
        return skip("busybox needs libraries: install busybox-static")
    missing = [name for name in ("floorhandd", "tests/usb_emulator") if not (OUT / name).exists()]
    if missing:
        print(f"Bail out! {' and '.join(missing)} not built under {OUT}", flush=True)
        return 1
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        found = kernel.find(CACHE, use_installed=not given.download)
        image = kernel.bootable(found, CACHE)
    except (kernel.NoKernel, OSError) as fault:
        return skip(f"there is no kernel: {fault}")
    return run(given, found, image)


if __name__ == "__main__":
    sys.exit(main())
