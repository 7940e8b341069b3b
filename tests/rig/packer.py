"""A packer who stays before one parcel, so that its label can be asked for as often as a test likes.

Knows no printer: where labels come out is told by the station."""

from rig import sample
from rig.process import RigError, wait_until
from rig.worker import Worker


class PageScanner:
    """Types into the station's page."""

    def __init__(self, house, station):
        self.house, self.station = house, station

    def scan(self, code):
        status, answer = self.house.ask(f"stations/{self.station}/scan", {"text": code})
        if status != 200:
            raise RigError(f"the scan of {code} at {self.station}: {status} {answer}")
        return answer["result"]


class Packer:
    """Stands before a parcel whose label can be printed again and again, at whichever station the badge was scanned."""

    def __init__(self, house, number, orders, station):
        self.house, self.badge = house, sample.WORKERS[number][2]
        self.at(station)
        worker = Worker(house, orders, self.station, PageScanner(house, self.station), self.badge)
        worker.totes = sample.TOTES[10 * number:]
        while worker.look()["step"] != "pack.label":
            worker.step()
        self.waybill = worker.order.waybill

    def at(self, station):
        self.station = station
        if not PageScanner(self.house, station).scan(self.badge)["good"]:
            raise RigError(f"{self.badge} cannot sign in at {station}")
        return self

    def reprint(self):
        """As soon as the label before is no longer on its way."""
        page, said = PageScanner(self.house, self.station), []

        def taken():
            said.append(page.scan("CMD:REPRINT"))
            return said[-1]["good"]
        try:
            wait_until(taken, f"{self.station} takes REPRINT", interval=0.05)
        except RigError as fault:
            raise RigError(f"{fault}: {said[-1]['text']['en']}") from None

    @property
    def prompt(self):
        return self.house.view(self.station)["prompt"]["en"]

    def await_prompt(self, prompt, seconds=10.0):
        wait_until(lambda: self.prompt == prompt, f"{self.station} shows {prompt!r}", seconds=seconds, interval=0.02)

    def await_label(self, printer, count):
        wait_until(lambda: printer.count(self.waybill) >= count, f"label {count} of {self.waybill} at {self.station}")
