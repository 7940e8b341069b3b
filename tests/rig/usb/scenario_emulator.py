"""The emulated devices before anybody else's eyes: the kernel's own drivers must understand them, or what the other
scenarios show proves nothing. No daemon runs."""

import fcntl
import os
import pathlib
import select
import struct

from rig.process import wait_until
from rig.usb.bus import SYSFS
from rig.usb.scenarios import scenario

LPIOC_GET_DEVICE_ID = 0x84005001  # _IOC(_IOC_READ, 'P', 1, 1024): the kernel's drivers/usb/class/usblp.c
LPGETSTATUS = 0x060B  # linux/lp.h


def node(device, pattern):
    """The device file of something that the kernel made of it."""
    def find():
        try:
            found = list(SYSFS.glob(f"{device.path}/{device.path}:1.0/{pattern}"))
        except OSError:  # it is just being made
            return None
        return found and pathlib.Path("/dev") / found[0].name
    return wait_until(find, f"the kernel makes {pattern} of {device.name}", 20)


def read(fd, length, seconds=10):
    if not select.select([fd], [], [], seconds)[0]:
        return b"(nothing)"
    return os.read(fd, length)


@scenario("the kernel's usblp prints on the emulated printer, and asks it")
def usblp(stage):
    out = stage.folder / "out"
    printer = stage.bus.plug("printer", "printer", out=out)
    wait_until(lambda: printer.driver() == "usblp" and os.path.exists("/dev/usb/lp0"), "usblp takes it", 20)
    fd = os.open("/dev/usb/lp0", os.O_RDWR)
    try:
        label = b"^XA^FO20,20^FDHELLO^FS^XZ" * 400
        os.write(fd, label[:5000])
        os.write(fd, label[5000:])
        os.write(fd, b"~HS")
        wait_until(lambda: out.stat().st_size == len(label) + 3, "the bytes come out")
        if out.read_bytes() != label + b"~HS":
            yield "other bytes came out than went in"
        said = b""
        while said.count(b"\x03") < 3 and (more := read(fd, 512)) != b"(nothing)":
            said += more
        if not said.startswith(b"\x02030,0,0,1218,") or said.count(b"\x03\r\n") != 3:
            yield f"it said about its status: {said!r}"
        answer = bytearray(1024)
        fcntl.ioctl(fd, LPIOC_GET_DEVICE_ID, answer)
        length = struct.unpack(">H", answer[:2])[0]
        if not answer[2:length].startswith(b"MANUFACTURER:Rig;COMMAND SET:ZPL;"):
            yield f"its id is {bytes(answer[:length])!r}"
        status = bytearray(4)
        fcntl.ioctl(fd, LPGETSTATUS, status)
        printer.tell("paper", "1")
        fcntl.ioctl(fd, LPGETSTATUS, (empty := bytearray(4)))
        if (status[0] & 0x38, empty[0] & 0x38) != (0x18, 0x30):
            yield f"its port status is {status[0]:02x}, and without paper {empty[0]:02x}"
    finally:
        os.close(fd)


def hid_reports(device, count):
    fd = os.open(wait_until(lambda: (path := node(device, "0003:*/hidraw/hidraw*")).exists() and path, "a hidraw file"), os.O_RDWR)
    try:
        yield fd
        for _ in range(count):
            yield read(fd, 64)
    finally:
        os.close(fd)


@scenario("the kernel's HID reads the emulated scale and HID POS scanner")
def hid(stage):
    scale = stage.bus.plug("scale", "scale", 0)
    scale.tell("weigh", "4 2 255 1234")
    reports = hid_reports(scale, 2)
    next(reports)
    for report in reports:
        if report != bytes([3, 4, 2, 255, 0xD2, 0x04]):
            yield f"the scale says {report.hex()}"
    scanner = stage.bus.plug("pos", "pos", 1)
    reports = hid_reports(scanner, 2)
    fd = next(reports)
    text = "A" * 56 + "BC"
    scanner.scan(text)
    first, second = reports
    if first != b"\x02\x38]C0" + b"A" * 56 + b"\0\0\1" or second != b"\x02\x02]C0BC" + bytes(57):
        yield f"the scanner says {first.hex()} and {second.hex()}"
    fd = os.open(node(scanner, "0003:*/hidraw/hidraw*"), os.O_RDWR)
    os.write(fd, bytes([4, 8]))
    os.write(fd, bytes([4, 4]))
    os.close(fd)
    state = scanner.state()
    if (state["good_beeps"], state["error_beeps"]) != (1, 1):
        yield f"the scanner has beeped {state['good_beeps']} and {state['error_beeps']} times, once each was asked"


@scenario("an emulated scanner that waits to be answered sends again, and says so")
def manners(stage):
    for answer, good, packet in (("ack-nak", b"\x06", b"29\r"), ("ssi", bytes.fromhex("04d00400ff28"), None)):
        scanner = stage.bus.plug("cdc", "acm", 0, answer=answer, resend_ms=200)
        fd = os.open(scanner.tty(), os.O_RDWR | os.O_NOCTTY)
        try:
            os.system(f"busybox stty -F {scanner.tty()} raw -echo")
            scanner.scan("29")
            first, again = read(fd, 64), read(fd, 64)
            expected = [packet, packet] if packet else [bytes.fromhex("07f3000003" "3239" "fe98"),
                                                        bytes.fromhex("07f3000103" "3239" "fe97")]
            if [first, again] != expected:
                yield f"{answer}: it said {first.hex()}, then {again.hex()}"
            os.write(fd, good)
            wait_until(lambda: scanner.state()["acked"] == 1, f"{answer}: it has the answer")
        finally:
            os.close(fd)
        scanner.unplug()
        scanner.wait_gone()
