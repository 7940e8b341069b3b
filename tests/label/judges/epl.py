"""EPL2, from Zebra's manual 980352: lines that end with LF, and GW's dots in between."""

import re

from label.judges.picture import Fault, Picture

HEADS = [(name, re.compile(pattern.encode())) for name, pattern in (
    ("", r"\n"), ("N", r"N\n"), ("q", r"q(\d+)\n"), ("Q", r"Q(\d+),(B?\d+)\n"), ("Z", r"Z[TB]\n"), ("R", r"R(\d+),(\d+)\n"),
    ("LO", r"LO(\d+),(\d+),(\d+),(\d+)\n"), ("P", r"P(\d+)(?:,(\d+))?\n"), ("GW", r"GW(\d+),(\d+),(\d+),(\d+),"))]


def draw(data, dpi):
    del dpi  # sizes are in dots
    labels, width, height, picture, at = [], None, None, None, 0
    while at < len(data):
        name, match = next(((name, match) for name, head in HEADS if (match := head.match(data, at))), (None, None))
        if not match:
            raise Fault(f"not understood: {data[at:at + 40]!r}")
        at = match.end()
        if name == "N":
            picture, width, height = [], None, None
        elif name == "q":
            width = int(match[1])
        elif name == "Q":
            height = int(match[1])
        elif name == "P":
            if picture is None:
                raise Fault("P before N")
            if not (width and height):
                raise Fault("P without q and Q: it depends on what was set before")
            page = Picture(width, height)
            for act in picture:
                act(page)
            labels.append((page, int(match[1])))
            picture = None
        elif name in ("LO", "GW") and picture is None:
            raise Fault(f"{name} before N")
        elif name == "LO":
            picture.append(lambda page, box=tuple(map(int, match.groups())): page.fill(*box))
        elif name == "GW":
            x, y, stride, rows = map(int, match.groups())
            dots, at = data[at:at + stride * rows], at + stride * rows
            if data[at:at + 1] != b"\n":
                raise Fault(f"{data[at:at + 2]!r} where the dots of GW at {x},{y} end")
            at += 1
            picture.append(lambda page, args=(x, y, stride, dots): page.put_bytes(*args, black=0))
    if picture:
        raise Fault("a label that is not printed")
    return labels
