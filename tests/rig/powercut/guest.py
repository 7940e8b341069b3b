#!/usr/bin/env python3
"""The first process of the machine: a site works on a logged disk, or what power cuts would have left of it is judged.

Runs nowhere else. Usage: guest.py work|judge NAME DEVICE-OR-LOG CUTS-OR-STEPS [OPTION...]"""

import os
import pathlib
import subprocess
import sys
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.usb.guest import call, end  # noqa: E402

OUT = pathlib.Path(os.environ["OUT"])
BYTES = 16 << 20  # of the file system; the disk has some sectors more
LOOP = "/dev/loop0"


def set_up():
    modules = pathlib.Path(os.environ["RIG_MODULES"])
    here = pathlib.Path("/lib/modules") / modules.name
    if modules != here:
        here.mkdir(parents=True, exist_ok=True)
        call("busybox", "mount", "--bind", str(modules), str(here))
    call("modprobe", "-a", "virtio_blk", "ext4", "loop")
    pathlib.Path("/proc/sys/kernel/printk").write_text("1")


def crash(folder, device, *options):
    return subprocess.run([OUT / "floorhand-crash", "--folder", folder, "--device", device, "--bytes", str(BYTES), *options],
                          check=False).returncode


def work(device, steps, *options):
    """The disk is left as it is, mounted: the power fails when the machine ends."""
    folder = f"/run/{pathlib.Path(device).name}"
    os.mkdir(folder)
    call("mkfs.ext4", "-q", "-F", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0", "-b", "4096", device, f"{BYTES >> 10}k")
    call("busybox", "mount", "-t", "ext4", device, folder)
    call("busybox", "sync")
    return crash(folder, device, "--steps", steps, *options)


def judge(log, cuts, *options):
    folder, image = "/run/judged", "/run/image"
    os.mkdir(folder)
    with open(image, "wb") as file:
        file.truncate(BYTES)
    call("busybox", "losetup", LOOP, image)
    code = crash(folder, LOOP, "--log", log, "--image", image, "--cuts", cuts, *options)
    call("busybox", "losetup", "-d", LOOP)
    os.rmdir(folder)
    return code


def main():
    set_up()
    print(f"# the kernel is up after {float(open('/proc/uptime').read().split()[0]):.1f} s", flush=True)
    worst = 0
    for job in " ".join(sys.argv[1:]).split(" + "):
        name, *rest = job.split()
        code = {"work": work, "judge": judge}[name](*rest)
        print(f"# {job}: ended with {code}", flush=True)
        worst = max(worst, code)
    return worst


if __name__ == "__main__":
    result = 99
    try:
        result = main()
    except BaseException:  # the machine must end, whatever happened
        print("Bail out! " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    end(result)
