"""Debian's own kernel for the machine: found in /boot, or downloaded, and unpacked so that QEMU starts it at once.

Depends on the metapackage linux-image-amd64 and on no version. Installs nothing."""

import gzip
import hashlib
import lzma
import os
import pathlib
import re
import struct
import subprocess

METAPACKAGE = "linux-image-amd64"

# What init loads before it has the host's files; the rest comes by modprobe from there.
EARLY_MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")


class NoKernel(Exception):
    """There is none, and none can be had; the text says why."""


class Kernel:
    """A bzImage and the folder of its modules."""

    def __init__(self, image, modules):
        self.image, self.modules = image, modules
        self.version = modules.name

    def early_modules(self):
        """The files of EARLY_MODULES, each after those it needs (depmod's list: "a.ko: b.ko c.ko")."""
        needs = {}
        for line in (self.modules / "modules.dep").read_text().splitlines():
            path, _, others = line.partition(":")
            needs[path] = others.split()
        by_name = {re.sub(r"\.ko.*$", "", path.rsplit("/", 1)[-1]).replace("-", "_"): path for path in needs}
        ordered = []
        for name in EARLY_MODULES:
            for path in [*reversed(needs.get(by_name.get(name, ""), [])), by_name.get(name)]:
                if path and path not in ordered:  # one that is not there is built in
                    ordered.append(path)
        return [self.modules / path for path in ordered]


def run(argv, folder=None):
    try:
        done = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as fault:
        raise NoKernel(str(fault)) from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NoKernel(f"{' '.join(map(str, argv))}: {said[-1] if said else done.returncode}")
    return done.stdout


def kernels_under(root):
    """Newest first. Debian's kernels for clouds have no USB."""
    def number(path):
        return [int(part) for part in re.findall(r"\d+", path.name)]
    for image in sorted((root / "boot").glob("vmlinuz-*-amd64"), key=number, reverse=True):
        modules = root / "lib/modules" / image.name.removeprefix("vmlinuz-")
        if "cloud" not in image.name and (modules / "kernel").is_dir():
            yield image, modules


def fetch(folder):
    """The package that the metapackage stands for now, into the folder."""
    package = re.search(r"Depends: (linux-image-\S+)", run(["apt-cache", "depends", METAPACKAGE]))
    if not package:
        raise NoKernel(f"apt knows no {METAPACKAGE}")
    print(f"# downloading {package[1]} from Debian", flush=True)
    run(["apt-get", "download", "-q", package[1]], folder)


def download(cache):
    """Debian's kernel package, unpacked under the cache; 70 MB once."""
    root = cache / "root"
    root.mkdir(parents=True, exist_ok=True)
    try:
        fetch(cache)
    except NoKernel:  # apt's lists are missing or old
        run([*([] if os.getuid() == 0 else ["sudo", "-n"]), "apt-get", "update", "-q"])
        fetch(cache)
    for archive in cache.glob("linux-image-*.deb"):
        run(["dpkg", "-x", archive, root])
        archive.unlink()
    for _, modules in kernels_under(root):
        run(["depmod", "-b", root, modules.name])
    return root


def find(cache, use_installed=True):
    """Returns a Kernel."""
    roots = ([pathlib.Path("/")] if use_installed else []) + [cache / "root"]
    for root in roots:
        for image, modules in kernels_under(root):
            if (modules / "modules.dep").exists():
                return Kernel(image, modules)
    for image, modules in kernels_under(download(cache)):
        return Kernel(image, modules)
    raise NoKernel(f"{METAPACKAGE} holds no kernel that this rig knows")


# ---------------------------------------------------------------- unpacking


def payload(image):
    """The compressed kernel inside a bzImage (the kernel's Documentation/x86/boot.rst: setup_sects, payload_offset,
    payload_length)."""
    data = image.read_bytes()
    if data[0x202:0x206] != b"HdrS":
        raise NoKernel(f"{image} is no kernel image")
    sectors = data[0x1F1] or 4
    offset, length = struct.unpack_from("<II", data, 0x248)
    start = (sectors + 1) * 512 + offset
    return data[start:start + length]


def unpacked(image):
    """None when it is compressed in a way that Python does not know."""
    data = payload(image)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor().decompress(data)  # the size follows, which is not ours to read
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data[:-4])
    return None


def bootable(kernel, cache):
    """The kernel as an ELF file, which QEMU starts without unpacking it under emulation (10 s and more); the image itself
    where that cannot be."""
    stamp = hashlib.sha256(f"{kernel.image} {kernel.image.stat().st_size} {kernel.image.stat().st_mtime_ns}".encode())
    path = cache / f"vmlinux-{kernel.version}-{stamp.hexdigest()[:8]}"
    if path.exists():
        return path
    elf = unpacked(kernel.image)
    if not elf or not elf.startswith(b"\x7fELF"):
        return kernel.image
    part = path.with_suffix(".part")
    part.write_bytes(elf)
    part.rename(path)
    return path
