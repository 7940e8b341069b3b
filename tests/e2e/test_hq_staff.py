#!/usr/bin/env python3
"""People at head office: they log in, and reach what docs/permissions.md says of their roles, there and nowhere else. With --write it
brings its part of that document up to date with the program's table. The database is SQLite's, or a schema of the PostgreSQL database that
$HEAD_OFFICE_DATABASE names."""

import contextlib
import http.client
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig import permissions  # noqa: E402
from rig.api import Client  # noqa: E402
from rig.office import SITE, equal, tests_of  # noqa: E402
from rig.process import free_port, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

HEAD = """# Who may what at head office

Made of the table in `sync/head-office/staff/roles.c` by `tests/e2e/test_hq_staff.py --write`; the same test logs two people of each
role in, one for everywhere and one for a single site, and tries all of it. What stands on no line is nobody's. A role at one site
reaches rows and verbs that tell their site, and orders that are there. Programs have keys instead, each with its own reach.

"""
ROLES = ["order_desk", "purchasing", "marketing", "finance", "service", "admin", "auditor"]

tap = Tap()
test = tests_of(tap)


class Person(Client):
    """Asks as a browser would: by a cookie."""

    def __init__(self, port, cookie=None, address="127.0.0.1"):
        super().__init__(port)
        self.cookie, self.said, self.address = cookie, "", address

    def ask(self, method, path, body=None, kind="application/json", **headers):
        if self.cookie:
            headers["Cookie"] = self.cookie
        headers = {"Content-Type": kind, **headers} if body is not None else headers
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(self.address, 0))) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            self.said = answer.headers.get("Set-Cookie") or ""
            if self.said:
                self.cookie = self.said.split(";")[0]
            return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else text

    def log_in(self, person, password):
        """However many log in just now."""
        body = {"login": person, "password": password}
        return wait_until(lambda: [answer for answer in [self.ask("POST", "/api/v1/session", body)] if not too_soon(answer)], "log in")[0]

    def choose(self, old, new):
        body = {"old": old, "new": new}
        return wait_until(lambda: [answer for answer in [self.ask("POST", "/api/v1/password", body)] if not too_soon(answer)], "choose")[0]


def too_soon(answer):
    return answer[0] == 429 and "second" in answer[1]["error"]["message"]


@contextlib.contextmanager
def served(office):
    port = free_port()
    serve = office.serve(free_port(), "--listen", f"127.0.0.1:{port}").start()
    try:
        yield port
    finally:
        serve.kill()


def employ(office, port, person, *roles):
    """Somebody who has chosen a password, and is logged in. roles: (role, site), site "" for everywhere."""
    first = office.run("do", "staff.add", f"login={person}", f"title={person}")[0]["password"]
    for role, site in roles:
        office.run("do", "staff.grant", f"login={person}", f"role={role}", f"site={site}")
    who = Person(port)
    equal(who.log_in(person, first)[0], 200)
    equal(who.choose(first, "a long enough sentence")[0], 200)
    return who


@test("whoever guesses without a pause keeps nobody from coming in, but himself")
def _(office):
    office.furnish()
    with served(office) as port:
        first = office.run("do", "staff.add", "login=anna", "title=Anna 李")[0]["password"]
        right, wrong = {"login": "anna", "password": first}, {"login": "carl", "password": "guessed"}

        def held_back(person, **headers):
            """Guesses until he is too fast."""
            for _ in range(100):
                if too_soon(person.ask("POST", "/api/v1/session", wrong, **headers)):
                    return True
            return False
        anna = Person(port, address="127.0.0.2")
        assert held_back(Person(port))
        equal(anna.ask("POST", "/api/v1/session", right)[0], 200)
        # behind one proxy everybody has its address, and what it says of theirs is the last that stands there
        assert held_back(Person(port, address="127.0.0.3"), **{"X-Forwarded-For": "203.0.113.9, 198.51.100.1"})
        equal(Person(port, address="127.0.0.3").ask("POST", "/api/v1/session", right, **{"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})[0], 200)


@test("whoever knows the password comes in, for a visit that no other page can use")
def _(office):
    office.furnish()
    with served(office) as port:
        first = office.run("do", "staff.add", "login=anna", "title=Anna 李")[0]["password"]
        anna = Person(port)
        equal(anna.log_in("anna", "wrong")[0], 401)
        wrong = anna.log_in("nobody", first)
        equal((wrong[0], wrong[1]["error"]["message"]), (401, "This name and password do not go together."))
        assert anna.cookie is None
        equal(anna.get("/api/v1/me")[0], 401)
        status, me = anna.log_in("anna", first)
        equal((status, me), (200, {"login": "anna", "title": "Anna 李", "must_change": True, "roles": []}))
        for word in ("HttpOnly", "SameSite=Strict", "Path=/"):
            assert word in anna.said, anna.said
        assert "Secure" not in anna.said
        # a password that others have seen opens nothing else
        status, said = anna.get("/api/v1/orders")
        equal((status, said["error"]["message"]), (403, "Choose a password of your own first."))
        equal(anna.choose(first, "short")[0], 400)
        before = anna.cookie
        equal(anna.choose(first, "a long enough sentence")[0], 200)
        assert anna.cookie != before
        equal(Person(port, before).get("/api/v1/me")[0], 401)
        equal(anna.get("/api/v1/me")[1]["must_change"], False)
        equal(anna.get("/api/v1/orders")[0], 403)  # no role yet
        office.run("do", "staff.grant", "login=anna", "role=order_desk")
        equal(anna.get("/api/v1/orders")[0], 200)
        # what a browser sends along for a page of others is of no use to it
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            equal(anna.ask("POST", "/api/v1/do/order.close", {"order": "SO-00001"}, **headers)[0], 403)
            equal(anna.ask("GET", "/api/v1/orders", **headers)[0], 403)
            equal(Person(port).ask("POST", "/api/v1/session", {"login": "anna", "password": "x"}, **headers)[0], 403)
        equal(anna.ask("POST", "/api/v1/do/order.close", '{"order": "SO-00001"}', "text/plain")[0], 415)
        equal(anna.ask("POST", "/api/v1/do/order.close", {"order": "SO-00001"}, Origin=f"http://127.0.0.1:{port}")[0], 200)
        # behind a proxy with TLS the browser sends it over nothing else
        secure = Person(port)
        wait_until(lambda: secure.ask("POST", "/api/v1/session", {"login": "anna", "password": "a long enough sentence"},
                                      **{"X-Forwarded-Proto": "https"})[0] == 200, "log in")
        assert "Secure" in secure.said, secure.said
        # a page that nobody is at keeps nobody logged in
        used = "SELECT max(used_us) FROM staff_session"
        office.run_sql("UPDATE staff_session SET used_us = used_us - 120000000")
        before = office.rows(used)
        equal(anna.ask("GET", "/api/v1/me", **{"X-Unattended": "yes"})[0], 200)
        equal(office.rows(used), before)
        equal(anna.get("/api/v1/me")[0], 200)
        assert office.rows(used) > before
        stale = anna.cookie
        equal(anna.ask("POST", "/api/v1/session/end", {})[0], 200)
        assert "Max-Age=0" in anna.said, anna.said
        equal(Person(port, stale).get("/api/v1/me")[0], 401)
        equal(secure.get("/api/v1/me")[0], 200)
        office.run("do", "staff.switch", "login=anna", "active=no")
        equal(secure.get("/api/v1/me")[0], 401)
        equal(secure.log_in("anna", "a long enough sentence")[0], 401)


@test("who did what stands in the trail, and a changed line is found")
def _(office):
    office.furnish()
    with served(office) as port:
        anna = employ(office, port, "anna", ("order_desk", ""))
        equal(anna.do("order.receiver", order="SO-00001", name="王小明", phone="13987654321", address="文二路 1 号")[0], 200)
        equal(anna.do("setting.set", name="merge_hours", value="1")[0], 403)
        lines = office.run("list", "trail", "who=anna")
        equal([line["what"] for line in lines], ["order.receiver", "password.changed", "login", "login"])
        equal(lines[0]["about"], {"order": "SO-00001", "name": "*", "phone": "*", "address": "*"})
        files = [line for line in office.run("list", "trail") if line["what"] == "import.orders"]
        equal([(line["who"], line["about"]["rows"]) for line in files], [("command line", 5)])  # lines of three orders
        for line in office.rows("SELECT * FROM trail"):
            assert not any(word in str(line) for word in ("王小明", "13987654321", "文二路", "sentence")), line
    whole = office.run("trail", "verify")[0]
    equal(whole["lines"], len(office.rows("SELECT 1 FROM trail")))
    office.run_sql("UPDATE trail SET who = 'bo' WHERE seq = 3")
    said = office.refused(1, "trail", "verify")
    assert said.startswith("line 3 of the trail is not as it was written"), said


@test("a role at one site reaches that site alone")
def _(office):
    office.furnish(orders=4)
    office.run("site", "add", "bj-01", "--box", "box-bj")
    office.run_sql(f"UPDATE orders SET state = 'reserved', site = '{SITE}' WHERE number = 'SO-00001'")
    office.run_sql("UPDATE orders SET state = 'reserved', site = 'bj-01' WHERE number = 'SO-00002'")
    with served(office) as port:
        anna = employ(office, port, "anna", ("order_desk", SITE))
        equal([row["order"] for row in anna.get("/api/v1/orders")[1]["rows"]], ["SO-00001"])
        equal(anna.get("/api/v1/orders?site=bj-01")[0], 403)
        equal(anna.get("/api/v1/orders/SO-00001")[0], 200)
        equal(anna.get("/api/v1/orders/SO-00002")[0], 404)
        equal(anna.get("/api/v1/lines")[0], 403)
        equal(anna.do("order.carrier", order="SO-00001", carrier="YT")[0], 200)
        equal(anna.do("order.carrier", order="SO-00002", carrier="YT")[0], 403)
        equal(anna.do("order.carrier", order="SO-00003", carrier="YT")[0], 403)
        equal(anna.do("order.audit")[0], 403)
        both = employ(office, port, "bo", ("order_desk", SITE), ("order_desk", "bj-01"), ("purchasing", ""))
        status, said = both.get("/api/v1/members")
        equal(status, 403)
        equal(both.get("/api/v1/orders")[0], 200)  # a buyer sees orders everywhere
        equal(both.do("order.carrier", order="SO-00002", carrier="YT")[0], 200)
        equal(both.do("order.carrier", order="SO-00003", carrier="YT")[0], 403)
        clerk = employ(office, port, "cy", ("order_desk", SITE), ("order_desk", "bj-01"))
        status, said = clerk.get("/api/v1/orders")
        equal((status, said["error"]["message"]), (400, "You have several sites: say which one by site=..."))
        equal([row["order"] for row in clerk.get("/api/v1/orders?site=bj-01")[1]["rows"]], ["SO-00002"])
        equal(clerk.get("/api/v1/orders/SO-00002")[0], 200)
        equal(clerk.get("/api/v1/orders/SO-00003")[0], 403)


@test("a key is no person: it lets nobody in that it does not name, and has no password")
def _(office):
    with served(office) as port:
        key = Client(port, office.run("do", "key.add", "name=x", "reads=*", "verbs=*")[0]["secret"])
        equal(key.do("staff.add", login="eve", title="Eve")[0], 403)
        equal(key.do("staff.grant", login="eve", role="admin")[0], 403)
        equal(key.ask("POST", "/api/v1/password", {"old": "a", "new": "b"})[0], 403)
        equal(key.get("/api/v1/me"), (200, {"login": None, "title": None, "must_change": False, "roles": []}))


# ---------------------------------------------------------------- everything, by everybody


def table(title, names, rights):
    yield f"## {title}\n\n| | {' | '.join(names)} |\n|---|{'---|' * len(names)}\n"
    for right in rights:
        yield f"| `{right['name']}` | {' | '.join('✓' if name in right['roles'] else '' for name in names)} |\n"
    yield "\n"


def document(said):
    english = [role["english"] for role in said["roles"]]
    code = {role["english"]: role["role"] for role in said["roles"]}
    assert list(code.values()) == ROLES, code
    for part in ("verbs", "files", "kinds"):
        for right in said[part]:
            right["roles"] = [name for name in english if code[name] in right["roles"]]
    return HEAD + "".join((*table("Verbs", english, said["verbs"]), *table("Files that are brought", english, said["files"]),
                           *table("Rows that are looked at", english, said["kinds"])))


def rights_of(text):
    """{part: {name: [roles]}} of the document."""
    parts, part = {}, None
    for line in text.splitlines():
        if line.startswith("## "):
            part = parts.setdefault(line[3:], {})
        elif line.startswith("| `"):
            name, *marks = (cell.strip() for cell in line.strip("|").split("|"))
            part[name.strip("`")] = [role for role, mark in zip(ROLES, marks, strict=True) if mark]
    return parts


def verb_allowed(verb, limited):
    """Who is at one site must say which site or order is meant; an order is not said here."""
    return not limited or any(field["name"] == "site" for field in verb["fields"])


def faults_of(who, role, limited, rights, kinds, verbs, files):
    for verb in verbs:
        status, said = who.do(verb["verb"])
        allowed = role in rights["Verbs"][verb["verb"]] and verb_allowed(verb, limited)
        if (status != 403) != allowed or status in (401, 500):
            yield f"{verb['verb']}: {status} {said}"
    for kind in kinds:
        status, said = who.get(f"/api/v1/{kind['kind']}?limit=1")
        allowed = role in rights["Rows that are looked at"][kind["kind"]] and (not limited or "site" in kind["filters"])
        if status != (200 if allowed else 403):
            yield f"{kind['kind']}: {status} {said}"
    for file in files:
        status, said = who.ask("POST", f"/api/v1/import/{file['kind']}?try=yes&site={SITE}", "x\n", "text/csv")
        allowed = role in rights["Files that are brought"][file["kind"]] and (not limited or file["per_site"])
        if (status != 403) != allowed or status in (401, 500):
            yield f"import {file['kind']}: {status} {said}"


@test("two people of each role reach what docs/permissions.md says, and nothing else")
def _(office):
    office.furnish()
    with served(office) as port:
        said = Client(port, office.run("do", "key.add", "name=x", "reads=*")[0]["secret"]).get("/api/v1/roles")[1]
        text = document(said)
        if "--write" in sys.argv:
            permissions.write_office(text)
        assert permissions.office() == text, "docs/permissions.md is not up to date: tests/e2e/test_hq_staff.py --write"
        rights = rights_of(text)
        kinds, verbs = office.run("kinds"), office.run("verbs")
        files = office.run("words")[0]["files"]
        assert len(rights["Verbs"]) == len(verbs) and len(rights["Rows that are looked at"]) == len(kinds)
        people = [(role, site, employ(office, port, f"{role}{'-s' if site else ''}", (role, site))) for role in ROLES for site in ("", SITE)]
        faults = [f"{role} {'at one site' if site else 'everywhere'}: {fault}" for role, site, who in people
                  for fault in faults_of(who, role, bool(site), rights, kinds, verbs, files)]
        assert not faults, "\n".join(faults)


sys.exit(tap.done())
