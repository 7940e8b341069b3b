"""ESC/POS, from Epson's and Citizen's manuals: bands of dots below each other, until the paper is fed or cut."""

from label.judges.picture import Fault, Picture

FORM_FEED, CUT = b"\x0c", b"\x1dVB\x00"


def draw(data, dpi):
    """[(picture, copies)]; a picture is as wide as its widest band."""
    del dpi
    labels, bands, at, begun = [], [], 0, False
    while at < len(data):
        if data.startswith(b"\x1b@", at):
            if bands:
                raise Fault("ESC @ in the middle of a label")
            begun, at = True, at + 2
        elif data.startswith(b"\x1dv0\0", at):
            if not begun:
                raise Fault("dots before ESC @: they depend on what was set before")
            stride, rows = (int.from_bytes(data[i:i + 2], "little") for i in (at + 4, at + 6))
            dots, at = data[at + 8:at + 8 + stride * rows], at + 8 + stride * rows
            if not 1 <= rows <= 256 or stride < 1 or len(dots) != stride * rows:
                raise Fault(f"a band of {rows} rows, {stride} bytes wide, {len(dots)} bytes there")
            if b"\x10\x14" in dots or b"\x10\x05" in dots:
                raise Fault("dots that a printer takes for a command that it obeys at once")
            bands.append((stride, rows, dots))
        elif data.startswith((FORM_FEED, CUT), at):
            if not bands:
                raise Fault("an empty label")
            labels.append((join(bands), 1))
            bands, begun, at = [], False, at + (1 if data.startswith(FORM_FEED, at) else len(CUT))
        else:
            raise Fault(f"not understood: {data[at:at + 20]!r}")
    if bands:
        raise Fault("a label that is not fed out")
    return labels


def join(bands):
    picture = Picture(8 * max(stride for stride, _, _ in bands), sum(rows for _, rows, _ in bands))
    top = 0
    for stride, rows, dots in bands:
        picture.put_bytes(0, top, stride, dots, black=1)
        top += rows
    return picture
