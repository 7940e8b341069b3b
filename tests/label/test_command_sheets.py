#!/usr/bin/env python3
"""The sheets of command barcodes (drivers/label/templates/command-sheet*.label) and their samples, from the table in
floor/commands.h. With --write it writes them; otherwise it says which are not up to date. Draws nothing."""

import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

TEMPLATES, SAMPLES = ROOT / "drivers/label/templates", ROOT / "tests/label/samples"
COLUMNS, ROWS, WIDTH, TOP, ROW_HEIGHT = 2, 8, 49, 10.6, 17.2  # millimetres

SHEETS = {
    "activities": ("command-sheet-activities", "What to do", "作业", "What can be chosen at the menu"),
    "work": ("command-sheet", "Commands", "操作指令", "What is said while working"),
    "supervisor": ("command-sheet-supervisor", "Supervisor and returns", "主管及退货", "What decides, and the grades of returns"),
    "numbers": ("command-sheet-numbers", "Quantity of the next scan", "下一次扫描的数量", "How many the next scan counts"),
}
ARGUMENTS = {"QTY": ["2", "3", "4", "5", "6", "7", "8", "9", "10", "12", "20", "24", "50", "100"], "GRADE": ["A", "B", "C", "D"]}


def cells():
    """{sheet: [(code, English, Chinese)]} in the table's order."""
    table = (ROOT / "firmware-daemon/floor/commands.h").read_text("utf-8")
    found = {sheet: [] for sheet in SHEETS}
    for name, en, zh, sheet in re.findall(r'X\("(\w+)", "([^"]+)", "([^"]+)", "(\w*)"\)', table):
        for argument in ARGUMENTS.get(name, [None]) if sheet else []:
            more = f" {argument}" if argument else ""
            found[sheet].append((f"CMD:{name}" + (f":{argument}" if argument else ""), en.upper() + more, zh + more))
    return found


def number(value):
    return f"{value:.2f}".rstrip("0").rstrip(".")


def cell(index, code, en, zh):
    left, top = (index % COLUMNS) * 50, TOP + (index // COLUMNS) * ROW_HEIGHT
    key = code[4:].replace(":", "-").lower()
    rule = f"\n[line above-{key}]\nat = 2 {number(top - 0.5)} 96 0\n" if index % COLUMNS == 0 else ""
    return f"""{rule}
[text {key}]
at = {number(left + 1)} {number(top)} {WIDTH - 1} 5
text.en = {en}
text.zh = {zh}
height = 4.2
least = 2.5
bold = yes
align = centre

[code128 {key}-bars]
at = {number(left + 0.5)} {number(top + 5.2)} {WIDTH} 8
text = {code}
module = 0.25 0.38

[text {key}-code]
at = {number(left + 1)} {number(top + 13.4)} {WIDTH - 1} 3.4
text = {code}
height = 2.6
align = centre
"""


def template(title_en, title_zh, purpose, rows):
    head = f"""; {purpose}: bar codes, 100 x 150 mm, to hang up at a station. It needs no data; a site is printed on top.
; Written by tests/label/test_command_sheets.py from floor/commands.h.

[label]
title.en = Command bar codes, {title_en.lower()}, 100 x 150 mm
title.zh = 操作指令条码({title_zh})100×150
size = 100 150

[text title]
at = 3 1.5 94 7
text.en = {title_en}[ · {{site}}]
text.zh = {title_zh}[ · {{site}}]
height = 5.5
least = 3
bold = yes
align = centre

[line middle]
at = 50 {TOP} 0 {number(-(-len(rows) // COLUMNS) * ROW_HEIGHT - 1)}
"""
    return head + "".join(cell(i, *row) for i, row in enumerate(rows))


def sample(name, rows):
    return json.dumps({"template": name, "data": {"site": "杭州仓"},
                       "symbols": [["Code128", code] for code, _, _ in rows], "pages": 1},
                      ensure_ascii=False, indent=2) + "\n"


def main():
    tap = Tap()
    for sheet, rows in cells().items():
        name, en, zh, purpose = SHEETS[sheet]
        tap.check(f"{name} has room", [] if 0 < len(rows) <= COLUMNS * ROWS else [f"{len(rows)} commands"])
        for path, text in ((TEMPLATES / f"{name}.label", template(en, zh, purpose, rows)),
                           (SAMPLES / f"{name}.json", sample(name, rows))):
            if "--write" in sys.argv:
                path.write_text(text, "utf-8")
            there = path.read_text("utf-8") if path.exists() else ""
            tap.check(f"{path.name} is up to date", [] if there == text else ["python3 tests/label/test_command_sheets.py --write"])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
