"""Scanners that wait to be told what became of a scan, written from their makers' documents.

Nothing here runs by itself: scan() sends and waits, so a test sees each answer at the instant it comes."""

import time

from rig.cable import Cable

GOOD, BAD, TAKEN, SILENCE, DENIED = "good", "bad", "taken", "silence", "denied"


class WaitingScanner:
    def __init__(self):
        self.cable = Cable()
        self.path = self.cable.path
        self.taken = bytearray()  # received, not yet looked at

    def send(self, data):
        self.cable.send(data)

    def scan(self, text, seconds=5.0):
        """GOOD, BAD, TAKEN (without a tone), DENIED or SILENCE: what the worker hears."""
        self.send(self.message(text))
        return self.answer(seconds)

    def more(self, deadline):
        data = self.cable.receive(deadline - time.monotonic())
        self.taken += data
        return bool(data)

    def forget(self):
        """Switched off and on again: what was under way is forgotten."""
        while self.cable.receive(0):
            pass
        self.taken.clear()

    unplug = forget

    def close(self):
        self.cable.close()


class HoneywellScanner(WaitingScanner):
    """ESC 7 , is the good-read tone, ESC 8 , the error tone (Xenon 1900 User's Guide, host ACK)."""

    options = "scanner_driver = serial\nscanner_answer = honeywell\n"
    answers = {b"\x1b7,": GOOD, b"\x1b8,": BAD}
    beeps = True

    def message(self, text):
        return text.encode() + b"\r"

    def answer(self, seconds):
        deadline = time.monotonic() + seconds
        while True:
            for said, meaning in self.answers.items():
                if self.taken[:len(said)] == said:
                    del self.taken[:len(said)]
                    return meaning
            if len(self.taken) >= 3 or (self.taken and bytes(self.taken) not in (b"\x1b", b"\x1b7", b"\x1b8")):
                raise ValueError(f"heard {bytes(self.taken)!r}")
            if not self.more(deadline):
                return SILENCE


class AckScanner(HoneywellScanner):
    """Sends, and waits for ACK; NAK would have it send again (LS 9208 Product Reference Guide, ACK/NAK)."""

    options = "scanner_driver = serial\nscanner_answer = ack-nak\n"
    answers = {b"\x06": TAKEN}
    beeps = False


class SsiScanner(WaitingScanner):
    """Simple Serial Interface: packets with a checksum, each answered by ACK or NAK (SE-923 Integration Guide,
    chapter 6)."""

    options = "scanner_driver = ssi\n"
    beeps = True

    ACK, NAK, BEEP, DECODED = 0xD0, 0xD1, 0xE6, 0xF3
    DECODER, HOST = 0, 4
    RETRANSMIT = 1
    CODE_128 = 3
    TONES = {0x00: GOOD, 0x10: BAD}  # one short high beep, two long low ones

    @classmethod
    def packet(cls, opcode, data=b"", status=0):
        body = bytes([4 + len(data), opcode, cls.DECODER, status]) + data
        return body + (-sum(body) & 0xFFFF).to_bytes(2, "big")

    def message(self, text, again=False):
        return self.packet(self.DECODED, bytes([self.CODE_128]) + text.encode(), self.RETRANSMIT if again else 0)

    def next_packet(self, deadline):
        """(opcode, data), None when nothing came."""
        while len(self.taken) < 6 or len(self.taken) < self.taken[0] + 2:
            if not self.more(deadline):
                return None
        length = self.taken[0]
        body, checksum = bytes(self.taken[:length]), bytes(self.taken[length:length + 2])
        del self.taken[:length + 2]
        if (-sum(body) & 0xFFFF).to_bytes(2, "big") != checksum or body[2] != self.HOST:
            raise ValueError(f"a wrong packet from the host: {body.hex(' ')}")
        return body[1], body[4:]

    def acknowledged(self, seconds):
        """Only the answer to the packet, at the instant it comes: True for ACK, False for NAK, None for none."""
        found = self.next_packet(time.monotonic() + seconds)
        return found and {self.ACK: True, self.NAK: False}.get(found[0], found)

    def tone(self, seconds=5.0):
        found = self.next_packet(time.monotonic() + seconds)
        if not found or found[0] != self.BEEP:
            return found
        self.send(self.packet(self.ACK))
        return self.TONES.get(found[1][0], found)

    def answer(self, seconds):
        taken = self.acknowledged(seconds)
        if taken is None:
            return SILENCE
        tone = self.tone()
        return tone if taken else DENIED
