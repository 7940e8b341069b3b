"""Label printers of the USB printer class, through libusb."""

import time

from rig.process import RigError, wait_until
from rig.usb.scenario_serial import label_faults, read, reference, twice
from rig.usb.scenarios import rounds, scenario

PRINTER = {"printer": "usb:0a5f:0164"}
QUESTIONS = 200  # bytes: more than those that ask how it is, however slow it all is
WORD = "scale_protocol"  # the same version brings both


def busy_site(stage, count, **more):
    """A daemon with labels to print and nobody to print them yet; a scanner works beside."""
    keyboard = stage.bus.plug("kb", "keyboard", 6)
    site = stage.site(bench_1=PRINTER | more, bench_2={"scanner": "usb:05e0:1200", "scanner_driver": "hid-keyboard"})
    site.stop()
    site.queue_labels("bench-1", count)
    site.start()
    keyboard.wait_claimed()
    site.sign_in("bench-2")
    return site, keyboard


def answers_scans(site, keyboard, code):
    started = time.monotonic()
    keyboard.scan(code)
    site.wait_heard("bench-2", code, 20)
    return time.monotonic() - started


def wait_labels(out, labels, seconds=120):
    wait_until(lambda: labels[-1] in read(out), f"{len(labels)} labels come out", seconds, 0.05)


@scenario("labels come out of a USB printer byte for byte, as many as there are jobs", needs=WORD)
def labels_once(stage):
    labels = reference(stage, rounds(20, 3))
    for speed in rounds(("full", "high"), ("full",)):
        out = stage.folder / f"{speed}.out"
        site, keyboard = busy_site(stage, len(labels))
        printer = stage.bus.plug("printer", "printer", out=out, speed=speed)
        wait_labels(out, labels)
        answers_scans(site, keyboard, "2900000000001")
        site.stop()
        yield from label_faults(read(out), labels)
        if site.job_states() != ["sent"] * len(labels):
            yield f"{speed} speed: the jobs are {site.job_reasons()}"
        for device in (printer, keyboard):
            device.unplug()
            device.wait_gone()


def wait_counted(printer):
    """Its status and its count are asked for in turn."""
    asked = printer.state()["status_asked"]
    wait_until(lambda: printer.state()["status_asked"] >= asked + 3, "its labels are counted", 30)


def counting(stage, out, count):
    """A printer that lets a label out when it is told to, at rest for long enough that its count can be believed."""
    site, keyboard = busy_site(stage, 0)
    printer = stage.bus.plug("printer", "printer", out=out, count=count, slow=1)
    wait_until(lambda: site.view("bench-1")["printer"].get("proof") == "odometer", "its count can be believed", 60)
    return site, keyboard, printer


def let_out(printer, due):
    for left in range(due - 1, -1, -1):
        printer.tell("print")
        wait_until(lambda: printer.state()["due"] == left, "the next is out")


@scenario("a USB printer that counts its labels proves each of them", needs="label_limit_s")
def proved(stage):
    site, keyboard, printer = counting(stage, stage.folder / "labels.out", stage.folder / "count")
    for number in range(rounds(10, 2)):
        site.print_label("bench-1", f"proof-{number}")
        wait_until(lambda: printer.state()["due"] == 1, "it has the label", 60)
        let_out(printer, 1)
        wait_counted(printer)
    answers_scans(site, keyboard, "2900000000001")
    site.stop()
    proofs = set(site.rows("SELECT state, proof, labels, done FROM print_job"))
    if proofs != {("printed", "odometer", 1, 1)}:
        yield f"the ledger says {proofs}"


@scenario("three labels of which one came out before the cable was pulled: two are sent when it is back", needs="label_limit_s", long=True)
def rest(stage):
    count = stage.folder / "count"
    site, keyboard, printer = counting(stage, stage.folder / "first.out", count)
    site.print_label("bench-1", "three", 3)
    wait_until(lambda: printer.state()["due"] == 3, "it has all three", 60)
    printer.tell("print")
    wait_until(lambda: printer.state()["count"] == 1, "one is out")
    wait_counted(printer)
    printer.unplug()
    printer.wait_gone()
    printer = stage.bus.plug("printer", "printer", out=stage.folder / "second.out", count=count, slow=1)
    wait_until(lambda: printer.state()["due"] == 2, "it has the other two", 60)
    let_out(printer, 2)
    wait_counted(printer)
    answers_scans(site, keyboard, "2900000000001")
    site.stop()
    proofs = site.rows("SELECT state, proof, labels, done FROM print_job")
    if proofs != [("printed", "odometer", 3, 3)] or printer.state()["count"] != 3:
        yield f"the ledger says {proofs}, the printer has counted {printer.state()['count']}"


@scenario("a USB printer that does not say what it speaks gets no label, and its station says why", needs=WORD)
def nameless(stage):
    out = stage.folder / "labels.out"
    site, keyboard = busy_site(stage, 1)
    stage.bus.plug("printer", "printer", out=out, no_id=1)
    wait_until(lambda: "language" in (site.view("bench-1")["printer"]["text"] or {}).get("en", ""), "the station says why", 20)
    answers_scans(site, keyboard, "2900000000001")
    site.stop()
    if read(out) or site.job_states() != ["queued"]:
        yield f"the jobs are {site.job_reasons()}; {len(read(out))} bytes came out"


@scenario("a USB printer that never answers prints all the same", needs=WORD)
def mute(stage):
    labels = reference(stage, 3)
    site, keyboard = busy_site(stage, 3, printer_language="zpl")
    for number, options in enumerate(({"no_status": 1, "no_id": 1}, {"no_id": 1})[:rounds(2, 1)]):
        out = stage.folder / f"{number}.out"
        printer = stage.bus.plug("printer", "printer", out=out, **options)
        printer.tell("mute" if number == 0 else "garbage")
        if number == 0:
            wait_labels(out, labels)
            yield from label_faults(read(out), labels)
        answers_scans(site, keyboard, f"29{number:011}")
        printer.unplug()
        printer.wait_gone()


@scenario("a USB printer without paper gets no label until it has some", needs=WORD, long=True)
def paper(stage):
    labels = reference(stage, 2)
    out = stage.folder / "labels.out"
    site, keyboard = busy_site(stage, 2)
    site.ask_to_stop()
    printer = stage.bus.plug("printer", "printer", out=out)
    printer.tell("paper", "1")
    site.start()
    wait_until(lambda: printer.state()["status_asked"] > 0, "it is asked for its status", 20)
    for number in range(3):
        answers_scans(site, keyboard, f"29{number:011}")
    if b"^XA" in read(out):
        yield "a label was sent to a printer without paper"
    printer.tell("paper", "0")
    wait_labels(out, labels)
    site.stop()
    yield from label_faults(read(out), labels)


@scenario("a USB printer that says nothing, but whose port says that it has no paper, is believed", needs=WORD)
def port_status(stage):
    labels = reference(stage, 1)
    out = stage.folder / "labels.out"
    site, keyboard = busy_site(stage, 1)
    site.ask_to_stop()
    printer = stage.bus.plug("printer", "printer", out=out)
    printer.tell("mute")
    printer.tell("paper", "1")
    site.start()
    site.wait_printer("bench-1", ("error",))
    words = site.view("bench-1")["printer"]["text"]
    if "paper" not in words["en"] or "纸" not in words["zh"]:
        yield f"the station shows {words}"
    answers_scans(site, keyboard, "2900000000001")
    if b"^XA" in read(out):
        yield "a label was sent to a printer without paper"
    printer.tell("paper", "0")
    wait_labels(out, labels)
    site.stop()
    yield from label_faults(read(out), labels)


@scenario("a USB printer that stops taking data holds up nobody", needs=WORD)
def stops(stage):
    labels = reference(stage, 2)
    out = stage.folder / "labels.out"
    site, keyboard = busy_site(stage, 2)
    printer = stage.bus.plug("printer", "printer", out=out, after=f"bytes:{len(labels[0]) // 2}:stop")
    wait_until(lambda: printer.state()["mode"] == 2, "the printer has stopped", 30)
    slowest = max(answers_scans(site, keyboard, f"29{number:011}") for number in range(10))
    stage.note(f"the slowest of ten scans took {slowest:.2f} s meanwhile")
    started = time.monotonic()
    site.ask_to_stop()
    stage.note(f"the daemon stopped in {time.monotonic() - started:.1f} s")
    site.start()
    printer.tell("normal")
    wait_labels(out, labels, 60)
    site.stop()
    if site.job_states() != ["unknown", "sent"]:
        yield f"the jobs are {site.job_reasons()}"
    yield from twice([read(out)], labels)


@scenario("a USB printer that refuses data in the middle of a label: the job is uncertain", needs=WORD, long=True)
def stalls(stage):
    for fault in ("stall", "proto", "short"):
        labels = reference(stage, 2)
        out = stage.folder / f"{fault}.out"
        site, keyboard = busy_site(stage, 2)
        printer = stage.bus.plug("printer", "printer", out=out, after=f"bytes:{len(labels[0]) // 2}:{fault}")
        try:
            wait_labels(out, labels, 60)
        except RigError as problem:
            yield f"after a {fault}: {problem}"
        answers_scans(site, keyboard, "2900000000001")
        site.stop()
        states = site.job_states()
        if fault != "short" and states != ["unknown", "sent"]:
            yield f"after a {fault} the jobs are {site.job_reasons()}"
        if fault == "short":
            yield from label_faults(read(out), labels)
        for device in (printer, keyboard):
            device.unplug()
            device.wait_gone()


@scenario("a USB printer pulled out in the middle of a label: the job is uncertain, and never printed twice", needs=WORD)
def unplug_in_label(stage):
    turns = rounds(100, 2)
    labels = reference(stage, turns + 1)
    site, keyboard = busy_site(stage, turns + 1)
    pieces, shortest = [], min(map(len, labels))
    for turn in range(turns):
        out = stage.folder / f"{turn}.out"
        printer = stage.bus.plug("printer", "printer", out=out, after=f"bytes:{QUESTIONS + turn * 997 % (shortest - 2 * QUESTIONS)}:unplug")
        wait_until(lambda: printer.state()["plugged"] == 0, "the printer is out", 60)
        printer.wait_gone()
        pieces.append(read(out))
    out = stage.folder / "last.out"
    stage.bus.plug("printer", "printer", out=out)
    wait_labels(out, labels)
    pieces.append(read(out))
    answers_scans(site, keyboard, "2900000000001")
    site.stop()
    states = site.job_states()
    stage.note(f"jobs: {', '.join(f'{states.count(state)} {state}' for state in sorted(set(states)))}")
    if states != ["unknown"] * turns + ["sent"]:
        yield f"the jobs are {site.job_reasons()[:10]}"
    yield from twice(pieces, labels)


@scenario("a USB printer pulled out while it is set up does no harm", needs=WORD, long=True)
def unplug_in_enumeration(stage):
    labels = reference(stage, 1)
    site, keyboard = busy_site(stage, 1)
    for turn in range(rounds(60, 4)):
        printer = stage.bus.plug("printer", "printer", out=stage.folder / "cut.out", after=f"controls:{1 + turn % 14}:unplug")
        wait_until(lambda: printer.state()["plugged"] == 0 or printer.state()["listening"] > 0 or read(stage.folder / "cut.out"),
                   "it is out, or in use", 20)
        if read(stage.folder / "cut.out"):
            break  # it was set up with fewer requests, and the one label is out
        printer.unplug()
        printer.wait_gone()
    answers_scans(site, keyboard, "2900000000001")
    yield from twice([read(stage.folder / "cut.out")], labels)
