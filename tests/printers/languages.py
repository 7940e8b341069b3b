"""Machines that understand ZPL, TSPL, ESC/POS, CPCL and EPL, as far as labels, status and counts go."""

import re

from printers.machine import Machine


class Zpl(Machine):
    """ZPL II guide: ~HS, ~JA; Set-Get-Do for the count. Models differ. hides_printing: the label under the head, and what
    is drawn already, are in no field of ~HS. silent_in_error: no answers while it has a fault (docs.zebra.com, ~HS).
    counts_in_turn: its count is said when what stands before the question has been drawn, not at once.
    keeps_interrupted: what a fault has interrupted is printed again even after ~JA."""

    name = "zpl"
    AT_ONCE = re.compile(rb"~HS|~JA")
    BEGINNING = re.compile(rb"~[HJ]?\Z")
    WORDS = re.compile(rb'\^XA|\^XZ|! U1 getvar "([^"]*)"\r\n')
    DRAWN_AHEAD, LONGEST = 2, 60  # labels; bytes of a word

    def __init__(self, random, counts):
        super().__init__(random, counts)
        self.hides_printing, self.silent_in_error = random.random() < 0.5, random.random() < 0.5
        self.says_no_count = random.random() < 0.5
        self.counts_in_turn, self.keeps_interrupted = random.random() < 0.5, random.random() < 0.3

    def forget(self):
        super().forget()
        self.held, self.format = b"", None

    def feed(self, data, now):
        """~ commands act when they arrive, wherever they stand."""
        if not self.is_on:
            return
        data, self.held = self.held + data, b""
        while match := self.AT_ONCE.search(data):
            super().feed(data[:match.start()], now)
            data = data[match.end():]
            if match[0] == b"~HS":
                self._say_status(now)
            else:
                self.buffer, self.format = b"", None
                self.queue = [label for label in self.queue if label.interrupted and self.keeps_interrupted]
        if match := self.BEGINNING.search(data):
            data, self.held = data[:match.start()], match[0]
        super().feed(data, now)

    def parse(self, now):
        while len(self.queue) < self.DRAWN_AHEAD and (match := self.WORDS.search(self.buffer)):
            before, self.buffer = self.buffer[:match.start()], self.buffer[match.end():]
            if match[0] == b"^XA":
                self.format = b""
            elif match[0] == b"^XZ" and self.format is not None:
                self.format += before
                copies = re.search(rb"\^PQ(\d+)", self.format)
                self.take_label(self.format, int(copies[1]) if copies else 1)
                self.format = None
            elif match[1]:
                self.format = None if self.format is None else self.format + before
                self._say_count(match[1], now)
        while not self.counts_in_turn and (match := re.search(rb'! U1 getvar "([^"]*)"\r\n', self.buffer)):
            self.buffer = self.buffer[:match.start()] + self.buffer[match.end():]
            self._say_count(match[1], now)
        if len(self.queue) < self.DRAWN_AHEAD:  # what is no word is drawn, or outside a format means nothing
            drawn, self.buffer = self.buffer[:-self.LONGEST], self.buffer[-self.LONGEST:]
            self.format = None if self.format is None else self.format + drawn

    def _say_status(self, now):
        if self.silent_in_error and not self.is_well:
            return
        remaining = 0 if self.hides_printing else int(self.printing is not None) + len(self.queue)
        partial = self.format is not None or self.buffer.rfind(b"^XA") > self.buffer.rfind(b"^XZ")
        self.say(b"\x02030,%d,%d,1218,%03d,%d,0,%d,000,0,0,0\x03\r\n\x02000,0,%d,%d,1,2,6,0,%08d,1,000\x03\r\n\x021234,0\x03\r\n"
                 % (self.paper_out, self.paused, self.buffer.count(b"^XZ"), self.room() == 0, partial, self.head_open,
                    self.ribbon_out, remaining), now)

    def _say_count(self, variable, now):
        if self.silent_in_error and not self.is_well:
            return
        if self.counts and variable == b"odometer.total_label_count":
            self.say(b'"%d"' % self.odometer, now)
        elif self.says_no_count:
            self.say(b'"?"', now)

    @staticmethod
    def job(name, dots):
        return b"^XA^FO10,10^FD<" + name + b">^FS^FO10,50^GFA,%d,%d,1,%s^FS^FO10,1000^FD<" % (
            2 * len(dots), len(dots), dots.hex().upper().encode()) + name + b">^FS^PQ1,0,0,N^XZ\n"


class Lines(Machine):
    """What its languages have in common: commands one after the other, and dots between them that are counted, so that a
    label that was cut off swallows what comes after it."""

    def forget(self):
        super().forget()
        self.drawn, self.dots = b"", 0  # dots: bytes that are still to come of a picture

    def parse(self, now):
        while self.buffer and (self._take_dots() or self.take_command(now)):
            pass

    def _take_dots(self):
        taken = min(self.dots, len(self.buffer))
        self.dots -= taken
        return taken > 0 and self.drop(taken)

    def drop(self, count):
        self.buffer = self.buffer[count:]
        return True

    def picture(self, match, width, height, end):
        self.dots = int(width) * int(height) + end
        return self.drop(match.end())


class Tspl(Lines):
    """TTP-244 manual: lines; BITMAP's dots; ESC ! ? and ESC ! . at once, but not among dots."""

    name = "tspl"
    BITMAP = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),[012],")

    def take_command(self, now):
        """True when one was taken from the beginning of the buffer."""
        if self.buffer.startswith(b"\x1b!"):
            if len(self.buffer) < 3:
                return False
            self._obey(self.buffer[2:3], now)
            return self.drop(3)
        if match := self.BITMAP.match(self.buffer):
            return self.picture(match, match[3], match[4], 2)
        line, found, _ = self.buffer.partition(b"\r\n")
        if b"\x1b!" in line:
            return self.drop(self.buffer.find(b"\x1b!"))
        if not found:
            return False
        self.drop(len(line) + 2)
        if line == b"CLS":
            self.drawn = b""
        elif match := re.fullmatch(rb"PRINT (\d+)(?:,(\d+))?", line):
            self.take_label(self.drawn, int(match[1]) * int(match[2] or 1))
        else:
            self.drawn += line
        return True

    def _obey(self, sign, now):
        if sign == b"?":
            bits = self.head_open | self.paper_out << 2 | self.ribbon_out << 3 | self.paused << 4
            self.say(bytes([bits | bool(self.printing or self.queue) << 5]), now)
        elif sign == b".":
            self.queue, self.drawn = [], b""

    @staticmethod
    def job(name, dots):
        return (b"SIZE 100 mm,150 mm\r\nGAP 2 mm,0 mm\r\nCLS\r\nTEXT 10,10,\"1\",0,1,1,\"<" + name +
                b">\"\r\nBITMAP 0,0,1,%d,0," % len(dots) + dots + b"\r\nTEXT 10,900,\"1\",0,1,1,\"<" + name + b">\"\r\nPRINT 1,1\r\n")


class EscPos(Lines):
    """Epson's manual: DLE EOT n is answered at once, wherever it stands, in dots too; GS r n when its turn has come.
    clears: DLE DC4 8 drops what is in the buffer; many that speak it do not know that."""

    name = "escpos"
    AT_ONCE = re.compile(rb"\x10\x04[\x01-\x04]|\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08")
    RASTER = re.compile(rb"\x1dv0.(..)(..)", re.DOTALL)
    LONGEST = 10

    def __init__(self, random, counts):
        super().__init__(random, counts)
        self.clears = random.random() < 0.5

    def forget(self):
        super().forget()
        self.before = b""

    def feed(self, data, now):
        if not self.is_on:
            return
        seen, self.before = self.before + data, (self.before + data)[-self.LONGEST + 1:]
        new = len(seen) - len(data)  # a command ends in what is new
        for match in self.AT_ONCE.finditer(seen):
            if match.end() <= new:
                continue
            if match[0][1] == 0x04:
                self._say_realtime(match[0][2], now)
            elif self.clears:
                data = seen[match.end():]
                self.buffer, self.drawn, self.dots, self.queue = b"", b"", 0, []
        super().feed(data, now)

    def _say_realtime(self, number, now):
        offline = not self.is_well
        bits = {1: offline << 3, 2: self.head_open << 2 | self.paper_out << 5 | self.ribbon_out << 6, 3: 0,
                4: 0x60 if self.paper_out else 0}[number]
        self.say(bytes([0x12 | bits]), now)

    def take_command(self, now):
        first = self.buffer[:2]
        if first in (b"\x1d", b"\x1b", b"\x10"):
            return False
        if first == b"\x10\x04":
            return len(self.buffer) >= 3 and self.drop(3)
        if first == b"\x10\x14":
            return len(self.buffer) >= self.LONGEST and self.drop(self.LONGEST)
        if first == b"\x1dr":
            if len(self.buffer) < 3 or self.printing or self.queue:
                return False
            self.say(b"\x0c" if self.paper_out else b"\x00", now)
            return self.drop(3)
        if first == b"\x1dv":
            if len(self.buffer) < 8:
                return False
            match = self.RASTER.match(self.buffer)
            if not match:
                return self.drop(2)
            return self.picture(match, int.from_bytes(match[1], "little"), int.from_bytes(match[2], "little"), 0)
        if first == b"\x1dV" or self.buffer[0] == 0x0C:
            if first == b"\x1dV" and len(self.buffer) < 4:
                return False
            self.take_label(self.drawn, 1)
            self.drawn = b""
            return self.drop(4 if first == b"\x1dV" else 1)
        if first == b"\x1b@":
            self.drawn = b""
            return self.drop(2)
        self.drawn += self.buffer[:1]
        return self.drop(1)

    @staticmethod
    def job(name, dots):
        return (b"\x1b@<" + name + b">\n\x1dv0\0\x01\0" + len(dots).to_bytes(2, "little") + dots + b"<" + name + b">\n" +
                (b"\x0c" if len(dots) % 2 else b"\x1dVB\0"))


class Cpcl(Lines):
    """CPCL manual, 11: ESC h is answered when what came before it is done; not inside a session."""

    name = "cpcl"
    DOTS = re.compile(rb"CG (\d+) (\d+) \d+ \d+ ")

    def forget(self):
        super().forget()
        self.copies = 0  # in a session: how many of it

    def take_command(self, now):
        if not self.copies and self.buffer.startswith(b"\x1b"):
            if len(self.buffer) < 2 or (self.buffer[1:2] == b"h" and (self.printing or self.queue) and self.is_well):
                return False
            if self.buffer[1:2] == b"h":
                bits = int(bool(self.printing or self.queue)) | self.paper_out << 1 | self.head_open << 2
                self.say(bytes([bits]), now)
            return self.drop(2)
        if match := self.DOTS.match(self.buffer):
            return self.picture(match, match[1], match[2], 2)
        line, found, _ = self.buffer.partition(b"\r\n")
        if not found:
            at = self.buffer.find(b"\x1b")
            return not self.copies and at > 0 and self.drop(at)
        self.drop(len(line) + 2)
        if match := re.fullmatch(rb".*! \d+ \d+ \d+ \d+ (\d+)", line, re.DOTALL):
            self.copies, self.drawn = int(match[1]), b""
        elif line == b"PRINT" and self.copies:
            self.take_label(self.drawn, self.copies)
            self.copies = 0
        elif self.copies:
            self.drawn += line
        return True

    @staticmethod
    def job(name, dots):
        return (b"! 0 200 200 1200 1\r\nPAGE-WIDTH 800\r\nTEXT 4 0 0 0 <" + name + b">\r\nCG 1 %d 0 50 " % len(dots) + dots +
                b"\r\nTEXT 4 0 0 900 <" + name + b">\r\nFORM\r\nPRINT\r\n")


class Epl(Lines):
    """EPL2 manual: lines; GW's dots; ^ee says what is wrong, 00 nothing."""

    name = "epl"
    DOTS = re.compile(rb"GW\d+,\d+,(\d+),(\d+),")

    def take_command(self, now):
        if match := self.DOTS.match(self.buffer):
            return self.picture(match, match[1], match[2], 1)
        line, found, _ = self.buffer.partition(b"\n")
        if not found:
            return False
        self.drop(len(line) + 1)
        line = line.rstrip(b"\r")
        if line == b"N":
            self.drawn = b""
        elif line == b"^ee":
            self.say(b"%s\r\n" % (b"07" if self.paper_out or self.ribbon_out else b"11" if self.head_open else b"00"), now)
        elif match := re.fullmatch(rb"P(\d+)", line):
            self.take_label(self.drawn, int(match[1]))
        else:
            self.drawn += line
        return True

    @staticmethod
    def job(name, dots):
        return (b"\nN\nq800\nQ1200,16\nA10,10,0,1,1,1,N,\"<" + name + b">\"\nGW0,50,1,%d," % len(dots) + dots +
                b"\nA10,900,0,1,1,1,N,\"<" + name + b">\"\nP1\n")


ALL = (Zpl, Tspl, EscPos, Cpcl, Epl)
