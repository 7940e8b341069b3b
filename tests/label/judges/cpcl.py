"""CPCL, from Zebra's CPCL manual: a session from "!" to PRINT, lines that end with CR LF, CG's dots in between."""

import re

from label.judges.picture import Fault, Picture

HEADS = [(name, re.compile(pattern.encode())) for name, pattern in (
    ("!", r"! (\d+) (\d+) (\d+) (\d+) (\d+)\r\n"), ("PAGE-WIDTH", r"PAGE-WIDTH (\d+)\r\n"), ("FORM", r"FORM\r\n"),
    ("PRINT", r"PRINT\r\n"), ("EG", r"EG (\d+) (\d+) (\d+) (\d+) ((?:[0-9A-F]{2})*)\r\n"),
    ("CG", r"CG (\d+) (\d+) (\d+) (\d+) "))]


def draw(data, dpi):
    labels, session, width, acts, at = [], None, None, [], 0
    while at < len(data):
        name, match = next(((name, match) for name, head in HEADS if (match := head.match(data, at))), (None, None))
        if not match or (name != "!" and not session):
            raise Fault(f"not understood: {data[at:at + 40]!r}")
        at = match.end()
        if name == "!":
            offset, across, down, height, copies = map(int, match.groups())
            if session or offset or {across, down} != {200 if dpi == 203 else dpi}:
                raise Fault(f"{match[0]!r}: in a session, with an offset, or for another resolution")
            session, width, acts = (height, copies), None, []
        elif name == "PAGE-WIDTH":
            width = int(match[1])
        elif name == "PRINT":
            if not width:
                raise Fault("PRINT without PAGE-WIDTH")
            page = Picture(width, session[0])
            for act in acts:
                page.put_bytes(*act, black=1)
            labels.append((page, session[1]))
            session = None
        elif name in ("CG", "EG"):
            stride, rows, x, y = map(int, match.groups()[:4])
            if name == "EG":
                dots = bytes.fromhex(match[5].decode())
            else:
                dots, at = data[at:at + stride * rows], at + stride * rows
                if data[at:at + 2] != b"\r\n":
                    raise Fault(f"{data[at:at + 2]!r} where the dots of CG at {x},{y} end")
                at += 2
            if len(dots) != stride * rows:
                raise Fault(f"{len(dots)} bytes of dots, not {stride * rows}")
            acts.append((x, y, stride, dots))
    if session:
        raise Fault("a session without PRINT")
    return labels
