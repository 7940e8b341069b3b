#!/usr/bin/env python3
"""Lines for the operator as systemd's journal gets them: with fields of their own, when standard error is the journal's. The journal
is a socket of this test's, in a mount namespace."""

import os
import pathlib
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.devices import Scanner  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

INSIDE = "FLOORHAND_TEST_JOURNAL"  # set once this program runs in its namespace
RUN = pathlib.Path("/run/systemd")


class Journal:
    """.lines: the fields of each line."""

    def __init__(self):
        (RUN / "journal").mkdir()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(RUN / "journal/socket"))
        self.socket.setblocking(False)
        self.lines = []

    def find(self, **fields):
        try:
            while True:
                entry = self.socket.recv(65536).decode()
                self.lines.append(dict(line.split("=", 1) for line in entry.splitlines() if "=" in line))
        except BlockingIOError:
            pass
        return [line for line in self.lines if fields.items() <= line.items()]


def tries(house, journal, tap):
    house.daemon.log_path.touch()
    log = house.daemon.log_path.stat()
    os.environ["JOURNAL_STREAM"] = f"{log.st_dev}:{log.st_ino}"
    house.daemon.start()
    ready = wait_until(lambda: journal.find(PRIORITY="6", SYSLOG_IDENTIFIER="floorhandd"), "a line comes")
    tap.check("a line goes to the journal, and not to standard error, too",
              [] if "page: http" in ready[0]["MESSAGE"] and not house.daemon.log() else [str(ready), house.daemon.log()])
    tap.check("a line that is about nothing has no field of ours",
              [str(ready[0])] if any(name.startswith("FLOORHAND") for name in ready[0]) else [])
    path, house.scanner = house.scanner.path, (house.scanner.close(), Scanner())[1]
    away = wait_until(lambda: journal.find(FLOORHAND_EVENT="device.away"), "the scanner went away")
    tap.check("a device that goes away is named in fields", [] if away[0]["FLOORHAND_DEVICE"] == f"stream:{path}" and
              away[0]["PRIORITY"] == "4" else [str(away)])
    house.daemon.stop()
    os.environ["JOURNAL_STREAM"] = "1:1"  # somebody else's: standard error is a file
    house.daemon.start()
    wait_until(lambda: "info: page: http" in house.daemon.log(), "it is on standard error")
    tap.check("what is not the journal's is written as before", [])


def main():
    if os.environ.get(INSIDE) is None:
        own_users = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
        os.execvpe("unshare", ["unshare", *own_users, "--mount", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    tap = Tap()
    RUN.mkdir(exist_ok=True)
    must(["mount", "-t", "tmpfs", "tmpfs", RUN])
    with tempfile.TemporaryDirectory() as folder, House(folder) as house:
        tries(house, Journal(), tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
