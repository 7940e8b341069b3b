"""The frame of the tests in this folder: each case has a stand-in of its own, and what it raises is its fault."""

import contextlib
import json
import sys

from platforms import client
from tap import Tap


class Cases:
    def __init__(self):
        self.tap = Tap()

    def case(self, name, *arguments):
        """Runs the function at once, with a running stand-in. arguments: of the program."""
        def run(function):
            try:
                with client.Running("--no-tls", *arguments) as running:
                    function(running)
                self.tap.check(name)
            except (AssertionError, client.Lost, OSError, ValueError, KeyError, TypeError, IndexError) as fault:
                self.tap.check(name, [f"{type(fault).__name__}: {line}" for line in str(fault).splitlines()] or [repr(fault)])
            return function
        return run

    def plain(self, name):
        """Runs the function at once, without a stand-in."""
        def run(function):
            try:
                function()
                self.tap.check(name)
            except (AssertionError, OSError, ValueError, KeyError) as fault:
                self.tap.check(name, [f"{type(fault).__name__}: {line}" for line in str(fault).splitlines()] or [repr(fault)])
            return function
        return run

    def done(self):
        sys.exit(self.tap.done())


def equal(got, expected, what=""):
    assert got == expected, f"{what + ': ' if what else ''}got {got!r}, expected {expected!r}"


def holds(value, part):
    """value, as JSON, has that part in it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    assert part in text, f"{part!r} is not in {text[:600]}"


@contextlib.contextmanager
def lost(what):
    """Nothing whole comes back."""
    try:
        yield
    except (client.Lost, ValueError):
        return
    raise AssertionError(f"{what}: there was a whole reply")


def paid(running, shop):
    """The orders of a shop that wait to be shipped, as the ledger has them: [(id, order)]."""
    book = running.ledger(shop)
    asked = {refund["order"] for refund in book["refunds"].values()}
    return [(order_id, order) for order_id, order in book["orders"].items() if order["state"] == "paid" and order_id not in asked]
