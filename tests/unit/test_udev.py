#!/usr/bin/env python3
"""The udev rules as udev itself runs them, on devices that umockdev makes, beside a rule of brltty's kind: whose device is left to us,
and whose is not ours. And the package's question to an installed database. In a mount namespace; nothing of the machine is changed."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

INSIDE = "FLOORHAND_TEST_UDEV"  # set once this program runs in its namespace
RULES = pathlib.Path("/run/udev/rules.d")
OUR_RULES = ("60-floorhand.rules", "95-floorhand-brltty.rules")
BRLTTY = ('SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ENV{PRODUCT}=="1a86/7523/*|c251/1122/*", ENV{BRLTTY_BRAILLE_DRIVER}="xx", '
          'TAG+="systemd", ENV{SYSTEMD_WANTS}="brltty-udev.service"\n')


def usb(vendor, product, interfaces=""):
    return ("/devices/pci0000:00/usb1/1-1",
            "P: /devices/pci0000:00/usb1/1-1\nN: bus/usb/001/002\nE: DEVTYPE=usb_device\nE: SUBSYSTEM=usb\n"
            f"E: PRODUCT={vendor.lstrip('0')}/{product.lstrip('0')}/100\nE: BUSNUM=001\nE: DEVNUM=002\nE: MAJOR=189\nE: MINOR=1\n"
            f"A: idVendor={vendor}\nA: idProduct={product}\n{interfaces}\n")


def tty(name):
    return (f"/devices/virtual/tty/{name}", f"P: /devices/virtual/tty/{name}\nN: {name}\nE: DEVNAME=/dev/{name}\nE: SUBSYSTEM=tty\n"
            "E: MAJOR=188\nE: MINOR=0\n\n")


# What the device is, what must come of it, and what must not.
CASES = {
    "a CH340 adapter is not given to brltty": (usb("1a86", "7523"), (), ("SYSTEMD_WANTS", "BRLTTY_BRAILLE_DRIVER")),
    "a braille display of its own number is": (usb("c251", "1122"), ("SYSTEMD_WANTS=brltty-udev.service",), ()),
    "a Zebra scanner is ours, and not ModemManager's": (usb("05e0", "1701"), ("ID_MM_DEVICE_IGNORE=1", "MODE 0660"), ()),
    "a serial line over USB is ours, and not ModemManager's": (tty("ttyUSB0"), ("ID_MM_PORT_IGNORE=1", "MODE 0660"), ()),
    "a mouse is nobody's but its own": (usb("046d", "c077"), (), ("ID_MM_DEVICE_IGNORE", "MODE 0660")),
}


def udev(device):
    path, description = device
    with tempfile.NamedTemporaryFile("w", suffix=".umockdev") as file:
        file.write(description)
        file.flush()
        return subprocess.run(["umockdev-run", "-d", file.name, "--", "udevadm", "test", "--action=add", path], capture_output=True,
                              text=True, check=False)


def faults_of(device, wanted, unwanted):
    done = udev(device)
    said = done.stdout + done.stderr
    if "DEVPATH=" not in said:
        yield f"udevadm test: {said[-300:]}"
    yield from (f"{text} is not said" for text in wanted if text not in said)
    yield from (f"{text} is said" for text in unwanted if re.search(rf"^{text}=|{text}$", said, re.MULTILINE))
    yield from (line for line in said.splitlines() if "floorhand" in line and re.search(r"[Ii]nvalid|[Uu]nknown key", line))


def faults_of_preinst(folder, known, schema, refuses):
    """The package of a program that knows this schema, on a box whose database has that one."""
    database = folder / "site.db"
    database.write_bytes(b"SQLite format 3\0" + bytes(44) + schema.to_bytes(4, "big") + bytes(36))
    config = folder / "floorhandd.conf"
    config.write_text(f"[site]\nid = hz-07\ndatabase = {database}\n")
    script = (ROOT / "systemd/debian/preinst").read_text().replace("@SCHEMA@", str(known)).replace("/etc/floorhand/floorhandd.conf", str(config))
    done = subprocess.run(["sh", "-c", script, "preinst", "upgrade", "1.0"], capture_output=True, text=True, check=False)
    if (done.returncode != 0) != refuses or (refuses and f"has {schema}" not in done.stderr):
        yield f"it knows {known}, the database has {schema}: {done.returncode} {done.stderr}"


def main():
    tap = Tap()
    missing = [name for name in ("umockdev-run", "udevadm", "unshare") if not shutil.which(name)]
    if missing:
        tap.check("what this test needs is installed (make deps)", missing)
        return tap.done()
    if os.environ.get(INSIDE) is None:
        own_users = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
        os.execvpe("unshare", ["unshare", *own_users, "--mount", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    RULES.parent.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", RULES.parent], check=True)
    RULES.mkdir()
    (RULES / "85-brltty.rules").write_text(BRLTTY)
    for name in OUR_RULES:
        shutil.copy(ROOT / "systemd" / name, RULES)
    for name, (device, wanted, unwanted) in CASES.items():
        tap.check(name, faults_of(device, wanted, unwanted))
    (RULES / "95-floorhand-brltty.rules").unlink()
    tap.check("without our rule brltty would take the adapter", [] if list(faults_of(*CASES["a CH340 adapter is not given to brltty"])) else ["no"])
    with tempfile.TemporaryDirectory() as folder:
        tap.check("a package that knows the database's schema is installed, an older one is not, before anything is unpacked",
                  [*faults_of_preinst(pathlib.Path(folder), 13, 13, False), *faults_of_preinst(pathlib.Path(folder), 13, 12, False),
                   *faults_of_preinst(pathlib.Path(folder), 13, 14, True), *faults_of_preinst(pathlib.Path(folder), 299, 300, True)])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
