"""A warehouse that is worked in all the time, with a network between its link and the broker that can be made bad.

Knows how to measure what the programs use; decides nothing about what is done to them."""

import os
import pathlib
import random
import statistics
import threading
import time

from rig import sample
from rig.books import all_faults
from rig.house import SITE, House
from rig.process import RigError, free_port, must, wait_until
from rig.worker import Worker

from fault.proxy import Proxy

TICK = os.sysconf("SC_CLK_TCK")
PAUSE = 0.01  # between two scans: busier than any station
ORDERS = 10


class Fault(House):
    """link: lines of the link's configuration, the last word of each option. tls: between link and broker."""

    def __init__(self, folder, tls=False, **link):
        super().__init__(folder)
        self.proxy = Proxy(self._open_tls() if tls else self.broker.port)
        self.set_link(host="localhost" if tls else "127.0.0.1", port=self.proxy.port,
                      **({"ca_file": self.folder / "ca.pem"} if tls else {}), **link)
        self.orders = sample.orders(ORDERS)

    def __exit__(self, *reason):
        try:
            super().__exit__(*reason)
        finally:
            self.proxy.close()

    def set_link(self, **options):
        """Read when the link starts."""
        lines = (self.folder / "link.ini").read_text().splitlines()
        kept = [line for line in lines if line.partition(" = ")[0] not in options]
        (self.folder / "link.ini").write_text("\n".join(kept + [f"{name} = {value}" for name, value in options.items()]))

    def _open_tls(self):
        """The broker listens for TLS beside; returns that port."""
        port = free_port()
        write_certificates(self.folder)
        with open(self.folder / "mosquitto.conf", "a") as config:
            config.write(f"listener {port} 127.0.0.1\ncafile {self.folder}/ca.pem\ncertfile {self.folder}/broker.pem\n"
                         f"keyfile {self.folder}/broker.key\ntls_version tlsv1.3\n")
        return port

    def work(self):
        self.open(self.orders)
        return Load(self)

    @property
    def last_seq(self):
        return self.ask("status")[1]["sync"]["last_seq"]

    @property
    def applied(self):
        return self.hq_rows("SELECT applied FROM site WHERE id = ?", SITE)[0][0]

    def catch_up(self, seconds):
        """Seconds until head office has what the site has now."""
        last, began = self.last_seq, time.monotonic()
        wait_until(lambda: self.applied >= last, f"head office has the site's {last} events", seconds, 0.02)
        return time.monotonic() - began


class Load(threading.Thread):
    """A worker who does the orders, and goes on scanning what is nothing until told to stop. In a with statement; what
    went wrong in it is raised there."""

    def __init__(self, house):
        super().__init__(daemon=True)
        self.house = house
        self.worker = Worker(house, house.orders)
        self.seconds = []  # each wait for an answer to a scan of nothing
        self.fault = None
        self.ending = False

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.ending = True
        self.join()
        if self.fault and kind is None:
            raise self.fault

    def run(self):
        try:
            while not self.ending:
                if not self.scans % 20:
                    self.worker.step()
                self._scan()
                time.sleep(PAUSE)
            self.worker.work()
        except (RigError, OSError) as fault:
            self.fault = fault

    def _scan(self):
        began = time.monotonic()
        status, answer = self.house.ask("stations/bench-1/scan", {"text": f"NOBODY-{self.scans}"})
        self.seconds.append(time.monotonic() - began)
        if status >= 500:
            raise RigError(f"the daemon answered a scan with {status} {answer}")

    @property
    def scans(self):
        return len(self.seconds)

    def faults(self):
        """What the books say at the end of the day."""
        return all_faults(self.house, self.house.orders, self.worker.reprints)


def write_certificates(folder):
    """An authority of our own, and a broker's certificate from it."""
    (folder / "names").write_text("subjectAltName = DNS:localhost, IP:127.0.0.1\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    must(["openssl", "req", "-x509", *key, "-keyout", folder / "ca.key", "-out", folder / "ca.pem", "-subj", "/CN=test", "-days", "30"])
    must(["openssl", "req", "-new", *key, "-keyout", folder / "broker.key", "-out", folder / "broker.csr", "-subj", "/CN=broker"])
    must(["openssl", "x509", "-req", "-in", folder / "broker.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
          "-CAcreateserial", "-out", folder / "broker.pem", "-days", "30", "-extfile", folder / "names"])


# ---------------------------------------------------------------- what a program uses


class Usage:
    """Of one running program: memory in KiB, open descriptors, seconds of a processor, signals."""

    def __init__(self, program):
        self.process = pathlib.Path(f"/proc/{program.child.pid}")

    def _status(self, name):
        fields = dict(line.split(":", 1) for line in (self.process / "status").read_text().splitlines())
        return fields[name].split()[0]

    @property
    def rss(self):
        return int(self._status("VmRSS"))

    def ignores(self, number):
        return bool(int(self._status("SigIgn"), 16) >> (number - 1) & 1)  # proc(5)

    @property
    def descriptors(self):
        return len(os.listdir(self.process / "fd"))

    @property
    def cpu(self):
        times = (self.process / "stat").read_text().rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) / TICK  # proc(5): utime, stime


def cpu_share(program, seconds):
    """Waits so long; returns which part of a processor it used."""
    usage = Usage(program)
    before, began = usage.cpu, time.monotonic()
    time.sleep(seconds)
    return (usage.cpu - before) / (time.monotonic() - began)


def middle(values):
    return statistics.median(values)


def shaken(seconds):
    time.sleep(random.uniform(0, seconds))
