#!/usr/bin/env python3
"""Labels that somebody asks for: once for each key, refused with the field that is wrong, and shown as they are printed."""

import base64
import http.client
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.house import House  # noqa: E402
from rig.process import RigError, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

LOCATION = {"code": "A-01-02", "name": "红色马克杯"}
OPAQUE = b"^XA^FO10,10^FDmade elsewhere^FS^XZ\n"


def ask_for(house, template, data, key, copies=1):
    return house.ask("stations/bench-1/labels", {"template": template, "data": data, "key": key, "copies": copies})


def picture(house, job):
    connection = http.client.HTTPConnection("127.0.0.1", house.page_port, timeout=10)
    try:
        connection.request("GET", f"/api/v1/print-jobs/{job}/picture")
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def await_labels(house, count):
    wait_until(lambda: len(house.printer.labels) >= count, f"{count} labels come out")


def once(house):
    """Twice with one key is one label; another key is another."""
    for key in ("a", "a", "b"):
        status, answer = ask_for(house, "location", LOCATION, key)
        if status != 200 or answer.get("printing") != "bench-1":
            yield f"asked with {key}: {status} {answer}"
    await_labels(house, 2)
    if len(house.printer.labels) != 2 or house.printer.codes() != ["A-01-02"] * 2:
        yield f"{len(house.printer.labels)} labels came out: {house.printer.codes()}"


def refused(house):
    """Nothing is stored of a label that cannot be drawn, and the answer names the field."""
    cases = [("location", {}, "k", 1, "label_field", "location"), ("none", {}, "k", 1, "label_template", None),
             ("item", {"gtin": "9521234543214"}, "k", 1, "label_character", "gtin"),
             ("location", {"code": "A" * 600}, "k", 1, "label_overflow", "code"),
             ("location", LOCATION, "", 1, "label_data", None), ("location", LOCATION, "k", 0, "label_size", "copies"),
             ("location", LOCATION, "k", 1000, "label_size", "copies"), ("location", [], "k", 1, "label_data", None)]
    before = len(house.printer.labels)
    for template, data, key, copies, code, field in cases:
        status, answer = ask_for(house, template, data, key, copies)
        fault = answer.get("error", {})
        if status != 400 or fault.get("code") != code or fault.get("field") != field:
            yield f"{template} {str(data)[:60]}: {status} {answer}"
    if len(house.printer.labels) != before:
        yield "a refused label came out"


def copies(house):
    before = len(house.printer.labels)
    ask_for(house, "location", LOCATION, "three", 3)
    await_labels(house, before + 1)
    if b"^PQ3," not in house.printer.labels[-1]:
        yield f"not three of it: {house.printer.labels[-1][-40:]}"


def opaque(house):
    """What was made elsewhere is passed on byte for byte, and has no picture."""
    before = len(house.printer.labels)
    status, answer = ask_for(house, "opaque", {"language": "zpl", "bytes": base64.b64encode(OPAQUE).decode()}, "o")
    if status != 200:
        yield f"{status} {answer}"
    await_labels(house, before + 1)
    if house.printer.labels[-1] != OPAQUE.strip():
        yield f"{house.printer.labels[-1]} came out"
    job = max(job for job in range(1, 12) if picture(house, job)[0] == 404 and b"elsewhere" in picture(house, job)[1])
    if not job:
        yield "the picture of what was made elsewhere is not refused as that"


def shown(house):
    """The picture of a job is the one that the tool draws from the same data."""
    data, own = house.folder / "location.json", house.folder / "location.png"
    data.write_text(json.dumps(LOCATION))
    house.command(house.bin / "floorhand", "label", "render", "location", "--data", data, "--to", "png", "--out", own)
    status, png = picture(house, 1)
    if status != 200 or png != own.read_bytes():
        yield f"{status}: {len(png)} bytes, the tool's picture has {len(own.read_bytes())}"
    if picture(house, 999)[0] != 404:
        yield "a job that is not there has a picture"


def by_the_tool(house):
    before, data = len(house.printer.labels), house.folder / "tote.json"
    data.write_text(json.dumps({"code": "TOTE-77"}))
    code, out, err = house.command(house.bin / "floorhand", "label", "print", "tote", "--data", data, "--station", "bench-1",
                                   "--url", house.page_url)
    if code or json.loads(out).get("printing") != "bench-1":
        yield f"{code} {out} {err}"
    await_labels(house, before + 1)
    if house.printer.codes()[-1] != "TOTE-77":
        yield f"{house.printer.codes()[-1]} came out"
    data.write_text("{}")
    code, out, err = house.command(house.bin / "floorhand", "label", "print", "tote", "--data", data, "--station", "bench-1",
                                   "--url", house.page_url)
    if code != 1 or "tote is missing" not in err:
        yield f"without a code: {code} {out} {err}"


STORIES = [
    ("asking twice for one label prints one", once),
    ("a label that cannot be drawn is refused by its field", refused),
    ("copies come out of one job", copies),
    ("a label made elsewhere is passed on as it is", opaque),
    ("a page shows the very label that is printed", shown),
    ("the tool prints a label at a station", by_the_tool),
]


def protect(story, house):
    try:
        yield from story(house)
    except RigError as fault:
        yield from str(fault).splitlines()


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as name, House(pathlib.Path(name)) as house:
        house.start()
        for title, story in STORIES:
            tap.check(title, protect(story, house))
        tap.check("every program stops when asked", house.stop())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
