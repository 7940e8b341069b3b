"""What a test may say to the stand-in: GET /control/ledger, log, shops, clock, faults; POST /control with one command or a list.

A command is {"command": NAME, ...}; COMMANDS below is all there are. An answer is a list with what each command returned."""

import dataclasses
import pathlib
import threading
import urllib.parse

from platforms import bills, history, ledger, print_component, push as pushes, wire
from platforms.clock import read_local


class Wrong(Exception):
    """The command cannot be carried out; the text says why."""


def order_of(world, command):
    return world.shops[command["shop"]].order(command["order"])


def line_of(order, command):
    return next((line for line in order.lines if line.id == str(command.get("line", order.lines[0].id))), None) or order.lines[0]


def moment(world, command, name="at"):
    """A command's time: unix seconds, "-60" before now, or China's; now where none is named."""
    value = command.get(name)
    if value is None:
        return world.clock.now()
    if isinstance(value, str) and value[:1] in "+-":
        return world.clock.now() + int(value)
    return read_local(value) if isinstance(value, str) else int(value)


# ---------------------------------------------------------------- orders


def place(world, command):
    """count orders of shop: goods [[outer, count, price or null, discount]], state paid or unpaid, from `at` to `until`. Returns the ids;
    with ids false only how many there are, which then all have the same goods and receiver and are made faster. if_stock: the shop sells
    only what it has, as a shop does."""
    maker, count = world.makers[command["shop"]], command.get("count", 1)
    at, until = moment(world, command), moment(world, command, "until") if "until" in command else None
    ids, goods, person = [], command.get("goods"), None
    if not command.get("ids", True):
        goods, person = goods or maker.some_goods(), maker.receiver()
    for number in range(count):
        then = at if until is None else at + (until - at) * number // count
        if command.get("if_stock") and not maker.has(goods):
            continue
        order = maker.place(then, goods, command.get("state", "paid"), command.get("freight"), person and dataclasses.replace(person))
        order.patch.update(command.get("patch", {}))
        ids.append(order.id)
    return ids if command.get("ids", True) else len(ids)


def pay(world, command):
    world.shops[command["shop"]].pay(order_of(world, command), moment(world, command))


def change(world, command):
    """Sets what is named of an order (hold, mask, note, raw_status, receiver, state), and moves it to now."""
    order = order_of(world, command)
    for name in ("hold", "mask", "note", "raw_status", "state"):
        if name in command:
            setattr(order, name, command[name])
    for name, value in command.get("receiver", {}).items():
        setattr(order.receiver, name, value)
    order.patch.update(command.get("patch", {}))
    if command.get("moves", True):
        world.shops[command["shop"]].put(order, moment(world, command))


def touch_first(world, command):
    """Moves the order that would be seen first between two moments to now: it leaves its page, and the others move up."""
    shop = world.shops[command["shop"]]
    rows = shop.recent.between(moment(world, command, "from"), moment(world, command, "until"))
    order = rows[command.get("position", 0)]
    shop.put(order, moment(world, command))
    return order.id


def cancel(world, command):
    world.shops[command["shop"]].cancel(order_of(world, command), moment(world, command))


def complete(world, command):
    world.shops[command["shop"]].complete(order_of(world, command), moment(world, command))


def ship(world, command):
    """Somebody ships in the platform's own back office."""
    world.shops[command["shop"]].ship(order_of(world, command), command["carrier"], command["number"], moment(world, command),
                                      command.get("lines"))


def refund(world, command):
    shop, order = world.shops[command["shop"]], order_of(world, command)
    asked = shop.ask_refund(world.makers[shop.key].refund_number(), order, line_of(order, command), moment(world, command),
                            command.get("amount"), command.get("count"), command.get("kind", "refund_only"), command.get("state", "asked"))
    return asked.id


def refund_move(world, command):
    shop = world.shops[command["shop"]]
    shop.move_refund(shop.refunds[str(command["refund"])], command["state"], moment(world, command))


# ---------------------------------------------------------------- shops


def stock(world, command):
    """Somebody else sets the stock of a SKU, by its outer code; it is no change of a connector's."""
    world.shops[command["shop"]].sku(outer=command["sku"]).stock = int(command["value"])


def quota(world, command):
    world.shops[command["shop"]].quota[command["carrier"]] = int(command["left"])


def style(world, command):
    world.shops[command["shop"]].money_style = command["money"]


def token(world, command):
    """action: expire, revoke, reauthorise, fix (it cannot be refreshed), life (it ends in `seconds`), end_refresh."""
    tokens, now = world.tokens[command["shop"]], world.clock.now()
    action = command["action"]
    if action == "expire":
        tokens.access_until = now
    elif action == "revoke":
        tokens.revoked = True
    elif action == "reauthorise":
        tokens.reauthorise(now)
    elif action == "fix":
        tokens.fixed = True
    elif action == "life":
        tokens.access_until = now + int(command["seconds"])
    elif action == "end_refresh":
        tokens.refresh_until = now
    else:
        raise Wrong(f"there is no action {action}")
    return tokens.tell()


# ---------------------------------------------------------------- pushes, bills, a busy month


class Later:
    """What a command does when the stand-in may be asked again: whom it calls, may call back."""

    def __init__(self, function):
        self.function = function


def push(world, command):
    """Sends a message about an order, or about `orders`, of a shop to url; Taobao's wait in their queue. event: placed, paid, shipped, …;
    sign: good, wrong, missing; tag: another word than the event's; replay: the number of an earlier one; padding, retries, timeout."""
    shop, event = world.shops[command["shop"]], command.get("event", "paid")
    orders = [shop.order(order_id) for order_id in command.get("orders") or [command["order"]]]
    if world.platform_of[shop.key] == "taobao":
        return pushes.queue_for_taobao(world, shop, orders, event, command)
    row = pushes.prepare(world, shop, orders, event, command)
    return Later(lambda: pushes.deliver(world, row, command.get("retries", 3), command.get("timeout", 2.0)))


def bill(world, command):
    """Writes a day's file: kind alipay, alipay_business, jd, pdd or douyin. It can be fetched from what is returned, and is written to
    `file`, too, where that is named. The rest is for bills.write()."""
    shop = world.shops[command["shop"]]
    content = bills.write(command["kind"], shop, command["day"], command)
    path = f"/files/{shop.key}/{command['kind']}-{command['day']}.csv"
    world.files[path] = content
    if "file" in command:
        pathlib.Path(command["file"]).write_bytes(content)
    return {"path": path, "bytes": len(content), "rows": len(bills.rows_of(shop, command["day"]))}


def month(world, command):
    """Plans what happens in `seconds` of shop life, `rate` times as fast, from now on: `orders` orders of each shop in `shops`."""
    return history.plan(world, command.get("shops") or list(world.shops), command["orders"], command.get("seconds", 30 * 86400),
                        command.get("rate", 100))


# ---------------------------------------------------------------- the whole


def clock(world, command):
    """skew: seconds to move it by; or at and rate."""
    if "skew" in command:
        world.clock.skew(float(command["skew"]))
    else:
        world.clock.set(moment(world, command), float(command.get("rate", 1)))
    return world.clock.exact()


def arm(world, command):
    return world.faults.arm({name: value for name, value in command.items() if name != "command"})


def disarm(world, _command):
    world.faults.disarm()


def throttle(world, command):
    world.throttle.set(command["whom"], command.get("per_second"), command.get("ban", 1))


def addresses(world, command):
    """allow: the addresses that may call a platform; null for all."""
    world.address_rule[command["platform"]] = command.get("allow")


def trait(world, command):
    world.traits[command["name"]] = command["value"]


def listen(world, command):
    """on: whether the platforms' port takes connections."""
    world.stand_in.listen(command["on"])


def component(world, command):
    """Starts a print component with a mode, or gives the one of `number` another. Returns its number and port."""
    if "number" in command:
        found = world.components[command["number"]]
        found.mode, found.sheets = command.get("mode", ""), command.get("sheets", 3)
    else:
        found = print_component.Component(command.get("mode", ""), command.get("sheets", 3))
        world.components.append(found)
    return {"number": world.components.index(found), "port": found.port}


def forget_log(world, _command):
    world.log.clear()


COMMANDS = {function.__name__: function for function in (
    place, pay, change, touch_first, cancel, complete, ship, refund, refund_move, stock, quota, style, token, push, bill, month, clock, arm,
    disarm, throttle, addresses, trait, listen, component, forget_log)}


def carry_out(world, commands):
    """Carries out one command or a list; returns a list of what they returned."""
    answers = []
    for command in commands if isinstance(commands, list) else [commands]:
        function = COMMANDS.get(command.get("command"))
        if not function:
            raise Wrong(f"there is no command {command.get('command')}; there are {', '.join(COMMANDS)}")
        answers.append(function(world, command))
    return answers


def carry_out_now(world, commands):
    """For what was armed to happen in the middle of a call: what must wait, is done beside it."""
    for answer in carry_out(world, commands):
        if isinstance(answer, Later):
            threading.Thread(target=answer.function, daemon=True).start()


# ---------------------------------------------------------------- looking


def tell_ledger(world, wanted):
    rows = wanted.get("rows", "1") != "0"
    return {key: ledger.tell_shop(shop, rows) for key, shop in world.shops.items() if wanted.get("shop") in (None, key)}


def tell_log(world, wanted):
    since = int(wanted.get("since", 0))
    return [entry for entry in world.log if entry["n"] > since and wanted.get("shop") in (None, entry["shop"]) and
            wanted.get("call") in (None, entry["call"])]


def tell_shops(world, _wanted):
    """What a connector is configured with."""
    told = {}
    for key, shop in world.shops.items():
        name = world.platform_of[key]
        app = world.apps[name]
        told[key] = {"platform": name, "number": shop.number, "app_key": app.key, "secret": app.secret, "sign_secret": app.sign_secret,
                     "message_secret": app.message_secret, **world.tokens[key].tell()}
    return told


def tell_clock(world, _wanted):
    return {"now": world.clock.exact(), "rate": world.clock.rate}


def tell_faults(world, _wanted):
    return world.faults.armed


def tell_pushes(world, _wanted):
    return [pushes.tell(row) for row in world.pushes]


def tell_printed(world, _wanted):
    return [{"port": one.port, "mode": one.mode, "tasks": one.tasks, "printed": one.printed} for one in world.components]


LOOKS = {"pushes": tell_pushes, "printed": tell_printed, "ledger": tell_ledger, "log": tell_log, "shops": tell_shops, "clock": tell_clock,
         "faults": tell_faults}


def handle(world, request):
    """Returns the reply; never raises for what a test has said wrongly."""
    look = request.path.removeprefix("/control").strip("/")
    try:
        with world.lock:
            world.catch_up()
            if request.method == "GET" and look in LOOKS:
                return wire.json_reply(LOOKS[look](world, dict(urllib.parse.parse_qsl(request.query_text))))
            answers = carry_out(world, request.json()) if request.method == "POST" and not look else None
        if answers is not None:
            return wire.json_reply([answer.function() if isinstance(answer, Later) else answer for answer in answers])
        return wire.json_reply({"fault": f"there is no {request.method} {request.path}"}, 404)
    except (Wrong, ledger.Refusal, wire.Malformed, KeyError, ValueError, TypeError, IndexError, AttributeError) as fault:
        return wire.json_reply({"fault": f"{type(fault).__name__}: {fault}"}, 400)
