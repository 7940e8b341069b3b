#!/usr/bin/env python3
"""A PostgreSQL of its own in a temporary folder, reached by a socket there and by nothing else; gone at the end.

As a program: postgres.py PROGRAM...: runs each of them with $HEAD_OFFICE_DATABASE naming a database of a new cluster. Its exit
code is 0 when all of theirs are. Knows no program of this project."""

import contextlib
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from rig.process import RigError, die_with_parent, must, wait_until  # noqa: E402

DATABASE = "floorhand"


def tools():
    """Where initdb and postgres are: Debian keeps them out of the path."""
    folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    if not folders and not found:
        raise RigError("PostgreSQL is not installed (make deps)")
    return folders[-1] if folders else pathlib.Path(found).parent


def own_user():
    """PostgreSQL refuses to run as root: the name of somebody else, or None."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)


def quoted(value):
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


def filled(sql, values):
    """Each ? of the statement is a value."""
    parts = sql.split("?")
    return "".join(part + quoted(value) for part, value in zip(parts, values)) + parts[-1]


def query(url, sql, *values):
    """The rows as tuples; each ? of the statement is a value."""
    sql = filled(sql, values)
    said = must([tools() / "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command",
                 f"SELECT row_to_json(row) FROM ({sql}) AS row", url])
    return [tuple(json.loads(line).values()) for line in said.splitlines()]


def run(url, sql):
    must([tools() / "psql", "--no-psqlrc", "--quiet", "--command", sql, url])


def new_schema(url, name):
    """Returns the URL of an empty schema of that database."""
    must([tools() / "psql", "--no-psqlrc", "--quiet", "--command",
          f"SET client_min_messages = warning; DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}", url])
    return f"{url}&options=-csearch_path%3D{name}"


class Postgres:
    """Use it in a with statement. durable: commits wait for the disk, as in earnest."""

    def __init__(self, durable=True, connections=20):
        self.durable, self.connections = durable, connections
        self.user = own_user()
        self.bin = tools()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="floorhand-pg-"))
        self.data, self.log_path = self.folder / "data", self.folder / "log"
        self.server = None
        if self.user:
            shutil.chown(self.folder, self.user)
        self.folder.chmod(0o755)  # the programs under test come to the socket as somebody else

    def __enter__(self):
        try:
            self._tool("initdb", "--pgdata", self.data, "--auth", "trust", "--username", "floorhand", "--encoding", "UTF8",
                       "--no-locale", "--locale-provider", "icu", "--icu-locale", "en",  # as a dictionary sorts, not a machine
                       "--no-sync")
            self.start()
            self.create(DATABASE)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop("fast")
        shutil.rmtree(self.folder)

    def _start(self, argv, **more):
        who = {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []} if self.user else {}
        return subprocess.Popen([str(part) for part in argv], cwd=self.folder, stdin=subprocess.DEVNULL,
                                preexec_fn=die_with_parent, **who, **more)

    def _tool(self, name, *arguments):
        child = self._start([self.bin / name, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said, _ = child.communicate(timeout=60)
        if child.returncode:
            raise RigError(f"{name} ended with {child.returncode}:\n{said}")
        return said

    def start(self):
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "shared_buffers": "16MB",
                    "max_connections": self.connections}
        if not self.durable:
            settings.update(fsync="off", full_page_writes="off", synchronous_commit="off", wal_level="minimal", max_wal_senders=0)
        with open(self.log_path, "ab") as log:
            self.server = self._start([self.bin / "postgres", "-D", self.data,
                                       *(f"--{name}={value}" for name, value in settings.items())],
                                      stdout=log, stderr=log)
        wait_until(self._answers, "PostgreSQL answers", seconds=30, interval=0.02)

    def _answers(self):
        if self.server.poll() is not None:
            raise RigError(f"PostgreSQL ended with {self.server.returncode}:\n{self.log_path.read_text()}")
        return subprocess.run([self.bin / "pg_isready", "--quiet", "--host", self.folder], check=False).returncode == 0

    def stop(self, mode):
        """mode "immediate": as a power cut."""
        if self.server and self.server.poll() is None:
            self._tool("pg_ctl", "--pgdata", self.data, "--mode", mode, "stop")
            self.server.wait(30)

    def create(self, database):
        """An empty one beside the others; returns its URL."""
        self._tool("createdb", "--host", self.folder, "--username", "floorhand", "--template", "template0", database)
        return self.url_of(database)

    def ask_passwords(self):
        """Of everybody but our own user."""
        own = f"local all floorhand trust\nlocal all {self.user or 'floorhand'} trust\nlocal all all scram-sha-256\n"
        (self.data / "pg_hba.conf").write_text(own)
        self._tool("pg_ctl", "--pgdata", self.data, "reload")

    def drop(self, database):
        self._tool("dropdb", "--host", self.folder, "--username", "floorhand", database)

    def url_of(self, database):
        return f"postgresql:///{database}?host={urllib.parse.quote(str(self.folder), safe='')}&user=floorhand"

    @property
    def url(self):
        return self.url_of(DATABASE)


def main():
    failed = False
    with Postgres(durable=False) as postgres:
        env = dict(os.environ, HEAD_OFFICE_DATABASE=postgres.url)
        for program in sys.argv[1:]:
            argv = [sys.executable, program] if program.endswith(".py") else [program]
            failed |= subprocess.run(argv, env=env, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
