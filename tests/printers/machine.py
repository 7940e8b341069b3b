"""What all printers have in common: paper, power, a buffer, an engine that takes its time, a count of labels."""

import re

MS, SECOND = 1000, 1_000_000
MARK = re.compile(rb"<([\w.+-]+)>")  # what names a label in its own data: where it begins, and where it ends


class Label:
    def __init__(self, data):
        names = MARK.findall(data)
        self.name = names[0].decode() if len(names) == 2 and names[0] == names[1] else None  # None: it is spoilt
        self.size = len(data)
        self.interrupted = False  # by a fault in the middle of it


class Machine:
    """feed() takes bytes, tick() lets time pass, answers() are what it says meanwhile. Everything that came out whole is in
    .out, by name; what was interrupted in .torn."""

    CAPACITY = 4096
    answers_in_error = True

    def __init__(self, random, counts):
        self.random, self.counts = random, counts
        self.out, self.torn = [], []
        self.odometer = random.randrange(1, 100000)
        self.count_is_stuck = False  # it answers, and always the same
        self.is_on, self.comes_on = True, None
        self.paper_out = self.ribbon_out = self.head_open = self.paused = False
        self.mute = self.garbage = False
        self.late_us = 0
        self.splits = False
        self.paper_left = None  # labels until the paper is out; None: enough
        self._says = []
        self.forget()

    # ------------------------------------------------------------ power and line

    def forget(self):
        """What is lost with the power."""
        self.buffer, self.queue, self.printing, self.ends = b"", [], None, None

    def power_off(self, now, for_us):
        if self.printing:
            self.torn.append(self.printing.name)
        self.forget()
        self._says = []
        self.is_on, self.comes_on = False, now + for_us

    def room(self):
        used = len(self.buffer) + sum(label.size for label in self.queue)
        return max(0, self.CAPACITY - used) if self.is_on else self.CAPACITY

    def feed(self, data, now):
        if self.is_on:
            self.buffer += data
            self.parse(now)
            self._start(now)

    # ------------------------------------------------------------ printing

    @property
    def is_well(self):
        return self.is_on and not (self.paper_out or self.ribbon_out or self.head_open or self.paused)

    def take_label(self, data, copies):
        self.queue += [Label(data) for _ in range(copies)]

    def _start(self, now):
        if not self.printing and self.queue and self.is_well:
            self.printing = self.queue.pop(0)
            self.ends = now + self.random.randrange(150, 600) * MS

    def _finish(self):
        self.out.append(self.printing.name)
        self.odometer += not self.count_is_stuck
        self.printing = self.ends = None

    def interrupt(self):
        """A fault in the middle of a label: when it is put right, the printer prints that label again by itself."""
        if self.printing:
            self.torn.append(self.printing.name)
            self.printing.interrupted = True
            self.queue.insert(0, self.printing)
            self.printing = self.ends = None

    def _run_out(self):
        if self.paper_left == 0 and self.printing:
            self.paper_left, self.paper_out = None, True
            self.interrupt()

    def tick(self, now):
        if not self.is_on and self.comes_on <= now:
            self.is_on, self.comes_on = True, None
            self.start_up()
        while self.is_on:
            self._run_out()
            if self.printing and not self.is_well:
                self.interrupt()
            if not self.printing or self.ends > now:
                break
            then = self.ends
            if self.paper_left:
                self.paper_left -= 1
            self._finish()
            self.parse(then)
            self._start(then)
        self._start(now)
        self.parse(now)

    def start_up(self):
        """Comes back with paper and closed head, as whoever stood before it left it."""

    # ------------------------------------------------------------ what it says

    def say(self, data, now):
        if self.mute or not self.is_on:
            return
        if self.garbage:
            data = bytes(self.random.randrange(256) for _ in range(len(data)))
        due = now + self.random.randrange(2, 30) * MS + self.random.randrange(self.late_us + 1)
        cut = self.random.randrange(len(data)) if self.splits else 0
        for part, delay in ((data[:cut], 0), (data[cut:], 200 * MS if cut else 0)):
            if part:
                self._says.append((due + delay, part))
        self._says.sort(key=lambda said: said[0])

    def answers(self, now):
        due = [data for when, data in self._says if when <= now]
        self._says = [said for said in self._says if said[0] > now]
        return due

    def next_wake(self):
        moments = [when for when, _ in self._says] + [self.ends, self.comes_on]
        return min((moment for moment in moments if moment is not None), default=None)
