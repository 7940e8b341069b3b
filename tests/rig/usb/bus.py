"""USB devices to plug in and out, in the machine: speaks to the emulator, and looks at what the kernel made of them.

Does not know what a device is for."""

import os
import pathlib
import subprocess

from rig.process import RigError, die_with_parent, wait_until

SYSFS = pathlib.Path("/sys/bus/usb/devices")
VHCI = pathlib.Path("/sys/devices/platform/vhci_hcd.0")
TOGETHER = 200  # commands sent before their answers are read: both pipes hold them


def full_speed_bus():
    """The number of vhci's USB 2 bus."""
    for hub in VHCI.glob("usb[0-9]*"):
        if (hub / "speed").read_text().strip() == "480":
            return int(hub.name.removeprefix("usb"))
    raise RigError("vhci_hcd has no USB 2 bus")


class Device:
    """One that is, or was, plugged in."""

    def __init__(self, bus, name, port):
        self.bus, self.name = bus, name
        self.path = f"{bus.number}-{port + 1}"  # as the kernel names it: ports count from one

    def tell(self, word, rest=""):
        self.bus.command(f"{word} {self.name} {rest}".rstrip())

    def state(self):
        answer = self.bus.command(f"state {self.name}")
        return {key: int(value) if value.lstrip("-").isdigit() else value
                for key, _, value in (pair.partition("=") for pair in answer.split())}

    def unplug(self):
        self.tell("unplug")

    def scan(self, text):
        self.tell("type", text)

    def scan_all(self, texts):
        self.bus.command_all(f"type {self.name} {text}" for text in texts)

    # ------------------------------------------------------------ what the kernel made of it

    def driver(self, interface=0):
        """"usbfs" when a program has it through libusb; "" when nobody has."""
        try:
            return os.path.basename(os.readlink(SYSFS / f"{self.path}:1.{interface}" / "driver"))
        except OSError:
            return ""

    def is_there(self):
        return (SYSFS / self.path).exists()

    def wait_claimed(self, interface=0, seconds=20):
        """A program reads it: the interface is its own and a request waits at the endpoint."""
        wait_until(lambda: self.driver(interface) == "usbfs" and self.state()["asked"] > 0,
                   f"{self.name} at {self.path} is opened by the daemon", seconds)
        return self

    def wait_gone(self):
        wait_until(lambda: not self.is_there(), f"{self.name} is gone from the kernel's list")

    def tty(self):
        """The path of its serial port, when the kernel has made one."""
        def find():
            try:
                found = [path.name for pattern in ("tty/tty*", "ttyUSB*") for path in SYSFS.glob(f"{self.path}/{self.path}:1.*/{pattern}")]
            except OSError:  # it is just being made
                return None
            return found and os.path.exists(f"/dev/{found[0]}") and f"/dev/{found[0]}"
        return wait_until(find, f"{self.name} has a serial port", 20)

    def wait_said(self, seconds=60):
        """Everything that was queued for the host has been fetched."""
        wait_until(lambda: self.state()["unsaid"] == 0, f"all that {self.name} had to say is fetched", seconds, 0.02)


class Bus:
    def __init__(self, emulator):
        self.number = full_speed_bus()
        self.child = subprocess.Popen([emulator], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1 << 16,
                                      preexec_fn=die_with_parent)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Unplugs everything."""
        self.child.stdin.close()
        code = self.child.wait(10)
        if code:
            raise RigError(f"the emulator ended with {code}")

    def _send(self, lines):
        self.child.stdin.write("".join(f"{line}\n" for line in lines))
        self.child.stdin.flush()

    def _answer(self, line):
        answer = self.child.stdout.readline()
        if not answer.startswith("ok"):
            raise RigError(f"the emulator was told \"{line}\" and said \"{answer.strip()}\"")
        return answer[2:].strip()

    def command(self, line):
        self._send([line])
        return self._answer(line)

    def command_all(self, lines):
        lines = list(lines)
        for first in range(0, len(lines), TOGETHER):
            some = lines[first:first + TOGETHER]
            self._send(some)
            for line in some:
                self._answer(line)

    def plug(self, name, model, port=0, **options):
        words = " ".join(f"{key}={value}" for key, value in options.items())
        self.command(f"plug {name} {model} port={port} {words}".rstrip())
        return Device(self, name, port)
