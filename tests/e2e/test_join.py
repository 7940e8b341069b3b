#!/usr/bin/env python3
"""Boxes that join a site by a code, with the real programs, a broker with TLS and head office's HTTPS: a new box, what it
says before and when something is wrong, the box that takes its place, and a copy of that one's disk. The code itself:
tests/unit/test_join_code.c; its word: tests/unit/test_hq_join.c."""

import http.client
import json
import pathlib
import shutil
import signal
import ssl
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig import sample  # noqa: E402
from rig.house import ROOT, SITE, House  # noqa: E402
from rig.process import Program, command, free_port, must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402


class Office(House):
    """Head office and the broker, both with TLS; the boxes are others'."""

    def __init__(self, folder):
        self.https = free_port()
        super().__init__(folder)
        must(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
              "-subj", "/CN=head office", "-keyout", self.folder / "pages.key", "-out", self.folder / "pages.pem"])
        self.add_site()
        self.import_master()
        for words in (("ca", "--file", self.folder / "ca.pem"), ("server", "localhost", "127.0.0.1", "--folder", self.folder),
                      ("office", "--folder", self.folder), ("acl", "--file", self.folder / "floorhand.acl")):
            self.hq_run("broker", *words)
        (self.folder / "localhost.pem").rename(self.folder / "broker.pem")
        (self.folder / "localhost.key").rename(self.folder / "broker.key")
        self.write_broker()
        for name, value in (("ca", "ca.pem"), ("broker-certificate", "floorhand-hq.pem"), ("broker-key", "floorhand-hq.key"),
                            ("certificate", "pages.pem"), ("key", "pages.key")):
            self.hq.argv += [f"--{name}", str(self.folder / value)]
        self.hq.argv += ["--listen", f"127.0.0.1:{self.https}"]
        self.boxes = []

    def write_broker(self):
        config = self.folder / "mosquitto.conf"
        own_user = "user root\n" if "user root" in config.read_text() else ""
        shipped = (ROOT / "sync/broker/mosquitto.conf").read_text()
        config.write_text(shipped.replace("/etc/mosquitto/floorhand", str(self.folder))
                          .replace("listener 8883", f"listener {self.broker.port}") + own_user)

    def code(self, *options):
        """As a person at head office: makes it, and does what it says is next."""
        told = json.loads(self.hq_run("site", "join", SITE, *options))
        self.hq_run("broker", "acl", "--file", self.folder / "floorhand.acl")
        self.broker.program.child.send_signal(signal.SIGHUP)
        return told["code"]

    def import_stock_at(self, box):
        must([self.bin / "floorhand", "import", "stock", "--url", f"http://127.0.0.1:{box.port}",
              sample.write_stock(self.folder / "stock.csv")])

    def site_row(self):
        return json.loads(self.hq_run("site", "list"))

    def stop(self):
        for box in self.boxes:
            box.stop()
        return super().stop()


class Box:
    """A machine that was set up with stations alone, or a copy of another's disk."""

    def __init__(self, house, name, disk=None):
        self.house, self.folder, self.port = house, house.folder / name, free_port()
        if disk:
            shutil.copytree(disk.folder, self.folder, ignore=shutil.ignore_patterns("*.log", "*.sock", "*.notify"))
        self.folder.mkdir(exist_ok=True)
        (self.folder / "floorhandd.ini").write_text(
            f"[site]\ndatabase = {self.folder}/site.db\nlink_socket = {self.folder}/link.sock\nsign_in = open\n"
            f"tool_key = {self.folder}/tool.key\naddress = 127.0.0.1\nport = {self.port}\nhardware = {name}\n"
            f"resend_ms = 100\n[station bench-1]\nname = Bench 1\n")
        self.daemon = Program(f"floorhandd-{name}", [house.bin / "floorhandd", "--config", self.folder / "floorhandd.ini"],
                              house.folder, notifies=True)
        self.link = Program(f"floorhand-link-{name}", [
            house.bin / "floorhand-link", "--config", self.folder / "link.ini", "--joined", self.folder / "joined.conf",
            "--socket", self.folder / "link.sock", "--backoff_ms", "50", "--backoff_max_ms", "400"], house.folder)
        house.boxes.append(self)

    def start(self):
        self.daemon.start()
        self.link.start()
        return self

    def stop(self):
        for program in (self.link, self.daemon):
            program.kill()

    def ask(self, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST" if body else "GET", f"/api/v1/{path}", json.dumps(body) if body else None,
                               {"Content-Type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def scan(self, text):
        return self.ask("stations/bench-1/scan", {"text": text})["result"]

    def look(self):
        return self.ask("stations/bench-1")

    def heard(self, code, what):
        """What is said at the station when a joining is over."""
        wait_until(lambda: self.look()["result"]["code"] == code, f"{what}: {code}", 30)

    def settled(self):
        def stands():
            try:
                sync = self.ask("sync")
            except (OSError, http.client.HTTPException):
                return False  # it is starting anew
            row = self.house.site_row()
            return (sync["state"] == "in_step" and sync["outbox"]["count"] == 0 and not sync["snapshot"] and
                    row["feed_head"] == row["feed_acked"] == sync["feed"]["seq"])
        wait_until(stands, "the box is in step with head office", 60, 0.1)

    def order_state(self, number):
        return self.ask(f"orders/{number}").get("order", {}).get("state")

    def troubles(self):
        return [trouble["trouble"] for trouble in self.ask("sync")["troubles"]]


def nobody_can_be_joined_before_head_office_says_where_it_is(house):
    code, _, err = command(house.hq_argv("site", "join", SITE))
    assert code == 1 and "join_address" in err, err
    house.hq_run("do", "setting.set", "name=join_address", f"value=127.0.0.1:{house.https}")
    house.hq_run("do", "setting.set", "name=broker_address", f"value=127.0.0.1:{house.broker.port}")
    code, _, err = command(house.hq_argv("site", "join", SITE))
    assert code == 1 and "--certificate" in err, err
    house.broker.start()
    house.hq.start()
    wait_until(lambda: "HTTP is served" in house.hq.log(), "head office serves", 20)
    assert len(house.code()) > 100


def box_without_a_site_says_what_to_scan(house):
    house.first = Box(house, "first").start()
    view = house.first.look()
    assert view["step"] == "join" and "joins this box" in view["prompt"]["en"], view
    result = house.first.scan("6901234567892")
    assert not result["good"] and result["code"] == "E97" and "总部" in result["text"]["zh"], result


def wrong_codes_do_nothing_and_say_why(house):
    code = house.code()
    damaged = code[:50] + ("B" if code[50] != "B" else "C") + code[51:]
    assert house.first.scan(damaged)["code"] == "E98"
    # what answers there has another certificate than the code says: it gets no word
    must(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
          "-keyout", house.folder / "other.key", "-out", house.folder / "other.pem"])
    assert house.first.scan(house.code("--certificate", house.folder / "other.pem"))["good"]
    house.first.heard("E99", "a stranger answers")
    assert "is not the head office" in house.first.look()["result"]["text"]["en"], house.first.look()["result"]
    assert house.hq_rows("SELECT count(*) FROM site_join WHERE used_us IS NOT NULL")[0][0] == 0
    house.code("--certificate", house.folder / "pages.pem")


def tries_to_join_are_held_back(house):
    """Words that are wrong, as fast as they go: few are looked up, and nobody is held back for good."""
    connection = http.client.HTTPSConnection("127.0.0.1", house.https, timeout=10, context=ssl._create_unverified_context())
    body = json.dumps({"token": "00" * 16, "name": "x", "request": "x"})

    def answer():
        connection.request("POST", "/api/v1/join", body, {"Content-Type": "application/json"})
        said = connection.getresponse()
        return said.status, json.loads(said.read())["error"]["message"]

    def is_looked_up():
        return answer()[0] == 403
    wait_until(is_looked_up, "a try is looked up", 20)
    told = [answer() for _ in range(50)]
    assert (429, "Many boxes join just now: try again in a second.") in told, told
    wait_until(is_looked_up, "later ones are looked up again", 20)
    connection.close()


def new_box_joins_by_one_scan_and_gets_its_order(house):
    png = house.folder / "code.png"
    house.used = house.code("--png", png)
    assert png.read_bytes().startswith(b"\x89PNG")
    result = house.first.scan(house.used.lower())  # Caps Lock
    assert result["good"] and SITE in result["text"]["en"], result
    assert house.used not in house.first.daemon.log() and house.used.lower() not in json.dumps(house.first.look())
    house.first.settled()
    house.import_stock_at(house.first)
    house.release(sample.orders(1))
    number = sample.orders(1)[0].number
    wait_until(lambda: house.first.order_state(number) == "allocated", "the order is there", 30)
    house.first.settled()
    row = house.site_row()
    assert row["box"].startswith("box-") and row["box"] != "box-hz07" and row["epoch"] == 1, row
    keys = list(house.first.folder.glob("box-*.key"))
    assert len(keys) == 1 and keys[0].stat().st_mode & 0o777 == 0o640, keys
    what = house.hq_rows("SELECT who, about FROM trail WHERE what = 'site.joined'")
    assert len(what) == 1 and what[0][0] == f"box {row['box']}" and SITE in what[0][1], what
    assert house.first.scan(house.used)["code"] == "E18"  # it has people now, and they decide


def used_code_joins_nobody_else(house):
    house.second = Box(house, "second").start()
    assert house.second.scan(house.used)["good"]
    house.second.heard("E98", "the code was used")
    assert not (house.second.folder / "joined.conf").exists()


def box_that_takes_its_place_fences_it(house):
    before = house.site_row()
    assert house.second.scan(house.code())["good"]
    house.second.settled()
    row = house.site_row()
    assert row["box"] != before["box"] and row["epoch"] == before["epoch"] + 1, (before, row)
    house.first.scan("6901234567892")  # somebody works on with the old one
    wait_until(lambda: house.first.ask("sync")["state"] == "fenced", "the old box is fenced", 30)
    assert house.first.troubles()[0] == "replaced", house.first.ask("sync")
    assert house.first.look()["link"]["alarm"] == "replaced", house.first.look()["link"]
    number = sample.orders(1)[0].number
    assert house.second.order_state(number), "what head office knows of the site is at the new box"
    house.second.settled()
    house.first.stop()


def supervisor_joins_a_box_anew(house):
    """As after its certificate's key was lost: another name and key, the same site and past."""
    before = house.site_row()
    code = house.code()
    assert house.second.scan(code)["code"] == "E18"
    assert house.second.scan(sample.BADGE)["good"]
    assert house.second.scan(code)["good"]
    wait_until(lambda: house.site_row()["box"] != before["box"], "head office has taken the code", 30)
    house.second.settled()
    row = house.site_row()
    assert row["epoch"] == before["epoch"] and not row["troubles"], (before, row)


def copy_of_its_disk_is_noticed(house):
    house.second.stop()
    copy = Box(house, "copy", disk=house.second)
    house.second.start()
    house.second.settled()
    copy.start()
    wait_until(lambda: [trouble["trouble"] for trouble in house.site_row()["troubles"]][:1] == ["clone"],
               "head office tells of it", 40)
    wait_until(lambda: "fenced" in copy.troubles(), "the copy is fenced and says so", 40)
    copy.stop()
    house.second.settled()


CHECKS = (nobody_can_be_joined_before_head_office_says_where_it_is, box_without_a_site_says_what_to_scan,
          wrong_codes_do_nothing_and_say_why, tries_to_join_are_held_back, new_box_joins_by_one_scan_and_gets_its_order, used_code_joins_nobody_else,
          box_that_takes_its_place_fences_it, supervisor_joins_a_box_anew,
          copy_of_its_disk_is_noticed)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-join-") as folder, Office(folder) as house:
        tap.each(CHECKS, house)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
