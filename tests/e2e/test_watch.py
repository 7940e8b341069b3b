#!/usr/bin/env python3
"""A box that is watched, backed up and updated: what Prometheus is told is what happened, health, the nightly reading and
its backups, a bundle without anybody's data, an older program that leaves a newer database alone, the journal's fields."""

import dataclasses
import json
import pathlib
import re
import shutil
import sqlite3
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import SITE, House  # noqa: E402
from rig.process import RigError, must, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

ORDERS = sample.orders(2)
SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?[0-9.]+(?:e[+-]?\d+)?|\+Inf)$')
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"')
UNITS = ("_seconds", "_bytes", "_percent", "_days")


def get(url, key=None):
    """(status, type, body)"""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as fault:
        return fault.code, fault.headers["Content-Type"], fault.read().decode()


class Metrics:
    """Prometheus' text, read by the rules of its exposition format 0.0.4."""

    def __init__(self, text):
        self.values, self.types, self.faults = {}, {}, []
        helped, current = set(), None
        if not text.endswith("\n"):
            self.faults.append("the last line has no end")
        for line in text.splitlines():
            if line.startswith("# HELP "):
                name = line.split(" ", 3)[2]
                self.faults += [f"{name}: HELP twice"] if name in helped else []
                helped.add(name)
            elif line.startswith("# TYPE "):
                current, kind = line.split(" ")[2:]
                self.faults += [] if kind in ("counter", "gauge", "histogram") and current in helped else [line]
                self.types[current] = kind
            else:
                self._sample(line, current)
        for name, kind in self.types.items():
            if (kind == "counter") != name.endswith("_total"):
                self.faults.append(f"{name} is a {kind}")
            if kind == "histogram":
                self._histogram(name)

    def _sample(self, line, current):
        found = SAMPLE.match(line)
        if not found:
            self.faults.append(f"no sample: {line!r}")
            return
        base = re.sub(r"_(bucket|sum|count)$", "", found[1]) if self.types.get(current) == "histogram" else found[1]
        if base != current:
            self.faults.append(f"{found[1]} stands under {current}")
        key = (found[1], tuple(sorted(LABEL.findall(found[2] or ""))))
        self.faults += [f"{key} twice"] if key in self.values else []
        self.values[key] = float(found[3])

    def _histogram(self, name):
        buckets = [(float(dict(labels)["le"]), value) for (each, labels), value in self.values.items() if each == f"{name}_bucket"]
        counts = [value for _, value in sorted(buckets)]
        if counts != sorted(counts) or sorted(buckets)[-1][0] != float("inf") or counts[-1] != self[f"{name}_count"]:
            self.faults.append(f"{name}: {buckets}")

    def __getitem__(self, name):
        return self.values[(name, ())]

    def of(self, name, **labels):
        return self.values.get((name, tuple(sorted(labels.items()))), 0)


def metrics_of(house):
    status, kind, body = get(f"{house.page_url}/metrics")
    if status != 200 or not kind.startswith("text/plain; version=0.0.4"):
        raise RigError(f"GET /metrics: {status} {kind}")
    return Metrics(body)


def settled(house):
    wait_until(lambda: house.ask("sync")[1]["outbox"]["count"] == 0, "everything is at head office", seconds=30)


def metrics_are_what_happened(house):
    before = metrics_of(house)
    Worker(house, ORDERS).work()
    house.ask("stations/bench-1/scan", {"text": "NOBODY-KNOWS"})
    settled(house)
    after, status = metrics_of(house), house.ask("status")[1]
    yield from after.faults
    turn, sync = status["turn"], status["sync"]
    told = {"floorhand_turns_total": turn["turns"], "floorhand_events_total": turn["events"],
            "floorhand_events_refused_total": turn["refused"], "floorhand_journal_events": sync["last_seq"],
            "floorhand_epoch": 1, "floorhand_outbox_events": 0, "floorhand_in_step": 1, "floorhand_link_up": 1,
            "floorhand_healthy": 1, "floorhand_database_sound": 1, "floorhand_failed_commits_total": 0,
            "floorhand_database_bytes": house.site_db.stat().st_size,
            "floorhand_turn_duration_seconds_count": turn["turns"], "floorhand_commit_duration_seconds_count": turn["turns"]}
    yield from (f"{name}: {after[name]}, not {value}" for name, value in told.items() if after[name] != value)
    if after.of("floorhand_scans_total", verdict="refused") - before.of("floorhand_scans_total", verdict="refused") != 1:
        yield "one scan was refused"
    if after.of("floorhand_scans_total", verdict="accepted") <= before.of("floorhand_scans_total", verdict="accepted"):
        yield "accepted scans are not counted"
    if after.of("floorhand_print_jobs", state="printed") + after.of("floorhand_print_jobs", state="sent") < len(ORDERS):
        yield f"labels: {[item for item in after.values.items() if item[0][0] == 'floorhand_print_jobs']}"
    if after.of("floorhand_devices", kind="printer", state="open") != 1:
        yield "the printer is not told"
    if not 0 < after["floorhand_last_contact_seconds"] < 60:
        yield f"last contact {after['floorhand_last_contact_seconds']} s ago"
    if after["floorhand_disk_written_bytes_total"] <= before["floorhand_disk_written_bytes_total"]:
        yield "nothing was written to the disk"
    rss = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{house.daemon.child.pid}/status").read_text())[1]) << 10
    if not rss / 2 < after["process_resident_memory_bytes"] < rss * 2:
        yield f"memory {after['process_resident_memory_bytes']}, not {rss}"
    house.written = after["floorhand_disk_written_bytes_total"]


def health_of_both(house):
    status, _, body = get(f"{house.page_url}/health")
    said = json.loads(body)
    wear = said.pop("wear", {})
    if (status, said) != (200, {"healthy": True, "wrong": []}):
        yield f"the box: {status} {body}"
    if not re.search(r"(Not known for this disk|life are used); the box has written [0-9.]+ GB", wear.get("en", "")) or "GB" not in wear.get("zh", ""):
        yield f"how its disk wears: {wear}"
    status, _, body = get(f"{house.office_url}/health")
    if (status, json.loads(body)) != (200, {"healthy": True, "wrong": []}):
        yield f"head office: {status} {body}"
    if get(f"{house.office_url}/metrics")[0] != 401:
        yield "head office tells its metrics to everybody"
    key = json.loads(house.hq_run("do", "key.add", "name=prometheus", "reads=sites"))["secret"]
    text = get(f"{house.office_url}/metrics", key)[2]
    told = Metrics(text)
    yield from told.faults
    last = house.ask("sync")[1]["last_seq"]
    if told.of("floorhand_hq_site_applied_events", site=SITE) != last or told["floorhand_hq_broker_connected"] != 1:
        yield f"head office, of {last} events: {text}"
    house.broker.kill()
    wait_until(lambda: get(f"{house.office_url}/health")[0] == 503, "head office says that it is cut off", seconds=20)
    if [wrong["what"] for wrong in json.loads(get(f"{house.office_url}/health")[2])["wrong"]] != ["broker"]:
        yield "not the broker"
    house.broker.start()
    settled(house)


def backups_by_night(house):
    """The quiet hour is set to now: the database is read, and a backup lies in the folder; only so many are kept."""
    folder = house.folder / "nightly"
    for day in range(1, 4):
        (folder / f"floorhand-{SITE}-2026010{day}T030000Z.db").write_text("old")
    (folder / "floorhand-other-20260101T030000Z.db").write_text("of another site")
    status, answer = house.ask("asks/setting.set", {"name": "quiet_hour", "value": str(time.localtime().tm_hour),
                                                    "badge": sample.BADGE})
    if status != 200:
        yield f"the quiet hour: {status} {answer}"
        return
    wait_until(lambda: house.ask("status")[1]["upkeep"]["backup"], "the backup is made", seconds=60)
    wait_until(lambda: len(list(folder.iterdir())) == 3, "the oldest are gone")  # only once the new one is told of
    names = sorted(path.name for path in folder.iterdir())
    if len(names) != 3 or not names[-1].startswith("floorhand-other") or names[0] != f"floorhand-{SITE}-20260103T030000Z.db":
        yield f"in the folder: {names}"
    newest = folder / names[1]
    code, out, err = house.command("floorhand", "audit", "verify", "--database", newest)
    if code:
        yield f"{newest}: {out}{err}"
    found = wait_until(lambda: house.ask("journal?type=database.checked")[1]["rows"], "it is in the journal")
    if not (found[0]["data"]["sound"] and found[0]["data"]["kept"]):
        yield f"told: {found}"
    told = metrics_of(house)
    if not 0 <= told["floorhand_backup_age_seconds"] < 120 or not 0 <= told["floorhand_database_checked_seconds"] < 120:
        yield "its age is not told"


CANARIES = {"name": "张小鸟CANARY", "phone": "13900004711", "address": "黄鸟路CANARY-99号", "badge": "BADGE-CANARY-1",
            "password": "pw-CANARY-0815", "key": "key-CANARY-4712", "worker": "Wanda Canary"}


def a_bundle_without_anybody(house):
    """What must not be in it is in the database, the configuration, and the comments."""
    people = house.folder / "people.csv"
    people.write_text(f"worker,name,badge,role\nW-CANARY,{CANARIES['worker']},{CANARIES['badge']},picker\n")
    must([house.bin / "floorhand", "import", "workers", "--url", house.page_url, people])
    house.ask("stations/bench-1/scan", {"text": "CMD:LOGOUT"})
    house.ask("stations/bench-1/scan", {"text": CANARIES["badge"]})
    house.ask("stations/bench-1/scan", {"text": f"{CANARIES['name']} {CANARIES['phone']} {CANARIES['address']}"})
    house.ask("stations/bench-1/scan", {"text": CANARIES["phone"]})
    canary = dataclasses.replace(ORDERS[0], number="N-CANARY", waybill="SF-CANARY", receiver=(
        CANARIES["name"], CANARIES["phone"], CANARIES["address"]))
    must([house.bin / "floorhand", "import", "orders", "--url", house.page_url,
          sample.write_orders(house.folder / "canary.csv", [canary])])
    link = house.folder / "link.ini"
    secret = house.folder / "with-secrets.ini"
    secret.write_text(link.read_text() + f"username = {CANARIES['badge']}\npassword = {CANARIES['password']}\n"
                      f"# the old password was {CANARIES['password']}\nkey_file = {CANARIES['key']}\n")
    bundle = house.folder / "bundle.tar.gz"
    code, out, err = house.command("floorhand", "support-bundle", "--url", house.page_url, "--config", house.folder / "floorhandd.ini",
                                   "--link-config", secret, "--log", house.daemon.log_path, bundle)
    if code:
        yield f"support-bundle: {code} {out}{err}"
        return
    with tarfile.open(bundle) as packed:
        files = {member.name.split("/")[-1]: packed.extractfile(member).read().decode(errors="replace")
                 for member in packed.getmembers() if member.isfile()}
    for name, text in files.items():
        yield from (f"the {what} is in {name}" for what, canary in CANARIES.items() if canary in text)
        yield from (f"{worker[1]} or {worker[2]} is in {name}" for worker in sample.WORKERS if worker[1] in text or worker[2] in text)
    wanted = {"configuration.txt": "backoff_ms = 50", "status.json": '"upkeep"', "metrics.txt": "floorhand_turns_total",
              "health.json": '"healthy"', "events.jsonl": '"scan.rejected"', "tables.json": '"print_job"',
              "log.txt": "page: http", "doctor.txt": "problem", "versions.txt": "kernel Linux"}
    yield from (f"{text} is not in {name}" for name, text in wanted.items() if text not in files.get(name, ""))
    if "password = (not shown)" not in files["configuration.txt"]:
        yield "a password is not even named"


def written_goes_on(house):
    """Bytes written are counted through restarts."""
    house.daemon.stop()
    house.start_daemon()
    now = metrics_of(house)["floorhand_disk_written_bytes_total"]
    if now < house.written:
        yield f"{now} after {house.written}"


def an_older_program_refuses(house):
    """--can-open while the daemon runs and a start after it: one sentence, and nothing is changed."""
    config = house.folder / "floorhandd.ini"
    code, out, err = house.command("floorhandd", "--config", config, "--can-open")
    if code or "can be opened" not in out:
        yield f"its own: {code} {out}{err}"
    known = int(must([house.bin / "floorhandd", "--schema"]))
    house.daemon.stop()
    kept = house.folder / "kept.db"
    shutil.copy(house.site_db, kept)
    with sqlite3.connect(house.site_db) as connection:
        connection.execute(f"PRAGMA user_version = {known + 1}")
    connection.close()
    before = house.site_db.read_bytes()
    sentence = f"was written by a newer version (schema {known + 1}, this program knows {known})"
    for arguments in (["--can-open"], []):
        code, out, err = house.command("floorhandd", "--config", config, *arguments)
        if code != 1 or err.count("\n") != 1 or sentence not in err:
            yield f"{arguments}: {code} {out}{err}"
    if house.site_db.read_bytes() != before:
        yield "what it refused was changed"
    for left_over in house.folder.glob("site.db-*"):
        left_over.unlink()
    shutil.copy(kept, house.site_db)
    house.start_daemon()


STORY = {
    "what Prometheus is told is what happened, by its rules": metrics_are_what_happened,
    "both houses say whether they are well, and head office when it is cut off": health_of_both,
    "by night the database is read whole, a backup is kept, and the oldest goes": backups_by_night,
    "a bundle for those who help has nobody's data and no secret in it": a_bundle_without_anybody,
    "bytes written to the disk are counted through restarts": written_goes_on,
    "a newer database is left alone by an older program": an_older_program_refuses,
}


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder:
        (pathlib.Path(folder) / "nightly").mkdir()
        with House(folder, site=f"resend_ms = 100\nbackup_folder = {folder}/nightly\nbackup_keep = 2\n", office_port=0) as house:
            house.open(ORDERS)
            for name, chapter in STORY.items():
                try:
                    faults = list(chapter(house))
                except (RigError, OSError, ValueError, LookupError, sqlite3.Error) as fault:
                    faults = [f"{type(fault).__name__}: {fault}"]
                tap.check(name, faults)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
