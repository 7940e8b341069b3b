#!/usr/bin/env python3
"""Head office with some business in it, for the pages' test: prints "PORT KEY" when it serves, and ends with its standard input."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from browser.office_pages import serve  # noqa: E402

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


serve(furnish)
