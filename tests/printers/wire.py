"""A serial line in virtual time: so many bytes a second, and a queue on this side."""

from printers.machine import MS

PIECE = 64  # bytes that arrive together


class Wire:
    """holds: flow control keeps what a printer without power does not take; else that is lost."""

    CAPACITY = 4095

    def __init__(self, machine, baud, holds):
        self.machine, self.us_per_byte, self.holds = machine, 10_000_000 / baud, holds
        self.waiting, self.due = b"", None
        self.is_broken = False  # nothing arrives, either way
        self.loses, self.has_lost = 0, False  # bytes of what comes next

    def room(self):
        return self.CAPACITY - len(self.waiting)

    def write(self, data, now):
        self.waiting += data
        self._plan(now)

    def clear(self):
        self.waiting, self.due = b"", None

    def next_wake(self):
        return self.due

    def _plan(self, now):
        if self.waiting and self.due is None:
            self.due = now + int(min(len(self.waiting), PIECE) * self.us_per_byte) + 1

    def tick(self, now):
        """True when bytes have got lost."""
        if self.due is None or now < self.due:
            return False
        self.due = None
        if self.holds and not self.machine.is_on and not self.is_broken:
            self.due = now + 50 * MS
            return False
        room = PIECE if self.is_broken or not self.machine.is_on else self.machine.room()
        piece = self.waiting[:min(PIECE, room)]
        self.waiting = self.waiting[len(piece):]
        if piece:
            self._plan(now)
        else:
            self.due = now + 10 * MS
        lost, self.loses = min(self.loses, len(piece)), max(0, self.loses - len(piece))
        if not self.is_broken:
            self.machine.feed(piece[lost:], now)
        spoils = lost > 0 or (self.is_broken and bool(piece))
        self.has_lost |= spoils
        return spoils
