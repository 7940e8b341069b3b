#!/usr/bin/env python3
"""The state of sync as people see it: `floorhand sync status`, GET /api/v1/sync, a station's view and `floorhand-hq site list`,
with the real broker, from a box on its own to one whose database was an older copy, and to two of one name."""

import contextlib
import json
import pathlib
import re
import shutil
import sqlite3
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import BOX, ROOT, SITE, House  # noqa: E402
from rig.process import RigError, must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402
from wire_frame import chain_next  # noqa: E402

OPENAPI = (ROOT / "docs/openapi.yaml").read_text(encoding="utf-8")
LATE_S = 600
HELLO_AGAIN = "resend_ms = 100\n"


def sync(house):
    status, answer = house.ask("sync")
    if status != 200:
        raise RigError(f"GET /api/v1/sync: {status} {answer}")
    return answer


def troubles(answer):
    return [trouble["trouble"] for trouble in answer["troubles"]]


def becomes(house, state, *wanted, **link):
    """Waits until the site is in this state with just these troubles; returns all that is told."""
    def stands():
        answer = sync(house)
        alike = all(answer["link"][name] == value for name, value in link.items())
        return answer if answer["state"] == state and troubles(answer) == list(wanted) and alike else None
    try:
        return wait_until(stands, f"{state} {wanted}", seconds=20)
    except RigError as fault:
        raise RigError(f"{fault}; it is {json.dumps(sync(house), ensure_ascii=False)}") from None


def settled(house):
    """In step, and all is sent and here."""
    def stands():
        answer = sync(house)
        done = answer["outbox"]["count"] == 0 and answer["feed"]["seq"] == answer["feed"]["head"] == \
            listed(house)["feed_head"]
        return answer if answer["state"] == "in_step" and done else None
    return wait_until(stands, "everything is sent and here", seconds=20)


def listed(house):
    return json.loads(house.hq_run("site", "list"))


def view_becomes(house, alarm):
    return wait_until(lambda: house.view()["link"] if house.view()["link"]["alarm"] == alarm else None,
                      f"the station says {alarm}")


def told(house, code, *wanted):
    """Faults of what the tool prints for people."""
    got, out, err = house.command("floorhand", "sync", "status", "--url", house.page_url)
    if got != code or err:
        yield f"exit code {got}, not {code}: {err}"
    yield from (f"{text!r} is not in: {out}" for text in wanted if text not in out)


def told_as_json(house, code):
    got, out, err = house.command("floorhand", "sync", "status", "--json", "--url", house.page_url)
    if got != code or err or set(json.loads(out)) != set(sync(house)):
        yield f"--json: {got} {out} {err}"


# ---------------------------------------------------------------- the story


def alone(house):
    """Nothing but the daemon, then its link without a broker."""
    house.start_daemon()
    wait_until(lambda: sync(house)["last_seq"] > 0, "the start is in the journal")
    answer = becomes(house, "offline", "link", running=False, up=False)
    if answer["site"] != SITE or answer["box"] != BOX or answer["applied"] != {"seq": 0, "time": None} or \
            answer["head_office"] != {"online": None, "since": None} or answer["feed"] != {"seq": 0, "head": None} or \
            answer["outbox"]["count"] != answer["last_seq"] or not answer["outbox"]["oldest"]:
        yield f"a box on its own: {answer}"
    yield from told(house, 1, "not connected to the broker · 未连接消息服务器", "floorhand-link does not run: start it",
                    "floorhand-link 未运行", "Head office    not known", "the oldest of")
    yield from told_as_json(house, 1)
    if house.ask("status")[1]["sync"]["state"] != "offline":
        yield "GET /api/v1/status does not tell it"
    house.link.start()
    becomes(house, "offline", "broker", running=True, up=False)
    answer = wait_until(lambda: sync(house) if "refused" in (sync(house)["link"]["why"] or "") else None, "the link says why")
    yield from told(house, 1, "no broker: ", answer["link"]["why"], "The broker cannot be reached", "连不上消息服务器")


def nobody_answers(house):
    """A broker without a head office; then one that does not know this box."""
    house.broker.start()
    answer = becomes(house, "hello", "away", up=True)
    if answer["head_office"]["online"] is not False or answer["link"]["why"] is not None:
        yield f"without head office: {answer}"
    yield from told(house, 1, "waiting for head office", "connected to the broker", "not there", "总部不在线")
    house.hq.start()
    answer = becomes(house, "hello", "silent")
    if answer["head_office"]["online"] is not True or not answer["head_office"]["since"]:
        yield f"head office is there: {answer}"
    yield from told(house, 1, "does not answer: ask there", "总部没有应答")


def in_step(house):
    house.link.stop()  # so that it does not speak before it is looked at
    house.add_site()
    before = listed(house)
    house.link.start()
    if before["applied"] or before["last_seen"] is not None or troubles(before) != ["unmet"]:
        yield f"a site that never spoke: {before}"
    house.import_master()
    answer = settled(house)
    if troubles(answer) or answer["applied"]["seq"] != answer["last_seq"] or not answer["applied"]["time"] or \
            answer["parked"] != {"count": 0, "newest": []} or answer["feed"]["seq"] == 0:
        yield f"in step: {answer}"
    yield from told(house, 0, "in step with head office · 与总部同步", "To send        nothing",
                    f"{answer['feed']['seq']} of {answer['feed']['head']} are here", "Parked         0")
    yield from told_as_json(house, 0)
    wait_until(lambda: house.view()["link"] == {"up": True, "outbox": 0, "oldest_s": 0, "alarm": None},
               "the station's view is at rest")
    here = wait_until(lambda: listed(house) if listed(house)["feed_acked"] == listed(house)["feed_head"] else None,
                      "head office knows it")
    if troubles(here) or here["applied"] != answer["last_seq"] or here["feed_head"] != answer["feed"]["head"] or \
            here["epoch"] != answer["epoch"] or not here["last_seen"] or here["box"] != BOX:
        yield f"site list: {here}"


def change_parked(house):
    """A worker whose badge is another's here; then head office puts it right."""
    local, sent = house.folder / "local.csv", house.folder / "sent.csv"
    local.write_text("worker,name,badge,role\nW-900,Local,BADGE-0900,picker\n")
    must([house.bin / "floorhand", "import", "workers", "--url", house.page_url, local])
    sent.write_text("worker,name,badge,role\nW-901,Sent,BADGE-0900,picker\n")
    house.hq_run("import", "workers", sent)
    answer = becomes(house, "in_step", "parked")
    change = answer["parked"]["newest"][0]
    if answer["parked"]["count"] != 1 or change["feed_seq"] != answer["feed"]["seq"] or \
            change["type"] != "worker.upsert" or "belongs to something else" not in change["why"]["en"] or \
            change["why"]["zh"] != "其中的条码已属于别的对象":
        yield f"a parked change: {answer['parked']}"
    yield from told(house, 0, f"{change['feed_seq']} worker.upsert: a code in it", "已属于别的对象", "could not be applied",
                    "变更有未能执行的")
    view_becomes(house, "parked")
    sent.write_text("worker,name,badge,role\nW-901,Sent,BADGE-0901,picker\n")
    house.hq_run("import", "workers", sent)
    becomes(house, "in_step")
    view_becomes(house, None)


def event_parked(house):
    """An order that only the site knows."""
    files = sample.write_orders(house.folder / "orders.csv", sample.orders(1))
    must([house.bin / "floorhand", "import", "orders", "--url", house.page_url, files])
    row = wait_until(lambda: listed(house) if listed(house)["parked"] else None, "head office cannot interpret an event")
    if troubles(row) != ["parked"] or "floorhand-hq parked" not in row["troubles"][0]["text"]["en"] or \
            "无法解读" not in row["troubles"][0]["text"]["zh"]:
        yield f"site list: {row}"
    yield from told(house, 0, "in step")


def silent(house):
    """The site was heard last half an hour ago."""
    settled(house)
    house.link.stop()
    with contextlib.closing(sqlite3.connect(house.hq_db, timeout=10, isolation_level=None)) as database:
        database.execute("UPDATE site SET last_seen_us = ?", (int((time.time() - 1800) * 1e6),))
    row = listed(house)
    if "silent" not in troubles(row) or not row["last_seen"]:
        yield f"site list: {row}"
    house.link.start()
    settled(house)
    if "silent" in troubles(listed(house)):
        yield "it is silent though it was heard"


def chain_anew(database):
    """The rows that head office does not have yet, as if they had been written so."""
    seq, epoch = database.execute("SELECT applied_seq, epoch FROM stream").fetchone()
    before = database.execute("SELECT hash FROM journal WHERE seq = ?", (seq,)).fetchone()[0]
    for seq, line in database.execute("SELECT seq, line FROM journal WHERE seq > ? ORDER BY seq", (seq,)).fetchall():
        before = chain_next(before, epoch, seq, line.encode())
        database.execute("UPDATE journal SET hash = ? WHERE seq = ?", (before, seq))
    database.execute("UPDATE stream SET last_hash = ?", (before,))


def late(house):
    """The oldest event becomes ten minutes old while a page looks on and nothing happens."""
    house.link.stop()
    must([house.bin / "floorhand", "scan", "send", "--url", house.page_url, "--station", "bench-1", sample.BADGE])
    house.daemon.stop()
    ten_minutes_ago = time.gmtime(time.time() - LATE_S + 6)
    with contextlib.closing(sqlite3.connect(house.site_db, isolation_level=None)) as database:
        database.execute("DROP TRIGGER journal_is_final")
        database.execute("UPDATE journal SET line = json_set(line, '$.time', ?) "
                         "WHERE seq = (SELECT applied_seq + 1 FROM stream)",
                         (time.strftime("%Y-%m-%dT%H:%M:%S.000Z", ten_minutes_ago),))
        chain_anew(database)
    config = house.folder / "floorhandd.ini"  # without devices: a printer that is asked again and again brings new views
    config.write_text(re.sub(r"^(scanner|printer).*\n", "", config.read_text(), flags=re.MULTILINE))
    house.start_daemon()
    with house.views() as views:
        first = next(views)["link"]
        if first["alarm"] is not None or first["outbox"] == 0:
            yield f"not late yet: {first}"
        if not any(view["link"]["alarm"] == "late" for view in views):  # nobody scans: it comes by itself
            yield "it was never seen to be late"
    yield from told(house, 1, "more than ten minutes", "超过十分钟", "10 min ago")
    with house.views() as views:
        house.link.start()
        if not any(view["link"] == {"up": True, "outbox": 0, "oldest_s": 0, "alarm": None} for view in views):
            yield "it was never seen to be well again"


def copy_of(house):
    house.daemon.stop()
    copy = house.folder / "copy.db"
    shutil.copy(house.site_db, copy)
    house.start_daemon()
    return copy


def put_back(house, copy):
    """The copy is in place of the database; the link stands still."""
    house.link.stop()
    house.daemon.stop()
    for left_over in house.folder.glob("site.db-*"):
        left_over.unlink()
    shutil.copy(copy, house.site_db)
    house.start_daemon()


def nobody(house, name, times=1):
    """Scans that leave an event each."""
    for _ in range(times):
        house.ask("stations/bench-1/scan", {"text": name})


def at_head_office(house, name):
    return house.hq_rows(f"SELECT count(*) FROM event WHERE again = 0 AND line LIKE '%{name}%'")[0][0]


def healed(house, epoch):
    """In step in this epoch, with what head office knew, and nobody was asked."""
    def stands():
        applied = house.hq_rows(f"SELECT count(*) FROM event WHERE epoch = {epoch} AND type = 'snapshot.applied'")
        return applied[0][0] == 1 and sync(house)["epoch"] == epoch
    wait_until(stands, f"epoch {epoch} and a snapshot", seconds=30)
    answer = settled(house)
    row = listed(house)
    if troubles(answer) or row["epoch"] != epoch or "clone" in troubles(row) or "churn" in troubles(row):
        yield f"epoch {epoch}: {answer}, {row}"
    yield from told(house, 0, "in step with head office")


def older_copy(house):
    """Yesterday's copy of the site's database is put in place."""
    copy = copy_of(house)
    nobody(house, "NOBODY-LOST")
    epoch = settled(house)["epoch"]
    put_back(house, copy)
    house.link.start()
    yield from healed(house, epoch + 1)
    if at_head_office(house, "NOBODY-LOST") != 1:
        yield "what the copy had lost is not at head office"


def gone_on(house):
    """The older copy is worked with until it has more events than head office: the same numbers, but others."""
    copy = copy_of(house)
    nobody(house, "NOBODY-GONE", 3)
    epoch = settled(house)["epoch"]
    put_back(house, copy)
    wait_until(lambda: sync(house)["state"] == "offline", "the link is gone")
    applied, scans = house.hq_rows("SELECT applied FROM site")[0][0], 0
    while sync(house)["last_seq"] <= applied:
        nobody(house, "NOBODY-NEW")
        scans += 1
    house.link.start()
    yield from healed(house, epoch + 1)
    there = at_head_office(house, "NOBODY-GONE"), at_head_office(house, "NOBODY-NEW")
    if there != (3, scans):
        yield f"of 3 lost and {scans} new events there are {there}"


def fenced(house):
    """The database runs on with another key, as a second box would have: a person must say that it is the right one."""
    key = pathlib.Path(f"{house.site_db}.key")
    house.daemon.stop()
    kept = key.read_text(encoding="ascii")
    key.unlink()
    house.start_daemon()
    answer = becomes(house, "fenced", "fenced")
    view_becomes(house, "fenced")
    yield from told(house, 1, "head office takes nothing from this box", "floorhand-hq site claim", "请联系总部")
    row = listed(house)
    if "clone" not in troubles(row) or "确认" not in row["troubles"][0]["text"]["zh"]:
        yield f"site list: {row}"
    nobody(house, "NOBODY-FENCED")
    if answer["outbox"]["count"] == 0 or at_head_office(house, "NOBODY-FENCED"):
        yield "it was taken all the same"
    house.hq_run("site", "claim", SITE)
    house.daemon.stop()
    house.start_daemon()
    settled(house)
    if at_head_office(house, "NOBODY-FENCED") != 1 or "clone" in troubles(listed(house)):
        yield "it is not taken after the claim"
    house.daemon.stop()
    key.write_text(kept, encoding="ascii")
    house.start_daemon()
    becomes(house, "fenced", "fenced")  # now the old key is the other one


# ---------------------------------------------------------------- what the document tells


def members(schema):
    """The required members of a schema of docs/openapi.yaml."""
    return re.search(rf"^    {schema}:\n      type: object\n      required: \[([^\]]+)\]", OPENAPI, re.MULTILINE)[1].split(", ")


def document(house):
    if list(sync(house)) != members("Sync"):
        yield f"docs/openapi.yaml tells {members('Sync')}, the daemon {list(sync(house))}"
    kinds = re.search(r"trouble: \{ enum: \[([^\]]+)\]", OPENAPI)[1].split(", ")
    table = (ROOT / "sync/site/trouble.c").read_text(encoding="utf-8")
    known = re.findall(r'\[SITE_TROUBLE_\w+\] =\s+\{"(\w+)"', table)
    if kinds != known:
        yield f"docs/openapi.yaml has the troubles {kinds}, the program {known}"


STORY = {
    "a box on its own says what to start": alone,
    "a box that nobody answers says who is to be asked": nobody_answers,
    "a box in step says how far it is, and so does head office": in_step,
    "a change that is parked is seen until head office has put it right": change_parked,
    "an event that is parked is seen at head office": event_parked,
    "a site that is not heard is seen at head office": silent,
    "events that wait for long are seen without being asked for": late,
    "an older copy of the database goes on by itself, and gets what it lost": older_copy,
    "and so does one that was worked with: both pasts are at head office": gone_on,
    "another key is fenced and seen on both sides until it is claimed": fenced,
    "docs/openapi.yaml tells it as it is": document,
}


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder, site=HELLO_AGAIN) as house:
        for name, chapter in STORY.items():
            try:
                faults = list(chapter(house))
            except (RigError, OSError, ValueError, LookupError, sqlite3.Error) as fault:
                faults = [f"{type(fault).__name__}: {fault}"]
            tap.check(name, faults)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
