"""A busy time of many shops: orders come, are paid or not, are asked back, and end, at moments that a seed has drawn.

What a shop does not have it does not sell; shipping is left to whoever is tested."""

from platforms import ledger

DAY = 86400


def plan(world, shops, orders, seconds, rate):
    """seconds of shop life happen in seconds / rate. Returns how many orders are planned, and when the last one comes."""
    start, last = world.clock.exact(), 0
    for key in shops:
        draw = world.makers[key].random
        for _ in range(orders):
            at = start + draw.random() * seconds / rate
            last = max(last, at)
            world.plan(at, Life(world, key, rate).come)
    return {"orders": orders * len(shops), "until": last}


class Life:
    """The life of one order."""

    def __init__(self, world, key, rate):
        self.world, self.shop, self.maker, self.rate = world, world.shops[key], world.makers[key], rate
        self.order = None

    def later(self, at, seconds, happen):
        self.world.plan(at + seconds / self.rate, happen)

    def come(self, at):
        self.order = self.maker.place(int(at), state="unpaid")
        self.later(at, self.maker.random.randint(20, 1200), self.pay)

    def pay(self, at):
        draw = self.maker.random
        if draw.random() < 0.06 or any(line.sku.stock < line.count for line in self.order.lines):
            self.shop.cancel(self.order, int(at))
            return
        self.shop.pay(self.order, int(at))
        if draw.random() < 0.08:
            self.later(at, draw.randint(600, 2 * DAY), self.ask_back)
        self.later(at, draw.randint(3 * DAY, 9 * DAY), self.finish)

    def ask_back(self, at):
        if self.order.state in (ledger.CANCELLED, ledger.COMPLETED):
            return
        line = self.maker.random.choice(self.order.lines)
        refund = self.shop.ask_refund(self.maker.refund_number(), self.order, line, int(at))
        self.later(at, self.maker.random.randint(600, DAY), lambda then: self.settle(refund, int(then)))

    def settle(self, refund, at):
        if refund.state in ledger.REFUND_OPEN:
            self.shop.move_refund(refund, "done" if self.maker.random.random() < 0.8 else "closed", at)

    def finish(self, at):
        if self.order.state in (ledger.SHIPPED, ledger.SIGNED):
            self.shop.complete(self.order, int(at))
