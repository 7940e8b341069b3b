"""Everything that stands behind the one port: the platforms, their shops, the clock, what is armed, and a log of every call."""

import dataclasses
import hashlib
import heapq
import threading
import time

from platforms import faults, ledger, seed, wire
from platforms.clock import Clock
from platforms.tokens import Tokens

LOG_LENGTH = 200_000


@dataclasses.dataclass
class App:
    """What a developer has of a platform: one application for all shops."""

    key: str
    secret: str
    sign_secret: str  # Kuaishou signs with another secret than the application's
    message_secret: str  # Base64; pushes are encrypted with it


class World:
    def __init__(self, platforms, seed_text="1", shops=2, orders=24, now=None):
        self.lock = threading.RLock()
        self.platforms, self.seed = platforms, seed_text
        self.clock = Clock(now)
        self.traits = {"has_next_moves": False, "woo_basic_over_http": True, "shopify_throttled_status": 200}
        self.faults, self.throttle = faults.Faults(), faults.Throttle(self.clock)
        self.log, self.calls, self.snapshots, self.files, self.schedule, self.planned = [], 0, {}, {}, [], 0
        self.buckets = {}  # Shopify's points: shop -> [left, at]
        self.pushes, self.push_failures, self.components = [], {}, []
        self.messages = []  # Taobao's, until they are confirmed
        self.address_rule = {}  # platform -> addresses that may call
        self.apply = None  # carries out a change that was armed: the control port's
        self.apps = {name: self._app(name) for name in platforms}
        self.shops, self.tokens, self.makers, self.platform_of = {}, {}, {}, {}
        for name in platforms:
            for number in range(1, shops + 1):
                self._open_shop(name, number, orders)

    def _digest(self, *words):
        return hashlib.sha256("/".join((self.seed, *words)).encode()).hexdigest()

    def _app(self, name):
        number = str(int(self._digest(name, "key")[:12], 16))[:8]
        secret = self._digest(name, "message")[:16]
        return App(f"{'ks' if name == 'kuaishou' else ''}{number}", self._digest(name, "secret")[:32], self._digest(name, "sign")[:32],
                   wire.base64_text(secret.encode()))

    def _open_shop(self, name, number, orders):
        shop = ledger.Shop(f"{name}-{number}", number, f"旗舰店 {number}")
        now = self.clock.now()
        self.shops[shop.key], self.platform_of[shop.key] = shop, name
        self.tokens[shop.key] = Tokens(name, shop.key, self.seed, now)
        self.makers[shop.key] = seed.Maker(self.seed, name, shop)
        self.makers[shop.key].stock_shelves()
        self.makers[shop.key].fill(orders, now - 1500, now - 60)

    def shops_of(self, name):
        return [shop for shop in self.shops.values() if self.platform_of[shop.key] == name]

    def shop_of_token(self, name, token):
        return next((shop for shop in self.shops_of(name) if self.tokens[shop.key].knows(token)), None)

    # ---------------------------------------------------------------- a call

    def handle(self, request, address="127.0.0.1"):
        """Returns (reply, the fault that spoils it or None)."""
        name = request.path.split("/")[1] if "/" in request.path else ""
        platform = self.platforms.get(name)
        if not platform:
            return wire.Reply("there is no such platform", 404, "text/plain"), None
        with self.lock:
            self.catch_up()
            started = time.monotonic()
            try:
                call = platform.identify(self, request)
            except wire.Malformed as fault:
                return self._unreadable(platform, request, str(fault)), None
            call.address = address
            return self._carry_out(platform, call, started)

    def _carry_out(self, platform, call, started):
        call.faults = self.faults.take(platform.NAME, call.shop and call.shop.key, call.name)
        spoilt = next((fault for fault in call.faults if fault["do"] in faults.TRANSPORT), None)
        self._changes(call, before=True)
        if spoilt and not faults.has_effect(spoilt):
            call.verdict = "not carried out"
            reply = wire.Reply(b"{}")
        else:
            reply = platform.answer(call)
        self._changes(call, before=False)
        self._note(call, reply, started)
        return reply, spoilt

    def _changes(self, call, before):
        """What was armed to happen at this moment: between page k and page k + 1, say."""
        for fault in call.faults:
            if fault["do"] == "change" and bool(fault.get("before")) == before:
                self.apply(fault["change"])

    def _note(self, call, reply, started):
        self.calls += 1
        self.log.append({"n": self.calls, "at": call.now, "platform": call.platform.NAME, "shop": call.shop.key if call.shop else None,
                         "call": call.name, "params": call.params, "verdict": call.verdict, "status": reply.status,
                         "faults": [fault["do"] for fault in call.faults], "bytes": len(reply.body),
                         "us": int((time.monotonic() - started) * 1e6)})
        if len(self.log) > LOG_LENGTH:
            del self.log[:LOG_LENGTH // 2]

    def _unreadable(self, platform, request, text):
        self.calls += 1
        self.log.append({"n": self.calls, "at": self.clock.now(), "platform": platform.NAME, "shop": None, "call": request.path,
                         "params": {}, "verdict": f"unreadable: {text}", "status": 200, "faults": [], "bytes": 0, "us": 0})
        return platform.unreadable(text)

    # ---------------------------------------------------------------- files

    def file(self, path):
        """A bill that was written for download."""
        content = self.files.get(path)
        return wire.Reply("no such file", 404, "text/plain") if content is None else wire.Reply(content, kind="text/csv")

    def bill_file(self, shop, kind, day):
        """Returns the path of a day's bill, or None where there is none."""
        path = f"/files/{shop.key}/{kind}-{day}.csv"
        return path if path in self.files else None

    # ---------------------------------------------------------------- time

    def catch_up(self):
        """What was planned for a moment that has come, happens."""
        now = self.clock.exact()
        while self.schedule and self.schedule[0][0] <= now:
            at, _, happen = heapq.heappop(self.schedule)
            happen(at)

    def plan(self, at, happen):
        """happen(at) is called when the clock is there; the order of equal moments is that of planning."""
        self.planned += 1
        heapq.heappush(self.schedule, (at, self.planned, happen))
