"""For tests: starts the stand-in as a program, speaks to its control port, and calls the platforms as a well-behaved connector does.

It signs with the stand-in's own rules, which the published examples prove (test_stand_in.py)."""

import http.client
import json
import pathlib
import subprocess
import sys
import time
import urllib.parse

from platforms import douyin, signs, wire, woocommerce
from platforms.clock import local

PROGRAM = pathlib.Path(__file__).resolve().parent / "stand_in.py"


class Running:
    """The program, and its control port. Also a context."""

    def __init__(self, *arguments):
        self.child = subprocess.Popen([sys.executable, str(PROGRAM), *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        ports = json.loads(self.child.stdout.readline())
        self.port, self.control_port, self.tls_port = ports["port"], ports["control"], ports["tls"]
        self.shops = self.look("shops")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(10)
        self.child.stdout.close()

    def _control(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=120)
        try:
            connection.request(method, path, body)
            reply = connection.getresponse()
            answer = json.loads(reply.read())
        finally:
            connection.close()
        if reply.status != 200:
            raise AssertionError(f"{path}: {answer}")
        return answer

    def look(self, what, **wanted):
        return self._control("GET", f"/control/{what}?{urllib.parse.urlencode(wanted)}")

    def tell(self, command, **more):
        """Returns what the command returned."""
        return self._control("POST", "/control", json.dumps({"command": command, **more}))[0]

    def arm(self, do, **more):
        return self.tell("arm", do=do, **more)

    def ledger(self, shop, **wanted):
        return self.look("ledger", shop=shop, **wanted)[shop]

    def log(self, shop, **wanted):
        return self.look("log", shop=shop, **wanted)

    def now(self):
        return int(self.look("clock")["now"])


class Lost(Exception):
    """There was no whole reply; what the call has done is not known."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


def ask(port, method, target, body=None, headers=None, timeout=10.0):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, target, body, headers or {})
        reply = connection.getresponse()
        return Answer(reply.status, reply.headers, reply.read())
    except (OSError, http.client.HTTPException) as fault:
        raise Lost(f"{type(fault).__name__}: {fault}") from fault
    finally:
        connection.close()


class Caller:
    """Calls for one shop. system: parameters around the call that are other than they should be; None leaves one out. sign: instead of
    the right signature, function(right) -> what is sent."""

    def __init__(self, running, shop, timeout=10.0):
        self.running, self.port, self.timeout = running, running.port, timeout
        self.key = shop
        self.shop = dict(running.shops[shop])

    def renew(self):
        """Takes the tokens as they are now."""
        self.shop = self.running.look("shops")[self.key]

    def now(self):
        return int(time.time())

    def post_form(self, path, params):
        return ask(self.port, "POST", path, urllib.parse.urlencode(params).encode(), {"Content-Type": "application/x-www-form-urlencoded"},
                   self.timeout)


def adjusted(params, system):
    """system over params; what is None is left out."""
    return {name: value for name, value in {**params, **(system or {})}.items() if value is not None}


class Taobao(Caller):
    def __call__(self, method, system=None, sign=None, sign_method="hmac-sha256", **params):
        full = adjusted({"method": method, "app_key": self.shop["app_key"], "session": self.shop["access"], "timestamp": local(self.now()),
                         "v": "2.0", "format": "json", "sign_method": sign_method, **texts(params)}, system)
        right = signs.top(self.shop["secret"], full)
        full["sign"] = sign(right) if sign else right
        return self.post_form("/taobao/router/rest", full).json()

    def token(self, **params):
        return self.post_form("/taobao/token", {"grant_type": "refresh_token", "client_id": self.shop["app_key"],
                                                "client_secret": self.shop["secret"], "refresh_token": self.shop["refresh"], **params}).json()


class Jd(Caller):
    def __call__(self, method, system=None, sign=None, **params):
        full = adjusted({"method": method, "app_key": self.shop["app_key"], "access_token": self.shop["access"], "v": "2.0",
                         "timestamp": local(self.now()) + ".000+0800", "360buy_param_json": wire.write_json(params)}, system)
        right = signs.jd(self.shop["secret"], full)
        full["sign"] = sign(right) if sign else right
        body = {"360buy_param_json": full.pop("360buy_param_json")}
        return self.post_form("/jd/routerjson?" + urllib.parse.urlencode(full), body).json()

    def token(self, **params):
        return self.post_form("/jd/oauth2/refresh_token", {"grant_type": "refresh_token", "app_key": self.shop["app_key"],
                                                           "app_secret": self.shop["secret"], "refresh_token": self.shop["refresh"],
                                                           **params}).json()


class Pdd(Caller):
    def raw(self, kind, system=None, sign=None, form=False, **params):
        full = adjusted({"type": kind, "client_id": self.shop["app_key"], "access_token": self.shop["access"], "data_type": "JSON",
                         "timestamp": str(self.now()), "version": "V1", **texts(params)}, system)
        right = signs.pdd(self.shop["secret"], full)
        full["sign"] = sign(right) if sign else right
        if form:
            return self.post_form("/pdd/api/router", full)
        return ask(self.port, "POST", "/pdd/api/router", json.dumps(full, ensure_ascii=False).encode(),
                   {"Content-Type": "application/json;charset=UTF-8"}, self.timeout)

    def __call__(self, kind, system=None, sign=None, form=False, **params):
        return self.raw(kind, system, sign, form, **params).json()

    def token(self, **params):
        return ask(self.port, "POST", "/pdd/oauth/token", json.dumps({
            "grant_type": "refresh_token", "client_id": self.shop["app_key"], "client_secret": self.shop["secret"],
            "refresh_token": self.shop["refresh"], **params}), {"Content-Type": "application/json"}).json()


class Douyin(Caller):
    def __call__(self, method, system=None, sign=None, body=None, sign_method="hmac-sha256", **params):
        text = body if body is not None else douyin.canonical(json.dumps(params, ensure_ascii=False))
        full = adjusted({"app_key": self.shop["app_key"], "method": method, "param_json": text, "timestamp": str(self.now()), "v": "2",
                         "sign_method": sign_method, "access_token": self.shop["access"]}, system)
        right = signs.douyin(self.shop["secret"], full)
        full["sign"] = sign(right) if sign else right
        text = full.pop("param_json")
        return ask(self.port, "POST", f"/douyin/{method.replace('.', '/')}?{urllib.parse.urlencode(full)}", text.encode(),
                   {"Content-Type": "application/json"}, self.timeout).json()

    def token(self, refresh=None):
        return self("token.refresh", {"access_token": None}, grant_type="refresh_token", refresh_token=refresh or self.shop["refresh"])


class Kuaishou(Caller):
    def __call__(self, method, system=None, sign=None, verb=None, sign_method="HMAC_SHA256", **params):
        full = adjusted({"appkey": self.shop["app_key"], "method": method, "version": "1", "param": wire.write_json(params),
                         "access_token": self.shop["access"], "timestamp": str(self.now() * 1000), "signMethod": sign_method}, system)
        right = signs.kuaishou(self.shop["sign_secret"], full)
        full["sign"] = sign(right) if sign else right
        path = f"/kuaishou/{method.replace('.', '/')}"
        verb = verb or ("GET" if method.endswith((".list", ".detail", ".list.get")) else "POST")
        if verb == "GET":
            return ask(self.port, "GET", f"{path}?{urllib.parse.urlencode(full)}", timeout=self.timeout).json()
        return self.post_form(path, full).json()

    def token(self, refresh=None):
        return self.post_form("/kuaishou/oauth2/refresh_token", {
            "grant_type": "refresh_token", "app_id": self.shop["app_key"], "app_secret": self.shop["secret"],
            "refresh_token": refresh or self.shop["refresh"]}).json()


class Shopify(Caller):
    def raw(self, query, token=None, **variables):
        return ask(self.port, "POST", "/shopify/admin/api/2026-10/graphql.json", json.dumps({"query": query, "variables": variables}),
                   {"Content-Type": "application/json", "X-Shopify-Access-Token": token or self.shop["access"]}, self.timeout)

    def __call__(self, query, **variables):
        return self.raw(query, **variables).json()


class Woo(Caller):
    nonce = 0

    def raw(self, method, path, body=None, query=None, oauth=None, basic=False):
        target = f"/woo/wp-json/wc/v3{path}"
        params, headers = dict(query or {}), {"Content-Type": "application/json"} if body is not None else {}
        if basic:
            headers["Authorization"] = "Basic " + wire.base64_text(f"{self.shop['access']}:{self.shop['refresh']}".encode())
        else:
            Woo.nonce += 1
            params.update({"oauth_consumer_key": self.shop["access"], "oauth_timestamp": str(self.now()), "oauth_nonce": f"n{Woo.nonce}",
                           "oauth_signature_method": "HMAC-SHA256", **(oauth or {})})
            params.setdefault("oauth_signature", woocommerce.oauth_signature(
                self.shop["refresh"], method, f"http://127.0.0.1:{self.port}{target}", params, params["oauth_signature_method"]))
        return ask(self.port, method, f"{target}?{urllib.parse.urlencode(params)}", json.dumps(body) if body is not None else None, headers,
                   self.timeout)

    def __call__(self, method, path, body=None, **query):
        return self.raw(method, path, body, query).json()


CALLERS = {"taobao": Taobao, "jd": Jd, "pdd": Pdd, "douyin": Douyin, "kuaishou": Kuaishou, "shopify": Shopify, "woo": Woo}


def texts(params):
    """Parameters as a form has them: what is not text is JSON."""
    return {name: value if isinstance(value, str) else wire.write_json(value) for name, value in params.items()}
