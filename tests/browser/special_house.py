#!/usr/bin/env python3
"""Head office with a year of business and work that waits, for the special pages' test: prints "PORT KEY" when it serves, and ends with
its standard input."""

import datetime
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig import sample  # noqa: E402
from browser.office_pages import serve  # noqa: E402
from rig.office import BOX, SITE  # noqa: E402

BENCH = ROOT / os.environ.get("OUT", "build") / "floorhand-office-bench"
YEAR, ORDERS = "900", 24
PER_SITE = ("locations", "stock")
REGIONS = {"hz": ("浙江省", "上海市", "江苏省", "安徽省", "江西省", "福建省"), "gz": ("广东省", "广西壮族自治区", "海南省", "湖南省"),
           "cd": ("四川省", "重庆市", "贵州省", "云南省", "陕西省", "甘肃省")}


def do(office, verb, **fields):
    return office.run("do", verb, *(f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()))


def order(number, code, **more):
    return {"id": number, "state": "paid", "modified": "2026-03-04T09:15:22Z", "currency": "CNY", "name": "张伟", "phone": "13800001234", "province": "浙江省",
            "city": "杭州市", "address": "文一西路 969 号", "lines": [{"id": "1", "item": f"I-{code}", "code": code, "title": more.pop("title", code), "quantity": 1, "price_minor": 10000, "paid_minor": 10000}], "goods_minor": 10000,
            "freight_minor": 0, "discount_minor": 0, "platform_discount_minor": 0, "paid_minor": 10000, **more}


def priced(number):
    """What the pricing reckons is left out."""
    told = order(number, "TEA-100")
    del told["lines"][0]["paid_minor"]
    return {name: value for name, value in told.items() if not name.endswith("_minor")}


def held(office):
    """Orders of each kind that a person releases."""
    do(office, "blacklist.add", field="phone", value="13800009999", why="拒收三次 refused three parcels")
    do(office, "order.put", shop="xhs", order=order("X1", "TEA-100", phone="13800009999"))
    do(office, "order.put", shop="xhs", order=order("X2", "tea100", title="龙井茶 100 g 明前"))
    do(office, "order.put", shop="xhs", order=order("X3", "CUPW", title="白瓷杯 家用"))
    do(office, "order.put", shop="xhs", order=order("X4", "NOBODY-KNOWS", title="神秘商品"))
    do(office, "order.put", shop="xhs", order=order("X5", "TEA-100", address="?", phone="1"))
    do(office, "order.put", shop="xhs", order=order("X6", "TEA-250", phone="13800007777"))
    do(office, "order.put", shop="xhs", order=order("X7", "TEA-250", phone="13800007777"))


def bill(office):
    """A month of JD's: rows as our books have them, one fee, one too little, one that nobody knows, one word that is new."""
    rows = office.rows("SELECT l.order_number, sum(l.debit_minor - l.credit_minor), min(e.day) FROM books_line l JOIN books_entry e ON e.id = l.entry WHERE"
                       " l.account = '1122' AND e.kind = 'sale' AND l.shop = 'jd' AND e.day LIKE '2025-11-%' GROUP BY l.order_number ORDER BY 1")
    lines = [(number, "货款", amount, day) for number, amount, day in rows[:-2]]
    lines[0] = (*lines[0][:2], lines[0][2] - 3000, lines[0][3])
    lines[1] = (*lines[1][:2], lines[1][2] - 1, lines[1][3])
    lines += [(rows[2][0], "佣金", -500, rows[2][2]), ("JD-UNKNOWN", "货款", 8800, "2025-11-20"), (rows[3][0], "价保返佣", -120, rows[3][2])]
    path = office.folder / "jd.csv"
    path.write_text("订单编号,单据编号,费用项,金额,费用发生时间\n" + "".join(f"{number},F{at},{word},{amount / 100:.2f},{day} 10:00:00\n"
                                                       for at, (number, word, amount, day) in enumerate(lines)), encoding="utf-8")
    office.run("bill", "take", path, "--format", "jd", "--party", "jd")
    do(office, "bill.compare", party="jd", period="2025-11")


def campaign(office):
    do(office, "campaign.put", campaign="tea-week", kind="coupon", english="Tea week", chinese="新茶周", value="1000")
    do(office, "coupon.issue", campaign="tea-week", code="TEA10", uses="9")
    for number in range(3):
        do(office, "price.order", shop="xhs", order=priced(f"C{number}"), coupons="TEA10")


def buying(office):
    """A hundred days in which two items were asked for, who sells them, and what should be bought."""
    today = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=8)).date()
    for kind, lines in (
            ("demand", ["sku,day,quantity", *(f"{sku},{today - datetime.timedelta(days=day)},{most - day % 7}" for sku, most in (("TEA-100", 20), ("CUP-W", 12)) for day in range(1, 101))]),
            ("suppliers", ["code,name,lead_days", "SUN,阳光茶厂 Sun tea,10"]),
            ("supplier-items", ["supplier,sku,price_minor,least,pack", "SUN,TEA-100,1500,1,10", "SUN,CUP-W,900,1,10"])):
        path = office.folder / f"{kind}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        office.run("import", kind, path)
    for sku in ("TEA-100", "CUP-W"):
        do(office, "forecast.run", sku=sku)
    do(office, "setting.set", name="purchase_site", value=SITE)
    do(office, "purchase.propose", supplier="SUN")


def furnish(office):
    subprocess.run([BENCH, "year", office.database, YEAR, "1"], check=True, stdout=subprocess.DEVNULL)
    office.run("site", "add", SITE, "--box", BOX)
    for what, path in sample.write_master(office.folder):
        office.run("import", what, path, *(["--site", SITE] if what in PER_SITE else []))
    office.run("import", "orders", sample.write_orders(office.folder / "orders.csv", sample.orders(ORDERS)))
    do(office, "shop.add_own", shop="xhs", platform="xiaohongshu", name="小红书旗舰店")
    do(office, "shop.add", shop="pdd2", platform="pdd", name="拼多多专营店", app_key="k", app_secret="s")
    do(office, "shop.token", shop="pdd2", access="a", expires_s="300000")
    held(office)
    for site, provinces in REGIONS.items():
        for rank, province in enumerate(provinces, 1):
            do(office, "site.region", site=site, province=province, rank=str(rank))
    for number in range(1, 5):
        do(office, "aftersale.open", order=f"SO-{number:05}", kind="refund", reason="买家不想要了 changed their mind")
    bill(office)
    campaign(office)
    buying(office)
    office.run("audit")
    for name, value in (("join_address", "127.0.0.1:1"), ("broker_address", "127.0.0.1:2"), ("join_key", "ab" * 32)):
        do(office, "setting.set", name=name, value=value)
    office.run_sql("UPDATE site SET last_seen_us = CAST(strftime('%s', 'now') AS INTEGER) * 1000000, feed_acked = feed_head WHERE id = 'hz'")
    office.run_sql("UPDATE site SET fault = 'clone' WHERE id = 'cd'")


serve(furnish)
