"""Who goes first on the processors that a test shares with what it stands for: another machine takes only what is left of them, and a
device, which has a processor of its own, is never kept waiting. Measures nothing."""

import contextlib
import os
import pathlib
import sys

AUTOGROUP = pathlib.Path("/proc/sys/kernel/sched_autogroup_enabled")


@contextlib.contextmanager
def counted_together():
    """The kernel may count each session by itself: then give_way() says nothing to the programs of another, and whoever wakes up waits up to four
    milliseconds for one that stands for another machine. Not here, where root may say so."""
    before = AUTOGROUP.read_text() if AUTOGROUP.exists() else "0"
    if before.strip() != "0":
        try:
            AUTOGROUP.write_text("0")
        except PermissionError:
            print("# the kernel counts sessions apart, and only root can change that: what stands for other machines keeps the box waiting",
                  file=sys.stderr, flush=True)
            before = "0"
    try:
        yield
    finally:
        if before.strip() != "0":
            AUTOGROUP.write_text(before)


def give_way(pid="self"):
    """All threads of a program, and those it will start: whoever has anything to do goes before them, at once. Nice values do not do that: they
    share out time."""
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))


@contextlib.contextmanager
def going_first():
    """This thread alone, not what it starts; where that is not allowed, it goes like all others."""
    with contextlib.suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
