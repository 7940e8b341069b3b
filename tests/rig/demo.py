#!/usr/bin/env python3
"""make run: a private broker, head office and one site with sample data, a scanner to type into and a label printer.

Everything lives in one folder, build/demo; each run starts fresh unless told to go on with what is there."""

import argparse
import json
import os
import pathlib
import select
import shutil
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import ROOT, House  # noqa: E402
from rig.process import RigError  # noqa: E402
from rig.worker import Refused, Worker  # noqa: E402

STDIN = 0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(Exception):
    """Somebody wants it to end."""


def on_signal(*_):
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # the way out is walked once
    raise Stop


class Tray:
    """Keeps the labels as files, numbered on from what is there."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.count = len(list(folder.glob("*.zpl")))

    def take(self, label):
        self.count += 1
        path = self.folder / f"{self.count}.zpl"
        path.write_bytes(label)
        say(f"  label printed / 面单已打印: {path}")


def say(text=""):
    print(text, flush=True)


ROLES = ("order_desk", "purchasing", "marketing", "finance", "service", "admin")


def office_password(house, fresh):
    """The first password of somebody with every role, who chooses another one when they log in."""
    path = house.folder / "office.password"
    if fresh or not path.exists():
        path.write_text(json.loads(house.hq_run("do", "staff.add", "login=boss", "title=Boss 老板"))["password"])
        for role in ROLES:
            house.hq_run("do", "staff.grant", "login=boss", f"role={role}")
    return path.read_text()


def explain(house, orders, password):
    say()
    say(f"Open / 请打开:  {house.page_url}/          stations 工位")
    say(f"               {house.page_url}/office    the supervisor 主管")
    say(f"               {house.office_url}/          head office 总部; boss / {password}")
    say()
    say("Type a code and Enter: it is sent as a scan. 输入条码并回车,即作为一次扫码。")
    say("An empty line scans what the screen asks for next. 直接回车:自动扫描屏幕要求的下一个条码。")
    say()
    say(f"  badges 工牌       {', '.join(f'{badge} ({name})' for _, name, badge, _ in sample.WORKERS)}")
    say("  commands 指令     CMD:PICK CMD:SHORT CMD:SKIP CMD:UNDO CMD:REPRINT CMD:DONE CMD:LOGOUT")
    say(f"  locations 库位    {', '.join(code for code, *_ in sample.LOCATIONS)}")
    say(f"  totes 周转箱      {sample.TOTES[0]} … {sample.TOTES[-1]}")
    say(f"  boxes 包装箱      {', '.join(code for code, *_ in sample.BOXES)}")
    say("  items 商品:")
    for item in sample.ITEMS:
        say(f"    {item.gtin}  {item.sku:9} {item.name}")
    say("  orders 订单:")
    for order in orders:
        lines = ", ".join(f"{quantity} × {sku}" for sku, quantity in order.lines)
        say(f"    {order.number}  {order.carrier:4} {order.waybill}  {lines}")
    say()
    say(f"Labels / 面单: {house.folder}/labels/N.zpl    logs / 日志: {house.folder}/*.log")
    say("Ctrl-C stops everything. 按 Ctrl-C 全部停止。")
    say()


def show_screen(view):
    result = view.get("result")
    if result:
        mark = "✓" if result["good"] else "✗"
        say(f"  {mark} {result['text']['en']}  {result['text']['zh']}")
    say(f"  > {view['prompt']['en']}  {view['prompt']['zh']}")


def take_line(worker, line):
    code = line.strip()
    if not code:
        code = worker.next_code(worker.look())
        if code is None:
            say("  all orders are done / 全部订单已完成")
            return
        say(f"  scan / 扫码: {code}")
    try:
        view = worker.scan(code)
    except Refused:
        view = worker.view()
    except RigError as fault:
        say(f"  {fault}")
        return
    worker.remember(view)
    show_screen(view)


def serve(house, worker):
    """Until a signal; lines of standard input are scans, its end is no reason to stop."""
    inputs, pending = [STDIN], b""
    while True:
        if select.select(inputs, [], [], 0.5)[0]:
            data = os.read(STDIN, 4096)
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                take_line(worker, line.decode(errors="replace"))
            if not data:
                inputs = []
        for program in (house.broker.program, house.hq, house.daemon, house.link):
            if not program.running:
                raise RigError(f"{program.name} has stopped by itself:\n{program.tail()}")


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="go on with the data of the last run")
    parser.add_argument("--port", type=int, default=8480, help="of the pages (8480; 0: any free one)")
    parser.add_argument("--office-port", type=int, default=8481, help="of head office's pages (8481; 0: any free one)")
    parser.add_argument("--orders", type=int, default=6, help="sample orders (6)")
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("build/demo"), help="build/demo")
    return parser.parse_args()


def run(given):
    fresh = not (given.keep and (given.folder / "site.db").exists())
    if fresh:
        shutil.rmtree(given.folder, ignore_errors=True)
    tray = Tray(given.folder / "labels")
    with House(given.folder, page_port=given.port, office_port=given.office_port, on_label=tray.take) as house:
        orders = sample.orders(given.orders)
        if fresh:
            house.open(orders)
        else:
            house.start()
        explain(house, orders, office_password(house, fresh))
        worker = Worker(house, orders)
        show_screen(worker.view())
        serve(house, worker)


def main():
    given = options()
    os.chdir(ROOT)
    for number in SIGNALS:
        signal.signal(number, on_signal)
    try:
        run(given)
    except Stop:
        say("\nstopped / 已停止")
    except RigError as fault:
        say(f"\n{fault}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
