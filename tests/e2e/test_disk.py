#!/usr/bin/env python3
"""A real disk that fills up under the daemon: a small file system of its own, in a mount namespace. What was accepted is
in the database, what was not was said to be not; with room again everything goes on by itself."""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.process import must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

BADGE = sample.WORKERS[0][2]
SIZE = 24 << 20  # bytes
INSIDE = "FLOORHAND_TEST_DISK"  # set once this program runs in its namespace


def fill(folder, keep):
    """So much is left free."""
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    with open(folder / "filler", "ab") as filler:
        os.posix_fallocate(filler.fileno(), filler.tell(), max(1, free - keep))


def scan(house, text):
    """(taken, what was said)"""
    code, out, err = house.command("floorhand", "scan", "send", "--station", "bench-1", text, "--url", house.page_url)
    return code == 0, (out + err).strip()


def status(house):
    return house.ask("status")[1]


def step(house):
    return status(house)["disk"]["step"]


def tries(house, tap, ballast):
    house.import_workers()
    first = step(house)
    tap.check("an empty disk has room, and the ballast lies there",
              [] if first == "room" and ballast.stat().st_size == SIZE // 50 else [first])
    good, said = scan(house, BADGE)
    tap.check("somebody signs in", [] if good else [said])

    def is_full():
        scan(house, "CMD:QTY:2")
        return step(house) == "full"

    fill(house.folder, 0)
    wait_until(is_full, "the daemon sees that the disk is full", 60)
    good, said = scan(house, "CMD:PICK")
    tap.check("a full disk takes no scan, and says what to do",
              [] if not good and "E86" in said and "supervisor" in said else [said])
    tap.check("the ballast is given up", ["it lies there"] if ballast.exists() else [])
    good, said = scan(house, "CMD:LOGOUT")
    tap.check("signing out goes on", [] if good else [said])

    last = status(house)["sync"]["last_seq"]
    house.power_cut()
    good, said = scan(house, BADGE)
    tap.check("after a power cut on the full disk it starts, and says the same",
              [] if step(house) == "full" and not good and "E86" in said else [step(house), said])
    kept = status(house)["sync"]["last_seq"]
    tap.check("nothing that was accepted is lost", [] if kept >= last else [f"{kept} after {last}"])

    (house.folder / "filler").unlink()
    wait_until(lambda: step(house) == "room", "the daemon sees the room", 60)
    good, said = scan(house, BADGE)
    tap.check("with room again scans are taken by themselves, and the ballast is back",
              [] if good and ballast.exists() else [said, f"ballast: {ballast.exists()}"])
    house.daemon.stop()
    steps = [row[0] for row in house.site_rows(
        "SELECT json_extract(line, '$.data.step') FROM journal WHERE type = 'disk.level' ORDER BY seq")]
    tap.check("head office hears of it", [] if steps[-2:] == ["full", "room"] else steps)
    gaps = house.site_rows("SELECT max(seq) - count(*) FROM journal")[0][0]
    tap.check("the journal has no gap", [f"{gaps} are missing"] if gaps else [])


def main():
    if os.environ.get(INSIDE) is None:
        own_users = [] if os.getuid() == 0 else ["--user", "--map-root-user"]
        os.execvpe("unshare", ["unshare", *own_users, "--mount", sys.executable, *sys.argv], {**os.environ, INSIDE: "1"})
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        disk = pathlib.Path(folder) / "disk"
        disk.mkdir()
        must(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", disk])
        try:
            with House(disk) as house:
                house.start_daemon()
                tries(house, tap, house.site_db.with_name(house.site_db.name + ".ballast"))
        finally:
            must(["umount", "--lazy", disk])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
