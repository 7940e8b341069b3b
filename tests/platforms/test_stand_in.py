#!/usr/bin/env python3
"""Who may call the stand-in: signatures, clocks, tokens, throttles, and how each platform says no.

The published examples prove the signatures; everything else is asked for over HTTP."""

import json
import pathlib
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from platforms import aes, client, lists, signs, woocommerce  # noqa: E402
from platforms.cases import Cases, equal, holds  # noqa: E402
from platforms.clock import local  # noqa: E402

cases = Cases()
TOP = {"app_key": "12345678", "fields": "num_iid,title,nick,price,num", "format": "json", "method": "taobao.item.seller.get",
       "num_iid": "11223344", "session": "test", "timestamp": "2016-01-01 12:00:00", "v": "2.0"}
JD = {"360buy_param_json": '{"end_date":null,"optional_fields":null,"order_state":"WAIT_SELLER_STOCK_OUT","page":"1","page_size":"200",'
                           '"start_date":null}',
      "access_token": "yourtoken", "app_key": "yourappkey", "method": "jingdong.pop.order.search",
      "timestamp": "2021-05-07 09:20:39.683+0800", "v": "2.0"}
PDD = {"access_token": "asd78172s8ds9a921j9qqwda12312w1w21211", "client_id": "1", "data_type": "XML", "order_status": "1", "page": "1",
       "page_size": "10", "timestamp": "1480411125", "type": "pdd.order.number.list.get"}
DOUYIN = {"app_key": "7000000000000000001", "method": "order.searchList", "timestamp": "1717203600", "v": "2",
          "param_json": '{"combine_status":[{"order_status":"2,3"}],"order_asc":true,"order_by":"update_time","page":0,"size":100,'
                        '"update_time_end":1717203600,"update_time_start":1717201800}'}
KUAISHOU = {"access_token": "token", "appkey": "ks123", "method": "open.seller.order.list", "param": '{"title":"短袖"}',
            "timestamp": "1583271919000", "version": "1"}
PUSH = (b'[{"tag":"101","msg_id":"69000001","data":"{\\"p_id\\":6900000000000000001,\\"shop_id\\":123,\\"order_status\\":2}"}]')
SEALED = ("9W0qL4lKtoMHzsdgWNBIZaN5BsfhGucpxMNIfdBVmKQ26BDqMXK406a/QxilRxNpZ6939Z8fUGcjaPeQlIliCTdZP4Ddt3qcajT2eJIeADYvV/pGW0trsuYxinv0ruv0"
          "fCwWMRXdt78phO8I39nhnsA+DHr3OXqPJtWKcT+Avz27CR4vRiOJuDL7JzkJcWmhUvtsWwY2653ui43H9QpB+JvPHlXNQzB1BjU6Xurqnx6kPqNke9SQ7sAaxW6xCA/s"
          "RakxfqC052YX9em0gfqXxv/BrL3eg3KDGLHS5OhXelx3XP2DgflCzHQPtZo4xX+IfFum+xVZ9AmI5q0abqqtKlhRqEJdsgUvFiqQ4HQI9Po=")
WOO = {"dates_are_gmt": "true", "modified_after": "2024-06-01T08:30:00", "page": "1", "per_page": "100", "oauth_consumer_key": "ck_abc123",
       "oauth_nonce": "0123456789abcdef0123456789abcdef", "oauth_timestamp": "1717203600"}

EXAMPLES = [
    ("Taobao, md5", signs.top("helloworld", {**TOP, "sign_method": "md5"}), "66987CB115214E59E6EC978214934FB8"),
    ("Taobao, hmac", signs.top("helloworld", {**TOP, "sign_method": "hmac"}), "D56D7858309C31B6251083A874D48273"),
    ("Taobao, hmac-sha256", signs.top("helloworld", {**TOP, "sign_method": "hmac-sha256"}),
     "04DB15AD0774D5CFCE2C837DE43E3FCEA9011ED74F3038FB6AB5F3C4CEA119E8"),
    ("Taobao, an empty value", signs.top("helloworld", {**TOP, "sign_method": "md5", "status": ""}), "66987CB115214E59E6EC978214934FB8"),
    ("JD", signs.jd("yourappSecret", JD), "D70825340F4084360B9362B60DFD7930"),
    ("Pinduoduo", signs.pdd("testSecret", PDD), "E4DE3ED21002510DED352819E7AE6775"),
    ("Douyin, hmac-sha256", signs.douyin("yourappSecret", {**DOUYIN, "sign_method": "hmac-sha256"}),
     "48ddb39701d2c06f79a294e0bda4192d2e2aba11e67e7d06caa97e2dfebcd298"),
    ("Douyin, md5", signs.douyin("yourappSecret", {**DOUYIN, "sign_method": "md5"}), "095b32bd69e391c03ed54252f0342137"),
    ("Douyin's push", signs.douyin_push("7000000000000000001", "yourappSecret", PUSH), "32cc0702d1b7b17e730e567d68ef531e"),
    ("Kuaishou, MD5", signs.kuaishou("sign-secret", {**KUAISHOU, "signMethod": "MD5"}), "6005da269b372ff10945e565ef37a4c6"),
    ("Kuaishou, HMAC_SHA256", signs.kuaishou("sign-secret", {**KUAISHOU, "signMethod": "HMAC_SHA256"}),
     "ZpPrG0oB1g/T93FyyVD+VCzRey41yqxZoCqcGg7upYM="),
    ("a webhook", signs.webhook("hush", b'{"id":450789469,"name":"#1001"}'), "Y3S0OcgdRab3yE7clVq/m9rzY5a6y13OKkjMFe0FjeI="),
    ("WooCommerce, HMAC-SHA256", woocommerce.oauth_signature("cs_def456", "GET", "http://shop.test/wp-json/wc/v3/orders",
                                                             {**WOO, "oauth_signature_method": "HMAC-SHA256"}, "HMAC-SHA256"),
     "OH39owF7rZZ0xd+OelplSB/1owNgDGk6IbjkBYJUPbI="),
    ("WooCommerce, HMAC-SHA1", woocommerce.oauth_signature("cs_def456", "GET", "http://shop.test/wp-json/wc/v3/orders",
                                                           {**WOO, "oauth_signature_method": "HMAC-SHA1"}, "HMAC-SHA1"),
     "I1bUJHV9RdW6B5nCEsBGqUsjINc="),
]


@cases.plain("the signatures are those of the published examples")
def examples():
    for name, got, expected in EXAMPLES:
        equal(got, expected, name)


@cases.plain("what Kuaishou pushes can be opened, and what was sealed with bad padding cannot")
def sealed():
    secret = "AAECAwQFBgcICQoLDA0ODw=="
    message = json.loads(aes.unseal(secret, SEALED))
    equal(message["event"], "kwaishop_order_paySuccess")
    equal(json.loads(message["info"])["oid"], 2400000000001)
    equal(aes.seal(secret, aes.unseal(secret, SEALED)), SEALED)
    try:
        aes.unseal(secret, aes.seal(secret, "x" * 16, "bad"))
    except ValueError:
        return
    raise AssertionError("bad padding was not noticed")


# ---------------------------------------------------------------- one good call of each, and how it is refused


# How each platform says what is wrong: a part of its answer.
SIGNED = {
    "taobao": (lists.taobao, '"tid"', {"sign": '"code": 25', "clock": '"code": 31', "expired": '"code": 27', "throttled": '"code": 7,',
                                   "key": '"code": 29'}),
    "jd": (lists.jd, '"orderId"', {"sign": '"code": "12"', "clock": '"code": "8"', "expired": '"code": "19"', "throttled": '"code": "2"',
                                  "key": '"code": "21"'}),
    "pdd": (lists.pdd, '"order_sn"', {"sign": "20004", "clock": "公共参数错误:timestamp", "expired": "10019", "throttled": "70031",
                                     "key": "10002"}),
    "douyin": (lists.douyin, '"order_id"', {"sign": "isv.signature-invalid", "clock": "isv.timestamp-invalid",
                                           "expired": "isv.access-token-expired", "throttled": "60000", "key": "isv.app-key-invalid"}),
    "kuaishou": (lists.kuaishou, '"oid"', {"sign": '"result": 28', "clock": '"result": 27', "expired": '"result": 24',
                                          "throttled": '"result": 802000', "key": '"result": 22'}),
}
STAMPS = {"taobao": lambda at: {"timestamp": local(at)}, "jd": lambda at: {"timestamp": local(at)}, "pdd": lambda at: {"timestamp": str(at)},
          "douyin": lambda at: {"timestamp": str(at)}, "kuaishou": lambda at: {"timestamp": str(at * 1000)}}
TOLERANCE = {"jd": 360}
KEYS = {"taobao": "app_key", "jd": "app_key", "pdd": "client_id", "douyin": "app_key", "kuaishou": "appkey"}


@cases.case("a good call is answered, and a signature that is wrong, missing or in the wrong case is refused")
def signatures(running):
    for name, (ask, good, says) in SIGNED.items():
        caller = client.CALLERS[name](running, f"{name}-1")
        holds(ask(running, caller), good)
        holds(ask(running, caller, sign=lambda right: right[:-1] + ("A" if right[-1] != "A" else "B")), says["sign"])
        holds(ask(running, caller, sign=lambda right: right.swapcase()), says["sign"])
        assert good not in json.dumps(ask(running, caller, sign=lambda _: "")), f"{name} without a signature"
        holds(ask(running, caller, system={KEYS[name]: "87654321"}), says["key"])


@cases.case("a value that is altered, encoded twice or has + for a space no longer fits its signature")
def encodings(running):
    caller = client.Taobao(running, "taobao-1")
    order = next(iter(running.ledger("taobao-1")["orders"]))
    text = "红 <L>&+%\"\\𠮷"
    right = {"method": "taobao.trade.fullinfo.get", "app_key": caller.shop["app_key"], "session": caller.shop["access"], "v": "2.0",
             "timestamp": local(caller.now()), "format": "json", "sign_method": "md5", "fields": "tid,status", "tid": order, "memo": text}
    sign = signs.top(caller.shop["secret"], right)
    holds(caller.post_form("/taobao/router/rest", {**right, "sign": sign}).json(), '"tid"')
    holds(caller.post_form("/taobao/router/rest", {**right, "sign": sign, "memo": text + " "}).json(), '"code": 25')
    twice = {**right, "memo": "%E7%BA%A2"}
    holds(caller.post_form("/taobao/router/rest", {**right, "memo": "红", "sign": signs.top(caller.shop["secret"], twice)}).json(), '"code": 25')
    plus = {**right, "timestamp": right["timestamp"].replace(" ", "+")}
    holds(caller.post_form("/taobao/router/rest", {**right, "sign": signs.top(caller.shop["secret"], plus)}).json(), '"code": 25')
    bare = client.urllib.parse.urlencode({**right, "sign": sign}) + "&x=100%"
    holds(client.ask(running.port, "POST", "/taobao/router/rest", bare).json(), "percent sign")


@cases.case("an empty value is signed or not as each platform does it")
def empty_values(running):
    taobao, pdd = client.Taobao(running, "taobao-1"), client.Pdd(running, "pdd-1")
    holds(lists.taobao(running, taobao, status=""), '"tid"')
    holds(lists.pdd(running, pdd, trade_type=""), '"order_sn"')
    body = dict(type="pdd.logistics.companies.get", client_id=pdd.shop["app_key"], access_token=pdd.shop["access"],
                timestamp=str(pdd.now()), data_type="JSON", version="V1")
    body["sign"] = signs.pdd(pdd.shop["secret"], body)
    for value, part in ((None, '"available"'), ("", "20004")):
        holds(client.ask(running.port, "POST", "/pdd/api/router", json.dumps({**body, "x": value}),
                         {"Content-Type": "application/json"}).json(), part)


@cases.case("booleans, lists and forms are signed by Pinduoduo as they are written")
def pdd_types(running):
    caller = client.Pdd(running, "pdd-1")
    right = signs.pdd(caller.shop["secret"], {
        "type": "pdd.logistics.companies.get", "client_id": caller.shop["app_key"], "access_token": caller.shop["access"],
        "timestamp": str(caller.now()), "flag": "true", "list": "[1,2]"})
    body = {"type": "pdd.logistics.companies.get", "client_id": caller.shop["app_key"], "access_token": caller.shop["access"],
            "timestamp": str(caller.now()), "flag": True, "list": [1, 2], "sign": right}
    holds(client.ask(running.port, "POST", "/pdd/api/router", json.dumps(body), {"Content-Type": "application/json"}).json(), '"available"')
    holds(caller("pdd.logistics.companies.get", form=True), '"available"')


@cases.case("Douyin's body is signed with its keys sorted at every level, and its method is its path")
def douyin_bodies(running):
    caller = client.Douyin(running, "douyin-1")
    at = running.now()
    unsorted = f'{{"size":100,"page":0,"order_by":"update_time","update_time_start":{at - 1800},"update_time_end":{at}}}'
    holds(caller("order.searchList", body=unsorted), "isv.signature-invalid")
    holds(caller("order.searchList", body='{"x": 1}'), "isv.signature-invalid")
    holds(caller("order.searchList", {"method": "order.orderDetail"}), "70000")
    holds(lists.douyin(running, caller, sign_method="md5"), '"code": 10000')
    holds(lists.douyin(running, caller, system={"sign_method": None}, sign_method=None), '"code": 10000')


@cases.case("a clock that is off by more than the platform's limit is refused, and one within it is not")
def clocks(running):
    for name, (ask, good, says) in SIGNED.items():
        caller, limit = client.CALLERS[name](running, f"{name}-1"), TOLERANCE.get(name, 600)
        for off, part in ((limit + 30, says["clock"]), (-limit - 30, says["clock"]), (limit - 30, good), (-limit + 30, good)):
            holds(ask(running, caller, system=STAMPS[name](running.now() + off)), part)
    running.tell("clock", skew=3600)
    holds(client.Pdd(running, "pdd-1")("pdd.logistics.companies.get"), "公共参数错误:timestamp")


# ---------------------------------------------------------------- tokens


@cases.case("a token that is expired, revoked or another's is refused")
def bad_tokens(running):
    for name, (ask, good, says) in SIGNED.items():
        caller = client.CALLERS[name](running, f"{name}-1")
        running.tell("token", shop=f"{name}-1", action="expire")
        holds(ask(running, caller), says["expired"])
        other = client.CALLERS[name](running, f"{name}-2")
        running.tell("token", shop=f"{name}-2", action="revoke")
        assert good not in json.dumps(ask(running, other)), f"{name} takes a revoked token"
        caller.shop["access"] = "nobody's"
        assert good not in json.dumps(ask(running, caller)), f"{name} takes any token"
    holds(lists.douyin(running, client.Douyin(running, "douyin-2")), "dop.authorization-closed")


@cases.case("a refresh gives a new token, voids the old one, and is counted")
def refreshes(running):
    running.tell("token", shop="jd-1", action="life", seconds=3600)
    for name, (ask, good, _says) in SIGNED.items():
        caller = client.CALLERS[name](running, f"{name}-1")
        answer = caller.token()
        token = answer.get("data", answer)["access_token"]
        assert good not in json.dumps(ask(running, caller)), f"{name} takes the old token"
        caller.shop["access"] = token
        holds(ask(running, caller), good)
        equal(running.look("shops")[f"{name}-1"]["refreshes"], 1, name)


@cases.case("each platform's own rule of refreshing")
def refresh_rules(running):
    holds(client.Jd(running, "jd-1").token(), "early")
    running.tell("token", shop="jd-1", action="expire")
    holds(client.Jd(running, "jd-1").token(), "late")
    running.tell("token", shop="taobao-1", action="fix")
    holds(client.Taobao(running, "taobao-1").token(), "fixed")
    holds(client.Taobao(running, "taobao-1")("taobao.top.auth.token.refresh", refresh_token=running.shops["taobao-1"]["refresh"]), '"code": 27')
    before = running.look("shops")["pdd-1"]
    running.tell("clock", skew=5000)
    client.Pdd(running, "pdd-1").token()
    running.tell("clock", skew=-5000)
    equal(running.look("shops")["pdd-1"]["access_until"], before["access_until"], "a refresh of Pinduoduo's lengthens nothing")
    running.tell("token", shop="pdd-2", action="reauthorise")
    holds(lists.pdd(running, client.Pdd(running, "pdd-2")), "10019")
    kuaishou = client.Kuaishou(running, "kuaishou-1")
    first = kuaishou.shop["refresh"]
    equal(kuaishou.token()["result"], 1)
    equal(kuaishou.token(first)["result"], 1, "the old refresh token, within five minutes")
    running.tell("clock", skew=301)
    assert kuaishou.token(first)["result"] != 1, "the old refresh token is good for ever"
    douyin = client.Douyin(running, "douyin-1")
    running.tell("clock", skew=-301)
    equal(douyin.token()["code"], 10000)
    holds(douyin.token(), "50001")


@cases.case("of two workers that refresh at once, one gets a token and the other is told")
def refresh_storm(running):
    caller, answers = client.Douyin(running, "douyin-1"), []
    threads = [threading.Thread(target=lambda: answers.append(caller.token()["code"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(answers), [10000] + [50001] * 7)


# ---------------------------------------------------------------- throttles and addresses


@cases.case("more calls in a second than the budget are refused, for one shop alone or for all")
def throttles(running):
    running.tell("clock", rate=0)  # so that all of it is within one second
    for name, (ask, good, says) in SIGNED.items():
        one, other = (client.CALLERS[name](running, f"{name}-{number}") for number in (1, 2))
        running.tell("throttle", whom=f"{name}-1", per_second=2, ban=30)
        for part in (good, good, says["throttled"], says["throttled"]):
            holds(ask(running, one), part)
        holds(ask(running, other), good)
        running.tell("throttle", whom=name, per_second=1, ban=30)
        holds(ask(running, other), good)
        holds(ask(running, other), says["throttled"])
        running.tell("throttle", whom=name)
        running.tell("throttle", whom=f"{name}-1")
        holds(ask(running, one), good)
    running.tell("throttle", whom="pdd-1", per_second=1, ban=5)
    for skew, part in ((0, '"order_sn"'), (0, "70031"), (4, "70031"), (2, '"order_sn"')):
        running.tell("clock", skew=skew)
        holds(lists.pdd(running, client.Pdd(running, "pdd-1")), part)
    running.tell("throttle", whom="taobao-1", per_second=0, ban=7)
    holds(lists.taobao(running, client.Taobao(running, "taobao-1")), "This ban will last for 8 more seconds")


@cases.case("Shopify's bucket of costs empties and fills again; WooCommerce says 429")
def other_throttles(running):
    shopify = client.Shopify(running, "shopify-1")
    query = "query($n: Int!) { orders(first: $n, sortKey: UPDATED_AT) { nodes { id } } }"
    for _ in range(12):
        answer = shopify(query, n=250)
        if "data" not in answer:
            break
    equal(answer["errors"][0]["extensions"]["code"], "THROTTLED")
    holds(answer, '"restoreRate": 100')
    assert "data" not in answer
    running.tell("clock", skew=20)
    holds(shopify(query, n=250), '"nodes"')
    running.tell("trait", name="shopify_throttled_status", value=429)
    running.tell("throttle", whom="shopify-1", per_second=0)
    equal(shopify.raw(query, n=1).status, 429)
    running.tell("throttle", whom="woo-1", per_second=0, ban=4)
    answer = client.Woo(running, "woo-1").raw("GET", "/orders")
    equal((answer.status, answer.headers["Retry-After"]), (429, "5"))


@cases.case("addresses that are not on the list are refused where a platform has one")
def allowed_addresses(running):
    for name, part in (("pdd", "20005"), ("douyin", "30002")):
        ask = SIGNED[name][0]
        running.tell("addresses", platform=name, allow=["10.0.0.1"])
        holds(ask(running, client.CALLERS[name](running, f"{name}-1")), part)
        running.tell("addresses", platform=name, allow=["127.0.0.1"])
        holds(ask(running, client.CALLERS[name](running, f"{name}-1")), SIGNED[name][1])


@cases.case("WooCommerce takes each nonce once, and no timestamp that is a quarter of an hour off")
def nonces(running):
    caller = client.Woo(running, "woo-1")
    equal(caller.raw("GET", "/orders").status, 200)
    for oauth, part in (({"oauth_nonce": "same"}, None), ({"oauth_nonce": "same"}, "already been used"),
                        ({"oauth_timestamp": str(running.now() - 1000)}, "timestamp"), ({"oauth_signature": "AAAA"}, "signature")):
        answer = caller.raw("GET", "/orders", oauth=oauth)
        equal(answer.status, 401 if part else 200, part)
        holds(answer.json(), part or '"id"')
    equal(caller.raw("GET", "/orders", basic=True).status, 200)
    running.tell("trait", name="woo_basic_over_http", value=False)
    equal(caller.raw("GET", "/orders", basic=True).status, 401)


@cases.case("Shopify refuses a token that is not its shop's")
def shopify_token(running):
    caller = client.Shopify(running, "shopify-1")
    equal(caller.raw("{ shop { name } }", token="x").status, 401)
    equal(caller("{ shop { name } }")["data"]["shop"]["name"], "旗舰店 1")
    holds(caller("{ shop { name "), "errors")


@cases.case("calls that are not there, or lack what is required, are told so in each platform's words")
def wrong_calls(running):
    taobao, jd, pdd = (client.CALLERS[name](running, f"{name}-1") for name in ("taobao", "jd", "pdd"))
    holds(taobao("taobao.no.such"), '"code": 22')
    holds(taobao("taobao.trade.fullinfo.get", fields="tid"), '"code": 40')
    holds(taobao("taobao.logistics.companies.get", {"session": None}), '"code": 26')
    holds(jd("jingdong.no.such"), '"code": "15"')
    holds(lists.jd(running, jd, page_size="101"), "参数错误")
    holds(pdd("pdd.no.such"), "10000")
    holds(client.Kuaishou(running, "kuaishou-1")("open.order.cursor.list", verb="POST"), "is asked with GET")
    xml = taobao.post_form("/taobao/router/rest", {"method": "x"})
    holds(xml.body.decode(), "<error_response>")
    equal(client.Woo(running, "woo-1").raw("GET", "/nothing").json()["code"], "rest_no_route")
    equal(client.ask(running.port, "GET", "/nobody").status, 404)


@cases.case("the log has every call and what became of it; the same seed and moment give the same data")
def logs(running):
    caller = client.Pdd(running, "pdd-1")
    lists.pdd(running, caller)
    caller("pdd.no.such")
    log = running.log("pdd-1")
    equal([entry["verdict"].split()[0] for entry in log], ["ok", "10000"])
    equal(log[0]["call"], "pdd.order.number.list.increment.get")
    arguments = ("--no-tls", "--seed", "7", "--now", "1800000000")
    with client.Running(*arguments) as one, client.Running(*arguments) as two, client.Running(*arguments[:2], "8", *arguments[3:]) as three:
        equal(one.ledger("jd-2"), two.ledger("jd-2"))
        equal(one.look("shops"), two.look("shops"))
        assert one.ledger("jd-2") != three.ledger("jd-2"), "another seed gives the same data"


cases.done()
