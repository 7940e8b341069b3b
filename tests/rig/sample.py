"""Sample data of one small warehouse, and the CSV files that bring it in. Everybody and everything in it is invented.

Item numbers use the GS1 prefix 952, which is set aside for examples (GS1 General Specifications, 1.4.2)."""

import csv
import dataclasses


def gtin13(body):
    """body: 12 digits; returns them with the check digit (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(body))
    return body + str(-total % 10)


@dataclasses.dataclass(frozen=True)
class Item:
    sku: str
    name: str
    weight_g: int
    gtin: str
    location: str


@dataclasses.dataclass(frozen=True)
class Order:
    number: str
    carrier: str
    waybill: str
    receiver: tuple  # name, telephone, address
    lines: tuple  # (sku, quantity)

    @property
    def pieces(self):
        return [sku for sku, quantity in self.lines for _ in range(quantity)]


def _item(number, sku, name, weight_g, location):
    return Item(sku, name, weight_g, gtin13(f"9521234{number:05}"), location)


ITEMS = [
    _item(1, "TEA-100", "龙井茶 100 g", 130, "A-01-1"),
    _item(2, "TEA-250", "普洱茶 250 g", 290, "A-01-2"),
    _item(3, "CUP-W", "白瓷杯 White cup", 220, "A-02-1"),
    _item(4, "CUP-B", "青瓷杯 Blue cup", 230, "A-02-2"),
    _item(5, "TS-RED-L", "T恤 红 L", 180, "B-01-1"),
    _item(6, "TS-BLK-M", "T恤 黑 M", 170, "B-01-2"),
    _item(7, "LAMP-01", "台灯 Desk lamp", 950, "B-02-1"),
    _item(8, "PEN-10", "签字笔 10 支", 90, "B-02-2"),
]
LOCATIONS = [(item.location, "face", 10 * number, "") for number, item in enumerate(ITEMS, 1)] + [
    ("STAGE-1", "stage", 900, ""), ("GATE-SF", "gate", 950, "SF"), ("GATE-YTO", "gate", 960, "YTO"),
    ("RETURN-1", "return", 970, "")]
WORKERS = [("W-001", "王小明", "BADGE-0001", "packer"), ("W-002", "李芳", "BADGE-0002", "picker"),
           ("W-003", "陈主管", "BADGE-0003", "supervisor")]
BADGE = WORKERS[2][2]
TOTES = [f"TOTE-{number:03}" for number in range(1, 41)]
BOXES = [("BOX-S", "小号纸箱 Small box", 60), ("BOX-L", "大号纸箱 Large box", 140)]
STAGE, BOX, GATES = "STAGE-1", "BOX-S", {"SF": "GATE-SF", "YTO": "GATE-YTO"}
STOCK_PER_ITEM = 500
RECEIVERS = [("张伟", "13800000001", "浙江省杭州市西湖区示例路1号2幢301室"), ("刘洋", "13800000002", "上海市浦东新区样板大道88弄6号"),
             ("Anna Müller", "13800000003", "北京市朝阳区演示街12号院"), ("欧阳娜娜", "13800000004", "四川省成都市武侯区测试巷7号"),
             ("黄丽", "13800000005", "广东省深圳市南山区虚构路20号")]
SHAPES = [(("TEA-100", 2), ("CUP-W", 1)), (("TS-RED-L", 1),), (("LAMP-01", 1), ("PEN-10", 3)), (("CUP-B", 2),),
          (("TEA-250", 1), ("TS-BLK-M", 1), ("PEN-10", 1))]


def orders(count, first=1):
    """Numbered from first; the same numbers always give the same orders."""
    made = []
    for number in range(first, first + count):
        carrier = "SF" if number % 3 else "YTO"
        made.append(Order(f"SO-{number:05}", carrier, f"{carrier}9520{number:09}", RECEIVERS[number % len(RECEIVERS)],
                          SHAPES[(number - 1) % len(SHAPES)]))
    return made


ITEM_OF = {item.sku: item for item in ITEMS}

ORDER_COLUMNS = ("order", "platform", "carrier", "waybill", "priority", "receiver_name", "receiver_phone",
                 "receiver_address", "sku", "quantity")


def _write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def write_orders(path, some):
    return _write(path, ORDER_COLUMNS, [
        (order.number, "shop", order.carrier, order.waybill, 0, *order.receiver, sku, quantity)
        for order in some for sku, quantity in order.lines])


def write_master(folder):
    """Returns (what, path) pairs in the order in which head office takes them."""
    return [
        ("items", _write(folder / "items.csv", ("sku", "name", "weight_g", "gtin"),
                         [(item.sku, item.name, item.weight_g, item.gtin) for item in ITEMS])),
        ("barcodes", _write(folder / "barcodes.csv", ("code", "kind", "sku", "factor", "weight_g", "name"),
                            [(tote, "tote", "", "", "", "") for tote in TOTES] +
                            [(code, "box", "", "", weight, name) for code, name, weight in BOXES])),
        ("locations", _write(folder / "locations.csv", ("code", "kind", "walk", "carrier"), LOCATIONS)),
        ("workers", _write(folder / "workers.csv", ("worker", "name", "badge", "role"), WORKERS)),
    ]


def write_stock(path):
    return _write(path, ("location", "sku", "quantity"), [(item.location, item.sku, STOCK_PER_ITEM) for item in ITEMS])
