#!/usr/bin/env python3
"""Runs the fuzz targets, two or more at once, and says one line for each. Does not build them: make fuzz does.

What it finds is kept: new inputs in build/fuzz/found/NAME, inputs that break a claim or a sanitizer's rule in
build/fuzz/NAME-crash-*. --keep then writes the smallest set that reaches the same into tests/fuzz/corpus/NAME, beside
what was put there by hand (regression-*).
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

import seeds

ROOT = seeds.ROOT
BUILD = ROOT / "build/fuzz"
CORPUS = ROOT / "tests/fuzz/corpus"
MAX_LENGTH = 1024  # of an input, in bytes
STORED_LENGTH = 512  # a longer one says little more
LIMITS = ["-timeout=10", "-rss_limit_mb=1024", "-malloc_limit_mb=256"]
# The sanitizer's own books cost more than the targets where SQLite allocates: what was freed is kept for as long as an
# input, and not where it was allocated; build/fuzz/NAME INPUT, run by hand, tells that.
SANITIZER = "quarantine_size_mb=4:malloc_context_size=0:max_redzone=64"
FAULT = re.compile(r"^.*(?:does not hold:|runtime error:|ERROR: ).*$", re.MULTILINE)
STATISTIC = re.compile(r"^stat::(\w+):\s+(\d+)$", re.MULTILINE)


def write_seeds():
    shutil.rmtree(BUILD / "seeds", ignore_errors=True)
    for target, name, data in seeds.all_seeds():
        folder = BUILD / "seeds" / target
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def folders(target):
    """What libFuzzer begins with; it writes into the first."""
    found = BUILD / "found" / target
    found.mkdir(parents=True, exist_ok=True)
    return [found, *(folder / target for folder in (CORPUS, BUILD / "seeds") if (folder / target).is_dir())]


def fuzz(target, seconds):
    """Returns (faults, one line)."""
    before = set(BUILD.glob(f"{target}-*-*"))
    argv = [BUILD / target, f"-max_total_time={seconds}", f"-max_len={MAX_LENGTH}", f"-artifact_prefix={BUILD}/{target}-",
            "-print_final_stats=1", *LIMITS, *folders(target)]
    env = {"ASAN_OPTIONS": SANITIZER, "UBSAN_OPTIONS": "print_stacktrace=1", **os.environ}
    done = subprocess.run(argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", check=False)
    stats = dict(STATISTIC.findall(done.stderr))
    inputs = sorted(set(BUILD.glob(f"{target}-*-*")) - before)
    faults = len(inputs) or (1 if done.returncode else 0)
    line = (f"{target:16} {int(stats.get('number_of_executed_units', 0)):10} runs {int(stats.get('average_exec_per_sec', 0)):7}/s "
            f"{int(stats.get('new_units_added', 0)):6} new inputs {faults:3} faults")
    if faults:
        (BUILD / f"{target}.log").write_text(done.stderr)
        line += "".join(f"\n      {fault}" for fault in FAULT.findall(done.stderr)[:1])
        line += f"\n      build/fuzz/{target}.log" + "".join(f"\n      {path.relative_to(ROOT)}" for path in inputs)
    return faults, line


def fuzz_all(targets, seconds):
    cores = os.cpu_count() or 1
    print(f"{len(targets)} targets, {seconds} s each, {cores} at once", flush=True)
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        running = [pool.submit(fuzz, target, seconds) for target in targets]
        total = 0
        for number, future in enumerate(concurrent.futures.as_completed(running), 1):
            faults, line = future.result()
            total += faults
            print(f"{number:2}/{len(targets)} {line}", flush=True)
    return total


def keep(target, most):
    """The smallest set that reaches all edges; where it is too large, those that are long, and so reach most."""
    stored = CORPUS / target
    stored.mkdir(parents=True, exist_ok=True)
    by_hand = list(stored.glob("regression-*"))
    with tempfile.TemporaryDirectory() as merged:
        subprocess.run([BUILD / target, "-set_cover_merge=1", "-use_counters=0", f"-max_len={STORED_LENGTH}", merged,
                        *folders(target)], cwd=ROOT, capture_output=True, check=True)
        for old in set(stored.iterdir()) - set(by_hand):
            old.unlink()
        best = sorted(pathlib.Path(merged).iterdir(), key=lambda path: (-path.stat().st_size, path.name))
        for path in best[:most - len(by_hand)]:
            shutil.copyfile(path, stored / path.name[:16])
    sizes = [path.stat().st_size for path in stored.iterdir()]
    print(f"{target:16} {len(sizes):3} of {len(best) + len(by_hand)} inputs kept, {sum(sizes)} bytes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--keep", type=int, metavar="MOST", help="store what was found, so many inputs a target at most")
    parser.add_argument("targets", nargs="+")
    wanted = parser.parse_args()
    missing = [target for target in wanted.targets if not (BUILD / target).is_file()]
    if missing:
        sys.exit(f"not built: {', '.join(missing)}; use make fuzz TARGETS=...")
    write_seeds()
    if wanted.keep:
        for target in wanted.targets:
            keep(target, wanted.keep)
        return 0
    started = time.monotonic()
    faults = fuzz_all(wanted.targets, wanted.seconds)
    print(f"{faults} faults in {time.monotonic() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
