#!/usr/bin/env python3
"""What head office tells programs of others: signed, in order, until it is taken. The receiver is a server of this test's own. The
database is SQLite's, or a schema of the PostgreSQL database that $HEAD_OFFICE_DATABASE names."""

import base64
import collections
import contextlib
import hashlib
import hmac
import http.server
import json
import pathlib
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.house import Broker  # noqa: E402
from rig.office import HQ, Box, equal, event_line, tests_of  # noqa: E402
from rig.process import Program, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
test = tests_of(tap)


def is_signed(secret, headers, body):
    """As "Standard Webhooks" says it."""
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), said, hashlib.sha256).digest()
    return any(hmac.compare_digest(one, "v1," + base64.b64encode(mac).decode()) for one in headers["webhook-signature"].split())


class Receiver:
    """got: (id, message, headers, body) of what it took. answers: statuses for the next ones; then 204. While hold is cleared nothing
    is answered; came is set once something was read whole."""

    def __init__(self):
        self.got, self.refused, self.answers, self.lock = [], [], collections.deque(), threading.Lock()
        self.came, self.hold = threading.Event(), threading.Event()
        self.hold.set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.came.set()
                receiver.hold.wait(20)
                with receiver.lock:
                    status = receiver.answers.popleft() if receiver.answers else 204
                    where = receiver.got if status < 300 else receiver.refused
                    where.append((self.headers["webhook-id"], json.loads(body), self.headers, body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()

    def types(self):
        return [message["type"].removeprefix("io.floorhand.").removesuffix(".v1") for _, message, _, _ in self.got]


def add(office, url, events="*"):
    return office.run("do", "webhook.add", f"url={url}", f"events={events}")[0]


def send(office, *more):
    office.run("webhooks", "--once", *more)


@contextlib.contextmanager
def sender(office, name="sender", *more):
    program = Program(name, [HQ, "webhooks", "--database", office.database, "--retry-ms", "20", *more], office.folder,
                      notifies=True).start()
    try:
        yield program
    finally:
        program.kill()


def row(office, kind="webhooks"):
    return office.run("list", kind)[0]


@test("what head office does with orders is told, signed, in order and once")
def _(office):
    office.furnish()
    with Receiver() as receiver:
        office.run("do", "order.carrier", "order=SO-00001", "carrier=YT")  # before anybody wanted to know
        hook = add(office, receiver.url, "office.order.*")
        office.run("do", "order.carrier", "order=SO-00001", "carrier=SF")
        office.run("release", "--order", "SO-00001")
        office.run("cancel", "--order", "SO-00002")
        send(office)
        equal(receiver.types(), ["office.order.changed", "office.order.released", "office.order.closed"])
        for number, message, headers, body in receiver.got:
            assert is_signed(hook["secret"], headers, body), headers
            assert not is_signed(hook["secret"], {**headers, "webhook-id": number + "x"}, body), "the id is not signed"
            assert not is_signed(hook["secret"], {**headers, "webhook-timestamp": "1"}, body), "the time is not signed"
            assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
            equal((message["id"], headers["Content-Type"]), (number, "application/cloudevents+json"))
        data = receiver.got[1][1]["data"]
        equal((data["order"], data["before"], data["after"], data["stage"]), ("SO-00001", "audit", "released", "released"))
        send(office)
        equal(len(receiver.got), 3)
        equal(len({number for number, *_ in receiver.got}), 3)
        assert hook["secret"] not in str(office.run("list", "webhooks")), "a secret is shown again"


@test("what sites report is told as they wrote it")
def _(office):
    office.furnish()
    broker = Broker(office.folder)
    broker.start()
    serve = office.serve(broker.port).start()
    try:
        with Receiver() as receiver, Box(broker.port) as box, sender(office):
            add(office, receiver.url, "pick.*,order.received")
            box.wait(lambda: box.office and box.office[-1]["online"], "head office is online")
            box.hello()
            box.welcome()
            lines = [event_line(1, "order.received", {"order": "SO-00001"}), event_line(2, "label.printed", {"order": "x"}),
                     event_line(3, "pick.staged", {"order": "SO-00001", "location": "S"})]
            box.send(lines)
            box.acked(3)
            wait_until(lambda: len(receiver.got) == 2, "both are told")
            equal([body.decode() for *_, body in receiver.got], [lines[0], lines[2]])
            equal([number for number, *_ in receiver.got], ["hz-07-e1", "hz-07-e3"])
    finally:
        serve.kill()
        broker.stop()


@test("what is not taken is sent again, and those behind it wait")
def _(office):
    office.furnish()
    with Receiver() as receiver, sender(office):
        receiver.answers.extend([500, 302, 404])
        hook = add(office, receiver.url)["webhook"]
        office.run("release", "--order", "SO-00001")
        office.run("cancel", "--order", "SO-00002")
        wait_until(lambda: len(receiver.got) == 2, "both are taken")
        equal(receiver.types(), ["office.order.released", "office.order.closed"])
        equal({number for number, *_ in receiver.refused}, {receiver.got[0][0]})
        wait_until(lambda: row(office)["waiting"] == 0, "it is written down")
        equal([one["tries"] for one in office.run("list", "deliveries", f"webhook={hook}")], [1, 4])
        equal((row(office)["failures"], row(office)["active"]), (0, True))


@test("one that fails too often is stopped with its trouble, and misses nothing when it is started again")
def _(office):
    office.furnish()
    with Receiver() as receiver, Receiver() as other, sender(office, "sender", "--give-up", "3"):
        receiver.answers.extend([500] * 3)
        hook = add(office, receiver.url)["webhook"]
        add(office, other.url)
        office.run("release", "--order", "SO-00001")
        stopped = wait_until(lambda: [one for one in office.run("list", "webhooks", "active=no")], "it is stopped")[0]
        equal((stopped["webhook"], stopped["failures"], stopped["trouble"]),
              (hook, 3, "it failed 3 times one after the other, at last: it answered 500"))
        office.run("cancel", "--order", "SO-00002")
        wait_until(lambda: len(other.got) == 2, "another one goes on")
        equal(receiver.got, [])
        office.run("do", "webhook.start", f"webhook={hook}")
        wait_until(lambda: len(receiver.got) == 2, "it hears of both")
        equal(receiver.types(), ["office.order.released", "office.order.closed"])
        office.run("do", "webhook.stop", f"webhook={hook}")
        office.run("cancel", "--order", "SO-00003")
        wait_until(lambda: len(other.got) == 3, "another one hears of it")
        office.run("do", "webhook.start", f"webhook={hook}", "skip=yes")
        office.run("do", "webhook.test", f"webhook={hook}")
        wait_until(lambda: len(receiver.got) == 3, "the test comes")
        equal(receiver.types()[-1], "webhook.test")


@test("a server that is gone is not asked again, one that is not there is named")
def _(office):
    office.furnish()
    with Receiver() as receiver:
        receiver.answers.append(410)
        hook = add(office, receiver.url)["webhook"]
        office.run("do", "webhook.test", f"webhook={hook}")
        send(office)
        equal((row(office)["active"], row(office)["trouble"]), (False, "its server says that it is gone (410)"))
        office.run("do", "webhook.remove", f"webhook={hook}")
        equal((office.run("list", "webhooks"), office.run("list", "deliveries")), ([], []))
    hook = add(office, receiver.url)["webhook"]  # nobody listens there any more
    office.run("do", "webhook.test", f"webhook={hook}")
    send(office, "--retry-ms", "60000")
    said = row(office, "deliveries")
    assert said["status"] == 0 and "connect" in said["fault"].lower(), said
    equal(row(office)["failures"], 1)
    for url, words in (("ftp://x", "no address"), ("https://", "no address"), ("http://a b", "no address")):
        assert words in office.refused(1, "do", "webhook.add", f"url={url}", "events=*")
    equal(office.refused(1, "do", "webhook.test", "webhook=nobody"), 'there is no webhook "nobody"')


@test("a sender that is killed in the middle loses nothing, and two together send each message once")
def _(office):
    office.furnish(orders=40)
    with Receiver() as receiver:
        hook = add(office, receiver.url)["webhook"]
        receiver.hold.clear()
        with sender(office) as killed:
            office.run("cancel", "--order", "SO-00001")
            wait_until(receiver.came.is_set, "the receiver has read it")
            killed.kill()
        receiver.hold.set()
        wait_until(lambda: len(receiver.got) == 1, "the receiver has it, and nobody knows here")
        equal(row(office)["waiting"], 1)
        office.run_sql("UPDATE webhook SET busy_until_us = 0")  # the minute for which it was the other's is over
        with sender(office, "one"), sender(office, "two"):
            for number in range(2, 41):
                office.run("cancel", "--order", f"SO-{number:05}")
            wait_until(lambda: row(office)["waiting"] == 0 and len(receiver.got) >= 41, "all are taken", seconds=30)
        again = collections.Counter(number for number, *_ in receiver.got)
        equal([count for count in again.values() if count > 1], [2])
        equal(list(again), [message["message"] for message in reversed(office.run("list", "deliveries", f"webhook={hook}"))])


sys.exit(tap.done())
