"""One-bit pictures: what a judge draws on, and what it is compared with."""

import struct
import zlib


# Each byte the other way round: printers and PNG have the leftmost dot in the highest bit, a Picture in the lowest.
MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
INVERT = bytes(byte ^ 255 for byte in range(256))


def to_row(data, black=1):
    return int.from_bytes((data if black else data.translate(INVERT)).translate(MIRROR), "little")


def from_row(row, stride):
    return row.to_bytes(stride, "little").translate(MIRROR)


class Fault(Exception):
    """A printer would do something else than was meant, or nothing."""


class Picture:
    """Rows of integers: bit 0 is the leftmost dot. Drawing outside is a fault."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.rows = [0] * height

    def check(self, x, y, width, height):
        if x < 0 or y < 0 or width < 1 or height < 1 or x + width > self.width or y + height > self.height:
            raise Fault(f"{width} x {height} dots at {x},{y} are not on a label of {self.width} x {self.height}")

    def fill(self, x, y, width, height):
        self.check(x, y, width, height)
        for row in range(y, y + height):
            self.rows[row] |= (1 << width) - 1 << x

    def put_bytes(self, x, y, stride, data, black, overwrites=False, width=None):
        """Rows of stride bytes, the most significant bit leftmost; black: the bit that is black. Bits beyond the label
        must be white."""
        height = len(data) // stride
        self.check(x, y, width or 1, height)
        for number in range(height):
            row = to_row(data[number * stride:(number + 1) * stride], black) << x
            if row >> self.width:
                raise Fault(f"row {number} of a picture at {x},{y} has black dots beyond the label")
            if overwrites:
                self.rows[y + number] &= ~((1 << 8 * stride) - 1 << x)
            self.rows[y + number] |= row

    def to_bytes(self):
        """Row by row, each of whole bytes, the highest bit leftmost, 1 is black."""
        return b"".join(from_row(row, (self.width + 7) // 8) for row in self.rows)

    def difference(self, other):
        """None when they are alike, else where they first differ."""
        if (self.width, self.height) != (other.width, other.height):
            return f"{self.width} x {self.height} dots, not {other.width} x {other.height}"
        for y, (ours, theirs) in enumerate(zip(self.rows, other.rows)):
            if ours != theirs:
                x = (ours ^ theirs & (1 << self.width) - 1).bit_length() - 1
                wrong = sum(bin(a ^ b).count("1") for a, b in zip(self.rows, other.rows))
                return f"{wrong} dots differ, one at {x},{y}"
        return None

    def write_png(self, path):
        stride = (self.width + 7) // 8
        raw = b"".join(b"\0" + from_row(row, stride).translate(INVERT) for row in self.rows)
        chunks = [(b"IHDR", struct.pack(">IIBBBBB", self.width, self.height, 1, 0, 0, 0, 0)), (b"IDAT", zlib.compress(raw)),
                  (b"IEND", b"")]
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks))


def read_png(path):
    return decode_png(path.read_bytes())


def decode_png(data):
    """Of one bit a dot, grey, unfiltered or filtered by row (PNG specification, 9.2)."""
    at, packed, head = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body, at = data[at + 8:at + 8 + length], at + 12 + length
        if kind == b"IHDR":
            head = struct.unpack(">IIBBBBB", body)
        packed += body if kind == b"IDAT" else b""
    width, height, depth, colour = head[:4]
    if (depth, colour) != (1, 0):
        raise Fault("a picture is not of one bit a dot")
    stride, raw, above = (width + 7) // 8, zlib.decompress(packed), bytes((width + 7) // 8)
    picture = Picture(width, height)
    for y in range(height):
        filtered, line = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for i in range(stride) if filtered else ():
            left, up = line[i - 1] if i else 0, above[i]
            corner = above[i - 1] if i else 0
            nearest = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
            line[i] = line[i] + (0, left, up, (left + up) // 2, nearest)[filtered] & 255
        above = bytes(line)
        picture.rows[y] = to_row(above, 0) & (1 << width) - 1
    return picture
