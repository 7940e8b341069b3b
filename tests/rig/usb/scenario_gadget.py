"""The kernel's own device functions behind dummy_hcd: keyboard, printer and serial port that nobody of this project wrote."""

import os
import pathlib
import threading

from rig.process import wait_until
from rig.usb.bus import SYSFS
from rig.usb.scenario_serial import BETWEEN, label_faults, reference
from rig.usb.scenarios import differences, numbers, rounds, scenario

CONFIG = pathlib.Path("/sys/kernel/config/usb_gadget")
USAGES = {digit: 0x1E + i for i, digit in enumerate("1234567890")}  # HID Usage Tables, page 0x07


class Gadget:
    """One device with one function, bound to one of dummy_hcd's controllers."""

    def __init__(self, name, vendor, product, function, controller, **attributes):
        os.system("modprobe dummy_hcd is_high_speed=1 num=3; modprobe libcomposite")
        self.folder, self.function = CONFIG / name, function
        (self.folder / "strings/0x409").mkdir(parents=True)
        (self.folder / "configs/c.1").mkdir()
        (self.folder / f"functions/{function}").mkdir()
        self._write("idVendor", f"0x{vendor:04x}")
        self._write("idProduct", f"0x{product:04x}")
        for key, value in attributes.items():
            self._write(f"functions/{function}/{key}", value)
        os.symlink(self.folder / f"functions/{function}", self.folder / f"configs/c.1/{function}")
        self.controller = f"dummy_udc.{controller}"
        self._write("UDC", self.controller)

    def _write(self, name, value):
        (self.folder / name).write_bytes(value if isinstance(value, bytes) else str(value).encode())

    def unplug(self):
        self._write("UDC", "\n")

    def plug(self):
        self._write("UDC", self.controller)

    def remove(self):
        self.unplug()
        os.unlink(self.folder / f"configs/c.1/{self.function}")
        for part in (f"functions/{self.function}", "configs/c.1", "strings/0x409", "."):
            os.rmdir(self.folder / part)


BOOT_KEYBOARD = bytes.fromhex("05010906a101050719e029e71500250175019508810295017508810105081901290575019505910275039501"
                              "910105071900296515002565750895068100c0")


def type_code(fd, code):
    for usage in [USAGES[digit] for digit in code] + [0x28]:
        os.write(fd, bytes([0, 0, usage, 0, 0, 0, 0, 0]))
        os.write(fd, bytes(8))


def is_read():
    """By the daemon: another driver has none of it."""
    return any(os.path.basename(os.path.realpath(path)) == "usbfs" for path in SYSFS.glob("*:1.0/driver"))


@scenario("the kernel's f_hid keyboard is read, unbound and bound again")
def hid_gadget(stage):
    gadget = Gadget("kb", 0x05E0, 0x1200, "hid.0", 0, protocol=1, subclass=1, report_length=8, report_desc=BOOT_KEYBOARD)
    site = stage.site(bench_1={"scanner": "usb:05e0:1200", "scanner_driver": "hid-keyboard"})
    site.sign_in("bench-1")
    codes = numbers(rounds(30, 4))
    try:
        for number, code in enumerate(codes):
            if number % 3 == 0:
                wait_until(is_read, "the daemon reads it", 20)
                fd = os.open("/dev/hidg0", os.O_RDWR)
            type_code(fd, code)
            site.wait_heard("bench-1", code)
            if number % 3 == 2:
                os.close(fd)
                gadget.unplug()
                wait_until(lambda: not is_read(), "it is gone", 20)  # what is typed at the one before is nobody's
                gadget.plug()
    finally:
        gadget.remove()
    site.stop()
    yield from differences(site.codes(), codes, "scans")


@scenario("labels come out of the kernel's f_acm byte for byte", long=True)
def acm_gadget(stage):
    labels = reference(stage, 3)
    expected, got = sum(map(len, labels)), []
    gadget = Gadget("acm", 0x0525, 0xA4A7, "acm.0", 1)
    try:
        wait_until(lambda: os.path.exists("/dev/ttyGS0") and os.path.exists("/dev/ttyACM0"), "both ends are there", 20)
        os.system("busybox stty -F /dev/ttyGS0 raw -echo")
        fd = os.open("/dev/ttyGS0", os.O_RDWR | os.O_NOCTTY)
        reader = threading.Thread(target=collect, args=(fd, expected, got), daemon=True)
        reader.start()
        site = stage.site(bench_1={"printer": "serial:/dev/ttyACM0"})
        site.stop()
        site.queue_labels("bench-1", 3)
        site.start()
        reader.join(60)
        site.stop()
        yield from label_faults(labels_of(got), labels)
        os.close(fd)
    finally:
        gadget.remove()


def labels_of(got):
    return BETWEEN.sub(b"", b"".join(got))


def collect(fd, expected, got):
    while len(labels_of(got)) < expected:
        got.append(os.read(fd, 4096))


def open_configured(path):
    """f_printer's own end can be opened once the host has set the device up; None before."""
    try:
        return os.open(path, os.O_RDWR)
    except OSError:
        return None


@scenario("labels come out of the kernel's f_printer byte for byte", needs="scale_protocol")
def printer_gadget(stage):
    labels = reference(stage, 3)
    expected, got = sum(map(len, labels)), []
    gadget = Gadget("printer", 0x0525, 0xA4A8, "printer.0", 2, pnp_string="MFG:Rig;MDL:Gadget;CMD:ZPL;CLS:PRINTER; ")
    try:
        fd = wait_until(lambda: open_configured("/dev/g_printer0"), "the printer's own end can be opened", 20)
        reader = threading.Thread(target=collect, args=(fd, expected, got), daemon=True)
        site = stage.site(bench_1={"printer": "usb:0525:a4a8"})
        site.stop()
        site.queue_labels("bench-1", 3)
        site.start()
        reader.start()
        reader.join(60)
        site.stop()
        yield from label_faults(labels_of(got), labels)
        os.close(fd)
    finally:
        gadget.remove()
