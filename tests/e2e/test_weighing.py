#!/usr/bin/env python3
"""A parcel on a real line's scale: what lies still is taken once a placing, and only when the floor asks for a weight."""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from rig.scale import Scale  # noqa: E402
from rig.worker import Worker, answer_number  # noqa: E402
from tap import Tap  # noqa: E402

EMPTY, MOVING = b"S S       0.00 g\r\n", b"S D     301.00 g\r\n"
READINGS = 3  # that agree
BOX_G = sample.BOXES[0][2]


def says(grams):
    return f"S S {grams:10.2f} g\r\n".encode()


def weight_of(order):
    return BOX_G + sum(sample.ITEM_OF[sku].weight_g for sku in order.pieces)


class Bench:
    def __init__(self, house, scale, orders):
        self.house, self.scale, self.orders = house, scale, orders
        self.worker = Worker(house, orders)

    def pack_to(self, step):
        while self.house.view()["step"] != step:
            if not self.worker.step():
                raise RigError(f"the worker never came to {step}")

    def put(self, reading):
        """On the pan; returns the view once the floor has said something of it."""
        before = answer_number(self.house.view())
        self.scale.answer = reading

        def heard():
            view = self.house.view()
            return view if answer_number(view) != before else None
        return wait_until(heard, f"the floor's answer to {reading!r}")

    def shows(self, reading):
        """Until it has been read often enough to be taken, if it were to be."""
        asked = self.scale.asked
        self.scale.answer = reading
        wait_until(lambda: self.scale.asked > asked + READINGS + 1, f"the scale is asked while it shows {reading!r}")

    def events(self, kind):
        return self.house.ask(f"journal?type={kind}")[1]["rows"]


def a_supervisor_sets_it(bench):
    refused = bench.house.ask("asks/setting.set", {"name": "weigh_parcels", "value": 1})
    if refused[0] != 400 or refused[1]["error"]["code"] != "E18":
        yield f"without a supervisor's badge: {refused}"
    badge = sample.WORKERS[2][2]
    if bench.house.ask("asks/setting.set", {"name": "weigh_parcels", "value": 9, "badge": badge})[0] != 400:
        yield "a value out of range was taken"
    status, answer = bench.house.ask("asks/setting.set", {"name": "weigh_parcels", "value": 1, "badge": badge})
    if status != 200:
        yield f"it was not set: {answer}"


def nobody_asks(bench):
    """While pieces are picked and checked, what lies on the scale is nobody's business."""
    bench.worker.step()
    number = answer_number(bench.house.view())
    bench.shows(says(500))
    bench.shows(EMPTY)
    if answer_number(bench.house.view()) != number or bench.events("scan.rejected"):
        yield "a weight that nobody asked for left something behind"
    bench.pack_to("pack.weigh")


def only_what_lies_still(bench):
    number = answer_number(bench.house.view())
    for reading in (MOVING, b"S +\r\n", EMPTY):
        bench.shows(reading)
    if answer_number(bench.house.view()) != number:
        yield "something that is no weight was taken for one"


def a_wrong_weight_and_the_right_one(bench):
    right = weight_of(bench.orders[0])
    result = bench.put(says(right - 130))["result"]
    if result["good"] or result["code"] != "E13" or f"{right - 130} g" not in result["text"]["en"]:
        yield f"130 g are missing: {result}"
    number = answer_number(bench.house.view())
    bench.shows(says(right - 130))
    if answer_number(bench.house.view()) != number:
        yield "the same was told twice though nobody touched it"
    bench.shows(EMPTY)
    view = bench.put(says(right + 3))
    if view["step"] != "pack.label" or not view["result"]["good"]:
        yield f"the right weight: {view['step']} {view['result']}"
    weighed = bench.events("parcel.weighed")
    if [event["data"]["weight_g"] for event in weighed] != [right + 3]:
        yield f"parcel.weighed: {weighed}"


def it_lies_there_already(bench):
    """The next parcel stands on the scale before its box is scanned: it is not put there twice."""
    bench.pack_to("menu")
    bench.shows(EMPTY)
    bench.pack_to("pack.box")
    right = weight_of(bench.orders[1])
    bench.shows(says(right))
    bench.worker.step()
    wait_until(lambda: bench.house.view()["step"] == "pack.label", "the weight that lies there is taken")


def what_was_used_is_not_used_again(bench):
    """Nobody took the last parcel off: the third one is not weighed by it."""
    bench.pack_to("menu")
    bench.pack_to("pack.weigh")
    bench.shows(bench.scale.answer)
    if bench.house.view()["step"] != "pack.weigh":
        yield "a parcel was weighed by the one before"
    bench.shows(EMPTY)
    bench.put(says(weight_of(bench.orders[2])))
    if bench.house.view()["step"] != "pack.label":
        yield f"the third one: {bench.house.view()['result']}"


STORIES = [
    ("a supervisor says that parcels are weighed", a_supervisor_sets_it),
    ("a weight that nobody asks for leaves nothing behind", nobody_asks),
    ("what moves, is too heavy or is nothing is no weight", only_what_lies_still),
    ("a wrong weight is refused once, the right one closes the parcel", a_wrong_weight_and_the_right_one),
    ("what lies there already is taken when the box is scanned", it_lies_there_already),
    ("one placing weighs one parcel", what_was_used_is_not_used_again),
]


def protect(story, bench):
    try:
        yield from story(bench) or ()
    except (RigError, KeyError) as fault:
        yield from f"{type(fault).__name__} {fault}".splitlines()


def main():
    tap, scale, orders = Tap(), Scale(EMPTY), sample.orders(3)
    try:
        with tempfile.TemporaryDirectory(prefix="floorhand-") as name, \
                House(pathlib.Path(name), more=f"scale = {scale.address}\nscale_protocol = mt-sics\n") as house:
            house.open(orders)
            bench = Bench(house, scale, orders)
            for name, story in STORIES:
                tap.check(name, protect(story, bench))
            if tap.failed:
                print("# " + "\n# ".join(house.daemon.tail(30).splitlines()))
            tap.check("every program stops when asked", house.stop())
    finally:
        scale.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
