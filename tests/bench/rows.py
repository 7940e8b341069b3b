"""Adds the rows of a bench to build/bench.json, in the place of its former ones."""

import json
import pathlib

PATH = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "bench.json"


def row(name, ours, reference, goal):
    """Less is better."""
    return {"name": name, "ours": round(ours, 2), "reference": round(reference, 2), "ratio": round(ours / reference, 3),
            "goal": goal, "met": ours / reference <= goal}


def keep(rows, prefix):
    """prefix: how the names of this bench's rows begin."""
    others = json.loads(PATH.read_text()) if PATH.exists() else []
    others = [other for other in others if not other["name"].startswith(prefix)]
    PATH.write_text("[" + ",\n ".join(json.dumps(other) for other in others + rows) + "]\n")
