"""Makes shops, goods and orders from a seed: the same seed and the same moment give the same data."""

import random
import time

from platforms import ledger
from platforms.clock import CHINA

# The same goods are sold by every shop, under the shop's own code, so that stock can be shared among platforms.
CATALOGUE = (
    ("T恤 <夏>", (("TS-RED-L", "红 L", 5990), ("TS-RED-M", "红 M", 5990), ("TS-BLUE-L", "蓝 L", 6190))),
    ("马克杯 & 勺", (("MUG-WHITE", "白", 2990), ("MUG-BLACK", "黑", 3190))),
    ("数据线 \"快充\"", (("CABLE-1M", "1 m", 1999), ("CABLE-2M", "2 m", 2499))),
    ("袜子", (("SOCK-S", "S", 910), ("SOCK-L", "L", 1010))),
    ("雨伞", (("UMBRELLA", "折叠", 7800),)),
    ("台灯", (("LAMP", "暖光", 15880),)),
)
PLACES = (("浙江省", "杭州市", "余杭区", "仓前街道"), ("广东省", "深圳市", "南山区", "粤海街道"), ("四川省", "成都市", "武侯区", "桂溪街道"),
          ("北京市", "北京市", "朝阳区", "望京街道"), ("新疆维吾尔自治区", "乌鲁木齐市", "天山区", "解放南路街道"))
SURNAMES, GIVEN = "张王李赵陈林黄周欧𠮷", ("伟", "芳", "小明", "秀英", "磊", "婷婷")

# Where the numbers of each platform begin. Those of orders are above 2^53 where the platform's are.
FIRST = {
    "taobao": (612300000000, 4980000000000, 3344556677000000000),
    "jd": (10012300000, 100012300000, 298800000000000000),
    "pdd": (480001230000, 1040001230000, 123456000000000),
    "douyin": (3500000000000000000, 1700000000000000, 6900000000000000000),
    "kuaishou": (20115600000000, 20117800000000, 241530000000000000),
    "shopify": (820000000000, 470000000000, 450789000000),
    "woo": (700000, 800000, 100000),
}
SEVERAL_LINES = ("taobao", "jd", "douyin", "shopify", "woo")  # the others have one SKU per order


class Maker:
    """Makes what a shop holds. Draws only from its own shop's randomness, so shops do not disturb one another."""

    def __init__(self, seed, platform, shop):
        self.random = random.Random(f"{seed}/{shop.key}")
        self.platform, self.shop = platform, shop
        self.first_item, self.first_sku, self.first_order = FIRST[platform]
        self.orders = self.refunds = 0

    def stock_shelves(self):
        at = self.shop.number * 1000
        for number, (title, skus) in enumerate(CATALOGUE, 1):
            item = ledger.Item(self.first_item + at + number, title)
            for outer, name, price in skus:
                at += 1
                item.skus.append(ledger.Sku(self.first_sku + at, item, outer, f"{title} {name}", price, self.random.randint(50, 500)))
            self.shop.add_item(item)

    # ---------------------------------------------------------------- numbers

    def order_number(self, at):
        self.orders += 1
        number = self.first_order + (self.shop.number * 1_000_000 + self.orders) * 10
        if self.platform == "pdd":
            return f"{time.strftime('%y%m%d', time.gmtime(at + CHINA))}-{number}"
        return str(number)

    def line_number(self, order_id, position, count):
        if self.platform in ("jd", "pdd"):
            return f"{order_id}-{position}"
        if self.platform == "kuaishou" or (self.platform == "taobao" and count == 1):
            return order_id
        return str(int(order_id) + position)

    def refund_number(self):
        self.refunds += 1
        return str(self.first_order // 7 + (self.shop.number * 1_000_000 + self.refunds) * 10)

    # ---------------------------------------------------------------- orders

    def receiver(self):
        province, city, district, town = self.random.choice(PLACES)
        name = self.random.choice(SURNAMES) + self.random.choice(GIVEN)
        return ledger.Receiver(name, f"13{self.random.randrange(10**9):09}", province, city, district, town,
                               f"文一西路 {self.random.randint(1, 999)} 号 #{self.random.randint(1, 40)}+{self.random.randint(1, 9)}")

    def some_goods(self):
        """[(outer, count, price or None, discount)]"""
        most = 3 if self.platform in SEVERAL_LINES else 1
        skus = self.random.sample(list(self.shop.skus.values()), self.random.choice((1, 1, 1, 2, most)) if most > 1 else 1)
        goods = []
        for sku in skus:
            count = self.random.choice((1, 1, 1, 2, 3))
            goods.append((sku.outer, count, None, self.random.choice((0, 0, sku.price * count // 7))))
        return goods

    def has(self, goods):
        return all(self.shop.sku(outer=outer).stock >= count for outer, count, *_ in goods)

    def place(self, at, goods=None, state="paid", freight=None, receiver=None):
        """Returns the order: unpaid or paid, as of `at`. goods as some_goods()."""
        goods = goods or self.some_goods()
        order_id = self.order_number(at)
        lines = []
        for position, (outer, count, price, discount) in enumerate(goods, 1):
            sku = self.shop.sku(outer=outer)
            lines.append(ledger.Line(self.line_number(order_id, position, len(goods)), sku, count, sku.price if price is None else price,
                                     discount))
        order = ledger.Order(order_id, self.orders, at, at, lines, receiver or self.receiver(),
                             self.random.choice((0, 0, 600)) if freight is None else freight)
        if state == "unpaid":
            self.shop.put(order, at)
        else:
            self.shop.pay(order, at)
        return order

    def fill(self, count, start, end):
        """Orders that were placed between two moments, most of them paid and waiting to be shipped."""
        for number in range(count):
            at = start + (end - start) * number // max(1, count)
            chance = self.random.random()
            order = self.place(at, state="unpaid" if chance < 0.1 else "paid")
            if chance > 0.95:
                self.shop.cancel(order, at)
            elif chance > 0.9:
                line = order.lines[0]
                self.shop.ask_refund(self.refund_number(), order, line, at)
