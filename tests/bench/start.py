#!/usr/bin/env python3
"""floorhandd itself on the large site that floorhand-bench has filled: from the start of the process, with nothing of the
file in memory, to the first accepted scan; and the memory it holds after 50 stations have worked. Does not judge a rule."""

import http.client
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from rig.process import Program, RigError, free_port, must, wait_until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = pathlib.Path(os.environ.get("OUT", "build"))
PREFIX = "floorhandd, large site: "
STATIONS = 50
STARTS = 5
SCANS_PER_STATION = 40
START_GOAL_S, MEMORY_GOAL_MIB = 0.3, 32


def filled_site():
    return ROOT / must([ROOT / OUT / "floorhand-bench", "--fill"], seconds=1200).strip()


def forget(path):
    """Nothing of the file is left in the kernel's cache."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Site:
    def __init__(self, folder, database):
        self.port = free_port()
        stations = "".join(f"[station station-{i}]\nname = Station {i}\n\n" for i in range(STATIONS))
        (folder / "floorhandd.ini").write_text(
            f"[site]\nid = hz-07\nbox = box-1\ndatabase = {database}\nlink_socket = {folder}/link.sock\nsign_in = open\n"
            f"address = 127.0.0.1\nport = {self.port}\n\n{stations}")
        self.program = Program("floorhandd", [ROOT / OUT / "floorhandd", "--config", folder / "floorhandd.ini"], folder)

    def ask(self, path, body=None):
        page = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            page.request("POST" if body else "GET", f"/api/v1/{path}", body and json.dumps(body),
                         {"Content-Type": "application/json"})
            answer = page.getresponse()
            return json.loads(answer.read())
        finally:
            page.close()

    def scan(self, station, text):
        return self.ask(f"stations/station-{station}/scan", {"text": text})["result"]

    def accepted(self, station, text):
        try:
            return self.scan(station, text)["good"]
        except OSError:
            if not self.program.running:
                raise RigError(f"floorhandd did not start:\n{self.program.tail()}") from None
            return False

    def start(self):
        """Seconds to the first accepted scan."""
        began = time.monotonic()
        self.program.start()
        wait_until(lambda: self.accepted(0, "W-0"), "the first scan is accepted", seconds=120, interval=0.002)
        return time.monotonic() - began

    def work(self):
        """Every station in turn; what a scan needs next is on the screen."""
        totes = iter(range(STATIONS * SCANS_PER_STATION))
        for _ in range(SCANS_PER_STATION):
            for station in range(STATIONS):
                expect = self.ask(f"stations/station-{station}")["expect"]
                text = {"badge": f"W-{station}", "activity": "CMD:PICK", "stage": "STAGE-1"}.get(expect["kind"])
                if expect["kind"] == "tote":
                    text = f"T-{next(totes):05}"
                said = self.scan(station, text or expect["code"])
                if not said["good"]:
                    raise RigError(f"{text or expect['code']}: {said['text']['en']}")


def main():
    source = filled_site()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / "build") as name:
        folder = pathlib.Path(name)
        database = folder / "site.db"
        shutil.copyfile(source, database)
        site, took = Site(folder, database), []
        for _ in range(STARTS):
            forget(database)
            took.append(site.start())
            site.program.kill()  # as by a power cut: the next start begins with what the WAL holds
        forget(database)
        site.start()
        site.work()
        memory = site.program.memory_mib()
        site.program.stop()
    found = [rows.row(f"{PREFIX}start to first accepted scan, s", sorted(took)[STARTS // 2], START_GOAL_S, 1.0),
             rows.row(f"{PREFIX}resident after work, MiB", memory["VmRSS"], MEMORY_GOAL_MIB, 1.0),
             rows.row(f"{PREFIX}resident at most, MiB", memory["VmHWM"], MEMORY_GOAL_MIB, 1.0)]
    for row in found:
        print(f"{row['name']:62} {row['ours']:8} of {row['reference']:5}  {'yes' if row['met'] else 'no'}")
    print(f"  starts: {', '.join(f'{seconds:.3f}' for seconds in took)} s")
    rows.keep(found)


if __name__ == "__main__":
    main()
