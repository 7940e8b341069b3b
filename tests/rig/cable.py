"""A pseudo-terminal that can be pulled out and plugged in again. Does not know what is at its end."""

import os
import pathlib
import pty
import select
import shutil
import tempfile
import time
import tty


class Cable:
    """Its name stays while it comes and goes, as that of a device in a port."""

    def __init__(self):
        self._folder = pathlib.Path(tempfile.mkdtemp(prefix="floorhand-cable-"))
        self.path = self._folder / "device"
        self.address = f"stream:{self.path}"
        self.master = self._slave = None
        self.plug()

    def plug(self):
        self.master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        self.path.symlink_to(os.ttyname(self._slave))

    def pull(self):
        if self.master is None:
            return
        self.path.unlink()
        os.close(self.master)
        os.close(self._slave)
        self.master = self._slave = None

    def send(self, data, seconds=5.0):
        deadline = time.monotonic() + seconds
        while data:
            if not select.select([], [self.master], [], max(0, deadline - time.monotonic()))[1]:
                raise TimeoutError(f"{len(data)} bytes were not taken")
            data = data[os.write(self.master, data):]

    def receive(self, seconds, most=65536):
        """What came until then; b"" when nothing did."""
        if not select.select([self.master], [], [], max(0, seconds))[0]:
            return b""
        return os.read(self.master, most)

    def close(self):
        self.pull()
        shutil.rmtree(self._folder)
