#!/usr/bin/env python3
"""Proves that a simulator finds faults: each, switched on in a build made for that, must be found within so many
schedules. Prints a table.

usage: sensitivity.py PROGRAM [--fleet]"""

import re
import subprocess
import sys

# number, what is wrong, seeds of twenty schedules it may take
DEFECTS = [
    (1, "PUBACK is taken for an acknowledgement", 5),
    (2, "numbers only: no hash is compared", 200),
    (3, "the board is not compared", 200),
    (4, "answers leave before the commit", 20),
    (5, "deleted when applied, not when in a backup", 100),
    (6, "a box opens an epoch by itself", 50),
    (7, "a restored head office keeps its name", 100),
    (8, "the snapshot's place in the journal is ignored", 400),
    (9, "lines that are here are taken again", 5),
    (10, "the disk forgets the last commits", 20),
    (11, "acknowledgements are not bound to a head office, an epoch and a hash", 1000),
    (12, "a line that is sent again is not known by its id", 50),
    (13, "the snapshot is asked for before all is sent again", 100),
    (14, "no hello when nothing happens", 300),
]

# of tests/sim/fleet, with a schedule a seed
FLEET_DEFECTS = [
    (21, "a write of which nobody knows is repeated without looking", 40),
    (22, "the mark moves with the first page", 40),
    (24, "what is promised is not counted", 10),
    (25, "what a platform counted itself is not told anew", 40),
    (26, "a site is not asked to stop an order that is refunded", 40),
    (27, "what was under way when a program died is taken for done", 60),
    (29, "a site is not told of numbers that went with an order it gave back", 60),
]


def look_for(program, number, seeds, schedules):
    run = subprocess.run([program, "--defect", str(number), "--seeds", str(seeds)], capture_output=True, text=True)
    found = re.search(r"seed (\d+), schedule (\d+): (.*)", run.stdout)
    if found:
        return (int(found[1]) - 1) * schedules + int(found[2]), found[3]
    return (0, "it ended with %d: %s" % (run.returncode, run.stderr[-80:].strip())) if run.returncode else None


def main():
    program, missed = sys.argv[1], 0
    defects, schedules = (FLEET_DEFECTS, 1) if "--fleet" in sys.argv else (DEFECTS, 20)
    print("# defect | found after schedules | by")
    for index, (number, name, seeds) in enumerate(defects, 1):
        found = look_for(program, number, seeds, schedules)
        missed += found is None
        by = "%d schedules: %s" % found if found else "NOT within %d schedules" % (seeds * schedules)
        print("%sok %d - A%d %s: %s" % ("" if found else "not ", index, number, name, by), flush=True)
    print("1..%d" % len(defects))
    return 1 if missed else 0


sys.exit(main())
