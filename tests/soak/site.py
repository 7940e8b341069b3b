"""The warehouse of a busy day: the house of the other tests with four stations, troubled printers, a scale, and a network between link
and broker that can be made bad. Decides nothing about what happens on that day."""

import threading

from fault import proxy
from rig import sample
from rig.devices import Scanner
from rig.house import House
from rig.process import free_port, must, wait_until
from rig.scale import Scale
from rig.troubled_printers import TroubledPrinter

from soak import people

BENCHES = ("bench-1", "bench-2")
EXTRA = [("W-101", "包一", "BADGE-101", "supervisor"), ("W-102", "包二", "BADGE-102", "supervisor"), ("W-103", "收货", "BADGE-103", "supervisor"),
         ("W-104", "退货", "BADGE-104", "supervisor")]
PLACES = [("DOCK-1", "dock", 5, "")] + [(code, "reserve", 200 + number, "") for number, code in enumerate(people.BINS)]


class Printers:
    """All of them, as one tray."""

    def __init__(self, some):
        self.all = some

    @property
    def labels(self):
        return [label for printer in self.all.values() for label in printer.labels]

    def codes(self):
        return [code for printer in self.all.values() for code in printer.codes()]

    def close(self):
        for printer in self.all.values():
            printer.close()


class Site(House):
    """.orders, .left and .reprints are what the people have in common: orders by number, those that left, in their order, and how
    often a label was asked for again."""

    def __init__(self, folder):
        self.scale = Scale(people.EMPTY_PAN)
        self.scanners = {station: Scanner() for station in BENCHES}
        own = {station: TroubledPrinter() for station in BENCHES}
        super().__init__(folder, page_port=free_port(), scanner=lambda: self.scanners[BENCHES[0]],
                         more=f"[station bench-2]\nname = Bench 2\nscanner = stream:{self.scanners['bench-2'].path}\n{Scanner.options}"
                              f"printer = {own['bench-2'].address}\nscale = {self.scale.address}\nscale_protocol = mt-sics\n\n"
                              "[station dock-1]\nname = Dock\n\n[station return-1]\nname = Returns\n")
        self.printer.close()
        self.printer = Printers(own)
        config = self.folder / "floorhandd.ini"
        first = config.read_text().partition("[station bench-2]")
        config.write_text(first[0].rpartition("printer = ")[0] + f"printer = {own['bench-1'].address}\n\n" + first[1] + first[2])
        self.proxy = proxy.Proxy(self.broker.port)
        link = self.folder / "link.ini"
        link.write_text(link.read_text().replace(f"port = {self.broker.port}", f"port = {self.proxy.port}"))
        self.orders, self.begun, self.left, self.reprints = {}, set(), [], {}
        self.gates = {carrier: threading.Lock() for carrier in sample.GATES}
        self.over, self.closing = threading.Event(), False
        self.pause = 0.0  # between two scans of a person
        self.cuts = 0
        self.starts = {"floorhandd": 1, "floorhand-link": 1, "floorhand-hq": 1}

    def __exit__(self, *reason):
        self.over.set()
        try:
            super().__exit__(*reason)
        finally:
            for closed in (self.proxy, self.scale, self.scanners["bench-2"]):
                closed.close()

    @property
    def programs(self):
        return {"floorhandd": self.daemon, "floorhand-link": self.link, "floorhand-hq": self.hq}

    def open_the_day(self):
        """Programs run, shelves are full, and parcels are weighed where there is a scale."""
        self.add_site()
        self.import_master()
        for what, rows in (("items", [("sku", "name", "weight_g", "gtin"), people.SPARE_ROW]), ("locations", [("code", "kind", "walk", "carrier"), *PLACES]),
                           ("workers", [("worker", "name", "badge", "role"), *EXTRA])):
            path = sample._write(self.folder / f"more-{what}.csv", rows[0], rows[1:])
            self.hq_run("import", what, path)
        self.start()
        wait_until(lambda: self.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"), "the site has the master data", 60)
        self.import_stock()
        self.command("floorhand", "import", "stock", "--url", self.page_url,
                     sample._write(self.folder / "spares.csv", ("location", "sku", "quantity"), [(people.BINS[0], people.SPARE.sku, people.SPARES)]))
        self.ask("asks/setting.set", {"name": "weigh_parcels", "value": 1, "badge": EXTRA[0][2]})

    def shipped_now(self, some):
        self.left += some

    def people(self):
        inbound, returns = people.Inbound(self, EXTRA[2][2]), people.Returns(self, EXTRA[3][2])
        packers = [people.Packing(self, people.Fulfiller(self, station, EXTRA[number][2], sample.TOTES[20 * number:20 * number + 20],
                                                         self.printer.all[station], self.scale if number else None))
                   for number, station in enumerate(BENCHES)]
        return packers, inbound, returns

    def backup(self, program, *arguments):
        must([self.bin / program, *arguments], seconds=120)

    # ------------------------------------------------------------ what befalls it

    def again(self, name):
        """A program that has ended is started."""
        self.starts[name] += 1
        self.programs[name].start()

    def cut_power(self):
        """The box is gone between two instructions, daemon and link, and comes back."""
        self.cuts += 1
        self.daemon.kill()
        self.link.kill()
        self._back()

    def update(self):
        """As the package does it: stopped and started."""
        self.cuts += 1
        self.link.stop()
        self.daemon.stop()
        self._back()

    def _back(self):
        for scanner in self.scanners.values():
            scanner.unplug()
        self.starts["floorhandd"] += 1
        self.start_daemon()
        self.again("floorhand-link")
        self.cuts += 1  # what was sent meanwhile has no answer either

    def kill_link(self):
        self.link.kill()
        self.again("floorhand-link")

    def kill_office(self):
        self.hq.kill()

    def start_office(self):
        self.again("floorhand-hq")
