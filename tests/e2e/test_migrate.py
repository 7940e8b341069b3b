#!/usr/bin/env python3
"""A business moves in from another system, and out again: files in GBK with the other system's names, tried first, taken whole or not at
all, twice with the same outcome; and everything as CSV and as spreadsheets, which another program reads."""

import csv
import io
import pathlib
import re
import sys
import xml.etree.ElementTree as xml
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.office import BOX, SITE, equal, tests_of  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
test = tests_of(tap)

ITEMS = "商品编码,名称,克重,条码,备注\nT-1,龙井,130,06901234567892,新茶\nT-2,\"茶杯, 白\",220,,\n"
ITEM_MAP = "[columns]\nsku = 商品编码\nname = 名称\nweight_g = 克重\ngtin = 条码\n[constants]\nabc = A\n[values name]\n龙井 = 龙井茶\n"
ORDERS = ("order,platform,carrier,receiver_name,receiver_phone,receiver_address,province,sku,quantity,price,line_paid,freight,discount,"
          "paid,state\n"
          "O-1,taobao,SF,张三,13800000001,文三路1号,浙江省,T-1,2,59.90,99.80,6,20,315.8,audit\n"
          "O-1,taobao,SF,张三,13800000001,文三路1号,浙江省,T-2,1,210.00,210.00,6,20,315.8,audit\n"
          "O-2,taobao,SF,李四,13800000002,建国路2号,北京市,T-2,3,10.1,30.30,0,0,30.30,finished\n")


def write(office, name, text, encoding="utf-8"):
    path = office.folder / name
    path.write_bytes(text.encode(encoding))
    return path


def sheet_rows(path):
    """The rows of a spreadsheet's first sheet, by its own rules (ECMA-376): shared strings, inline strings, numbers."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(path) as book:
        shared = []
        if "xl/sharedStrings.xml" in book.namelist():
            root = xml.fromstring(book.read("xl/sharedStrings.xml"))
            shared = ["".join(text.text or "" for text in item.iter(f"{{{space['m']}}}t")) for item in root.findall("m:si", space)]
        root = xml.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in root.iter(f"{{{space['m']}}}row"):
        cells = {}
        for cell in row.findall("m:c", space):
            letters = re.match("[A-Z]+", cell.get("r")).group()
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            value = cell.findtext("m:v", "", space)
            if cell.get("t") == "s":
                value = shared[int(value)]
            elif cell.get("t") == "inlineStr":
                value = "".join(text.text or "" for text in cell.iter(f"{{{space['m']}}}t"))
            cells[column - 1] = value
        rows.append([cells.get(i, "") for i in range(max(cells) + 1)])
    return rows


def csv_rows(path):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))


def move_in(office):
    office.run("site", "add", SITE, "--box", BOX)
    office.run("import", "items", write(office, "items.csv", ITEMS, "gbk"), "--map", write(office, "items.ini", ITEM_MAP))
    office.run("import", "locations", write(office, "l.csv", "code,kind,walk\nA-1,face,1\nR-1,reserve,2\n"))
    office.run("import", "stock", write(office, "s.csv", "location,sku,quantity\nA-1,T-1,5\nR-1,T-2,70\n"))
    office.run("import", "suppliers", write(office, "v.csv", "code,name,lead_days\nV-1,杭州茶厂,7\n"))
    office.run("import", "supplier-items", write(office, "vi.csv", "supplier,sku,price_minor,pack\nV-1,T-1,2500,12\n"))
    office.run("import", "demand", write(office, "d.csv", "sku,day,quantity\nT-1,2026-03-04,3\nT-1,2026-03-05,1\n"))
    office.run("import", "customers", write(office, "c.csv", "code,name,phone,consent\nC-1,张三,13800000001,yes\n"))
    office.run("import", "orders", write(office, "o.csv", ORDERS))


@test("a file is tried first, and changes nothing until it is taken")
def _(office):
    office.run("site", "add", SITE, "--box", BOX)
    path, names = write(office, "items.csv", ITEMS, "gbk"), write(office, "items.ini", ITEM_MAP)
    tried = office.run("import", "items", path, "--map", names, "--try")
    equal([(row["row"], row["is"]) for row in tried[:-1]], [("T-1", "new"), ("T-2", "new")])
    equal(tried[0]["after"], {"sku": "T-1", "name": "龙井茶", "weight_g": "130", "abc": "A"})
    equal(office.rows("SELECT count(*) FROM item")[0][0], 0)
    equal(office.rows("SELECT count(*) FROM import")[0][0], 0)
    taken = office.run("import", "items", path, "--map", names, "--report")
    equal({**taken[-1], "imported": 0}, {**{k: v for k, v in tried[-1].items() if k != "would_import"}, "imported": 0})
    equal(office.rows("SELECT content_hash, content_rows FROM import"), [(taken[-1]["content_hash"], 2)])


@test("the same files again change nothing, and what changed is named")
def _(office):
    move_in(office)
    before = office.rows("SELECT max(seq) FROM feed")[0][0]
    for kind, name, more in (("items", "items.csv", ["--map", office.folder / "items.ini"]), ("locations", "l.csv", []), ("stock", "s.csv", []),
                             ("suppliers", "v.csv", []), ("supplier-items", "vi.csv", []), ("demand", "d.csv", []), ("customers", "c.csv", []), ("orders", "o.csv", [])):
        again = office.run("import", kind, office.folder / name, "--report", *more)
        equal([again[-1][figure] for figure in ("changed", "new_rows", "changed_rows", "gone_rows")], [0, 0, 0, 0])
    equal(office.rows("SELECT max(seq) FROM feed")[0][0], before)
    other = office.run("import", "orders", write(office, "o2.csv", ORDERS.replace("T-2,1,210.00", "T-2,2,210.00")), "--try")
    equal([(row["row"], row["is"], row["before"]["quantity"], row["after"]["quantity"]) for row in other[:-1]],
          [("O-1 2", "changed", "1", "2")])


@test("a fault anywhere leaves nothing of the file")
def _(office):
    office.run("site", "add", SITE, "--box", BOX)
    move_in_items = write(office, "items.csv", "sku,name,weight_g\nT-1,tea,1\nT-2,cup,2\n")
    office.run("import", "items", move_in_items)
    for text, sentence in (
            (ORDERS.replace("30.30,0,0,30.30", "30.30,0,0,30.305"), 'line 4, column paid: "30.305" is no amount: write it as 105.80'),
            (ORDERS.replace("O-2,taobao,SF,李四,13800000002,建国路2号,北京市,T-2", "O-2,taobao,SF,李四,13800000002,建国路2号,北京市,T-9"),
             'line 4, column sku: there is no item "T-9": import the items first'),
            (ORDERS.replace("6,20,315.8,audit\nO-2", "7,20,315.8,audit\nO-2"), "says otherwise in line 2")):
        said = office.refused(1, "import", "orders", write(office, "o.csv", text))
        assert sentence in said, said
        equal(office.rows("SELECT count(*) FROM orders")[0][0], 0)
    said = office.refused(1, "import", "items", move_in_items, "--map", write(office, "wrong.ini", "[columns]\ncolour = 颜色\n"))
    assert 'there is no column "colour"' in said, said


@test("money comes in exactly, and adds up")
def _(office):
    move_in(office)
    equal(office.rows("SELECT number, goods_minor, freight_minor, discount_minor, paid_minor, state FROM orders ORDER BY number"),
          [("O-1", 32980, 600, 2000, 31580, "audit"), ("O-2", 3030, 0, 0, 3030, "finished")])
    equal(office.rows("SELECT price_minor, paid_minor FROM order_line ORDER BY number, line"),
          [(5990, 9980), (21000, 21000), (1010, 3030)])


@test("everything goes out as CSV, and comes in again at another head office")
def _(office):
    move_in(office)
    out = office.folder / "out"
    out.mkdir()
    files = {row["exported"]: row for row in office.run("export", "all", out)}
    equal({kind: row["rows"] for kind, row in files.items()},
          {"items": 2, "barcodes": 1, "locations": 2, "workers": 0, "bundles": 0, "listings": 0, "suppliers": 1, "supplier-items": 1, "demand": 2,
           "customers": 1, "stock": 2, "waybills": 0, "documents": 0, "visits": 0, "orders": 3})
    for kind, row in files.items():
        again = office.run("import", kind, row["file"], "--try")
        equal([again[-1][figure] for figure in ("new_rows", "changed_rows", "gone_rows")], [0, 0, 0])
    rows = csv_rows(out / "items.csv")
    equal([row[:3] for row in rows], [["sku", "name", "weight_g"], ["T-1", "龙井茶", "130"], ["T-2", "茶杯, 白", "220"]])


@test("spreadsheets say the same as the CSV files")
def _(office):
    move_in(office)
    for kind in ("items", "orders", "customers"):
        office.run("export", kind, office.folder / "a.csv")
        office.run("export", kind, office.folder / "a.xlsx")
        rows = csv_rows(office.folder / "a.csv")
        equal([row + [""] * (len(rows[0]) - len(row)) for row in sheet_rows(office.folder / "a.xlsx")], rows)
    said = office.refused(1, "export", "items", office.folder / "a.pdf")
    assert "must end in .csv or .xlsx" in said, said
    equal([path.name for path in office.folder.glob("*.part")], [])


sys.exit(tap.done())
