#!/usr/bin/env python3
"""What a scale shows at its station; which device belongs to which station: bound by a scan, by a page, by the tool."""

import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, must, wait_until  # noqa: E402
from rig.scale import Scale  # noqa: E402
from rig.troubled_printers import TroubledPrinter  # noqa: E402
from rig.waiting_scanners import BAD, GOOD, HoneywellScanner  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402


ABSENT = "usb:0a5f:0164:PRN12345"  # plugged in some other day


class Hall:
    """bench-1 has all its devices from the configuration, free none, weighs a scale that is configured."""

    def __init__(self):
        self.scale, self.bound_scale = Scale(b"S S     100.00 g\r\n"), Scale(b"S S       2.50 kg\r\n")
        self.first, self.second = TroubledPrinter(), TroubledPrinter()
        self.wand = HoneywellScanner()
        self.devices = (self.scale, self.bound_scale, self.first, self.second, self.wand)

    def configuration(self):
        return (f"[station weighs]\nscale = {self.scale.address}\nscale_protocol = mt-sics\n\n[station free]\n\n"
                f"[device {self.first.address}]\ndriver = zpl\n\n[device {self.second.address}]\ndriver = zpl\n\n"
                f"[device {self.bound_scale.address}]\ndriver = mt-sics\n\n"
                f"[device {self.wand.cable.address}]\ndriver = serial\nanswer = honeywell\n")

    def close(self):
        for device in self.devices:
            device.close()


# ---------------------------------------------------------------- scales


WEIGHTS = [(b"S S     100.00 g\r\n", "stable", 100_000), (b"S S   1234.567 g\r\n", "stable", 1_234_567),
           (b"S S       0.35 kg\r\n", "stable", 350_000), (b"S S       0.00 g\r\n", "stable", 0),
           (b"S D     100.10 g\r\n", "motion", None), (b"S +\r\n", "over_range", None),
           (b"S -\r\n", "under_zero", None), (b"S I\r\n", "busy", None), (b"ES\r\n", "error", None),
           (b"S S     100.00 stone\r\n", "error", None), (b"\xff\x00 garbage \r\n", "error", None),
           (b"S S     100.00 g\r\n", "stable", 100_000), (None, "unknown", None)]


def scale_at(house, station):
    """From its own view and from the status of all: they must agree."""
    status = house.ask("status")[1]
    scale = house.view(station)["scale"]
    listed = next(one["scale"] for one in status["stations"] if one["id"] == station)
    return scale if scale == listed else None


def await_scale(house, station, state, milligrams):
    expected = {"state": state, "milligrams": milligrams}
    try:
        wait_until(lambda: scale_at(house, station) == expected, f"{station} shows {expected}", interval=0.02)
    except RigError as fault:
        raise RigError(f"{fault}; it shows {house.view(station)['scale']}") from None


def weights(house, hall):
    """Whatever is no stable weight in a known unit is a state and no weight; silence is not yesterday's weight."""
    for answer, state, milligrams in WEIGHTS:
        hall.scale.answer = answer
        await_scale(house, "weighs", state, milligrams)
    if house.view("free")["scale"] != {"state": "none", "milligrams": None}:
        yield f"a station without a scale shows {house.view('free')['scale']}"


def unplugged_scale(house, hall):
    hall.scale.answer = WEIGHTS[0][0]
    await_scale(house, "weighs", "stable", 100_000)
    hall.scale.pull()
    await_scale(house, "weighs", "offline", None)
    device = device_named(house, hall.scale.address)
    if device["state"] != "away" or not device["fault"]:
        yield f"it is listed as {device}"
    hall.scale.plug()
    await_scale(house, "weighs", "stable", 100_000)


# ---------------------------------------------------------------- bindings


def device_named(house, address):
    return next((device for device in house.ask("devices")[1] if device["id"] == address), None)


def bind(house, device, role, station):
    return house.ask("devices/bind", {"id": device, "role": role, "station": station})


def refused_bindings(house, hall):
    """One sentence each, and nothing has changed."""
    before = house.ask("devices")[1]
    for device, role, station, words in (
            (hall.first.address, "printer", "nowhere", "There is no station nowhere"),
            (hall.first.address, "printer", "bench-1", "The configuration says what belongs to bench-1"),
            (hall.bound_scale.address, "scale", "weighs", "The configuration says what belongs to weighs"),
            (hall.first.address, "toaster", "free", "A binding names"), ("", "printer", "free", "A binding names"),
            ("x" * 4000, "printer", "free", ""), (hall.first.address, "printer", "s" * 4000, "")):
        status, answer = bind(house, device, role, station)
        message = answer.get("error", {}).get("message", "")
        if status // 100 != 4 or words not in message or not message:
            yield f"{role} {device[:40]} at {station[:40]}: {status} {answer}"
    if house.ask("devices")[1] != before:
        yield "a refused binding has changed the devices"


def print_at(house, hall, printer):
    """A label of the parcel in hand, asked for at the station free."""
    waybill, before = hall.worker.order.waybill, printer.count(hall.worker.order.waybill)
    said = []

    def asked():
        said.append(house.ask("stations/free/scan", {"text": "CMD:REPRINT"})[1]["result"])
        return said[-1]["good"]
    wait_until(asked, "free takes REPRINT", interval=0.05)
    wait_until(lambda: printer.count(waybill) == before + 1, "the label comes out of the bound printer")


def bound_printer(house, hall):
    """Bound by the page, it prints; another one takes its place at once; after a power cut it is still there."""
    orders = sample.orders(1)
    hall.worker = Worker(house, orders)
    while hall.worker.look()["step"] != "pack.label":
        hall.worker.step()
    wait_until(lambda: house.printer.count(orders[0].waybill), "the first label")
    if not house.ask("stations/free/scan", {"text": sample.BADGE})[1]["result"]["good"]:
        yield "the badge was refused"
    if house.view("free")["printer"]["state"] != "none":
        yield f"before it has a printer the station shows {house.view('free')['printer']}"
    for printer in (hall.first, hall.second):
        status, answer = bind(house, printer.address, "printer", "free")
        if status != 200 or answer["bound"] != printer.address or "belongs to free now" not in answer["text"]["en"]:
            yield f"{status} {answer}"
        wait_until(lambda: house.view("free")["printer"]["state"] == "ready", "the bound printer is ready")
        print_at(house, hall, printer)
    devices = {device["id"]: device["station"] for device in house.ask("devices")[1]}
    if devices.get(hall.second.address) != "free" or hall.first.address in devices:
        yield f"listed are {devices}"
    house.power_cut()
    wait_until(lambda: house.view("free")["printer"]["state"] == "ready", "after a power cut it is still bound")
    print_at(house, hall, hall.second)
    if hall.first.count(orders[0].waybill) != 1:
        yield f"{hall.first.count(orders[0].waybill)} labels came out of the printer that was replaced"


def bound_scanner(house, hall):
    """Bound by the page, it is opened as its section says; a station's label moves it; a power cut does not."""
    address = hall.wand.cable.address
    bind(house, address, "scanner", "free")
    for move, station in (("", "free"), ("STATION:weighs", "weighs"), ("", "weighs")):
        if move and hall.wand.scan(move) != GOOD:
            yield f"{move} was refused"
        wait_until(lambda: (device_named(house, address) or {}).get("state") == "open", "the bound scanner is open")
        for code, heard in ((sample.WORKERS[0][2], GOOD), ("NO-SUCH-CODE", BAD)):
            said = hall.wand.scan(code)
            shown = house.view(station)["result"] or {}
            if said != heard or not shown.get("scan", "").endswith(code):
                yield f"{code} at {station} was answered with {said}, and the page shows {shown}"
        house.power_cut()
        hall.wand.forget()
    if hall.wand.scan("STATION:nowhere") != BAD:
        yield "a station that is not there was accepted"


def bound_by_the_tool(house, hall):
    """`floorhand device bind`: one answer when it is good, one sentence when it is not."""
    tool = [house.bin / "floorhand", "device", "bind", "--url", house.page_url, "--role", "scale"]
    answer = json.loads(must([*tool, hall.bound_scale.address, "--station", "free"]))
    if answer["bound"] != hall.bound_scale.address:
        yield f"it printed {answer}"
    await_scale(house, "free", "stable", 2_500_000)
    code, out, err = house.command("floorhand", *tool[1:], hall.bound_scale.address, "--station", "nowhere")
    if code == 0 or out or "There is no station nowhere" not in err:
        yield f"an unknown station: {code} {out!r} {err!r}"


def label_of_a_device(house, hall):
    """SCALE:… and PRINTER:… scanned at a station bind what is plugged into the box, and nothing else; STATION:… with a
    scanner that the configuration has does not."""
    for code, good, words in ((f"PRINTER:{ABSENT}", True, "belongs to free now"),
                              (f"PRINTER:{ABSENT}", True, "belongs to free now"),
                              (f"SCALE:{ABSENT}", True, "belongs to free now"),
                              (f"PRINTER:{hall.first.address}", False, "Unknown code"),  # labels could go anywhere
                              ("PRINTER:tcp:203.0.113.1:9100", False, "Unknown code"),
                              ("STATION:free", False, "not possible now"), ("PRINTER:", False, "not possible now")):
        result = house.ask("stations/free/scan", {"text": code})[1]["result"]
        if result["good"] is not good or words not in result["text"]["en"]:
            yield f"{code} was answered with {result}"
    wait_until(lambda: (device_named(house, ABSENT) or {}).get("station") == "free", "it is listed")
    house.scanner.scan("STATION:free")
    wait_until(lambda: (house.view()["result"] or {}).get("code") == "E32", "a configured scanner keeps its station")


def journal_of_bindings(house, hall):
    """One row each: the same binding again leaves none, a refused one neither."""
    house.daemon.stop()
    rows = [json.loads(line) for line, in
            house.site_rows("SELECT line FROM journal WHERE type = 'device.bound' ORDER BY seq")]
    seen = [(row["subject"].partition("/")[2], row["data"]["role"], row["data"]["station"]) for row in rows]
    expected = [(hall.first.address, "printer", "free"), (hall.second.address, "printer", "free"),
                (hall.wand.cable.address, "scanner", "free"), (hall.wand.cable.address, "scanner", "weighs"),
                (hall.bound_scale.address, "scale", "free"), (ABSENT, "printer", "free"), (ABSENT, "scale", "free")]
    if seen != expected:
        yield f"the journal has {seen}"


STORIES = [
    ("a scale's state and weight are in the view and in the status", weights),
    ("a scale that is unplugged is offline until it is back", unplugged_scale),
    ("a binding that cannot be is refused with a sentence", refused_bindings),
    ("a printer bound from the page prints, gives way to another, and outlives a power cut", bound_printer),
    ("a scanner bound from the page is opened, moves with a station's label, and outlives power cuts", bound_scanner),
    ("the tool binds", bound_by_the_tool),
    ("a device's own label binds it to the station where it is scanned", label_of_a_device),
    ("the journal has one row for each binding", journal_of_bindings),
]


def protect(story, *arguments):
    try:
        yield from story(*arguments)
    except (RigError, KeyError) as fault:
        yield from f"{type(fault).__name__} {fault}".splitlines()


def main():
    tap, hall = Tap(), Hall()
    try:
        with tempfile.TemporaryDirectory(prefix="floorhand-") as name, \
                House(pathlib.Path(name), more=hall.configuration()) as house:
            house.open(sample.orders(1))
            for name, story in STORIES:
                tap.check(name, protect(story, house, hall))
            if tap.failed:
                print("# " + "\n# ".join(house.daemon.tail(30).splitlines()))
            tap.check("every program stops when asked", house.stop())
    finally:
        hall.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
