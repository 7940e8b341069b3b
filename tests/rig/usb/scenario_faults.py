"""What no device should do, and some do: errors on every pipe, requests without an answer, descriptors that lie."""

from rig.process import RigError, wait_until
from rig.usb.scenarios import differences, numbers, rounds, scenario

KEYBOARD = {"scanner": "usb:05e0:1200", "scanner_driver": "hid-keyboard"}
OTHER = {"scanner": "usb:05e0:1300", "scanner_driver": "hid-keyboard"}


def with_healthy_neighbour(stage, **site_options):
    """A site whose second station has a scanner that must go on working all the time."""
    neighbour = stage.bus.plug("neighbour", "keyboard", 5, pid="1300")
    site = stage.site(bench_1=KEYBOARD, bench_2=OTHER, **site_options)
    neighbour.wait_claimed()
    site.sign_in("bench-1")
    site.sign_in("bench-2", 1)
    return site, neighbour


def neighbour_scans(site, neighbour, code):
    neighbour.scan(code)
    site.wait_heard("bench-2", code)


@scenario("errors on the pipe that scans come from are survived")
def pipe_errors(stage):
    site, neighbour = with_healthy_neighbour(stage)
    keyboard = stage.bus.plug("kb", "keyboard").wait_claimed()
    codes, heard = iter(numbers(200)), []
    for turn in range(rounds(5, 1)):
        for fault in ("zero", "stall", "proto", "babble"):
            keyboard.tell("say", f"81 {fault}")
            wait_until(lambda: keyboard.state()["unsaid"] == 0, f"the daemon has met the {fault}")
            keyboard.wait_claimed()
            code = next(codes)
            keyboard.scan(code)
            try:
                site.wait_heard("bench-1", code, 15)
            except RigError as problem:
                yield f"after a {fault}: {problem}"
            heard.append(code)
        neighbour_scans(site, neighbour, f"28{turn:011}")
    site.stop()
    yield from differences(site.codes(), heard, "scans")


@scenario("reports that are too short or too long do no harm", long=True)
def odd_reports(stage):
    site, neighbour = with_healthy_neighbour(stage)
    keyboard = stage.bus.plug("kb", "keyboard").wait_claimed()
    for odd in ("00", "0000", "00001e", "0000010101010101", "0000040404040404", "ff00ffffffffffff", "0000280000000000"):
        keyboard.tell("say", f"81 {odd}")
        keyboard.tell("say", "81 0000000000000000")
    keyboard.wait_said()
    keyboard.scan("2900000000001")
    site.wait_heard("bench-1", "2900000000001")
    neighbour_scans(site, neighbour, "2800000000001")
    site.stop()
    if site.codes()[-1:] != ["2900000000001"]:
        yield f"the scan after them is {site.codes()[-1:]}"


@scenario("requests that are refused, hang or fail while a scanner is set up are survived")
def control_errors(stage):
    site, neighbour = with_healthy_neighbour(stage)
    tried = worked = 0
    for fault, step in (("stall", 1), ("proto", 1), ("short", 1), ("hang", 4))[:rounds(4, 3)]:
        for number in rounds(range(1, 19, step), (9,)):
            keyboard = stage.bus.plug("kb", "keyboard", after=f"controls:{number}:{fault}")
            tried += 1
            try:
                wait_until(lambda: keyboard.driver() == "usbfs" and keyboard.state()["asked"] > 0, "it is set up", 15)
                worked += 1
                code = f"29{tried:011}"
                keyboard.scan(code)
                site.wait_heard("bench-1", code, 10)
            except RigError as problem:
                if keyboard.driver() == "usbfs":
                    yield f"{fault} of request {number}: {problem}"
            keyboard.unplug()
            keyboard.wait_gone()
            if not site.alive:
                yield f"the daemon ended after a {fault} of request {number}"
                return
    stage.note(f"{worked} of {tried} such scanners worked in the end; the kernel gave the others up")
    neighbour_scans(site, neighbour, "2800000000001")


# What is wrong with the descriptors of a keyboard: options of the emulator. "config" begins with nine bytes for the
# configuration, nine for the interface, nine for HID, seven for the endpoint.
LIES = {
    "a configuration that ends in the middle of the interface": "cut=config:13",
    "a configuration without its endpoint": "cut=config:27",
    "a total length of 65535": "patch=config:2:ffff",
    "a total length of 9": "patch=config:2:0900",
    "an interface descriptor of length 0": "patch=config:9:00",
    "an interface descriptor of length 255": "patch=config:9:ff",
    "an endpoint descriptor of length 2": "patch=config:27:02",
    "255 interfaces": "patch=config:4:ff",
    "255 endpoints": "patch=config:13:ff",
    "no endpoint": "patch=config:13:00",
    "endpoint 0": "patch=config:29:80",
    "packets of no bytes": "patch=config:31:0000",
    "packets of 2047 bytes": "patch=config:31:ff07",
    "a report descriptor of 65535 bytes": "patch=config:25:ffff",
    "a report descriptor that is cut": "cut=report:5",
    "a report descriptor of ones": "patch=report:0:ffffffffffffffffffffffffffff",
    "a device descriptor that is cut": "cut=device:12",
    "no configuration": "patch=device:17:00",
    "200 configurations": "patch=device:17:c8",
    "strings that are not there": "patch=device:14:0a0b0c",
}


@scenario("descriptors that lie are survived")
def lies(stage):
    site, neighbour = with_healthy_neighbour(stage)
    for number, (name, option) in enumerate(list(LIES.items())[::rounds(1, 5)]):
        keyboard = stage.bus.plug("kb", "keyboard", **dict([option.split("=", 1)]))
        neighbour_scans(site, neighbour, f"28{number:011}")
        if keyboard.state()["configuration"]:  # the kernel takes it as it is: let the daemon look at it too
            wait_until(lambda: site.alive, "the daemon runs")
            neighbour_scans(site, neighbour, f"27{number:011}")
        keyboard.unplug()
        keyboard.wait_gone()
        if not site.alive:
            yield f"the daemon ended after {name}"
            return
    keyboard = stage.bus.plug("kb", "keyboard").wait_claimed()
    keyboard.scan("2900000000001")
    site.wait_heard("bench-1", "2900000000001")
