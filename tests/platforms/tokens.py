"""Access tokens: who may call for a shop, until when, and what a refresh does on each platform."""

import dataclasses
import hashlib

DAY = 86400


@dataclasses.dataclass(frozen=True)
class Rules:
    """How a platform's tokens live. Times in seconds."""

    access: int
    refresh: int
    old_refresh_valid: int = 0  # after a refresh the former refresh token is good for this long
    only_before_expiry: int = 0  # a refresh is taken only in this span before the access token ends, and not after
    keeps_end: bool = False  # a refresh gives a new token that ends when the old one would have


RULES = {
    "taobao": Rules(30 * DAY, 60 * DAY),
    "jd": Rules(30 * DAY, 30 * DAY, only_before_expiry=DAY),
    "pdd": Rules(30 * DAY, 30 * DAY, keeps_end=True),
    "douyin": Rules(7 * DAY, 14 * DAY),
    "kuaishou": Rules(2 * DAY, 180 * DAY, old_refresh_valid=300),
    "shopify": Rules(3650 * DAY, 3650 * DAY),
    "woo": Rules(3650 * DAY, 3650 * DAY),
}


class Bad(Exception):
    """The token is not good: "unknown", "expired", "revoked", "early", "late" or "fixed"."""

    def __init__(self, why):
        super().__init__(why)
        self.why = why


class Tokens:
    """The tokens of one shop. Only the newest access token is good."""

    def __init__(self, platform, shop_key, seed, now):
        self.rules, self.name = RULES[platform], f"{seed}/{shop_key}"
        self.count = 0
        self.refreshes = 0
        self.fixed = False  # a merchant's own session, that cannot be refreshed
        self.spent = {}  # former refresh tokens -> until when they are good
        self.former = set()  # access tokens that once were good
        self.access = self.refresh = ""
        self.issue(now)

    def _new(self, kind):
        self.count += 1
        return hashlib.sha256(f"{self.name}/{kind}/{self.count}".encode()).hexdigest()[:40]

    def issue(self, now, access_until=None):
        self.former.add(self.access)
        self.access, self.refresh = self._new("access"), self._new("refresh")
        self.access_until = access_until or now + self.rules.access
        self.refresh_until = now + self.rules.refresh
        self.revoked = False

    def reauthorise(self, now):
        """Somebody authorised anew, elsewhere: what the caller holds is void."""
        self.spent.clear()
        self.issue(now)

    def check(self, access, now):
        if access != self.access:
            raise Bad("revoked" if access in self.former else "unknown")
        if self.revoked:
            raise Bad("revoked")
        if now >= self.access_until:
            raise Bad("expired")

    def knows(self, token):
        return token and (token in (self.access, self.refresh) or token in self.former or token in self.spent)

    def renew(self, refresh, now):
        if self.fixed:
            raise Bad("fixed")
        if self.revoked:
            raise Bad("revoked")
        if refresh != self.refresh and now >= self.spent.get(refresh, 0):
            raise Bad("expired" if refresh in self.spent else "unknown")
        if now >= self.refresh_until:
            raise Bad("expired")
        if self.rules.only_before_expiry and now >= self.access_until:
            raise Bad("late")
        if self.rules.only_before_expiry and now < self.access_until - self.rules.only_before_expiry:
            raise Bad("early")
        self.refreshes += 1
        self.spent[self.refresh] = now + self.rules.old_refresh_valid
        self.issue(now, self.access_until if self.rules.keeps_end else None)

    def tell(self):
        return {"access": self.access, "refresh": self.refresh, "access_until": self.access_until, "refresh_until": self.refresh_until,
                "revoked": self.revoked, "fixed": self.fixed, "refreshes": self.refreshes}
