"""What a test has armed: which call it strikes, how often, and when. Does nothing itself."""

import collections
import fnmatch
import itertools

# What is done to the reply, or instead of one; the rest of what can be armed changes what a platform answers.
TRANSPORT = ("reset", "close", "stall", "html502", "truncate", "empty", "too_long", "too_short", "cut_body", "chunked", "cut_chunks",
             "gzip", "bad_gzip")
WITHOUT_EFFECT = ("reset", "close", "stall", "html502")  # unless "effect" says otherwise
ANSWERS = ("error", "row", "empty_page", "repeat_cursor", "stale", "swap_types", "nulls", "missing", "deep", "change")


class Faults:
    def __init__(self):
        self.armed = []
        self.serial = itertools.count(1)

    def arm(self, fault):
        if fault.get("do") not in TRANSPORT + ANSWERS:
            raise ValueError(f"there is no fault {fault.get('do')!r}; there are {', '.join(TRANSPORT + ANSWERS)}")
        number = next(self.serial)
        self.armed.append({"times": 1, "skip": 0, **fault, "number": number, "struck": 0})
        return number

    def disarm(self):
        self.armed.clear()

    def take(self, platform, shop, call):
        """Returns the faults that strike this call, and counts them."""
        struck = []
        for fault in self.armed:
            if not (fault.get("platform") in (None, platform) and fault.get("shop") in (None, shop) and
                    fnmatch.fnmatch(call or "", fault.get("call", "*"))):
                continue
            if fault["skip"] > 0:
                fault["skip"] -= 1
            elif fault["times"] > 0:
                fault["times"] -= 1
                fault["struck"] += 1
                struck.append(fault)
        return struck


def has_effect(fault):
    """Whether the call is carried out, of which the reply is spoilt."""
    return fault.get("effect", fault["do"] not in WITHOUT_EFFECT)


class Throttle:
    """So many calls in any second of the stand-in's clock, per shop or for all of a platform; who calls more is banned for a while."""

    def __init__(self, clock):
        self.clock = clock
        self.limits = {}  # platform or shop -> (calls per second, seconds of the ban)
        self.calls = collections.defaultdict(collections.deque)
        self.banned = {}

    def set(self, whom, per_second, ban=1):
        self.limits.pop(whom, None)
        self.banned.pop(whom, None)
        self.calls.pop(whom, None)
        if per_second is not None:
            self.limits[whom] = (per_second, ban)

    def over(self, *whom):
        """Returns 0, or the seconds after which a call will be taken."""
        now = self.clock.exact()
        for name in whom:
            if name in self.limits:
                wait = self._over(name, now)
                if wait:
                    return wait
        return 0

    def _over(self, name, now):
        if now < self.banned.get(name, 0):
            return self.banned[name] - now
        budget, ban = self.limits[name]
        calls = self.calls[name]
        while calls and calls[0] <= now - 1:
            calls.popleft()
        if len(calls) >= budget:
            self.banned[name] = now + ban
            return ban
        calls.append(now)
        return 0
