#!/usr/bin/env python3
"""200 stations connected at once: each has its page's live stream open, and scans are made at all of them in turn. How long from
sending a scan until the view that it brings is at that station's page; beside it the same with a single page connected.

stations.py [--short]"""

import argparse
import http.client
import json
import os
import pathlib
import re
import selectors
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from rig.process import Program, RigError, free_port, wait_until  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = pathlib.Path(os.environ.get("OUT", "build"))
PREFIX = "stations: "
STATIONS = 200
SCANS, SCANS_SHORT = 2000, 400
LAW_MS = 100
SEQ = re.compile(rb'"seq":(\d+)')


class Site:
    def __init__(self, folder):
        self.port = free_port()
        stations = "".join(f"[station s-{i}]\nname = Station {i}\n\n" for i in range(STATIONS))
        (folder / "floorhandd.ini").write_text(
            f"[site]\nid = hz-07\nbox = box-1\ndatabase = {folder}/site.db\nlink_socket = {folder}/link.sock\nsign_in = open\n"
            f"address = 127.0.0.1\nport = {self.port}\n\n{stations}")
        self.program = Program("floorhandd", [ROOT / OUT / "floorhandd", "--config", folder / "floorhandd.ini"], folder, notifies=True)
        self.program.start()
        self.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        wait_until(self.answers, "floorhandd answers")

    def answers(self):
        try:
            self.line.request("GET", "/api/v1/stations")
            return self.line.getresponse().read()
        except OSError:
            self.line.close()
            return None

    def post(self, path, body, kind="application/json"):
        self.line.request("POST", f"/api/v1/{path}", body, {"Content-Type": kind})
        answer = self.line.getresponse()
        said = json.loads(answer.read())
        if answer.status != http.client.OK:
            raise RigError(f"{path}: {said}")
        return said

    def scan(self, station, text):
        return self.post(f"stations/s-{station}/scan", json.dumps({"text": text}))

    def furnish(self):
        workers = "".join(f"w{i},Worker {i},W-{i},picker\n" for i in range(STATIONS))
        self.post("import/workers", f"worker,name,badge,role\n{workers}", "text/csv")
        for station in range(STATIONS):
            if not self.scan(station, f"W-{station}")["result"]["good"]:
                raise RigError(f"station {station} takes no badge")


class Pages:
    """The live streams of so many stations, read in a thread. .came: {(station, seq): when}; .events: all that came."""

    def __init__(self, port, count):
        self.came, self.events, self.ends = {}, 0, threading.Event()
        self.selector = selectors.DefaultSelector()
        self.sockets = [self.open(port, station) for station in range(count)]
        self.thread = threading.Thread(target=self.run)

    def open(self, port, station):
        page = socket.create_connection(("127.0.0.1", port))
        page.sendall(f"GET /api/v1/stations/s-{station}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        page.setblocking(False)
        self.selector.register(page, selectors.EVENT_READ, station)
        return page

    def __enter__(self):
        self.thread.start()
        wait_until(lambda: self.events >= len(self.sockets), "every page has its first view")
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()
        for page in self.sockets:
            page.close()

    def run(self):
        while not self.ends.is_set():
            for key, _ in self.selector.select(0.1):
                bytes_ = key.fileobj.recv(1 << 18)
                now = time.monotonic()
                self.events += bytes_.count(b"event: view")
                for seq in SEQ.findall(bytes_):
                    self.came.setdefault((key.data, int(seq)), now)


def latencies(site, count, scans):
    """Milliseconds of each scan; and what all pages were told meanwhile."""
    sent = {}
    with Pages(site.port, count) as pages:
        before = pages.events
        for number in range(scans):
            station, began = number % count, time.monotonic()
            sent[(station, site.scan(station, f"CMD:QTY:{number % 9 + 1}")["result"]["seq"])] = began
        wait_until(lambda: sent.keys() <= pages.came.keys(), "every scan has come to its page")
        return [(pages.came[scan] - began) * 1000 for scan, began in sent.items()], pages.events - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    scans = SCANS_SHORT if options.short else SCANS
    with tempfile.TemporaryDirectory(prefix="stations-", dir=ROOT / "build") as name:
        site = Site(pathlib.Path(name))
        try:
            site.furnish()
            alone, _ = latencies(site, 1, scans)
            together, told = latencies(site, STATIONS, scans)
        finally:
            site.line.close()
            site.program.stop()
    found = [rows.row(f"{PREFIX}scan to its page, {STATIONS} connected beside one, p50 ms", rows.share(together, 0.5), rows.share(alone, 0.5), None),
             rows.row(f"{PREFIX}scan to its page, {STATIONS} connected beside one, p99 ms", rows.share(together, 0.99), rows.share(alone, 0.99), None),
             rows.row(f"{PREFIX}scan to its page, {STATIONS} connected, p99 beside the law, ms", rows.share(together, 0.99), LAW_MS, 1.0)]
    rows.show(found)
    print(f"  {scans} scans; the pages were told {told} views meanwhile")
    if not options.short:
        rows.keep(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
