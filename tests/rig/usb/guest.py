#!/usr/bin/env python3
"""The first process of the machine: makes a small Linux of it, runs the scenarios, and ends the machine.

Runs nowhere else."""

import os
import pathlib
import subprocess
import sys
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

EXIT_PORT = 0xF4
EARLY = ("configfs",)
MODULES = ("vhci_hcd", "usbhid", "hid_generic", "cdc_acm", "usblp", "ftdi_sio", "xhci_pci")


def call(*argv):
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)


def set_up():
    """What an init system would have done, as little of it as USB needs."""
    modules = pathlib.Path(os.environ["RIG_MODULES"])
    here = pathlib.Path("/lib/modules") / modules.name
    if modules != here:
        here.mkdir(parents=True, exist_ok=True)
        call("busybox", "mount", "--bind", str(modules), str(here))
    call("modprobe", "-a", *EARLY)
    for kind, folder in (("devpts", "/dev/pts"), ("tmpfs", "/dev/shm"), ("configfs", "/sys/kernel/config")):
        os.makedirs(folder, exist_ok=True)
        call("busybox", "mount", "-t", kind, kind, folder)
    call("busybox", "ifconfig", "lo", "127.0.0.1", "up")
    pathlib.Path("/proc/sys/kernel/printk").write_text("1")
    set_up_udev()
    call("modprobe", "-a", *MODULES)


def set_up_udev():
    """Debian's libusb and libserialport learn of devices through udev; our own rules and no others."""
    rules = pathlib.Path("/run/rules")
    rules.mkdir()
    (rules / "60-floorhand.rules").write_bytes((ROOT / "systemd/60-floorhand.rules").read_bytes())
    for folder in ("/usr/lib/udev/rules.d", "/lib/udev/rules.d", "/etc/udev/rules.d"):
        if os.path.isdir(folder):
            call("busybox", "mount", "--bind", str(rules), folder)
    udevd = next(path for path in ("/lib/systemd/systemd-udevd", "/usr/lib/systemd/systemd-udevd") if os.path.exists(path))
    call(udevd, "--daemon")


def end(code):
    sys.stdout.flush()
    with open("/dev/port", "wb", buffering=0) as port:
        port.seek(EXIT_PORT)
        port.write(bytes([code]))
    time.sleep(60)


def main():
    started = time.monotonic()
    set_up()
    print(f"# the kernel and its USB are up after {float(open('/proc/uptime').read().split()[0]):.1f} s "
          f"({time.monotonic() - started:.1f} s of them for udev and modules)", flush=True)
    from rig.usb import scenarios
    return scenarios.run(sys.argv[1:])


if __name__ == "__main__":
    result = 99
    try:
        result = main()
    except BaseException:  # the machine must end, whatever happened
        print("Bail out! " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    end(result)
