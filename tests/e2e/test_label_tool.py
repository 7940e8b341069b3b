#!/usr/bin/env python3
"""floorhand label as people run it: what is listed, drawn and refused, and that a refused label leaves nothing behind.

Does not look at the dots (test_label_golden does) nor read symbols (tests/label does)."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

TOOL = pathlib.Path(ROOT, os.environ.get("OUT", "build"), "floorhand")
DOCS = ROOT / "docs/labels.md"
PNG = b"\x89PNG\r\n\x1a\n"
SHIPPED = ("waybill-76x130", "waybill-100x150", "waybill-100x180", "shipping-4x6", "sscc-pallet", "item", "location",
           "tote", "badge", "command-sheet", "return", "packing-slip", "count-sheet", "variance", "station", "trust")
WAYBILL = {"waybill": "SF1234567890123", "receiver": {"name": "张三", "address": "上海市浦东新区世纪大道100号"}}
OWN = """[label]
title.en = Gift card
title.zh = 礼品卡
size = 60 30
needs = to

[text to]
at = 2 2 56 10
text.en = For {to}
text.zh = 送给 {to}
height = 5
"""


def label(*words, data=None):
    stdin = json.dumps(data).encode() if isinstance(data, dict) else data or b""
    return subprocess.run([TOOL, "label", *map(str, words)], input=stdin, capture_output=True, timeout=60, check=False)


def render(name, data, *options):
    return label("render", name, "--data", "-", "--to", "png", *options, data=data)


def faults_of_refusal(done, code, field, says):
    """One line of JSON on standard error, nothing on standard output."""
    if done.returncode != 1:
        yield f"exit code {done.returncode}, not 1"
    if done.stdout:
        yield f"{len(done.stdout)} bytes came out"
    try:
        error = json.loads(done.stderr)["error"]
    except (ValueError, KeyError):
        yield f"said {done.stderr!r}"
        return
    if sorted(error) != ["code", "field", "message"] or error["code"] != code or error["field"] != field:
        yield f"said {error}"
    if says not in error["message"]:
        yield f"said {error['message']!r}, without {says!r}"


def faults_of_picture(done, size=None):
    if done.returncode != 0 or done.stderr:
        yield f"exit code {done.returncode}, said {done.stderr.decode()!r}"
    elif not done.stdout.startswith(PNG):
        yield "it is no PNG"
    elif size and (int.from_bytes(done.stdout[16:20], "big"), int.from_bytes(done.stdout[20:24], "big")) != size:
        yield f"it is not {size} dots"


def test_list(tap):
    done = label("list", "--json")
    listed = {entry["name"]: entry for entry in map(json.loads, done.stdout.decode().splitlines())}
    faults = [f"{name} is not listed" for name in SHIPPED if name not in listed]
    faults += [f"{name} has no title" for name, entry in listed.items() if not all(entry["title"].values())]
    tap.check("label list --json lists what is shipped", faults)
    tap.check("a waybill says its size and what it needs", [] if listed["waybill-76x130"]["size_mm"] == [76, 130] and
              listed["waybill-76x130"]["needs"] == "waybill" else [str(listed["waybill-76x130"])])
    plain = label("list").stdout.decode()
    tap.check("label list has a line for each", [] if plain.count("\n") == len(listed) else [plain])


def test_render(tap):
    tap.check("a waybill is drawn from little data", faults_of_picture(render("waybill-100x150", WAYBILL), (800, 1200)))
    tap.check("300 dpi makes more dots", faults_of_picture(
        render("waybill-100x150", WAYBILL, "--dpi", 300), (1181, 1772)))
    tap.check("600 dpi too", faults_of_picture(render("badge", {"code": "W-1"}, "--dpi", 600), (2031, 1276)))
    tap.check("a sheet of commands needs no data", faults_of_picture(render("command-sheet", {}), (800, 1200)))
    chinese, english = render("waybill-100x150", WAYBILL), render("waybill-100x150", WAYBILL, "--language", "en")
    tap.check("the language shows", [] if chinese.stdout != english.stdout else ["both are the same"])
    again = render("waybill-100x150", WAYBILL)
    tap.check("the same data makes the same bytes", [] if again.stdout == chinese.stdout else ["they differ"])


def test_refused(tap):
    long_address = dict(WAYBILL, receiver={"name": "张三", "address": "上海市浦东新区世纪大道" * 60})
    for name, template, data, code, field, says in (
            ("missing data", "waybill-100x150", {}, "label_field", "waybill", "waybill is missing"),
            ("data of a wrong kind", "waybill-100x150", dict(WAYBILL, carrier={}), "label_field", "carrier", "not text"),
            ("an address that does not fit", "waybill-100x150", long_address, "label_overflow", "receiver.address",
             "receiver.address"),
            ("an address that does not fit, in English", "waybill-76x130", long_address, "label_overflow",
             "receiver.address", "does not fit"),
            ("a wrong check digit", "sscc-pallet", {"sscc": "095212345678901234"}, "label_character", "sscc", "check digit"),
            ("a date that is none", "item", {"gtin": "09521234543213", "expiry": "2026-02-31"}, "label_field", "expiry",
             "date"),
            ("a list that is none of numbers", "packing-slip", {"order": "1", "items": [{"quantity": "two"}]},
             "label_field", "items.sum.quantity", "number"),
            ("data that is no object", "waybill-100x150", b"[]", "label_data", None, "JSON object"),
            ("data that is no JSON", "waybill-100x150", b"{", "label_data", None, "not JSON"),
            ("data with a key twice", "waybill-100x150", b'{"waybill":"1","waybill":"2"}', "label_data", None, "not JSON"),
            ("a template that is none", "poster", {}, "label_template", None, "no template \"poster\""),
            ("a resolution that is none", "waybill-100x150", WAYBILL, "label_size", None, "dpi")):
        options = ("--dpi", "250") if "resolution" in name else ()
        tap.check(f"{name} refuses the label", faults_of_refusal(render(template, data, *options), code, field, says))
    tap.check("data that cannot be read refuses the label", faults_of_refusal(
        label("render", "badge", "--data", "/nowhere.json", "--to", "png"), "label_data", None, "/nowhere.json"))


def test_no_output(tap, folder):
    kept, new = folder / "kept.png", folder / "new.png"
    kept.write_bytes(b"before")
    render("waybill-100x150", {}, "-o", kept)
    render("waybill-100x150", {}, "-o", new)
    tap.check("a refused label changes no file", [] if kept.read_bytes() == b"before" else ["it was overwritten"])
    tap.check("a refused label makes no file", ["there is one"] if new.exists() else [])
    done = render("waybill-100x150", WAYBILL, "--out", new)
    tap.check("--out writes the file and nothing else", [] if new.read_bytes().startswith(PNG) and not done.stdout and
              not done.stderr else [done.stderr.decode()])
    done = render("waybill-100x150", WAYBILL, "-o", folder / "no/such/folder.png")
    tap.check("a file that cannot be written is said", [] if done.returncode == 1 and b"cannot be written" in done.stderr
              else [done.stderr.decode()])


def test_pages(tap, folder):
    data = {"order": "1", "items": [{"sku": str(i), "quantity": 1} for i in range(50)]}
    done = render("packing-slip", data)
    tap.check("several pages do not fit the standard output", [] if done.returncode == 2 and not done.stdout else
              [f"exit code {done.returncode}"])
    render("packing-slip", data, "-o", folder / "slip.v1.png")
    names = sorted(path.name for path in folder.glob("slip*"))
    tap.check("each page has its file", [] if names == ["slip.v1-2.png", "slip.v1-3.png", "slip.v1.png"] else [str(names)])


def test_own_templates(tap, folder):
    own = folder / "gift.label"
    own.write_text(OWN)
    tap.check("a template is checked by its path", faults_of_json(label("check", own), {"name": "gift", "shipped": False}))
    tap.check("a shipped one is checked by its name", faults_of_json(label("check", "badge"), {"shipped": True}))
    tap.check("a template is rendered by its path", faults_of_picture(render(own, {"to": "李雷"}), (480, 240)))
    tap.check("a folder adds its templates", faults_of_picture(render("gift", {"to": "李雷"}, "--templates", folder)))
    (folder / "badge.label").write_text(OWN)
    tap.check("a file takes the place of a shipped one", faults_of_json(
        label("check", "badge", "--templates", folder), {"size_mm": [60, 30], "shipped": False}))
    own.write_text(OWN + "colour = red\n")
    tap.check("a fault in a template is said with its line", faults_of_refusal(
        label("check", own), "label_template", "text to", "gift.label, line 12"))
    tap.check("a fault in a folder is said with its file", faults_of_refusal(
        render("badge", {"code": "1"}, "--templates", folder), "label_template", "text to", "gift.label"))
    tap.check("a path that is none is said", faults_of_refusal(
        label("check", folder / "none.label"), "label_template", None, "none.label"))


def faults_of_json(done, wanted):
    answer = json.loads(done.stdout or b"{}")
    if done.returncode != 0 or any(answer.get(key) != value for key, value in wanted.items()):
        yield f"exit code {done.returncode}, {done.stdout.decode()!r} {done.stderr.decode()!r}"


def test_warnings(tap):
    odd = dict(WAYBILL, carrier="\U000e0100\u200bSF\U0001f9ff \U00016a40")
    done = render("waybill-100x150", odd)
    said = done.stderr.decode()
    faults = [] if done.returncode == 0 and done.stdout.startswith(PNG) else [f"exit code {done.returncode}"]
    faults += [f"said {said!r}" for words in ("printed as a box", "invisible characters were left out")
               if words not in said]
    tap.check("a character without a letter is a box, an invisible one is left out, and both are said", faults)
    name = "Acme ^XZ^XA^FO0,0^FDHACKED^FS^XZ"
    done = render("shipping-4x6", dict(WAYBILL, receiver={"name": name, "address": "\"A\"\r\n\x1b@ ~JA"}))
    tap.check("what looks like a command is text", faults_of_picture(done))


def test_usage(tap):
    for words in (("render", "badge", "--to", "png"), ("render", "badge", "--data", "-"), ("render",),
                  ("render", "badge", "--data", "-", "--to", "pdf"), ("render", "badge", "--data", "-", "--to", "png",
                                                                      "--copies", "0"), ("draw",)):
        done = label(*words)
        tap.check(f"label {' '.join(words)} is a wrong call", [] if done.returncode == 2 and not done.stdout else
                  [f"exit code {done.returncode}"])


def test_documentation(tap):
    reference = label("keys").stdout.decode()
    text = DOCS.read_text()
    tap.check("docs/labels.md holds what label keys prints", [] if reference in text else
              ["run: python3 tests/e2e/test_label_tool.py --write"])
    tap.check("docs/labels.md names every shipped label", [f"{name} is missing" for name in SHIPPED
                                                           if f"`{name}`" not in text])
    example = text.partition("```ini\n")[2].partition("```")[0]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "example.label")
        path.write_text(example)
        data = json.loads(text.partition("```json\n")[2].partition("```")[0])
        tap.check("the example of docs/labels.md can be printed", faults_of_picture(render(path, data)))


def write_reference():
    head, mark, _ = DOCS.read_text().partition("<!-- label keys -->\n")
    DOCS.write_text(head + mark + label("keys").stdout.decode())


def main():
    if sys.argv[1:] == ["--write"]:
        write_reference()
        return 0
    tap = Tap()
    test_list(tap)
    test_render(tap)
    test_refused(tap)
    test_warnings(tap)
    test_usage(tap)
    for test in (test_no_output, test_pages, test_own_templates):
        with tempfile.TemporaryDirectory() as folder:
            test(tap, pathlib.Path(folder))
    test_documentation(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
