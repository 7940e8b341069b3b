"""A box where pickers scan as fast as they are answered: each stands before a bin with more pieces of one order line than anybody
scans, so each scan is a durable move of stock from there into his tote. And what asks: a client that keeps its connection. Measures
how soon it is answered, judges nothing."""

import contextlib
import json
import select
import selectors
import socket
import time

from rig import sample
from rig.house import House
from rig.process import RigError, wait_until

PIECES = 500000  # of a line: nobody comes to its end


class Line:
    """A connection that stays open; one request at a time. headers: further ones of each request."""

    def __init__(self, port, headers=""):
        self.port, self.headers, self.raw = port, headers, b""
        self.open()

    def open(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def open_again(self):
        """If the server let it go meanwhile, as nothing was said."""
        if select.select([self.socket], [], [], 0)[0]:
            self.close()
            self.open()

    def close(self):
        self.socket.close()

    def send(self, path, body):
        body = json.dumps(body).encode()
        self.socket.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                            f"Content-Length: {len(body)}\r\n{self.headers}\r\n".encode() + body)

    def receive(self):
        """The answer's body; None while it is not all there."""
        came = self.socket.recv(1 << 16)
        if not came:
            raise RigError("the server closed the connection, and owes an answer")
        self.raw += came
        head, found, body = self.raw.partition(b"\r\n\r\n")
        if not found:
            return None
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return None
        self.raw = body[length:]
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RigError(f"the answer was {(head + body).decode(errors='replace')}")
        return body

    def ask(self, path, body):
        self.open_again()
        self.send(path, body)
        while (answer := self.receive()) is None:
            pass
        return json.loads(answer)


def drive(stations, seconds):
    """Each station scans again as soon as it is answered. A station has a .line and a generator .scan(), which gives (path, body) of each
    request and gets the answer. Returns scans a second, and the milliseconds of each."""
    took, began, scans = [], {}, {}
    with selectors.DefaultSelector() as selector:
        def begin(station):
            began[station] = time.perf_counter()
            scans[station] = station.scan()
            station.line.send(*next(scans[station]))

        start = time.perf_counter()
        for station in stations:
            station.line.open_again()
            selector.register(station.line.socket, selectors.EVENT_READ, station)
            begin(station)
        while scans:
            for key, _ in selector.select():
                station, answer = key.data, key.data.line.receive()
                if answer is None:
                    continue
                try:
                    station.line.send(*scans[station].send(answer))
                except StopIteration:
                    now = time.perf_counter()
                    took.append((now - began[station]) * 1000)
                    del scans[station]
                    if now - start < seconds:
                        begin(station)
        return len(took) / (time.perf_counter() - start), took


class Picker:
    def __init__(self, house, number):
        self.line, self.station = Line(house.page_port), f"pick-{number}"
        self.path = f"/api/v1/stations/{self.station}/scan"
        answers = {"badge": f"P-{number}", "activity": "CMD:PICK", "tote": sample.TOTES[-1 - number]}
        while (expect := house.view(self.station)["expect"])["kind"] != "item":
            said = self.line.ask(self.path, {"text": answers.get(expect["kind"]) or expect["code"]})["result"]
            if not said["good"]:
                raise RigError(f"{self.station}: {said['text']['en']}")
        self.item = {"text": sample.ITEM_OF[expect["code"]].gtin}

    def scan(self):
        answer = yield self.path, self.item
        if b'"good":true' not in answer:
            raise RigError(f"a scan was not taken: {answer}")


@contextlib.contextmanager
def house_of_pickers(folder, count, **more):
    """A house that runs, with head office and the link, and so many stations; its pickers stand at their bins in .pickers."""
    stations = "".join(f"[station pick-{number}]\nname = Pick {number}\n\n" for number in range(count))
    with House(folder, more=more.pop("more", "") + stations, **more) as house:
        house.add_site()
        house.import_master()
        house.hq_run("import", "workers", sample._write(folder / "pickers.csv", ("worker", "name", "badge", "role"), [
            (f"P-{number}", f"Picker {number}", f"P-{number}", "picker") for number in range(count)]))
        house.start()
        wait_until(lambda: house.hq_rows("SELECT 1 FROM site WHERE feed_head > 0 AND feed_acked = feed_head"), "the site has the data", seconds=60)
        stock = sample._write(folder / "much.csv", ("location", "sku", "quantity"), [(item.location, item.sku, (count + 1) * PIECES) for item in sample.ITEMS])
        house.command("floorhand", "import", "stock", "--url", house.page_url, stock)
        house.release([sample.Order(f"LONG-{number:05}", "SF", f"SF9521{number:09}", sample.RECEIVERS[0],
                                    ((sample.ITEMS[number % len(sample.ITEMS)].sku, PIECES),)) for number in range(count)])
        wait_until(lambda: house.hq_rows("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM orders WHERE state <> 'allocated')"), "the stock is promised",
                   seconds=60)
        house.pickers = [Picker(house, number) for number in range(count)]
        try:
            yield house
        finally:
            for picker in house.pickers:
                picker.line.close()
