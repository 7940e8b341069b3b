#!/usr/bin/env python3
"""What goes wrong around the stand-in: bad replies, pushes that lie, files that are not as they were, printers that are silent."""

import csv
import http.client
import http.server
import json
import pathlib
import socket
import ssl
import sys
import tempfile
import threading
import time
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from platforms import aes, client, lists, print_component, signs  # noqa: E402
from platforms.cases import Cases, equal, holds, lost, paid  # noqa: E402
from platforms.clock import local  # noqa: E402

cases = Cases()


def caller_of(running, name, number=1, timeout=10.0):
    return client.CALLERS[name](running, f"{name}-{number}", timeout)


# ---------------------------------------------------------------- transport


@cases.case("replies that are cut, empty, of the wrong length or no JSON are none, and the next one is good")
def bad_replies(running):
    for name in lists.ROWS:
        ask, find, _ = lists.ROWS[name]
        for kind in ("reset", "close", "truncate", "empty", "too_long", "too_short", "cut_body", "cut_chunks", "html502"):
            running.arm(kind, platform=name)
            with lost(f"{name}: {kind}"):
                ask(running, caller_of(running, name, timeout=2))
        equal(len(find(ask(running, caller_of(running, name)))) > 15, True, name)
        equal([entry["faults"] for entry in running.log(f"{name}-1")][-1], [])


@cases.case("a reset begins before the reply or in the middle of it")
def resets(running):
    caller = caller_of(running, "pdd")
    for kind, some in (("reset", False), ("cut_body", True)):
        running.arm(kind, platform="pdd")
        body = json.dumps({"type": "pdd.logistics.companies.get", "client_id": caller.shop["app_key"], "access_token": caller.shop["access"],
                           "timestamp": str(caller.now())}).encode()
        with socket.create_connection(("127.0.0.1", running.port), 5) as line:
            line.sendall(b"POST /pdd/api/router HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body))
            line.sendall(body)
            got = b""
            try:
                while part := line.recv(65536):
                    got += part
            except ConnectionResetError:
                equal(bool(got), some, kind)
                continue
        raise AssertionError(f"{kind}: the connection ended with FIN")


@cases.case("chunked replies and compressed ones are whole; a compressed one can be broken")
def encodings(running):
    caller = caller_of(running, "taobao")
    running.arm("chunked", platform="taobao")
    holds(lists.taobao(running, caller), '"tid"')
    for kind, good in (("gzip", True), ("bad_gzip", False)):
        running.arm(kind, platform="woo")
        answer = caller_of(running, "woo").raw("GET", "/orders")
        equal(answer.headers["Content-Encoding"], "gzip")
        unpacker = zlib.decompressobj(31)
        unpacker.decompress(answer.body)
        equal(unpacker.eof, good, kind)


@cases.case("a stall lasts as long as it was armed for, and others are answered meanwhile")
def stalls(running):
    running.arm("stall", shop="jd-1", seconds=1.5, effect=True)
    with lost("the one that stalls"):
        lists.jd(running, caller_of(running, "jd", timeout=0.3))
    holds(lists.jd(running, caller_of(running, "jd", 2)), '"orderId"')


@cases.case("connections can be refused, and are taken again")
def refusals(running):
    running.tell("listen", on=False)
    with lost("a closed port"):
        lists.pdd(running, caller_of(running, "pdd"))
    running.tell("listen", on=True)
    holds(lists.pdd(running, caller_of(running, "pdd")), '"order_sn"')


@cases.plain("its TLS port has a certificate that nobody has signed")
def tls():
    with client.Running() as running:
        connection = http.client.HTTPSConnection("127.0.0.1", running.tls_port, timeout=5, context=ssl.create_default_context())
        try:
            connection.request("GET", "/control/clock")
        except ssl.SSLCertVerificationError:
            connection = http.client.HTTPSConnection("127.0.0.1", running.tls_port, timeout=5, context=ssl._create_unverified_context())
            connection.request("GET", "/control/clock")
            holds(connection.getresponse().read().decode(), "now")
            return
        raise AssertionError("the certificate was trusted")


@cases.case("a fault strikes the call, the shop and the time that it names; an error is told with or without the effect")
def aiming(running):
    first, second = paid(running, "pdd-1")[:2]
    running.arm("error", shop="pdd-1", call="pdd.logistics.*", skip=1, code=52001, sub_code="isp.x", effect=True)

    def send(order, shop=1):
        return caller_of(running, "pdd", shop)("pdd.logistics.online.send", order_sn=order, logistics_id="44", tracking_number=f"S{order}")
    holds(send(paid(running, "pdd-2")[0][0], 2), "is_success")
    holds(caller_of(running, "pdd")("pdd.goods.list.get"), "goods_list")
    holds(send(first[0]), "is_success")
    holds(send(second[0]), "52001")
    equal(running.ledger("pdd-1")["orders"][second[0]]["state"], "shipped")
    third = paid(running, "pdd-1")[0][0]
    running.arm("error", shop="pdd-1", code=70031)
    holds(send(third), "70031")
    equal(running.ledger("pdd-1")["orders"][third]["state"], "paid")
    running.arm("empty", times=9)
    running.tell("disarm")
    holds(send(third), "is_success")
    equal(client.ask(running.control_port, "POST", "/control", json.dumps({"command": "arm", "do": "nonsense"})).status, 400)
    equal(client.ask(running.control_port, "POST", "/control", json.dumps({"command": "nonsense"})).status, 400)


# ---------------------------------------------------------------- pushes


class Receiver:
    """Whom the platforms push to. says: what it answers, in turn; the last one for good."""

    def __init__(self, *says, wait=0.0):
        self.got, self.says, self.wait = [], list(says), wait
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                if receiver.wait:
                    receiver.late.wait(receiver.wait)
                status, text = receiver.says.pop(0) if len(receiver.says) > 1 else receiver.says[0]
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(text)))
                    self.end_headers()
                    self.wfile.write(text.encode())
                except OSError:
                    pass

        self.late = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/push?x=1"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.late.set()
        self.server.shutdown()
        self.server.server_close()


DOUYIN_OK, KUAISHOU_OK = '{"code":0,"msg":"success"}', '{"result":1}'


@cases.case("Douyin pushes a signed batch, and again until it is answered as it must be")
def douyin_push(running):
    shop, orders = running.shops["douyin-1"], [order for order, _ in paid(running, "douyin-1")][:3]
    with Receiver((500, ""), (200, '{"code":1}'), (200, DOUYIN_OK)) as receiver:
        told = running.tell("push", shop="douyin-1", orders=orders, event="paid", url=receiver.url)
        equal((told["received"], len(told["attempts"]), len({body for _, body in receiver.got})), (True, 3, 1))
        headers, body = receiver.got[0]
        equal(headers["event-sign"], signs.douyin_push(shop["app_key"], shop["secret"], body))
        equal([(row["tag"], str(json.loads(row["data"])["p_id"])) for row in json.loads(body)], [("101", order) for order in orders])
        many = running.tell("place", shop="douyin-1", count=50)
        running.tell("push", shop="douyin-1", orders=many, event="placed", url=receiver.url)
        equal(len(json.loads(receiver.got[-1][1])), 50)
        running.tell("push", shop="douyin-1", order=orders[0], tag="999", url=receiver.url, sign="wrong")
        headers, body = receiver.got[-1]
        assert headers["event-sign"] != signs.douyin_push(shop["app_key"], shop["secret"], body)
        equal(json.loads(body)[0]["tag"], "999")
        running.tell("push", shop="douyin-1", order=orders[0], url=receiver.url, sign="missing")
        assert "event-sign" not in receiver.got[-1][0]
        running.tell("push", shop="douyin-1", order=orders[0], url=receiver.url, replay=1)
        equal(receiver.got[-1], receiver.got[0])
    equal([push["n"] for push in running.look("pushes")], [1, 2, 3, 4, 5])


@cases.case("Kuaishou pushes what only its secret opens; another secret or bad padding does not open")
def kuaishou_push(running):
    secret, order = running.shops["kuaishou-1"]["message_secret"], paid(running, "kuaishou-1")[0][0]
    with Receiver((200, KUAISHOU_OK)) as receiver:
        running.tell("push", shop="kuaishou-1", order=order, event="paid", url=receiver.url)
        message = json.loads(aes.unseal(secret, receiver.got[0][1].decode()))
        equal((message["event"], str(json.loads(message["info"])["oid"])), ("kwaishop_order_paySuccess", order))
        for fault in ({"padding": "bad"}, {"sign": "wrong"}):
            running.tell("push", shop="kuaishou-1", order=order, url=receiver.url, **fault)
            try:
                aes.unseal(secret, receiver.got[-1][1].decode())
            except ValueError:
                continue
            raise AssertionError(f"{fault} was opened")


@cases.case("Shopify's and WooCommerce's webhooks are signed over their very bytes; five failures switch WooCommerce's off")
def webhooks(running):
    with Receiver((200, "")) as receiver:
        for name, header, topic in (("shopify", "X-Shopify-Hmac-Sha256", "X-Shopify-Topic"), ("woo", "X-WC-Webhook-Signature",
                                                                                            "X-WC-Webhook-Topic")):
            order = paid(running, f"{name}-1")[0][0]
            running.tell("push", shop=f"{name}-1", order=order, event="placed", url=receiver.url)
            headers, body = receiver.got[-1]
            equal(headers[header], signs.webhook(running.shops[f"{name}-1"]["secret"], body), name)
            equal((str(json.loads(body)["id"]), headers[topic].rpartition("creat")[1]), (order, "creat"))
            running.tell("push", shop=f"{name}-1", order=order, url=receiver.url, sign="wrong")
            assert receiver.got[-1][0][header] != signs.webhook(running.shops[f"{name}-1"]["secret"], receiver.got[-1][1])
    with Receiver((500, "")) as receiver:
        for _ in range(6):
            running.tell("push", shop="woo-1", order=order, url=receiver.url, retries=0)
        equal(len(receiver.got), 5)


@cases.case("a receiver that answers too late gets it again")
def late_answers(running):
    order = paid(running, "douyin-1")[0][0]
    with Receiver((200, DOUYIN_OK), wait=30) as receiver:
        told = running.tell("push", shop="douyin-1", order=order, url=receiver.url, timeout=0.2, retries=2)
        equal((told["received"], len(receiver.got)), (False, 3))


@cases.case("Taobao's messages are fetched, and come again until they are confirmed")
def fetched_messages(running):
    call, orders = caller_of(running, "taobao"), [order for order, _ in paid(running, "taobao-1")][:2]
    equal(call("taobao.tmc.messages.consume", quantity="10")["tmc_messages_consume_response"]["messages"], {})
    running.tell("push", shop="taobao-1", orders=orders, event="paid")
    for _ in range(2):
        rows = call("taobao.tmc.messages.consume", quantity="10")["tmc_messages_consume_response"]["messages"]["tmc_message"]
        equal([str(json.loads(row["content"])["tid"]) for row in rows], orders)
    call("taobao.tmc.messages.confirm", s_message_ids=str(rows[0]["id"]))
    rows = call("taobao.tmc.messages.consume", quantity="10")["tmc_messages_consume_response"]["messages"]["tmc_message"]
    equal([str(json.loads(row["content"])["tid"]) for row in rows], orders[1:])


# ---------------------------------------------------------------- bills


def settle(running, shop):
    """Ships and completes three orders and gives a part of one back; returns the day in China."""
    at = running.now()
    for order, _ in paid(running, shop)[:3]:
        running.tell("ship", shop=shop, order=order, carrier="SF", number=f"S{order}")
        running.tell("complete", shop=shop, order=order, at=at)
    running.tell("refund", shop=shop, order=order, amount=100, state="done", at=at)
    return local(at)[:10]


def fetched(running, told):
    answer = client.ask(running.control_port, "GET", told["path"])
    equal(answer.status, 200)
    return answer.body


def column(text, name, skip=0):
    """The values of a column that is found by its name, in lines that begin with no #."""
    lines = list(csv.reader(line for line in text.lstrip("\ufeff").splitlines() if not line.startswith("#")))
    place = lines[0].index(name)
    return [line[place].strip("\t`' ") for line in lines[1:len(lines) - skip]]


def fen(texts):
    return sum(round(float(text) * 100) for text in texts if text)


@cases.case("bill files add up to the ledger, in each platform's form")
def bill_files(running):
    days = {}
    for name, kind, ins, outs, encoding in (("taobao", "alipay", "收入金额（+元）", "支出金额（-元）", "gbk"), ("jd", "jd", "金额", None, "utf-8"),
                                            ("pdd", "pdd", "收入金额（+元）", "支出金额（-元）", "utf-8"),
                                            ("taobao", "alipay_business", "商家实收（元）", None, "gbk")):
        shop = f"{name}-1"
        day = days[name] = days.get(name) or settle(running, shop)
        body = fetched(running, running.tell("bill", shop=shop, kind=kind, day=day))
        text = body.decode(encoding)
        equal(body.startswith("\ufeff".encode()), encoding != "gbk", kind)
        total = fen(column(text, ins)) + (fen(column(text, outs)) if outs else 0)
        equal(total, running.ledger(shop)["sums"]["billed"], kind)
    day = settle(running, "douyin-1")
    text = fetched(running, running.tell("bill", shop="douyin-1", kind="douyin", day=day)).decode("utf-8-sig")
    signed = [amount if way == "入账" else f"-{amount}" for way, amount in zip(column(text, "动账方向"), column(text, "动账金额"))]
    equal(fen(signed), running.ledger("douyin-1")["sums"]["billed"])


@cases.case("columns are inserted, rows come twice, words are new, totals are wrong, a day is missing or empty")
def odd_bills(running):
    day = settle(running, "pdd-1")
    plain = fetched(running, running.tell("bill", shop="pdd-1", kind="pdd", day=day)).decode("utf-8-sig")
    odd = fetched(running, running.tell("bill", shop="pdd-1", kind="pdd", day=day, insert={"1": "新列", "0": "序号"}, twice=True,
                                        unknown="神秘费用", encoding="gbk")).decode("gbk")
    equal(odd.splitlines()[0].split(",")[:3], ["序号", "新列", "商户订单号"])
    equal(len(odd.splitlines()), len(plain.splitlines()) + 1)
    holds(odd, "神秘费用")
    for total, off in (("right", 0), ("wrong", 1)):
        text = fetched(running, running.tell("bill", shop="pdd-1", kind="pdd", day=day, total=total)).decode("utf-8-sig")
        sums = text.splitlines()[-1].split(",")
        equal((sums[0], fen(sums[2:3])), ("合计", fen(column(text, "收入金额（+元）", skip=1)) + off))
    day = settle(running, "taobao-1")
    text = fetched(running, running.tell("bill", shop="taobao-1", kind="alipay", day=day, total="wrong")).decode("gbk")
    gained = next(line for line in text.splitlines() if line.startswith("#收入合计"))
    equal(fen([gained.partition("共")[2].removesuffix("元")]), fen(column(text, "收入金额（+元）")) + 1)
    equal(client.ask(running.port, "GET", f"/files/jd-1/jd-{day}.csv").status, 404)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "bill.csv"
        running.tell("bill", shop="jd-1", kind="jd", day="2020-01-01", file=str(file))
        equal(len(file.read_text("utf-8-sig").splitlines()), 1)


@cases.case("Pinduoduo tells where a day's file is; Douyin's rows are read on from two places at once")
def bill_calls(running):
    day, call = settle(running, "pdd-1"), caller_of(running, "pdd")
    holds(call("pdd.finance.balance.daily.bill.url.get", bill_date=day), "isv.bill-not-ready")
    running.tell("bill", shop="pdd-1", kind="pdd", day=day)
    url = call("pdd.finance.balance.daily.bill.url.get", bill_date=day)["finance_balance_daily_bill_url_get_response"]["download_url"]
    holds(client.ask(running.port, "GET", "/" + url.split("/", 3)[3]).body.decode("utf-8-sig"), "账务类型")
    settle(running, "douyin-1")
    settle(running, "douyin-1")
    at, call, found = running.now(), caller_of(running, "douyin"), []
    start, index = local(at - 600), "0"
    while True:
        data = call("order.getSettleBillDetailV3", size=2, start_time=start, end_time=local(at + 9), start_index=index, time_type=0)["data"]
        found += [row["request_no"] for row in data["data"]]
        assert len(found) < 99, "it comes to no end"
        if data["is_end"]:
            break
        start, index = data["next_start_time"], data["next_start_index"]
    equal(sorted(found), sorted(row["flow"] for row in running.ledger("douyin-1")["bills"]))
    holds(call("order.getSettleBillDetailV3", size=2, start_time=local(at - 8 * 86400), end_time=local(at), start_index="0"), "40004")
    holds(call("order.getShopAccountItem", size=1000, start_time=local(at - 600), end_time=local(at + 9)), '"is_end": 1')


# ---------------------------------------------------------------- the print component


class Socket:
    """As much of a websocket's client as the cases need."""

    def __init__(self, port):
        self.line = socket.create_connection(("127.0.0.1", port), 5)
        self.reader = self.line.makefile("rb")
        self.line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        self.head = b"".join(iter(self.reader.readline, b"\r\n")).decode()

    def send(self, message):
        self.line.sendall(print_component.frame(print_component.TEXT, json.dumps(message).encode(), b"mask"))

    def receive(self):
        return json.loads(print_component.receive(self.reader)[1].decode())

    def close(self):
        self.reader.close()
        self.line.close()


def task(count=10):
    return {"cmd": "print", "requestID": "r1", "version": "1.0", "task": {
        "taskID": "t1", "preview": False, "printer": "XP-100", "documents": [
            {"documentID": f"SF{number}", "contents": [{"encryptedData": "x" * 200, "templateURL": "u"}]} for number in range(count)]}}


@cases.plain("the print component prints and tells it once, twice, never, or in part")
def print_modes():
    for mode, printed, notices in (("", 10, 1), ("twice", 10, 2), ("silent", 10, 0), ("paper", 3, 1), ("offline", 0, 0)):
        component = print_component.Component(mode)
        line = Socket(component.port)
        holds(line.head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        line.send({"cmd": "getPrinters", "requestID": "r0", "version": "1.0"})
        equal(line.receive()["printers"][0]["status"], "disable" if mode == "offline" else "enable")
        line.send(task())
        equal(line.receive()["status"], "failed" if mode == "offline" else "success", mode)
        told = [line.receive() for _ in range(notices)]
        assert component.wait_printed(printed), f"{mode}: {len(component.printed)} came out"
        equal([sum(row["status"] == "success" for row in notice["printStatus"]) for notice in told], [printed] * notices, mode)
        line.send({"orderType": "GET_Printers", "key": "k", "version": "2"})
        equal(line.receive()["content"], ["XP-100", "XP-200"])
        equal(len(component.printed), printed, mode)
        line.close()
        component.close()


@cases.case("a test may start print components and change what goes wrong with them")
def components(running):
    told = running.tell("component", mode="paper", sheets=2)
    line = Socket(told["port"])
    line.send(task(3))
    equal((line.receive()["status"], line.receive()["taskStatus"]), ("success", "failed"))
    running.tell("component", number=told["number"], mode="")
    line.send(task(1))
    equal((line.receive()["status"], line.receive()["taskStatus"]), ("success", "printed"))
    equal([document for _, document in running.look("printed")[0]["printed"]], ["SF0", "SF1", "SF0"])
    line.close()


@cases.case("nothing is left waiting: a hundred calls at once are all answered", "--shops", "4")
def many(running):
    answers, started = [], time.monotonic()
    callers = [client.Pdd(running, f"pdd-{1 + number % 4}", timeout=60) for number in range(100)]
    threads = [threading.Thread(target=lambda caller=caller: answers.append(caller("pdd.logistics.companies.get"))) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sum("logistics_companies_get_response" in answer for answer in answers), 100)
    print(f"# 100 calls in {time.monotonic() - started:.2f} s")


cases.done()
