#!/usr/bin/env python3
"""Bad input: each gives one clear sentence, loses nothing, and work goes on."""

import hashlib
import os
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import SITE, House  # noqa: E402
from rig.process import RigError, command, wait_until  # noqa: E402
from rig.worker import Worker  # noqa: E402
from tap import Tap  # noqa: E402


def sentence_faults(what, code, err, *words):
    """It ended with an error and said why in one line, naming every word."""
    lines = [line for line in err.splitlines() if line.strip()]
    if code in (0, None) or code < 0:
        yield f"{what}: exit code {code}"
    if len(lines) != 1:
        yield f"{what}: {len(lines)} lines instead of one: {lines[:4]}"
    for word in words:
        if lines and word not in lines[0]:
            yield f"{what}: {lines[0]!r} does not name {word!r}"


def fingerprint(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ---------------------------------------------------------------- programs that must refuse to start


def unknown_options(house):
    for command_line in (["floorhandd"], ["floorhand-link"], ["floorhand-hq", "status"], ["floorhand", "status"]):
        code, _, err = house.command(*command_line, "--no-such-option", "1")
        yield from sentence_faults(f"{' '.join(command_line)} --no-such-option", code, err, "no-such-option")


def bad_configs(house):
    for program, config, change, words in (
            ("floorhandd", "floorhandd.ini", ("port = 0", "prot = 0"), ("prot", ":")),
            ("floorhandd", "floorhandd.ini", ("port = 0", "port = 99999"), ("port", "65535")),
            ("floorhandd", "floorhandd.ini", ("[site]", "[sight]"), ("sight",)),
            ("floorhandd", "floorhandd.ini", ("scanner = stream:", "scanner = steam:"), ("steam",)),
            ("floorhand-link", "link.ini", ("host = ", "hots = "), ("hots",)),
            ("floorhand-link", "link.ini", ("backoff_ms = 50", "backoff_ms = soon"), ("backoff_ms", "soon"))):
        path = house.folder / f"bad-{config}"
        path.write_text((house.folder / config).read_text().replace(*change))
        code, _, err = house.command(program, "--config", path)
        yield from sentence_faults(f"{program} with {change[1]!r}", code, err, *words)
    code, _, err = house.command("floorhandd", "--config", house.folder / "nowhere.ini")
    yield from sentence_faults("floorhandd without its file", code, err, "nowhere.ini")


def bad_databases(house):
    """Damaged, foreign, from the future: refused, and left exactly as it was."""
    whole = house.site_db.read_bytes()
    newer = bytearray(whole)
    newer[60:64] = (999).to_bytes(4, "big")  # user_version (SQLite file format, 1.3)
    foreign = bytearray(whole)
    foreign[68:72] = (1).to_bytes(4, "big")  # application_id
    damaged = bytearray(whole)
    for page in range(2, len(whole) // 4096, 3):
        damaged[page * 4096:page * 4096 + 200] = os.urandom(200)
    for what, content in (("garbage", os.urandom(8192)), ("a newer schema", newer), ("another program's", foreign),
                          ("a damaged file", damaged), ("half a file", whole[:len(whole) // 2])):
        house.site_db.write_bytes(content)
        before = fingerprint(house.site_db)
        code, _, err = house.command("floorhandd", "--config", house.folder / "floorhandd.ini")
        yield from sentence_faults(f"{what} as the database", code, err, "site.db")
        if fingerprint(house.site_db) != before:
            yield f"{what} as the database: the file was changed"
    house.site_db.write_bytes(whole)


# ---------------------------------------------------------------- files that must be refused whole


def bad_files(house):
    folder = house.folder
    (folder / "column.csv").write_text("order,platform,colour\nX-1,shop,red\n")
    (folder / "value.csv").write_text("sku,name,weight_g,gtin\nNEW-1,First,10,\nNEW-2,Second,heavy,\n")
    (folder / "bytes.csv").write_bytes(b"sku,name,weight_g,gtin\nNEW-1,\xff\xff,10,\n")  # neither UTF-8 nor GB 18030
    (folder / "stock.csv").write_text("location,sku,amount\nA-01-1,TEA-100,5\n")
    (folder / "unknown.csv").write_text("location,sku,quantity\nA-01-1,TEA-100,5\nA-01-1,NO-SUCH,5\n")
    before = house.hq_rows("SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM orders)")
    for kind, name, words in (("orders", "column.csv", ("column.csv", "colour")), ("items", "value.csv", ("3", "weight_g")),
                              ("items", "bytes.csv", ("bytes.csv",)), ("items", "absent.csv", ("absent.csv",))):
        code, _, err = command(house.hq_argv("import", kind, folder / name))
        yield from sentence_faults(f"importing {name}", code, err, *words)
    if house.hq_rows("SELECT (SELECT count(*) FROM item), (SELECT count(*) FROM orders)") != before:
        yield "a refused file left rows at head office"
    for name, word in (("stock.csv", "amount"), ("unknown.csv", "line 3")):
        code, _, err = house.command("floorhand", "--url", house.page_url, "import", "stock", folder / name)
        yield from sentence_faults(f"importing {name} at the site", code, err, word)


# ---------------------------------------------------------------- scanners and brokers that misbehave


def resident_kib(program):
    status = pathlib.Path(f"/proc/{program.child.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def endless_scan(house, worker):
    """10 MB without an end: no memory grows, and the next scan is a scan."""
    before = resident_kib(house.daemon)
    house.scanner.send(b"9" * 10_000_000)
    grown = resident_kib(house.daemon) - before
    if grown > 8192:
        yield f"the daemon grew by {grown} KiB"
    house.scanner.send(b"\r")
    view = worker.view()
    wait_until(lambda: (worker.view().get("result") or {}).get("code") == "E26", "the lost scan is shown as such")
    view = worker.scan(worker.next_code(worker.look()))
    if not view["result"]["good"]:
        yield f"the scan after it was refused: {view['result']}"


def odd_scans(house, worker):
    """Control bytes, wrong UTF-8, an unknown code, an unknown command: refused, and the step stays."""
    step = worker.view()["step"]
    for code in ("\x01\x02\x03", "no-such-code", "CMD:FLY", "'; DROP TABLE item; --", "9521234000018", "条码" * 40):
        try:
            worker.scan(code)
            yield f"{code!r} was accepted"
        except RigError:
            pass
    house.scanner.send(b"\xff\xfe\xc0\x80\r")
    wait_until(lambda: worker.view().get("result"), "an answer to bytes that are no text")
    if worker.view()["step"] != step:
        yield f"the step went from {step} to {worker.view()['step']}"


def refusing_broker(house, worker):
    """The broker lets nobody in: the link says so, and the floor works on; then it lets us in."""
    house.broker.kill()
    config = house.folder / "mosquitto.conf"
    allowed = config.read_text()
    config.write_text(allowed.replace("allow_anonymous true", "allow_anonymous false"))
    house.broker.start()
    wait_until(lambda: re.search(r"refuse|not authori[sz]ed|denied", house.link.log(), re.IGNORECASE),
               "the link says that the broker refuses", seconds=15)
    worker.work()
    if len(worker.shipped) != len(worker.orders):
        yield f"{len(worker.shipped)} orders were shipped without the broker"
    lines = len(house.link.log().splitlines())
    if lines > 60:
        yield f"the link wrote {lines} lines about it"
    house.broker.kill()
    config.write_text(allowed)
    house.broker.start()
    wait_until(lambda: len(house.hq_rows("SELECT 1 FROM event WHERE type LIKE '%parcel.shipped' AND site = ?", SITE)) ==
               len(worker.orders), "head office has every parcel", seconds=20)


def protect(check, *arguments):
    try:
        yield from check(*arguments)
    except RigError as fault:
        yield from str(fault).splitlines()


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-") as name, House(pathlib.Path(name)) as house:
        orders = sample.orders(2)
        house.open(orders)
        worker = Worker(house, orders)
        tap.check("a file with a wrong column, value or encoding changes nothing", protect(bad_files, house))
        tap.check("an endless scan costs no memory and no later scan", protect(endless_scan, house, worker))
        tap.check("odd scans are refused and the step stays", protect(odd_scans, house, worker))
        tap.check("a broker that refuses stops nothing", protect(refusing_broker, house, worker))
        house.daemon.stop()
        tap.check("a database that cannot be used is refused and left alone", protect(bad_databases, house))
        tap.check("an unknown option is named", protect(unknown_options, house))
        tap.check("a mistake in a configuration file is named", protect(bad_configs, house))
        tap.check("every program stops when asked, in order", house.stop())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
