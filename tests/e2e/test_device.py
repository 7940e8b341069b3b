#!/usr/bin/env python3
"""`floorhand device` and `floorhand doctor` as people run them, on devices that umockdev shows the real program.

Does not test every finding (test_doctor does) nor every way to be plugged in (test_inventory does)."""

import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from test_tool import TOOL, Daemon, Tap, asked_faults, faults_of, run  # noqa: E402

NOBODY = "http://127.0.0.1:1"  # nothing listens there


def usb_device(port, number, vendor, product, interfaces, serial=None, name=""):
    """A device of umockdev's: interfaces are (class, subclass, protocol, driver of the kernel)."""
    lines = [f"P: /devices/usb1/{port}", f"N: bus/usb/001/{number:03}", f"E: DEVNAME=/dev/bus/usb/001/{number:03}",
             "E: DEVTYPE=usb_device", "E: SUBSYSTEM=usb", "A: bDeviceClass=00\\n", f"A: idVendor={vendor}\\n",
             f"A: idProduct={product}\\n", f"A: product={name}\\n"]
    lines += [f"A: serial={serial}\\n"] if serial else []
    for index, (klass, subclass, protocol, driver) in enumerate(interfaces):
        lines += ["", f"P: /devices/usb1/{port}/{port}:1.{index}", "E: DEVTYPE=usb_interface", "E: SUBSYSTEM=usb",
                  f"A: bInterfaceNumber={index:02}\\n", f"A: bInterfaceClass={klass}\\n",
                  f"A: bInterfaceSubClass={subclass}\\n", f"A: bInterfaceProtocol={protocol}\\n",
                  f"L: driver=../../../../bus/usb/drivers/{driver}"]
    return "\n".join(lines) + "\n\n"


KEYBOARD, PRINTER = ("03", "01", "01", "usbhid"), ("07", "01", "02", "usblp")
ACM, VENDOR = ("02", "02", "01", "cdc_acm"), ("ff", "00", "00", "none")
BENCH = (usb_device("1-1", 2, "05e0", "1200", [KEYBOARD], "S/N:63FC61BF Rev:NBRPPAAP1") +
         usb_device("1-2", 3, "1111", "2222", [KEYBOARD], "12345", "Cheap Scanner") +
         usb_device("1-3", 4, "0a5f", "0110", [PRINTER], "D5J204500001") +
         usb_device("1-4", 5, "05e0", "1900", [VENDOR]) +
         usb_device("1-5", 6, "8087", "0a2b", [VENDOR], name="radio"))


def run_with(devices, *words):
    """Runs the tool; it sees these devices and no others."""
    with tempfile.NamedTemporaryFile("w", suffix=".umockdev") as file:
        file.write(devices)
        file.flush()
        env = dict(os.environ)
        if env.get("MODE") == "asan":
            # its inner preload must not look for leaks of the wrapper's, and may stand before the sanitiser
            env["ASAN_OPTIONS"] = "detect_leaks=0:verify_asan_link_order=0:" + env.get("ASAN_OPTIONS", "")
        return subprocess.run(["umockdev-run", "--device", file.name, "--", TOOL, *words], capture_output=True, env=env,
                              timeout=60, check=False)


def objects(done):
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def list_faults(done):
    yield from faults_of(done, 0)
    found = {device["id"]: device for device in objects(done)}
    wanted = {"usb:05e0:1200:S/N:63FC61BF Rev:NBRPPAAP1": ("Zebra/Symbol scanner, keyboard mode", "hid-keyboard", "usbhid"),
              "usb-path:1-2": ("USB keyboard, perhaps a scanner (Cheap Scanner)", "hid-keyboard", "usbhid"),
              "usb:0a5f:0110:D5J204500001": ("Zebra Link-OS: ZD410, ZD500, ZD620, ZT411", "zpl", "usblp"),
              "usb-path:1-4": ("Zebra/Symbol scanner, SNAPI mode", "none", "none")}
    if list(found) != list(wanted):
        yield f"listed {list(found)}"
        return
    for identity, (what, driver, kernel) in wanted.items():
        device = found[identity]
        if (device["what"], device["driver"], device["kernel"]) != (what, driver, [kernel]):
            yield f"{device}"
    if found["usb-path:1-2"]["port"] != "1-2" or found["usb-path:1-2"]["station"] is not None:
        yield f"{found['usb-path:1-2']}"


def table_faults(done):
    yield from faults_of(done, 0)
    lines = done.stdout.decode().splitlines()
    if len(lines) != 5 or not lines[0].startswith("ID "):
        yield f"printed {lines}"
        return
    column = lines[0].index("PORT")
    yield from (f"{line!r} is not under its heading" for line in lines[1:]
                if line[column - 1] != " " or not line[column:].startswith("1-"))


def test_list(tap):
    tap.check("device list tells what is plugged in", list_faults(run_with(BENCH, "device", "list", "--json", "--url", NOBODY)))
    tap.check("device list prints a table", table_faults(run_with(BENCH, "device", "list", "--url", NOBODY)))
    done = run_with(usb_device("1-5", 6, "8087", "0a2b", [VENDOR]), "device", "list", "--url", NOBODY)
    tap.check("device list says that nothing is plugged in", [*faults_of(done, 0)] if b"Nothing is plugged in" in done.stdout
              else [f"printed {done.stdout}"])


def test_stations(tap, url):
    answer = [{"id": "usb-path:1-2", "kind": "scanner", "driver": "hid-keyboard", "station": "pack-1", "state": "open"},
              {"id": "usb-path:9-9", "station": "gone"}, {"station": 5}, 7]
    Daemon.answers[("GET", "/api/v1/devices")] = (200, json.dumps(answer))
    stations = {device["id"]: device["station"]
                for device in objects(run_with(BENCH, "device", "list", "--json", "--url", url))}
    tap.check("device list names the station", [f"{stations}" for _ in range(1) if
                                               [name for name in stations.values() if name] != ["pack-1"]])
    for body in ("<html>", "{}", "[[]]", '[{"id":null}]'):
        Daemon.answers[("GET", "/api/v1/devices")] = (200, body)
        tap.check(f"device list bears {body}", faults_of(run_with(BENCH, "device", "list", "--url", url), 0))
    del Daemon.answers[("GET", "/api/v1/devices")]


def test_bind(tap, url):
    Daemon.answers[("POST", "/api/v1/devices/bind")] = (200, '{"bound":true}')
    Daemon.asked.clear()
    words = ("device", "bind", "usb-path:1-2", "--station", "pack-1")
    faults = [*faults_of(run(*words, "--role", "scanner", url=url), 0, [{"bound": True}])]
    Daemon.asked[:] = [(*asked[:3], json.loads(asked[3])) for asked in Daemon.asked]
    tap.check("device bind asks the daemon", faults + [*asked_faults(
        ("POST", "/api/v1/devices/bind", "application/json", {"id": "usb-path:1-2", "station": "pack-1", "role": "scanner"}))])
    Daemon.answers[("POST", "/api/v1/devices/bind")] = (404, '{"error":{"message":"No such device."}}')
    tap.check("device bind says why not", faults_of(run(*words, url=url), 1, [], "No such device."))


def findings_of(done):
    return {(finding["level"], finding["about"], finding["sentence"]) for finding in objects(done)}


def doctor_faults(done, code, *wanted):
    yield from faults_of(done, code)
    found = findings_of(done)
    for level, about, start in wanted:
        if not any(finding[:2] == (level, about) and finding[2].startswith(start) for finding in found):
            yield f"did not find {level} {about} {start}, but {sorted(found)}"


def test_doctor(tap, url):
    tap.check("doctor finds what is wrong", doctor_faults(
        run_with(BENCH, "doctor", "--json", "--url", NOBODY), 1,
        ("problem", "machine", "The daemon does not answer"),
        ("problem", "usb-path:1-4", "It is in a mode that cannot be used."),
        ("note", "usb:05e0:1200:S/N:63FC61BF Rev:NBRPPAAP1", "The kernel's usbhid holds it"),
        ("note", "usb-path:1-2", "It is a keyboard"),
        ("note", "printers", "The printers were not asked")))
    twins = (usb_device("1-1", 2, "0c2e", "0b81", [ACM], "AB12CD34") + usb_device("1-2", 3, "0c2e", "0b81", [ACM], "AB12CD34"))
    tap.check("doctor finds twins and a missing driver", doctor_faults(
        run_with(twins, "doctor", "--json", "--url", NOBODY), 1,
        ("note", "usb-path:1-1", "Another device has the same serial number"),
        ("problem", "usb-path:1-2", "It has a serial line, and no driver")))
    status = {"stations": [{"id": "pack-1", "printer": {
        "state": "error", "text": {"en": "Printer: put in paper", "zh": "打印机异常:请装纸"}}},
                           {"id": "pack-2", "printer": {"state": "ready"}}, {"id": 5}, None]}
    Daemon.answers[("GET", "/api/v1/status")] = (200, json.dumps(status))
    done = run_with(BENCH, "doctor", "--json", "--url", url)
    tap.check("doctor passes on what printers say", doctor_faults(
        done, 1, ("ok", "machine", f"The daemon answers at {url}."),
        ("problem", "station pack-1", "Its printer reports a fault: put in paper."),
        ("ok", "station pack-2", "Its printer is ready.")))
    text = run_with(BENCH, "doctor", "--url", url).stdout.decode()
    tap.check("doctor prints headings, advice and a count for people",
              [text] if "usb-path:1-4 - Zebra/Symbol scanner, SNAPI mode" not in text or "HID Keyboard Emulation" not in text
              or not text.rstrip().splitlines()[-1].endswith("problems") else [])


def test_usage(tap):
    for words, sentence in ((("device", "bind", "x"), "--station"), (("device", "bind"), "ID"),
                            (("device", "bind", "x", "--station", "y", "--role", "mouse"), "scanner|printer|scale"),
                            (("device", "list", "--json=maybe"), "yes or no"), (("device", "list", "x"), '"x"'),
                            (("device", "models", "--json"), '"json"')):
        tap.check(f"usage: floorhand {' '.join(words)}", faults_of(run(*words), 2, [], sentence))
    for words in (("device",), ("device", "list"), ("device", "bind"), ("device", "models"), ("doctor",)):
        done = run(*words, "--help")
        tap.check(f"help: floorhand {' '.join(words)} --help",
                  [] if done.returncode == 0 and b"Usage: floorhand" in done.stdout else [f"{done}"])
    tap.check("a flag takes no value", faults_of(run("device", "models", "--markdown", "x"), 2, [], '"x"'))
    lines = run("device", "models").stdout.decode().splitlines()
    tap.check("device models lists them", [] if len(lines) > 60 and all(line.split()[2] in ("hardware", "rig", "documents") for line in lines) else lines[:5])


def main():
    tap = Tap()
    test_usage(tap)
    test_list(tap)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Daemon)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        test_stations(tap, url)
        test_bind(tap, url)
        test_doctor(tap, url)
    finally:
        server.shutdown()
        server.server_close()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
