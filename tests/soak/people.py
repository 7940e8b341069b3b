"""The people of a busy day, each in a thread of his own at a station of his own: two who pick, pack and ship (one of them weighs), one
who receives, puts away, moves and counts, one who takes returns in. Each does what his screen asks for, and can go on after a
power cut: he looks, and scans again only what was not taken. Knows nothing of the program's inside, and keeps books of his own."""

import collections
import http.client
import threading

from rig import sample
from rig.packer import PageScanner
from rig.process import RigError
from rig.worker import Refused, Worker, answer_number

SPARE = sample._item(90, "SPARE-1", "备件 Spare part", 40, "R-01")  # nobody orders it: what is moved and counted
SPARE_ROW = (SPARE.sku, SPARE.name, SPARE.weight_g, SPARE.gtin)
BINS = ("R-01", "R-02")
SPARES = 200
EMPTY_PAN = b"S S       0.00 g\r\n"
ANSWER_SECONDS = 60
LOAD_PARCELS = 6  # a van is loaded when so many stand there
RECEIVED = 60  # pieces of a delivery
RETURN_EVERY = 5  # shipped orders
SCRAP_EVERY = 4  # returned pieces
LOSS_EVERY = 3  # counts


class Cut(RigError):
    """The power went before an answer came."""


class Person(threading.Thread):
    """.idle: there was nothing to do when he last looked. rest_s: after each scan, beside the pause of the hour."""

    rest_s = 0.0

    def __init__(self, site, station):
        super().__init__(daemon=True, name=station)
        self.site, self.station = site, station
        self.idle, self.fault, self.scans = False, None, 0

    def run(self):
        while not self.site.over.is_set():
            try:
                self.idle = not self.work_once()
            except (Cut, OSError, http.client.HTTPException):
                self.site.over.wait(0.02)
            except (RigError, KeyError, TypeError, ValueError, IndexError) as fault:
                self.fault = self.fault or f"{self.station}: {type(fault).__name__}: {fault}{self.told()}"
                self.site.over.wait(0.5)
            self.site.over.wait(0.05 if self.idle else self.site.pause + self.rest_s)

    def told(self):
        """What he can say of the time before a fault."""
        return ""


class Fulfiller(Worker):
    """Picks, packs and ships. scale: None weighs nothing."""

    def __init__(self, site, station, badge, totes, printer, scale=None):
        super().__init__(site, [], station, site.scanners[station], badge)
        self.orders, self.totes, self.printer, self.scale = site.orders, list(totes), printer, scale
        self.gate = None  # whose lock is ours

    # ------------------------------------------------------------ what he remembers

    def _packed(self):
        if self.order in self.staged:
            self.staged.remove(self.order)
            self.totes.append(self.tote_of.pop(self.order.number))
        self.labelled.append(self.order)

    def _loaded(self):
        self.house.shipped_now(self.loading)
        super()._loaded()
        self.house.gates[self.gate].release()
        self.gate = None

    _finish = {"pick": Worker._stage, "pack": _packed, "ship": _loaded}

    def remember(self, view):
        super().remember(view)
        if self.order:
            self.house.begun.add(self.order.number)

    # ------------------------------------------------------------ what he does next

    def _activity(self, view, code):
        if self.staged:
            return self.tote_of[self.staged[0].number]
        waits = len(self.orders) > len(self.house.begun)
        if self.gate or len(self.labelled) >= LOAD_PARCELS or (self.labelled and not waits):
            return self._to_the_gate() or ("CMD:PICK" if waits else None)
        return "CMD:PICK" if waits else None

    def _to_the_gate(self):
        """One at a time stands there."""
        if not self.gate:
            wanted = {order.carrier for order in self.labelled}
            self.gate = next((carrier for carrier in sorted(wanted) if self.house.gates[carrier].acquire(blocking=False)), None)
            self.loading = [order for order in self.labelled if order.carrier == self.gate]
        return sample.GATES.get(self.gate)

    def _waybill(self, view, code):
        """The label from the printer's tray; None while it is not there."""
        if self.printer.count(self.order.waybill):
            return self.order.waybill
        if "REPRINT" in view["prompt"]["en"]:
            self.house.reprints[self.order.number] = self.house.reprints.get(self.order.number, 0) + 1
            return "CMD:REPRINT"
        return None

    _answers = {**Worker._answers, "activity": _activity, "waybill": _waybill,
                "command": lambda self, view, code: "CMD:EMPTY"}  # a bin whose last piece he took: so it is

    def _weigh(self, view):
        """Lays the parcel on the scale, and takes it off again once it was weighed. The pan is seen to be empty before: parcels of one
        weight would otherwise be one that lies there."""
        self._until(lambda: not self.view()["scale"]["milligrams"], "the pan is empty")
        grams = sample.BOXES[0][2] + sum(sample.ITEM_OF[sku].weight_g for sku in self.order.pieces)
        self.scale.answer = b"S S %10.2f g\r\n" % grams
        try:
            self._until(lambda: self.view()["step"] != "pack.weigh", f"{grams} g are taken")
        finally:
            self.scale.answer = EMPTY_PAN

    def _until(self, condition, what):
        cuts, waited = self.house.cuts, 0.0
        while not condition():
            if self.house.cuts != cuts or self.house.over.is_set():
                raise Cut(what)
            if waited > ANSWER_SECONDS:
                raise RigError(f"{what}: not within {ANSWER_SECONDS} s")
            self.house.over.wait(0.005)
            waited += 0.005

    def scan(self, code):
        """Returns the view after the answer. A cut between leaves open whether it was taken."""
        before, cuts = answer_number(self.view()), self.house.cuts
        self.send(code)
        self._until(lambda: answer_number(self.view()) != before, f"an answer to the scan of {code}")
        view = self.view()
        if self.house.cuts != cuts or not view["result"]:
            raise Cut(code)
        if not view["result"]["good"]:
            raise Refused(f"the scan of {code} was refused", view["result"])
        return view

    def step(self):
        view = self.look()
        if view["step"] == "pack.weigh":
            self._weigh(view)
            return True
        code = self.next_code(view)
        if code is None:
            return False
        try:
            self.scan(code)
        except Refused as refused:
            if refused.code == "E27":  # nothing is there to be picked yet
                return False
            raise
        return True


class Packing(Person):
    def __init__(self, site, worker):
        super().__init__(site, worker.station)
        self.worker = worker

    def work_once(self):
        did = self.worker.step()
        self.scans = self.worker.scans
        return did


class Clerk(Person):
    """Somebody with a telephone: what is scanned next is told by the step. ._next: step -> function of the view, which gives
    (code, what is so once it was taken)."""

    rest_s = 0.15

    def __init__(self, site, station, badge):
        super().__init__(site, station)
        self.badge, self.scanner = badge, PageScanner(site, station)
        self.open = None  # (step, effect): whether it was taken is not known
        self.plan = []
        self.last = collections.deque(maxlen=12)  # (step, code, what the screen said)

    def told(self):
        return f"; before it: {list(self.last)}; spare parts: {getattr(self, 'spares', None)}"

    def look(self):
        view = self.site.view(self.station)
        if self.open:
            (step, effect), self.open = self.open, None
            if view["step"] == step:
                self.not_known(effect)
            elif effect:
                effect()
        return view

    def not_known(self, effect):
        """A cut, and the step is the same as before: where a step leads to another one, it was not taken."""

    def scan(self, view, code, effect=None):
        """The refusal's code, None when it was good."""
        self.scans += 1
        self.open = (view["step"], effect)
        cuts = self.site.cuts
        result = self.scanner.scan(code)
        self.last.append((view["step"], code, result.get("en")))
        if self.site.cuts != cuts:
            raise Cut(code)
        self.open = None
        if result["good"]:
            if effect:
                effect()
            return None
        return result["code"]

    def work_once(self):
        view = self.look()
        if view["expect"]["kind"] == "badge":
            self.scan(view, self.badge)
            return True
        return self._next[view["step"]](self, view)

    def must(self, view, code, effect=None):
        refused = self.scan(view, code, effect)
        if refused:
            raise RigError(f"the scan of {code} at {view['step']} was refused: {refused}")
        return True


class Inbound(Clerk):
    """Receives what the shelves lack, puts it away, and moves and counts the spare parts, of which he knows how many lie where."""

    def __init__(self, site, badge):
        super().__init__(site, "dock-1", badge)
        self.spares = dict(zip(BINS, (SPARES, 0)))
        self.lost = self.counts = self.rounds = 0
        self.received, self.maybe = {}, {}  # pieces by SKU; maybe: a power cut left it open
        self.doubt = False
        self.line = self.moving = self.counted = self.place = None

    def not_known(self, effect):
        if effect and self.line and not self.moving and not self.counted:
            self.maybe[self.line.sku] = self.maybe.get(self.line.sku, 0) + RECEIVED
        self.doubt = True

    def _scarcest(self):
        left = {item.sku: self.received.get(item.sku, 0) for item in sample.ITEMS}
        for order in list(self.site.orders.values()):
            for sku, quantity in order.lines:
                left[sku] -= quantity
        return min(sample.ITEMS, key=lambda item: left[item.sku])

    # ------------------------------------------------------------ the menu

    def _menu(self, view):
        if not self.plan:
            if self.site.closing:
                return not self.scan(view, "CMD:PUTAWAY")
            self.rounds += 1
            self.plan = ["CMD:RECEIVE", "CMD:PUTAWAY", "CMD:MOVE", "CMD:COUNT"]
        self.line = self.moving = self.counted = None
        self.doubt = False
        wanted = self.plan[0]
        refused = self.scan(view, wanted)
        if refused not in (None, "E27"):
            raise RigError(f"{wanted}: {refused}")
        if wanted != "CMD:PUTAWAY" or refused:  # one thing after the other is put away
            self.plan.pop(0)
        return True

    # ------------------------------------------------------------ deliveries

    def _plate(self, view):
        return self.must(view, "CMD:LOOSE")

    def _item(self, view):
        if self.line:
            return self.must(view, "CMD:DONE")
        line = self._scarcest()
        self.must(view, f"CMD:QTY:{RECEIVED}")

        def came():
            self.received[line.sku] = self.received.get(line.sku, 0) + RECEIVED
        self.line = line
        return self.must(view, line.gtin, came)

    def _confirm(self, view):
        return self.must(view, "CMD:DONE")

    def _fetch(self, view):
        """The loose goods at the dock, one kind a delivery; tried in turn where the screen does not name them."""
        wanted = sample.ITEM_OF.get(view["expect"]["code"])
        for item in [wanted] if wanted else sample.ITEMS:
            self.must(self.look(), f"CMD:QTY:{RECEIVED}")
            if not self.scan(view, item.gtin):
                return True
            self.must(self.look(), "CMD:UNDO")
        return self.must(self.look(), "CMD:DONE")

    def _put(self, view):
        return self.must(view, view["expect"]["code"])

    # ------------------------------------------------------------ spare parts

    def _from(self, view):
        if self.moving:
            self.moving = None
            return self.must(view, "CMD:DONE")
        here, there = sorted(BINS, key=lambda code: -self.spares[code])
        self.moving = [here, there, 1 + self.rounds % 20, False]
        return self.must(view, here)

    def _move_item(self, view):
        here, there, count, taken = self.moving

        def put():
            self.spares[here] -= count
            self.spares[there] += count
        if self.doubt or taken:  # with empty hands it is refused, and the goods are taken once more
            self.doubt = False
            refused = self.scan(view, there, put)
            if refused and refused != "E22":
                raise RigError(f"{count} spare parts into {there}: {refused}")
            self.moving[3] = False
            return True
        self.must(view, f"CMD:QTY:{count}")
        self.must(view, SPARE.gtin)
        self.moving[3] = True
        return True

    def _place(self, view):
        if self.doubt:
            self.doubt = False
            return self.must(view, "CMD:SKIP")
        self.counted = None
        self.place = view["expect"]["code"] or max(BINS, key=lambda code: self.spares[code])  # one that was left goes first
        return self.must(view, self.place)

    def _count(self, view):
        """Now and then a piece is broken since, and the count says so."""
        if self.doubt:  # begun again
            self.doubt, self.counted = False, None
            return self.must(view, "CMD:SKIP")
        place = self.place
        broken = self.counts % LOSS_EVERY == LOSS_EVERY - 1 and self.spares[place] > 0

        def booked():
            self.counts += 1
            self.spares[place] -= broken
            self.lost += broken
        if self.counted:
            return self.must(view, place, booked)
        if self.spares[place] == broken:
            return self.must(view, "CMD:EMPTY", booked)
        self.must(view, f"CMD:QTY:{self.spares[place] - broken}")
        self.must(view, SPARE.gtin)
        self.counted = place
        return True

    _next = {"menu": _menu, "receive.plate": _plate, "receive.item": _item, "receive.confirm": _confirm, "putaway.fetch": _fetch,
             "putaway.location": _put, "move.from": _from, "move.item": _move_item, "count.location": _place, "count.item": _count}


class Returns(Clerk):
    """Takes refused parcels in, and grades each piece: back to its shelf, or to scrap."""

    def __init__(self, site, badge):
        super().__init__(site, "return-1", badge)
        self.pieces, self.graded, self.order = [], 0, None
        self.back, self.opened = {}, 0  # pieces by SKU that lie on their shelf again

    def _menu(self, view):
        if len(self.site.left) // RETURN_EVERY <= self.opened:
            return False
        self.order = self.site.left[self.opened * RETURN_EVERY]
        self.pieces = list(self.order.pieces)

        def opened():
            self.opened += 1
        return self.must(view, self.order.waybill, opened)

    def _intact(self, view):
        return self.must(view, "CMD:INTACT")

    def _grade(self, view):
        if not self.scan(view, sample.ITEM_OF[self.pieces[0]].gtin):
            return True
        self.pieces.append(self.pieces.pop(0))  # all of this item are graded: the next one
        return True

    def _done(self):
        self.graded += 1

    def _mark(self, view):
        grade = "D" if self.graded % SCRAP_EVERY == SCRAP_EVERY - 1 else "A"
        return self.must(view, f"CMD:GRADE:{grade}", self._done if grade == "D" else None)

    def _shelf(self, view):
        sku = self.pieces[0]

        def lies():
            self.back[sku] = self.back.get(sku, 0) + 1
            self._done()
        return self.must(view, sample.ITEM_OF[sku].location, lies)

    _next = {"menu": _menu, "return.item": _intact, "return.grade": _grade, "return.mark": _mark, "return.put_a": _shelf}
