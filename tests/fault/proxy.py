"""A network that can be made bad: a TCP proxy before a port of this machine, with one weather at a time.

TCP hides loss, so to a program a bad network is a late, stalled, silent or reset connection. What a bad broker does (it loses
messages that it has acknowledged, sends them twice or in another order) is done to the MQTT packets themselves."""

import collections
import random
import selectors
import socket
import struct
import threading
import time

PUBLISH, PUBACK = 3, 4  # MQTT 5.0, table 2-1


class Clear:
    """Every weather: `cuts` ends the connections that are open when it begins; `reaches` says whether the broker is
    connected to at all; take() returns when (monotonic) each piece goes on; `holds` names the ways that stand still."""

    cuts = False
    reaches = True
    holds = ()

    def take(self, way, data, now):
        return [(now, data)]


class Late(Clear):
    """800 ms, give or take 400, each way."""

    def take(self, way, data, now):
        return [(now + random.uniform(0.4, 1.2), data)]


class Rough(Clear):
    """What loss looks like from above TCP: stalls, and connections that are reset."""

    def take(self, way, data, now):
        if random.random() < 0.02:
            way.line.reset()
            return []
        return [(now + (random.uniform(0.2, 2) if random.random() < 0.1 else 0), data)]


class Mixed(Clear):
    """A broker that loses 30 % of the messages after it has acknowledged them, sends 10 % twice, and 25 % after their
    successor."""

    cuts = True  # a connection is followed from its first packet

    def take(self, way, data, now):
        packets, way.rest = split_packets(way.rest + data)
        out = []
        for packet in packets:
            if packet[0] >> 4 != PUBLISH:
                out.append((now, packet))
            elif random.random() < 0.3 and packet[0] & 6:
                way.back.put(now, bytes([PUBACK << 4, 2]) + packet_id(packet))
            else:
                due = now + (0.2 if random.random() < 0.25 else 0)
                out += [(due, packet)] * (2 if random.random() < 0.1 else 1)
        return out

    in_order = False


class Silent(Clear):
    """Half open: connections are accepted, and nothing is ever said."""

    cuts = True
    reaches = False

    def take(self, way, data, now):
        return []


class Reset(Silent):
    """Accepted, and reset at the first byte: in the middle of TLS's greeting."""

    def take(self, way, data, now):
        way.line.reset()
        return []


class Slow(Clear):
    """A broker that says a byte every 1.5 seconds."""

    cuts = True

    def take(self, way, data, now):
        if way.up:
            return [(now, data)]
        start = max(now, way.last_due)
        return [(start + 1.5 * number, data[number - 1:number]) for number in range(1, len(data) + 1)]


class Deaf(Clear):
    """What the broker says does not arrive."""

    holds = ("down",)


class Mute(Clear):
    """What the link says does not arrive."""

    holds = ("up",)


def split_packets(data):
    """(whole MQTT packets, what is left)"""
    packets = []
    while len(data) >= 2:
        length = shift = 0
        at = 1
        while at < len(data):
            digit = data[at]
            length |= (digit & 127) << shift
            shift += 7
            at += 1
            if digit < 128:
                break
        else:
            break
        if len(data) < at + length:
            break
        packets.append(data[:at + length])
        data = data[at + length:]
    return packets, data


def packet_id(publish):
    at = 1
    while publish[at] >= 128:
        at += 1
    at += 1
    size = int.from_bytes(publish[at:at + 2], "big")
    return publish[at + 2 + size:at + 4 + size]


class Way:
    """One direction of a connection."""

    def __init__(self, line, source, sink, up):
        self.line, self.source, self.sink, self.up = line, source, sink, up
        self.back = None  # the other way
        self.held = collections.deque()  # (due, bytes); None: the end
        self.out = self.rest = b""
        self.last_due = 0.0

    def put(self, due, data):
        if getattr(self.line.proxy.weather, "in_order", True):
            due = self.last_due = max(due, self.last_due)
            self.held.append((due, data))
        else:
            self.held.append((due, data))
            self.held = collections.deque(sorted(self.held, key=lambda piece: piece[0]))

    def read(self):
        try:
            data = self.source.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        now = time.monotonic()
        if not data:
            self.line.proxy.selector.unregister(self.source)
            self.put(now, None)
            return
        for due, piece in self.line.proxy.weather.take(self, data, now):
            self.put(due, piece)

    def flush(self, now):
        if ("up" if self.up else "down") in self.line.proxy.weather.holds:
            return
        while self.held and self.held[0][0] <= now:
            piece = self.held.popleft()[1]
            if piece is None:
                self.line.close()
                return
            self.out += piece
        if self.out and self.sink:
            try:
                self.out = self.out[self.sink.send(self.out):]
            except BlockingIOError:
                pass
            except OSError:
                self.line.close()


class Line:
    """One connection of a client, and ours to the broker."""

    def __init__(self, proxy, client):
        self.proxy = proxy
        self.sockets = [client]
        self.ways = []
        server = None
        if proxy.weather.reaches:
            server = socket.create_connection(("127.0.0.1", proxy.target), timeout=1)
            self.sockets.append(server)
        for end in self.sockets:
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ways = [Way(self, client, server, True)] + ([Way(self, server, client, False)] if server else [])
        for way in self.ways:
            way.back = self.ways[-1] if way.up else self.ways[0]
            proxy.selector.register(way.source, selectors.EVENT_READ, way.read)

    def close(self):
        for end in self.sockets:
            try:
                self.proxy.selector.unregister(end)
            except (KeyError, ValueError):
                pass
            end.close()
        self.sockets = []
        self.ways = []
        self.proxy.lines.discard(self)

    def reset(self):
        for end in self.sockets:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


class Proxy(threading.Thread):
    """Listens on a port of its own, .port, and carries to .target as the weather allows."""

    def __init__(self, target):
        super().__init__(daemon=True)
        self.target = target
        self.weather = Clear()
        self.lines = set()
        self.accepted = 0
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.asked = collections.deque()  # what other threads want done
        self.ending = False
        self.selector.register(self.listener, selectors.EVENT_READ, self._accept)
        self.start()

    def _accept(self):
        client = self.listener.accept()[0]
        self.accepted += 1
        try:
            self.lines.add(Line(self, client))
        except OSError:
            client.close()  # there is no broker

    def run(self):
        while not self.ending:
            for key, _ in self.selector.select(0.005):
                if key.fileobj.fileno() >= 0:  # not closed by what was done before it
                    key.data()
            while self.asked:
                self.asked.popleft()()
            now = time.monotonic()
            for line in list(self.lines):
                for way in line.ways:
                    way.flush(now)

    def turn(self, weather):
        """Changes the weather; returns when it is so."""
        done = threading.Event()

        def change():
            self.weather = weather
            if weather.cuts:
                for line in list(self.lines):
                    line.reset()
            done.set()
        self.asked.append(change)
        done.wait()

    def close(self):
        self.ending = True
        self.join()
        for line in list(self.lines):
            line.close()
        self.listener.close()
        self.selector.close()
