#!/usr/bin/env python3
"""Restored disks, with the real programs and the real broker: a site's database that is put back, a copy of it on another
board, a head office that falls back to its backup. Both sides come to the same end by themselves, and nothing is lost; and
what head office sends on to programs of others."""

import json
import pathlib
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.books import stock_on_both_faults  # noqa: E402
from rig.house import SITE, House  # noqa: E402
from rig.listener import Listener  # noqa: E402
from rig.process import RigError, must, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

SETTINGS = "resend_ms = 100\nhardware = board-one\n"
ORDERS = sample.orders(6)


def scan(house, *codes):
    must([house.bin / "floorhand", "scan", "send", "--url", house.page_url, "--station", "bench-1", *codes])


def settled(house):
    """In step, everything is sent and here, and no snapshot is awaited."""
    def stands():
        _, sync = house.ask("sync")
        row = json.loads(house.hq_run("site", "list"))
        return (sync["state"] == "in_step" and not sync["snapshot"] and sync["outbox"]["count"] == 0 and
                sync["last_seq"] == row["applied"] and sync["epoch"] == row["epoch"] and
                sync["feed"]["seq"] == row["feed_head"] == row["feed_acked"])
    wait_until(stands, "both sides have everything", seconds=40)


def journal_of(path):
    connection = sqlite3.connect(path)
    try:
        return [line for (line,) in connection.execute("SELECT line FROM journal ORDER BY seq")]
    finally:
        connection.close()


def refused(house, *arguments):
    code, out, err = house.command("floorhand", "restore", *arguments, "--config", house.folder / "floorhandd.ini")
    return err if code == 1 and not out and err.count("\n") == 1 else f"{code} {out}{err}"


def faults_of_refusals(house, copy):
    """What must not be put back: while the daemon works, and what is no whole backup of this box. Nothing is changed."""
    if "is in use: stop the daemon first" not in refused(house, copy):
        yield f"restored under a running daemon: {refused(house, copy)}"
    house.daemon.stop()
    before, bad = house.site_db.read_bytes(), house.folder / "bad.db"
    for what, statement, sentence in (
            ("another box's", "UPDATE stream SET box = 'box-other'", "name the right backup"),
            ("one whose journal was changed", "DROP TRIGGER journal_is_final; UPDATE journal SET line = line || ' ' WHERE seq = 3",
             "number 3 is not as it was written"),
            ("a newer program's", "PRAGMA user_version = 999", "was written by a newer version")):
        shutil.copy(copy, bad)
        connection = sqlite3.connect(bad)
        connection.executescript(statement)
        connection.close()
        if sentence not in refused(house, bad):
            yield f"{what} backup: {refused(house, bad)}"
    if house.site_db.read_bytes() != before or list(house.folder.glob("site.db.before-*")):
        yield "what was refused was put back all the same"


def put_back(house, copy):
    """What the person is told."""
    return must([house.bin / "floorhand", "restore", copy, "--config", house.folder / "floorhandd.ini"])


def faults_of_events(house, *journals):
    """Each line of each journal is at head office once, byte for byte, and nothing else is."""
    here = [line for (line,) in house.hq_rows("SELECT line FROM event WHERE again = 0 ORDER BY arrival")]
    wanted = {line for journal in journals for line in journal}
    if len(here) != len(set(here)):
        yield "an event is at head office twice"
    if wanted - set(here):
        yield f"{len(wanted - set(here))} events are lost, such as {sorted(wanted - set(here))[0]}"
    if set(here) - wanted:
        yield f"head office has {len(set(here) - wanted)} events that no site wrote"


def others_listen(house):
    """Everything that happens is heard by a program of somebody else's."""
    Worker(house, ORDERS[:2]).work()
    settled(house)
    lines = [line for (line,) in house.hq_rows("SELECT line FROM event ORDER BY arrival")]
    wait_until(lambda: len(house.listener.heard) >= len(lines), "all of it is heard", seconds=20)
    heard = [payload.decode() for _, payload in house.listener.heard]
    if heard != lines:
        yield f"{len(heard)} events were heard, {len(lines)} happened, and they are not the same"
    topics = {topic for topic, _ in house.listener.heard}
    if f"fh1/ce/{SITE}/parcel.shipped" not in topics:
        yield f"topics: {sorted(topics)}"


def disk_put_back(house):
    """Yesterday's backup is put in place, and worked with before head office hears of it."""
    copy = house.folder / "copy.db"
    must([house.bin / "floorhand", "backup", copy, "--url", house.page_url])
    Worker(house, ORDERS[2:4]).work()
    settled(house)
    house.link.stop()
    yield from faults_of_refusals(house, copy)
    lost = journal_of(house.site_db)
    told = put_back(house, copy)
    missing = len(lost) - len(journal_of(copy))
    aside = list(house.folder.glob("site.db.before-*"))
    if f"{missing} events are not in the backup" not in told or len(aside) != 1 or journal_of(aside[0]) != lost:
        yield f"told of {missing} events, kept {aside}: {told}"
    house.start_daemon()
    for number in range(len(lost) - len(journal_of(copy)) + 5):
        house.ask("stations/bench-1/scan", {"text": f"NOBODY-KNOWS-{number}"})
    house.link.start()
    settled(house)
    wait_until(lambda: any("snapshot.applied" in line for (line,) in house.hq_rows("SELECT type FROM event")),
               "the site was told what it had lost", seconds=20)
    settled(house)
    _, sync = house.ask("sync")
    if sync["epoch"] != 2:
        yield f"the epoch is {sync['epoch']}"
    shipped = {number for (number,) in house.hq_rows("SELECT number FROM orders WHERE state = 'shipped'")}
    if not {order.number for order in ORDERS[:4]} <= shipped:
        yield f"head office has forgotten shipped orders: {shipped}"
    house.daemon.stop()
    yield from faults_of_events(house, lost, journal_of(house.site_db))
    yield from stock_on_both_faults(house)
    picked_again = house.site_rows("SELECT number, state FROM orders WHERE number IN (?, ?) AND state <> 'cancelled'",
                                   *(order.number for order in ORDERS[2:4]))
    if picked_again:
        yield f"orders that were shipped before the disk was put back wait to be picked again: {picked_again}"
    house.start_daemon()
    settled(house)


def office_falls_back(house):
    """Head office is restored from a backup that knows nothing of the last orders: the site brings them back."""
    backup = house.folder / "backup.db"
    house.hq_run("backup", backup)
    house.release(sample.orders(2, first=101))
    late = sample.orders(2, first=101)
    wait_until(lambda: house.hq_rows("SELECT count(*) FROM orders WHERE state = 'allocated'")[0][0] >= 2,
               "the site has the late orders", seconds=20)
    Worker(house, ORDERS[4:] + late).work()
    settled(house)
    events = house.hq_rows("SELECT count(*) FROM event")[0][0]
    house.hq.stop()
    for file in house.folder.glob("head-office.db*"):
        file.rename(file.with_name(f"lost-{file.name}"))
    house.hq_run("restore", backup)
    if house.hq_rows("SELECT count(*) FROM event")[0][0] >= events:
        yield "the backup holds everything: nothing is tried"
    house.hq.start()
    settled(house)
    states = dict(house.hq_rows("SELECT number, state FROM orders"))
    if any(order.number not in states for order in late):
        yield f"an order is lost: {states}"
    elif states[late[0].number] != "shipped":
        yield f"what became of an order is lost: {states}"
    house.daemon.stop()
    journal = journal_of(house.site_db)
    here = {line for (line,) in house.hq_rows("SELECT line FROM event WHERE again = 0")}
    if set(journal) - here:
        yield f"{len(set(journal) - here)} events did not come back"
    yield from stock_on_both_faults(house)
    house.start_daemon()
    settled(house)


def copy_on_another_board(house):
    """A copied disk in another board is kept out, and the right box goes on."""
    house.daemon.stop()
    config = house.folder / "floorhandd.ini"
    text = config.read_text()
    config.write_text(text.replace("hardware = board-one", "hardware = board-two"))
    house.start_daemon()
    wait_until(lambda: house.ask("sync")[1]["state"] == "fenced", "the copy is fenced", seconds=20)
    sync = house.ask("sync")[1]
    if [trouble["trouble"] for trouble in sync["troubles"]][:1] != ["fenced"]:
        yield f"nobody is told what to do: {sync['troubles']}"
    row = json.loads(house.hq_run("site", "list"))
    if [trouble["trouble"] for trouble in row["troubles"]] != ["clone"]:
        yield f"head office does not tell of it: {row}"
    scan(house, "CMD:LOGOUT", sample.BADGE)  # work goes on
    house.hq_run("site", "claim", SITE)
    house.link.stop()
    house.link.start()
    settled(house)
    row = json.loads(house.hq_run("site", "list"))
    if row["troubles"]:
        yield f"claimed, and still: {row}"


def office_set_up_anew(house):
    """Head office has lost everything, its backup and its key too: no site believes the new one before a person says so.
    What the site kept for the backup that is gone comes back; older orders are known by their events alone."""
    house.hq.stop()
    for file in house.folder.glob("head-office.db*"):
        file.rename(file.with_name(f"gone-{file.name}"))
    house.add_site()
    house.import_master()
    house.hq.start()
    wait_until(lambda: "another head office" in (house.ask("sync")[1]["fault"] or ""), "the site notices", seconds=20)
    house.daemon.stop()
    must([house.bin / "floorhandd", "--config", house.folder / "floorhandd.ini", "--forget-head-office"])
    house.start_daemon()
    settled(house)
    house.daemon.stop()
    journal = journal_of(house.site_db)
    here = {line for (line,) in house.hq_rows("SELECT line FROM event WHERE again = 0")}
    if set(journal) != here:
        yield f"head office has {len(here)} events, the site {len(journal)}"
    shipped = [number for (number,) in house.hq_rows("SELECT number FROM orders WHERE state = 'shipped' ORDER BY number")]
    if not {order.number for order in sample.orders(2, first=101)} <= set(shipped):
        yield f"these orders came back: {shipped}"
    house.start_daemon()
    settled(house)


STORY = {
    "programs of others hear every event": others_listen,
    "a disk that is put back: both pasts are kept, and the site learns what it lost": disk_put_back,
    "a head office that is restored gets back what its backup lacks": office_falls_back,
    "a copy on another board is kept out until a person says that it is right": copy_on_another_board,
    "a head office that is set up anew is believed when a person says so, and gets everything": office_set_up_anew,
}


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder, site=SETTINGS) as house:
        house.hq.argv.append("--publish-events")
        house.broker.start()
        house.listener = Listener(house.broker.port, "fh1/ce/#")
        house.broker.start = lambda: None
        house.open(ORDERS)
        for name, chapter in STORY.items():
            try:
                faults = list(chapter(house))
            except (RigError, OSError, ValueError, LookupError, sqlite3.Error) as fault:
                faults = [f"{type(fault).__name__}: {fault}"]
            tap.check(name, faults)
        house.listener.close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
