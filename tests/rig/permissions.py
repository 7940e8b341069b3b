"""docs/permissions.md has two parts, and each is made by a test of its own: head office's first, then the box's."""

import pathlib

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent.parent / "docs/permissions.md"
BOX = "# Who may what at the box\n"


def _parts():
    office, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BOX)
    return office, BOX + rest if rest else ""


def office():
    return _parts()[0]


def box():
    return _parts()[1]


def write_office(text):
    DOCUMENT.write_text(text + box(), encoding="utf-8")


def write_box(text):
    DOCUMENT.write_text(office().rstrip("\n") + "\n\n" + text, encoding="utf-8")
