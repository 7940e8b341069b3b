#!/usr/bin/env python3
"""Runs everything that must pass and counts it. Decides nothing about how a test works: every test prints TAP.

Environment: OUT (where the programs are, "build"), MODE ("release"). Arguments are parts of names; --postgres runs what is proved on
PostgreSQL a second time, all of it.
Ends with "N passed, N failed"; exit code 1 when anything failed or nothing ran.
"""

import concurrent.futures
import dataclasses
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = os.environ.get("OUT", "build")
MODE = os.environ.get("MODE", "release")
SLOWER = 4 if MODE == "asan" else 1  # sanitised programs need this much more time
SYNC_SEEDS = 250 // SLOWER  # of twenty schedules, and each is run twice
SIMULATED_SEEDS = 120 // SLOWER
FLEET_SEEDS = 30 // SLOWER  # each is run twice
PRINTER_FAULTS = 600 // SLOWER


@dataclasses.dataclass
class Job:
    name: str
    argv: list
    limit: int  # seconds
    folder: pathlib.Path = ROOT
    alone: bool = False  # not beside other tests: it measures time, or takes both cores
    disk: bool = False  # its files are on a disk, and not in memory: it is about what a disk does
    skip: str = ""
    prepare: list = dataclasses.field(default_factory=list)  # a command to run first, once in this folder
    fault: str = ""  # why it cannot be run
    speaks_tap: bool = True  # otherwise the exit code is its one test


@dataclasses.dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    faults: list = dataclasses.field(default_factory=list)  # sentences
    output: str = ""


# ---------------------------------------------------------------- what there is to run

# These take both cores: nothing runs beside them. All others pass on a machine that has ten times as much to do.
ALONE = ("test_makefile",)

# These wait for a disk, fill one, count what is written to it, or lose its power: elsewhere files that are gone at the end are in memory.
ON_DISK = ("test_disk", "test_postgres", "test_scanners", "test_resync", "test_watch")

# The longest begin first, so that all processors end together.
LONGEST = ("rig/usb", "unit/head office on PostgreSQL", "browser/axe.mjs", "browser/looks.mjs", "label/judge.mjs", "e2e/test_cloud", "crash/",
           "e2e/test_postgres", "bench/office", "browser/floor.mjs", "e2e/test_promises", "e2e/test_journey", "e2e/test_shops",
           "e2e/test_print_proof", "sim/sensitivity", "sim/sync", "e2e/test_soak", "e2e/test_scanners", "fault", "e2e/test_platform_waybills",
           "unit/test_scripts", "label/test_samples", "browser/", "e2e/test_printers")

# What is proved on SQLite, is proved on PostgreSQL, too: what locks, counts or sorts otherwise there each time, all of it by make test-postgres.
ON_POSTGRES = ("test_sql_engines", "test_hub", "test_hub_meet", "test_hq_import", "test_hq_projection", "test_hq_orders", "test_hq_platform_orders",
               "test_hq_shops", "test_hq_forget", "test_hq_sealed", "test_hq_outbox", "test_hq_goods", "test_hq_money", "test_hq_staff", "test_hq_buying",
               "test_hq_join")
ON_POSTGRES_LONG = ("test_hq_waybills", "test_hq_waybill_parcels", "test_conflicts", "test_conflicts_data", "test_hq_query", "test_hq_orders_rules",
                    "test_hq_orders_split", "test_hq_orders_timeline", "test_hq_aftersales", "test_hq_returns", "test_hq_aftersales_parts",
                    "test_hq_marketing", "test_hq_catalogue", "test_hq_bills", "test_hq_invoices", "test_hq_persons", "test_hq_segments",
                    "test_hq_service", "test_hq_usage", "test_hq_improve", "test_hq_rollout", "test_hq_demand", "test_hq_buying_floor",
                    "test_hq_figures")
E2E_ON_POSTGRES = ("test_hq", "test_hq_api", "test_migrate", "test_third_party")
E2E_ON_POSTGRES_LONG = ("test_hq_buying", "test_hq_epcis", "test_hq_marketing", "test_hq_money", "test_hq_staff", "test_hq_webhooks", "test_shops")


def on_postgres(names, e2e):
    """In two halves, each with a server of its own; and the programs, each with one."""
    for half in (0, 1):
        yield Job(f"unit/head office on PostgreSQL {half + 1}", [sys.executable, "tests/rig/postgres.py",
                                                                 *(f"{OUT}/tests/{name}" for name in names[half::2])], 900 * SLOWER)
    for name in e2e:
        yield Job(f"e2e/{name} on PostgreSQL", [sys.executable, "tests/rig/postgres.py", f"tests/e2e/{name}.py"], 600 * SLOWER)


def compiled(folder, wrapper):
    for source in sorted((ROOT / "tests" / folder).glob("test_*.c")):
        program = f"{OUT}/tests/{source.stem}"
        if source.stem == "test_scripts":  # make scripts changes every scan
            yield Job(f"{folder}/{source.stem}", wrapper + [program, "--every", "12"], 400 * SLOWER)
        else:
            yield Job(f"{folder}/{source.stem}", wrapper + [program], 120 * SLOWER)


def stored_fuzz_inputs():
    for source in sorted((ROOT / "tests/fuzz").glob("*.c")):
        if source.stem != "replay":
            yield Job(f"fuzz/{source.stem}", [f"{OUT}/tests/fuzz_{source.stem}", source.stem,
                                              f"tests/fuzz/corpus/{source.stem}"], 60 * SLOWER)


def scripts(folder, pattern, limit):
    for source in sorted((ROOT / "tests" / folder).glob(pattern)):
        yield Job(f"{folder}/{source.stem}", [sys.executable, str(source)], limit * SLOWER, alone=source.stem in ALONE,
                  disk=source.stem in ON_DISK)


def node_script(folder, name, limit, *options):
    home = ROOT / "tests" / folder
    if not (home / name).exists():
        return
    job = Job(f"{folder}/{name}", ["node", name, *options], limit, folder=home)
    if MODE == "asan":
        job.skip = "it judges what the pages and labels show, and the release programs show the same"
    elif (home / "package.json").exists() and not (home / "node_modules").exists():
        job.prepare = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    yield job


def simulator():
    if (ROOT / "tests/sim").is_dir():
        yield Job(f"sim/{SIMULATED_SEEDS} seeds", [f"{OUT}/floorhand-sim", "--seeds", str(SIMULATED_SEEDS)],
                  300 * SLOWER, speaks_tap=False)


def whole_floor():
    if (ROOT / "tests/sim/sync").is_dir():
        yield Job("sim/sync protocol", [sys.executable, "tests/sim/sync/schedules.py", f"{OUT}/floorhand-sync-sim",
                                        "--seeds", str(SYNC_SEEDS)], 2400)
        yield Job("sim/sensitivity", [sys.executable, "tests/sim/sync/sensitivity.py", f"{OUT}/tests/faulty_sync_sim"],
                  600 * SLOWER)
    if (ROOT / "tests/sim/fleet").is_dir():
        yield Job("sim/fleet", [sys.executable, "tests/sim/sync/schedules.py", f"{OUT}/floorhand-fleet-sim", "--seeds", str(FLEET_SEEDS),
                                "--what", "shops, head office and sites"], 900 * SLOWER)
    if (ROOT / "tests/sim/crew").is_dir():
        yield Job("sim/crew", [f"{OUT}/floorhand-crew", "--seeds", "12", "--steps", "4000"], 300 * SLOWER)


def bench():
    """That they work, on a small site: they assert no time."""
    yield Job("bench", [f"{OUT}/floorhand-bench", "--short"], 120 * SLOWER, disk=True, speaks_tap=False)
    for name in ("sync", "sites", "office", "year", "stations", "flood", "loaded", "printing", "push"):
        yield Job(f"bench/{name}", [sys.executable, f"tests/bench/{name}.py", "--short"], 200 * SLOWER, disk=True, speaks_tap=False)


def printers_with_faults():
    """The print ledger in virtual time; make press runs it for longer."""
    if (ROOT / OUT / "floorhand-press").exists():
        yield Job("sim/printers", [sys.executable, "tests/sim/press.py", "--faults", str(PRINTER_FAULTS), "--step", "17"], 300 * SLOWER)


def usb_rig():
    """A kernel of its own in QEMU; the short form. make rig runs the long one."""
    if (ROOT / "tests/rig/usb/run.py").exists():
        yield Job("rig/usb", [sys.executable, "tests/rig/usb/run.py", "--short"], 1000 * SLOWER)


def faults():
    """Real programs that are killed and cut off; the short form. make fault runs the long one."""
    if (ROOT / "tests/fault/run.py").exists():
        yield Job("fault", [sys.executable, "tests/fault/run.py", "--short"], 200 * SLOWER)


def all_jobs():
    yield from usb_rig()
    yield from simulator()
    yield from whole_floor()
    yield from printers_with_faults()
    yield from scripts("crash", "test_*.py", 200)
    yield from bench()
    yield from compiled("unit", [])
    yield from on_postgres(ON_POSTGRES, E2E_ON_POSTGRES)
    yield from compiled("device", ["umockdev-wrapper"])
    yield from stored_fuzz_inputs()
    yield from scripts("unit", "test_*.py", 120)
    yield Job("deb/packages", [sys.executable, "tests/deb/chroot.py", "--short"], 120 * SLOWER, alone=True)
    yield from scripts("lint", "rooms.py", 120)
    yield from scripts("lint", "models.py", 60)
    yield from scripts("lint", "links.py", 60)
    yield from scripts("lint", "phrases.py", 60)
    yield from node_script("types", "check.mjs", 120)
    yield from scripts("e2e", "test_*.py", 300)
    yield from scripts("label", "test_*.py", 300)
    yield from scripts("platforms", "test_*.py", 300)
    yield from faults()
    yield from node_script("label", "judge.mjs", 400, "--short")  # make labels judges all of them
    yield from node_script("label", "symbols.mjs", 60)
    yield from node_script("browser", "station.mjs", 240)
    yield from node_script("browser", "box.mjs", 240)
    yield from node_script("browser", "floor.mjs", 900)
    yield from node_script("browser", "office.mjs", 600)
    yield from node_script("browser", "supervisor.mjs", 300)
    yield from node_script("browser", "designer.mjs", 300)
    yield from node_script("browser", "special.mjs", 400)
    yield from node_script("browser", "design.mjs", 200)
    yield from node_script("browser", "axe.mjs", 900, "--short")
    yield from node_script("browser", "looks.mjs", 900, "--short")  # make looks looks at all of them, and axe at each in both
    yield from node_script("asyncapi", "parse.mjs", 60)
    yield from node_script("standards", "openapi.mjs", 60)
    yield from node_script("standards", "epcis.mjs", 60)


# ---------------------------------------------------------------- running one


MEMORY = pathlib.Path("/dev/shm")
MEMORY_NEEDED = 2 << 30  # bytes: a PostgreSQL or two, Chromium's profiles, sites and head offices
JOB_MEMORY = 2 << 30  # bytes, of the largest: a machine in QEMU


def in_memory():
    """Whether what waits for no disk can have its files in memory: a container often has little of it there."""
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED


def environment(disk):
    env = dict(os.environ, OUT=str(ROOT / OUT), MODE=MODE, CMOCKA_MESSAGE_OUTPUT="TAP", LC_ALL="C.UTF-8",
               PYTHONUNBUFFERED="1", PYTHONDONTWRITEBYTECODE="1")
    # What make left for its own children must not reach a test that calls make.
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        env.pop(name, None)
    if not disk and in_memory():
        env["TMPDIR"] = str(MEMORY)
    if MODE == "asan":
        # umockdev-wrapper preloads a library before the sanitiser's.
        env["ASAN_OPTIONS"] = "verify_asan_link_order=0:abort_on_error=0:" + env.get("ASAN_OPTIONS", "")
        env["UBSAN_OPTIONS"] = "print_stacktrace=1:" + env.get("UBSAN_OPTIONS", "")
    return env


def execute(argv, folder, limit, disk=True):
    """Returns (exit code or None when it took too long, standard output, standard error)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(argv, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment(disk),
                                 start_new_session=True)
        try:
            code = child.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            stop_group(child)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
        return code, texts[0], texts[1]


def stop_group(child):
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()


PLAN = re.compile(r"^1\.\.(\d+)(?:\s*#\s*skip\b.*)?$", re.IGNORECASE)
RESULT = re.compile(r"^(not )?ok\b(.*)$")
SKIPPED = re.compile(r"#\s*skip", re.IGNORECASE)


def count_tap(text, outcome):
    """A program may print several plans (one per cmocka group): they add up."""
    planned, plans = 0, 0
    for line in text.splitlines():
        plan, result = PLAN.match(line), RESULT.match(line)
        if plan:
            planned, plans = planned + int(plan[1]), plans + 1
            if plan[1] == "0" and SKIPPED.search(line):
                outcome.skipped += 1
                planned += 1
        elif result and result[1]:
            outcome.failed += 1
        elif result and SKIPPED.search(result[2]):
            outcome.skipped += 1
        elif result:
            outcome.passed += 1
        elif line.startswith("Bail out!"):
            outcome.faults.append(line)
    seen = outcome.passed + outcome.failed + outcome.skipped
    if not plans:
        outcome.faults.append("it printed no plan (1..N)")
    elif seen != planned:
        outcome.faults.append(f"it planned {planned} tests and reported {seen}")


def judge_exit(code, limit, outcome):
    if code is None:
        outcome.faults.append(f"it took longer than {limit} s and was stopped")
    elif code < 0:
        outcome.faults.append(f"it was killed by {signal.Signals(-code).name}")
    elif code and not outcome.failed:
        outcome.faults.append(f"it ended with exit code {code}")


def run(job):
    outcome, started = Outcome(), time.monotonic()
    if job.skip:
        outcome.skipped = 1
        return outcome
    if job.fault:
        return Outcome(failed=1, faults=[job.fault])
    try:
        code, out, err = execute(job.argv, job.folder, job.limit, job.disk)
    except OSError as problem:
        code, out, err = 0, "", ""
        outcome.faults.append(f"it cannot be started: {problem}")
    else:
        if job.speaks_tap or PLAN.search(out.partition("\n")[0]):
            count_tap(out, outcome)
        elif code == 0:
            outcome.passed = 1
        judge_exit(code, job.limit, outcome)
    outcome.failed += len(outcome.faults)
    outcome.seconds = time.monotonic() - started
    outcome.output = out + (f"--- standard error ---\n{err}" if err.strip() else "")
    return outcome


def prepare(job):
    """Installs what a script needs; returns a sentence when that failed."""
    manifest = json.loads((job.folder / "package.json").read_text())
    names = sorted({**manifest.get("dependencies", {}), **manifest.get("devDependencies", {})})
    print(f"installing from npm for {job.name}: {', '.join(names)}", flush=True)
    code, out, err = execute(job.prepare, job.folder, 300)
    return None if code == 0 else f"npm ci failed in {job.folder.relative_to(ROOT)}\n{out}{err}"


# ---------------------------------------------------------------- all of it


def report(job, outcome):
    count = outcome.passed + outcome.failed
    mark = "FAIL" if outcome.failed else "skip" if not count else "ok"
    tail = f"  ({job.skip})" if job.skip else f"  {outcome.skipped} skipped" if outcome.skipped else ""
    print(f"{mark:4} {job.name:32} {count:5} tests {outcome.seconds:7.1f} s{tail}", flush=True)
    if outcome.failed:
        print(outcome.output.rstrip())
        for fault in outcome.faults:
            print(f"     {job.name}: {fault}", flush=True)


def rank(job):
    return next((at for at, name in enumerate(LONGEST) if job.name.startswith(name)), len(LONGEST))


def side_by_side():
    """How many jobs at once: a third and more of their time is waiting for something. None of them judges how long it takes."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return max(1, min((3 * (os.cpu_count() or 1) + 1) // 2, memory // JOB_MEMORY))


def run_all(jobs):
    total = Outcome()

    def finish(job, outcome):
        report(job, outcome)
        total.passed += outcome.passed
        total.failed += outcome.failed
        total.skipped += outcome.skipped

    with concurrent.futures.ThreadPoolExecutor(side_by_side()) as pool:
        running = {pool.submit(run, job): job for job in sorted(jobs, key=rank) if not job.alone}
        for future in concurrent.futures.as_completed(running):
            finish(running[future], future.result())
    for job in jobs:
        if job.alone:
            finish(job, run(job))
    return total


def prepare_all(jobs):
    """What several need is installed once, before any of them runs."""
    folders = {job.folder: job for job in jobs if job.prepare and not job.skip}
    faults = {folder: prepare(job) for folder, job in folders.items()}
    for job in jobs:
        if job.prepare and faults.get(job.folder):
            job.fault = faults[job.folder]


def main():
    wanted = [word for word in sys.argv[1:] if word != "--postgres"]  # parts of names: run.py unit/test_buf e2e
    known = on_postgres(ON_POSTGRES + ON_POSTGRES_LONG, E2E_ON_POSTGRES + E2E_ON_POSTGRES_LONG) if "--postgres" in sys.argv else all_jobs()
    jobs = [job for job in known if not wanted or any(word in job.name for word in wanted)]
    if any(job.argv[0] == "umockdev-wrapper" for job in jobs) and not shutil.which("umockdev-wrapper"):
        print("umockdev-wrapper is missing: the device tests will fail; `make deps` installs it", flush=True)
    started = time.monotonic()
    prepare_all(jobs)
    total = run_all(jobs)
    print(f"{len(jobs)} programs in {time.monotonic() - started:.0f} s")
    skipped = f", {total.skipped} skipped" if total.skipped else ""
    print(f"{total.passed} passed, {total.failed} failed{skipped}", flush=True)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
