"""Serial lines on USB: scanners and printers behind the kernel's cdc_acm and ftdi_sio, through libserialport."""

import os
import re
import select
import time

from rig.devices import Printer
from rig.process import wait_until
from rig.usb.scenarios import SHARE, differences, numbers, rounds, scenario

SCANNER = {"scanner": "serial:/dev/ttyACM0"}


def printing(device, **more):
    return {"printer": f"serial:{device}", "printer_baud": "115200", **more}


# Between labels, never within one: how it is, how many labels it has printed, and to forget what is left of a label.
BETWEEN = re.compile(rb'~HS\r\n|! U1 getvar "[a-z._]+"\r\n|~JA\r\n')


class Reference(Printer):
    """Keeps each label with all that follows it."""

    raw = b""

    def take(self, data):
        self.raw += data
        return super().take(data)

    def whole(self):
        return [b"^XA" + part for part in BETWEEN.sub(b"", self.raw).split(b"^XA")[1:]]


LABELS = []


def reference(stage, count):
    """The labels' bytes as they come through a pseudo-terminal, which no USB touches: always the same."""
    if len(LABELS) < count:
        LABELS[:] = draw_reference(stage, count)
    return LABELS[:count]


def draw_reference(stage, count):
    printer = Reference()
    site = stage.site(bench_1={"printer": f"stream:{printer.path}"})
    site.stop()
    site.queue_labels("bench-1", count)
    site.start()
    wait_until(lambda: len(printer.labels) == count, f"{count} labels come out", 60)
    site.stop()
    printer.close()
    return printer.whole()


def read(path):
    """What came out, without the questions of how it is."""
    return BETWEEN.sub(b"", open(path, "rb").read()) if os.path.exists(path) else b""


def wait_read(tty):
    """What the kernel has of that line is read: it would throw away the rest when the cable goes."""
    line = os.open(tty, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        # poll(2) first hands the program what the kernel has still to sort in, and then looks.
        wait_until(lambda: not select.select([line], [], [], 0)[0], f"{tty} is read empty")
    finally:
        os.close(line)


def label_faults(got, labels):
    expected = b"".join(labels)
    if got != expected:
        at = next((i for i, pair in enumerate(zip(got, expected)) if pair[0] != pair[1]), min(len(got), len(expected)))
        yield f"{len(got)} bytes came out, {len(expected)} were to come: they differ from byte {at} on"


@scenario("scans from a CDC serial port arrive in order, none lost, none twice")
def cdc_scans(stage):
    codes = numbers(rounds(2000, 100))
    scanner = stage.bus.plug("cdc", "acm")
    if scanner.tty() != "/dev/ttyACM0":
        yield f"the scanner is {scanner.tty()}"
    site = stage.site(bench_1=SCANNER)
    site.sign_in("bench-1")
    wait_until(lambda: scanner.state()["asked"] > 0, "the port is opened")
    scanner.scan_all(codes)
    scanner.wait_said()
    site.wait_heard("bench-1", codes[-1])
    site.stop()
    yield from differences(site.codes(), codes, "scans")


@scenario("a CDC scanner pulled out in the middle of a scan leaves a half scan and nothing else")
def cdc_unplug(stage):
    site = stage.site(bench_1=SCANNER)
    site.sign_in("bench-1")
    turns, expected = rounds(25, 2), []
    for turn in range(turns):
        scanner = stage.bus.plug("cdc", "acm")
        scanner.tty()
        wait_until(lambda: scanner.state()["asked"] > 0, "the port is opened")
        whole = f"29{turn:011}"
        scanner.scan(whole)
        site.wait_heard("bench-1", whole)
        expected.append(whole)
        asked = scanner.state()["asked"]  # requests that wait: the kernel makes a new one when it has put the data away
        scanner.tell("keys", "2800000")
        scanner.wait_said()
        wait_until(lambda: scanner.state()["asked"] >= asked, "the kernel has it, and asks for more")
        wait_read("/dev/ttyACM0")
        scanner.unplug()
        scanner.wait_gone()
        site.wait_away("bench-1")  # quicker than any hand: a name that is still held would not be given again
    site.stop()
    yield from differences(site.codes(), expected, "whole scans")
    if site.aborted() != turns:
        yield f"{site.aborted()} half scans are in the journal, {turns} were cut"


def labels_through(stage, model, **options):
    """Yields faults; the device has had all labels once."""
    count = rounds(20, 3)
    labels = reference(stage, count)
    out = stage.folder / "labels.out"
    device = stage.bus.plug("printer", model, out=out, **options)
    site = stage.site(bench_1=printing(device.tty()))
    site.stop()
    site.queue_labels("bench-1", count)
    site.start()
    expected = sum(map(len, labels))
    wait_until(lambda: len(read(out)) >= expected, f"{expected} bytes come out", 120, 0.05)
    wait_until(lambda: site.view("bench-1")["printer"]["state"] != "busy", "the printer is done")
    site.stop()
    yield from label_faults(read(out), labels)
    if site.job_states() != ["sent"] * count:
        yield f"the jobs are {site.job_reasons()}"


@scenario("labels come out of an FTDI serial printer byte for byte")
def ftdi_labels(stage):
    yield from labels_through(stage, "ftdi")


@scenario("labels come out of a CDC serial printer byte for byte", long=True)
def acm_labels(stage):
    yield from labels_through(stage, "acm", role="printer")


@scenario("labels come out of QEMU's own USB serial adapter byte for byte")
def adapter_labels(stage):
    """An FTDI chip that somebody else modelled, behind an xHCI controller."""
    count = rounds(10, 3)
    labels = reference(stage, count)
    out = SHARE / "adapter.out"
    before = len(read(out))
    site = stage.site(bench_1=printing("/dev/ttyUSB0"))
    site.stop()
    site.queue_labels("bench-1", count)
    site.start()
    expected = sum(map(len, labels))
    wait_until(lambda: len(read(out)) - before >= expected, f"{expected} bytes come out", 180, 0.05)
    site.stop()
    yield from label_faults(read(out)[before:], labels)


@scenario("a serial printer that takes CTS away loses nothing")
def cts(stage):
    labels = reference(stage, 3)
    out = stage.folder / "labels.out"
    device = stage.bus.plug("printer", "ftdi", out=out, after=f"bytes:{len(labels[0]) // 2}:stop")
    site = stage.site(bench_1=printing(device.tty()))
    site.stop()
    site.queue_labels("bench-1", 3)
    site.start()
    wait_until(lambda: device.state()["mode"] == 2, "the printer has stopped", 30)
    state = device.state()
    if not state["flow"] & 1:
        yield f"the adapter was never told to look at CTS: {state}"
    device.tell("normal")
    expected = sum(map(len, labels))
    wait_until(lambda: len(read(out)) + device.state()["lost"] >= expected, "all bytes have left", 60, 0.05)
    site.stop()
    if device.state()["lost"]:
        yield f"{device.state()['lost']} bytes fell on the floor"
    yield from label_faults(read(out), labels)


@scenario("a serial printer that stops for ever holds up nobody")
def stops_for_ever(stage):
    labels = reference(stage, 2)
    keyboard = stage.bus.plug("kb", "keyboard", 6)
    device = stage.bus.plug("printer", "ftdi", out=stage.folder / "labels.out", after=f"bytes:{len(labels[0]) // 2}:stop")
    site = stage.site(bench_1=printing(device.tty()), bench_2={"scanner": "usb:05e0:1200", "scanner_driver": "hid-keyboard"})
    site.stop()
    site.queue_labels("bench-1", 2)
    site.start()
    keyboard.wait_claimed()
    site.sign_in("bench-2")
    wait_until(lambda: device.state()["mode"] == 2, "the printer has stopped", 30)
    for code in numbers(3):
        keyboard.scan(code)
        site.wait_heard("bench-2", code, 5)
    started = time.monotonic()
    site.ask_to_stop()
    stage.note(f"the daemon stopped in {time.monotonic() - started:.1f} s")
    site.start()
    keyboard.wait_claimed()
    device.unplug()
    keyboard.scan("2900000000009")
    site.wait_heard("bench-2", "2900000000009", 5)


@scenario("a serial printer pulled out in the middle of a label: no label comes twice")
def unplug_in_label(stage):
    turns = rounds(100, 2)
    labels = reference(stage, turns + 1)
    site = stage.site(bench_1=printing("/dev/ttyUSB1"))
    site.stop()
    site.queue_labels("bench-1", turns + 1)
    site.start()
    pieces = []
    for turn in range(turns):
        out = stage.folder / f"{turn}.out"
        cut = 1 + turn * 997 % (min(map(len, labels)) - 1)
        device = stage.bus.plug("printer", "ftdi", out=out, after=f"bytes:{cut}:unplug")
        wait_until(lambda: device.state()["plugged"] == 0, "the printer is out", 60)
        device.wait_gone()
        site.wait_printer("bench-1", ("offline",))
        site.wait_let_go("/dev/ttyUSB1")  # quicker than any hand: a name that is still held is not given again
        pieces.append(read(out))
    out = stage.folder / "last.out"
    stage.bus.plug("printer", "ftdi", out=out)
    wait_until(lambda: labels[-1] in read(out), "the last label comes out", 60)
    pieces.append(read(out))
    site.stop()
    states = site.job_states()
    stage.note(f"jobs: {', '.join(f'{states.count(state)} {state}' for state in sorted(set(states)))}")
    yield from twice(pieces, labels)


def twice(pieces, labels):
    """Each label begins in one piece at most."""
    for number, label in enumerate(labels):
        mark = f"9520{number + 1:09}".encode()
        seen = sum(mark in piece for piece in pieces)
        if seen > 1:
            yield f"label {number + 1} was begun {seen} times"
