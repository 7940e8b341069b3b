#!/usr/bin/env python3
"""Head office on PostgreSQL: every command says what it says on SQLite, and from scan to shipped everything arrives once though the
database dies again and again."""

import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import postgres, sample  # noqa: E402
from rig.books import all_faults, journal_faults, settle, stock_faults  # noqa: E402
from rig.house import House, programs_folder  # noqa: E402
from rig.process import Program, RigError, command, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402

HQ = programs_folder() / "floorhand-hq"
ORDERS = 5


# ---------------------------------------------------------------- every command


def write_files(folder):
    texts = {
        "items": "sku,name,weight_g,gtin\nT,茶 tea,120,06901234567892\nS,soap,80,\n",
        "items-2": "sku,name,weight_g\nT,茶 green tea,120\nS,soap,80\n",
        "items-twice": "sku,name,weight_g\nT,a,1\nS,b,2\nT,c,3\n",
        "barcodes": "code,kind,sku,factor,weight_g,name\nC-1,item,T,12,,\nB-1,box,,,300,small\nTOTE-1,tote,,,,\n",
        "locations": "code,kind,walk,carrier\nA-1,face,1,\nG-1,gate,9,SF\n",
        "workers": "worker,name,badge,role\nW-1,张三,W-00001,picker\nW-2,Li,W-00002,packer\n",
        "workers-badge": "worker,name,badge,role\nW-3,Wu,W-00001,picker\n",
        "documents": "number,kind,partner,sku,quantity,lot\nASN-1,asn,supplier,T,10,L1\nASN-1,asn,supplier,S,5,\n",
        "orders": "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
                  "b-1,shop,SF,,0,王,138,杭州,T,2\nB-2,shop,SF,SF1,9,Li,139,北京,S,1\nb-1,shop,SF,,0,王,138,杭州,S,1\n"
                  "a-3,shop,YT,,5,Wu,137,x,T,1\n",
        "orders-2": "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
                    "a-3,shop,YT,,5,Wu,137,x,T,7\n",
        "orders-late": "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
                       "d,shop,SF,,1,Wu,137,x,T,3\n",
        "orders-odd": "order,platform,carrier,waybill,priority,receiver_name,receiver_phone,receiver_address,sku,quantity\n"
                      "c,shop,YT,,5,Wu,137,x,T,1\nc,shop,YT,,6,Wu,137,x,T,1\n",
        "waybills": "waybill,carrier,order,sort_code\nN1,SF,,571\nN2,SF,b-1,\nN3,YT,,\nN4,SF,,\n",
        "waybills-other": "waybill,carrier,order,sort_code\nN1,YT,,571\n",
        "waybills-taken": "waybill,carrier,order,sort_code\nSF1,SF,,\n",
    }
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


CALLS = """
site add hz --box box-1 --name 杭州 | site add hz --box box-1 | site add hz --box box-2 | site add bj --box box-2
import items items.csv | import items items.csv | import items items-2.csv | import items items-twice.csv
import barcodes barcodes.csv | import barcodes barcodes.csv | import locations locations.csv --site hz | import locations locations.csv --site hz
import workers workers.csv | import workers workers.csv | import workers workers-badge.csv
import documents documents.csv --site hz | import documents documents.csv --site hz
import orders orders.csv | import orders orders.csv | import orders orders-2.csv | import orders orders-odd.csv
release --all | release --order b-1 --site hz | import orders orders-2.csv | import orders orders.csv
waybills import waybills.csv --site hz | waybills import waybills.csv --site hz | waybills import waybills-other.csv --site hz
waybills import waybills-taken.csv --site hz | waybills send --carrier SF --count 1 --site hz | waybills send --carrier YT --site bj
waybills | waybills --site hz | waybills list | waybills list --state sent | waybills void N1 | waybills void N4 | waybills void none
release --order B-2 --site hz | release --order b-1 --site hz | release --order nobody's --site hz | release --all --site bj
cancel --order B-2 --reason 不要了 | cancel --order B-2 | cancel --order a-3 | cancel --order none
orders | orders --state released | orders --state cancelled | order b-1 | order B-2 | order none
events | events --site hz --after 3 | parked | parked --site hz | parked replay | stock | stock --site hz | stock atp | stock atp --sku T
site lease hz --seconds 3600 | site lease none --seconds 3600 | import orders orders-late.csv | release --order d --site hz
order move d --site bj | order move d --site bj | order move d --site hz | order move none --site hz | order d
worker revoke W-2 | worker revoke W-2 | import workers workers.csv | flagged | flagged --site hz | site claim hz --box box-3
site claim none | sites | site list | status
"""


def said_by(database, folder):
    """What each call says, without what no two databases share."""
    said = []
    for call in (call.split() for line in CALLS.strip().splitlines() for call in line.split(" | ")):
        argv = [str(folder / part) if part.endswith(".csv") else part for part in call]
        code, out, err = command([HQ, *argv, "--database", database, "--receiver-key", folder / "receiver.key"])
        out = re.sub(r'"(gen|time|imported)":"[^"]*"', r'"\1":""', out)
        said.append((" ".join(call), code, out, err))
    return said


def feeds_of(rows):
    """Every change, without its id and time; of what names a receiver, that it is sealed."""
    return [(site, seq, "sealed" if line.startswith("~") else {**json.loads(line), "id": "", "time": ""}) for site, seq, line in rows]


def command_faults(server, folder):
    write_files(folder)
    files = House(folder / "sqlite")
    url = postgres.new_schema(server.url, "commands")
    ours, theirs = said_by(files.hq_db, folder), said_by(url, folder)
    for one, other in zip(ours, theirs):
        if one != other:
            yield f"{one[0]}: SQLite {one[1:]}, PostgreSQL {other[1:]}"
    feeds = [feeds_of(rows("SELECT site, seq, line FROM feed ORDER BY site, seq"))
             for rows in (files.hq_rows, lambda sql: postgres.query(url, sql))]
    if feeds[0] != feeds[1] or len(feeds[0]) < 20:
        yield f"the feeds differ, or are too short: {len(feeds[0])} changes on SQLite, {len(feeds[1])} on PostgreSQL"
    done = sum(code == 0 for _call, code, _out, _err in ours)
    if done < 40 or len(ours) - done < 12:
        yield f"{done} of {len(ours)} calls did something: this proves less than it should"


# ---------------------------------------------------------------- from scan to shipped


def work_through_cuts(server, house, worker):
    """Every fifth scan the database dies; two scans later it comes back. Head office does not end, and says it once each."""
    running, cuts = house.hq.child.pid, 0
    while worker.step():
        if worker.scans % 5 == 0 and cuts < 5:
            server.stop("immediate")
            cuts += 1
            worker.step()
            worker.step()
            wait_until(lambda: house.hq.log().count("the database cannot be reached") == cuts, "head office says so", seconds=20)
            server.start()
            wait_until(lambda: house.hq.log().count("the database works again") == cuts, "head office has it again", seconds=20)
    if cuts < 3:
        raise RigError(f"the database died {cuts} times only: the story proves nothing")
    if house.hq.child.pid != running or not house.hq.running:
        raise RigError(f"head office ended:\n{house.hq.tail()}")


def journey_faults(server, folder):
    orders = sample.orders(ORDERS)
    with House(folder, hq_db=postgres.new_schema(server.url, "journey")) as house:
        house.open(orders)
        worker = Worker(house, orders)
        work_through_cuts(server, house, worker)
        if len(worker.shipped) != len(orders):
            yield f"{len(worker.shipped)} of {len(orders)} orders were shipped"
        yield from all_faults(house, orders, worker.reprints)


def two_servers_faults(server, folder):
    """Both take messages of the one site, and one of them is always being killed."""
    orders = sample.orders(ORDERS)
    with House(folder, hq_db=postgres.new_schema(server.url, "servers")) as house:
        second = Program("floorhand-hq-2", house.hq_argv("serve", "--port", house.broker.port, "--client-id", "second"), folder)
        try:
            house.open(orders)
            second.start()
            worker = Worker(house, orders)
            while worker.step():
                if worker.scans % 4 == 0:
                    victim = (house.hq, second)[worker.scans // 4 % 2]
                    victim.kill()
                    victim.start()
            yield from all_faults(house, orders, worker.reprints)
            if not second.running:
                yield f"the second server ended:\n{second.tail()}"
        finally:
            second.kill()


# ---------------------------------------------------------------- backup and restore


def in_step(house):
    """Everything is here and there, and the site knows how much of it a backup holds."""
    def stands():
        _, sync = house.ask("sync")
        row = json.loads(house.hq_run("site", "list"))
        return (sync["state"] == "in_step" and sync["outbox"]["count"] == 0 and sync["last_seq"] == row["applied"] and
                sync["feed"]["seq"] == row["feed_head"] == row["feed_acked"])
    wait_until(stands, "both sides have everything", seconds=40)


def refusal_faults(house, what, backup, expected):
    code, out, err = command(house.hq_argv("restore", backup))
    if code != 1 or out or expected not in err:
        yield f"{what}: {code} {out} {err}"


def backup_faults(house, backup):
    """It is whole, for its owner alone, and says how far the site's events are in it."""
    said = json.loads(house.hq_run("backup", backup))
    row = json.loads(house.hq_run("site", "list"))
    if said["durable"] != row["applied"] or row["durable"] != row["applied"] or not row["applied"]:
        yield f"the backup said {said}, the site stands at {row}"
    if backup.stat().st_mode & 0o077:
        yield f"everybody may read head office's key in {backup}"
    if list(backup.parent.glob("*.new")):
        yield "the backup left something behind"
    yield from refusal_faults(house, "a database that is in use", backup, "pg_restore has failed")
    if not house.hq_rows("SELECT 1 FROM site WHERE durable_seq = ?", row["durable"]):
        yield "a restore that was refused has changed something"


def restore_faults(server, house, backup, gen):
    """Into a new database of the same name; half a backup makes none."""
    server.drop("office")
    server.create("office")
    half = backup.with_name("half")
    half.write_bytes(backup.read_bytes()[:backup.stat().st_size // 2])
    yield from refusal_faults(house, "half a backup", half, "pg_restore has failed")
    tables = house.hq_rows("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")[0][0]
    if tables:
        yield f"half a backup left {tables} tables"
    said = json.loads(house.hq_run("restore", backup))
    if said["gen"] == gen or json.loads(house.hq_run("status"))["gen"] != said["gen"]:
        yield f"the restored database says that it is {said['gen']}, the one before was {gen}"


def fall_back_faults(server, folder):
    """What came after the backup is gone with the database, and the site has it still."""
    orders, late, backup = sample.orders(2), sample.orders(2, first=101), folder / "backup"
    with House(folder, hq_db=server.create("office")) as house:
        house.open(orders)
        Worker(house, orders).work()
        in_step(house)
        held = house.hq_rows("SELECT count(*) FROM event")[0][0]  # before: one more may come while it is written
        yield from backup_faults(house, backup)
        house.release(late)
        wait_until(lambda: house.hq_rows("SELECT 1 WHERE 2 = (SELECT count(*) FROM orders WHERE state = 'allocated')"),
                   "the site has the late orders", seconds=20)
        Worker(house, late).work()
        in_step(house)
        events, gen = house.hq_rows("SELECT count(*) FROM event")[0][0], json.loads(house.hq_run("status"))["gen"]
        house.hq.stop()
        yield from restore_faults(server, house, backup, gen)
        restored = house.hq_rows("SELECT count(*) FROM event")[0][0]
        if not held <= restored < events:
            yield f"the backup of {held} events has {restored} of {events}: this proves nothing"
        house.hq.start()
        in_step(house)
        yield from journal_faults(house, settle(house))
        yield from stock_faults(house, orders + late)
        for number, state in house.hq_rows("SELECT number, state FROM orders"):
            if state != "shipped":
                yield f"what became of {number} is lost: it is {state}"
        if house.hq_rows("SELECT count(*) FROM orders")[0][0] != len(orders + late):
            yield "an order is lost"
    server.drop("office")


def absence_faults(server, _folder):
    """Nothing listens."""
    server.stop("fast")
    code, out, err = command([HQ, "sites", "--database", server.url + "&password=secret"])
    server.start()
    if (code, out) != (1, "") or err.count("\n") != 1 or "secret" in err or "cannot be opened" not in err:
        yield f"{code} {out} {err}"


def main():
    tap = Tap()
    with postgres.Postgres() as server:
        for name, story in (("every command does on PostgreSQL what it does on SQLite", command_faults),
                            ("scan to shipped, though the database dies: nothing lost, nothing twice", journey_faults),
                            ("two servers, one of them always being killed: nothing lost, nothing twice", two_servers_faults),
                            ("backup and restore: a new database gets back from the site what the backup lacks", fall_back_faults),
                            ("a server that is not there is one sentence, without the password", absence_faults)):
            with tempfile.TemporaryDirectory(prefix="floorhand-") as folder:
                try:
                    faults = list(story(server, pathlib.Path(folder)))
                except (RigError, OSError) as fault:
                    faults = str(fault).splitlines()
                tap.check(name, [line for fault in faults for line in fault.splitlines()])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
