#!/usr/bin/env python3
"""docs/openapi-head-office.yaml is what head office's tables say: its kinds of rows, verbs, files and addresses. With --write it brings
the document up to date. Whether the document is good OpenAPI, tests/standards looks at."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import office_openapi  # noqa: E402
import wire_asyncapi  # noqa: E402
from tap import Tap  # noqa: E402

HQ = ROOT / os.environ.get("OUT", "build") / "floorhand-hq"
DOCUMENT = ROOT / "docs/openapi-head-office.yaml"
HEAD = "# Made of head office's tables by tests/unit/test_office_docs.py --write.\n"


def told(command):
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run([HQ, command, "--database", f"{folder}/hq.db"], capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


PAGES = [("GET", "/"), ("GET", "/assets/{}")]  # for people


def routes():
    """[(method, pattern)] of the table in http_routes.c, for programs."""
    table = (ROOT / "sync/head-office/api/http_routes.c").read_text()
    return [route for route in re.findall(r'^    \{"([A-Z]+)", "([^"]+)", ', table, re.MULTILINE) if route not in PAGES]


def pattern_of(path, served):
    """The first pattern that the path fits, as the server looks for it."""
    for method, pattern in served:
        if re.fullmatch(re.escape(pattern).replace(r"\{\*\}", ".+").replace(r"\{\}", "[^/]+"), path):
            return method.lower(), pattern
    return None


def route_faults(document):
    served, found = routes(), set()
    for path, operations in document["paths"].items():
        route = pattern_of(path, served)
        found.add(route)
        if route is None or list(operations) != [route[0]]:
            yield f"{path} with {', '.join(operations)}: the server has {route}"
    yield from (f"{method} {pattern} is in no path" for method, pattern in served if (method.lower(), pattern) not in found)


def duplicate_names(document):
    names = [operation["operationId"] for operations in document["paths"].values() for operation in operations.values()]
    yield from (f"two operations are called {name}" for name in sorted(set(names)) if names.count(name) > 1)


def main():
    kinds, verbs, words = told("kinds"), told("verbs"), told("words")[0]
    imports = {file["kind"]: file["per_site"] for file in words["files"]}
    document = office_openapi.document(kinds, verbs, imports)
    text = HEAD + wire_asyncapi.yaml(document)
    if "--write" in sys.argv:
        DOCUMENT.write_text(text, encoding="utf-8")
    tap = Tap()
    tap.check("docs/openapi-head-office.yaml is up to date", [] if DOCUMENT.read_text(encoding="utf-8") == text else
              ["python3 tests/unit/test_office_docs.py --write"])
    tap.check(f"its {len(document['paths'])} paths are the server's {len(routes())} addresses", route_faults(document))
    tap.check("no two operations have one name", duplicate_names(document))
    tap.check("the program's tables were read", [] if len(kinds) > 20 and len(verbs) > 8 and len(imports) > 6 else
              [f"{len(kinds)} kinds, {len(verbs)} verbs, {len(imports)} files"])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
