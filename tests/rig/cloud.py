"""Two tenants on one machine: a broker that knows who may say what, the keeper, and each tenant's head office behind it. place: a
folder, or the URL of a PostgreSQL database that is theirs alone."""

import contextlib
import json
import os
import subprocess

from rig import database, postgres, sample
from rig.api import Client
from rig.house import Broker, programs_folder
from rig.office import BOX, SITE, Box
from rig.process import Program, RigError, command, free_port, wait_until

HQ = programs_folder() / "floorhand-hq"
TENANTS = ("acme", "b-co")
PASSWORD = "secret"


def two_ports():
    """The first of two that follow one another, and are nobody else's."""
    first, second = free_port(), free_port()
    while second != first + 1:
        first, second = second, free_port()
    return first


class Cloud:
    """Use it in a with statement: whatever happens inside, nothing is left running."""

    def __init__(self, folder, place=None):
        self.folder, self.place = folder, place or folder / "cloud"
        self.first_port, self.box_keys = two_ports(), {}
        self.broker, self.tls_port = Broker(folder), free_port()
        self.passwords, self.certificates = folder / "passwords", folder / "certificates"
        self.keeper = Program("cloud", [HQ, "cloud", "--cloud", self.place, "--port", self.tls_port, "--ca", folder / "broker-ca.pem",
                                        "--gather-s", "1", "--passwords", self.passwords, "--certificates", self.certificates],
                              folder, notifies=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(RigError):
            self.keeper.stop()
        self.broker.kill()

    # ------------------------------------------------------------ commands

    def call(self, *words):
        """words as after floorhand-hq tenant; what follows "--" stays there."""
        at = words.index("--") if "--" in words else len(words)
        return command([HQ, "tenant", *words[:at], "--cloud", self.place, *words[at:]])

    def run(self, *words):
        code, out, err = self.call(*words)
        assert code == 0, f"{' '.join(map(str, words))}: {code} {err}"
        return [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def text(self, *words):
        code, out, err = self.call(*words)
        assert code == 0, f"{' '.join(map(str, words))}: {code} {err}"
        return out

    def refused(self, *words):
        code, out, err = self.call(*words)
        assert code in (1, 2) and not out, f"{' '.join(map(str, words))}: {code} {out}"
        return err.removeprefix("floorhand-hq: ").rstrip("\n")

    def of(self, tenant, *words):
        return self.run("run", tenant, "--", *words)

    # ------------------------------------------------------------ looking

    def tenant(self, name):
        return next(row for row in self.run("list") if row["tenant"] == name)

    def rows(self, tenant, sql):
        """Behind everything's back."""
        if isinstance(self.place, str):
            schema = "tenant_" + tenant.replace("-", "_")
            return postgres.query(f"{self.place}&options=-csearch_path%3D{schema}", sql)
        return database.rows(self.place / tenant / "head-office.db", sql)

    def as_tenant(self, tenant):
        """What a program of that tenant's has in its environment: the password of its role in PostgreSQL."""
        secret = postgres.query(self.place, "SELECT secret FROM floorhand_cloud.tenant WHERE name = ?", tenant)[0][0]
        return dict(os.environ, PGPASSWORD=secret)

    def usage(self, tenant):
        """measure: amount, of all days."""
        said = {}
        for row in self.run("usage", tenant):
            said[row["measure"]] = row["amount"] + said.get(row["measure"], 0)
        return said

    # ------------------------------------------------------------ making

    def furnish(self, orders=3):
        """Both tenants: the same site, the same box, the same numbers; other names in them."""
        for tenant in TENANTS:
            self.run("add", tenant, "--title", f"甲 {tenant}", "--first-port", self.first_port)
            self.of(tenant, "site", "add", SITE, "--box", BOX, "--name", tenant)
            folder = self.folder / f"files-{tenant}"
            folder.mkdir(exist_ok=True)
            for what, path in sample.write_master(folder):
                self.of(tenant, "import", what, path)
            path = sample.write_orders(folder / "orders.csv", sample.orders(orders))
            path.write_text(path.read_text().replace("张伟", tenant).replace(",shop,", f",{tenant},"))
            self.of(tenant, "import", "orders", path)

    def certify(self):
        """Each tenant's head office has a certificate of the tenant's own authority; the broker's is by one of them."""
        self.certificates.mkdir(exist_ok=True)
        for tenant in TENANTS:
            made = self.folder / f"made-{tenant}"
            made.mkdir(exist_ok=True)
            self.of(tenant, "broker", "ca", "--file", made / "ca.pem")
            self.of(tenant, "broker", "office", "--folder", made)
            for end, kind in (("pem", "crt"), ("key", "key")):
                (made / f"floorhand-hq.{end}").rename(self.certificates / f"{tenant}.hq.{kind}")
        self.of(TENANTS[0], "broker", "server", "localhost", "127.0.0.1", "--folder", self.folder)
        authorities = [(self.folder / f"made-{tenant}/ca.pem").read_text() for tenant in TENANTS]
        (self.folder / "broker-ca.pem").write_text(authorities[0])
        (self.folder / "clients-ca.pem").write_text("".join(authorities))

    def start(self):
        """As docs/cloud.md says it: names, passwords and certificates at the broker, its access list, the keeper."""
        names = [f"{tenant}.{who}" for tenant in TENANTS for who in ("hq", BOX)]
        passwd, acl = self.folder / "passwd", self.folder / "acl"
        passwd.write_text("")
        self.passwords.mkdir(exist_ok=True)
        for name in names:
            subprocess.run(["mosquitto_passwd", "-b", passwd, name, PASSWORD], check=True, stderr=subprocess.DEVNULL)
            (self.passwords / name).write_text(PASSWORD + "\n")
        acl.write_text(self.text("acl"))
        self.certify()
        config = self.folder / "mosquitto.conf"
        config.write_text(config.read_text().replace("allow_anonymous true", "allow_anonymous false") +
                          f"password_file {passwd}\nacl_file {acl}\nuse_username_as_clientid true\n"
                          f"listener {self.tls_port} 127.0.0.1\nuse_username_as_clientid true\nrequire_certificate true\n"
                          f"cafile {self.folder}/clients-ca.pem\ncertfile {self.folder}/localhost.pem\nkeyfile {self.folder}/localhost.key\n")
        if os.getuid() != 0:
            config.write_text(config.read_text().replace("user root\n", ""))
        self.broker.start()
        self.keeper.start()
        for tenant in TENANTS:
            self.await_served(tenant)

    def await_served(self, tenant):
        port = self.tenant(tenant)["port"]
        wait_until(lambda: self._well(port), f"{tenant} is served", seconds=20, interval=0.05)

    @staticmethod
    def _well(port):
        try:
            return Client(port).get("/healthz")[0] == 200
        except OSError:
            return False

    def key(self, tenant, **scope):
        scope = scope or {"reads": "*", "verbs": "*"}
        return self.of(tenant, "do", "key.add", "name=test", *(f"{name}={value}" for name, value in scope.items()))[0]["secret"]

    def client(self, tenant, key=None):
        return Client(self.tenant(tenant)["port"], key or self.key(tenant))

    def box(self, tenant):
        box = Box(self.broker.port, before=f"t/{tenant}/", user=f"{tenant}.{BOX}", password=PASSWORD)
        box.key = self.box_keys.setdefault(tenant, box.key)
        return box

    def server_of(self, tenant):
        """The process id of its serve."""
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            with contextlib.suppress(OSError):
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
                if "serve" in words and f"--topic-prefix=t/{tenant}" in words and f"--port={self.tls_port}" in words:
                    return int(entry)
        return None
