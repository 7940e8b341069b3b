#!/usr/bin/env python3
"""`floorhand forecast` as people run it: files as spreadsheets and databases write them, its sentences for bad ones, and that
nothing in a file breaks it.

Does not look at how good a forecast is (make bench-forecast does)."""

import json
import math
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

TOOL = pathlib.Path(ROOT, os.environ.get("OUT", "build"), "floorhand")
HEADER = "series,period,value\n"
MEMBERS = ["series", "method", "mase", "demand", "forecast", "lower", "upper"]


def forecast(text, *options):
    text = text if isinstance(text, bytes) else text.encode()
    return subprocess.run([TOOL, "forecast", "-", "--horizon", "3", *options], input=text, capture_output=True, timeout=60, check=False)


def rows(name, values, first=1):
    return "".join(f"{name},{first + at},{value}\n" for at, value in enumerate(values))


def faults_of(line):
    """What is wrong with a line of the answer."""
    said = json.loads(line, parse_constant=lambda word: math.nan)
    if list(said) != MEMBERS:
        return [f"{list(said)}, not {MEMBERS}"]
    bands = list(zip(said["lower"], said["forecast"], said["upper"]))
    good = len(bands) == 3 and all(math.isfinite(one) for band in bands for one in band) and all(a <= b <= c for a, b, c in bands)
    return [] if good and math.isfinite(said["mase"]) else [f"{line}"]


def same(tap, what, text, wanted, *options):
    done = forecast(text, *options)
    tap.check(what, [] if done.returncode == 0 and done.stdout == wanted
              else [f"exit code {done.returncode}, said {done.stderr.decode()!r} and {done.stdout.decode()!r}"])


def test_forms(tap):
    values = [12, 15, 11, 14, 13, 16, 12, 14, 15, 13, 12, 16]
    plain = HEADER + rows("TEA-100", values) + rows("灯", values[::-1])
    wanted = forecast(plain).stdout
    faults = [fault for line in wanted.decode().splitlines() for fault in faults_of(line)]
    tap.check("a line of JSON for each series", faults if wanted.count(b"\n") == 2 else [wanted.decode()])
    lines = plain.splitlines()
    same(tap, "a byte order mark and CRLF", "\ufeff" + "\r\n".join(lines) + "\r\n", wanted)
    same(tap, "no end of the last line", plain[:-1], wanted)
    same(tap, "columns in another order, with others between", "\n".join(
        f"x,{value},{name},,{period}" for name, period, value in (line.split(",") for line in lines)), wanted)
    mixed = lines[1:]
    random.Random(1).shuffle(mixed)
    mixed.sort(key=lambda line: line.startswith("灯"))
    same(tap, "rows in any order", HEADER + "\n".join(mixed), wanted)
    turns = [line for pair in zip(lines[1:13], lines[13:]) for line in pair]
    same(tap, "series by turns", HEADER + "\n".join(turns), wanted)
    same(tap, "series that stand together, one by one", plain, wanted, "--grouped")
    same(tap, "more series than are forecast at once",
         HEADER + "".join(rows(f"S{number}", values) for number in range(1100)),
         b"".join(wanted.splitlines(True)[0].replace(b"TEA-100", f"S{number}".encode()) for number in range(1100)), "--grouped")
    gaps = HEADER + "".join(f"TEA-100,2026-{2 * at + 1:03},{value}\n" for at, value in enumerate(values))
    same(tap, "a gap is left out", gaps, wanted.splitlines(True)[0])


def test_values(tap):
    for what, values in (("a single value", [7]), ("two", [7, 9]), ("nothing ever", [0] * 30), ("below nothing", [-3, 4, -5, 6] * 8),
                         ("huge", ["1e15", "-1e15", "1e14"] * 9), ("nearly nothing", ["1e-300", "0", "3e-300"] * 9),
                         ("as far apart as can be", ["1e15", "1e-300"] * 12), ("all alike", [5] * 40)):
        done = forecast(HEADER + rows("A", values), "--period", "4")
        tap.check(f"forecast: {what}", faults_of(done.stdout) if done.returncode == 0 else [done.stderr.decode()])


def test_bad_input(tap):
    for text, sentence, *options in (
            ("", "is empty: the first row names series,period,value"),
            (HEADER, "holds no series"),
            ("sku,month,qty\nA,1,2\n", 'line 1: there is no column "series": the first row names series,period,value'),
            ("series,period\nA,1\n", 'line 1: there is no column "value"'),
            (HEADER + "A,1,many\n", 'line 2: "many" is no number'),
            (HEADER + "A,1,\n", 'line 2: "" is no number'),
            (HEADER + "A,1\n", 'line 2: "" is no number'),
            (HEADER + "A,1,NaN\n", 'line 2: "NaN" is no number'),
            (HEADER + "A,1,inf\n", 'line 2: "inf" is no number'),
            (HEADER + "A,1,1e999\n", 'line 2: "1e999" is no number'),
            (HEADER + "A,1,-1e16\n", "line 2: -1e16 is too much: 1e+15 at most"),
            (HEADER + ",1,2\n", "line 2: the series has no name"),
            (HEADER + "A,1,2\nA,2,3\nA,1,4\n", 'series "A" has two rows of one period'),
            (HEADER + "A,1,2\nB,1,3\nA,2,4\n", 'line 4: series "A" begins again: sort the rows by series', "--grouped"),
            (HEADER + 'A,1,"2\n', "a quotation mark is not closed"),
            (HEADER + 'A,1,2"3\n', "a quotation mark stands inside a cell"),
            (HEADER + 'A,1,"2\nA,2,3"\n', "line 2: the value goes over several lines: is a quotation mark missing?"),
            (HEADER + "A" * 300 + ",1,2\n", "is too long"),
            (HEADER + rows("A", range(100001)), 'series "A" has 100001 values: 100000 at most can be forecast')):
        done = forecast(text, *options)
        said = done.stderr.decode()
        good = done.returncode == 1 and not done.stdout and sentence in said and said.count("\n") == 1
        tap.check(f"refused: {sentence}", [] if good else [f"exit code {done.returncode}, said {said!r}"])


def test_noise(tap):
    """A good file in which bytes were changed, taken out or put in."""
    dice, faults = random.Random(5), []
    good = (HEADER + rows("A", [1, 0, 4, 0, 2, 9]) + rows("灯", [3, 1, 4, 1, 5])).encode()
    for _ in range(300):
        text = bytearray(good)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(text))
            text[at:at + dice.randint(0, 2)] = bytes(dice.choice(b'\0\n\r",;-+.e0\xff\xef9A') for _ in range(dice.randint(0, 3)))
        done = forecast(bytes(text), *dice.choice(((), ("--grouped",), ("--period", "3"))))
        if done.returncode == 0:
            faults += [fault for line in done.stdout.decode(errors="strict").splitlines() for fault in faults_of(line)]
        elif done.returncode != 1 or done.stderr.count(b"\n") != 1:
            faults.append(f"{bytes(text)}: exit code {done.returncode}, said {done.stderr}")
    tap.check("300 broken files are forecast, or refused in one sentence", faults[:5])


def main():
    tap = Tap()
    test_forms(tap)
    test_values(tap)
    test_bad_input(tap)
    test_noise(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
