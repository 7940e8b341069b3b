"""The real daemon with sample data, in the machine: what it is told, what it shows, and what it has on disk.

Does not plug anything in."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess

from rig import sample
from rig.process import Program, RigError, wait_until

STOP_SECONDS = 10
SITE, BOX = "hz-07", "box-hz07"
LABEL = json.dumps({"waybill": "SF9520000000001", "carrier": "SF", "order": "SO-00001",
                    "receiver": {"name": "张伟", "phone": "13800000001", "address": "浙江省杭州市西湖区示例路1号"},
                    "items": [{"sku": "TEA-100", "name": "龙井茶 100 g", "quantity": 1}]}, ensure_ascii=False)


def without_aim(scan):
    """Without the identifier that some scanners put in front: "]C1", "]Q1"."""
    return re.sub(r"^\][A-Za-z]\d", "", scan)


class Site:
    """In a folder of its own, which starts empty. stations: name -> the lines of its section."""

    def __init__(self, folder, programs, stations):
        self.folder = pathlib.Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.database = self.folder / "site.db"
        config = self.folder / "floorhandd.ini"
        config.write_text(
            f"[site]\nid = {SITE}\nbox = {BOX}\ndatabase = {self.database}\nlink_socket = {self.folder}/link.sock\n"
            f"sign_in = open\n"
            f"address = 127.0.0.1\nport = 0\n" +
            "".join(f"\n[station {name}]\nname = {name}\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())
                    for name, lines in stations.items()))
        self.stations = list(stations)
        self.daemon = Program("floorhandd", [pathlib.Path(programs) / "floorhandd", "--config", config], self.folder,
                              notifies=True)
        self.port = None

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        fault = self.stop()
        if fault and kind is None:
            raise RigError(fault)

    @property
    def alive(self):
        return self.daemon.running

    def start(self):
        said = len(self.daemon.log())
        self.daemon.start()
        found = wait_until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/", self.daemon.log()[said:]),
                           "the daemon says where its page is", 30)
        self.port = int(found[1])
        return self

    def stop(self):
        """No label is on its way then. Returns what was wrong with how it stopped, or None."""
        if self.daemon.running:
            with contextlib.suppress(RigError, OSError):
                wait_until(lambda: not self.sends_label(), "no label is being sent", 10, 0.05)
        code = self.ask_to_stop()
        if re.search(r"Sanitizer|runtime error:", self.daemon.log()):
            return f"the sanitiser found something:\n{self.daemon.tail(60)}"
        if code not in (0, None, -signal.SIGKILL):
            return f"the daemon ended with {code}:\n{self.daemon.tail(30)}"
        return None

    def ask_to_stop(self):
        """Returns the exit code. One that does not go is killed, and that is an error, which says where it hung."""
        if not self.daemon.running:
            return self.daemon.stop()
        self.daemon.child.terminate()
        try:
            return self.daemon.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            place = "\n".join(self.where())
            self.daemon.kill()
            raise RigError(f"the daemon did not stop within {STOP_SECONDS} s; in the kernel it was at\n{place}") from None

    def sends_label(self):
        return any(station["printer"]["state"] == "busy" for station in self.ask("GET", "status")["stations"])

    # ------------------------------------------------------------ over HTTP

    def ask(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, f"/api/v1/{path}", body, {"Content-Type": kind} if body else {})
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise RigError(f"{method} {path}: {response.status} {answer[:300]!r}")
        return json.loads(answer)

    def view(self, station):
        return self.ask("GET", f"stations/{station}")

    def import_workers(self):
        for what, path in sample.write_master(self.folder):
            if what == "workers":
                self.ask("POST", f"import/{what}", path.read_bytes(), "text/csv")

    def sign_in(self, station, worker=0):
        self.ask("POST", f"stations/{station}/scan", json.dumps({"text": sample.WORKERS[worker][2]}))

    def wait_heard(self, station, text, seconds=60):
        """The screen shows the answer to that scan: it is on disk."""
        def heard():
            result = self.view(station)["result"]
            return result and without_aim(result["scan"]) == text
        wait_until(heard, f"station {station} has heard {text}", seconds, 0.05)

    def wait_away(self, station):
        """Its scanner is gone, and what came of that is on disk: the answer to a later scan says so."""
        gone = lambda: all(device["state"] != "open" for device in self.ask("GET", "devices")  # noqa: E731
                           if device["kind"] == "scanner" and device["station"] == station)
        wait_until(gone, f"the scanner of {station} is away", 30, 0.05)
        self.sign_in(station)

    def wait_printer(self, station, states, seconds=30):
        wait_until(lambda: self.view(station)["printer"]["state"] in states, f"the printer of {station} is {states}", seconds)

    def wait_let_go(self, device, seconds=30):
        """A port that was pulled out keeps its name for as long as somebody has it open."""
        folder = pathlib.Path(f"/proc/{self.daemon.child.pid}/fd")

        def held():
            for path in folder.iterdir():
                with contextlib.suppress(FileNotFoundError):
                    if os.readlink(path).startswith(device):
                        return True
            return False

        wait_until(lambda: not held(), f"{device} is let go", seconds)

    # ------------------------------------------------------------ on disk, while the daemon is down

    def rows(self, sql, *values):
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def events(self, *names):
        """Of the journal, in order: (type, station, data); of those types only, when there are any."""
        rows = []
        for line, in self.rows("SELECT line FROM journal ORDER BY seq"):
            event = json.loads(line)
            kind = event["type"].removeprefix("io.floorhand.").removesuffix(".v1")
            if not names or kind in names:
                rows.append((kind, event.get("subject", "").removeprefix("station/"), event["data"]))
        return rows

    def codes(self, station="bench-1"):
        """What was scanned and refused there, in order: an unknown code leaves one row for each scan."""
        return [without_aim(data.get("scan", "")) for _, at, data in self.events("scan.rejected") if at == station]

    def aborted(self, station="bench-1"):
        """Half scans: how many."""
        return sum(at == station for _, at, _ in self.events("scan.aborted"))

    def queue_labels(self, station, count, first=1, copies=1):
        """As rows that wait for the printer, like those of the packing bench."""
        with sqlite3.connect(self.database) as connection:
            connection.executemany(
                "INSERT INTO print_job (key, station, template, data, copies, changed_us, queued_us) "
                "VALUES (?, ?, 'waybill-100x150', ?, ?, 1, unixepoch() * 1000000)",
                [(f"rig-{number}", station, LABEL.replace("9520000000001", f"9520{number:09}"), copies)
                 for number in range(first, first + count)])
        connection.close()

    def print_label(self, station, key, copies=1):
        self.ask("POST", f"stations/{station}/labels", json.dumps(
            {"template": "location", "data": {"code": "A-01-01"}, "key": key, "copies": copies}))

    def job_states(self):
        return [state for state, in self.rows("SELECT state FROM print_job ORDER BY id")]

    def job_reasons(self):
        return [f"{job} {state}: {why}" for job, state, why in self.rows("SELECT id, state, reason FROM print_job ORDER BY id")]

    def where(self):
        """What the daemon's thread waits for in the kernel: for one that does not answer."""
        try:
            return pathlib.Path(f"/proc/{self.daemon.child.pid}/stack").read_text().splitlines()[:12]
        except (OSError, AttributeError):
            return []


def in_memory(name):
    """A folder that costs no writing to disk."""
    return pathlib.Path(os.environ.get("RIG_MEMORY", "/run")) / "site" / name
