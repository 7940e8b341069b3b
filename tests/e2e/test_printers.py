#!/usr/bin/env python3
"""Printers that are not well: labels wait, a person is told why, each comes out once, and no other station notices."""

import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from label.judges.picture import Fault, read_png  # noqa: E402
from label.judges.tspl import draw  # noqa: E402
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.packer import Packer  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.troubled_printers import (GARBAGE, HEAD, MUTE, PAPER, PAUSE, RIBBON, WELL, SocketPrinter,  # noqa: E402
                                   TroubledPrinter)
from tap import Tap  # noqa: E402

STALL_SECONDS = 30  # PRINTER_STALL_US
LIMIT_SECONDS = 10  # of the configuration
WAITS = "The label waits for the printer"
DOUBT = "Did the label come out? Scan it, or scan REPRINT"
LATE = "The label waited too long: scan REPRINT if it is still wanted"


class TsplPrinter(TroubledPrinter):
    """Says nothing, and keeps what comes."""

    raw = b""

    def __init__(self):
        super().__init__(MUTE)

    def take(self, data):
        self.raw += data
        return 0

    def drawn(self):
        """Its labels, as a program draws them that knows TSPL."""
        return [label for label, _ in draw(self.raw.replace(b"\x1b!?", b""), 203)]


class Hall:
    """The stations, their printers, and three packers."""

    def __init__(self):
        self.printers = {"well": TroubledPrinter(), "troubled": TroubledPrinter(), "mute": TroubledPrinter(MUTE),
                         "garbage": TroubledPrinter(GARBAGE), "tspl": TsplPrinter(), "stalls": SocketPrinter(),
                         "leaves": SocketPrinter()}

    def configuration(self):
        return "\n".join(f"[station {name}]\nprinter = {printer.address}\n" +
                         ("printer_language = tspl\n" if name == "tspl" else "")
                         for name, printer in self.printers.items())

    def open(self, house):
        orders = sample.orders(3)
        house.open(orders)
        self.house = house
        self.packers = [Packer(house, number, orders, "well") for number in range(3)]
        self.packer, self.neighbour, self.waiter = self.packers
        for packer in self.packers:
            packer.await_label(self.printers["well"], 1)
        self.neighbour.at("well")

    def state(self, station):
        return self.house.view(station)["printer"]

    def await_state(self, station, state, *words):
        def seen():
            said = self.state(station)
            texts = said["text"] or {"en": "", "zh": ""}
            right = said["state"] == state and bool(said["text"]) == bool(words)
            return right and all(word in texts["en"] or word in texts["zh"] for word in words)
        try:
            wait_until(seen, f"{station} shows {state} {words}", interval=0.02)
        except RigError as fault:
            raise RigError(f"{fault}; it shows {self.state(station)}") from None

    def close(self):
        for printer in self.printers.values():
            printer.close()


def neighbour_faults(hall, trouble):
    """Meanwhile the label of another station comes out."""
    printer, packer = hall.printers["well"], hall.neighbour
    before = printer.count(packer.waybill)
    packer.reprint()
    try:
        packer.await_label(printer, before + 1)
    except RigError as fault:
        yield f"with a printer that {trouble}: {fault}"


def count_faults(packer, printer, count, what):
    """No second one comes while the printer is asked once more."""
    if printer.count(packer.waybill) != count:
        yield f"{what}: {printer.count(packer.waybill)} labels came out, not {count}"
    if printer.broken or printer.asked_inside:
        yield f"{what}: {len(printer.broken)} labels were cut off, {printer.asked_inside} have a question inside"


# ---------------------------------------------------------------- what a printer says


TROUBLES = [(PAPER, "error", "put in paper", "请装纸"), (PAUSE, "paused", "paused: press its button", "已暂停"),
            (HEAD, "error", "close its head", "请合上打印头"), (RIBBON, "error", "put in a ribbon", "请装碳带"),
            (MUTE, "unknown", "stopped answering", "停止应答"), (GARBAGE, "unknown", "stopped answering", "停止应答")]


def troubles(hall):
    """Each begins while a label comes out: the next one waits, the page says why, and it comes out once, in the end."""
    packer, printer = hall.packer.at("troubled"), hall.printers["troubled"]
    for trouble, state, *words in TROUBLES:
        hall.await_state("troubled", "ready")
        before = printer.count(packer.waybill)
        printer.next_trouble = trouble
        packer.reprint()
        packer.await_label(printer, before + 1)
        hall.await_state("troubled", state, *words)
        packer.reprint()
        packer.await_prompt(WAITS)
        asked = printer.asked
        yield from neighbour_faults(hall, f"has trouble with its {trouble}")
        wait_until(lambda: printer.asked > asked, f"a printer with trouble ({trouble}) is asked again")
        hall.await_state("troubled", state, *words)
        yield from count_faults(packer, printer, before + 1, f"{trouble}: before it was put right")
        printer.trouble = WELL
        packer.await_label(printer, before + 2)
    hall.await_state("troubled", "ready")
    yield from count_faults(packer, printer, 2 * len(TROUBLES), "after all troubles")


def mute(hall):
    """One that has never answered is asked once, and prints."""
    packer, printer = hall.packer.at("mute"), hall.printers["mute"]
    printer.pull()
    hall.await_state("mute", "offline", "off or unplugged", "未连接")
    asked = printer.asked
    printer.plug()
    for number in range(1, 5):
        packer.reprint()
        packer.await_label(printer, number)
    hall.await_state("mute", "unknown")
    if printer.asked != asked + 1:
        yield f"it was asked {printer.asked - asked} times"
    yield from count_faults(packer, printer, 4, "a mute printer")


def garbage(hall):
    """One that answers with garbage, or sends it without pause, prints, and nobody is told that it is ready."""
    packer, printer = hall.packer.at("garbage"), hall.printers["garbage"]
    packer.reprint()
    packer.await_label(printer, 1)
    hall.await_state("garbage", "unknown")
    for number, babble in enumerate((b"\x00", b"\xff" * 512, b"\x02030,0,0,1040,000,0,0,0,000", b"^XA~HS\r\n"), 2):
        printer.babble = babble
        packer.reprint()
        packer.await_label(printer, number)
        yield from neighbour_faults(hall, f"sends {babble[:8]!r} without pause")
        if hall.state("garbage")["state"] != "unknown":
            yield f"one that sends {babble[:8]!r} without pause is {hall.state('garbage')}"
    printer.babble = b""
    yield from count_faults(packer, printer, 5, "garbage")


# ---------------------------------------------------------------- one that goes away


def unplugged(hall):
    """Not one byte has left: the label waits, and comes out once when the printer is back."""
    packer, printer = hall.packer.at("troubled"), hall.printers["troubled"]
    before = printer.count(packer.waybill)
    printer.pull()
    hall.await_state("troubled", "offline", "off or unplugged", "未连接或已关机")
    packer.reprint()
    packer.await_prompt(WAITS)
    yield from neighbour_faults(hall, "is unplugged")
    printer.plug()
    packer.await_label(printer, before + 1)
    hall.await_state("troubled", "ready")
    yield from count_faults(packer, printer, before + 1, "after it was plugged in again")


def late(hall):
    """A label that has waited too long does not come out when its printer is back: it is asked for again, or not."""
    packer, printer = hall.packer.at("troubled"), hall.printers["troubled"]
    before = printer.count(packer.waybill)
    printer.pull()
    hall.await_state("troubled", "offline", "off or unplugged")
    packer.reprint()
    packer.await_prompt(WAITS)
    packer.await_prompt(LATE, LIMIT_SECONDS + 5)
    printer.plug()
    hall.await_state("troubled", "ready")
    yield from count_faults(packer, printer, before, "after its time was over")
    packer.reprint()
    packer.await_label(printer, before + 1)
    yield from count_faults(packer, printer, before + 1, "after it was asked for again")


def leaves(hall):
    """It disappears in the middle of a label: nobody can know, so it is asked, and never printed again by itself."""
    packer, printer = hall.packer.at("leaves"), hall.printers["leaves"]
    hall.await_state("leaves", "ready")
    for number, cut in enumerate((1, 700, 3000), 1):
        printer.leave_after = cut
        packer.reprint()
        packer.await_prompt(DOUBT)
        hall.await_state("leaves", "offline", "off or unplugged")
        yield from neighbour_faults(hall, "is gone in the middle of a label")
        printer.arrive()
        hall.await_state("leaves", "ready")
        yield from count_faults(packer, printer, number - 1, f"cut off after {cut} bytes")
        packer.reprint()
        packer.await_label(printer, number)
    yield from count_faults(packer, printer, 3, "after it was cut off three times")


# ---------------------------------------------------------------- one that stops listening


def begin_stall(hall):
    """It stops in the middle of a label; what becomes of that shows half a minute later."""
    packer, printer = hall.waiter.at("stalls"), hall.printers["stalls"]
    hall.await_state("stalls", "ready")
    packer.reprint()
    packer.await_label(printer, 1)
    printer.stop_after = 500
    packer.reprint()
    wait_until(lambda: printer.stop_after == 0, "the printer stops reading")
    hall.stalled_since = time.monotonic()
    if hall.state("stalls")["state"] != "busy":
        yield f"while it takes nothing it is {hall.state('stalls')}"
    yield from neighbour_faults(hall, "has stopped listening")


def end_stall(hall):
    """The label is uncertain, the page says what to look for; the next one is whole, and nothing stands before it."""
    packer, printer = hall.waiter, hall.printers["stalls"]
    packer.await_prompt(DOUBT, STALL_SECONDS + 10)
    took = time.monotonic() - hall.stalled_since
    if not STALL_SECONDS - 2 < took:
        yield f"it was given up after {took:.1f} s"
    hall.await_state("stalls", "unknown", "takes no data", "不接收数据")
    packer.reprint()
    packer.await_prompt(WAITS)
    yield from neighbour_faults(hall, "does not listen")
    before = len(printer.labels)
    printer.go_on()
    wait_until(lambda: len(printer.labels) > before and packer.prompt != WAITS, "the label comes out")
    hall.await_state("stalls", "ready")
    whole = printer.labels[0]
    for label in printer.labels:
        if abs(len(label) - len(whole)) > 200:
            yield f"a label of {len(label)} bytes came out; a whole one has {len(whole)}"
    if len(printer.labels) > 3 or printer.broken or printer.asked_inside:
        yield f"{len(printer.labels)} labels, {len(printer.broken)} cut off, {printer.asked_inside} questions inside"


# ---------------------------------------------------------------- one that speaks otherwise


def tspl(hall):
    """It gets the same dots in its own language, and nothing in another."""
    packer, printer = hall.packer.at("tspl"), hall.printers["tspl"]
    packer.reprint()
    wait_until(lambda: printer.raw.endswith(b"PRINT 1,1\r\n"), "the label comes out")
    yield from neighbour_faults(hall, "speaks TSPL")
    picture = hall.house.folder / "picture.png"
    picture.write_bytes(hall.house.read(f"print-jobs/{hall.house.view('tspl')['label']['job']}/picture"))
    try:
        problems = [label.difference(read_png(picture)) for label in printer.drawn()]
    except Fault as fault:
        problems = [str(fault)]
    if problems != [None]:
        yield f"it got {problems}"


STORIES = [
    ("a printer stops in the middle of a label and holds up nobody", begin_stall),
    ("a label waits while its printer is not well, and comes out once", troubles),
    ("a mute printer is asked once, and prints", mute),
    ("garbage is neither good news nor in the way of a label", garbage),
    ("a label waits while its printer is unplugged", unplugged),
    ("a label that has waited too long is asked about", late),
    ("a printer that is gone in the middle of a label leaves a doubt, and nothing is printed twice", leaves),
    ("a printer of another language gets its labels in it", tspl),
    ("a label not taken in half a minute is uncertain, and nothing of it runs into the next", end_stall),
]


def protect(story, hall):
    try:
        yield from story(hall)
    except RigError as fault:
        yield from str(fault).splitlines()


def main():
    wanted = sys.argv[1:]
    tap, hall = Tap(), Hall()
    try:
        with tempfile.TemporaryDirectory(prefix="floorhand-") as name, \
                House(pathlib.Path(name), more=hall.configuration(), site=f"label_limit_s = {LIMIT_SECONDS}\n") as house:
            hall.open(house)
            for name, story in STORIES:
                if not wanted or story.__name__ in wanted:
                    began = time.monotonic()
                    tap.check(name, protect(story, hall))
                    print(f"# {time.monotonic() - began:.1f} s", flush=True)
            if tap.failed:
                print("# " + "\n# ".join(house.daemon.tail(30).splitlines()))
            tap.check("every program stops when asked", house.stop())
    finally:
        hall.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
