#!/usr/bin/env python3
"""Keeps the links of README.md and docs/*.md true: one that is no web address names a file that is there.

Does not look at web addresses, and not at the heading behind a "#".
"""

import pathlib
import re
import sys
import tempfile
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

# What stands in code is shown, not linked.
CODE = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`)", re.MULTILINE | re.DOTALL)
# [text](target), ![text](target "title"), and [text]: target at the start of a line.
LINK = re.compile(r"\]\(\s*<?([^)\s>]*)|^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)", re.MULTILINE)
WEB = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def pages(root):
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]


def links(text):
    """(number of the line, target) of every link."""
    shown = CODE.sub(lambda code: "\n" * code[0].count("\n"), text)
    for link in LINK.finditer(shown):
        yield shown.count("\n", 0, link.start()) + 1, link[1] or link[2] or ""


def faults(page, root):
    for line, target in links(page.read_text()):
        path = urllib.parse.unquote(target.partition("#")[0])
        if WEB.match(target) or (target.startswith("#") and len(target) > 1):
            continue
        if path.startswith("/") or not (page.parent / path).is_file():
            yield f'{page.relative_to(root)}:{line}: "{target}" names no file'


# "`tests/unit/test_x.c`: a_name": a test that a page vouches for.
TEST = re.compile(r"^\|.*\| `(tests/[^`]+)`: (.+?) \|$", re.MULTILINE)


def faults_of_tests(page, root):
    for named in TEST.finditer(page.read_text()):
        path = root / named[1]
        if not path.is_file() or named[2] not in path.read_text():
            yield f"{page.relative_to(root)}: {named[1]} holds no test {named[2]!r}"


def self_check():
    """A page with every kind of link, and which of its lines are wrong."""
    text = """[there](README.md) and [here](#here), [the web](https://example.org), [mail](mailto:a@example.org)
[gone](gone.md) `[code](no.md)`
```
[code](no.md)
```
![picture](gone.png "Gone") [part](README.md#part) [of
two lines](gone.md#part)
[folder](../docs) [elsewhere](/etc/passwd) [nothing]()

[name]: <gone.md>
[name]: README.md
"""
    with tempfile.TemporaryDirectory() as folder:
        page = pathlib.Path(folder, "docs/page.md")
        page.parent.mkdir()
        page.write_text(text)
        page.with_name("README.md").write_text("")
        found = [int(fault.split(":")[1]) for fault in faults(page, page.parent.parent)]
        page.write_text("| a | b | `docs/README.md`: there |\n| a | b | `tests/README.md`: there |\n| a | b | `tests/none.c`: there |\n| b | `x`: y |\n")
        pathlib.Path(folder, "tests").mkdir()
        pathlib.Path(folder, "tests/README.md").write_text("here")
        unproven = len(list(faults_of_tests(page, page.parent.parent)))
    if found != [2, 6, 7, 8, 8, 8, 10]:
        yield f"wrong links were found in lines {found}"
    if unproven != 2:
        yield f"{unproven} of two tests that are not there were found"


def main():
    tap = Tap()
    tap.check("the check below notices known faults", self_check())
    looked_at = pages(ROOT)
    found = sum(len(list(links(page.read_text()))) for page in looked_at)
    tap.check(f"every one of {found} links in {len(looked_at)} pages leads to a file",
              [fault for page in looked_at for fault in faults(page, ROOT)] or ([] if found > 10 else ["there are too few"]))
    threats = ROOT / "docs/security.md"
    named = len(TEST.findall(threats.read_text()))
    tap.check(f"each of the {named} tests that hold a threat off is there",
              list(faults_of_tests(threats, ROOT)) or ([] if named > 15 else ["there are too few"]))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
