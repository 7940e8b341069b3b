#!/usr/bin/env python3
"""The floorhand tool as people run it: the real program, and a small HTTP server in the daemon's place.

Does not test what codes mean (test_barcode does) nor how scanners type (test_replay does)."""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

TOOL = pathlib.Path(ROOT, os.environ.get("OUT", "build"), "floorhand")
IMPORT_MAX = 8 << 20
A_PRESSED, ENTER, RELEASED = "0200040000000000", "0000280000000000", "0000000000000000"


def run(*words, stdin=b"", url=None):
    env = {key: value for key, value in os.environ.items() if key != "FLOORHAND_URL"}
    if url:
        env["FLOORHAND_URL"] = url
    return subprocess.run([TOOL, *words], input=stdin, capture_output=True, env=env, timeout=60, check=False)


def faults_of(done, code, stdout=None, stderr=""):
    """stdout: the JSON lines wanted, in order; stderr: what the one sentence must hold, "" for silence."""
    if done.returncode != code:
        yield f"exit code {done.returncode}, not {code}"
    if stdout is not None:
        try:
            lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        except ValueError:
            lines = done.stdout.decode(errors="replace")
        if lines != stdout:
            yield f"printed {lines}, not {stdout}"
    said = done.stderr.decode()
    if bool(said) != bool(stderr) or stderr not in said or said.count("\n") > 1:
        yield f"said {said!r}, not one line with {stderr!r}"


def scan(text, aim=None, flags=()):
    return {"text": text, "aim": aim, "flags": list(flags)}


def aborted(length):
    return {"aborted": True, "length": length}


def test_parse(tap):
    tap.check("scan parse prints elements", faults_of(
        run("scan", "parse", "]C1010952123454321310ABC\x1d17261231"), 0,
        [{"aim": "]C1", "kind": "gs1", "gtin14": "09521234543213", "flags": [],
          "elements": [{"ai": "01", "value": "09521234543213"}, {"ai": "10", "value": "ABC"},
                       {"ai": "17", "value": "261231"}]}]))
    tap.check("scan parse prints null for what is absent", faults_of(
        run("scan", "parse", "货位-03"), 0,
        [{"aim": None, "kind": "plain", "gtin14": None, "flags": [], "elements": []}]))
    in_store = {"aim": "]E0", "kind": "in_store", "gtin14": None, "flags": [], "elements": []}
    tap.check("scan parse reads an in-store number by the shop's format", faults_of(
        run("scan", "parse", "--in-store", "20IIIIIWWWWWC", "]E02012345015005"), 0,
        [in_store | {"in_store": {"item": "2012345000001", "weight_g": 1500}}]))
    tap.check("scan parse says when a code is not of the format", faults_of(
        run("scan", "parse", "--in-store", "21IIIIIPPPPPC", "]E02012345015005"), 0, [in_store | {"in_store": None}]))
    done = run("scan", "parse", "]C10109521234543214")
    answer = json.loads(done.stdout or b"{}").get("error", {})
    faults = list(faults_of(done, 1))
    if "check digit" not in answer.get("message", "") or answer.get("position") != 5:
        faults.append(f"printed {done.stdout!r}")
    tap.check("scan parse refuses a wrong check digit with exit code 1", faults)
    tap.check("scan parse refuses an empty text", faults_of(run("scan", "parse", ""), 1))
    tap.check("scan parse takes a text that begins with two hyphens after --", faults_of(
        run("scan", "parse", "--", "--help"), 0,
        [{"aim": None, "kind": "plain", "gtin14": None, "flags": [], "elements": []}]))


def test_decode_keyboard(tap):
    def decode(text, *options):
        return run("scan", "decode", "--device", "hid-keyboard", *options, stdin=text.encode())

    tap.check("scan decode joins reports into a scan", faults_of(
        decode(f"{A_PRESSED}\n{RELEASED}\n{ENTER}\n"), 0, [scan("A")]))
    spaced = "02 00 04 00 00 00 00 00"
    tap.check("scan decode takes blanks, blank lines, CR LF and several reports on a line", faults_of(
        decode(f"\r\n\n{spaced} {RELEASED.lower()}\r\n \n\t{ENTER}"), 0, [scan("A")]))
    tap.check("scan decode reads another layout", faults_of(
        decode("0000140000000000\n" + ENTER, "--layout", "fr"), 0, [scan("a")]))
    tap.check("scan decode aborts an unterminated scan", faults_of(decode(A_PRESSED), 0, [aborted(1)]))
    tap.check("scan decode prints nothing for no input", faults_of(decode(""), 0, []))
    for name, text, line in (("a letter that is no hex digit", f"{A_PRESSED}\n0000zz0000000000", "line 2"),
                             ("a short report", "\n\n020004", "line 3"),
                             ("an odd digit", f"{A_PRESSED}0\n", "line 1"),
                             ("a byte torn apart", "0 2 0 0 0 4 0 0 0 0 0 0 0 0 0 0", "line 1")):
        tap.check(f"scan decode refuses {name} and names the line", faults_of(decode(text), 1, None, line))


def test_decode_serial(tap):
    def decode(bytes_, *options):
        return run("scan", "decode", "--device", "serial", *options, stdin=bytes_)

    tap.check("scan decode ends serial scans at CR, LF and CR LF", faults_of(
        decode(b"]C1abc\r\nx\ry\nz"), 0, [scan("abc", "]C1"), scan("x"), scan("y"), aborted(1)]))
    tap.check("scan decode obeys --suffix", faults_of(
        decode(b"a\rb\n", "--suffix=lf"), 0, [scan("a\rb")]))
    tap.check("scan decode reads GB18030 and says so", faults_of(
        decode("货位".encode("gb18030") + b"\r"), 0, [scan("货位", None, ["converted"])]))
    ten_megabytes = 10 << 20
    tap.check("scan decode aborts 10 MB without an end", faults_of(
        decode(b"A" * ten_megabytes), 0, [aborted(ten_megabytes)]))


def reading(state, milligrams=None, count=None, **why):
    return {"state": state, "milligrams": milligrams, "count": count, **why}


def test_decode_scale(tap):
    def decode(protocol, text, *options):
        return run("scale", "decode", "--protocol", protocol, *options, stdin=text.encode())

    weight = b"S S     100.00 g\r\n".hex()
    tap.check("scale decode prints a weight", faults_of(decode("mt-sics", weight), 0, [reading("stable", 100000)]))
    spaced = "\r\n".join(f"\t{weight[at:at + 2]} " for at in range(0, len(weight), 2)).upper()
    tap.check("scale decode takes blanks, line ends and remarks between bytes", faults_of(
        decode("mt-sics", f"# a remark\n\n{spaced}\n# another\n{weight}"), 0, [reading("stable", 100000)] * 2))
    tap.check("scale decode says motion", faults_of(decode("toledo-8217", "02 3f 61 0d"), 0, [reading("motion")]))
    unitless = b"\x0201.500\r".hex()
    tap.check("scale decode obeys --unit", faults_of(
        decode("toledo-8217", unitless, "--unit", "lb"), 0, [reading("stable", 680389)]))
    tap.check("scale decode makes no weight without a unit", faults_of(
        decode("toledo-8217", unitless), 0, [reading("error", why="no unit: set the one that the scale shows")]))
    tap.check("scale decode counts", faults_of(
        decode("a-and-d", b"QT,+00000144 PC\r\n".hex()), 0, [reading("stable", count=144)]))
    long = b"ST,GS,\r\n,00013.50 kg\r\n"
    tap.check("scale decode reads the 22 bytes of CAS by position", faults_of(
        decode("cas", long.hex()), 0, [reading("stable", 13500000)]))
    frame = b"\x02\x2d\x30\x20001500000000\r"
    tap.check("scale decode reads a Toledo stream", faults_of(
        decode("toledo-continuous", (frame * 2).hex()), 0, [reading("stable", 1500000)] * 2))
    tap.check("scale decode reads one message of Toledo's with a checksum, and without", [
        fault for end in (b"\x2e", b"")
        for fault in faults_of(decode("toledo-continuous", (frame + end).hex()), 0, [reading("stable", 1500000)])])
    tap.check("scale decode makes no weight of a wrong checksum", faults_of(
        decode("toledo-continuous", (frame + b"\x2f").hex()), 0,
        [reading("error", why="wrong checksum: check cable and parity")]))
    for name, text in (("nothing", ""), ("remarks only", "# 02\n"), ("half a message", weight[:-4])):
        tap.check(f"scale decode says that {name} holds no reading", faults_of(
            decode("mt-sics", text), 1, [], "no whole reading of mt-sics"))
    for name, text, sentence in (("a letter that is no hex digit", f"{weight}\n5x", "line 2: it holds a character"),
                                 ("a zero byte", "53\0", "line 1: it holds a character"),
                                 ("half a byte", "\n53 2", "line 2: a byte is two hex digits"),
                                 ("a byte torn apart", "5 3", "line 1: a byte is two hex digits"),
                                 ("more than 1 MiB", "53\n" * 400000, "longer than 1 MiB")):
        tap.check(f"scale decode refuses {name} and prints nothing", faults_of(decode("mt-sics", text), 1, [], sentence))


# A HID point of sale scanner: report 2 is a byte count, three bytes of AIM identifier, eight of data, and "continued".
POS_DESCRIPTOR = bytes.fromhex(
    "058c0902a1018502150026ff0075089501050109 3b8102 058c950309fb09fc09fd8102 950809fe82020125017501950109ff8102 75078103c0")
# A keyboard that numbers its report: 5, modifiers, six keys.
KEYS_DESCRIPTOR = bytes.fromhex("05010906a101850505071500250175019508 19e029e78102 9506750825651900 29658100c0")


def test_decode_with_descriptor(tap):
    with tempfile.TemporaryDirectory() as folder:
        def file(content):
            path = pathlib.Path(folder, "descriptor")
            path.write_bytes(content)
            return str(path)

        def decode(device, descriptor, text):
            return run("scan", "decode", "--device", device, "--descriptor", descriptor, stdin=text.encode())

        reports = "0208 5d5131 3132333435363738 01\n\n09ff\r\n02015d51313900000000000000 00\n02015d513141"
        wanted = [scan("123456789", "]Q1"), scan("A", "]Q1")]
        pasted = "\r\n".join(POS_DESCRIPTOR.hex(" ")[i:i + 48] for i in range(0, 3 * len(POS_DESCRIPTOR), 48)).encode()
        tap.check("scan decode reads hid-pos by a binary descriptor", faults_of(
            decode("hid-pos", file(POS_DESCRIPTOR), reports), 0, wanted))
        tap.check("scan decode reads hid-pos by a descriptor in hex", faults_of(
            decode("hid-pos", file(pasted), reports), 0, wanted))
        tap.check("scan decode aborts an unfinished hid-pos scan", faults_of(
            decode("hid-pos", file(POS_DESCRIPTOR), reports.split("\n", maxsplit=1)[0]), 0, [aborted(11)]))
        tap.check("scan decode reads a keyboard that numbers its reports", faults_of(
            decode("hid-keyboard", file(KEYS_DESCRIPTOR), "0502040000000000\n0500\n0600\n050028"), 0, [scan("A")]))
        for name, content, sentence in (
                ("that is cut off", POS_DESCRIPTOR[:-1], "inside a collection"), ("that is empty", b"", "empty"),
                ("of a mouse", bytes.fromhex("05010902a1017508950381 02c0"), "set the scanner to HID POS"),
                ("with half a byte", b"05 8", "whole byte"), ("that is too long", bytes(5000), "longer than 4096"),
                ("that is far too long", bytes(50000), "longer than 4096"),
                ("of too much hex", b"05" * 4097, "longer than 4096")):
            tap.check(f"scan decode refuses a descriptor {name}", faults_of(
                decode("hid-pos", file(content), reports), 1, [], sentence))
        tap.check("scan decode names a descriptor's file that is not there", faults_of(
            decode("hid-pos", folder + "/none", reports), 1, [], "/none cannot be read"))
        tap.check("scan decode refuses half a byte in a report and names the line", faults_of(
            decode("hid-pos", file(POS_DESCRIPTOR), "0201\n020"), 1, None, "line 2"))
        tap.check("scan decode refuses a line that is longer than any report", faults_of(
            decode("hid-pos", file(POS_DESCRIPTOR), "02" * 4098), 1, [], "longer than any report"))


PRINTER_FLAGS = ("paper_out", "head_open", "ribbon_out", "paused", "overheated", "jammed", "cutter_fault", "memory_full",
                 "paper_low", "label_waiting", "other_fault")


def printer_status(state, *flags, **numbers):
    return {"state": state, **{flag: flag in flags for flag in PRINTER_FLAGS},
            **{name: numbers.get(name) for name in ("formats", "remaining", "odometer")}}


def test_decode_printer(tap):
    def decode(language, text, *options):
        return run("printer", "decode", "--language", language, *options, stdin=text.encode())

    host_status = (b"\x02030,0,1,1245,002,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000007,1,000\x03\r\n"
                   b"\x021234,0\x03\r\n").hex()
    zebra = b"\x00\x50MFG:Zebra ;CMD:ZPL;MDL:ZTC ZD220;SN:7;".hex(" ")
    for name, language, text, line in (
            ("a host status over several lines", "zpl", f"{host_status[:40]}\n# remark\n\n{host_status[40:]}\n",
             printer_status("paused", "paused", formats=2, remaining=7)),
            ("a byte of TSPL", "tspl", "05", printer_status("error", "paper_out", "head_open")),
            ("an odometer", "sgd", b'"4711"'.hex(), printer_status("unknown", odometer=4711)),
            ("a port status", "port-status", "18", printer_status("ready")),
            ("silence as unknown", "tspl", "", printer_status("unknown")),
            ("a cut answer as unknown", "zpl", host_status[:-20], printer_status("unknown")),
            ("an identity", "ieee1284", zebra,
             {"manufacturer": "Zebra", "model": "ZTC ZD220", "language": "zpl", "serial": "7"})):
        tap.check(f"printer decode reads {name}", faults_of(decode(language, text), 0, [line]))
    for name, language, text, sentence in (("an unknown language", "morse", "00", "morse"),
                                           ("what is no hex", "zpl", "00\n0g", "line 2"),
                                           ("half a byte", "tspl", "0", "line 1"),
                                           ("an id without a key", "ieee1284", "00 00", "KEY:VALUE"),
                                           ("2 MB", "tspl", "00" * (1 << 20), "1 MiB")):
        tap.check(f"printer decode refuses {name}", faults_of(decode(language, text), 1, [], sentence))


def ssi_packet(opcode, data, status=0):
    head = bytes([4 + len(data), opcode, 0, status]) + data
    return head + (-sum(head) & 0xFFFF).to_bytes(2, "big")


def test_decode_answered(tap):
    def decode(bytes_, *options):
        return run("scan", "decode", "--device", *options, stdin=bytes_)

    again = b"x\rx\r\nx\ry\r"
    tap.check("scan decode shows what a waiting scanner sends again once", faults_of(
        decode(again, "serial", "--answer", "ack-nak"), 0, [scan("x"), scan("y")]))
    tap.check("scan decode takes every code of a scanner that does not wait", faults_of(
        decode(again, "serial", "--answer=none"), 0, [scan("x"), scan("x"), scan("x"), scan("y")]))
    code = b"\x0F10LOT7\x1d21A"
    packets = [ssi_packet(0xF3, code), ssi_packet(0xF3, code, 1), ssi_packet(0xF6, b"\x01"), ssi_packet(0xF3, code),
               ssi_packet(0xF3, b"\x1C1234", 2), ssi_packet(0xF3, b"\x1C5", 0), ssi_packet(0xF3, b"\x7EX")]
    tap.check("scan decode reads SSI: kinds, packets sent again, codes of several packets", faults_of(
        decode(b"noise\n" + b"".join(packets), "ssi"), 0,
        [scan("10LOT7\x1d21A", "]C1"), scan("10LOT7\x1d21A", "]C1"), scan("12345", "]Q1"), scan("X")]))
    bad = packets[0][:-1] + b"?"
    tap.check("scan decode reads SSI in hex as well", faults_of(
        decode(packets[0].hex(" ").encode() + b"\n" + packets[-1].hex().encode(), "ssi"), 0,
        [scan("10LOT7\x1d21A", "]C1"), scan("X")]))
    tap.check("scan decode makes no scan of a bad or a short SSI packet", faults_of(
        decode(bad + packets[1] + packets[0][:9], "ssi"), 0, [scan("10LOT7\x1d21A", "]C1"), aborted(9)]))


def test_usage(tap):
    for words, sentence in (((), "no command"), (("fly",), '"fly"'), (("scan", "fly"), '"scan fly"'),
                            (("scan", "parse"), "TEXT"), (("scan", "parse", "a", "b"), '"b"'),
                            (("scan", "parse", "--layout", "us", "a"), '"layout"'),
                            (("scan", "parse", "--in-store", "20IIIII", "a"), "places"), (("status", "--url"), "--url"),
                            (("status", "--url", "ftp://a"), "ftp://a"), (("scan", "decode"), "--device"),
                            (("scan", "decode", "--device", "usb"), "hid-keyboard"),
                            (("scan", "decode", "--device", "hid-pos"), "--descriptor"),
                            (("scan", "decode", "--device", "serial", "--suffix", "x"), "crlf"),
                            (("scale", "decode"), "--protocol"), (("scale", "decode", "--protocol", "x"), "mt-sics"),
                            (("scale", "decode", "--protocol", "cas", "--unit", "st"), "kg"),
                            (("scan", "decode", "--device", "serial", "--answer", "x"), "honeywell"),
                            (("scan", "send", "A"), "--station"), (("import", "cats", "x.csv"), "cats"),
                            (("import", "stock"), "FILE"), (("station", "show"), "ID"),
                            (("show", "orders", "--limit", "0"), "limit"), (("show", "orders", "a=1", "b"), '"b"'),
                            (("ask", "wave.plan", "=1"), '"=1"'),
                            (("printer", "decode"), "--language"), (("printer", "decode", "00"), '"00"')):
        tap.check(f"usage: floorhand {' '.join(words)}", faults_of(run(*words), 2, [], sentence))
    for words in ((), ("scan",), ("scan", "parse"), ("scan", "decode"), ("scan", "send"), ("scale",),
                  ("scale", "decode"), ("printer",), ("printer", "decode"), ("station", "show"), ("status",), ("import",),
                  ("show",), ("ask",)):
        done = run(*words, "--help")
        tap.check(f"help: floorhand {' '.join(words)} --help",
                  [] if done.returncode == 0 and b"Usage: floorhand" in done.stdout else [f"{done}"])


class Daemon(http.server.BaseHTTPRequestHandler):
    """Answers from a table: (method, path) to (status, body); keeps what it was asked."""
    answers, asked = {}, []

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.asked.append((self.command, self.path, self.headers.get("Content-Type"), body))
        status, text = self.answers.get((self.command, self.path), (404, "<html>"))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def asked_faults(*wanted):
    if Daemon.asked != list(wanted):
        yield f"asked {str(Daemon.asked)[:300]}"
    Daemon.asked.clear()


def test_daemon_answers(tap, url, folder):
    good, refused = {"result": {"good": True}}, {"result": {"good": False, "code": "E03"}}
    Daemon.answers.update({
        ("GET", "/api/v1/status"): (200, '{"site":"hz-07"}'),
        ("GET", "/api/v1/stations/pack%2F1"): (200, '{"id":"pack/1"}\n'),
        ("GET", "/api/v1/stations/none"): (404, '{"error":{"message":"There is no station none."}}'),
        ("POST", "/api/v1/stations/pack-1/scan"): (200, json.dumps(good)),
        ("POST", "/api/v1/stations/pack-2/scan"): (200, json.dumps(refused)),
        ("POST", "/api/v1/import/stock"): (200, '{"rows":1}'),
    })
    tap.check("status prints the answer", faults_of(run("status", "--url", url), 0, [{"site": "hz-07"}]))
    tap.check("--url may stand in front, and end with a slash", faults_of(
        run("--url", url + "/", "status"), 0, [{"site": "hz-07"}]))
    tap.check("FLOORHAND_URL names the daemon", faults_of(run("status", url=url), 0, [{"site": "hz-07"}]))
    tap.check("station show escapes the id", faults_of(
        run("station", "show", "pack/1", url=url), 0, [{"id": "pack/1"}]))
    tap.check("an error of the daemon is one sentence", faults_of(
        run("station", "show", "none", url=url), 1, [], "There is no station none."))
    tap.check("an answer without a reason says so", faults_of(
        run("station", "show", "x", url=url), 1, [], "HTTP status 404"))
    Daemon.asked.clear()
    sent = [("POST", "/api/v1/stations/pack-1/scan", "application/json", json.dumps({"text": text}).encode())
            for text in ("A", "B")]
    faults = [*faults_of(run("scan", "send", "--station", "pack-1", "A", "B", url=url), 0, [good, good])]
    Daemon.asked[:] = [(*asked[:3], json.dumps(json.loads(asked[3])).encode()) for asked in Daemon.asked]
    tap.check("scan send sends each text in order", faults + [*asked_faults(*sent)])
    done = run("scan", "send", "--station", "pack-2", "A", "B", url=url)
    tap.check("a refused scan ends scan send with exit code 1", [*faults_of(done, 1, [refused])] +
              [f"asked {len(Daemon.asked)} times" for _ in range(len(Daemon.asked) != 1)])
    Daemon.asked.clear()
    Daemon.answers.update({
        ("GET", "/api/v1/moves?lpn=T%201&limit=3"): (200, '{"rows":[{"move":9}],"next":"9"}'),
        ("GET", "/api/v1/moves?lpn=T%201&limit=2&after=9"): (200, '{"rows":[],"next":"5"}'),
        ("GET", "/api/v1/moves?lpn=T%201&limit=2&after=5"): (200, '{"rows":[{"move":4},{"move":3}],"next":"3"}'),
        ("GET", "/api/v1/items/A%2F1"): (200, '{"item":{"sku":"A/1"}}'),
        ("POST", "/api/v1/asks/wave.plan"): (200, '{"asked":"wave.plan"}'),
    })
    tap.check("show asks on until it has its rows", faults_of(
        run("show", "moves", "lpn=T 1", "--limit", "3", "--json", url=url), 0, [{"move": 9}, {"move": 4}, {"move": 3}]))
    tap.check("show escapes a code", faults_of(
        run("show", "items", "A/1", "--json", url=url), 0, [{"item": {"sku": "A/1"}}]))
    Daemon.asked.clear()
    tap.check("ask sends its fields", [*faults_of(
        run("ask", "wave.plan", "carrier=SF=1", "n=", url=url), 0, [{"asked": "wave.plan"}])] + [*asked_faults(
            ("POST", "/api/v1/asks/wave.plan", "application/json", b'{"carrier":"SF=1","n":""}'))])
    path = folder / "stock.csv"
    for name, length in (("import sends the file as it is", 3), ("import sends 8 MiB", IMPORT_MAX)):
        path.write_bytes(b"x" * length)
        tap.check(name, [*faults_of(run("import", "stock", path, url=url), 0, [{"rows": 1}])] +
                  [*asked_faults(("POST", "/api/v1/import/stock", "text/csv", b"x" * length))])
    path.write_bytes(b"x" * (IMPORT_MAX + 1))
    tap.check("import refuses more than 8 MiB", faults_of(run("import", "stock", path, url=url), 1, [], "8 MiB"))
    path.write_bytes(b"")
    tap.check("import refuses an empty file", faults_of(run("import", "stock", path, url=url), 1, [], "is empty"))
    tap.check("import refuses a folder", faults_of(run("import", "stock", folder, url=url), 1, [], "cannot be read"))
    path.unlink()
    tap.check("import refuses a missing file", faults_of(
        run("import", "stock", path, url=url), 1, [], "cannot be read"))
    tap.check("nothing was sent of refused files", asked_faults())


def test_daemon_is_away(tap, url):
    wanted = f"does not answer at {url}: start it"
    tap.check("status says that the daemon is away", faults_of(run("status", url=url), 1, [], wanted))
    tap.check("scan send says that the daemon is away", faults_of(
        run("scan", "send", "--station", "a", "B", "C", url=url), 1, [], wanted))


def main():
    tap = Tap()
    test_parse(tap)
    test_decode_keyboard(tap)
    test_decode_serial(tap)
    test_decode_scale(tap)
    test_decode_with_descriptor(tap)
    test_decode_printer(tap)
    test_decode_answered(tap)
    test_usage(tap)
    with tempfile.TemporaryDirectory() as folder:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Daemon)
        url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            test_daemon_answers(tap, url, pathlib.Path(folder))
        finally:
            server.shutdown()
            server.server_close()
        test_daemon_is_away(tap, url)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
