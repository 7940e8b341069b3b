#!/usr/bin/env python3
"""floorhand-hq as people and boxes meet it: its commands, its refusals, and `serve` with a real broker. The database is SQLite's,
or a schema of the PostgreSQL database that $HEAD_OFFICE_DATABASE names.

The box at the other end is a stand-in of a few lines: what the real one does is tested elsewhere."""

import csv
import json
import os
import pathlib
import sqlite3
import sys
import time
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig import sample  # noqa: E402
from rig.house import Broker  # noqa: E402
from rig.office import BOX, HQ, SITE, Box, equal, event_line, sequence, tests_of  # noqa: E402
from rig.process import command, free_port, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

COMMANDS = ["serve", "site add", "site join", "site claim", "site retire", "broker ca", "broker certificate", "broker office", "broker server", "broker acl", "backup", "restore", "site lease", "site list", "sites", "import", "export epcis", "export", "release", "cancel", "orders", "order move",
            "order", "events", "worker revoke", "flagged", "parked replay", "parked", "stock atp", "stock", "waybills import", "waybills send",
            "waybills void", "waybills list", "waybills", "audit", "list", "get", "kinds", "words", "webhooks", "do", "verbs", "shops run",
            "shops", "bill take", "forecast run", "figures", "figure", "report", "trail verify", "status"]
CLOUD = ["cloud", *(f"tenant {act}" for act in ("add", "list", "suspend", "resume", "quota", "usage", "history", "remove", "restore", "run",
                                                "proxy", "acl"))]

tap = Tap()
test = tests_of(tap)


# ---------------------------------------------------------------- the commands


@test("every command explains itself")
def _(office):
    code, out, _err = command([HQ, "--help"])
    equal(code, 0)
    for name in COMMANDS + CLOUD:
        assert f"  {name} " in out, f"{name} is not listed"
        code, text, err = command([HQ, *name.split(), "--help"])
        equal((code, err), (0, ""))
        assert text.startswith(f"Usage: floorhand-hq {name}") and ("--cloud" if name in CLOUD else "--database") in text, text
    equal([line.split("  ")[1].strip() for line in out.splitlines() if line.startswith("  ")], COMMANDS + CLOUD)
    assert not office.folder.joinpath("head-office.db").exists()


@test("a wrong call ends with 2 and one sentence")
def _(office):
    office.run("site", "add", SITE, "--box", BOX)
    for arguments, expected in (
            (["fly"], 'there is no command "fly": "floorhand-hq --help" lists them'),
            (["site"], 'there is no command "site"'),
            (["orders", "--colour", "red"], 'there is no option "colour"'),
            (["orders", "--state", "lost"], "state must be one of pending_pay|audit"),
            (["order"], "an argument is missing: NUMBER"),
            (["sites", "now"], '"now" is one argument too many'),
            (["serve", "--port", "70000"], "port must be a whole number from 1 to 65535"),
            (["site", "add", "Hangzhou!", "--box", BOX], '"Hangzhou!" cannot name a site: use 2 to 32 of a-z, 0-9 and -'),
            (["site", "add", "bj"], "say which box the site has with --box"),
            (["release"], "say which: either --order NUMBER or --all"),
            (["import", "people", "x.csv"], '"people" cannot be imported'),
            (["import", "items", "x.csv", "--site", SITE], "items are the same at every site")):
        said = office.refused(2, *arguments)
        assert said.startswith(expected), said
    code, _out, err = command([HQ, "orders", "--state"])
    equal((code, err), (2, "floorhand-hq: --state needs a value\n"))


@test("what cannot be done ends with 1 and one sentence")
def _(office):
    office.furnish()
    for arguments, expected in (
            (["order", "SO-9"], 'there is no order "SO-9"'),
            (["release", "--order", "SO-9"], 'there is no order "SO-9"'),
            (["release", "--all", "--site", "xx"], 'there is no site "xx": "floorhand-hq site list" names them'),
            (["cancel", "--order", "SO-9"], 'there is no order "SO-9"'),
            (["site", "add", "bj", "--box", BOX], f'site "{SITE}" with box "{BOX}" is registered already'),
            (["import", "items", office.folder], f"cannot read {office.folder}"),
            (["import", "items", "/nonexistent.csv"], "cannot read /nonexistent.csv: No such file")):
        said = office.refused(1, *arguments)
        assert said.startswith(expected), said
    code, _out, err = command([HQ, "sites", "--database", "/nonexistent/head-office.db"])
    assert code == 1 and "check that its folder exists" in err, err
    (office.folder / "other.db").write_bytes(b"this is a letter, not a database" * 200)
    code, _out, err = command([HQ, "sites", "--database", office.folder / "other.db"])
    assert code == 1 and "is damaged or is not a database" in err, err
    with sqlite3.connect(office.folder / "theirs.db") as theirs:
        theirs.execute("CREATE TABLE recipe (name TEXT)")
    code, _out, err = command([HQ, "sites", "--database", office.folder / "theirs.db"])
    assert code == 1 and "belongs to another program" in err, err


@test("files come in once, whole or not at all")
def _(office):
    office.furnish()
    before = office.run("sites")[0]["feed_head"]
    office.furnish()
    equal(office.run("sites")[0]["feed_head"], before)
    equal(len(office.run("orders", "--state", "audit")), 3)
    bad = office.folder / "bad.csv"
    with open(bad, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([sample.ORDER_COLUMNS,
                                    ("N-1", "shop", "SF", "", 0, "张", "1", "x", "PEN-10", 1),
                                    ("N-2", "shop", "SF", "", 0, "张", "1", "x", "PEN-11", 1)])
    equal(office.refused(1, "import", "orders", bad),
          f'{bad}, line 3, column sku: there is no item "PEN-11": import the items first')
    with mock.patch.dict(os.environ, LC_ALL="zh_CN.UTF-8"):
        equal(office.refused(1, "import", "orders", bad), f"{bad} 第 3 行，列 sku：没有商品“PEN-11”：请先导入商品")
    equal(len(office.run("orders")), 3)
    chinese = office.folder / "gb.csv"
    chinese.write_bytes("sku,name,weight_g\nGB-1,绿茶,50\n".encode("gb18030"))
    equal(office.run("import", "items", chinese), [{"imported": "items", "rows": 1, "changed": 1}])
    equal(office.rows("SELECT name FROM item WHERE sku = 'GB-1'"), [("绿茶",)])


@test("orders are released once, and cancelled")
def _(office):
    office.furnish()
    equal(office.run("release", "--order", "SO-00001"), [{"released": 1, "site": SITE}])
    equal(office.refused(1, "release", "--order", "SO-00001"), f'order "SO-00001" is released at site {SITE} and cannot be released')
    equal(office.run("cancel", "--order", "SO-00002")[0]["state"], "closed")
    equal(office.run("release", "--all"), [{"released": 1, "site": SITE}])
    equal(office.run("release", "--all"), [{"released": 0, "site": SITE}])
    order = office.run("cancel", "--order", "SO-00001", "--reason", "买家不要了")[0]
    equal((order["state"], order["cancelling"], order["reason"]), ("released", True, "买家不要了"))
    equal(office.run("status")[0]["orders"], {"closed": 1, "released": 2})


@test("whatever is there can be listed, filtered and looked at")
def _(office):
    office.furnish(orders=620)
    kinds = {row["kind"]: row for row in office.run("kinds")}
    assert {"orders", "lines", "stock", "atp", "events", "exceptions"} <= set(kinds), kinds
    equal(len(office.run("list", "orders")), 620)  # more than a page
    equal([row["order"] for row in office.run("list", "orders", "limit=2", "after=SO-00002")], ["SO-00003", "SO-00004"])
    office.run("cancel", "--order", "SO-00002")
    equal([row["order"] for row in office.run("list", "orders", "state=closed")], ["SO-00002"])
    order = office.run("get", "orders", "SO-00002")[0]
    equal((order["order"]["stage"], order["history"]["rows"][0]["act"]), ("closed", "closed"))
    whole = office.run("order", "SO-00002")[0]["receiver"]
    assert not set(whole.values()) & set(order["order"].values()), order["order"]
    for code, arguments, expected in (
            (1, ["list", "cats"], 'there are no "cats" to look at'),
            (1, ["get", "orders", "SO-9"], 'there is nothing called "SO-9" among the orders'),
            (2, ["list", "orders", "colour=red"], 'orders cannot be asked for by "colour", but by order,'),
            (2, ["list", "orders", "red"], '"red" is no FILTER=VALUE')):
        said = office.refused(code, *arguments)
        assert said.startswith(expected), said


# ---------------------------------------------------------------- serve


@test("a broker that is not there is named, and waited for")
def _(office):
    port = free_port()
    serve = office.serve(port).start()
    try:
        wait_until(lambda: "Connection refused" in serve.log(), "it says what is wrong")
        assert f"127.0.0.1:{port}" in serve.log()
    finally:
        code = serve.stop()
    equal(code, 0)


@test("a box says hello, takes its changes, and its events arrive byte for byte")
def _(office):
    office.furnish()
    broker = Broker(office.folder)
    broker.start()
    serve = office.serve(broker.port, "--segment-max", "50").start()
    try:
        with Box(broker.port) as box:
            box.wait(lambda: box.office and box.office[-1]["online"], "head office is online")
            box.hello()
            welcome = box.welcome()
            head = office.run("sites")[0]["feed_head"]
            equal((welcome["epoch"], welcome["applied"], welcome["feed_head"], welcome["segment_max"]), (1, 0, head, 50))
            box.wait(lambda: sequence(box.changes()[-1:]) == [head], "all changes")
            equal(sorted(set(sequence(box.changes()))), list(range(1, head + 1)))
            box.control("fack", gen=welcome["gen"], seq=head)
            wait_until(lambda: office.run("sites")[0]["feed_acked"] == head, "the changes are acknowledged")

            started = time.monotonic()
            office.run("release", "--order", "SO-00001")
            box.wait(lambda: sequence(box.changes()[-1:]) == [head + 1], "the release")
            assert time.monotonic() - started < 2, "a release must leave at once"
            equal(box.changes()[-1]["data"]["order"], "SO-00001")

            lines = [event_line(1, "order.received", {"order": "SO-00001"}),
                     event_line(2, "pick.line", {"order": "SO-00001", "line": 1, "sku": "TEA-100", "location": "A-01-1",
                                                 "quantity": 2}),
                     event_line(3, "made.up", {"茶": 1}), event_line(4, "pick.line", {"order": "nobody's"})]
            box.send(lines[:2])
            box.acked(2)
            box.send(lines)  # overlapping
            box.acked(4)
            box.send(lines[:3])  # and again
            equal(box.acked(4)["epoch"], 1)
        _code, out, _err = office.call("events")
        equal(out.splitlines(), lines)
        equal([json.loads(line)["id"] for line in office.call("events", "--after", "2", "--type", "pick.line")[1]
               .splitlines()], ["e4"])
        equal(office.run("order", "SO-00001")[0]["state"], "picking")
        equal(office.run("stock"), [{"site": SITE, "location": "A-01-1", "sku": "TEA-100", "quantity": -2}])
        equal([(row["seq"], row["why"]) for row in office.run("parked")], [
            (3, "this version does not know this kind of event: update head office"), (4, 'there is no order "nobody\'s"')])
        equal(serve.stop(), 0)
    finally:
        serve.kill()
        broker.stop()


@test("a server that was killed goes on where it was")
def _(office):
    office.furnish()
    broker = Broker(office.folder)
    broker.start()
    serve = office.serve(broker.port, "--resend-ms", "50").start()
    try:
        with Box(broker.port) as box:
            box.wait(lambda: box.office and box.office[-1]["online"], "head office is online")
            box.hello()
            gen = box.welcome()["gen"]
            box.send([event_line(1, "made.up", {})])
            box.acked(1)
            serve.kill()
            box.wait(lambda: not box.office[-1]["online"], "the broker tells that head office is gone")
            box.segments.clear()
            serve.start()
            box.wait(lambda: box.office[-1]["online"], "head office is back")
            equal(box.office[-1]["gen"], gen)
            box.wait(lambda: 1 in sequence(box.changes()), "what was not acknowledged comes again")
            box.send([event_line(1, "made.up", {}), event_line(2, "made.up", {})])
            box.acked(2)
            equal(serve.stop(), 0)
            box.wait(lambda: not box.office[-1]["online"], "head office says goodbye")
        equal(len(office.run("events")), 2)
    finally:
        serve.kill()
        broker.stop()


@test("a box that nobody registered gets no answer, and the log says what to do")
def _(office):
    office.run("site", "add", "bj", "--box", "box-2")
    broker = Broker(office.folder)
    broker.start()
    serve = office.serve(broker.port).start()
    try:
        with Box(broker.port) as box:
            box.wait(lambda: box.office and box.office[-1]["online"], "head office is online")
            box.hello()
            wait_until(lambda: "site add" in serve.log(), "the log names the command")
            assert BOX in serve.log() and not box.controls
        equal(serve.stop(), 0)
    finally:
        serve.kill()
        broker.stop()


sys.exit(tap.done())
