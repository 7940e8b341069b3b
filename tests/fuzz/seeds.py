"""Makes first inputs for the fuzz targets of the captures in tests/replay, and of what each target's form allows. Does not
run anything.

An input's form stands at the head of its target (tests/fuzz/NAME.c) and in scanner_script.h.
"""

import json
import pathlib
import re
import struct
import sys
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import wire_frame as wire  # noqa: E402
from business_seeds import business_seeds, of_events  # noqa: E402

REPLAY = ROOT / "tests/replay"

READ, READ_MORE, WAIT, EVENT = range(4)
VERDICTS = {"accepted": 0, "refused": 1, "not-saved": 2}
UNPLUG = 3
READ_MAX = 64
LAYOUTS = {"us": 0, "uk": 1, "de": 2, "fr": 3}
SUFFIXES = {"any": 0, "cr": 1, "lf": 2, "crlf": 3}
ANSWERS = {"none": 0, "ack-nak": 1, "honeywell": 2}
UNITS = {"": 0, "kg": 1, "g": 2, "lb": 3, "oz": 4}
SERIAL_SCALES = {"mt-sics": 0, "toledo-8217": 1, "toledo-continuous": 2, "a-and-d": 3, "cas": 4}
PRINTERS = {"zpl": 0, "hqes": 1, "sgd": 2, "tspl": 3, "epl": 4, "cpcl": 5, "escpos": 6, "port-status": 7}
SELLING_PLATFORMS = ["taobao", "jd", "pdd", "douyin", "kuaishou", "shopify", "woocommerce"]
SELLING_VERBS = ["orders", "order", "refunds", "ship", "ship_amend", "stock", "stock_read", "price", "listing", "waybill_get",
                 "waybill_cancel", "carriers", "bills", "token_refresh", "waybill_print"]
LANGUAGES = {"zpl": 1, "tspl": 2, "epl": 3, "cpcl": 4, "escpos": 5}


class Capture:
    def __init__(self, path):
        self.settings, self.descriptor, self.steps = {}, b"", []
        for line in path.read_text().splitlines():
            key, is_setting, value = line[2:].partition("=") if line.startswith("# ") else ("", "", "")
            if not line.startswith("#"):
                self.steps.append(("read", bytes.fromhex(line)))
            elif key == "descriptor":
                self.descriptor += bytes.fromhex(value)
            elif key in ("wait", "verdict"):
                self.steps.append((key, value))
            elif line == "# unplug":
                self.steps.append(("unplug", ""))
            elif is_setting and not self.steps:
                self.settings[key] = value
        self.name = self.settings.get("driver") or self.settings.get("protocol")

    def reads(self):
        return [value for kind, value in self.steps if kind == "read"]

    def stream(self):
        return b"".join(self.reads())


def step(kind, number):
    return bytes([number << 2 | kind])


def read(data, whole):
    """A report stays in one piece, longer than it was when it must be."""
    if whole and len(data) > READ_MAX:
        blocks = -(-len(data) // 16)
        return step(READ_MORE, blocks - 1) + data.ljust(16 * blocks, b"\0")
    pieces = [data[at:at + READ_MAX] for at in range(0, len(data), READ_MAX)]
    return b"".join(step(READ, len(piece) - 1) + piece for piece in pieces)


def wait(milliseconds):
    number = 1
    while number < 63 and 4 * number * number < milliseconds:
        number += 1
    return step(WAIT, number)


def script(capture, whole=False):
    out = b""
    for kind, value in capture.steps:
        if kind == "read":
            out += read(value, whole)
        elif kind == "wait":
            out += wait(int(value))
        else:
            out += step(EVENT, VERDICTS[value] if kind == "verdict" else UNPLUG)
    return out


def own_descriptor(choice, descriptor):
    return bytes([choice]) + len(descriptor).to_bytes(2, "big") + descriptor


def choices(known, descriptor):
    """The known descriptors of a target (hid_known.h), one of which is perhaps the capture's, and its own."""
    yield from (bytes([choice]) for choice in range(known))
    if descriptor:
        yield own_descriptor(known, descriptor)


def of_scanner(capture):
    settings = capture.settings
    if capture.name == "serial":
        first = SUFFIXES[settings.get("suffix", "any")] | ANSWERS[settings.get("answer", "none")] << 2
        yield "serial_frame", bytes([first]) + script(capture)
    elif capture.name == "ssi":
        yield "ssi", b"\0" + script(capture)
        yield "ssi", b"\1" + script(capture)
    elif capture.name == "hid-pos":
        for choice in choices(3, capture.descriptor):
            yield "hid_pos", b"\0" + choice + script(capture, True)
    else:
        first = bytes([LAYOUTS[settings.get("layout", "us")]])
        for choice in choices(3, capture.descriptor) if capture.descriptor else [b"\0"]:
            yield "hid_keyboard", first + choice + script(capture, bool(capture.descriptor))
    if capture.descriptor:
        yield "hid_report", own_descriptor(0, capture.descriptor)[1:] + capture.reads()[0]


def of_scale(capture):
    unit = UNITS[capture.settings.get("unit", "")]
    if capture.name in SERIAL_SCALES:
        first = SERIAL_SCALES[capture.name] + len(SERIAL_SCALES) * unit
        yield "scale_serial", bytes([first, 2]) + capture.stream()
        return
    for choice in choices(2, capture.descriptor):
        yield "scale_hid", bytes([unit]) + choice + b"".join(bytes([len(report)]) + report for report in capture.reads())
    if capture.descriptor:
        yield "hid_report", own_descriptor(0, capture.descriptor)[1:] + capture.reads()[0]


def of_printer(capture):
    if capture.name in PRINTERS:
        yield "printer_status", bytes([PRINTERS[capture.name]]) + capture.stream()
    if capture.name in LANGUAGES:
        asked = step(2, 0) + read(capture.stream(), False) + wait(600)
        yield "printer_talk", bytes([LANGUAGES[capture.name]]) + asked + asked
    if capture.name == "ieee1284":
        yield "ieee1284", capture.stream()


def of_code(path):
    data = path.read_bytes()
    yield "barcode", data
    yield "text", data
    yield "text", data.hex(" ").encode()


LABEL_TEXTS = {0: "SF1234567890123", 2: "6901234567892", 3: "19521234543210", 4: "\u5f20\u4e09 1", 5: "LOC-A01", 7: "caf\u00e9 1"}
LABEL_ELEMENTS = "01=09521234543213;10=ABC;17=261231"


# Sections of a template, and data for them.
TEMPLATES = (
    ("[text t]\nat = 1 1 58 10\nheight = 4\nleast = 2\nwrap = yes\ntext = A {a.b or a|phone|upper}[ {b}] \\[\n", '{"a":{"b":"138"}}'),
    ("[text t]\nat = 1 1 58 10\nwhen = a > 1 and not b = x or c\noverflow = ellipsis\ntext = {a|date}\n", '{"a":"2026-12-31"}'),
    ("[code128 c]\nat = 1 1 58 20\ntext = {a}\nhri = 4\ninstead = q\n[qr q]\nat = 1 1 30 30\ntext = {a}\n", '{"a":"\u8d27"}'),
    ("[gs1-128 c]\nat = 1 1 58 20\ntext = (01){a|gtin14}(10){b}\nturn = 90\n", '{"a":"9521234543213","b":"1"}'),
    ("[gs1-datamatrix c]\nat = 1 1 58 20\ntext = (17){b|yymmdd}(21){a}\n", '{"a":"A1","b":"2026-12"}'),
    ("[list l]\neach = a\nat = 1 1 58 20\npitch = 5\n[text r]\nin = l\nat = 0 0 20 5\ntext = {row} {a.n}/{a.sum.n}\n",
     '{"a":[{"n":1},{"n":"2"},{},{},{}]}'),
    ("[list l]\neach = a\nat = 1 1 58 10\npitch = 5\noverflow = more\n[text m]\nin = l.more\nat = 0 0 9 5\ntext = {a.hidden}\n",
     '{"a":["x",1,true]}'),
    ("[line l]\nat = 1 1 50 0\n[box b]\nat = 2 2 9 9\npage = last\n[image i]\nat = 1 1 9 9\ndata = b\n", '{"a":1,"b":"iVBORw0K"}'),
)


def of_labels():
    for symbology in range(8):
        for text in (LABEL_TEXTS.get(symbology, LABEL_ELEMENTS), "0" * 60):
            yield "label_symbol", bytes([symbology, 0]) + text.encode()
    for dither in range(2):
        yield "label_png", bytes([dither]) + grey_png(16, 16)
    for section, data in TEMPLATES:
        text = "[label]\ntitle.en = T\ntitle.zh = T\nsize = 60 40\nneeds = a|b\n" + section
        yield "label_template", text.encode() + b"\0" + data.encode()


def grey_png(width, height):
    """A PNG of all greys in turn."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + bytes((y * width + x) % 256 for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def of_frames():
    """Frames of lines, in all the ways of their target."""
    seed, line = b"\1" + bytes(31), b'{"sku":"tea","qty":2}\n'
    for raw, deflate in ((line, False), (line * 3, True), (line * 40, True)):
        for kind in (wire.UP, wire.DOWN, wire.CHUNK):
            frame = wire.frame(seed, raw, kind=kind, epoch=int(kind == wire.UP), deflate=deflate)
            yield "wire_frame", b"\0" + frame
            yield "wire_frame", b"\1" + frame
        for length in (len(raw), len(raw) - 1, len(raw) + 1):
            yield "wire_frame", b"\2" + struct.pack(">H", length) + wire.deflated(raw)
        yield "wire_frame", b"\3" + raw
    yield "wire_frame", b"\2\xff\xff" + wire.deflated(bytes(1 << 18))


def control_messages(site):
    """A message of each kind, as text, before its signature."""
    nonce, digest = "0" * 26, "ab" * 32
    site = {"site": site}
    messages = {
        "hello": {"nonce": nonce, "gen": "", **site, "box": "box-1", "hardware": "0" * 32, "epoch": 1, "last_seq": 9,
                  "feed_seq": 4, "feed_hash": digest, "applied": 8, "boot": 2, "schema": 1},
        "probe": {"nonce": nonce, **site, "epoch": 1, "last_seq": 9, "oldest": 1,
                  "marks": [[1, 9, digest], [1, 8, digest]], "feed_marks": []},
        "fack": {"gen": nonce, **site, "seq": 4},
        "grant": {"nonce": nonce, **site, "epoch": 2, "base_epoch": 1, "base_seq": 8, "base_hash": digest,
                  "grant_nonce": nonce},
        "fence": {"nonce": "", **site, "epoch": 1, "code": "stale_epoch", "retry_s": 60},
        "snap_ask": {"nonce": nonce, **site, "snap": nonce, "seq": 0},
    }
    for name, data in messages.items():
        source = "//floorhand/head-office" if name in ("grant", "fence") else f"//floorhand/site/{site['site']}"
        yield json.dumps({"specversion": "1.0", "id": nonce, "source": source, "type": f"io.floorhand.sync.{name}.v1",
                          "datacontenttype": "application/json", "data": data}, separators=(",", ":"))


def of_runs():
    """Control messages and runs of lines, in all the ways of their target."""
    seed = b"\1" + bytes(31)
    for text in control_messages("hz-07"):
        yield "wire_run", b"\0" + wire.signed(seed, text).encode()
        yield "wire_run", b"\1" + text.encode()
    line = json.dumps({"specversion": "1.0", "id": "a", "source": "//floorhand/site/hz-07", "data": {},
                       "type": "io.floorhand.pick.line.v1", "sequence": f"{1:010}-{1:016}"}).encode() + b"\n"
    yield "wire_strict", line
    for text in (r'{"a":"\u00e9\ud83d\ude00\n","b":[{},[],-9223372036854775808,0,true,false,null]} ', '{"a":1,"a":2}', '{"a":1e3}',
                 '{"":[[[[[[[1]]]]]]]}', '{"a":[[[[[[[[1]]]]]]]]}', '{"a":9223372036854775808}', '{"a":01}', '{"é":"你好"}'):
        yield "wire_strict", text.encode()
    for raw in (line, line + line.replace(b"0001\"", b"0002\""), line[:-1], b"\n\n", b"x\n"):
        yield "wire_run", b"\2\1" + raw
        yield "wire_run", b"\3" + raw


def of_answers():
    """tests/replay/platform/PLATFORM-VERB.json, and the texts of numbers and times that stand in them."""
    for path in sorted((REPLAY / "platform").glob("*.json")):
        platform, _, verb = path.stem.partition("-")
        head = bytes([SELLING_PLATFORMS.index(platform), SELLING_VERBS.index(verb)])
        yield head + path.read_bytes().strip()
    for text in ("19.9", "1e2", "-0.01", "0.30000000000000004", "29.999999999999996", "2024-06-01 08:11:41", "1717200701", "1717200701000"):
        yield b"\0\0" + text.encode()


def of_files():
    """Rows, configurations, sealed texts."""
    yield "csv", b"\0sku,quantity,kind,urgent,note\nA,1,a,yes,\"x, y\"\nB,1000,b,no,\n"
    yield "csv", b"\3sku=Item no,quantity=Qty\nItem no,Qty,other\nA,2,z\n"
    yield "csv", b"\0\xef\xbb\xbfsku,quantity\r\nA,1\r\n"
    yield "csv", b"\0sku,quantity,note\n" + "货号,5,备注\n".encode("gb18030")
    yield "config", "[site]\nname = 一号 ; said\nport = 8480\nopen = no\n[station bench-1]\nbaud = 115200\n".encode()
    yield "config", b"[station a]\n[station b]\n[station c]\n[station d]\n"
    yield "config", b"# only this\n[site\nport = 1 000\nmode=ON\n"
    yield "seal", b"\0~AAAA"
    yield "seal", b"\0{\"name\":\"x\"}"
    yield "seal", b"\1\0\7" + "张三".encode()
    for path in sorted((ROOT / "docs/schema").glob("changes.json")):
        for name in json.loads(path.read_text())["$defs"]:
            yield "change", json.dumps({"type": f"io.floorhand.{name}.v1", "data": {}}).encode()
    for data in CHANGES:
        yield "change", b"\n".join(json.dumps({"type": f"io.floorhand.{kind}.v1", "data": values}).encode() for kind, values in data)


CHANGES = (
    (("item.upsert", {"sku": "MUG", "name": "Mug", "rev": 1}), ("barcode.upsert", {"code": "9521234543213", "kind": "item", "sku": "MUG", "factor": 1}),
     ("location.upsert", {"code": "A-1", "kind": "face", "walk": 1}), ("stock.set", {"lines": [{"location": "A-1", "sku": "MUG", "quantity": 5}]})),
    (("item.upsert", {"sku": "MUG", "name": "Mug"}),
     ("order.release", {"order": "N1", "carrier": "SF", "receiver": {"name": "a", "phone": "b", "address": "c"}, "lines": [{"line": 1, "sku": "MUG", "quantity": 2}]}),
     ("order.cancel", {"order": "N1", "reason": "buyer"}), ("order.forget", {"order": "N1"})),
    (("worker.upsert", {"worker": "u1", "name": "x", "badge": "B-1", "role": "picker", "active": True}), ("config.set", {"name": "count_days_a", "value": 9})),
    (("waybill.pool", {"waybill": "SF1", "carrier": "SF", "opaque": {"bytes": "XA==", "labels": 1}}), ("waybill.voided", {"waybill": "SF1"})),
)


def of_hub():
    """What the broker brings: lines of each kind of event, control messages, topics with whatever behind them."""
    def message(way, data):
        return bytes([way]) + struct.pack(">H", len(data)) + data
    for text in control_messages("hz"):
        yield message(1, text.encode())
        yield message(0, b"fh1/05/box-1/up/ctl\n" + text.encode())
    lines = [f"{line['type']} {json.dumps(line['data'], separators=(',', ':'))}" for _, text in of_events() for line in (json.loads(text),)]
    for at in range(0, len(lines), 6):
        yield b"".join(message(way, line.encode()) for way, line in zip((2, 2, 0x82, 0xD2, 0xF2, 2), lines[at:at + 6]))
    yield message(2, "\n".join(lines[:3]).encode()) + message(0, b"fh1/05/box-1/up/seg\n" + wire.frame(b"\1" + bytes(31), b"{}\n"))
    for topic in ("fh1/05/box-1/st", "fh1/05/box-2/up/ctl", "fh1/hq/st", "fh1/99/box-1/up/seg", "fh1/05/BOX/dn/ctl", ""):
        yield message(0, f"{topic}\n{{}}".encode())


def of_pushes():
    """The pushes that the connectors' own tests hear, signed by the target or sealed there."""
    tests = ROOT / "tests/unit"
    sealed = re.search(r"#define SEALED((?:\s*\\?\s*\"[^\"]*\")+)", (tests / "test_platform_kuaishou.c").read_text())
    yield b"\3\0\n" + "".join(re.findall(r'"([^"]*)"', sealed[1])).encode()
    order = '{"id": 450789469, "order_id": 820982911946154508, "admin_graphql_api_id": "gid://shopify/Order/450789469"}'
    yield f"\0\1X-Shopify-Topic: orders/updated\nX-Shopify-Shop-Domain: a.myshopify.com\nX-Shopify-Webhook-Id: w1\n\n{order}".encode()
    yield f"\0\0X-Shopify-Topic: orders/updated\nX-Shopify-Hmac-Sha256: AAAA\n\n{order}".encode()
    yield f"\1\1X-WC-Webhook-Topic: order.updated\nX-WC-Webhook-Source: https://a/\nX-WC-Webhook-Delivery-ID: 7\n\n{order}".encode()
    message = {"tag": "101", "msg_id": "69000001", "data": json.dumps({"shop_id": 123, "p_id": 6900000000000000001, "aftersale_id": "7"})}
    for body in ([message], message, [message] * 5, {"tag": "0"}, [{"data": {"shop_order_id": "1"}}]):
        yield b"\2\1Host: x\n\n" + json.dumps(body).encode()


def all_seeds():
    """Yields (target, name, bytes)."""
    for folder, of_capture in (("scanner", of_scanner), ("scale", of_scale), ("printer", of_printer)):
        for path in sorted((REPLAY / folder).glob("*.capture")):
            for number, (target, data) in enumerate(of_capture(Capture(path))):
                yield target, f"{path.stem}-{number}", data
    for path in sorted((REPLAY / "parse").glob("*.in")):
        for number, (target, data) in enumerate(of_code(path)):
            yield target, f"{path.stem}-{number}", data
    for number, (target, data) in enumerate(of_labels()):
        yield target, f"label-{number}", data
    for number, (target, data) in enumerate(of_frames()):
        yield target, f"frame-{number}", data
    for number, (target, data) in enumerate(of_runs()):
        yield target, f"run-{number}", data
    for number, (target, data) in enumerate(of_files()):
        yield target, f"file-{number}", data
    for number, (target, data) in enumerate(business_seeds()):
        yield target, f"business-{number}", data
    for target, inputs in (("platform_answer", of_answers()), ("platform_push", of_pushes()), ("hub_message", of_hub())):
        for number, data in enumerate(inputs):
            yield target, f"{target}-{number}", data
