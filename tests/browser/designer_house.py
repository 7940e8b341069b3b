#!/usr/bin/env python3
"""A site with orders and a label that was printed, for the test of the label designer: prints the daemon's port when it serves,
writes what the printer gets into the file that it is told, and ends with its standard input."""

import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig import sample  # noqa: E402
from rig.house import House  # noqa: E402
from rig.worker import Worker  # noqa: E402


def main():
    printed = ROOT / "build/screens/designer-printed.zpl"
    printed.parent.mkdir(parents=True, exist_ok=True)
    printed.write_bytes(b"")
    orders = sample.orders(4)

    def keep(label):
        with printed.open("ab") as file:
            file.write(label.replace(b"\n", b"") + b"\n")

    with tempfile.TemporaryDirectory(prefix="floorhand-") as folder, House(folder, on_label=keep) as house:
        house.open(orders)
        worker = Worker(house, orders, badge=sample.WORKERS[0][2])
        while not worker.labelled:
            worker.step()
        print(house.page_port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
