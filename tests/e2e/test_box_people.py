#!/usr/bin/env python3
"""People at the box: they sign in at its pages by badge and PIN, and reach what docs/permissions.md says of their roles. With --write
it brings the box's part of that document up to date with the program's table (firmware-daemon/floor/rights.c)."""

import contextlib
import http.client
import json
import os
import pathlib
import sqlite3
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig import permissions  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import RigError, command, must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

HEAD = """# Who may what at the box

Made of the table in `firmware-daemon/floor/rights.c` by `tests/e2e/test_box_people.py --write`; the same test signs two people of each
role in and tries all of it. What stands on no line is nobody's. *A station's page* is a page where nobody has signed in by a PIN: a
station is worked by scans of badges. *The box itself* is the tool `floorhand` there, or any page with `sign_in = open`. (✓) is only
so without the setting `roles_strict`.

"""
PARTS = {"addresses": "Addresses of the box's pages", "kinds": "Rows that are looked at at the box", "verbs": "Verbs at the box",
         "files": "Files that are brought to the box", "activities": "Activities", "commands": "Command barcodes",
         "overrides": "Steps that wait for a badge beside the worker's"}
ROLES = ["picker", "packer", "counter", "supervisor", "admin", "auditor"]
PINS = {}  # worker: PIN

tap = Tap()


class Visitor:
    """A browser: keeps its cookie."""

    def __init__(self, house, key=None):
        self.house, self.key, self.cookie, self.said = house, key, None, ""

    def ask(self, method, path, body=None, kind="application/json", **more):
        headers = {"Content-Type": kind, **more} if body is not None else dict(more)
        headers |= {"Cookie": self.cookie} if self.cookie else {}
        headers |= {"X-Floorhand-Key": self.key} if self.key else {}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.house.page_port, timeout=30)) as connection:
            connection.request(method, path, json.dumps(body) if isinstance(body, dict) else body, headers)
            answer = connection.getresponse()
            if answer.headers["Content-Type"] == "text/event-stream":
                return answer.status, None
            text = answer.read()
            self.said = answer.headers.get("Set-Cookie") or ""
            if self.said:
                self.cookie = self.said.split(";")[0]
            return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else text

    def sign_in(self, badge, pin, **more):
        return self.ask("POST", "/api/v1/session", {"badge": badge, "pin": pin}, **more)

    def do(self, verb, **fields):
        return self.ask("POST", f"/api/v1/asks/{verb}", fields)


def equal(got, expected, what=""):
    assert got == expected, f"{what} got {got!r}, expected {expected!r}"


def scan(house, text, station="bench-1"):
    status, said = house.ask(f"stations/{station}/scan", {"text": text})
    equal(status, 200, text)
    return said["result"]


def tool(house, *words):
    return must([house.bin / "floorhand", *words, "--url", house.page_url])


def employ(house):
    """Two of each role, with PINs that an administrator has set at the box."""
    lines = ["worker,name,badge,role"]
    for at, role in enumerate(ROLES):
        for who in (1, 2):
            PINS[f"{role}-{who}"] = f"48{at}1{who}7"
            lines.append(f"{role}-{who},{role.title()} {who},BADGE-{role}-{who},{role}")
    path = house.folder / "workers.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tool(house, "import", "workers", path)
    for worker, pin in PINS.items():
        tool(house, "ask", "worker.pin", f"worker={worker}", f"pin={pin}")


def let_in(house, worker):
    visitor = Visitor(house)
    status, said = visitor.sign_in(f"BADGE-{worker}", PINS[worker])
    equal((status, said.get("worker")), (200, worker))
    return visitor


@contextlib.contextmanager
def box(**more):
    with tempfile.TemporaryDirectory() as folder, House(pathlib.Path(folder), sign_in="required", **more) as house:
        os.environ["FLOORHAND_KEY"] = str(house.folder / "tool.key")
        house.start_daemon()
        yield house


def test(name):
    def run(function):
        try:
            with box() as house:
                employ(house)
                function(house)
            tap.check(name)
        except (AssertionError, RigError, OSError, KeyError, ValueError, sqlite3.Error) as fault:
            tap.check(name, f"{type(fault).__name__}: {fault}".splitlines())
    return run


def events(house, kind):
    """Stops the daemon, and what the journal has of this type."""
    house.daemon.stop()
    return [json.loads(line) for (line,) in house.site_rows("SELECT line FROM journal WHERE type = ? ORDER BY seq", kind)]


@test("badge and PIN open the pages for a visit that no other page can use")
def _(house):
    nobody = Visitor(house)
    equal(nobody.ask("GET", "/api/v1/orders")[0], 401)
    equal(nobody.ask("GET", "/api/v1/stations")[0], 200)  # a station's page goes on
    equal(nobody.ask("GET", "/api/v1/me")[1]["sign_in"], "required")
    for badge, pin in (("BADGE-admin-1", "999999"), ("BADGE-nobody", PINS["admin-1"])):
        status, said = nobody.sign_in(badge, pin)
        equal((status, said["error"]["code"]), (401, "E90"))
    assert nobody.cookie is None
    ann = let_in(house, "admin-1")
    for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in ann.said, ann.said
    equal(ann.ask("GET", "/api/v1/orders")[0], 200)
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        equal(ann.ask("POST", "/api/v1/asks/wave.plan", {}, **headers)[0], 403)
        equal(Visitor(house).sign_in("BADGE-admin-1", PINS["admin-1"], **headers)[0], 403)
    equal(ann.ask("POST", "/api/v1/asks/wave.plan", "{}", "text/plain")[0], 415)
    equal(Visitor(house).sign_in("BADGE-admin-1", PINS["admin-1"], **{"X-Forwarded-Proto": "https"})[0], 200)
    # a badge is no word beside the visit, and without one it opens nothing
    status, said = ann.do("setting.set", name="zero_check", value=0, badge="BADGE-admin-2")
    equal((status, said["error"]["code"]), (400, "E61"))
    equal(nobody.do("setting.set", name="zero_check", value=0, badge="BADGE-admin-2")[0], 401)
    equal(ann.do("setting.set", name="zero_check", value=0)[0], 200)
    # one's own PIN; an easy one, and somebody else's, are refused
    sue = let_in(house, "supervisor-1")
    equal(sue.do("worker.pin", worker="supervisor-2", pin="918273")[1]["error"]["code"], "E95")
    equal(sue.do("worker.pin", worker="supervisor-1", pin="123456")[0], 400)
    equal(sue.do("worker.pin", worker="supervisor-1", pin="918273")[0], 200)
    equal(sue.ask("GET", "/api/v1/orders")[0], 401)  # whoever knew the old one is out
    equal(Visitor(house).sign_in("BADGE-supervisor-1", "918273")[0], 200)
    stale = ann.cookie
    equal(ann.ask("POST", "/api/v1/session/end", {})[0], 200)
    ann.cookie = stale
    equal(ann.ask("GET", "/api/v1/orders")[0], 401)
    # whose badge is revoked is out at once
    boss = let_in(house, "admin-2")
    key = (house.folder / "tool.key").read_text()
    equal((house.folder / "tool.key").stat().st_mode & 0o777, 0o640)
    equal(Visitor(house, key).ask("GET", "/api/v1/orders")[0], 200)
    equal(Visitor(house, key[:-1] + "_").ask("GET", "/api/v1/orders")[0], 401)
    equal(boss.ask("GET", "/api/v1/orders")[0], 200)
    admitted = [event["actor"] for event in events(house, "worker.admitted")]
    equal(admitted, ["admin-1", "admin-1", "supervisor-1", "supervisor-1", "admin-2"])
    house.start_daemon()
    equal(boss.ask("GET", "/api/v1/orders")[0], 401)  # a restart ends all visits


@test("who tries PINs has to wait, and an administrator lets them try again")
def _(house):
    eve, sue = Visitor(house), Visitor(house)
    codes = [eve.sign_in("BADGE-supervisor-1", "999999")[1]["error"]["code"] for _ in range(5)]
    equal(codes, ["E90"] * 4 + ["E91"])
    status, said = sue.sign_in("BADGE-supervisor-1", PINS["supervisor-1"])
    equal((status, said["error"]["code"]), (429, "E91"))
    house.daemon.kill()
    house.start_daemon()  # a restart forgets nothing
    equal(sue.sign_in("BADGE-supervisor-1", PINS["supervisor-1"])[0], 429)
    equal(let_in(house, "supervisor-2").do("worker.unlock", worker="supervisor-1")[0], 403)
    equal(let_in(house, "admin-1").do("worker.unlock", worker="supervisor-1")[0], 200)
    equal(sue.sign_in("BADGE-supervisor-1", PINS["supervisor-1"])[0], 200)
    locked = events(house, "worker.locked")
    equal([(one["actor"], one["data"]) for one in locked], [("supervisor-1", {"tries": 5, "minutes": 1})])


@test("a PIN that head office has set is good at the box, another one in its place, and none of who is revoked")
def _(house):
    def told(*words):
        """Head office does it, and the box has heard of it."""
        house.hq_run(*words)
        wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"), f"{words} is at the box", 60)

    def sign_in(pin):
        """However many sign in just now."""
        chief = Visitor(house)
        return chief, wait_until(lambda: [said for said in [chief.sign_in("BADGE-CHIEF", pin)] if said[0] != 503], "an answer")[0]
    house.add_site()
    path = house.folder / "chiefs.csv"
    path.write_text("worker,name,badge,role\nchief,Chief,BADGE-CHIEF,supervisor\n", encoding="utf-8")
    house.broker.start()
    house.hq.start()
    house.link.start()
    told("import", "workers", path)
    equal(sign_in("730219")[1][0] != 200, True)
    told("do", "worker.pin", "worker=chief", "pin=730219")
    chief, (status, said) = sign_in("730219")
    equal((status, said.get("worker"), said.get("role")), (200, "chief", "supervisor"))
    equal(chief.ask("GET", "/api/v1/orders")[0], 200)
    told("do", "worker.pin", "worker=chief", "pin=581946")
    equal(sign_in("730219")[1][0] != 200, True)
    equal(sign_in("581946")[1][0], 200)
    assert "730219" not in json.dumps(house.hq_rows("SELECT line FROM feed")), "the feed tells a PIN"
    told("worker", "revoke", "chief")
    equal(sign_in("581946")[1][0] != 200, True)
    equal(chief.ask("GET", "/api/v1/orders")[0], 401)


@test("who lets something pass gives the PIN where the site wants it, and both names are in the journal")
def _(house):
    ann = let_in(house, "admin-1")
    equal(ann.do("setting.set", name="override_pin", value=1)[0], 200)
    scan(house, "BADGE-supervisor-1")
    equal(scan(house, "CMD:REVIEW")["code"], "E92")
    wrong = scan(house, "999999")
    equal((wrong["code"], wrong["good"]), ("E90", False))
    assert "999999" not in json.dumps(wrong), wrong
    equal(scan(house, PINS["supervisor-1"])["code"], "E01")  # it is not waited for any more
    equal(scan(house, "CMD:REVIEW")["code"], "E92")
    equal(scan(house, PINS["supervisor-1"])["code"], "E77")  # nothing to review: the command was carried out
    house.daemon.stop()
    said = json.dumps(house.site_rows("SELECT line FROM journal"), ensure_ascii=False)
    assert "999999" not in said


@test("a label's picture names the receiver to those alone who may read print jobs")
def _(house):
    def printed(key, **receiver):
        status, said = ann.ask("POST", "/api/v1/stations/bench-1/labels", {
            "template": "shipping-4x6", "key": key, "data": {"waybill": "SF1000000000001", "receiver": receiver}})
        equal(status, 200, said)
        jobs = ann.ask("GET", "/api/v1/print-jobs")[1]["rows"]
        return f"/api/v1/print-jobs/{max(row['job'] for row in jobs)}/picture"

    ann, nobody = let_in(house, "admin-1"), Visitor(house)
    whole = printed("a", name="张小明", phone="13812345678", address="浙江省杭州市西湖区文三路 1 号")
    masked = printed("b", name="张*", phone="*5678", address="***")
    equal(ann.ask("GET", whole)[1] == ann.ask("GET", masked)[1], False, "two labels look the same:")
    for who in (nobody, let_in(house, "packer-1")):
        status, picture = who.ask("GET", whole)
        equal(status, 200)
        assert picture == ann.ask("GET", masked)[1], "it is not the masked label"
    for worker in ("supervisor-1", "auditor-1"):
        assert let_in(house, worker).ask("GET", whole)[1] == ann.ask("GET", whole)[1]


@test("the board is shown to everybody where the site wants it, and nothing else is")
def _(house):
    nobody, ann = Visitor(house), let_in(house, "admin-1")
    equal(nobody.ask("GET", "/api/v1/board")[0], 401)
    equal(nobody.ask("GET", "/api/v1/changes?kinds=board")[0], 401)
    equal(ann.do("setting.set", name="board_public", value=1)[0], 200)
    equal(nobody.ask("GET", "/api/v1/me")[1]["board_public"], True)
    equal(nobody.ask("GET", "/api/v1/board")[0], 200)
    equal(nobody.ask("GET", "/api/v1/changes?kinds=board")[0], 200)
    equal(nobody.ask("GET", "/api/v1/orders")[0], 401)
    equal(nobody.do("wave.plan")[0], 401)
    equal(ann.do("setting.set", name="board_public", value=0)[0], 200)
    equal(nobody.ask("GET", "/api/v1/board")[0], 401)


@test("who is refused is told why in both languages")
def _(house):
    for visitor, english, chinese in ((Visitor(house), "Sign in with your badge and PIN first.", "请先用工牌和 PIN 登录。"),
                                      (let_in(house, "packer-1"), "Your role may not do that.", "您的角色不能执行此操作。")):
        said = visitor.ask("GET", "/api/v1/orders")[1]["error"]
        equal(said, {"message": english, "text": {"en": english, "zh": chinese}})


# ---------------------------------------------------------------- everything, by everybody


def mark(right, role):
    return "✓" if role in right["strict"] else "(✓)" if role in right["roles"] else ""


def document(said):
    roles = said["roles"]
    text = [HEAD]
    for part, title in PARTS.items():
        text.append(f"## {title}\n\n| | {' | '.join(role['english'] for role in roles)} |\n|---|{'---|' * len(roles)}\n")
        text += [f"| `{right['name']}` | {' | '.join(mark(right, role['role']) for role in roles)} |\n" for right in said[part]]
        text.append("\n")
    return "".join(text).rstrip("\n") + "\n"


def tries(said):
    """(what, method, path, body, type, who may): every address, kind of rows, verb and file."""
    within = ("GET/api/v1/{}", "GET/api/v1/{}/{*}", "POST/api/v1/asks/{}", "POST/api/v1/import/{}", "POST/api/v1/session/end")
    for right in said["addresses"]:
        if right["name"] in within:
            continue
        method, _, path = right["name"].partition("/")
        path = f"/{path}".replace("stations/{}", "stations/bench-1").replace("{*}", "x").replace("{}", "1")
        yield right["name"], method, path, {} if method == "POST" else None, "application/json", right["roles"]
    for right in said["kinds"]:
        yield right["name"], "GET", f"/api/v1/{right['name']}", None, "", right["roles"]
        yield right["name"], "GET", f"/api/v1/{right['name']}/x", None, "", right["roles"]
    for right in said["verbs"]:
        yield right["name"], "POST", f"/api/v1/asks/{right['name']}", {}, "application/json", right["roles"]
    for right in said["files"]:
        yield right["name"], "POST", f"/api/v1/import/{right['name'][len('import.'):]}", "x\n", "text/csv", right["roles"]


def faults_of(who, visitor, role, said):
    refused = 401 if role == "station" else 403
    for what, method, path, body, kind, may in tries(said):
        if role == "box" and path.startswith("/api/v1/asks/"):
            continue  # who asks is in the request: the verb itself looks
        status, _ = visitor.ask(method, path, body, kind)
        allowed = role in may or "station" in may
        if status == 405:
            continue  # a verb's address, which nobody gets
        if (status == refused) == allowed or status >= 500:
            if not (what == "POST/api/v1/session" and status in (400, 401)):
                yield f"{who}: {method} {path}: {status}, may {may}"


@test("two people of each role reach what docs/permissions.md says, and nothing else")
def _(house):
    said = Visitor(house, (house.folder / "tool.key").read_text()).ask("GET", "/api/v1/rights")[1]
    text = document(said)
    if "--write" in sys.argv:
        permissions.write_box(text)
    equal(permissions.box() == text, True, "docs/permissions.md is not up to date: tests/e2e/test_box_people.py --write;")
    for part in PARTS:
        for right in said[part]:
            assert right["roles"], f"{part} {right['name']} has no line in floor/rights.c"
    faults = [*faults_of("nobody", Visitor(house), "station", said),
              *faults_of("the box", Visitor(house, (house.folder / "tool.key").read_text()), "box", said)]
    for role in ROLES:
        for number in (1, 2):
            faults += faults_of(f"{role}-{number}", let_in(house, f"{role}-{number}"), role, said)
    assert not faults, "\n".join(faults)


@test("each role does its own work where the site is strict, and commands are the table's")
def _(house):
    said = Visitor(house, (house.folder / "tool.key").read_text()).ask("GET", "/api/v1/rights")[1]
    equal(let_in(house, "admin-1").do("setting.set", name="roles_strict", value=1)[0], 200)
    menu = [command["name"] for command in house.view()["commands"]]
    faults = []
    for role in ROLES:
        for number in (1, 2):
            assert scan(house, f"BADGE-{role}-{number}")["good"]
            menu = [command["name"] for command in house.view()["commands"]]
            for right in said["commands"]:
                if right["name"] not in menu or right["name"] in ("LOGOUT", "TRAIN"):
                    continue
                code = scan(house, f"CMD:{right['name']}")["code"]
                allowed = role in right["strict"]
                if (code in ("E18", "E95")) == allowed and not (allowed and code == "E95"):
                    faults.append(f"{role}-{number} CMD:{right['name']}: {code}, may {right['strict']}")
                scan(house, "CMD:DONE")
                scan(house, "CMD:SKIP")
            scan(house, "CMD:LOGOUT")
    assert not faults, "\n".join(faults)


if __name__ == "__main__":
    sys.exit(tap.done())
