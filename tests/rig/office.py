"""Head office in a folder, and a stand-in of a box that speaks with it. The database is SQLite's, or a schema of the PostgreSQL
database that $HEAD_OFFICE_DATABASE names."""

import json
import os
import pathlib
import socket
import tempfile
import time
import zlib

from rig import database, sample
from rig.process import Program, RigError, command
import wire_frame as wire

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HQ = ROOT / os.environ.get("OUT", "build") / "floorhand-hq"
SITE, BOX = "hz-07", "box-7f3a"


def equal(got, expected):
    assert got == expected, f"got {got!r}, expected {expected!r}"


def tests_of(tap):
    """A decorator: runs a function with a new office at once; what it raises is its fault."""
    def test(name):
        def run(function):
            try:
                with tempfile.TemporaryDirectory() as folder:
                    function(Office(pathlib.Path(folder)))
                tap.check(name)
            except (AssertionError, RigError, OSError, ValueError, KeyError) as fault:
                tap.check(name, [f"{type(fault).__name__}: {line}" for line in str(fault).splitlines()] or [repr(fault)])
        return run
    return test


class Office:
    """A head office in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.database = database.choose(folder / "head-office.db")

    def call(self, *arguments):
        return command([HQ, *arguments, "--database", self.database])

    def run(self, *arguments):
        """The objects it printed."""
        code, out, err = self.call(*arguments)
        assert code == 0 and not err, f"{' '.join(map(str, arguments))}: {code} {err}"
        return [json.loads(line) for line in out.splitlines()]

    def refused(self, expected_code, *arguments):
        """The one sentence."""
        code, out, err = self.call(*arguments)
        equal((code, out), (expected_code, ""))
        assert err.startswith("floorhand-hq: ") and err.count("\n") == 1, err
        return err[len("floorhand-hq: "):].rstrip("\n")

    def rows(self, sql):
        return database.rows(self.database, sql)

    def run_sql(self, sql):
        """What only another version, or a fault, would write."""
        database.write(self.database, sql)

    def furnish(self, orders=3):
        self.run("site", "add", SITE, "--box", BOX)
        for what, path in sample.write_master(self.folder):
            self.run("import", what, path)
        self.run("import", "orders", sample.write_orders(self.folder / "orders.csv", sample.orders(orders)))

    def serve(self, port, *more):
        return Program("floorhand-hq", [HQ, "--database", self.database, "serve", "--port", port, *more], self.folder,
                       notifies=True)


# ---------------------------------------------------------------- a box


def text_field(text):
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


def var_int(number):
    out = b""
    while True:
        number, digit = divmod(number, 128)
        out += bytes([digit | (128 if number else 0)])
        if not number:
            return out


class Box:
    """Speaks just enough MQTT 5 (OASIS standard, sections 3.1 to 3.9), and signs with a key of its own."""

    def __init__(self, port, site=SITE, box=BOX, before="", user=None, password=""):
        """before: what stands before every topic. user: None comes without a name."""
        self.site, self.box = site, box
        self.key = os.urandom(32)
        self.journal = [wire.chain_begin(site, 1, 0, 0, None, "")]  # the hash after each number
        self.feed = wire.chain_begin(site, 0, 0, 0, None, "")
        self.office_topic = f"{before}fh1/hq/st"
        self.prefix = f"{before}fh1/{zlib.crc32(site.encode()) & 63:02x}/{box}"
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.raw = b""
        self.segments, self.controls, self.office = [], [], []
        who = text_field(user) + text_field(password) if user else b""
        self._packet(0x10, text_field("MQTT") + (b"\5\xc2" if user else b"\5\2") + b"\0\0\0" + text_field(box) + who)
        self._await(0x20)
        for number, topic in enumerate((f"{self.prefix}/dn/+", self.office_topic), 1):
            self._packet(0x82, number.to_bytes(2, "big") + b"\0" + text_field(topic) + b"\1")
            self._await(0x90)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def _packet(self, first, body):
        self.socket.sendall(bytes([first]) + var_int(len(body)) + body)

    def _bytes(self, count):
        while len(self.raw) < count:
            got = self.socket.recv(65536)
            if not got:
                raise RigError("the broker closed the connection")
            self.raw += got
        out, self.raw = self.raw[:count], self.raw[count:]
        return out

    def _read_var_int(self):
        number, shift = 0, 0
        while True:
            digit = self._bytes(1)[0]
            number |= (digit & 127) << shift
            shift += 7
            if digit < 128:
                return number

    def _read(self):
        """Takes one packet; a message goes where it belongs. Returns the packet's kind."""
        first = self._bytes(1)[0]
        body = self._bytes(self._read_var_int())
        if first & 0xF0 != 0x30:
            return first & 0xF0
        size = int.from_bytes(body[:2], "big")
        topic, at = body[2:2 + size].decode(), 2 + size
        if first & 6:
            self._packet(0x40, body[at:at + 2])
            at += 2
        payload = body[at + 1 + body[at]:]
        if topic == self.office_topic:
            self.office.append(json.loads(payload)["data"])
        elif topic.endswith("/dn/seg"):
            self.segments.append([json.loads(line) for line in wire.lines_of(payload)])
        else:
            event = json.loads(payload)
            self.controls.append((event["type"].split(".")[-2], event["data"]))
        return 0x30

    def _await(self, kind):
        while self._read() != kind:
            pass

    def wait(self, condition, what, seconds=10.0):
        """Reads until the condition holds; returns what it gave."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            if left <= 0:
                raise RigError(f"{what}: not within {seconds:g} s")
            self.socket.settimeout(left)
            try:
                self._read()
            except TimeoutError:
                pass
        return condition()

    def publish(self, channel, payload):
        self._packet(0x32, text_field(f"{self.prefix}/up/{channel}") + b"\0\1\0" + payload)

    def control(self, name, **data):
        self.publish("ctl", wire.signed(self.key, json.dumps({
            "specversion": "1.0", "id": "x" * 26, "source": f"//floorhand/site/{self.site}",
            "type": f"io.floorhand.sync.{name}.v1", "time": "2026-03-04T09:15:22.481Z",
            "datacontenttype": "application/json", "data": {"site": self.site, **data}})).encode())

    def hello(self):
        """Of a box that has said and heard nothing yet."""
        self.controls.clear()
        self.control("hello", nonce="0123456789abcdefghjkmnpqrs", gen="", box=self.box, hardware="0" * 32, epoch=1,
                     last_seq=0, applied=0, feed_seq=0, feed_hash=self.feed.hex(), boot=1, schema=1)

    def welcome(self):
        return self.wait(lambda: [data for name, data in self.controls if name == "welcome"], "a welcome")[-1]

    def changes(self):
        return [change for segment in self.segments for change in segment]

    def send(self, lines):
        """The first lines of the journal."""
        self.controls.clear()
        for seq, line in enumerate(lines[len(self.journal) - 1:], len(self.journal)):
            self.journal.append(wire.chain_next(self.journal[-1], 1, seq, line.encode()))
        self.publish("seg", wire.frame(self.key, b"".join(line.encode() + b"\n" for line in lines), epoch=1, site=self.site,
                                       box=self.box, prev_hash=self.journal[0], last_hash=self.journal[len(lines)],
                                       key_id=wire.key_id(wire.public_key(self.key))))

    def acked(self, seq):
        return self.wait(lambda: [data for name, data in self.controls if name == "ack" and data["applied"] >= seq],
                         f"the ack of {seq}")[-1]


def event_line(seq, name, data):
    return (f'{{"specversion":"1.0", "id":"e{seq}","source":"//floorhand/site/{SITE}","type":"io.floorhand.{name}.v1",'
            f'"time":"2026-03-04T09:15:22.481Z","sequence":"{1:010}-{seq:016}","data":{json.dumps(data)}}}')


def sequence(changes):
    return [int(change["sequence"].split("-")[1]) for change in changes]
