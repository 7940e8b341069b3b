#!/usr/bin/env python3
"""How soon a page shows something on a telephone: tests/browser/paint.mjs measures, beside the limit of a second."""

import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from bench import rows  # noqa: E402

BROWSER = pathlib.Path(__file__).resolve().parent.parent / "browser"
PREFIX = "first paint: "
LIMIT_MS = 1000


def main():
    if not (BROWSER / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=BROWSER, check=True)
    said = subprocess.run(["node", "paint.mjs"], cwd=BROWSER, check=True, capture_output=True, text=True).stdout
    found = [rows.row(f"{PREFIX}{page['name']}, ms", page["median"], LIMIT_MS, 1) | {key: round(page[key] / LIMIT_MS, 3) for key in ("low", "high")}
             for page in map(json.loads, said.splitlines())]
    return rows.conclude(found)


sys.exit(main())
