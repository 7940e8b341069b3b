"""Scanners that are keyboards, on the kernel's USB: scans, two at once, cables that come and go."""

import time

from rig.process import wait_until
from rig.usb.scenarios import differences, numbers, rounds, scenario

KEYBOARD = {"scanner": "usb:05e0:1200", "scanner_driver": "hid-keyboard"}
REPORTS = 28  # of a scan of 13 digits: press and release, and Enter


def at(address):
    return {"scanner": address, "scanner_driver": "hid-keyboard"}


@scenario("a scan typed by a USB keyboard becomes a row")
def one_scan(stage):
    keyboard = stage.bus.plug("kb", "keyboard")
    site = stage.site(bench_1=KEYBOARD)
    keyboard.wait_claimed()
    site.sign_in("bench-1")
    keyboard.scan("2900000000001")
    site.wait_heard("bench-1", "2900000000001")
    state = keyboard.state()
    site.stop()
    if state["protocol"] != 0 or state["lamps"] != 0:
        yield f"the keyboard was not told to use the boot protocol with its lamps off: {state}"
    yield from differences(site.codes(), ["2900000000001"], "scans")


@scenario("many keyboard scans arrive in order, none lost, none twice")
def many_scans(stage):
    codes = numbers(rounds(10000, 100))
    keyboard = stage.bus.plug("kb", "keyboard")
    site = stage.site(bench_1=KEYBOARD)
    keyboard.wait_claimed()
    site.sign_in("bench-1")
    started = time.monotonic()
    keyboard.scan_all(codes)
    keyboard.wait_said(1500)
    site.wait_heard("bench-1", codes[-1])
    seconds = time.monotonic() - started
    stage.note(f"{len(codes)} scans, {keyboard.state()['reports']} reports in {seconds:.1f} s: "
               f"{len(codes) / seconds:.0f} scans/s")
    site.stop()
    yield from differences(site.codes(), codes, "scans")


def two_scanners(stage, first_options, second_options, addresses):
    """Both scan at once; each station has its own."""
    keyboards = [stage.bus.plug(f"kb{port}", "keyboard", port, **options)
                 for port, options in enumerate((first_options, second_options))]
    wanted = [address.format(path=keyboard.path) for address, keyboard in zip(addresses, keyboards)]
    site = stage.site(bench_1=at(wanted[0]), bench_2=at(wanted[1]))
    count = rounds(200, 10)
    codes = [numbers(count, first=10000 * number) for number in range(2)]
    for number, keyboard in enumerate(keyboards):
        keyboard.wait_claimed()
        site.sign_in(f"bench-{number + 1}", number)
    for one, two in zip(*codes):
        keyboards[0].scan(one)
        keyboards[1].scan(two)
    for number, keyboard in enumerate(keyboards):
        keyboard.wait_said()
        site.wait_heard(f"bench-{number + 1}", codes[number][-1])
    site.stop()
    for number in range(2):
        yield from differences(site.codes(f"bench-{number + 1}"), codes[number], f"scans at bench-{number + 1}")


@scenario("two identical scanners without serial numbers are told apart by their ports")
def two_by_port(stage):
    yield from two_scanners(stage, {}, {}, ("usb-path:{path}", "usb-path:{path}"))


@scenario("two identical scanners with the same serial number are told apart by their ports", long=True)
def two_same_serial(stage):
    yield from two_scanners(stage, {"serial": "S1"}, {"serial": "S1"}, ("usb-path:{path}", "usb-path:{path}"))


@scenario("two scanners of one kind are told apart by their serial numbers", long=True)
def two_serials(stage):
    yield from two_scanners(stage, {"serial": "S1"}, {"serial": "S2"}, ("usb:05e0:1200:S1", "usb:05e0:1200:S2"))


@scenario("a scanner pulled out in the middle of a scan leaves a half scan and nothing else")
def unplug_in_scan(stage):
    turns = rounds(100, 3)
    site = stage.site(bench_1=KEYBOARD)
    site.sign_in("bench-1")
    expected, halves = [], 0
    codes = iter(numbers(3 * turns))
    for turn in range(turns):
        keyboard = stage.bus.plug("kb", "keyboard").wait_claimed()
        cut_after = 1 + turn * 13 % (REPORTS - 1)  # after the 27th, the press of Enter, the scan is whole
        keyboard.tell("after", f"reports:{cut_after}:unplug")
        cut, whole = next(codes), next(codes)
        keyboard.scan(cut)
        wait_until(lambda: keyboard.state()["plugged"] == 0, "the scanner is out")
        if cut_after >= REPORTS - 1:
            expected.append(cut)
        else:
            halves += 1
        keyboard.wait_gone()
        keyboard = stage.bus.plug("kb", "keyboard").wait_claimed()
        keyboard.scan(whole)
        site.wait_heard("bench-1", whole)
        expected.append(whole)
        keyboard.unplug()
        keyboard.wait_gone()
    site.stop()
    yield from differences(site.codes(), expected, "whole scans")
    if site.aborted() != halves:
        yield f"{site.aborted()} half scans are in the journal, {halves} were cut"


@scenario("a scanner pulled out while the kernel gets to know it does no harm")
def unplug_in_enumeration(stage):
    turns = rounds(100, 4)
    site = stage.site(bench_1=KEYBOARD)
    site.sign_in("bench-1")
    met = 0
    for turn in range(turns):
        keyboard = stage.bus.plug("kb", "keyboard", after=f"controls:{1 + turn * 7 % 18}:unplug")
        wait_until(lambda: keyboard.state()["plugged"] == 0 or keyboard.state()["asked"] > 0,
                   "the scanner is out again, or is known after fewer requests", 20)
        met += keyboard.state()["plugged"] == 0
        keyboard.unplug()
        keyboard.wait_gone()
    stage.note(f"{met} of {turns} were pulled out before they were known")
    keyboard = stage.bus.plug("kb", "keyboard").wait_claimed()
    keyboard.scan("2900000000001")
    site.wait_heard("bench-1", "2900000000001")
    site.stop()
    yield from differences(site.codes(), ["2900000000001"], "scans")
    if site.aborted():
        yield f"{site.aborted()} half scans are in the journal; nobody scanned"
