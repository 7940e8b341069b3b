#!/usr/bin/env python3
"""Head office over HTTP, as programs of others meet it: keys and what they may reach, questions, verbs, files, and what changes. The
database is SQLite's, or a schema of the PostgreSQL database that $HEAD_OFFICE_DATABASE names."""

import contextlib
import http.client
import os
import pathlib
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.api import Client  # noqa: E402
from rig.house import Broker  # noqa: E402
from rig.office import SITE, Box, equal, event_line, tests_of  # noqa: E402
from rig.process import free_port, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

ITEMS = 1500 if "HEAD_OFFICE_DATABASE" in os.environ else 15000  # that take a second or more to be taken in

tap = Tap()
test = tests_of(tap)


def new_key(office, reads="*", verbs="*", **more):
    return office.run("do", "key.add", "name=test", f"reads={reads}", f"verbs={verbs}",
                      *(f"{name}={value}" for name, value in more.items()))[0]


@contextlib.contextmanager
def served(office, broker_port=None):
    """A client that may do everything, but for making keys."""
    port = free_port()
    serve = office.serve(broker_port or free_port(), "--listen", f"127.0.0.1:{port}").start()
    try:
        yield Client(port, new_key(office)["secret"])
    finally:
        serve.kill()


@test("without a good key nothing is answered but whether it is well")
def _(office):
    office.furnish()
    with served(office) as client:
        nobody = Client(client.port)
        equal(nobody.get("/healthz"), (200, {"status": "ok"}))
        for key in (None, "", "fhk_x", client.key + "x", client.key[:-1], client.key.upper()):
            for path in ("/api/v1/kinds", "/api/v1/orders", "/api/v1/orders/SO-00001", "/api/v1/changes"):
                equal(Client(client.port, key).get(path)[0], 401)
            equal(Client(client.port, key).do("order.close", order="SO-00001")[0], 401)
        equal(client.get("/api/v1/orders/SO-00001")[0], 200)
        key = office.run("list", "keys")[0]
        assert key["used"] and key["revoked"] is None, key
        assert client.key not in str(office.rows("SELECT * FROM api_key")), "the key itself is stored"
        office.run("do", "key.revoke", f"key={key['key']}")
        equal(client.get("/api/v1/orders")[0], 401)
        equal(office.refused(1, "do", "key.revoke", "key=nobody"), 'there is no key "nobody"')


@test("a key reaches what it names, and nothing else")
def _(office):
    office.furnish()
    with served(office) as everything:
        def of(**scope):
            return Client(everything.port, new_key(office, **scope)["secret"])
        reader = of(reads="orders,s*", verbs="")
        for kind, status in (("orders", 200), ("stock", 200), ("sites", 200), ("items", 403), ("keys", 403), ("cats", 404)):
            equal(reader.get(f"/api/v1/{kind}")[0], status)
        named = {row["kind"] for row in everything.get("/api/v1/kinds")[1]}
        equal({row["kind"] for row in reader.get("/api/v1/kinds")[1]}, {kind for kind in named if kind[0] == "s" or kind == "orders"})
        equal(reader.get("/api/v1/verbs"), (200, []))
        equal(reader.do("order.close", order="SO-00001")[0], 403)
        equal(reader.ask("POST", "/api/v1/import/items", "sku,name,weight_g\nX,x,1\n", "text/csv")[0], 403)
        asker = of(reads="", verbs="order.*")
        equal(asker.do("setting.set", name="merge_hours", value="1")[0], 403)
        equal(asker.get("/api/v1/orders")[0], 403)
        equal(asker.get("/api/v1/changes?kinds=orders")[0], 403)
        equal(asker.do("order.carrier", order="SO-00001", carrier="YT")[1]["carrier"], "YT")
        who = office.run("list", "history", "order=SO-00001")[-1]["who"]
        assert who.startswith("key ") and who[4:] in asker.key, who
        # A key for everything is not one for more keys; a key that is has them named.
        equal(everything.do("key.add", name="more", reads="*", verbs="*")[0], 403)
        equal(of(verbs="key.add").do("key.add", name="more", reads="*")[0], 200)


@test("a key of one shop sees and touches that shop alone")
def _(office):
    office.furnish(orders=4)
    office.run_sql("INSERT INTO shop (code, platform, name) VALUES ('tb', 'taobao', 'Tea')")
    office.run_sql("INSERT INTO shop (code, platform, name) VALUES ('jd', 'jd', 'Tea')")
    office.run_sql("UPDATE orders SET shop = 'tb' WHERE number = 'SO-00001'")
    office.run_sql("UPDATE orders SET shop = 'jd' WHERE number = 'SO-00002'")
    with served(office) as everything:
        client = Client(everything.port, new_key(office, shop="tb")["secret"])
        equal([row["order"] for row in client.get("/api/v1/orders")[1]["rows"]], ["SO-00001"])
        equal([row["order"] for row in client.get("/api/v1/orders?shop=tb&limit=9")[1]["rows"]], ["SO-00001"])
        equal(client.get("/api/v1/orders?shop=jd")[0], 403)
        equal(client.get("/api/v1/orders/SO-00001")[0], 200)
        equal(client.get("/api/v1/orders/SO-00002")[0], 404)
        equal(client.get("/api/v1/orders/SO-00003")[0], 404)
        for kind in ("lines", "stock", "events", "settings"):
            equal(client.get(f"/api/v1/{kind}")[0], 403)
        equal(client.do("order.close", order="SO-00002")[0], 403)
        equal(client.do("order.close", order="SO-00003")[0], 403)
        equal(client.do("setting.set", name="merge_hours", value="1")[0], 403)
        equal(client.ask("POST", "/api/v1/import/items", "sku,name,weight_g\nX,x,1\n", "text/csv")[0], 403)
        equal(client.get("/api/v1/changes?kinds=events")[0], 403)
        with client.changes("orders") as changes:
            equal(changes.next()[0], "hello")
            office.run("do", "order.close", "order=SO-00002")
            office.run("do", "order.close", "order=SO-00001")
            equal(changes.wait(lambda event, data: event == "orders", "a change")[0]["order"], "SO-00001")
        with client.changes("rows") as changes:  # of whatever kind and shop, so nothing is told of them
            equal(changes.next()[0], "hello")
            office.run("do", "setting.set", "name=merge_hours", "value=7")
            equal(changes.next(), ("rows", {}))
            everything.do("setting.set", name="merge_hours", value=8)  # by the server itself
            equal(changes.next(), ("rows", {}))
    equal(office.refused(1, "do", "key.add", "name=x", "shop=nowhere"), 'there is no shop "nowhere"')


@test("what is asked for is done, or refused in a sentence")
def _(office):
    office.furnish()
    with served(office) as client:
        equal(client.do("setting.set", name="merge_hours", value=3), (200, {"name": "merge_hours", "value": "3"}))
        equal(client.get("/api/v1/settings")[1]["rows"], [{"name": "merge_hours", "value": "3"}])
        for (status, said), expected, words in (
                (client.do("order.fly"), 404, "order.fly"), (client.do("order.close", order="SO-9"), 404, "SO-9"),
                (client.do("order.close"), 400, "order"), (client.do("order.close", order="SO-00001", colour="red"), 400, "colour"),
                (client.do("setting.set", name="merge_hours", value="x"), 400, "number"),
                (client.do("order.confirm", order="SO-00001", kind="address"), 404, "address"),
                (client.ask("POST", "/api/v1/do/order.close", "[]"), 400, "object"),
                (client.ask("POST", "/api/v1/do/order.close", '{"order": "a", "order": "b"}'), 400, "object"),
                (client.ask("POST", "/api/v1/do/order.close", "{}", "text/plain"), 415, "application/json"),
                (client.ask("GET", "/api/v1/do/order.close"), 405, "POST"),
                (client.ask("POST", "/api/v1/do/order.close", b"[" * 300000), 413, "long"),
                (client.get("/api/v1/orders?colour=red"), 400, "colour"), (client.get("/api/v1/orders?limit"), 400, "name=value"),
                (client.get("/api/v1/orders?sku=%C3%28"), 400, "UTF-8"), (client.get("/api/v1/orders/SO-9"), 404, "nothing"),
                (client.get("/nowhere"), 404, "nothing"), (client.get("/api/v1/changes?kinds=cats"), 400, "orders"),
                (client.ask("POST", "/api/v1/import/cats", "a", "text/csv"), 404, "cats"),
                (client.ask("POST", "/api/v1/import/locations", "a", "text/csv"), 400, "site"),
                (client.ask("POST", "/api/v1/import/items", "a,b\n", "text/csv"), 400, "line 1")):
            assert status == expected and words in said["error"]["message"], (status, expected, said)
        client.do("order.close", order="SO-00001")
        equal(client.do("order.carrier", order="SO-00001", carrier="YT")[0], 409)
        chinese = "sku,name,weight_g\nGB-1,绿茶,50\n".encode("gb18030")
        equal(client.ask("POST", "/api/v1/import/items", chinese, "text/csv"), (200, {"imported": "items", "rows": 1, "changed": 1}))
        equal(client.get("/api/v1/items/GB-1")[1]["item"]["name"], "绿茶")


def many_items(count, first="M"):
    return "sku,name,weight_g\n" + "".join(f"{first}-{i},tea,50\n" for i in range(count))


def bring(client, text, query=""):
    """In a thread of its own: (the thread, where its answer will be)."""
    answers = []

    def ask():
        with contextlib.suppress(http.client.HTTPException, OSError):
            answers.append(client.ask("POST", f"/api/v1/import/items{query}", text, "text/csv"))
    thread = threading.Thread(target=ask)
    thread.start()
    return thread, answers


def running(client):
    return [row for row in client.get("/api/v1/imports?state=running")[1]["rows"] if row["done"] > 0]


@test("while a large file is taken in the server answers, tells how far it is, and lets nobody write beside it")
def _(office):
    office.furnish()
    with served(office) as client:
        thread, answers = bring(client, many_items(ITEMS), "?name=autumn.csv")
        seen = [wait_until(lambda: running(client), "the file is being taken in")[0]]
        slowest = 0.0
        while thread.is_alive():
            begun = time.monotonic()
            equal(client.get("/healthz")[0], 200)
            slowest = max(slowest, time.monotonic() - begun)
            if len(seen) == 1:
                status, said = client.do("order.carrier", order="SO-00001", carrier="YT")
                busy = client.ask("POST", "/api/v1/import/items", many_items(1), "text/csv")
                if thread.is_alive():
                    assert status == 503 and "taken in" in said["error"]["message"], said
                    equal(busy[0], 503)
            seen += running(client)
        thread.join()
        equal(answers, [(200, {"imported": "items", "rows": ITEMS, "changed": ITEMS})])
        assert slowest < 2, f"an answer took {slowest:.2f} s"
        done = [row["done"] for row in seen]
        assert done == sorted(done) and len(set(done)) > 2 and done[-1] <= ITEMS, done
        equal((seen[0]["file"], seen[0]["rows"]), ("autumn.csv", ITEMS))
        last = client.get("/api/v1/imports?limit=1")[1]["rows"][0]
        equal((last["state"], last["done"], last["rows"], last["changed"], last["who"][:4]), ("done", ITEMS, ITEMS, ITEMS, "key "))
        equal(client.do("order.carrier", order="SO-00001", carrier="YT")[0], 200)
        equal(client.ask("POST", "/api/v1/import/items?try=yes", many_items(3, "X"), "text/csv")[1]["new_rows"], 3)
        equal(client.get("/api/v1/imports?limit=1")[1]["rows"][0]["import"], last["import"])  # only tried: it is in no list
        status, said = client.ask("POST", "/api/v1/import/items?name=bad.csv", many_items(500, "B") + "B-0,tea,50\n", "text/csv")
        assert status == 409 and "bad.csv, line 502" in said["error"]["message"], (status, said)
        last = client.get("/api/v1/imports?limit=1")[1]["rows"][0]
        equal((last["state"], last["done"], last["said"]), ("refused", 0, said["error"]["message"]))
        equal(client.get("/api/v1/items/B-1")[0], 404)


@test("a file that was broken off by the end of head office is not there in part, and is taken in when it is brought again")
def _(office):
    office.furnish()
    port = free_port()
    serve = office.serve(free_port(), "--listen", f"127.0.0.1:{port}").start()
    client = Client(port, new_key(office)["secret"])
    thread, _answers = bring(client, many_items(ITEMS))
    wait_until(lambda: running(client), "the file is being taken in")
    equal(serve.stop(), 0)
    thread.join()
    with served(office) as client:
        row = client.get("/api/v1/imports?limit=1")[1]["rows"][0]
        assert row["state"] in ("refused", "broken") and "once more" in row["said"], row
        equal(client.get("/api/v1/items/M-0")[0], 404)
        equal(client.ask("POST", "/api/v1/import/items", many_items(50), "text/csv")[1], {"imported": "items", "rows": 50, "changed": 50})


@test("a whole receiver is shown to whoever may ask, and it stands in the history who did")
def _(office):
    office.furnish()
    with served(office) as client:
        whole = office.run("order", "SO-00001")[0]["receiver"]
        status, said = client.do("order.reveal", order="SO-00001")
        equal((status, said["name"], said["phone"], said["address"]), (200, whole["name"], whole["phone"], whole["address"]))
        last = client.get("/api/v1/orders/SO-00001")[1]["history"]["rows"][-1]
        assert last["act"] == "revealed" and last["who"][4:] in client.key and last["before"] == last["after"], last
        equal(client.do("order.reveal", order="SO-9")[0], 404)
        reader = Client(client.port, new_key(office, verbs="order.put")["secret"])
        equal(reader.do("order.reveal", order="SO-00001")[0], 403)


@test("pages go on where the one before ended")
def _(office):
    office.furnish(orders=230)
    with served(office) as client:
        seen, after = [], ""
        while after is not None:
            page = client.get(f"/api/v1/orders?limit=50{after}")[1]
            seen += [row["order"] for row in page["rows"]]
            after = page["next"] and f"&after={page['next']}"
        equal(seen, [row["order"] for row in office.run("list", "orders")])
        equal(len(seen), 230)
        words = client.get("/api/v1/words")[1]
        assert words["states"][0]["chinese"] == "待付款" and len(words["exceptions"]) > 5, words


@test("whoever listens to orders and to all other rows is told of both")
def _(office):
    office.furnish(orders=6)
    with served(office) as client, client.changes("orders,rows") as changes:
        equal(changes.next(), ("hello", {}))
        for number in range(1, 7):
            order = f"SO-{number:05}"
            client.do("order.carrier", order=order, carrier="YT")
            changes.wait(lambda event, data, order=order: event == "orders" and data["order"] == order, f"{order} has changed")
        client.do("blacklist.add", field="phone", value="13900001111", why="test")
        changes.wait(lambda event, _: event == "rows", "something was written")


@test("a board hears within two seconds of what a site reports and what head office does")
def _(office):
    office.furnish()
    broker = Broker(office.folder)
    broker.start()
    try:
        with served(office, broker.port) as client, Box(broker.port) as box, client.changes("orders,events") as changes:
            equal(changes.next(), ("hello", {}))
            box.wait(lambda: box.office and box.office[-1]["online"], "head office is online")
            box.hello()
            box.welcome()
            office.run("release", "--order", "SO-00001")
            data, seconds = changes.wait(lambda event, data: event == "orders", "the release")
            equal((data["order"], data["state"], data["stage"], data["site"]), ("SO-00001", "released", "released", SITE))
            assert seconds < 2, seconds
            wait_until(lambda: office.rows(f"SELECT feed_sent FROM site WHERE id = '{SITE}'")[0][0] > 0, "it has left")
            begun = time.monotonic()
            box.send([event_line(1, "order.received", {"order": "SO-00001"})])
            data, _ = changes.wait(lambda event, data: event == "events", "the event itself")
            equal((data["type"], data["site"]), ("order.received", SITE))
            data, _ = changes.wait(lambda event, data: event == "orders", "its state")
            equal((data["order"], data["state"], data["stage"]), ("SO-00001", "received", "floor"))
            assert time.monotonic() - begun < 2, time.monotonic() - begun
            office.run("do", "order.carrier", "order=SO-00002", "carrier=YT")
            equal(changes.next()[1]["order"], "SO-00002")  # what was told is not told again
    finally:
        broker.stop()


@test("an address that cannot be served on is explained")
def _(office):
    office.run("site", "add", "bj", "--box", "box-2")
    for listen, words in (("nowhere", "ADDRESS:PORT"), ("127.0.0.1:x", "ADDRESS:PORT"), ("example.org:80", "is no IP address"),
                          (":80", "ADDRESS:PORT")):
        said = office.refused(1, "serve", "--listen", listen)
        assert words in said, said


sys.exit(tap.done())
