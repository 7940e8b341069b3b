#!/usr/bin/env python3
"""How long it takes from a scan on the floor until the platform is told what may be sold now: a scanner, floorhandd, floorhand-link, a
broker, floorhand-hq serve, floorhand-hq shops run, and a shop that is nothing but a server that looks at its clock. Beside it the same
way without anything of ours: a message, one committed row, one call.

push.py [--short] [--scans N] [--only sqlite|postgres]"""

import argparse
import contextlib
import http.server
import json
import pathlib
import random
import re
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402
from bench.sync import broker_in, kinds, running  # noqa: E402
from rig import sample  # noqa: E402
from rig.house import SITE, House, programs_folder  # noqa: E402
from rig.listener import Listener  # noqa: E402
from rig.process import Program, wait_until  # noqa: E402

PREFIX = "scan to platform: "
LAW_S = 2  # what head office promises for a status, and so for this too
ITEM = sample.ITEMS[0]
LISTING, VARIATION = 1001, 5001


class Shop:
    """Tells of no orders; .told is when what was put to it last came, and what it was."""

    def __init__(self):
        shop = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):  # noqa: N802 - the library's name
                self.answer(b"[]" if "/orders" in self.path else b'{"id": %d, "stock_quantity": %d}' % (VARIATION, shop.pieces))

            def do_PUT(self):  # noqa: N802
                now = time.monotonic()
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                shop.pieces = said["stock_quantity"]
                shop.told[shop.pieces] = now
                self.answer(b'{"id": %d}' % VARIATION)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                """Whoever called is gone."""

        self.told, self.pieces = {}, 0
        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def heard(self, pieces):
        return wait_until(lambda: self.told.get(pieces), f"the shop is told that {pieces} may be sold", seconds=60, interval=0.001)


def do(house, verb, **fields):
    return house.hq_run("do", verb, *(f"{name}={value}" for name, value in fields.items()))


def furnish(house, shop):
    """One item is for sale in the shop; and goods may come in."""
    house.add_site()
    house.import_master()
    path = house.folder / "dock.csv"
    path.write_text("code,kind,walk,carrier\nDOCK-1,dock,5,\n")
    house.hq_run("import", "locations", path, "--site", SITE)
    house.start()
    wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"), "the site has the data", seconds=20)
    do(house, "shop.add", shop="woo", platform="woocommerce", app_key="key", app_secret="secret", gateway=shop.url, carrier="SF",
       poll_s=1, history_days=1, offers=1)
    do(house, "listing.map", shop="woo", item=LISTING, platform_sku=VARIATION, sku=ITEM.sku)
    do(house, "shop.start", shop="woo")


def scan(house, text):
    """Until the station shows what came of it."""
    before = house.view()["result"]
    house.scanner.scan(text)
    wait_until(lambda: house.view()["result"] != before, f"{text} is answered")


def ours(folder, kind, scans):
    """Seconds of each scan of goods that come in."""
    with Shop() as shop, House(folder, hq_db=kind.new() if kind.name == "PostgreSQL" else None) as house:
        furnish(house, shop)
        shops = Program("shops", house.hq_argv("shops", "run", "--call-s", "5"), house.folder, notifies=True)
        with running(shops):
            for text in (sample.BADGE, "CMD:RECEIVE", sample.TOTES[0]):
                scan(house, text)
            scan(house, ITEM.gtin)
            shop.heard(1)
            took = []
            for pieces in range(2, scans + 2):
                time.sleep(random.uniform(0.2, 0.7))  # at any moment of the programs' clocks
                began = time.monotonic()
                house.scanner.scan(ITEM.gtin)
                took.append(shop.heard(pieces) - began)
        return took


def bare(folder, kind, scans):
    folder.mkdir(parents=True)
    with Shop() as shop, broker_in(folder) as broker:
        chain = Program("chain", [programs_folder() / "floorhand-office-bench", "chain", broker.port, kind.new(), shop.url + "/stock"],
                        folder)
        with running(chain):
            wait_until(lambda: "ready" in chain.log() or not chain.running, "the bare chain listens", seconds=30)
            listener = Listener(broker.port, "bench/none")
            took = []
            for pieces in range(1, scans + 1):
                time.sleep(random.uniform(0.05, 0.1))
                began = time.monotonic()
                listener.publish("bench/up", json.dumps({"stock_quantity": pieces}).encode())
                took.append(shop.heard(pieces) - began)
            listener.close()
    return took


def milliseconds(some):
    return f"median {statistics.median(some) * 1e3:.1f} ms, {min(some) * 1e3:.1f} to {max(some) * 1e3:.1f}"


def measure(folder, kind, scans):
    ours_s, bare_s = ours(folder / "house", kind, scans), bare(folder / "bare", kind, scans)
    print(f"# {kind.name}: {scans} scans: {milliseconds(ours_s)}; bare chain: {milliseconds(bare_s)}", file=sys.stderr, flush=True)
    return [rows.row(f"{PREFIX}median ms, {kind.name} (bare chain)", statistics.median(ours_s) * 1e3, statistics.median(bare_s) * 1e3,
                     None),
            rows.row(f"{PREFIX}worst ms, {kind.name} (bare chain)", max(ours_s) * 1e3, max(bare_s) * 1e3, None),
            rows.row(f"{PREFIX}worst ms, {kind.name} (to {LAW_S} s)", max(ours_s) * 1e3, LAW_S * 1e3, 1.0)]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true", help="seconds; it proves only that it works")
    options.add_argument("--scans", type=int, default=48)
    options.add_argument("--only", choices=("sqlite", "postgres"))
    said = options.parse_args()
    build = pathlib.Path(__file__).resolve().parent.parent.parent / "build"
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as name, contextlib.ExitStack() as stack:
        folder = pathlib.Path(name)
        for kind in stack.enter_context(kinds("sqlite" if said.short else said.only, folder)):
            found += measure(folder / re.sub("[^a-z]", "", kind.name.lower()), kind, 4 if said.short else said.scans)
    return rows.conclude(found, not said.short and not said.only)


if __name__ == "__main__":
    sys.exit(main())
