#!/usr/bin/env python3
"""Those who attack the page port from an address of their own: connections that are opened and never say a whole request (slow loris),
and requests as fast as they go. Knows no scanner.

As a program: flood.py PORT loris|requests; says one line when the attack is under way, ends with its standard input. It takes only
what is left of the processor, as a machine elsewhere would."""

import http.client
import pathlib
import socket
import sys
import threading

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.priority import give_way  # noqa: E402
from rig.process import wait_until  # noqa: E402

STRANGER = "127.0.0.2"  # an address of its own on this machine
HALF = b"GET /api/v1/stations HTTP/1.1\r\nHost: box\r\nX-Slow: "


class Loris:
    """Opens whatever it gets, sends half a request on each, and a byte more now and then; opens anew what was closed."""

    def __init__(self, port):
        self.port, self.held, self.opened, self.over = port, [], 0, threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _open(self):
        one = socket.create_connection(("127.0.0.1", self.port), timeout=2, source_address=(STRANGER, 0))
        one.sendall(HALF)
        one.setblocking(False)
        self.opened += 1
        return one

    @staticmethod
    def _lives(one):
        try:
            if one.recv(1) == b"":
                return False
        except BlockingIOError:
            pass
        except OSError:
            return False
        try:
            one.send(b"x")
        except OSError:
            return False
        return True

    def _run(self):
        while not self.over.wait(0.02):
            self.held = [one for one in self.held if self._lives(one) or one.close()]
            try:
                while len(self.held) < 3000 and not self.over.is_set():
                    self.held.append(self._open())
                    if self.opened % 50 == 0:
                        break
            except OSError:
                pass

    def __enter__(self):
        self.thread.start()
        wait_until(lambda: self.opened > 700, "more connections than the box takes from one address", seconds=60)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        for one in self.held:
            one.close()


class Flood:
    """As many requests as eight threads can make, each with an answer that costs the box something."""

    def __init__(self, port):
        self.port, self.asked, self.over = port, 0, threading.Event()
        self.threads = [threading.Thread(target=self._run) for _ in range(8)]

    def _run(self):
        while not self.over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(STRANGER, 0))
            try:
                for _ in range(100):
                    connection.request("GET", "/api/v1/board")
                    connection.getresponse().read()
                    self.asked += 1
                    if self.over.is_set():
                        break
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        wait_until(lambda: self.asked > 50, "requests are answered", seconds=30)
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


def main():
    give_way()
    attack = {"loris": Loris, "requests": Flood}[sys.argv[2]]
    with attack(int(sys.argv[1])) as running:
        print("under way", flush=True)
        sys.stdin.read()
        print(running.opened if attack is Loris else running.asked, flush=True)


if __name__ == "__main__":
    main()
