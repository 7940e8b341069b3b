#!/usr/bin/env python3
"""The Debian packages in a fresh Debian: they install with what they need, the programs run as their own users, an upgrade keeps what they
hold, removing keeps it too, and purging leaves nothing. No systemd runs there: the programs are started as their units say. As root;
takes minutes, most of them to fetch Debian."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from rig import sample  # noqa: E402
from rig.process import RigError, free_port, wait_until  # noqa: E402
from tap import Tap  # noqa: E402

HERE = ROOT / "build/deb"
OS = HERE / "debian"
WATCHED = ("etc", "usr", "var/lib")
NOT_OURS = re.compile(r"^(etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$|usr/share/(fonts|doc|man|info|fontconfig|locale|mime)|var/lib/"
                      r"(dpkg|apt|systemd/deb-systemd-helper)|etc/(ld\.so\.cache|fonts))")

tap = Tap()


def sources():
    """Where this machine gets Debian from."""
    folder = pathlib.Path("/etc/apt/sources.list.d")
    found = [path.read_text() for path in sorted(folder.glob("*.sources"))]
    return "\n\n".join(found) if found else pathlib.Path("/etc/apt/sources.list").read_text()


def version():
    return re.search(r"^VERSION_CODENAME=(\w+)", pathlib.Path("/etc/os-release").read_text(), re.MULTILINE)[1]


def fetch(packages):
    """A Debian with what our packages need, but without them."""
    needed = sorted({word.split()[0] for package in packages for word in field(package, "Depends").split(", ")})
    if OS.exists():
        shutil.rmtree(OS)
    print(f"# fetching Debian and {len(needed)} packages", flush=True)
    subprocess.run(["mmdebstrap", "--mode=root", "--variant=minbase", f"--include=systemd,{','.join(needed)}", version(), OS, "-"], input=sources(),
                   text=True, check=True, stderr=subprocess.DEVNULL)


def field(package, name):
    return subprocess.run(["dpkg-deb", "-f", package, name], capture_output=True, text=True, check=True).stdout.strip()


def inside(*words):
    """What it printed."""
    done = subprocess.run(["chroot", OS, *words], capture_output=True, text=True, check=False, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                                                                                                  "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})
    if done.returncode:
        raise RigError(f"{' '.join(map(str, words))}: {done.stdout[-400:]} {done.stderr[-400:]}")
    return done.stdout


def install(packages):
    for package in packages:
        shutil.copy(package, OS / "tmp")
    inside("dpkg", "-i", *(f"/tmp/{package.name}" for package in packages))


def build(number):
    folder = HERE / number
    subprocess.run([ROOT / "systemd/debian/build.sh", HERE / "installed", number, folder], check=True)
    return sorted(folder.glob("*.deb"))


def files():
    return {str(path.relative_to(OS)) for top in WATCHED for path in (OS / top).rglob("*") if not NOT_OURS.match(str(path.relative_to(OS)))}


@contextlib.contextmanager
def mounted():
    subprocess.run(["mount", "-t", "proc", "proc", OS / "proc"], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", OS / "proc"], check=True)


def unit(name):
    return dict(line.split("=", 1) for line in (OS / f"usr/lib/systemd/system/{name}").read_text().splitlines() if re.match(r"[A-Z]\w+=", line))


@contextlib.contextmanager
def started(name, *more):
    """As its unit says: its user, its folders, its words."""
    said = unit(name)
    for folder, mode in (("var/lib", "StateDirectory"), ("run", "RuntimeDirectory")):
        if mode in said:
            inside("install", "-d", "-o", said["User"], "-g", said["Group"], "-m", said[f"{mode}Mode"], f"/{folder}/{said[mode]}")
    words = ["setpriv", f"--reuid={said['User']}", f"--regid={said['Group']}", "--init-groups", "--no-new-privs", *said["ExecStart"].split(), *more]
    with subprocess.Popen(["chroot", OS, *words]) as program:
        try:
            yield program
        finally:
            program.terminate()
            program.wait(20)


def answers(url):
    with contextlib.suppress(OSError):
        with urllib.request.urlopen(url, timeout=5) as answer:
            return json.load(answer)
    return None


@contextlib.contextmanager
def site(port):
    with started("floorhandd.service"):
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/api/v1/stations"), "the daemon answers", 20)
        yield


def configure(port):
    """The sample file, with what head office gives."""
    text = (OS / "usr/share/doc/floorhand/floorhandd.conf").read_text()
    for line, value in (("id = ", "id = hz-07"), ("box = ", "box = box-1"), ("port = 8480", f"port = {port}"),
                        ("https_port = 8443", "https_port = 0"), ("sign_in = required", "sign_in = open")):
        assert f"\n{line}\n" in text, line
        text = text.replace(f"\n{line}\n", f"\n{value}\n", 1)
    (OS / "etc/floorhand/floorhandd.conf").write_text(text)


def workers(port):
    return {row["worker"] for row in answers(f"http://127.0.0.1:{port}/api/v1/workers")["rows"]}


def check(name):
    """A decorator: what a step raises is its fault."""
    def run(step):
        try:
            step()
            tap.check(name)
        except (AssertionError, RigError, OSError, subprocess.SubprocessError) as fault:
            tap.check(name, str(fault).splitlines() or [repr(fault)])
    return run


def packed(package):
    return sorted(line.split()[-1].removeprefix("./") for line in subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True,
                                                                               check=True).stdout.splitlines() if not line.endswith("/"))


def contents():
    """What is in them, without a Debian to put them into."""
    subprocess.run(["make", "-s", "deb", "VERSION=0.1"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    for package in sorted(HERE.glob("*_0.1_*.deb")):
        name = package.name.split("_")[0]
        listed = sorted((ROOT / f"systemd/debian/{name}.files").read_text().split())
        tap.check(f"{name} holds what its list says", [] if packed(package) == listed else packed(package))
        tap.check(f"{name} knows what it needs", [] if {"libc6", "libsodium23"} <= {word.split()[0] for word in field(package, "Depends").split(", ")}
                  else [field(package, "Depends")])
        folder = HERE / f"{name}.control"
        subprocess.run(["dpkg-deb", "-e", package, folder], check=True)
        for script in ("postinst", "prerm", "postrm"):
            said = subprocess.run(["sh", "-n", folder / script], capture_output=True, text=True, check=False)
            left = re.findall(r"@\w+@", (folder / script).read_text())
            tap.check(f"{name}'s {script} is a script", [said.stderr, *left] if said.returncode or left else [])
    return tap.done()


def main():
    if "--short" in sys.argv:
        return contents()
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        tap.skip("the packages in a fresh Debian", "that takes root and mmdebstrap")
        return tap.done()
    subprocess.run(["make", "-s", "deb", "VERSION=0.1"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    first, second, port = build("0.1"), build("0.2"), free_port()
    fetch(first)
    before = files()
    with mounted():
        steps(first, second, before, port)
    return tap.done()


def steps(first, second, before, port):
    @check("they install, with users, folders and rules, and are started with the machine")
    def _():
        install(first)
        for user in ("floorhand", "floorhand-link", "floorhand-hq"):
            assert inside("getent", "passwd", user).endswith(("/usr/sbin/nologin\n", "/bin/false\n")), user
        wants = {path.name for path in (OS / "etc/systemd/system/multi-user.target.wants").iterdir()}
        assert {"floorhandd.service", "floorhand-link.service", "floorhand-hq.service"} <= wants and "floorhand-shops.service" not in wants, wants
        assert (OS / "etc/floorhand").stat().st_mode & 0o777 == 0o750
        assert not inside("dpkg", "--verify", "floorhand", "floorhand-hq"), "files that are not as they were packed"

    @check("the daemon runs as its own user on the sample file, and takes workers in")
    def _():
        configure(port)
        with site(port):
            for what, path in sample.write_master(OS / "tmp"):
                if what == "workers":
                    inside("floorhand", "import", "workers", "--url", f"http://127.0.0.1:{port}", f"/tmp/{pathlib.Path(path).name}")
            assert len(workers(port)) == len(sample.WORKERS), workers(port)

    @check("head office runs as its own user")
    def _():
        at = free_port()
        with started("floorhand-hq.service", "--port", str(free_port()), "--listen", f"127.0.0.1:{at}"):
            wait_until(lambda: answers(f"http://127.0.0.1:{at}/healthz") == {"status": "ok"}, "head office answers", 20)

    @check("an upgrade keeps what they hold")
    def _():
        install(second)
        assert inside("dpkg-query", "-W", "-f", "${Version}", "floorhand") == "0.2"
        with site(port):
            assert len(workers(port)) == len(sample.WORKERS), workers(port)

    @check("removing them takes the programs and keeps orders, stock and settings")
    def _():
        inside("dpkg", "--remove", "floorhand", "floorhand-hq")
        assert not (OS / "usr/bin/floorhandd").exists()
        kept = [path.name for path in (OS / "var/lib/floorhand").iterdir()] + [path.name for path in (OS / "var/lib/floorhand-hq").iterdir()]
        assert any(name.endswith(".db") for name in kept) and "head-office.db" in kept, kept
        assert (OS / "etc/floorhand/floorhandd.conf").exists()
        install(second)
        with site(port):
            assert len(workers(port)) == len(sample.WORKERS), workers(port)

    @check("purging them leaves nothing")
    def _():
        inside("dpkg", "--purge", "floorhand", "floorhand-hq")
        assert not files() - before, sorted(files() - before)


sys.exit(main())
