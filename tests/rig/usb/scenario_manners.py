"""Scanners that wait to be told that their scan is safe, through the kernel's cdc_acm: told after the commit, and once."""

import signal

from rig.process import wait_until
from rig.usb.scenarios import differences, numbers, rounds, scenario

ACK_NAK = {"scanner": "serial:/dev/ttyACM0", "scanner_driver": "serial", "scanner_answer": "ack-nak"}
SSI = {"scanner": "serial:/dev/ttyACM0", "scanner_driver": "ssi"}


def opened(stage, manners, options, resend_ms=2000):
    """A scanner that sends again after that time, and a daemon that reads it."""
    scanner = stage.bus.plug("cdc", "acm", answer=manners, resend_ms=resend_ms)
    scanner.tty()
    site = stage.site(bench_1=options)
    site.sign_in("bench-1")
    wait_until(lambda: scanner.state()["asked"] > 0, "the port is opened")
    return scanner, site


def answered(scanner, count):
    wait_until(lambda: scanner.state()["acked"] >= count, f"{count} scans are acknowledged", 60, 0.02)


def each_once(stage, manners, options):
    scanner, site = opened(stage, manners, options)
    codes = numbers(rounds(300, 30))
    scanner.scan_all(codes)
    answered(scanner, len(codes))
    state = scanner.state()
    if state["resent"] or state["given_up"]:
        yield f"the scanner sent {state['resent']} again and gave {state['given_up']} up"
    stage.note(f"the last answer came after {state['answered_us'] / 1000:.1f} ms")
    site.stop()
    yield from differences(site.codes(), codes, "scans")


def on_disk_when_acknowledged(stage, manners, options):
    """The daemon is killed as soon as the scanner has its answer."""
    scanner, site = opened(stage, manners, options)
    codes = numbers(rounds(20, 3))
    for number, code in enumerate(codes, 1):
        scanner.scan(code)
        answered(scanner, number)
        site.daemon.kill()
        site.start()
        wait_until(lambda: scanner.state()["asked"] > 0, "the port is opened again")
    site.stop()
    yield from differences(site.codes(), codes, "scans")


def asleep(stage, manners, options):
    """While the daemon does not run the scanner says the same again; it is one scan all the same."""
    scanner, site = opened(stage, manners, options, resend_ms=300)
    codes = numbers(rounds(10, 2))
    for number, code in enumerate(codes, 1):
        before = scanner.state()["resent"]
        site.daemon.child.send_signal(signal.SIGSTOP)
        scanner.scan(code)
        wait_until(lambda: scanner.state()["resent"] > before, "the scanner sends again")
        site.daemon.child.send_signal(signal.SIGCONT)
        site.wait_heard("bench-1", code)
        wait_until(lambda: scanner.state()["waiting"] == 0, "the scanner has its answer")
    site.stop()
    yield from differences(site.codes(), codes, "scans")


@scenario("a scanner that waits for ACK gets one for each scan", needs="ack-nak")
def ack_each(stage):
    yield from each_once(stage, "ack-nak", ACK_NAK)


@scenario("a scan is on disk when its ACK leaves", needs="ack-nak", long=True)
def ack_disk(stage):
    yield from on_disk_when_acknowledged(stage, "ack-nak", ACK_NAK)


@scenario("an SSI scanner gets an ACK for each packet", needs="|ssi")
def ssi_each(stage):
    yield from each_once(stage, "ssi", SSI)


@scenario("a scan is on disk when its SSI ACK leaves", needs="|ssi")
def ssi_disk(stage):
    yield from on_disk_when_acknowledged(stage, "ssi", SSI)


@scenario("an SSI scanner that says a scan again has scanned once", needs="|ssi")
def ssi_again(stage):
    yield from asleep(stage, "ssi", SSI)


@scenario("a scanner that says a scan again for want of an ACK has scanned once", needs="ack-nak", long=True)
def ack_again(stage):
    yield from asleep(stage, "ack-nak", ACK_NAK)
