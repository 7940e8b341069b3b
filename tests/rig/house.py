"""One warehouse on one machine: a private broker, head office, the link, the daemon, a scanner and a printer.

Everything listens on the loopback interface only and lives in one folder. Does not decide what is scanned (worker does)."""

import contextlib
import http.client
import itertools
import json
import os
import pathlib
import re
import signal
import sqlite3
import time
import urllib.request

from rig import database, sample
from rig.devices import Printer, Scanner
from rig.process import Program, RigError, command, free_port, listens, must, wait_until

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SITE, BOX = "hz-07", "box-hz07"
PROGRAMS = ("floorhandd", "floorhand-link", "floorhand-hq", "floorhand")


def programs_folder():
    return (ROOT / os.environ.get("OUT", "build")).resolve()


class Broker:
    def __init__(self, folder):
        self.port = free_port()
        config = folder / "mosquitto.conf"
        own_user = "user root\n" if os.getuid() == 0 else ""  # started by root it would look for its own user
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
                          f"log_dest stderr\n{own_user}")
        self.program = Program("mosquitto", ["mosquitto", "-c", config], folder)

    def start(self):
        self.program.start()
        wait_until(lambda: listens(self.port) or not self.program.running, "the broker answers")
        if not self.program.running:
            raise RigError(f"mosquitto did not start; is it installed? (make deps)\n{self.program.tail()}")

    def kill(self):
        self.program.kill()

    def stop(self):
        self.program.stop()


class House:
    """Use it in a with statement: whatever happens inside, nothing is left running."""

    def __init__(self, folder, page_port=0, on_label=None, scanner=Scanner, more="", site="",
                 hq_db=None, office_port=None, sign_in="open"):
        """Of the configuration: more, further stations behind bench-1; site, further lines of the site. hq_db: a URL of
        PostgreSQL. office_port: of head office's pages; None: there are none, 0: any free one. sign_in: whether
        people must sign in at the box's pages, required or open."""
        self.folder = pathlib.Path(folder).resolve()  # sd_notify(3) takes absolute paths only
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bin = programs_folder()
        missing = [name for name in PROGRAMS if not (self.bin / name).exists()]
        if missing:
            raise RigError(f"{', '.join(missing)} not built under {self.bin}: run make first")
        self.site_db = self.folder / "site.db"
        self.hq_db = hq_db or self.folder / "head-office.db"
        self.scanner = scanner()
        self.printer = Printer(on_label)
        self.broker = Broker(self.folder)
        self.wanted_port = page_port
        self.more, self.site, self.sign_in = more, site, sign_in
        self.page_port = None
        self._write_configs()
        self.daemon = Program("floorhandd", [self.bin / "floorhandd", "--config", self.folder / "floorhandd.ini"],
                              self.folder, notifies=True)
        self.link = Program("floorhand-link", [self.bin / "floorhand-link", "--config", self.folder / "link.ini"],
                            self.folder)
        listen = None if office_port is None else f"127.0.0.1:{office_port or free_port()}"
        self.office_url = f"http://{listen}"
        self.hq = Program("floorhand-hq", self.hq_argv("serve", "--host", "127.0.0.1", "--port", self.broker.port,
                                                       *(("--listen", listen) if listen else ())), self.folder)

    def _write_configs(self):
        socket = self.folder / "link.sock"
        (self.folder / "floorhandd.ini").write_text(
            f"[site]\nid = {SITE}\nbox = {BOX}\ndatabase = {self.site_db}\nlink_socket = {socket}\n"
            f"sign_in = {self.sign_in}\ntool_key = {self.folder}/tool.key\n"
            f"address = 127.0.0.1\nport = {self.wanted_port}\n{self.site}\n"
            f"[station bench-1]\nname = Bench 1\nscanner = stream:{self.scanner.path}\n{self.scanner.options}"
            f"printer = stream:{self.printer.path}\n\n{self.more}")
        (self.folder / "link.ini").write_text(
            f"[link]\nsite = {SITE}\nbox = {BOX}\nsocket = {socket}\nhost = 127.0.0.1\nport = {self.broker.port}\n"
            f"backoff_ms = 50\nbackoff_max_ms = 400\n")

    def hq_argv(self, *arguments):
        return [self.bin / "floorhand-hq", *arguments, "--database", self.hq_db]

    def hq_run(self, *arguments):
        return must(self.hq_argv(*arguments))

    # ------------------------------------------------------------ coming and going

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        faults = self.stop()
        self.scanner.close()
        self.printer.close()
        if faults and kind is None:
            raise RigError("\n".join(faults))

    def start(self):
        self.broker.start()
        self.hq.start()
        self.start_daemon()
        self.link.start()
        return self

    def start_daemon(self):
        said = len(self.daemon.log())
        self.daemon.start()
        found = wait_until(lambda: re.search(r"http://127\.0\.0\.1:(\d+)/", self.daemon.log()[said:]),
                           "the daemon says where its page is")
        self.page_port = int(found[1])

    def power_cut(self):
        """The daemon is gone between two instructions, and comes back."""
        self.daemon.kill()
        self.scanner.unplug()
        self.start_daemon()

    def stop(self):
        """Stops everything; returns what was wrong with how it stopped."""
        faults = []
        for program in (self.link, self.daemon, self.hq, self.broker.program):
            try:
                code = program.stop()
            except RigError as fault:
                faults.append(str(fault))
                continue
            if code not in (None, 0, -signal.SIGKILL):
                faults.append(f"{program.name} ended with {code}:\n{program.tail()}")
            if re.search(r"Sanitizer|runtime error:", program.log()):
                faults.append(f"{program.name}: the sanitiser found something:\n{program.tail(60)}")
        return faults

    def open(self, orders):
        """The first morning: everything runs, the site has its data and stock, and the orders wait to be picked."""
        self.add_site()
        self.import_master()
        self.start()
        wait_until(lambda: self.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"),
                   "the site has the master data", seconds=20)
        self.import_stock()
        self.release(orders)
        wait_until(lambda: self.hq_rows("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM orders WHERE state <> 'allocated')"),
                   "the site has promised stock to every order", seconds=20)

    # ------------------------------------------------------------ data in and out

    def add_site(self):
        self.hq_run("site", "add", SITE, "--box", BOX, "--name", "杭州七号仓 Hangzhou 7")

    def import_master(self):
        for what, path in sample.write_master(self.folder):
            self.hq_run("import", what, path, *(["--site", SITE] if what == "locations" else []))

    def import_stock(self):
        return must([self.bin / "floorhand", "import", "stock", "--url", self.page_url,
                     sample.write_stock(self.folder / "stock.csv")])

    def import_workers(self):
        """Without head office."""
        path = dict(sample.write_master(self.folder))["workers"]
        return must([self.bin / "floorhand", "import", "workers", "--url", self.page_url, path])

    def release(self, some):
        self.hq_run("import", "orders", sample.write_orders(self.folder / f"orders-{some[0].number}.csv", some))
        self.hq_run("release", "--site", SITE, "--all")

    @property
    def page_url(self):
        return f"http://127.0.0.1:{self.page_port}"

    def ask(self, path, body=None):
        """(status, answer): GET, or POST of the body as JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.page_port, timeout=10)
        try:
            if body is None:
                connection.request("GET", f"/api/v1/{path}")
            else:
                connection.request("POST", f"/api/v1/{path}", json.dumps(body), {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def read(self, path):
        """What is no JSON."""
        with urllib.request.urlopen(f"{self.page_url}/api/v1/{path}", timeout=10) as answer:
            return answer.read()

    def view(self, station="bench-1"):
        status, view = self.ask(f"stations/{station}")
        if status != 200:
            raise RigError(f"the view of {station}: {status} {view}")
        return view

    @contextlib.contextmanager
    def views(self, station="bench-1", seconds=20):
        """An iterator over what a page of this station gets, as it comes, for so long."""
        end = time.monotonic() + seconds
        with urllib.request.urlopen(f"{self.page_url}/api/v1/stations/{station}/events", timeout=seconds) as stream:
            lines = itertools.takewhile(lambda _: time.monotonic() < end, stream)  # the signs of life are lines too
            yield (json.loads(line[len(b"data:"):]) for line in lines if line.startswith(b"data: {"))

    def hq_rows(self, sql, *values):
        return database.rows(self.hq_db, sql, *values)

    def site_rows(self, sql, *values):
        """Only while the daemon is down: it keeps its database to itself."""
        connection = sqlite3.connect(self.site_db)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def command(self, *arguments):
        return command([self.bin / arguments[0], *arguments[1:]])
