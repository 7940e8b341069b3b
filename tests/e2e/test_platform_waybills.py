#!/usr/bin/env python3
"""Waybill numbers from the platforms: one for each parcel whatever becomes of the calls, given back when nobody needs them, and on the label.

Every story ends with head office's numbers equal to the platforms' own ledger."""

import base64
import collections
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.devices import LABEL  # noqa: E402
from rig.house import SITE as HOUSE_SITE  # noqa: E402
from rig.house import House, programs_folder  # noqa: E402
from rig.process import RigError, must, wait_until  # noqa: E402
from rig.trade import PLATFORMS, SITE, Trade, play  # noqa: E402
from rig.worker import Worker  # noqa: E402

GET = {"taobao": "cainiao.waybill.ii.get", "jd": "jingdong.ldop.alpha.waybill.receive", "pdd": "pdd.waybill.get", "douyin": "logistics.newCreateOrder",
       "kuaishou": "open.express.ebill.get"}
CANCEL = {"taobao": "cainiao.waybill.ii.cancel", "jd": "jingdong.ldop.alpha.waybill.api.unbind", "pdd": "pdd.waybill.cancel",
          "douyin": "logistics.cancelOrder", "kuaishou": "open.express.ebill.cancel"}
ALL = [f"{platform}-1" for platform in PLATFORMS if platform in GET]
BY_KEY = [name for name in ALL if name != "jd-1"]  # the same parcel asked for again has the same number there
CODE = {"douyin": "shunfeng"}
FORM = "http://cloudprint/template/standard/1"
SENDER = {"name": "仓库", "phone": "057112345678", "province": "浙江省", "city": "杭州市", "district": "余杭区", "address": "仓前街道9号"}


def open_shops(trade, names, site=SITE, **more):
    if site == SITE:
        trade.add_site()
        trade.add_items()
        for sku in trade.stand_in.ledger(names[0])["stock"]:
            trade.stock(sku, 1000)
    trade.do("site.sender", site=site, **SENDER)
    for name in names:
        platform = name.split("-")[0]
        shop = trade.add_shop(name, platform_shop="1001")
        trade.do("waybill.account", shop=shop, carrier="SF", code=CODE.get(platform, "SF"), form=FORM, **more)


def release(trade, count):
    wait_until(lambda: trade.value("SELECT count(*) FROM orders WHERE state = 'audit'") == count, f"{count} orders are here", seconds=30)
    trade.run("audit")
    trade.run("release", "--all")
    held = trade.rows("SELECT number, kind, detail FROM exception WHERE released_us IS NULL")
    if held:
        raise RigError(f"orders are held: {held}")


def numbers(trade, name, states=("stock", "sent", "live")):
    return sorted(trade.rows("SELECT w.number, o.platform_order FROM waybill w JOIN orders o ON o.number = w.order_number JOIN waybill_parcel p"
                             " ON p.waybill = w.number WHERE o.shop = ? AND w.state IN (%s)" % ", ".join("?" * len(states)),
                             name.replace("-", ""), *states))


def agree(trade, name):
    """Every number that the platform believes is in use is one order's here, and of each order there is one."""
    there = sorted((row["number"], row["orders"][0]) for row in trade.stand_in.ledger(name)["waybills"] if row["state"] != "cancelled")
    here = numbers(trade, name)
    if there != here:
        yield f"{name}: numbers there {there}, here {here}"
    twice = [order for order, count in collections.Counter(order for _, order in here).items() if count > 1]
    yield from (f"{name}: order {order} has several numbers" for order in twice)


def all_have_one(trade, seconds=40):
    def missing():
        return trade.rows("SELECT o.number, x.state, x.class, x.said FROM orders o LEFT JOIN waybill w ON w.order_number = o.number AND w.state ="
                          " 'sent' LEFT JOIN outbox x ON x.key = o.number || '-1' WHERE o.state = 'released' AND w.number IS NULL")
    try:
        wait_until(lambda: not missing(), "every order has its number", seconds=seconds)
    except RigError as fault:
        yield f"{fault}: {missing()}"


def every_order_has_one(folder):
    """Many in one call, and what is printed of each."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        open_shops(trade, ALL)
        for name in ALL:
            trade.stand_in.tell("place", shop=name, count=12, ids=False)
        trade.start()
        release(trade, 12 * len(ALL))
        yield from all_have_one(trade)
        for name in ALL:
            yield from agree(trade, name)
            calls = [entry for entry in trade.stand_in.log(name) if entry["call"] == GET[name.split("-")[0]]]
            most = 12 if name == "jd-1" else 4
            if len(calls) > most:
                yield f"{name} was called {len(calls)} times for 12 numbers"
        told = trade.rows("SELECT line FROM feed WHERE type = 'waybill.pool'")
        sealed = sum(line.startswith("~") or '"sealed":' in line for line, in told)  # what names somebody is sealed once more
        if (len(told), sealed) != (60, 60):
            yield f"{len(told)} numbers were sent to the site, {sealed} with what is printed"


def calls_go_wrong(folder):
    """Replies are lost, one of ten fails, a server is in trouble: one number for each parcel all the same."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        open_shops(trade, BY_KEY)
        for name in BY_KEY:
            ids = trade.stand_in.tell("place", shop=name, count=10)
            call = GET[name.split("-")[0]]
            trade.stand_in.arm("close", shop=name, call=call, effect=True)
            trade.stand_in.arm("html502", shop=name, call=call, skip=1, effect=True)
            key = ids[3] if name.startswith(("douyin", "kuaishou")) else f"{name.replace('-', '')}-{ids[3]}-1"
            trade.stand_in.arm("row", shop=name, call=call, skip=2, rows=[key])
        trade.start()
        release(trade, 10 * len(BY_KEY))
        yield from all_have_one(trade)
        for name in BY_KEY:
            yield from agree(trade, name)
        yield from (f"refused: {row}" for row in trade.rows("SELECT subject, class, said FROM outbox WHERE state = 'refused'"))


def a_platform_without_keys(folder):
    """JD gives another number to whoever asks again: where a reply is lost, a person looks, and no second number is asked for."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        open_shops(trade, ["jd-1"])
        trade.stand_in.tell("place", shop="jd-1", count=3, ids=False)
        trade.stand_in.arm("close", shop="jd-1", call=GET["jd"], effect=True, skip=1)
        trade.start()
        release(trade, 3)
        wait_until(lambda: trade.value("SELECT count(*) FROM waybill WHERE state = 'sent'") == 2, "the others have theirs")
        wait_until(lambda: trade.value("SELECT count(*) FROM attention WHERE kind = 'no_waybill'") == 1, "a person is told of the one")
        there = trade.stand_in.ledger("jd-1")["waybills"]
        if len(there) != 3:
            yield f"{len(there)} numbers were given for three orders"
        # The person finds the number there, and brings it.
        order, = trade.rows("SELECT o.number, x.id, o.platform_order FROM orders o JOIN outbox x ON x.key = o.number || '-1' WHERE x.state = 'refused'")
        number = next(row["number"] for row in there if row["orders"] == [order[2]])
        trade.do("outbox.drop", id=order[1])
        path = folder / "found.csv"
        path.write_text(f"waybill,carrier,order\n{number},SF,{order[0]}\n")
        trade.run("import", "waybills", path, "--site", SITE)
        yield from all_have_one(trade)


def a_quota_is_used_up(folder):
    """The orders go to their site; their numbers follow when there are some again."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        open_shops(trade, BY_KEY)
        for name in BY_KEY:
            trade.stand_in.tell("quota", shop=name, carrier="SF", left=2)
            trade.stand_in.tell("place", shop=name, count=5, ids=False)
        trade.start()
        release(trade, 5 * len(BY_KEY))
        for name in BY_KEY:
            wait_until(lambda: trade.stand_in.ledger(name)["quota"]["SF"] == 0, f"{name} has given what it had", seconds=20)  # noqa: B023
        for name in BY_KEY:
            trade.stand_in.tell("quota", shop=name, carrier="SF", left=50)
        trade.write("UPDATE outbox SET next_us = 0 WHERE state = 'waiting'")  # it would be tried within ten minutes
        yield from all_have_one(trade)
        for name in BY_KEY:
            yield from agree(trade, name)
        if trade.value("SELECT count(*) FROM attention WHERE kind = 'no_waybill' AND settled_us IS NULL"):
            yield "people are still told of what is over"


def what_nobody_needs_is_given_back(folder):
    """Orders are cancelled before they are released; the reply to one cancellation is lost; one parcel is on its way."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade:
        open_shops(trade, ALL, early="yes")
        ids = {name: trade.stand_in.tell("place", shop=name, count=3) for name in ALL}
        trade.start()
        wait_until(lambda: trade.value("SELECT count(*) FROM orders WHERE state = 'audit'") == 15, "they are here", seconds=30)
        trade.run("audit")
        wait_until(lambda: trade.value("SELECT count(*) FROM waybill WHERE state = 'stock' AND waits = ''") == 15, "all have numbers early", seconds=30)
        for name in ALL:
            shop = name.replace("-", "")
            trade.stand_in.arm("close", shop=name, call=CANCEL[name.split("-")[0]], effect=True)
            used, = next(iter(trade.rows("SELECT number FROM waybill WHERE order_number = ?", f"{shop}-{ids[name][2]}")))
            trade.stand_in.tell("ship", shop=name, order=ids[name][2], carrier="SF", number=used)
            for order in ids[name][:2]:
                trade.run("cancel", "--order", f"{shop}-{order}")
        wait_until(lambda: trade.value("SELECT count(*) FROM waybill WHERE state = 'void'") == 10, "ten are void", seconds=30)
        wait_until(lambda: trade.value("SELECT count(*) FROM attention WHERE kind = 'not_void' AND settled_us IS NULL") == 5,
                   "a person is told of the five that are on their way", seconds=30)
        for name in ALL:
            states = collections.Counter(row["state"] for row in trade.stand_in.ledger(name)["waybills"])
            if states != {"cancelled": 2, "used": 1}:
                yield f"{name}: {dict(states)} there"
        if trade.value("SELECT count(*) FROM feed WHERE type LIKE 'waybill.%'"):
            yield "a site was told of a number that it never had"


# ---------------------------------------------------------------- to the label


def from_the_platform_to_the_label(folder):
    """A real warehouse. Somebody else draws the labels, as a print component would; the packer sticks them on; one order's number is given up."""
    with Trade(folder, "--shops", 1, "--orders", 0) as trade, House(folder) as house:
        house.add_site()
        house.import_master()
        house.start()
        wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"), "the site has the data", seconds=20)
        house.import_stock()
        open_shops(trade, ["taobao-1"], HOUSE_SITE, drawn="yes")
        for name in ("audit_by_itself", "release_by_itself"):
            trade.do("setting.set", name=name, value="yes")
        wait_until(lambda: trade.value("SELECT count(*) FROM stock"), "head office knows what lies there")
        trade.start()
        ids = trade.stand_in.tell("place", shop="taobao-1", count=3, goods=[["TS-RED-L", 2, None, 0]])
        orders = [f"taobao1-{order}" for order in ids]
        wait_until(lambda: trade.value("SELECT count(*) FROM waybill WHERE waits = 'drawn'") == 3, "three labels are to be drawn", seconds=20)
        drawn = dict(draw(trade))
        wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_acked = feed_head") and
                   trade.value("SELECT count(*) FROM orders WHERE state = 'allocated'") == 3, "the site has orders and numbers", seconds=20)
        trade.stand_in.tell("cancel", shop="taobao-1", order=ids[2])
        wait_until(lambda: trade.value("SELECT state FROM orders WHERE number = ?", orders[2]) == "closed", "the site has let go of it", seconds=20)
        try:
            Worker(house, [sample.Order(order, "SF", drawn[order][0], ("", "", ""), (("TS-RED-L", 2),)) for order in orders[:2]]).work()
        except RigError as fault:
            yield str(fault)
        wait_until(lambda: trade.value("SELECT count(*) FROM outbox WHERE kind = 'ship' AND state = 'done'") == 2, "the platform was told", seconds=30)
        yield from trade.agree("taobao-1", what=("shipment_faults",), seconds=20)
        yield from (f"{drawn[order][0]} came out {as_drawn(house.printer, drawn[order][1])} times as it was drawn" for order in orders[:2]
                    if as_drawn(house.printer, drawn[order][1]) != 1)
        number = [drawn[order][0] for order in orders]
        wait_until(lambda: trade.value("SELECT state FROM waybill WHERE number = ?", number[2]) == "void", "what was given up is void", seconds=20)
        states = {row["number"]: row["state"] for row in trade.stand_in.ledger("taobao-1")["waybills"]}
        if states != {number[0]: "used", number[1]: "used", number[2]: "cancelled"}:
            yield f"the platform has {states}"
        wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_acked = feed_head"), "the site knows that it is void", seconds=20)
        house.daemon.stop()
        if house.site_rows("SELECT count(*) FROM waybill WHERE state = 'void'") != [(1,)]:
            yield f"the site has {house.site_rows('SELECT number, state FROM waybill')}"


def label_of(folder, number):
    """A label as a printer takes it that no site of ours would make: its template is not the one for waybills."""
    data, out = folder / "label.json", folder / f"{number}.zpl"
    data.write_text(json.dumps({"waybill": number, "carrier": "SF", "receiver": {"name": "drawn elsewhere"}}))
    must([programs_folder() / "floorhand", "label", "render", "shipping-4x6", "--data", data, "--to", "zpl", "--out", out])
    return out.read_bytes()


def draw(trade):
    """As a relay does it by the open interface: it looks for what waits, reads what is sealed, and brings the label."""
    for number, order in trade.rows("SELECT number, order_number FROM waybill WHERE waits = 'drawn'"):
        told = trade.do("waybill.print_data", waybill=number)
        if "encryptedData" not in told["print_data"] or told["platform"] != "taobao" or told["form"] != FORM:
            raise RigError(f"no component could draw {told}")
        label = label_of(trade.folder, number)
        trade.do("waybill.drawn", waybill=number, language="zpl", bytes=base64.b64encode(label).decode())
        yield order, (number, label)


def as_drawn(tray, label):
    drawn = LABEL.search(label)[0]
    return sum(drawn == printed for printed in tray.labels)


STORIES = (every_order_has_one, calls_go_wrong, a_platform_without_keys, a_quota_is_used_up, what_nobody_needs_is_given_back,
           from_the_platform_to_the_label)


if __name__ == "__main__":
    sys.exit(play(STORIES))
