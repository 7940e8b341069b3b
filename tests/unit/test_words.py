#!/usr/bin/env python3
"""Every scan that a screen may expect has its words on the page, and every command its words in floor/commands.h. Reads the
sources; runs nothing."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402


def floor_sources():
    return {path.name: path.read_text("utf-8") for path in sorted((ROOT / "firmware-daemon/floor").glob("*.c"))}


def found(pattern, sources):
    return {name: file for file, text in sources.items() for name in re.findall(pattern, text)}


def main():
    tap = Tap()
    sources = floor_sources()
    expected = found(r'expect = "([a-z_]+)"', sources)
    expected.update(found(r'\bshow\w*\([^;{]*?, "([a-z_]+)", ASK_', sources))
    page = set(re.findall(r"scan_(\w+):", (ROOT / "ui/pages/words.js").read_text("utf-8")))
    tap.check("the rules' expected scans were found", [] if len(expected) >= 12 else [f"only {sorted(expected)}"])
    tap.check("the page has words for every expected scan",
              [f"{name} in {file}" for name, file in expected.items() if name not in page])
    commands = found(r'\{\.name = "([A-Z_]+)"', sources)
    words = set(re.findall(r'X\("([A-Z_]+)",', (ROOT / "firmware-daemon/floor/commands.h").read_text("utf-8")))
    tap.check("the steps' commands were found", [] if len(commands) >= 12 else [f"only {sorted(commands)}"])
    tap.check("every command has its words", [f"{name} in {file}" for name, file in commands.items() if name not in words])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
