"""A daemon that was held up itself: its own pause is not the scanner's silence."""

import signal
import time

from rig.process import RigError, wait_until
from rig.usb.scenarios import rounds, scenario

ENTER = ("0000280000000000", "0000000000000000")


def held_up(scanner, site, code, ending):
    """The scan's first half is read; then the daemon stands still while the rest comes, without delay."""
    scanner.tell("keys", code)
    scanner.wait_said()
    time.sleep(0.05)  # the daemon reads it; half of the shortest gap at most
    site.daemon.child.send_signal(signal.SIGSTOP)
    for part in ending:
        scanner.tell("say", f"81 {part}")
    time.sleep(1.5)  # longer than any gap
    site.daemon.child.send_signal(signal.SIGCONT)
    try:
        site.wait_heard("bench-1", code, 5)
    except RigError:
        yield f"{code} was thrown away, though all of it had come in time"


@scenario("a keyboard scan is whole when the daemon was held up in its middle")
def keyboard(stage):
    scanner = stage.bus.plug("kb", "keyboard")
    site = stage.site(bench_1={"scanner": "usb:05e0:1200", "scanner_driver": "hid-keyboard"})
    scanner.wait_claimed()
    site.sign_in("bench-1")
    for number in range(rounds(5, 2)):
        yield from held_up(scanner, site, f"29{number:011}", ENTER)


@scenario("a serial scan is whole when the daemon was held up in its middle")
def serial(stage):
    scanner = stage.bus.plug("cdc", "acm")
    scanner.tty()
    site = stage.site(bench_1={"scanner": "serial:/dev/ttyACM0"})
    site.sign_in("bench-1")
    wait_until(lambda: scanner.state()["asked"] > 0, "the port is opened")
    for number in range(rounds(5, 2)):
        yield from held_up(scanner, site, f"29{number:011}", ("0d",))
