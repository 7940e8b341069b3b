"""One call of a platform, from what was received to the reply: the frame that all platforms share.

A platform is a class of its own module with its rules (who calls, is it signed, how is an error said) and a table of its calls."""

import copy
import dataclasses
import json

from platforms import ledger, wire
from platforms.tokens import Bad


class Refused(Exception):
    """The platform answers with this error."""

    def __init__(self, code, sub_code="", message="", **more):
        super().__init__(message or sub_code or str(code))
        self.code, self.sub_code, self.message, self.more = code, sub_code, message or sub_code or "refused", more


@dataclasses.dataclass
class Call:
    world: object
    platform: object
    request: wire.Request
    name: str  # the method, as the platform's documents call it
    token: str
    system: dict  # the parameters around the call
    params: dict  # what is asked
    now: int
    shop: ledger.Shop = None
    address: str = "127.0.0.1"
    faults: list = dataclasses.field(default_factory=list)
    verdict: str = "ok"
    carry_out: object = None  # where the call is a path rather than a name: what it does
    headers: dict = dataclasses.field(default_factory=dict)  # of the reply
    body: object = None  # what came beside the parameters

    @property
    def app(self):
        return self.world.apps[self.platform.NAME]

    @property
    def tokens(self):
        return self.world.tokens[self.shop.key]

    @property
    def maker(self):
        return self.world.makers[self.shop.key]

    def quirk(self, kind):
        return next((fault for fault in self.faults if fault["do"] == kind), None)

    def row_fault(self, key):
        """A row of this call that is to fail alone."""
        return next((fault for fault in self.faults if fault["do"] == "row" and str(key) in map(str, fault.get("rows", ()))), None)

    def number(self, name, least=0, most=10**18, default=None):
        """A whole number among the parameters; one that is none, or is out of bounds, is the platform's error of arguments."""
        value = self.params.get(name)
        if value in (None, "") and default is not None:
            return default
        found = int(value) if str(value).lstrip("-").isdigit() and not isinstance(value, bool) else None
        if found is None or not least <= found <= most:
            raise self.platform.bad_argument(name)
        return found

    def json(self, name, kind=dict):
        """A parameter that is JSON text, or JSON already."""
        value = self.params.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError as fault:
                raise self.platform.bad_argument(name) from fault
        if value is None:
            raise self.platform.missing(name)
        if not isinstance(value, kind):
            raise self.platform.bad_argument(name)
        return value

    def text(self, name, default=None):
        value = self.params.get(name)
        if value in (None, ""):
            if default is None:
                raise self.platform.missing(name)
            return default
        return str(value)


class Platform:
    NAME = ""
    CALLS = {}  # method -> function(call), which returns what the envelope holds
    UNLOCKED = ()  # calls that need no token
    REFUSALS = {}  # the ledger's word -> (code, sub code, message)

    def identify(self, world, request):
        """Returns the call; raises Malformed when it cannot be read at all."""
        raise NotImplementedError

    def verify(self, call):
        """Raises Refused unless the call may be carried out."""
        raise NotImplementedError

    def success(self, call, data):
        raise NotImplementedError

    def failure(self, call, refused):
        raise NotImplementedError

    def bad_argument(self, name):
        raise NotImplementedError

    def missing(self, name):
        return self.bad_argument(name)

    def bad_token(self, bad):
        raise NotImplementedError

    def refusal(self, refusal):
        code = self.REFUSALS.get(refusal.kind) or self.REFUSALS["other"]
        return Refused(code[0], code[1], f"{code[2]}: {refusal}" if code[2] else str(refusal))

    def answer(self, call):
        try:
            self.verify(call)
            armed = call.quirk("error")
            if armed and not armed.get("effect"):
                raise self.armed_error(armed)
            data = call.carry_out() if call.carry_out else self.CALLS[call.name](call)
            if armed:
                raise self.armed_error(armed)
            return self.success(call, data)
        except Refused as refused:
            call.verdict = f"{refused.code} {refused.sub_code}".strip()
            return self.failure(call, refused)
        except ledger.Refusal as refusal:
            refused = self.refusal(refusal)
            call.verdict = f"{refused.code} {refused.sub_code} ({refusal.kind})"
            return self.failure(call, refused)
        except Bad as bad:
            refused = self.bad_token(bad)
            call.verdict = f"{refused.code} {refused.sub_code} (token {bad.why})"
            return self.failure(call, refused)
        except (wire.Malformed, KeyError, TypeError, ValueError, AttributeError) as fault:
            refused = self.bad_argument(str(fault))
            call.verdict = f"{refused.code} {type(fault).__name__}: {fault}"
            return self.failure(call, refused)

    @staticmethod
    def armed_error(fault):
        return Refused(fault["code"], fault.get("sub_code", ""), fault.get("msg", "as armed"))

    def shape(self, call, value):
        """What the armed oddities make of a reply's JSON."""
        if call.quirk("swap_types"):
            value = wire.swap_types(value)
        if call.quirk("nulls"):
            value = wire.empty_to_null(value)
        if call.quirk("missing"):
            value = wire.without_empty(value)
        if call.quirk("deep") and isinstance(value, dict):
            value["deep_ext"] = wire.nested(call.quirk("deep").get("depth", 200))
        return value

    @staticmethod
    def check_token(call):
        """Raises tokens.Bad unless the call's token is its shop's."""
        if not call.shop:
            raise Bad("unknown")
        call.tokens.check(call.token, call.now)


# ---------------------------------------------------------------- lists


def page_of(rows, page, size, first=1):
    start = (page - first) * size
    return rows[start:start + size]


def steady_page(call, key, rows, page, size):
    """A page by has_next. What belongs to the window is fixed when page 1 is asked for: a row that has left it since leaves a gap, and
    no other moves up. A page may so be empty while there are more. Returns (rows, has_next)."""
    snapshots = call.world.snapshots
    key = (call.shop.key, call.name, *key, size)
    if page == 1 or key not in snapshots or call.world.traits["has_next_moves"]:
        snapshots[key] = [row.id for row in rows]
    ids = snapshots[key]
    if call.quirk("empty_page"):
        ids[(page - 1) * size:(page - 1) * size] = [None] * size
    here = {row.id: row for row in rows}
    return [here[row_id] for row_id in page_of(ids, page, size) if row_id in here], len(ids) > page * size


def beyond(rows, key, text, sign, descending=False):
    """The rows behind the one of which the cursor tells where it stood: sign, then its key. A row that moves takes no other with it."""
    if not text:
        return rows
    first, _, second = text.removeprefix(sign).partition("-")
    if not (text.startswith(sign) and first.isdigit() and second.isdigit()):
        raise ValueError(f"{text!r} is no cursor")
    place = (int(first), int(second))
    return [row for row in rows if (key(row) < place if descending else key(row) > place)]


def cursor_of(key, sign):
    return f"{sign}{key[0]}-{key[1]}"


def with_stale(call, orders):
    """When armed: the first order comes once more, as it was a second before it last changed."""
    if not orders or not call.quirk("stale"):
        return orders
    first = orders[0]
    before = dataclasses.replace(first, modified=first.modified - 1, note="earlier",
                                 state=ledger.PAID if first.state in (ledger.PART, ledger.SHIPPED) else first.state)
    return orders + [before]


def patched(order, row):
    """Puts the order's patch into its rendered row, and what no connector has ever heard of. path: a.b.0.c; value {"number": text} is
    that number as it is written."""
    row = copy.deepcopy(row)
    row["ext_not_in_the_documents"] = {"list": [1, None, {"deep": [[]]}], "big": 9223372036854775807, "text": "\u2028\"\\/<>&"}
    for path, value in order.patch.items():
        *way, last = path.split(".")
        place = row
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(value, dict) and set(value) == {"number"}:
            value = wire.Number(value["number"])
        if isinstance(value, dict) and set(value) == {"drop"}:
            place.pop(last, None)
        elif isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return row


# ---------------------------------------------------------------- money and masks


def yuan(fen, style="plain"):
    """Decimal text of fen. The styles are all the same amount."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    exact = f"{sign}{fen // 100}.{fen % 100:02}"
    if style == "short":
        return exact.rstrip("0").rstrip(".")
    if style == "zeros":
        return exact + "0000"
    if style == "exponent":
        digits = str(fen).rstrip("0") or "0"
        power = len(str(fen)) - 3
        return f"{sign}{digits[0]}{'.' + digits[1:] if digits[1:] else ''}e{power}" if fen else "0e0"
    return exact


def yuan_number(fen, style="plain"):
    """As a JSON number, like a double is printed; "noise" is one that went through binary arithmetic."""
    if style == "string":
        return yuan(fen)
    if style == "noise":
        return wire.Number(f"{yuan(fen)}000000000000004" if fen > 0 else yuan(fen))
    return wire.Number(yuan(fen, "short" if style == "plain" else style))


def mask_name(name):
    return name[:1] + "*" * max(1, len(name) - 1)


def mask_mobile(mobile):
    return mobile[:3] + "****" + mobile[-4:]
