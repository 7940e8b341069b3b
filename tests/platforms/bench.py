"""The connectors against the stand-in: starts both, speaks to the stand-in's control port, and asks the connectors for verbs.

Knows no platform but by what a test tells it."""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
OUT = pathlib.Path(ROOT, os.environ.get("OUT", "build"))
CALLER = OUT / "tests/platform_caller"
GATEWAYS = {"taobao": "/taobao/router/rest", "pdd": "/pdd/api/router", "jd": "/jd/routerjson", "douyin": "/douyin", "kuaishou": "/kuaishou",
            "shopify": "/shopify", "woo": "/woo"}
PAGES_MAX = 100


class Bench:
    def __init__(self, *options):
        self.stand_in = subprocess.Popen([sys.executable, ROOT / "tests/platforms/stand_in.py", *map(str, options)],
                                         stdout=subprocess.PIPE)
        self.ports = json.loads(self.stand_in.stdout.readline())
        self.caller = subprocess.Popen([CALLER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.caller.stdin.close()
        self.stand_in.terminate()
        for program in (self.caller, self.stand_in):
            program.wait(10)
            program.stdout.close()

    # ---------------------------------------------------------------- the stand-in's control port

    def look(self, what):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['control']}/control/{what}", timeout=30) as answer:
            return json.load(answer)

    def say(self, command, **more):
        """One command; returns what it returned."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.ports['control']}/control",
                                         json.dumps({"command": command, **more}).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)[0]

    def now(self):
        return int(self.look("clock")["now"])

    def ledger(self, shop):
        return self.look(f"ledger?shop={shop}")[shop]

    # ---------------------------------------------------------------- the connectors

    def shop(self, key, **more):
        told = self.look("shops")[key]
        known = {"platform": told["platform"], "id": str(told["number"]), "app_key": told["app_key"], "app_secret": told["secret"],
                 "sign_secret": told["sign_secret"], "access_token": told["access"], "refresh_token": told["refresh"],
                 "gateway": f"http://127.0.0.1:{self.ports['port']}{GATEWAYS[told['platform']]}"}
        if known["platform"] == "woo":  # a key and its secret, and no other tokens
            known.update(platform="woocommerce", app_key=told["access"], app_secret=told["refresh"])
        if known["platform"] == "shopify":
            known.update(place="1")
        return {**known, **more}

    def call(self, shop, verb, **more):
        """shop: a key, or what shop() gave. Returns what the connector made of it."""
        question = {"shop": self.shop(shop) if isinstance(shop, str) else shop, "verb": verb, "now": self.now(), **more}
        said = self._ask(question)
        return {**said.pop("answer"), **said}

    def _ask(self, question):
        self.caller.stdin.write(json.dumps(question).encode() + b"\n")
        self.caller.stdin.flush()
        return json.loads(self.caller.stdout.readline())

    def hear(self, shop, headers, body):
        """What the connector makes of a push."""
        return self._ask({"shop": shop, "hear": {"headers": headers, "body": body}})

    def pull(self, shop, verb, rows, start, end, **more):
        """All pages of a window: {id: row}, the last one that came; and what was wrong, or ""."""
        found, cursor = {}, ""
        for _ in range(PAGES_MAX):
            said = self.call(shop, verb, **{"from": start, "to": end, "cursor": cursor}, **more)
            if said["class"] != "ok":
                return found, f"{verb}: {said}"
            found.update((row["id"], row) for row in said[rows])
            cursor = said["cursor"]
            if not cursor:
                return found, ""
        return found, f"{verb} does not end"
