#!/usr/bin/env python3
"""docs/protocol.md, the table of names in sync/wire/types.h and what the rules write agree. Does not read any message.
With --write it brings the page up to date."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def table_names():
    """{name: meaning} of both X-macros."""
    return dict(re.findall(r'X\("([^"]+)",\s*(?:\\\s*)?"([^"]+)"\)', text("sync/wire/types.h")))


def documented_names():
    """{name: meaning} of the tables after the heading of the events."""
    page = text("docs/protocol.md")
    return dict(re.findall(r"^\| `([a-z_.]+)` \| (.+) \|$", page[page.index("## Events"):], re.MULTILINE))


def write_page():
    """The rows of both tables anew, from sync/wire/types.h."""
    page, header = text("docs/protocol.md"), text("sync/wire/types.h")
    for macro, heading in (("WIRE_EVENTS", "## Events: site to head office"), ("WIRE_CHANGES", "## Changes: head office to site")):
        block = header[header.index(f"#define {macro}"):].split("\n\n")[0]
        rows = re.findall(r'X\("([^"]+)",\s*(?:\\\s*)?"([^"]+)"\)', block)
        start = page.index("|---|---|\n", page.index(heading)) + len("|---|---|\n")
        end = page.index("\n\n", start)
        page = page[:start] + "\n".join(f"| `{name}` | {meaning} |" for name, meaning in rows) + page[end:]
    (ROOT / "docs/protocol.md").write_text(page, encoding="utf-8")


def written_names():
    """{name: file} of what the floor's rules put into the journal."""
    found = {}
    for path in sorted((ROOT / "firmware-daemon/floor").glob("*.c")):
        for name in re.findall(r'\b(?:record|note|journal_append)\([^"]*?"([a-z]+\.[a-z_]+)"', path.read_text("utf-8")):
            found[name] = path.name
    return found


def main():
    if "--write" in sys.argv:
        write_page()
    tap = Tap()
    table, documented, written = table_names(), documented_names(), written_names()
    tap.check("the table has the names", [] if len(table) > 30 else [f"found only {len(table)}"])
    tap.check("the page has the table's names and meanings",
              [f"{name}: {documented.get(name, 'missing')} / {table.get(name, 'missing')}"
               for name in sorted(set(table) | set(documented)) if table.get(name) != documented.get(name)])
    tap.check("the table has what the rules write",
              [f"{name} in {where} is not in sync/wire/types.h" for name, where in written.items() if name not in table])
    tap.check("the rules were found", [] if len(written) > 15 else [f"found only {sorted(written)}"])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
