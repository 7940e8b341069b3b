#!/usr/bin/env python3
"""What a newcomer types: make twice, make run and Ctrl-C twice, --help of every program."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.house import PROGRAMS, ROOT, programs_folder  # noqa: E402
from rig.process import RigError, command, die_with_parent, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

MODE = f"MODE={os.environ.get('MODE', 'release')}"


def stamps():
    return {name: (programs_folder() / name).stat().st_mtime_ns for name in PROGRAMS}


def second_make():
    before = stamps()
    code, out, err = command(["make", "-C", ROOT, MODE, "programs"], 120)
    if code:
        yield f"make ended with {code}: {err[-500:]}"
    if re.search(r"^\s*(compile|archive|link|generate|installing)\b", out, re.MULTILINE):
        yield f"a second make built something: {out[:300]}"
    if stamps() != before:
        yield "a second make wrote the programs again"


def running_in(folder):
    """The command lines of the processes that name the folder."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return found


def run_and_interrupt(folder, options):
    """Returns what make run printed; the page must answer in between."""
    output = folder / "output"
    with open(output, "wb") as file:
        make = subprocess.Popen(["make", "-C", str(ROOT), MODE, "run",
                                 f"RUN_OPTIONS=--port 0 --office-port 0 --folder {folder / 'demo'} {options}"],
                                stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True,
                                preexec_fn=die_with_parent)
    try:
        def page():
            if make.poll() is not None:
                raise RigError(f"make run ended with {make.returncode}:\n{output.read_text()[-1500:]}")
            return re.search(r"Open / 请打开:\s+(http://\S+/)[\s\S]*Ctrl-C stops everything", output.read_text())
        url = wait_until(page, "make run says what to open", seconds=60, interval=0.05)[1]
        with urllib.request.urlopen(url, timeout=10) as answer:
            if answer.status != 200:
                raise RigError(f"{url} answered {answer.status}")
    finally:
        try:
            os.killpg(make.pid, signal.SIGINT)
        except ProcessLookupError:
            pass
        make.wait(30)
    return output.read_text()


def demo_twice():
    with tempfile.TemporaryDirectory(prefix="floorhand-") as name:
        folder = pathlib.Path(name)
        for options in ("", "", "--keep"):
            try:
                text = run_and_interrupt(folder, options)
            except (RigError, OSError, subprocess.TimeoutExpired) as fault:
                yield str(fault)
                return
            if "stopped / 已停止" not in text:
                yield f"Ctrl-C did not end it in order: {text[-300:]}"
            try:
                wait_until(lambda: not running_in(folder), "everything has stopped", seconds=5)
            except RigError:
                yield f"still running: {running_in(folder)}"


def help_faults():
    for name in PROGRAMS:
        code, out, err = command([programs_folder() / name, "--help"])
        if code != 0 or len(out.splitlines()) < 3 or err:
            yield f"{name} --help ended with {code}, {len(out.splitlines())} lines, standard error: {err[:200]!r}"


INSTALLED = ("lib/udev/rules.d/60-floorhand.rules", "lib/udev/rules.d/95-floorhand-brltty.rules", "lib/sysusers.d/floorhand.conf", "lib/tmpfiles.d/floorhand.conf",
             "share/doc/floorhand/floorhandd.conf", "share/doc/floorhand/link.conf", "share/doc/floorhand-hq/mosquitto.conf")


def install_faults():
    """Everything arrives, every unit starts a program that arrived too, and the sample configuration is taken."""
    with tempfile.TemporaryDirectory(prefix="floorhand-") as name:
        home = pathlib.Path(name) / "opt/floorhand"
        code, _, err = command(["make", "-C", ROOT, MODE, "install", f"DESTDIR={name}", "PREFIX=/opt/floorhand"], 120)
        if code:
            yield f"make install ended with {code}: {err[-500:]}"
            return
        yield from (f"{path} was not installed" for path in INSTALLED if not (home / path).is_file())
        units = list(home.glob("lib/systemd/system/*.service"))
        started = [re.search(r"^ExecStart=(\S+)", unit.read_text(), re.MULTILINE)[1] for unit in units]
        if len(units) != 6:
            yield f"{len(units)} units were installed"
        yield from (f"a unit starts {path}, which was not installed" for path in started
                    if not os.access(name + path, os.X_OK))
        sample = home / "share/doc/floorhand/floorhandd.conf"
        filled = sample.read_text().replace("# id = ", "id = hz-07").replace("# box = ", "box = box-hz07")
        sample.write_text(filled)
        code, _, err = command([home / "bin/floorhandd", "--check", "--config", sample])
        if code:
            yield f"the sample configuration was refused: {err}"


def main():
    tap = Tap()
    tap.check("a second make builds nothing", second_make())
    tap.check("every program has a --help that ends with 0", help_faults())
    tap.check("make install puts everything in place, and the sample configuration is taken", install_faults())
    tap.check("make run starts, shows its page, stops at Ctrl-C and leaves nothing running, three times", demo_twice())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
