"""Somebody at the broker who tries what he may: just enough MQTT 5 (OASIS standard, sections 3.1 to 3.9), over a bare socket, so that
every reason the broker gives is seen. Nothing of ours, and no library's good manners."""

import socket
import time

from rig.office import text_field, var_int

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, DISCONNECT = 1, 2, 3, 4, 8, 9, 14


class Guest:
    """Use it in a with statement. refused: the reason of CONNACK, 0 when it let us in."""

    def __init__(self, port, user, password, client="", keep=False):
        """keep: goes on with a session of that client identifier, if the broker has one."""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.heard, self.number, self.ended = [], 0, False
        flags = 0xC0 | (0 if keep else 2)
        body = text_field("MQTT") + bytes([5, flags]) + (60).to_bytes(2, "big") + b"\0" + text_field(client)
        self._send(CONNECT << 4, body + text_field(user) + text_field(password))
        kind, said = self._packet()
        self.refused = said[1] if kind >> 4 == CONNACK else -1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _send(self, kind, body):
        self.socket.sendall(bytes([kind]) + var_int(len(body)) + body)

    def _bytes(self, count):
        out = b""
        while len(out) < count:
            piece = self.socket.recv(count - len(out))
            if not piece:
                self.ended = True
                raise EOFError
            out += piece
        return out

    def _packet(self):
        kind, length, shift = self._bytes(1)[0], 0, 0
        while True:
            digit = self._bytes(1)[0]
            length |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                return kind, self._bytes(length)

    def _take(self, kind, said):
        if kind >> 4 != PUBLISH:
            return
        length = int.from_bytes(said[:2], "big")
        topic, rest = said[2:2 + length].decode(), said[2 + length:]
        if kind & 6:
            self._send(PUBACK << 4, rest[:2])
            rest = rest[2:]
        self.heard.append((topic, rest[1 + rest[0]:]))

    def _answer(self, wanted):
        """The last byte's reason of the packet that is waited for; messages that come meanwhile are heard."""
        while True:
            kind, said = self._packet()
            if kind >> 4 == wanted:
                return said
            self._take(kind, said)

    def subscribe(self, topic):
        """The broker's reason: below 128 it says that it will."""
        self.number += 1
        self._send(SUBSCRIBE << 4 | 2, self.number.to_bytes(2, "big") + b"\0" + text_field(topic) + b"\1")
        return self._answer(SUBACK)[-1]

    def publish(self, topic, payload, retain=False):
        """0 or 16: it took it."""
        self.number += 1
        self._send(PUBLISH << 4 | 2 | retain, text_field(topic) + self.number.to_bytes(2, "big") + b"\0" + payload)
        said = self._answer(PUBACK)
        return said[2] if len(said) > 2 else 0

    def listen(self, seconds):
        """What it has heard by then."""
        end = time.monotonic() + seconds
        while not self.ended and time.monotonic() < end:
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                self._take(*self._packet())
            except (TimeoutError, EOFError, ConnectionError):
                break
        self.socket.settimeout(10)
        return self.heard
