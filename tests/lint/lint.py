#!/usr/bin/env python3
"""Looks at every C file with five tools and at the pages' modules with one, and says one line for each. Does not run tests and
changes no file.

lint.py [TOOL...] runs some of them: clang-format, clang-tidy, cppcheck, gcc-analyzer, clang, types.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CORES = os.cpu_count() or 1

# gcc 12's analyzer, without what it gets wrong in this code. Each was looked at before it was left out:
#   -malloc-leak, -file-leak, -fd-leak     it does not know __attribute__((cleanup)), which frees what it says is leaked
#   -use-of-uninitialized-value            outputs ("ret...") are written only on success, and it does not follow the
#                                          return code that the caller looks at; clang's analyzer does
#   -null-dereference on test programs     cmocka's asserts leave by longjmp, which it takes for going on
ANALYZER = ["-O0", "-fanalyzer", "-fdiagnostics-path-format=separate-events", "-Wno-analyzer-malloc-leak", "-Wno-analyzer-file-leak",
            "-Wno-analyzer-use-of-uninitialized-value", "-Wno-analyzer-too-complex",
            # base/sql.c: it forgets that a static query was never marked as one from the heap
            "-Wno-analyzer-free-of-non-heap"]
ANALYZER_TESTS = ["-Wno-analyzer-null-dereference", "-Wno-analyzer-possible-null-dereference",
                  "-Wno-analyzer-possible-null-argument", "-Wno-analyzer-null-argument"]

CPPCHECK = ["--enable=warning,performance,portability", "--error-exitcode=1", "--inline-suppr", "--std=c11", "--quiet",
            f"-j{CORES}", "--library=posix", "-D__GNUC__", "-D_GNU_SOURCE", "-D__linux__", "-I.", "-Ifirmware-daemon", "-Itests",
            # an output ("ret...") is written when a function of another file returned 0; cppcheck does not see the file
            "--suppress=uninitvar", "--suppress=uninitStructMember",
            # cmocka's asserts leave by longjmp, which it takes for going on without closing
            "--suppress=resourceLeak:tests/*",
            "--suppress=missingInclude", "--suppress=missingIncludeSystem", "--template=gcc"]


def command(*argv):
    """Returns (exit code, everything it said)."""
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MODE")}
    done = subprocess.run(argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


def files(*patterns):
    listed = command("git", "ls-files", "-co", "--exclude-standard", *patterns)[1].split("\n")
    return sorted(path for path in listed if path and (ROOT / path).exists())


def flags(mode):
    code, output = command("make", "-s", f"MODE={mode}", "print-flags")
    if code:
        sys.exit(f"make print-flags failed:\n{output}")
    return output.split()


def over_files(paths, argv_of):
    """Runs argv_of(path) for every path, as many at once as there are cores; returns the texts of what failed."""
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        results = pool.map(lambda path: (path, *command(*argv_of(path))), paths)
        faults = []
        for done, (path, code, output) in enumerate(results, 1):
            if sys.stderr.isatty():
                print(f"\r  {done}/{len(paths)} {path[:70]:70}", end="", file=sys.stderr, flush=True)
            if code:
                faults.append(f"{path}:\n{output.strip()}")
        if sys.stderr.isatty():
            print("\r" + " " * 90 + "\r", end="", file=sys.stderr, flush=True)
        return faults


def clang_format():
    paths = files("*.c", "*.h")
    return len(paths), over_files(paths, lambda path: ["clang-format", "--dry-run", "-Werror", path])


def clang_tidy():
    paths, compiled = files("*.c"), flags("clang")
    return len(paths), over_files(paths, lambda path: ["clang-tidy", "--quiet", path, "--", *compiled, "-D_FORTIFY_SOURCE=0"])


def cppcheck():
    paths = files("*.c")
    code, output = command("cppcheck", *CPPCHECK, *paths)
    return len(paths), [output.strip()] if code else []


def gcc_analyzer():
    paths, compiled = files("*.c"), [flag for flag in flags("debug") if flag != "-O0"]
    return len(paths), over_files(paths, lambda path: [
        "gcc", *compiled, *ANALYZER, *(ANALYZER_TESTS if path.startswith("tests/") else []),
        "-c", "-o", "/dev/null", path])


def clang_build():
    code, output = command("make", "MODE=clang", "test-programs")
    return len(files("*.c")), [output.strip()[-8000:]] if code else []


def types():
    """The modules of the pages, by TypeScript: make has installed it."""
    code, output = command("node", "tests/types/check.mjs")
    return len(files("ui/*.js")), [output.strip()] if code else []


TOOLS = {"clang-format": clang_format, "clang-tidy": clang_tidy, "cppcheck": cppcheck, "gcc-analyzer": gcc_analyzer,
         "clang": clang_build, "types": types}


def main():
    wanted = sys.argv[1:] or list(TOOLS)
    unknown = [name for name in wanted if name not in TOOLS]
    if unknown:
        sys.exit(f"lint.py knows {', '.join(TOOLS)}; it does not know {', '.join(unknown)}")
    failed = 0
    for name in wanted:
        started = time.monotonic()
        count, faults = TOOLS[name]()
        failed += bool(faults)
        for fault in faults:
            print(fault)
        verdict = f"{len(faults)} with faults" if faults else "clean"
        print(f"{name:14} {count:4} files  {verdict:16} {time.monotonic() - started:6.1f} s", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
