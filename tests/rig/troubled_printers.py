"""Label printers that run out of paper, fall silent, talk nonsense, stop listening or disappear.

What they say of themselves is ~HS as the ZPL II Programming Guide has it; of ZPL they know no more than where a label
ends."""

import os
import pathlib
import select
import shutil
import socket
import tempfile
import threading
import time

from rig.cable import Cable
from rig.devices import Tray

WELL, PAPER, PAUSE, HEAD, RIBBON = "well", "paper", "pause", "head", "ribbon"
MUTE, GARBAGE = "mute", "garbage"


def host_status(trouble):
    """~HS: paper out and pause are fields 2 and 3 of the first line, head up and ribbon out 3 and 4 of the second."""
    flag = {name: int(name == trouble) for name in (PAPER, PAUSE, HEAD, RIBBON)}
    return (f"\x02030,{flag[PAPER]},{flag[PAUSE]},1040,000,0,0,0,000,0,0,0\x03\r\n"
            f"\x02000,0,{flag[HEAD]},{flag[RIBBON]},0,2,4,0,00000000,1,000\x03\r\n\x020000,0\x03\r\n").encode()


class TroubledPrinter(Tray):
    """On a pseudo-terminal. .trouble is what it has now; .next_trouble comes when the label under way is out."""

    def __init__(self, trouble=WELL):
        super().__init__(self._label_is_out)
        self.trouble, self.next_trouble = trouble, None
        self.babble = b""  # sent without pause
        self.cable = Cable()
        self.address = self.cable.address
        self._lock = threading.Lock()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _label_is_out(self, _):
        if self.next_trouble:
            self.trouble, self.next_trouble = self.next_trouble, None

    def _run(self):
        while not self._stopped:
            if self.cable.master is None:
                time.sleep(0.002)
                continue
            with self._lock:
                if self.cable.master is None:
                    continue
                try:
                    self._turn()
                except OSError:  # nobody takes what it says
                    pass

    def _turn(self):
        for _ in range(self.take(self.cable.receive(0.002))):
            self._answer()
        if self.babble:
            os.write(self.cable.master, self.babble)

    def _answer(self):
        if self.trouble == GARBAGE:
            os.write(self.cable.master, os.urandom(64))
        elif self.trouble != MUTE:
            os.write(self.cable.master, host_status(self.trouble))

    def pull(self):
        with self._lock:
            self.cable.pull()

    def plug(self):
        with self._lock:
            self._pending = b""
            self.cable.plug()

    def close(self):
        self._stopped = True
        self._thread.join()
        self.cable.close()


class SocketPrinter(Tray):
    """On a local socket, where what is not read stays unsent for the other side. stop_after and leave_after: so many
    bytes later it reads no more, or is gone."""

    def __init__(self):
        super().__init__()
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="floorhand-printer-"))
        self.path = self._folder / "printer"
        self.address = f"unix:{self.path}"
        self.stop_after = self.leave_after = None
        self._goes_on = threading.Event()
        self._stopped = False
        self._listener = self._connection = None
        self.arrive()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def arrive(self):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.path))
        listener.listen(4)
        listener.settimeout(0.05)
        self._listener = listener

    def leave(self):
        listener, self._listener = self._listener, None
        if listener:
            listener.close()
            self.path.unlink()

    def go_on(self):
        """Whoever stood before it has put it right."""
        self._goes_on.set()

    def _run(self):
        while not self._stopped:
            try:
                connection = self._listener.accept()[0]
                with connection:
                    self._serve(connection)
            except (AttributeError, OSError):  # it is away, or the other side is
                self._goes_on.wait(0.01)

    def _serve(self, connection):
        while not self._stopped:
            if not select.select([connection], [], [], 0.05)[0]:
                continue
            limits = [left for left in (self.stop_after, self.leave_after) if left is not None]
            data = connection.recv(min(limits, default=65536))
            if not data:
                return
            for _ in range(self.take(data)):
                connection.send(host_status(WELL))
            if b"^" in self._pending and self._is_over(len(data)):
                return

    def _is_over(self, length):
        """Questions do not count, only what stands in a label."""
        if self.stop_after is not None:
            self.stop_after = max(0, self.stop_after - length)
            if self.stop_after == 0:
                self._stand_still()
        if self.leave_after is not None:
            self.leave_after = max(0, self.leave_after - length)
            if self.leave_after == 0:
                self.leave_after, self._pending = None, b""
                self.leave()
                return True
        return False

    def _stand_still(self):
        self._goes_on.clear()
        while not self._stopped and not self._goes_on.wait(0.05):
            pass
        self.stop_after = None

    def close(self):
        self._stopped = True
        self._goes_on.set()
        self._thread.join()
        self.leave()
        shutil.rmtree(self._folder)
