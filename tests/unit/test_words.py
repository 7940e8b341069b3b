#!/usr/bin/env python3
"""Every scan that a screen may expect has its words on the page, every command its words in floor/commands.h, and every event of the
journal its names on the supervisor's pages. Reads the sources; runs nothing."""

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


def event_faults(events):
    """Of ui/supervisor/events.js beside the table of events: what lacks a name, or has one for nothing."""
    named = {name: (english, chinese) for name, english, chinese in re.findall(
        r'^  "?([a-z_.]+)"?: \["([^"]*)", "([^"]*)"\],$', (ROOT / "ui/supervisor/events.js").read_text("utf-8"), re.M)}
    for name in events:
        english, chinese = named.get(name, ("", ""))
        if not re.search(r"[a-z]", english) or not re.search("[\u4e00-\u9fff]", chinese):
            yield f"{name} is called {english!r} and {chinese!r}"
    yield from (f"{name} is no event" for name in named if "." in name and name not in events)


def main():
    tap = Tap()
    sources = floor_sources()
    expected = found(r'expect = "([a-z_]+)"', sources)
    expected.update(found(r'\bshow\w*\([^;{]*?, "([a-z_]+)", ASK_', sources))
    page = set(re.findall(r"scan_(\w+):", (ROOT / "ui/pages/words.js").read_text("utf-8")))
    tap.check("the rules' expected scans were found", [] if len(expected) >= 12 else [f"only {sorted(expected)}"])
    tap.check("the page has words for every expected scan",
              [f"{name} in {file}" for name, file in expected.items() if name not in page])
    steps = found(r'\{\s*(?:\.name = )?"([a-z]+\.[a-z_]+)",\s*(?:0|BIT|\.accepts)', sources)
    played = "".join(path.read_text("utf-8") for path in (ROOT / "tests/floor").glob("*.script"))
    tap.check("the flows' steps were found", [] if len(steps) >= 40 else [f"only {sorted(steps)}"])
    tap.check("every step is reached by a script",
              [f"{name} in {file}" for name, file in steps.items() if not re.search(rf" {re.escape(name)}( |$)", played, re.M)])
    codes = {f"E{number:02}" for number in range(1, 25)} - {"E14", "E24"}  # a printer's state; a change from head office
    tap.check("every published refusal is provoked by a script",
              sorted(code for code in codes if not re.search(rf"(->|=) (DONE_PARKED|{code})\b" if code == "E15" else
                                                             rf"(->|=) {code}\b", played)))
    commands = found(r'\{\.name = "([A-Z_]+)"', sources)
    words = set(re.findall(r'X\("([A-Z_]+)",', (ROOT / "firmware-daemon/floor/commands.h").read_text("utf-8")))
    tap.check("the steps' commands were found", [] if len(commands) >= 12 else [f"only {sorted(commands)}"])
    tap.check("every command has its words", [f"{name} in {file}" for name, file in commands.items() if name not in words])
    table = (ROOT / "sync/wire/types.h").read_text("utf-8")
    events = re.findall(r'X\("([a-z_.]+)"', table[table.index("define WIRE_EVENTS"):table.index("define WIRE_CHANGES")])
    tap.check("the journal's events were found", [] if len(events) >= 150 else [f"only {len(events)}"])
    tap.check("every event has its names in both languages", event_faults(events))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
