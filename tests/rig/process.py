"""Starts programs, waits for what they do, and leaves nothing running. Knows no program of this project."""

import ctypes
import itertools
import os
import pathlib
import re
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1  # prctl(2)
STOP_SECONDS = 10.0
TICKS = os.sysconf("SC_CLK_TCK")

libc = ctypes.CDLL(None, use_errno=True)


class RigError(Exception):
    """Something did not happen; the text says what, and what the program last said."""


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(condition, what, seconds=10.0, interval=0.005):
    """Returns the first true value of condition()."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise RigError(f"{what}: not within {seconds:g} s")
        time.sleep(interval)


PORTS = range(10240, 32768)  # below those that the kernel gives to whoever connects (ip_local_port_range)
_ports_tried = itertools.count(os.getpid() * 61)  # tests that run side by side look at others


def free_port():
    for number in _ports_tried:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", PORTS[number % len(PORTS)]))
                return probe.getsockname()[1]
            except OSError:
                continue


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Program:
    """A program that can be started again. Its output goes to one log file; it dies with us, however we die.

    Start it from the main thread: the kernel ties "dies with its parent" to the thread that started it."""

    def __init__(self, name, argv, folder, notifies=False):
        self.name = name
        self.argv = [str(part) for part in argv]
        self.log_path = folder / f"{name}.log"
        self.notify_path = folder / f"{name}.notify" if notifies else None
        self.child = None

    def start(self):
        """Returns when it runs; with notifies, when it has said READY=1 as to systemd."""
        env = {name: value for name, value in os.environ.items() if name not in ("NOTIFY_SOCKET", "WATCHDOG_USEC")}
        ready = None
        if self.notify_path:
            self.notify_path.unlink(missing_ok=True)
            ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            ready.bind(str(self.notify_path))
            ready.settimeout(0.05)
            env["NOTIFY_SOCKET"] = str(self.notify_path)
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env,
                                          start_new_session=True, preexec_fn=die_with_parent)
        if ready:
            with ready:
                self._await_ready(ready)
            self.notify_path.unlink()
        return self

    def _await_ready(self, ready):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.child.poll() is not None:
                raise RigError(f"{self.name} ended with {self.child.returncode} before it was ready:\n{self.tail()}")
            try:
                if b"READY=1" in ready.recv(4096).split(b"\n"):
                    return
            except TimeoutError:
                pass
        raise RigError(f"{self.name} was not ready within 20 s:\n{self.tail()}")

    @property
    def running(self):
        return self.child is not None and self.child.poll() is None

    def memory_mib(self):
        """{"VmRSS": resident now, "VmHWM": at most since its start}"""
        status = pathlib.Path(f"/proc/{self.child.pid}/status").read_text()
        return {name: int(re.search(rf"{name}:\s+(\d+)", status)[1]) / 1024 for name in ("VmRSS", "VmHWM")}

    def cpu_seconds(self):
        """Of the processor, since its start."""
        fields = pathlib.Path(f"/proc/{self.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def kill(self):
        """As a power cut: no chance to tidy up."""
        if self.running:
            self.child.kill()
            self.child.wait()

    def stop(self):
        """Asks; returns the exit code. One that does not go is killed, and that is an error."""
        if not self.running:
            return self.child.returncode if self.child else None
        self.child.terminate()
        try:
            return self.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RigError(f"{self.name} did not stop within {STOP_SECONDS:g} s:\n{self.tail()}") from None

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def tail(self, lines=15):
        return "\n".join(self.log().splitlines()[-lines:])


def command(argv, seconds=30.0):
    """Runs a command to its end; returns (exit code, standard output, standard error)."""
    argv = [str(part) for part in argv]
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                              timeout=seconds, preexec_fn=die_with_parent, check=False)
    except subprocess.TimeoutExpired:
        raise RigError(f"{' '.join(argv)} did not end within {seconds:g} s") from None
    return done.returncode, done.stdout, done.stderr


def must(argv, seconds=30.0):
    code, out, err = command(argv, seconds)
    if code:
        raise RigError(f"{' '.join(map(str, argv))} ended with {code}:\n{out}{err}")
    return out
