#!/usr/bin/env python3
"""The units as systemd itself judges them: nothing that it does not know, hardly anything left open, and no core that somebody could read
receivers from. Nothing is started."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

EXPOSURE_MAX = {"floorhandd.service": 1.6}  # its threads may give way to its loop: one call more than the others have
EXPOSURE_MAX_ELSE = 1.5  # of 10; that of Debian's mosquitto is 9
LIFE = {"Restart": "always", "LimitCORE": "0", "Type": "notify", "NoNewPrivileges": "yes", "CapabilityBoundingSet": ""}

tap = Tap()


def settings(unit):
    """The last value of each."""
    return dict(line.split("=", 1) for line in unit.read_text().splitlines() if re.match(r"[A-Z]\w+=", line))


def exposure(unit):
    said = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit], capture_output=True, text=True, check=False).stdout
    found = re.search(r"exposure level for \S+: (\d+\.\d+)", said)
    return float(found[1]) if found else 10.0


def verify(unit):
    """What systemd does not understand, with our programs where the units say they are."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / unit.name
        copy.write_text(re.sub(r"^ExecStart=/usr/bin/\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE))
        said = subprocess.run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", copy], capture_output=True, text=True, check=False)
        return [line for line in said.stderr.splitlines() if unit.name in line]


def main():
    if not shutil.which("systemd-analyze"):
        tap.skip("the units as systemd judges them", "systemd-analyze is not there")
        return tap.done()
    units = sorted((ROOT / "systemd").glob("*.service"))
    tap.check("there are units", [] if len(units) >= 6 else [str(units)])
    users = re.findall(r"^u\s+(\S+)", "".join(path.read_text() for path in (ROOT / "systemd").glob("*.sysusers")), re.MULTILINE)
    for unit in units:
        set_, found = settings(unit), exposure(unit)
        tap.check(f"{unit.name} is understood", verify(unit))
        most = EXPOSURE_MAX.get(unit.name, EXPOSURE_MAX_ELSE)
        tap.check(f"{unit.name} is open by {found} of 10 at most {most}", [] if found <= most else [f"{found}"])
        tap.check(f"{unit.name} comes back, and keeps what it knows to itself",
                  [f"{name} is {set_.get(name)!r}" for name, value in LIFE.items() if set_.get(name) != value])
        tap.check(f"{unit.name} runs as a user of our own", [] if set_.get("User") in users else [f"{set_.get('User')} is not in floorhand.sysusers"])
    return tap.done()


sys.exit(main())
