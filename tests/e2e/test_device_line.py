#!/usr/bin/env python3
"""floorhand device watch and record, on pseudo-terminals: what they print is what the device said, and a recording plays
back as a capture."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.devices import Pty  # noqa: E402
from tap import Tap  # noqa: E402

TOOL = str(pathlib.Path(os.environ.get("OUT", "build")).resolve() / "floorhand")


class Line:
    """A device's end of a line: says what it is told to, once the tool is there; a scale answers each question."""

    def __init__(self, says=b"", answers=None):
        self.line = Pty()
        self.says, self.answers = says, answers or {}

    def talk(self, until):
        """As soon as the tool has said that it is listening; then until it has ended."""
        os.write(self.line.master, self.says)
        heard = b""
        while self.answers and not until.is_set():
            heard += os.read(self.line.master, 64)
            for question, answer in self.answers.items():
                if question in heard:
                    heard = heard.replace(question, b"", 1)
                    os.write(self.line.master, answer)


def run(line, *words):
    """The tool's exit code, its lines and what it said; ended as by Ctrl-C when it has printed or read enough."""
    tool = subprocess.Popen([TOOL, "device", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    said = tool.stderr.readline()  # "watching …": it is ready
    over = threading.Event()
    talker = threading.Thread(target=line.talk, args=(over,), daemon=True)
    talker.start()
    return tool, said, over


def lines_of(tool, over, count):
    lines = [json.loads(tool.stdout.readline()) for _ in range(count)]
    tool.send_signal(2)
    over.set()
    tool.stdout.read()
    return tool.wait(10), lines


def test_watch(tap):
    scanner = Line(b"]C1ABC\r9521\r")
    tool, _, over = run(scanner, "watch", f"stream:{scanner.line.path}", "--driver", "serial")
    code, lines = lines_of(tool, over, 2)
    tap.check("device watch prints what a scanner says", [] if code == 0 and [line["text"] for line in lines] == [
        "ABC", "9521"] else [f"exit code {code}: {lines}"])
    scale = Line(answers={b"SI\r\n": b"S S     100.00 g\r\n"})
    tool, _, over = run(scale, "watch", f"stream:{scale.line.path}", "--driver", "mt-sics")
    code, lines = lines_of(tool, over, 2)
    tap.check("device watch asks a scale and prints its readings", [] if code == 0 and all(
        line["milligrams"] == 100000 for line in lines) else [f"exit code {code}: {lines}"])
    printer = Line(answers={b"\x1b!?": b"\x04"})
    tool, _, over = run(printer, "watch", f"stream:{printer.line.path}", "--driver", "tspl")
    code, lines = lines_of(tool, over, 1)
    tap.check("device watch asks a printer and prints its state", [] if code == 0 and lines[0]["paper_out"] else [
        f"exit code {code}: {lines}"])


def test_record(tap, folder):
    capture = pathlib.Path(folder, "scale.capture")
    scale = Line(answers={b"SI\r\n": b"S D      99.00 g\r\n"})
    tool, _, over = run(scale, "record", f"stream:{scale.line.path}", "--driver", "mt-sics", "--out", str(capture),
                        "--seconds", "1")
    code, said = tool.wait(10), tool.stderr.read()
    over.set()
    text = capture.read_text()
    data = [line for line in text.splitlines() if not line.startswith("#")]
    wrong = [] if code == 0 and text.startswith("# protocol=mt-sics\n") and "reads in" in said else [f"{code}: {said}"]
    decoded = subprocess.run([TOOL, "scale", "decode", "--protocol", "mt-sics"], input=text.encode(),
                             capture_output=True, check=False)
    if decoded.returncode or b'"state":"motion"' not in decoded.stdout or len(data) < 2 or "# wait=" not in text:
        wrong.append(f"{decoded}: {text!r}")
    tap.check("device record writes a capture that decodes to what was said", wrong)
    again = subprocess.run([TOOL, "device", "record", "stream:/dev/null", "--driver", "serial", "--out", str(capture)],
                           capture_output=True, text=True, check=False)
    tap.check("device record overwrites nothing", [] if again.returncode == 1 and "cannot be written" in again.stderr
              and capture.read_text() == text else [f"{again}"])


def test_refusals(tap):
    for words, code, sentence in ((("watch", "stream:/dev/nothing", "--driver", "serial"), 1, "is not there"),
                                  (("watch", "stream:/dev/null"), 2, "--driver"),
                                  (("watch", "stream:/dev/null", "--driver", "morse"), 2, "--driver"),
                                  (("record", "stream:/dev/null", "--driver", "serial"), 2, "--out"),
                                  (("watch", "tape:1", "--driver", "serial"), 1, "not understood")):
        done = subprocess.run([TOOL, "device", *words], capture_output=True, text=True, check=False)
        right = done.returncode == code and sentence in done.stderr and len(done.stderr.splitlines()) == 1
        tap.check(f"device {' '.join(words)} is refused with one sentence", [] if right else [f"{done}"])


def main():
    tap = Tap()
    test_watch(tap)
    with tempfile.TemporaryDirectory() as folder:
        test_record(tap, folder)
    test_refusals(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
