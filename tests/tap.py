"""Prints test results as TAP. Does not run or find tests."""

import sys


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = 0

    def check(self, name, faults=()):
        """faults: sentences, printed under the result; none of them means it passed."""
        faults = list(faults)
        self.count += 1
        self.failed += bool(faults)
        print(f"{'not ok' if faults else 'ok'} {self.count} - {name}")
        for fault in faults:
            print(f"#   {fault}")
        sys.stdout.flush()
        return not faults

    def each(self, checks, subject):
        """Calls each with the subject; one that raises has failed, and the next one is called."""
        for check in checks:
            try:
                check(subject)
                faults = []
            except Exception as fault:  # noqa: BLE001 - whatever it is, it is told
                faults = f"{type(fault).__name__}: {fault}".splitlines()
            self.check(check.__name__.replace("_", " "), faults)

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}", flush=True)

    def done(self):
        """Prints the plan; returns the exit code."""
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed or not self.count else 0
