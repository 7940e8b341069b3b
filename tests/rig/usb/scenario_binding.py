"""Devices that no configuration names: opened when they are plugged in, bound by a scanned label, known again later."""

import json

from rig.process import wait_until
from rig.usb.scenario_serial import label_faults, read, reference
from rig.usb.scenarios import differences, scenario

WORD = "[device "  # the version that binds devices has sections for them
WAIT = 30


def found(site, device_id):
    return next((device for device in site.ask("GET", "devices") if device["id"] == device_id), {})


def bound(site, keyboard, station):
    """By its label; the row is there when the daemon says so."""
    keyboard.scan(f"STATION:{station}")
    ours = lambda: any(device["station"] == station for device in site.ask("GET", "devices"))  # noqa: E731
    wait_until(ours, f"a scanner belongs to {station}", WAIT, 0.05)


def stations(stage):
    """Two stations without any device."""
    return stage.site(bench_1={}, bench_2={})


@scenario("a known scanner is opened by itself, bound by a station's label, and known again", needs=WORD)
def bind_by_label(stage):
    site = stations(stage)
    keyboard = stage.bus.plug("kb", "keyboard", serial="A1B2C3D4").wait_claimed()
    ours = "usb:05e0:1200:A1B2C3D4"
    keyboard.scan("2900000000001")  # belongs to nobody: refused, and kept under the scanner's name
    bound(site, keyboard, "bench-2")
    site.sign_in("bench-2")
    keyboard.scan("2900000000002")
    site.wait_heard("bench-2", "2900000000002")
    keyboard.unplug()
    keyboard.wait_gone()
    wait_until(lambda: found(site, ours)["state"] == "away", "the scanner is away", WAIT)
    keyboard = stage.bus.plug("kb", "keyboard", 3, serial="A1B2C3D4").wait_claimed()  # another port
    keyboard.scan("2900000000003")
    site.wait_heard("bench-2", "2900000000003")
    site.stop()
    site.start()
    keyboard.wait_claimed()
    keyboard.scan("2900000000004")
    site.wait_heard("bench-2", "2900000000004")
    bound(site, keyboard, "bench-1")  # moved by the other label
    site.sign_in("bench-1", 1)
    keyboard.scan("2900000000005")
    site.wait_heard("bench-1", "2900000000005")
    site.stop()
    yield from differences(site.codes("bench-2"), [f"290000000000{n}" for n in (2, 3, 4)], "scans at bench-2")
    yield from differences(site.codes("bench-1"), ["2900000000005"], "scans at bench-1")
    yield from differences(site.codes(f"device/{ours}"), ["2900000000001"], "scans of nobody")
    moves = [(data["before"], data["station"]) for _, _, data in site.events("device.bound")]
    yield from differences(moves, [(None, "bench-2"), ("bench-2", "bench-1")], "bindings in the journal")


@scenario("two identical scanners are bound apart, also when they say the same serial number", needs=WORD)
def bind_twins(stage):
    for options in ({}, {"serial": "A1B2C3D4"}):
        site = stations(stage)
        twins = [stage.bus.plug(f"kb{port}", "keyboard", port, **options) for port in (0, 1)]
        for number, twin in enumerate(twins):
            twin.wait_claimed()
            bound(site, twin, f"bench-{number + 1}")
            site.sign_in(f"bench-{number + 1}", number)
        codes = [[f"29{number}000000000{turn}" for turn in range(5)] for number in range(2)]
        for turn in range(5):
            for number, twin in enumerate(twins):
                twin.scan(codes[number][turn])
        for number in range(2):
            site.wait_heard(f"bench-{number + 1}", codes[number][-1])
        site.stop()
        for number in range(2):
            yield from differences(site.codes(f"bench-{number + 1}"), codes[number], f"{options}: bench-{number + 1}")
        for twin in twins:
            twin.unplug()
            twin.wait_gone()


@scenario("a person's keyboard and a port that nobody knows are left alone", needs=WORD)
def strangers(stage):
    site = stations(stage)
    keyboard = stage.bus.plug("kb", "keyboard", 0, vid="1234", pid="5678")
    adapter = stage.bus.plug("line", "ftdi", 1, out=stage.folder / "line.out")
    tty = adapter.tty()
    known = stage.bus.plug("scanner", "keyboard", 2).wait_claimed()  # by now the daemon has looked at all three
    bound(site, known, "bench-1")
    if keyboard.driver() != "usbhid":
        yield f"the keyboard is held by {keyboard.driver() or 'nobody'}"
    if adapter.state()["asked"] > 0 or (stage.folder / "line.out").exists() and (stage.folder / "line.out").read_bytes():
        yield f"{tty} was opened"
    listed = {device["id"]: device["state"] for device in site.ask("GET", "devices")}
    if listed.get(f"usb-path:{keyboard.path}") != "unused":
        yield f"the list of devices is {listed}"
    site.ask("POST", "devices/bind", json.dumps({"id": f"usb-path:{keyboard.path}", "role": "scanner", "station": "bench-2"}))
    keyboard.wait_claimed()  # somebody has said what it is
    site.sign_in("bench-2")
    keyboard.scan("2900000000001")
    site.wait_heard("bench-2", "2900000000001")
    site.stop()
    if keyboard.driver() != "usbhid":
        yield f"the kernel did not get its keyboard back: {keyboard.driver() or 'nobody'} has it"


@scenario("a printer and a scale are bound by their labels, scanned at the station", needs=WORD)
def bind_others(stage):
    labels = reference(stage, 2)
    site = stations(stage)
    keyboard = stage.bus.plug("kb", "keyboard", 0).wait_claimed()
    bound(site, keyboard, "bench-1")
    out = stage.folder / "labels.out"
    stage.bus.plug("printer", "printer", 1, out=out, serial="PRN12345")
    scale = stage.bus.plug("scale", "scale", 2, serial="SCL12345")
    scale.tell("weigh", "4 2 0 750")
    for label in ("PRINTER:usb:0a5f:0164:PRN12345", "SCALE:usb:0922:8003:SCL12345"):
        keyboard.scan(label)
        site.wait_heard("bench-1", label)
    wait_until(lambda: site.view("bench-1")["scale"]["milligrams"] == 750000, "the scale's weight is shown", WAIT)
    site.wait_printer("bench-1", ("ready",))
    site.stop()
    site.queue_labels("bench-1", 2)
    site.start()
    wait_until(lambda: len(read(out)) >= sum(map(len, labels)), "both labels come out", WAIT)
    wait_until(lambda: site.view("bench-1")["scale"]["milligrams"] == 750000, "the scale is known again", WAIT)
    site.stop()
    yield from label_faults(read(out), labels)


@scenario("a scanner set to another mode by a barcode goes on in that mode", needs=WORD, long=True)
def other_mode(stage):
    site = stations(stage)
    keyboard = stage.bus.plug("kb", "keyboard", 0, vid="1eab", pid="0103").wait_claimed()
    bound(site, keyboard, "bench-1")
    site.sign_in("bench-1")
    keyboard.scan("2900000000001")
    site.wait_heard("bench-1", "2900000000001")
    keyboard.unplug()
    keyboard.wait_gone()
    pos = stage.bus.plug("pos", "pos", 0, vid="1eab", pid="0110").wait_claimed()  # the same scanner in the same port
    pos.scan("2900000000002")
    site.wait_heard("bench-1", "2900000000002")
    site.stop()
    yield from differences(site.codes("bench-1"), ["2900000000001", "2900000000002"], "scans")
