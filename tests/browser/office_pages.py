"""Serves head office's pages for a test: prints "PORT KEY" when it does, and ends with its standard input."""

import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.office import HQ, Office  # noqa: E402
from rig.process import Program, free_port  # noqa: E402


def serve(furnish):
    """furnish(office) fills it first. PORT in the environment: where."""
    with tempfile.TemporaryDirectory() as folder:
        office = Office(pathlib.Path(folder))
        furnish(office)
        key = office.run("do", "key.add", "name=pages", "reads=*", "verbs=*,staff.add,staff.grant")[0]["secret"]
        port = int(os.environ.get("PORT") or free_port())
        program = Program("floorhand-hq", [HQ, "--database", office.database, "serve", "--port", free_port(), "--listen", f"127.0.0.1:{port}"],
                          office.folder, notifies=True).start()
        print(port, key, flush=True)
        sys.stdin.read()
        program.stop()
