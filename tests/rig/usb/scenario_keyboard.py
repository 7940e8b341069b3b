"""Scanners that are keyboards, on the kernel's USB."""

import time

from rig.usb.scenarios import rounds, scenario

KEYBOARD = {"scanner": "usb:05e0:1200", "scanner_driver": "hid-keyboard"}


def numbers(count, first=0):
    """Codes of 13 digits that mean nothing here: each leaves one row."""
    return [f"29{number:011}" for number in range(first, first + count)]


def differences(got, expected, what):
    """Sentences; none when both lists are the same."""
    if got == expected:
        return
    at = next((i for i, pair in enumerate(zip(got, expected)) if pair[0] != pair[1]), min(len(got), len(expected)))
    yield (f"{what}: {len(got)} came, {len(expected)} were sent; the first difference is number {at}: "
           f"{got[at:at + 2]} instead of {expected[at:at + 2]}")


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


@scenario("many scans arrive in order, none lost, none twice")
def many_scans(stage):
    codes = numbers(rounds(10000, 500))
    keyboard = stage.bus.plug("kb", "keyboard")
    site = stage.site(bench_1=KEYBOARD)
    keyboard.wait_claimed()
    site.sign_in("bench-1")
    started = time.monotonic()
    keyboard.scan_all(codes)
    keyboard.wait_said(900)
    site.wait_heard("bench-1", codes[-1])
    seconds = time.monotonic() - started
    stage.note(f"{len(codes)} scans, {keyboard.state()['reports']} reports in {seconds:.1f} s: "
               f"{len(codes) / seconds:.0f} scans/s")
    site.stop()
    yield from differences(site.codes(), codes, "scans")
