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
    tap.check("scan decode makes no scan of a bad or a short SSI packet", faults_of(
        decode(bad + packets[1] + packets[0][:9], "ssi"), 0, [scan("10LOT7\x1d21A", "]C1"), aborted(9)]))


def test_usage(tap):
    for words, sentence in (((), "no command"), (("fly",), '"fly"'), (("scan", "fly"), '"scan fly"'),
                            (("scan", "parse"), "TEXT"), (("scan", "parse", "a", "b"), '"b"'),
                            (("scan", "parse", "--layout", "us", "a"), '"layout"'), (("status", "--url"), "--url"),
                            (("status", "--url", "ftp://a"), "ftp://a"), (("scan", "decode"), "--device"),
                            (("scan", "decode", "--device", "usb"), "hid-keyboard"),
                            (("scan", "decode", "--device", "serial", "--suffix", "x"), "crlf"),
                            (("scan", "decode", "--device", "serial", "--answer", "x"), "honeywell"),
                            (("scan", "send", "A"), "--station"), (("import", "cats", "x.csv"), "cats"),
                            (("import", "stock"), "FILE"), (("station", "show"), "ID")):
        tap.check(f"usage: floorhand {' '.join(words)}", faults_of(run(*words), 2, [], sentence))
    for words in ((), ("scan",), ("scan", "parse"), ("scan", "decode"), ("scan", "send"), ("station", "show"),
                  ("status",), ("import",)):
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
