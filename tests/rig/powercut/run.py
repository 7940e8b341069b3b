#!/usr/bin/env python3
"""make rig-powercut: a site on a real kernel's ext4, in QEMU, whose every write to the disk is logged; then the power cuts that
could have been, one by one: each leaves an image, which a real kernel mounts, and what was confirmed must be in it. Prints TAP.

Without QEMU or a kernel it is skipped, and says why."""

import argparse
import pathlib
import re
import shutil
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.usb import kernel, machine  # noqa: E402
from rig.usb.run import CACHE, MODE, OUT, empty_share, is_static, missing_package, skip  # noqa: E402
from tap import Tap  # noqa: E402

GUEST = ROOT / "tests/rig/powercut/guest.py"
DISK_BYTES = 17 << 20
SLOWER = 3 if MODE == "asan" else 1


class LoggedMachine(machine.Machine):
    """Disks vda, vdb, ... whose writes are logged into files of the share."""

    def __init__(self, *arguments, disks=()):
        super().__init__(*arguments)
        self.disks = disks

    def devices(self):
        argv = []
        for name in self.disks:
            for path in (self.share / f"{name}.disk", self.log_of(name)):
                path.write_bytes(b"")
            with open(self.share / f"{name}.disk", "r+b") as disk:
                disk.truncate(DISK_BYTES)
            # The host need not be careful: what counts is the order in the log.
            argv += ["-blockdev", f"driver=file,node-name={name}-file,filename={self.share}/{name}.disk,cache.no-flush=on",
                     "-blockdev", f"driver=file,node-name={name}-log-file,filename={self.log_of(name)},cache.no-flush=on",
                     "-blockdev", f"driver=blklogwrites,node-name={name},file={name}-file,log={name}-log-file,log-sector-size=512",
                     "-device", f"virtio-blk-pci,drive={name}"]
        return argv

    def log_of(self, name):
        return self.share / f"{name}.log"


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cuts", type=int, default=4000)
    parser.add_argument("--steps", type=int, default=500, help="of the site's work")
    parser.add_argument("--download", action="store_true", help="take no kernel from /boot")
    return parser.parse_args()


class Rig:
    def __init__(self, found, image, share):
        self.found, self.image, self.share = found, image, share
        self.settings = {"OUT": OUT, "RIG_MODULES": found.modules}
        self.said = []

    def on_line(self, line):
        self.said.append(line)
        if line.startswith(("#", "Bail out!")):
            print(line, flush=True)

    def boot(self, seconds, jobs, disks=()):
        """Returns (exit code, what was said)."""
        self.said = []
        made = LoggedMachine(self.found, self.image, self.share, CACHE, disks=disks)
        code = made.run([sys.executable, GUEST, *jobs], self.settings, seconds * SLOWER, self.on_line)
        return code, "\n".join(self.said)


def prove(rig, given):
    tap, started = Tap(), time.monotonic()
    code, said = rig.boot(900, ["work", "/dev/vda", given.steps, "+", "work", "/dev/vdb", given.steps, "--without", "sync"],
                          ("careful", "careless"))
    if not tap.check("a site works on ext4, and on another one without waiting for it", [said[-1000:]] if code else []):
        return tap.done()
    code, said = rig.boot(300 + given.cuts * 2, ["judge", rig.share / "careful.log", given.cuts])
    counted = re.search(r"# (\d+) power cuts", said)
    faults = [said[-2000:]] if code else []
    if not faults and (not counted or int(counted[1]) < given.cuts):
        faults = [f"there were fewer power cuts than {given.cuts}"]
    tap.check("what was confirmed is there after every power cut of a real file system", faults)
    code, said = rig.boot(600, ["judge", rig.share / "careless.log", given.cuts, "--without", "sync"])
    missing = "was confirmed and is gone" in said
    tap.check("commits that do not wait for the disk are found out", [] if code == 0 and missing else [said[-1000:]])
    print(f"# {rig.found.version} in QEMU, {time.monotonic() - started:.0f} s in all; logs: {rig.share}", flush=True)
    return tap.done()


def main():
    given = options()
    package = missing_package() or (None if shutil.which("mkfs.ext4", path="/usr/sbin:/sbin:/usr/bin") else "e2fsprogs")
    if package:
        return skip(f"{package} is not installed: make deps-rig")
    if not is_static(shutil.which("busybox")):
        return skip("busybox needs libraries: install busybox-static")
    if not (OUT / "floorhand-crash").exists():
        print(f"Bail out! floorhand-crash is not built under {OUT}", flush=True)
        return 1
    CACHE.mkdir(parents=True, exist_ok=True)
    try:
        found = kernel.find(CACHE, use_installed=not given.download)
        image = kernel.bootable(found, CACHE)
    except (kernel.NoKernel, OSError) as fault:
        return skip(f"there is no kernel: {fault}")
    try:
        return prove(Rig(found, image, empty_share(f"powercut-{MODE}")), given)
    except machine.MachineError as fault:
        print("\n".join(f"# {line}" for line in str(fault).splitlines()), flush=True)
        print("Bail out! a machine did not get to its end", flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
