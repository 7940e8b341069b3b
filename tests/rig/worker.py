"""A worker who does what the station's screen asks for: reads the view, scans the one thing that is expected.

Knows the barcodes, the orders and the label in the printer's tray; nothing of the program's inside. What was done is
told from the screen alone, so the worker can go on after a power cut: look, and scan again only what was not taken."""

import re

from rig import sample
from rig.process import RigError, wait_until


class Refused(RigError):
    """A scan was refused; .code is the error's code."""

    def __init__(self, text, result):
        super().__init__(f"{text}: {result}")
        self.code = result["code"]


class Worker:
    def __init__(self, house, orders, station="bench-1", scanner=None, badge=sample.BADGE):
        self.house = house
        self.badge = badge
        self.scanner = scanner or house.scanner
        self.station = station
        self.orders = {order.number: order for order in orders}
        self.unpicked = len(orders)
        self.order = None  # in hand, as the screen says
        self.flow = None  # "pick", "pack" or "ship": what the screen showed last
        self.totes = list(sample.TOTES)  # free ones, the next first
        self.tote_of = {}  # order number -> tote
        self.staged = []  # order numbers
        self.labelled = []
        self.carrier = None  # of the gate we stand at
        self.loading = []  # waybills of the manifest, in the order of loading
        self.shipped = []
        self.scans = 0
        self.reprints = 0

    # ------------------------------------------------------------ the screen

    def view(self):
        return self.house.view(self.station)

    def look(self):
        """Reads the screen and remembers what it shows to have been finished; returns the view."""
        view = self.view()
        self.remember(view)
        return view

    def remember(self, view):
        """Between two calls others may scan as well, at the same station's page: what they did is not ours to finish."""
        flow = view["flow"]
        if view["expect"]["kind"] == "activity" and self.flow in self._finish:
            self._finish[self.flow](self)
        if flow in self._finish:
            self.order = self.orders.get(self._order_on(view), self.order)
        self.flow = flow

    @staticmethod
    def _order_on(view):
        found = (re.match(r"Order (\S+)", detail["en"]) for detail in view["details"])
        return next((match[1] for match in found if match), None)

    def _picked(self):
        self.unpicked -= 1
        self._stage()

    def _stage(self):
        tote = self.tote_of.get(self.order.number)
        if tote in self.totes:
            self.totes.remove(tote)
            self.staged.append(self.order)

    def _packed(self):
        if self.order in self.staged:
            self.staged.remove(self.order)
        self.labelled.append(self.order)

    def _loaded(self):
        self.shipped += self.loading
        self.labelled = [order for order in self.labelled if order not in self.loading]
        self.loading = []

    _finish = {"pick": _picked, "pack": _packed, "ship": _loaded}

    # ------------------------------------------------------------ what to scan next

    def next_code(self, view):
        """None when all work is done."""
        kind, code = view["expect"]["kind"], view["expect"]["code"]
        return self._answers[kind](self, view, code)

    def _activity(self, view, code):
        if self.staged:
            return self.tote_of[self.staged[0].number]
        if self.unpicked:
            return "CMD:PICK"
        if self.labelled:
            self.carrier = self.labelled[0].carrier
            self.loading = [order for order in self.labelled if order.carrier == self.carrier]
            return sample.GATES[self.carrier]
        return None

    def _item(self, view, code):
        if code:
            return sample.ITEM_OF[code].gtin
        return sample.ITEM_OF[self.order.pieces[view["progress"]["done"]]].gtin

    def _tote(self, view, code):
        return self.tote_of.get(self.order.number, self.totes[0])

    def _waybill(self, view, code):
        """Sticks the label on and scans it; asks for another when the screen doubts and there is none in the tray."""
        def label_or_doubt():
            if self.house.printer.count(self.order.waybill):
                return self.order.waybill
            return "CMD:REPRINT" if "REPRINT" in self.view()["prompt"]["en"] else None
        scan = wait_until(label_or_doubt, f"the label of {self.order.number}")
        self.reprints += scan == "CMD:REPRINT"
        return scan

    def _parcel(self, view, code):
        count = next(int(found[1]) for detail in view["details"]
                     if (found := re.search(r"(\d+) parcels so far", detail["en"])))
        return self.loading[count].waybill if count < len(self.loading) else "CMD:DONE"

    _answers = {
        "badge": lambda self, view, code: self.badge,
        "activity": _activity,
        "location": lambda self, view, code: code,
        "item": _item,
        "tote": _tote,
        "stage": lambda self, view, code: sample.STAGE,
        "box": lambda self, view, code: sample.BOX,
        "waybill": _waybill,
        "parcel": _parcel,
    }

    # ------------------------------------------------------------ scanning

    def send(self, code):
        """The bytes leave the scanner; nobody waits for an answer."""
        self.scans += 1
        if self.flow == "pick" and code in self.totes:
            self.tote_of[self.order.number] = code
        self.scanner.scan(code)

    def scan(self, code):
        """Returns the view after the answer; Refused when the answer is a refusal."""
        before = answer_number(self.view())
        self.send(code)

        def answered():
            view = self.view()
            return view if answer_number(view) != before else None
        view = wait_until(answered, f"an answer to the scan of {code}")
        if not view["result"]["good"]:
            raise Refused(f"the scan of {code} was refused", view["result"])
        return view

    def step(self):
        """One scan; False when there is nothing left to do."""
        code = self.next_code(self.look())
        if code is None:
            return False
        self.scan(code)
        return True

    def work(self):
        while self.step():
            pass


def answer_number(view):
    return view["result"]["seq"] if view.get("result") else None
