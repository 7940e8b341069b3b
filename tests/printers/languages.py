"""Machines that understand ZPL, TSPL, ESC/POS, CPCL and EPL, as far as labels, status and counts go."""

import re

from printers.machine import Machine


class Zpl(Machine):
    """ZPL II guide: ~HS, ~JA; Set-Get-Do for the count. hides_printing: the label on its way is in no field of ~HS.
    silent_in_error: newer models do not answer while they have a fault (docs.zebra.com, ~HS)."""

    name = "zpl"
    WORDS = re.compile(rb'~HS|~JA|\^XA|\^XZ|! U1 getvar "([^"]*)"\r\n')

    def __init__(self, random, counts):
        super().__init__(random, counts)
        self.hides_printing, self.silent_in_error = random.random() < 0.5, random.random() < 0.5
        self.says_no_count = random.random() < 0.5

    def forget(self):
        super().forget()
        self.format = None

    def parse(self, now):
        while match := self.WORDS.search(self.buffer):
            word, before = match[0], self.buffer[:match.start()]
            if self.format is not None:
                self.format += before
            self.buffer = self.buffer[match.end():]
            if word == b"^XA":
                self.format = b""
            elif word == b"^XZ" and self.format is not None:
                copies = re.search(rb"\^PQ(\d+)", self.format)
                self.take_label(self.format, int(copies[1]) if copies else 1)
                self.format = None
            elif word == b"~JA":
                self.queue, self.format = [], None
            elif word == b"~HS":
                self._say_status(now)
            elif word.startswith(b"!"):
                self._say_count(match[1], now)
        if self.format is None:
            self.buffer = self.buffer[-60:]  # outside a format other bytes mean nothing

    def _say_status(self, now):
        if self.silent_in_error and not self.is_well:
            return
        remaining = 0 if self.hides_printing else int(self.printing is not None)
        self.say(b"\x02030,%d,%d,1218,%03d,0,%d,0,000,0,0,0\x03\r\n\x02000,0,%d,0,1,2,6,0,%08d,1,000\x03\r\n\x021234,0\x03\r\n"
                 % (self.paper_out, self.paused, len(self.queue), self.format is not None, self.head_open, remaining), now)

    def _say_count(self, variable, now):
        if self.silent_in_error and not self.is_well:
            return
        if self.counts and variable == b"odometer.total_label_count":
            self.say(b'"%d"' % self.odometer, now)
        elif self.says_no_count:
            self.say(b'"?"', now)

    @staticmethod
    def job(name, filler):
        return b"^XA^FO10,10^FD<" + name + b">^FS^FD" + filler + b"^FS^PQ1,0,0,N^XZ\n"


class Tspl(Machine):
    """TTP-244 manual: lines; BITMAP's dots; ESC ! ? and ESC ! . at once, but not among dots."""

    name = "tspl"
    BITMAP = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")

    def forget(self):
        super().forget()
        self.drawn = b""

    def _take_command(self, now):
        """True when one was taken from the beginning of the buffer."""
        if self.buffer.startswith(b"\x1b!"):
            if len(self.buffer) < 3:
                return False
            sign, self.buffer = self.buffer[2:3], self.buffer[3:]
            if sign == b"?":
                bits = self.head_open | self.paper_out << 2 | self.paused << 4 | bool(self.printing or self.queue) << 5
                self.say(bytes([bits]), now)
            elif sign == b".":
                self.queue, self.drawn = [], b""
            return True
        if match := self.BITMAP.match(self.buffer):
            end = match.end() + int(match[3]) * int(match[4]) + 2
            if len(self.buffer) < end:
                return False
            self.buffer = self.buffer[end:]
            return True
        line, found, rest = self.buffer.partition(b"\r\n")
        if not found or b"\x1b!" in line:
            start = self.buffer.find(b"\x1b!")
            if start > 0:
                self.buffer = self.buffer[start:]
                return True
            return False
        self.buffer = rest
        if line == b"CLS":
            self.drawn = b""
        elif line.startswith(b"PRINT "):
            self.take_label(self.drawn, 1)
        else:
            self.drawn += line
        return True

    def parse(self, now):
        while self.buffer and self._take_command(now):
            pass

    @staticmethod
    def job(name, filler):
        dots = filler[:64].ljust(64, b"\xff")
        return (b"SIZE 100 mm,150 mm\r\nGAP 2 mm,0 mm\r\nCLS\r\nTEXT 10,10,\"1\",0,1,1,\"<" + name + b">\"\r\nBITMAP 0,0,8,8,0," +
                dots + b"\r\nPRINT 1,1\r\n")


class EscPos(Machine):
    """Epson's manual: DLE EOT n is answered at once, wherever it stands; GS r n when its turn has come."""

    name = "escpos"
    REALTIME = re.compile(rb"\x10\x04([\x01-\x04])")

    def forget(self):
        super().forget()
        self.drawn = b""

    def feed(self, data, now):
        if self.is_on:
            for match in self.REALTIME.finditer(data):
                self._say_realtime(match[1][0], now)
        super().feed(self.REALTIME.sub(b"", data), now)

    def _say_realtime(self, number, now):
        offline = not self.is_well
        bits = {1: offline << 3, 2: self.head_open << 2 | self.paper_out << 5, 3: 0, 4: 0x60 if self.paper_out else 0}[number]
        self.say(bytes([0x12 | bits]), now)

    def parse(self, now):
        while self.buffer:
            if self.buffer.startswith(b"\x1dr"):
                if len(self.buffer) < 3 or self.printing or self.queue:
                    return
                self.say(b"\x0c" if self.paper_out else b"\x00", now)
                self.buffer = self.buffer[3:]
            elif self.buffer.startswith(b"\x1d") and len(self.buffer) < 2:
                return
            elif self.buffer.startswith(b"\x1bv0"):
                self.buffer = self.buffer[3:]
            elif self.buffer[0] == 0x0C:
                self.take_label(self.drawn, 1)
                self.drawn, self.buffer = b"", self.buffer[1:]
            elif self.buffer.startswith(b"\x1b@"):
                self.drawn, self.buffer = b"", self.buffer[2:]
            else:
                self.drawn, self.buffer = self.drawn + self.buffer[:1], self.buffer[1:]

    @staticmethod
    def job(name, filler):
        return b"\x1b@<" + name + b">\n" + filler.replace(b"\x0c", b"x") + b"\x0c"


class Cpcl(Machine):
    """CPCL manual, 11: ESC h is answered when what came before it is done; not inside a session."""

    name = "cpcl"

    def parse(self, now):
        while self.buffer:
            if self.buffer.startswith(b"\x1bh"):
                if (self.printing or self.queue) and self.is_well:
                    return
                bits = int(bool(self.printing or self.queue)) | self.paper_out << 1 | self.head_open << 2
                self.say(bytes([bits]), now)
                self.buffer = self.buffer[2:]
            elif self.buffer.startswith(b"! "):
                end = self.buffer.find(b"\r\nPRINT\r\n")
                if end < 0:
                    return
                self.take_label(self.buffer[:end], 1)
                self.buffer = self.buffer[end + 9:]
            elif self.buffer in (b"\x1b", b"!"):
                return
            else:
                self.buffer = self.buffer[1:]

    @staticmethod
    def job(name, filler):
        return b"! 0 200 200 1200 1\r\nPAGE-WIDTH 800\r\nTEXT 4 0 0 0 <" + name + b">" + filler + b"\r\nFORM\r\nPRINT\r\n"


class Epl(Machine):
    """EPL2 manual: lines; ^ee says what is wrong, 00 nothing."""

    name = "epl"

    def forget(self):
        super().forget()
        self.drawn = b""

    def parse(self, now):
        while b"\n" in self.buffer:
            line, _, self.buffer = self.buffer.partition(b"\n")
            line = line.rstrip(b"\r")
            if line == b"N":
                self.drawn = b""
            elif line == b"^ee":
                self.say(b"%s\r\n" % (b"07" if self.paper_out else b"11" if self.head_open else b"00"), now)
            elif re.fullmatch(rb"P\d+", line):
                self.take_label(self.drawn, 1)
            else:
                self.drawn += line

    @staticmethod
    def job(name, filler):
        return b"\nN\nq800\nQ1200,16\nA10,10,0,1,1,1,N,\"<" + name + b">" + filler.replace(b"\n", b"x") + b"\"\nP1\n"


ALL = (Zpl, Tspl, EscPos, Cpcl, Epl)
