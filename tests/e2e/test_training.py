#!/usr/bin/env python3
"""One station practises while another works, with the real programs: nothing of the practice counts or leaves the site.

That every label is marked, and how, is tests/label/test_samples' to show."""

import pathlib
import re
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, command, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

BENCHES = "[station bench-2]\nname = Bench 2\n"
TRAINEE = "TRAIN-BADGE"
FIRST_PRACTICE_JOB = 1 << 40


class Station:
    """A station's page, and somebody at it who does what it asks for with practice goods."""

    def __init__(self, house, name):
        self.house, self.name = house, name
        self.picked = {}  # order number -> SKUs
        self.order = None

    def view(self):
        return self.house.view(self.name)

    def scan(self, text):
        """(result, view)"""
        status, answer = self.house.ask(f"stations/{self.name}/scan", {"text": text})
        if status != 200:
            raise RigError(f"{text} at {self.name}: {status} {answer}")
        return answer["result"], answer["view"]

    def good(self, text):
        result, view = self.scan(text)
        if not result["good"]:
            raise RigError(f"{text} at {self.name} was refused: {result}")
        return view

    def ready(self):
        return wait_until(lambda: (view := self.view())["training"] and view["flow"] != "training" and view,
                          f"{self.name} may practise", seconds=20)

    def note_order(self, view):
        for detail in view["details"]:
            if found := re.match(r"Order (\S+)", detail["en"]):
                self.order = found[1]

    def answer(self, view):
        """The next scan of an order on its way from the bin to the parcel."""
        self.note_order(view)
        kind, code = view["expect"]["kind"], view["expect"]["code"]
        if kind == "item":
            wanted = self.picked.setdefault(self.order, [])
            if view["flow"] == "pick":
                wanted.append(code)
                return sample.ITEM_OF[code].gtin
            return sample.ITEM_OF[wanted[view["progress"]["done"]]].gtin
        if kind == "waybill":
            wait_until(lambda: self.house.printer.count(self.waybill) == 1, "the practice label is printed")
            return self.waybill
        return {"location": code, "tote": "TRAIN-T01", "stage": sample.STAGE, "box": "TRAIN-BOX"}[kind]

    def walk(self, view, flow):
        while view["flow"] == flow:
            view = self.good(self.answer(view))
        return view

    @property
    def number(self):
        return int(self.order.split("-")[1])

    @property
    def waybill(self):
        return f"TRAIN{self.number:010}"

    @property
    def gate(self):
        """Practice orders take the carriers of the gates in turn."""
        return sample.GATES[sorted(sample.GATES)[self.number % len(sample.GATES)]]

    def work_one_order(self):
        self.walk(self.good("CMD:PICK"), "pick")
        self.walk(self.good("TRAIN-T01"), "pack")


def names(view):
    return [command["name"] for command in view["commands"]]


def tool(house, *words):
    return command([house.bin / "floorhand", *words, "--url", house.page_url])


def faults_of_begin(house, trainee, other):
    trainee.good(sample.WORKERS[0][2])
    view = trainee.good("CMD:TRAIN")
    if not view["training"] or view["worker"]:
        yield f"right after TRAIN: training {view['training']}, {view['worker']}"
    view = trainee.ready()
    if view["expect"]["kind"] != "badge" or names(view) != ["LIVE"]:
        yield f"it expects {view['expect']}, and takes {names(view)}"
    if other.view()["training"]:
        yield "the other station practises too"
    lesson = view["lesson"]
    if not lesson or (lesson["name"], lesson["done"]) != ("start", 0) or "TRAIN-BADGE" not in lesson["say"]["en"]:
        yield f"the first lesson is {lesson}"
    if other.view()["lesson"]:
        yield "the other station has a lesson"
    status = house.ask("status")[1]["training"]
    if status != {"state": "ready", "stations": ["bench-1"], "lessons": []}:
        yield f"status says {status}"


def faults_of_order(house, trainee):
    trainee.good(TRAINEE)
    trainee.work_one_order()
    if not house.read(f"print-jobs/{FIRST_PRACTICE_JOB + 1}/picture").startswith(b"\x89PNG"):
        yield "there is no picture of its label"
    result, _ = trainee.scan("SF9520000000001")
    if result["good"]:
        yield "a real waybill was taken"
    trainee.good(trainee.gate)
    trainee.good(trainee.waybill)
    view = trainee.good("CMD:DONE")
    if view["expect"]["kind"] != "activity":
        yield f"after the manifest it expects {view['expect']}"


def faults_of_passed(house, trainee):
    """Somebody with a badge of his own; what TRAIN-BADGE has done is nobody's."""
    lessons = pathlib.Path(__file__).resolve().parents[2] / "firmware-daemon/training/lessons"
    parts = len(re.findall(r"^\[(?:step|try) ", (lessons / "start.lesson").read_text(encoding="utf-8"), re.MULTILINE))
    trainee.good("CMD:LOGOUT")
    trainee.scan("nonsense")
    trainee.good(sample.WORKERS[0][2])
    trainee.scan("nonsense")
    trainee.scan("CMD:SKIP")
    rows = wait_until(lambda: house.hq_rows("SELECT worker, lesson, steps FROM training"), "head office has it", seconds=20)
    if (sample.WORKERS[0][0], "start", parts) not in rows or any(row[0].startswith("TRAIN") for row in rows):
        yield f"head office has {rows}"
    trainee.good("CMD:LOGOUT")
    trainee.good(TRAINEE)


def faults_of_more(trainee):
    result, view = trainee.scan("CMD:TRAIN")
    if not result["good"] or "6 practice orders" not in result["text"]["en"]:
        yield f"heard {result}"
    if "11 orders wait" not in view["details"][0]["en"]:
        yield f"seen {view['details']}"


def faults_of_opaque(house):
    status, answer = house.ask("stations/bench-1/labels", {
        "template": "opaque", "key": "o1", "data": {"language": "zpl", "bytes": "XlhBXlha"}})
    if status != 400 or "sample" not in answer["error"]["message"]:
        yield f"{status} {answer}"
    printed = len(house.printer.labels)
    status, answer = house.ask("stations/bench-1/labels", {"template": "tote", "key": "t1", "data": {"tote": "TOTE-777"}})
    if status != 200:
        yield f"a label of a tote: {status} {answer}"
    wait_until(lambda: len(house.printer.labels) > printed, "a tote's label comes out")
    if "TOTE-777" in house.printer.codes():
        yield "it can be scanned"


def faults_of_power_cut(house, trainee, other):
    trainee.good("CMD:PICK")
    view = trainee.view()
    house.power_cut()
    after = trainee.ready()
    for part in ("worker", "step", "expect"):
        if after[part] != view[part]:
            yield f"{part} was {view[part]} and is {after[part]}"
    if other.view()["training"]:
        yield "the other station practises after it"


def faults_of_lost_copy(house, trainee):
    """What is lost with the power is made anew; meanwhile nothing is taken."""
    house.daemon.kill()
    house.scanner.unplug()
    pathlib.Path(f"{house.site_db}.training").write_bytes(b"SQLite format 3\0" + b"torn" * 2000)
    house.start_daemon()
    view = trainee.ready()
    if view["expect"]["kind"] != "badge":
        yield f"a new copy begins with {view['expect']}"


def faults_of_end(house, trainee):
    trainee.good("CMD:LIVE")
    wait_until(lambda: not trainee.view()["training"], "the station works again")
    wait_until(lambda: not list(house.folder.glob("site.db.*training*")), "the copy is gone")
    view = trainee.view()
    if view["expect"]["kind"] != "badge" or "LIVE" in names(view):
        yield f"then it expects {view['expect']}, and takes {names(view)}"
    result, _ = trainee.scan(TRAINEE)
    if result["good"]:
        yield "the practice badge is good for real work"
    result, _ = trainee.scan("CMD:LIVE")
    if result["good"]:
        yield "LIVE is good where nobody practises"


def faults_of_tool(house, trainee):
    code, out, said = tool(house, "training", "start", "--station", "bench-1")
    if code != 0 or '"training":"bench-1"' not in out:
        yield f"training start: {code} {out} {said}"
    trainee.ready()
    code, out, said = tool(house, "training", "show")
    if code != 0 or '"stations":["bench-1"]' not in out:
        yield f"training show: {code} {out} {said}"
    code, out, said = tool(house, "training", "stop", "--station", "bench-1")
    if code != 0 or '"working":"bench-1"' not in out:
        yield f"training stop: {code} {out} {said}"
    wait_until(lambda: not trainee.view()["training"], "the station works again")
    code, _, said = tool(house, "training", "start", "--station", "bench-99")
    if code != 1 or "bench-99" not in said:
        yield f"of a station that is none: {code} {said}"


def faults_of_books(house, orders):
    """All that the practice did is nowhere in the books, here or at head office."""
    wait_until(lambda: house.ask("sync")[1]["outbox"]["count"] == 0, "head office has everything", seconds=20)
    told = house.hq_rows("SELECT count(*) FROM event WHERE line GLOB '*TRAIN-*' AND line NOT LIKE '%scan.rejected%'")[0][0]
    if told:
        yield f"{told} events of the practice are at head office"
    house.daemon.stop()
    for what, sql in (("orders", "SELECT count(*) FROM orders WHERE number LIKE 'TRAIN%'"),
                      ("totes", "SELECT count(*) FROM lpn WHERE code LIKE 'TRAIN%'"),
                      ("print jobs", f"SELECT count(*) FROM print_job WHERE id >= {FIRST_PRACTICE_JOB}"),
                      ("badges", "SELECT count(*) FROM worker WHERE code LIKE 'TRAIN%'"),
                      ("progress", "SELECT count(*) FROM practised")):
        if count := house.site_rows(sql)[0][0]:
            yield f"{count} {what} of the practice are in the site's database"
    shipped = sum(len(order.pieces) for order in orders)
    left = house.site_rows("SELECT sum(quantity) FROM balance b JOIN location l ON l.id = b.location WHERE l.kind = 'face'")
    if left[0][0] != sample.STOCK_PER_ITEM * len(sample.ITEMS) - shipped:
        yield f"{left[0][0]} pieces lie in the bins"


def faults_of_wrong_database(house):
    """A copy is never taken for the site's database."""
    house.start_daemon()
    Station(house, "bench-2").good(sample.WORKERS[0][2])
    Station(house, "bench-2").good("CMD:TRAIN")
    Station(house, "bench-2").ready()
    house.daemon.stop()
    copy = house.folder / "taken.db"
    source = sqlite3.connect(f"{house.site_db}.training")
    source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    source.close()
    copy.write_bytes(pathlib.Path(f"{house.site_db}.training").read_bytes())
    config = (house.folder / "floorhandd.ini").read_text().replace(str(house.site_db), str(copy))
    (house.folder / "wrong.ini").write_text(config)
    code, _, said = command([house.bin / "floorhandd", "--config", house.folder / "wrong.ini"])
    if code != 1 or "a copy for training" not in said:
        yield f"exit code {code}, {said}"


def tell(tap, folder):
    orders = sample.orders(2)
    with House(folder, more=BENCHES) as house:
        house.open(orders)
        trainee, other = Station(house, "bench-1"), Station(house, "bench-2")
        tap.check("TRAIN lets a station practise", faults_of_begin(house, trainee, other))
        worker = Worker(house, orders)
        other.good(sample.BADGE)
        other.good("CMD:PICK")
        tap.check("a practice order goes from the bin to the gate, with a label", faults_of_order(house, trainee))
        tap.check("a lesson that was practised whole is known at head office", faults_of_passed(house, trainee))
        tap.check("TRAIN again makes up more orders", faults_of_more(trainee))
        tap.check("labels that were made elsewhere are not printed in training", faults_of_opaque(house))
        tap.check("a power cut changes nothing of it", faults_of_power_cut(house, trainee, other))
        tap.check("a damaged copy is made anew", faults_of_lost_copy(house, trainee))
        tap.check("LIVE ends it", faults_of_end(house, trainee))
        tap.check("floorhand training does the same", faults_of_tool(house, trainee))
        worker.work()
        tap.check("the orders of the day are shipped", [] if len(worker.shipped) == len(orders) else ["they are not"])
        tap.check("nothing of the practice is in the books", faults_of_books(house, orders))
        tap.check("a copy is no site's database", faults_of_wrong_database(house))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder:
        try:
            tell(tap, pathlib.Path(folder))
        except (RigError, OSError, KeyError) as fault:
            tap.check("the house stands", [f"{type(fault).__name__}: {fault}"])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
