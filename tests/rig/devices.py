"""A scanner and a label printer made of pseudo-terminals. The printer knows no more of ZPL than where a label ends."""

import os
import pty
import re
import select
import termios
import threading
import tty

from rig.label_codes import code_of


class Pty:
    """Both ends stay open here, so that a daemon may come and go as at a real cable."""

    def __init__(self):
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)

    def close(self):
        os.close(self.master)
        os.close(self.slave)


class Scanner:
    """A serial scanner: each code and a carriage return."""

    options = "scanner_driver = serial\n"

    def __init__(self):
        self.line = Pty()
        self.path = self.line.path

    def scan(self, text):
        self.send(text.encode() + b"\r")

    def send(self, data):
        while data:
            data = data[os.write(self.line.master, data):]

    def unplug(self):
        """What a real port does when its last user has gone: bytes that nobody read are lost."""
        termios.tcflush(self.line.slave, termios.TCIFLUSH)

    def close(self):
        self.line.close()


class KeyboardScanner(Scanner):
    """A scanner that is a USB keyboard, typing on a German layout: boot reports of eight bytes, press and release
    (HID 1.11, appendix B.1; usages of HID Usage Tables, page 0x07)."""

    options = "scanner_driver = hid-keyboard\nlayout = de\n"

    ENTER, RELEASE = 0x28, bytes(8)
    KEYS = {c: (0, 0x04 + i) for i, c in enumerate("abcdefghijklmnopqrstuvwxyz")}
    KEYS |= {c: (0, usage) for c, usage in zip("1234567890", range(0x1E, 0x28))}
    KEYS |= {"z": (0, 0x1C), "y": (0, 0x1D), "-": (0, 0x38), " ": (0, 0x2C)}  # German: Z and Y change places
    KEYS |= {c.upper(): (2, usage) for c, (_, usage) in list(KEYS.items()) if c.isalpha()}
    KEYS |= {":": (2, 0x37), "_": (2, 0x38), "/": (2, 0x24)}  # 2: left Shift

    def scan(self, text):
        strokes = [self.KEYS[c] for c in text] + [(0, self.ENTER)]
        self.send(b"".join(bytes([modifier, 0, usage, 0, 0, 0, 0, 0]) + self.RELEASE for modifier, usage in strokes))


# A label runs from ^XA to ^XZ; printers take both in either case (ZPL II Programming Guide, ^XA).
LABEL = re.compile(rb"\^XA.*?\^XZ", re.DOTALL | re.IGNORECASE)

# What ~HS is answered with by a printer that is ready (same guide, ~HS).
READY = (b"\x02030,0,0,1040,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n"
         b"\x020000,0\x03\r\n")


class Tray:
    """Keeps every whole label, in order. A label that was cut off by the next ^XA is kept in .broken; .asked counts how
    often the printer was asked for its status, .asked_inside how often in the middle of a label."""

    def __init__(self, on_label=None):
        self.labels = []
        self.broken = []
        self.asked = self.asked_inside = 0
        self._on_label = on_label
        self._pending = b""
        self._codes = []

    def take(self, data):
        """Returns how many questions for its status came."""
        asked = self.asked
        self._pending += data
        while True:
            start, question = self._pending.upper().find(b"^XA"), self._pending.find(b"~HS")
            if question >= 0 and (start < 0 or question < start):
                self.asked += 1
                self._pending = self._pending[question + 3:]
            elif match := LABEL.search(self._pending):
                self._pending = self._pending[match.end():]
                self._keep(match[0])
            else:
                return self.asked - asked

    def _keep(self, label):
        self.asked_inside += label.count(b"~HS")
        start = label.upper().rfind(b"^XA")
        if start > 0:
            self.broken.append(label[:start])
            label = label[start:]
        self.labels.append(label)
        if self._on_label:
            self._on_label(label)

    def codes(self):
        """What the Code 128 symbol of each label says: a waybill's or a manifest's number."""
        while len(self._codes) < len(self.labels):
            self._codes.append(code_of(self.labels[len(self._codes)]))
        return list(self._codes)

    def count(self, code):
        return self.codes().count(code)


class Printer(Tray):
    """Answers when it is asked for its status that it is ready."""

    def __init__(self, on_label=None):
        super().__init__(on_label)
        self.line = Pty()
        self.path = self.line.path
        self._reading = threading.Event()
        self._reading.set()
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            # A printer without paper takes no bytes; they wait in the cable.
            wanted = [self.line.master] if self._reading.is_set() else []
            ready = select.select([self._stop_read, *wanted], [], [], 0.05)[0]
            if self._stop_read in ready:
                return
            if ready and self.take(os.read(self.line.master, 65536)):
                os.write(self.line.master, READY)

    def pause(self):
        self._reading.clear()

    def resume(self):
        self._reading.set()

    def close(self):
        os.write(self._stop_write, b"x")
        self._thread.join()
        for fd in (self._stop_read, self._stop_write):
            os.close(fd)
        self.line.close()
