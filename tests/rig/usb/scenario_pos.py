"""Scanners in HID POS mode, through libusb."""

from rig.process import wait_until
from rig.usb.scenarios import differences, numbers, rounds, scenario

POS = {"scanner": "usb:0c2e:0b67", "scanner_driver": "hid-pos"}
WORD = "hid-pos"


@scenario("HID POS scans arrive in order, none lost, none twice, long ones whole", needs=WORD)
def scans(stage):
    codes = numbers(rounds(2000, 100)) + ["A" * 56, "B" * 57, "C" * 60, "29" + "1" * 57]
    scanner = stage.bus.plug("pos", "pos")
    site = stage.site(bench_1=POS)
    scanner.wait_claimed()
    site.sign_in("bench-1")
    scanner.scan_all(codes)
    scanner.wait_said()
    site.wait_heard("bench-1", codes[-1])
    site.stop()
    yield from differences(site.codes(), codes, "scans")


@scenario("a HID POS scanner beeps once for each scan, and only then", needs=WORD)
def beeps(stage):
    for options in ({}, {"out_endpoint": 1}):
        scanner = stage.bus.plug("pos", "pos", **options)
        site = stage.site(bench_1=POS)
        scanner.wait_claimed()
        site.sign_in("bench-1")
        before = scanner.state()
        for code in numbers(5):
            scanner.scan(code)
            site.wait_heard("bench-1", code)
        wait_until(lambda: scanner.state()["error_beeps"] - before["error_beeps"] >= 5, "five refused scans are heard")
        after = scanner.state()
        if after["error_beeps"] - before["error_beeps"] != 5 or after["good_beeps"] != before["good_beeps"]:
            yield f"{options}: five scans were refused; it beeped {before} before and {after} after"
        site.stop()
        scanner.unplug()
        scanner.wait_gone()


@scenario("a HID POS scanner pulled out between two reports of a scan leaves a half scan and nothing else", needs=WORD)
def unplug_in_scan(stage):
    site = stage.site(bench_1=POS)
    site.sign_in("bench-1")
    turns, expected = rounds(30, 3), []
    for turn in range(turns):
        scanner = stage.bus.plug("pos", "pos").wait_claimed()
        whole = f"29{turn:011}"
        scanner.scan(whole)
        site.wait_heard("bench-1", whole)
        expected.append(whole)
        scanner.tell("after", "reports:1:unplug")
        scanner.scan("D" * 60)
        wait_until(lambda: scanner.state()["plugged"] == 0, "the scanner is out")
        scanner.wait_gone()
    site.wait_away("bench-1")
    site.stop()
    yield from differences(site.codes(), expected, "whole scans")
    if site.aborted() != turns:
        yield f"{site.aborted()} half scans are in the journal, {turns} were cut"
