#!/usr/bin/env python3
"""Head office with some business in it, for the pages' test: prints "PORT KEY" when it serves, and ends with its standard input."""

import os
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig.office import HQ, Office  # noqa: E402
from rig.process import Program, free_port  # noqa: E402

ORDERS = 24


def furnish(office):
    office.furnish(orders=ORDERS)
    office.run("do", "shop.add_own", "shop=xhs", "platform=xiaohongshu", "name=小红书旗舰店")
    office.run("do", "blacklist.add", "field=phone", "value=13800000000", "why=拒收三次 refused three parcels")
    for number in (1, 2):
        office.run("do", "aftersale.open", f"order=SO-{number:05}", "kind=refund", "reason=买家不想要了 changed their mind")
    office.run("cancel", "--order", "SO-00003", "--reason", "重复下单 ordered twice")
    office.run("audit")
    visits = office.folder / "visits.csv"
    visits.write_text("shop,day,sku,visits,carts,orders,paid\nxhs,2026-11-01,,200,30,12,9\nxhs,2026-11-02,,300,40,15,12\n", encoding="utf-8")
    office.run("import", "visits", visits)
    office.run("do", "baseline.set", "baseline=2026-10", "from=2026-10-01", "to=2026-10-31")
    office.run("do", "report.make")


def main():
    with tempfile.TemporaryDirectory() as folder:
        office = Office(pathlib.Path(folder))
        furnish(office)
        key = office.run("do", "key.add", "name=pages", "reads=*", "verbs=*")[0]["secret"]
        port = int(os.environ.get("PORT") or free_port())
        serve = Program("floorhand-hq", [HQ, "--database", office.database, "serve", "--port", free_port(), "--listen", f"127.0.0.1:{port}"],
                        office.folder, notifies=True).start()
        print(port, key, flush=True)
        sys.stdin.read()
        serve.stop()


main()
