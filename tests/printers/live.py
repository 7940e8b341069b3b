"""The machines of this folder in real time, at the end of a pseudo-terminal or a TCP connection."""

import os
import select
import socket
import struct
import threading
import time

from rig.cable import Cable


class Live:
    """Runs a machine in a thread. do() is for whoever stands before the printer: a function of the machine and the time."""

    def __init__(self, machine):
        self.machine, self.lock = machine, threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    @staticmethod
    def now():
        return time.monotonic_ns() // 1000

    def do(self, act):
        with self.lock:
            return act(self.machine, self.now())

    def out(self):
        return self.do(lambda machine, _: list(machine.out))

    def _run(self):
        while not self._stopped:
            self._turn()

    def _live(self, data):
        """Returns what it says."""
        with self.lock:
            now = self.now()
            if data:
                self.machine.feed(data, now)
            self.machine.tick(now)
            return b"".join(self.machine.answers(now))

    def close(self):
        self._stopped = True
        self._thread.join()


class SerialPrinter(Live):
    """A line that stays up while the printer is off."""

    def __init__(self, machine):
        super().__init__(machine)
        self.cable = Cable()
        self.address = self.cable.address
        self._thread.start()

    def _turn(self):
        if said := self._live(self.cable.receive(0.002)):
            os.write(self.cable.master, said)

    def close(self):
        super().close()
        self.cable.close()


class NetworkPrinter(Live):
    """Port 9100 on the loopback interface. reset_after: bytes of the connection that is open, after which it is reset; with
    its power its connection is gone too."""

    def __init__(self, machine):
        super().__init__(machine)
        self.reset_after, self.refuses = None, False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self._connection = None
        self.address = f"tcp:127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread.start()

    def _accept(self):
        if self.refuses or not self.machine.is_on:
            time.sleep(0.002)
        elif select.select([self._listener], [], [], 0.002)[0]:
            self._connection = self._listener.accept()[0]

    def _drop(self):
        """With a reset, as a printer that knows nothing of a connection any more answers."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()
        self._connection = None

    def _receive(self):
        if not select.select([self._connection], [], [], 0.002)[0]:
            return b""
        data = self._connection.recv(65536 if self.reset_after is None else max(1, self.reset_after))
        if not data:
            self._drop()
        elif self.reset_after is not None:
            self.reset_after -= len(data)
        return data

    def _turn(self):
        if not self._connection:
            self._live(b"")
            self._accept()
            return
        try:
            said = self._live(self._receive())
            if self._connection and (not self.machine.is_on or (self.reset_after is not None and self.reset_after <= 0)):
                self.reset_after = None
                self._drop()
            elif said and self._connection:
                self._connection.sendall(said)
        except OSError:  # the other side has gone
            self._connection = None

    def close(self):
        super().close()
        if self._connection:
            self._connection.close()
        self._listener.close()
