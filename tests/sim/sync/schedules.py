#!/usr/bin/env python3
"""Many seeds of a simulator, every seed twice: one process goes through the seeds forwards and another one
backwards, so that each is run at other addresses and after another past. Both must go the same way, step by step.

usage: schedules.py PROGRAM [--first N] --seeds N [--what WORDS]"""

import argparse
import subprocess
import sys
import threading


class Run(threading.Thread):
    def __init__(self, argv):
        super().__init__()
        self.hashes, self.words = {}, []
        self.child = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)

    def run(self):
        for line in self.child.stdout:
            words = line.split()
            if len(words) == 3 and words[0] == "seed":  # one that is ended in a line leaves half of it
                self.hashes[int(words[1])] = words[2]
            else:
                self.words.append(line)
        self.child.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--seeds", type=int, required=True)
    parser.add_argument("--what", default="the sync protocol, twenty schedules a seed")
    given = parser.parse_args()
    argv = [given.program, "--hashes", "--first", str(given.first), "--seeds", str(given.seeds)]
    runs = [Run(argv), Run(argv + ["--backwards"])]
    for run in runs:
        run.start()
    while any(run.is_alive() for run in runs):
        for run in runs:
            run.join(0.2)
        if any(run.child.poll() for run in runs):  # one has failed: the other need not go on
            for run in runs:
                if run.child.poll() is None:
                    run.child.terminate()
    bad = [run for run in runs if run.child.returncode > 0] or [run for run in runs if run.child.returncode]
    for line in (bad[0].words if bad else runs[0].words):
        if line.startswith("#") or bad:
            print(line, end="")
    if bad:
        if not any(line.startswith("1..") for line in bad[0].words):
            print("not ok 1 - the simulator ended with %d\n1..1" % bad[0].child.returncode)
        return 1
    other = [seed for seed, value in sorted(runs[0].hashes.items()) if runs[1].hashes.get(seed) != value]
    print("%sok 1 - %s, seeds %d to %d" % ("not " if other else "", given.what, given.first, given.first + given.seeds - 1))
    print("%sok 2 - each goes the same way twice, trace for trace%s" %
          ("not " if other else "", ", but seed %d" % other[0] if other else ""))
    print("1..2")
    return 1 if other or len(runs[0].hashes) != given.seeds else 0


sys.exit(main())
