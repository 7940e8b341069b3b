"""TSPL, from the manuals of TSC's TTP-244 and TTP-343: lines that end with CR LF, and BITMAP's dots in between."""

import re

from label.judges.picture import Fault, Picture

HEADS = {name: re.compile(pattern.encode()) for name, pattern in {
    "SIZE": r"SIZE (\d+(?:\.\d+)?) mm,(\d+(?:\.\d+)?) mm\r\n", "GAP": r"GAP (\d+(?:\.\d+)?) mm,0 mm\r\n",
    "GAP.": r"GAP (\d+(?:\.\d+)?) mm,(\d+(?:\.\d+)?) mm\r\n", "BLINE": r"BLINE (\d+(?:\.\d+)?) mm,(\d+(?:\.\d+)?) mm\r\n",
    "DIRECTION": r"DIRECTION ([01])(?:,([01]))?\r\n", "REFERENCE": r"REFERENCE (\d+),(\d+)\r\n",
    "OFFSET": r"OFFSET (-?\d+(?:\.\d+)?) mm\r\n", "CLS": r"CLS\r\n", "BAR": r"BAR (\d+),(\d+),(\d+),(\d+)\r\n",
    "PRINT": r"PRINT (\d+),(\d+)\r\n", "BITMAP": r"BITMAP (\d+),(\d+),(\d+),(\d+),([012]),"}.items()}


def draw(data, dpi):
    """[(picture, copies)]. 203 dpi: 8 dots a millimetre."""
    per_mm = 8 if dpi == 203 else dpi / 25.4
    labels, size, picture, at, set_up = [], None, None, 0, set()
    while at < len(data):
        name, match = next(((name, match) for name, head in HEADS.items() if (match := head.match(data, at))), (None, None))
        if not match:
            raise Fault(f"not understood: {data[at:at + 40]!r}")
        at, name = match.end(), name.rstrip(".")
        if name == "SIZE":
            size, set_up = [round(float(side) * per_mm) for side in match.groups()], set()
        elif name == "CLS":
            if not size:
                raise Fault("CLS before SIZE")
            picture = Picture(*size)
        elif name in ("GAP", "BLINE", "DIRECTION", "REFERENCE", "OFFSET"):
            if picture and name not in set_up and set_up:
                raise Fault(f"{name} after CLS")
            set_up.add(name)
        elif name == "PRINT":
            if not picture or not {"DIRECTION", "REFERENCE"} <= set_up:
                raise Fault("PRINT of a label that depends on what was set before")
            labels.append((picture, int(match[1]) * int(match[2])))
            picture = None
        elif not picture:
            raise Fault(f"{name} before CLS")
        elif name == "BAR":
            picture.fill(*map(int, match.groups()))
        else:
            x, y, stride, height, mode = map(int, match.groups())
            dots, at = data[at:at + stride * height], at + stride * height
            if data[at:at + 2] != b"\r\n":
                raise Fault(f"{data[at:at + 2]!r} where the dots of a BITMAP at {x},{y} end")
            at += 2
            if x % 8 and mode == 0:
                pass  # any place is allowed
            picture.put_bytes(x, y, stride, dots, black=0, overwrites=mode == 0)
    if picture:
        raise Fault("a label that is not printed")
    return labels
