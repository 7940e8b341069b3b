#!/usr/bin/env python3
"""The floor driven and looked at without any hardware: scans, questions and a supervisor's asks, by the tool and over
HTTP; and docs/openapi.yaml tells all of it."""

import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import ROOT, House  # noqa: E402
from rig.process import RigError, must  # noqa: E402
from tap import Tap  # noqa: E402

WORKER, BADGE = sample.WORKERS[1][0], sample.WORKERS[1][2]
OPENAPI = (ROOT / "docs/openapi.yaml").read_text(encoding="utf-8")


class Desk:
    """Somebody at a keyboard, with the tool."""

    def __init__(self, house):
        self.house = house

    def run(self, *words):
        """(exit code, standard output, standard error)"""
        return self.house.command("floorhand", *words, "--url", self.house.page_url)

    def rows(self, *words):
        code, out, err = self.run("show", *words, "--json")
        if code or err:
            raise RigError(f"show {' '.join(words)}: {code} {err}")
        return [json.loads(line) for line in out.splitlines()]

    def scan(self, *texts):
        return self.run("scan", "send", "--station", "bench-1", *texts)

    def expected(self):
        """The codes that the screen asks for, one after the other, until it takes several."""
        while True:
            view = self.house.view()
            code = view["expect"]["code"]
            if not code:
                return view
            self.scan(sample.ITEM_OF[code].gtin if code in sample.ITEM_OF else code)


def fill(house, orders):
    files = dict(sample.write_master(house.folder))
    files["orders"] = sample.write_orders(house.folder / "orders.csv", orders)
    for kind in ("items", "locations", "workers"):
        must([house.bin / "floorhand", "import", kind, "--url", house.page_url, files[kind]])
    house.import_stock()
    must([house.bin / "floorhand", "import", "orders", "--url", house.page_url, files["orders"]])


# ---------------------------------------------------------------- what the tool shows


def lists(desk, orders):
    rows = desk.rows("orders")
    if [row["order"] for row in rows] != [order.number for order in reversed(orders)]:
        yield f"show orders: {rows}"
    if any(secret in json.dumps(rows, ensure_ascii=False) for order in orders for secret in order.receiver):
        yield "a receiver stands in an answer"
    if [row["order"] for row in desk.rows("orders", f"order={orders[0].number}", "state=allocated")] != [orders[0].number]:
        yield "two filters do not find the order"
    if len(desk.rows("items", "--limit", "3")) != 3 or len(desk.rows("items")) != len(sample.ITEMS):
        yield "--limit is not obeyed"
    if desk.rows("stock", "sku=TEA-100", "location=A-01-1")[0]["quantity"] != sample.STOCK_PER_ITEM:
        yield "the stock is not shown"
    code, out, _ = desk.run("show", "items", "--limit", "2")
    lines = out.splitlines()
    if code or not lines[0].startswith("SKU") or "龙井茶 100 g  130" not in lines[1] or "HAZARD" in lines[0] or "more" not in lines[3]:
        yield f"the table: {lines}"
    code, out, _ = desk.run("show", "orders", "state=cancelled")
    if code or "Nothing" not in out:
        yield f"an empty table: {out}"
    code, out, _ = desk.run("show")
    if code or "orders" not in out or "sku=…" not in out:
        yield f"the kinds: {out}"


def one(desk, orders):
    number = orders[-1].number
    code, out, _ = desk.run("show", "orders", number, "--json")
    answer = json.loads(out)
    if code or answer["order"]["order"] != number or len(answer["lines"]["rows"]) != len(orders[-1].lines):
        yield f"show orders {number}: {out}"
    if [event["type"] for event in answer["events"]["rows"]][-2:] != ["order.allocated", "order.received"]:
        yield f"its events: {answer['events']}"
    code, out, _ = desk.run("show", "orders", number)
    if code or "LINES" not in out or "order.received" not in out:
        yield f"for people: {out}"


def refusals(desk, _):
    for words, code, sentence in ((("show", "cats"), 1, "nothing of this name"), (("show", "orders", "N-0"), 1, "nothing"),
                                  (("show", "orders", "colour=red"), 1, "colour"), (("show", "orders", "a", "b=c"), 2, "alone"),
                                  (("show", "orders", "a=b", "c"), 2, "NAME=VALUE"), (("show", "moves", "seq=x"), 1, "number"),
                                  (("ask", "fly"), 1, "fly cannot"), (("ask", "worker.sign_out"), 1, "worker must be"),
                                  (("ask", "worker.sign_out", "W-002"), 2, "NAME=VALUE")):
        done = desk.run(*words)
        if done[0] != code or sentence not in done[2] or done[1]:
            yield f"{' '.join(words)}: {done}"


# ---------------------------------------------------------------- driven without hardware


def session(desk, _):
    """A worker signs in and takes an order by the tool; a supervisor looks, frees the order and ends the session."""
    code, out, _ = desk.scan(BADGE, "CMD:PICK")
    views = [json.loads(line) for line in out.splitlines()]
    if code or not all(view["result"]["good"] for view in views):
        yield f"signing in: {out}"
    code, out, _ = desk.run("station", "show", "bench-1", "--json")
    view = json.loads(out)
    if code or view["expect"]["kind"] != "location" or not view["prompt"]["en"].startswith("Go to") or \
            not view["result"]["good"]:
        yield f"station show: {out}"
    held = desk.rows("workers", f"worker={WORKER}")[0]
    if held["station"] != "bench-1" or held["order"] is None:
        yield f"the worker is shown as {held}"
    code, out, _ = desk.run("ask", "lease.release", f"worker={WORKER}", f"badge={sample.BADGE}")
    if code or json.loads(out)["asked"] != "lease.release" or "释放" not in json.loads(out)["text"]["zh"]:
        yield f"lease.release: {code} {out}"
    event = desk.rows("journal", "type=lease.released")[0]
    if event["worker"] != sample.WORKERS[2][0] or event["subject"] != f"order/{held['order']}":
        yield f"who asked is not known: {event}"
    if desk.house.view()["step"] != "menu":
        yield "the worker's screen does not know it"
    code, _, _ = desk.scan("CMD:PICK")
    desk.expected()
    desk.scan("NONSENSE")
    refused = desk.run("ask", "lease.release", f"worker={WORKER}")
    if refused[0] != 1 or "Taken by" not in refused[2]:
        yield f"goods in hand: {refused}"
    status, answer = desk.house.ask("asks/lease.release", {"worker": WORKER})
    if status != 400 or answer["error"]["code"] != "E11" or not answer["error"]["text"]["zh"]:
        yield f"the same over HTTP: {status} {answer}"
    code, out, _ = desk.run("ask", "worker.sign_out", f"worker={WORKER}")
    if code or desk.house.view()["worker"] is not None:
        yield f"worker.sign_out: {code} {out}"
    moves = desk.rows("moves", "reason=pick", f"worker={WORKER}")
    if not moves or any(move["station"] != "bench-1" for move in moves):
        yield f"the moves: {moves}"


# ---------------------------------------------------------------- what the document tells


def served_routes():
    """{(method, path)} of the table in ui/routes.c, with each segment's name left out."""
    table = (ROOT / "ui/routes.c").read_text(encoding="utf-8")
    return {(method.lower(), path.replace("{*}", "{}")) for method, path in
            re.findall(r'^    \{"([A-Z]+)", "([^"]+)", ', table, re.MULTILINE)}


def documented_routes():
    paths = OPENAPI[OPENAPI.index("\npaths:"):OPENAPI.index("\ncomponents:")]
    for path, block in re.findall(r"^  (/\S*):\n((?:    .*\n|\n)+)", paths + "\n", re.MULTILINE):
        for method in re.findall(r"^    (get|post|put|delete):", block, re.MULTILINE):
            yield method, re.sub(r"\{\w+\}", "{}", path)


def words_of(pattern):
    return set(re.findall(r"[\w.-]+", re.search(pattern, OPENAPI)[1]))


def document_of_routes(desk, _):
    catalogues = {("get", f"/api/v1/{told}") for told in ("queries", "asks", "settings", "board", "heat", "label-keys", "label-templates", "tables")}  # of the route for kinds
    served, documented = served_routes() | catalogues, set(documented_routes())
    yield from (f"{method} {path} is not in docs/openapi.yaml" for method, path in sorted(served - documented))
    yield from (f"{method} {path} is not in ui/routes.c" for method, path in sorted(documented - served))
    if len(served) < 15:
        yield f"only {len(served)} routes were found"


def document_of_kinds(desk, _):
    _, queries = desk.house.ask("queries")
    _, asks = desk.house.ask("asks")
    for what, told, known in (
            ("kind", words_of(r"name: kind\n\s+in: path\n\s+required: true\n\s+schema:\n\s+enum: \[([^\]]+)\]"),
             {query["kind"] for query in queries}),
            ("filter", set(re.findall(r"^ {10}(\w+): \{ type", OPENAPI[OPENAPI.index("    filters:\n"):
                                                                      OPENAPI.index("  responses:\n    Error")], re.MULTILINE)),
             {name for query in queries for name in query["filters"]}),
            ("verb", words_of(r"name: verb, in: path, required: true, schema: \{ enum: \[([^\]]+)\]"),
             {ask["verb"] for ask in asks})):
        if told != known:
            yield f"{what}s: only in docs/openapi.yaml {sorted(told - known)}, only in the program {sorted(known - told)}"
    for query in queries:
        status, page = desk.house.ask(query["kind"])
        if status != 200 or any(list(row) != query["columns"] for row in page["rows"]):
            yield f"{query['kind']}: {status} {page}"


CHECKS = {
    "lists are shown, in a table or as JSON": lists,
    "one row is shown with its history": one,
    "what is not known is refused in one sentence": refusals,
    "a session is driven, looked at, freed and ended without hardware": session,
    "docs/openapi.yaml has every route, and no other": document_of_routes,
    "docs/openapi.yaml has every kind, filter and verb": document_of_kinds,
}


def main():
    tap = Tap()
    orders = sample.orders(4)
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder) as house:
        house.start_daemon()
        fill(house, orders)
        for name, check in CHECKS.items():
            try:
                faults = list(check(Desk(house), orders))
            except (RigError, OSError, ValueError, LookupError) as fault:
                faults = [f"{type(fault).__name__}: {fault}"]
            tap.check(name, faults)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
