#!/usr/bin/env python3
"""TLS everywhere, with the programs and files that are shipped: certificates and access list by floorhand-hq's commands,
a broker with the shipped configuration, a site over it, its pages over TLS, and what people are told before a certificate
ends. What each may do at the broker: tests/unit/test_broker.c."""

import json
import pathlib
import re
import sqlite3
import ssl
import sys
import tempfile
import time
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.house import BOX, ROOT, SITE, House  # noqa: E402
from rig.process import command, must, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

DAY_S = 86400


class Secured(House):
    def __init__(self, folder):
        super().__init__(folder, site="https = on\nhttps_port = 0\nnames = pack.local\nresend_ms = 100")
        self.add_site()
        for words in (("ca", "--file", self.folder / "ca.pem"), ("server", "localhost", "127.0.0.1"), ("office",),
                      ("certificate", SITE), ("acl", "--file", self.folder / "floorhand.acl")):
            folder_option = () if "--file" in words else ("--folder", self.folder)
            self.hq_run("broker", *words, *folder_option)
        (self.folder / "localhost.pem").rename(self.folder / "broker.pem")
        (self.folder / "localhost.key").rename(self.folder / "broker.key")
        self.write_broker()
        with open(self.folder / "link.ini", "a") as config:
            config.write(f"ca_file = {self.folder}/ca.pem\ncert_file = {self.folder}/{BOX}.pem\nkey_file = {self.folder}/{BOX}.key\n")
        for name, value in (("ca", "ca.pem"), ("broker-certificate", "floorhand-hq.pem"), ("broker-key", "floorhand-hq.key")):
            self.hq.argv += [f"--{name}", str(self.folder / value)]

    def write_broker(self):
        config = self.folder / "mosquitto.conf"
        own_user = "user root\n" if "user root" in config.read_text() else ""
        shipped = (ROOT / "sync/broker/mosquitto.conf").read_text()
        config.write_text(shipped.replace("/etc/mosquitto/floorhand", str(self.folder))
                          .replace("listener 8883", f"listener {self.broker.port}") + own_user)

    @property
    def secure_port(self):
        return int(re.search(r"https://127\.0\.0\.1:(\d+)/", self.daemon.log())[1])

    def get_secure(self, path, host="localhost", ca=None):
        trusted = ssl.create_default_context(cafile=ca or f"{self.site_db}-ca.pem")
        trusted.verify_flags |= ssl.VERIFY_X509_STRICT
        with urllib.request.urlopen(f"https://{host}:{self.secure_port}{path}", context=trusted, timeout=20) as answer:
            return answer.read().decode()

    def sync(self):
        return json.loads(self.get_secure("/api/v1/sync"))


def site_speaks_with_head_office_over_tls(house):
    house.start()
    wait_until(lambda: house.sync()["state"] == "in_step", "the site is in step", 30)
    assert house.sync()["link"]["certificate_until"] > "2028", house.sync()
    assert [trouble["trouble"] for trouble in house.sync()["troubles"]] == [], house.sync()


def keys_are_for_their_owner_alone(house):
    for name in (house.folder / f"{BOX}.key", house.folder / "floorhand-hq.key", house.folder / "broker.key",
                 pathlib.Path(f"{house.site_db}-ca.key"), pathlib.Path(f"{house.site_db}-page.key")):
        assert name.stat().st_mode & 0o777 == 0o600, (name, oct(name.stat().st_mode))


def browser_that_trusts_the_site_sees_its_pages(house):
    assert "bench-1" in house.get_secure("/api/v1/stations")
    assert "bench-1" in house.get_secure("/api/v1/stations", "127.0.0.1")
    try:
        house.get_secure("/api/v1/stations", ca=house.folder / "ca.pem")
        raise AssertionError("the pages were shown to who trusts another authority")
    except urllib.error.URLError as fault:
        assert "CERTIFICATE_VERIFY_FAILED" in str(fault), fault


def page_and_tool_tell_the_same_fingerprint(house):
    der = ssl.PEM_cert_to_DER_cert(pathlib.Path(f"{house.site_db}-ca.pem").read_text())
    openssl = must(["openssl", "x509", "-in", f"{house.site_db}-ca.pem", "-noout", "-fingerprint", "-sha256"])
    fingerprint = openssl.strip().split("=")[1]
    with urllib.request.urlopen(f"{house.page_url}/trust", timeout=20) as page:
        assert fingerprint in page.read().decode()
    with urllib.request.urlopen(f"{house.page_url}/trust/ca.crt", timeout=20) as file:
        assert file.headers["Content-Type"] == "application/x-x509-ca-cert"
        assert ssl.PEM_cert_to_DER_cert(file.read().decode()) == der
    told = must([house.bin / "floorhand", "trust", "--url", house.page_url])
    assert fingerprint in told and f":{house.page_port}/trust" in told and "▀" in told, told
    must([house.bin / "floorhand", "trust", "--url", house.page_url, "--station", "bench-1"])
    wait_until(lambda: house.printer.labels, "the label is printed", 30)


def page_is_sent_to_tls(house):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None
    request = urllib.request.Request(f"{house.page_url}/office", headers={"Host": "10.0.0.5"})
    try:
        urllib.request.build_opener(Stay).open(request, timeout=20)
        raise AssertionError("the page was answered without TLS")
    except urllib.error.HTTPError as answer:
        assert answer.code == 307 and answer.headers["Location"] == f"https://10.0.0.5:{house.secure_port}/office", answer.headers


def short_certificate(house, days):
    """As head office's authority would have made it long ago."""
    with sqlite3.connect(house.hq_db) as database:
        certificate, key = database.execute("SELECT certificate, key FROM broker_authority").fetchone()
    folder = house.folder / "short"
    folder.mkdir(exist_ok=True)
    (folder / "ca.pem").write_text(certificate)
    (folder / "ca.key").write_text(key)
    must(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={BOX}",
          "-keyout", folder / "box.key", "-out", folder / "box.csr"])
    must(["openssl", "x509", "-req", "-in", folder / "box.csr", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
          "-CAcreateserial", "-days", str(days), "-out", folder / "box.pem"])
    (folder / "box.key").rename(house.folder / f"{BOX}.key")
    (folder / "box.pem").rename(house.folder / f"{BOX}.pem")


def new_files_are_used_without_a_restart_and_their_end_is_told(house):
    short_certificate(house, 10)
    house.broker.kill()
    house.broker.start()
    wait_until(lambda: [trouble["trouble"] for trouble in house.sync()["troubles"]] == ["certificate"],
               "the site tells that its certificate ends", 40)
    wait_until(lambda: house.sync()["state"] == "in_step", "the site is in step with the new one", 30)
    _, out, _ = command([house.bin / "floorhand", "doctor", "--json", "--url", house.page_url])
    said = [json.loads(line) for line in out.splitlines()]
    assert any(finding["about"] == "links" and finding["level"] == "problem" for finding in said), said


def head_office_tells_of_it_too(house):
    with sqlite3.connect(house.hq_db, timeout=20) as database:
        database.execute("UPDATE broker_certificate SET until_us = ? WHERE site = ?", (int(time.time() + 10 * DAY_S) * 1000000, SITE))
    site = json.loads(house.hq_run("sites"))
    assert "certificate" in [trouble["trouble"] for trouble in site["troubles"]], site
    house.hq.stop()
    said = len(house.hq.log())
    house.hq.start()
    wait_until(lambda: f"the certificate of {BOX} at the broker holds until" in house.hq.log()[said:], "its log says so", 30)
    house.hq_run("broker", "certificate", SITE, "--folder", house.folder)
    site = json.loads(house.hq_run("sites"))
    assert "certificate" not in [trouble["trouble"] for trouble in site["troubles"]], site


def retired_site_is_in_no_list(house):
    assert f"user {BOX}\n" in house.hq_run("broker", "acl")
    house.hq_run("site", "retire", SITE)
    assert f"user {BOX}\n" not in house.hq_run("broker", "acl")
    code, _, err = command(house.hq_argv("broker", "certificate", SITE, "--folder", house.folder))
    assert code == 1 and "is retired" in err, err
    house.hq_run("site", "claim", SITE)
    assert f"user {BOX}\n" in house.hq_run("broker", "acl")


def broken_authority_stops_no_work(house):
    house.daemon.stop()
    pathlib.Path(f"{house.site_db}-ca.pem").write_text("nothing\n")
    house.start_daemon()
    assert "served without TLS" in house.daemon.log()
    with urllib.request.urlopen(f"{house.page_url}/api/v1/stations", timeout=20) as answer:
        assert "bench-1" in answer.read().decode()


CHECKS = (site_speaks_with_head_office_over_tls, keys_are_for_their_owner_alone, browser_that_trusts_the_site_sees_its_pages,
          page_and_tool_tell_the_same_fingerprint, page_is_sent_to_tls, new_files_are_used_without_a_restart_and_their_end_is_told,
          head_office_tells_of_it_too, retired_site_is_in_no_list, broken_authority_stops_no_work)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="floorhand-security-") as folder, Secured(folder) as house:
        tap.each(CHECKS, house)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
