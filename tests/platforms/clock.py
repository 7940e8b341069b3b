"""The stand-in's clock: the machine's, moved and perhaps made faster. Local time of the platforms is GMT+8."""

import calendar
import re
import time

CHINA = 8 * 3600


class Clock:
    """at, rate: from now on it goes on from `at` (unix seconds), `rate` times as fast as the machine's."""

    def __init__(self, at=None, rate=1.0):
        self.set(at, rate)

    def set(self, at=None, rate=1.0):
        self.start, self.mono, self.rate = time.time() if at is None else at, time.monotonic(), rate

    def skew(self, seconds):
        self.set(self.start + (time.monotonic() - self.mono) * self.rate + seconds, self.rate)

    def exact(self):
        return self.start + (time.monotonic() - self.mono) * self.rate

    def now(self):
        return int(self.exact())


def local(seconds):
    """yyyy-MM-dd HH:mm:ss in China; nothing for what has not happened."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds + CHINA)) if seconds else ""


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) if seconds else None


def read_local(text):
    """Returns unix seconds, or None when it is no such time. JD's form with .SSS+0800 behind it is taken, too."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(\.\d{3}\+0800)?", text or "")
    return _seconds(found, CHINA) if found else None


def read_utc(text):
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(Z|\+00:00)?", text or "")
    return _seconds(found, 0) if found else None


def _seconds(found, zone):
    parts = tuple(int(found[group]) for group in range(1, 7))
    try:
        time.strptime("%d-%d-%d %d:%d:%d" % parts, "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
    return calendar.timegm((*parts, 0, 0, 0)) - zone


def read_count(text):
    """Returns a number that has only digits, or None."""
    text = str(text)
    return int(text) if re.fullmatch(r"\d{1,18}", text) else None
