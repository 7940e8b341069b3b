#!/usr/bin/env python3
"""docs/protocol.md, docs/asyncapi.yaml, docs/schema and the tables in sync/wire agree, with each other and with the names that the
rules write. Does not read any message: test_members.py does. With --write it brings the documents up to date."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import wire_asyncapi  # noqa: E402
import wire_members  # noqa: E402
from tap import Tap  # noqa: E402
from wire_members import text  # noqa: E402

HEADINGS = {"event": "## Events: site to head office", "change": "## Changes: head office to site"}


# ---------------------------------------------------------------- what is written


def page():
    """docs/protocol.md with the rows of both its tables anew."""
    new = text("docs/protocol.md")
    for what, heading in HEADINGS.items():
        start = new.index("|---|---|\n", new.index(heading)) + len("|---|---|\n")
        end = new.index("\n\n", start)
        rows = (f"| `{name}` | {meaning} |" for name, meaning in wire_members.described(what).items())
        new = new[:start] + "\n".join(rows) + new[end:]
    return new


def documents(table):
    """{path: text} of all that is made of the tables."""
    made = {f"docs/schema/{what}s.json": wire_asyncapi.pretty_json(wire_members.document(table, what))
            for what in ("event", "change", "control")}
    head = "# Made of sync/wire/types.h and sync/wire/members.table by tests/unit/test_wire_docs.py --write.\n"
    made["docs/asyncapi.yaml"] = head + wire_asyncapi.yaml(wire_asyncapi.document(table))
    made["docs/protocol.md"] = page()
    return made


def write(made):
    (ROOT / "docs/schema").mkdir(exist_ok=True)
    for path, new in made.items():
        (ROOT / path).write_text(new, encoding="utf-8")


def stale(made):
    for path, new in made.items():
        if not (ROOT / path).exists() or text(path) != new:
            yield f"{path} is not up to date: python3 tests/unit/test_wire_docs.py --write"


# ---------------------------------------------------------------- what must agree


def written_names():
    """{name: file} of what the floor's rules put into the journal."""
    found = {}
    for path in sorted((ROOT / "firmware-daemon/floor").glob("*.c")):
        for name in re.findall(r'\b(?:record|note|journal_append)\([^"]*?"([a-z]+\.[a-z_]+)"', path.read_text("utf-8")):
            found[name] = path.name
    return found


def control_members():
    """{message: its members in order} as sync/wire/control.c reads and writes them."""
    found, code = {}, text("sync/wire/control.c")
    sets = dict(re.findall(r"#define (\w+_KINDS) +(.+)", code))
    fields = re.findall(r'\{((?:IN\(\w+\)|\w+_KINDS)[^"{]*), "(\w+)", FIELD_', code)
    for kinds, name in fields:
        kinds = re.sub(r"\w+_KINDS", lambda match: sets[match[0]], kinds)
        for kind in re.findall(r"IN\((\w+)\)", kinds):
            found.setdefault(kind.lower(), []).append(name)
    return found


def change_members():
    """{member: "there"} of all that floor/change.c reads, of whatever change."""
    code = text("firmware-daemon/floor/change.c")
    found = re.findall(r'(?:_of|_or|json_object_get|TEXT)\([^()]*?"(\w+)"', code)
    for words in re.findall(r'\[\] = \{("[^}]*)\}', code):
        found += re.findall(r'"(\w+)"', words)
    return dict.fromkeys(set(found) - {"type", "subject", "data"}, "there")


def names_within(members):
    for member in members:
        yield member.name
        yield from names_within(member.members or [])


def differences(what, ours, theirs):
    return [f"{name}: {ours.get(name)} / {theirs.get(name)}" for name in sorted(set(ours) | set(theirs))
            if ours.get(name) != theirs.get(name)] or ([] if ours else [f"no {what} was found"])


def main():
    table = wire_members.read_table()
    made = documents(table)
    if "--write" in sys.argv:
        write(made)
    tap = Tap()
    tap.check("the documents are what the tables say", stale(made))
    for what in HEADINGS:
        tap.check(f"every {what} has its members", differences(what, dict.fromkeys(wire_members.described(what), "there"),
                                                               dict.fromkeys(table.of(what), "there")))
    named = {name: sorted(member.name for member in forms[0]) for name, forms in table.of("control").items()}
    tap.check("control messages have the members that control.c reads", differences(
        "control message", {name: sorted(members) for name, members in control_members().items()}, named))
    told = {name: "there" for forms in table.of("change").values() for form in forms for name in names_within(form)}
    tap.check("changes have the members that change.c reads", differences("member", change_members(), told))
    tap.check("no name is left over", [f"nothing has {name}:{kind}" for name, kind in sorted(set(table.names) - table.used)])
    written, known = written_names(), table.of("event")
    tap.check("the table has what the rules write",
              [f"{name} in {where} is not in sync/wire/types.h" for name, where in written.items() if name not in known])
    tap.check("the rules were found", [] if len(written) > 15 else [f"found only {sorted(written)}"])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
