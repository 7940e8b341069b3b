"""A PC in QEMU that runs one Python script on the host's files, as root, and says how it ended.

The host's / is its root, read-only under a layer of memory; one folder is shared for results. Knows nothing of USB."""

import os
import pathlib
import selectors
import shlex
import shutil
import signal
import subprocess
import time

from rig.process import die_with_parent

QEMU = "qemu-system-x86_64"
SAYS_HELLO = "rig: the kernel runs"
HELLO_SECONDS = 10  # under KVM it takes two; one that only claims to work says nothing
END_SECONDS = 10  # from the last line to the end of QEMU

INIT = """#!/bin/busybox sh
/bin/busybox echo '{hello}'
/bin/busybox mkdir -p /proc /sys /dev /lower /over /new
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
{insmods}
/bin/busybox mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,access=any,msize=524288 host /lower
/bin/busybox mount -t tmpfs -o size=75% memory /over
/bin/busybox mkdir /over/upper /over/work
/bin/busybox mount -t overlay -o lowerdir=/lower,upperdir=/over/upper,workdir=/over/work root /new
/bin/busybox mkdir -p /new{share} /new/proc /new/sys /new/dev /new/run
/bin/busybox mount -t 9p -o trans=virtio,version=9p2000.L,cache=none,access=any,msize=524288 share /new{share}
/bin/busybox mount -t tmpfs memory /new/run
for folder in proc sys dev; do /bin/busybox mount --move /$folder /new/$folder; done
exec /bin/busybox env - PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \\
    PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 {settings} /bin/busybox switch_root /new {command}
"""

COMMAND_LINE = ("console=ttyS0 quiet loglevel=1 panic=-1 mitigations=off nokaslr cryptomgr.notests tsc=reliable no_timer_check "
                "lsm= rdinit=/init")


class MachineError(Exception):
    """The machine did not do what a machine does."""


# ---------------------------------------------------------------- the first files


def cpio_entry(name, mode, data=b"", device=(0, 0), inode=[0]):
    """One file of an archive in the "newc" format (the kernel's Documentation/driver-api/early-userspace/
    buffer-format.rst)."""
    inode[0] += 1
    fields = (inode[0], mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0)
    entry = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
    entry += bytes(-len(entry) % 4) + data
    return entry + bytes(-len(entry) % 4)


def module_bytes(path):
    """Debian compresses modules from version 13 on."""
    unpack = {".xz": ["xz", "-dc"], ".zst": ["zstd", "-dc"], ".gz": ["gzip", "-dc"]}.get(path.suffix)
    return subprocess.run([*unpack, path], capture_output=True, check=True).stdout if unpack else path.read_bytes()


def initramfs(kernel, busybox, init):
    modules = kernel.early_modules()
    archive = b"".join((
        cpio_entry("bin", 0o040755), cpio_entry("dev", 0o040755), cpio_entry("modules", 0o040755),
        cpio_entry("dev/console", 0o020600, device=(5, 1)),
        cpio_entry("bin/busybox", 0o100755, pathlib.Path(busybox).read_bytes()),
        *(cpio_entry(f"modules/{number}", 0o100644, module_bytes(path)) for number, path in enumerate(modules)),
        cpio_entry("init", 0o100755, init.encode()), cpio_entry("TRAILER!!!", 0)))
    return archive


# ---------------------------------------------------------------- running it


def boot_id():
    return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text()


class Machine:
    def __init__(self, kernel, image, share, cache, memory_mb=1536):
        self.kernel, self.image, self.memory_mb = kernel, image, memory_mb
        self.share = pathlib.Path(share).resolve()
        self.no_kvm = cache / "kvm-does-not-work"  # tried on this host since it started
        self.log = self.share / "console.log"

    def _write_initramfs(self, argv, settings):
        path = self.share / "initramfs"
        init = INIT.format(
            hello=SAYS_HELLO, share=shlex.quote(str(self.share)), command=" ".join(shlex.quote(str(part)) for part in argv),
            settings=" ".join(shlex.quote(f"{name}={value}") for name, value in settings.items()),
            insmods="\n".join(f"/bin/busybox insmod /modules/{n}" for n, _ in enumerate(self.kernel.early_modules())))
        path.write_bytes(initramfs(self.kernel, shutil.which("busybox"), init))
        return path

    def _argv(self, accelerator, first_files):
        processor = ["-accel", "kvm", "-cpu", "host"] if accelerator == "kvm" else \
            ["-accel", "tcg,thread=multi,tb-size=256", "-cpu", "Nehalem"]
        return [QEMU, *processor, "-smp", "1", "-M", "q35", "-m", str(self.memory_mb), "-nodefaults", "-no-user-config",
                "-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", self.image, "-initrd", first_files,
                "-append", COMMAND_LINE,
                "-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
                "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
                "-fsdev", f"local,id=share,path={self.share},security_model=none,multidevs=remap",
                "-device", "virtio-9p-pci,fsdev=share,mount_tag=share",
                "-device", "isa-debug-exit,iobase=0xf4,iosize=1", *self.devices()]

    def devices(self):
        """USB as a PC has it, with a serial adapter of QEMU's own making whose line ends in a file of the share."""
        return ["-device", "qemu-xhci,id=usb", "-chardev", f"file,id=adapter,path={self.share}/adapter.out",
                "-device", "usb-serial,bus=usb.0,chardev=adapter"]

    def run(self, argv, settings, seconds, on_line):
        """Runs the command in the machine; each line it prints goes to on_line. Returns its exit code."""
        first_files = self._write_initramfs(argv, settings)
        deadline = time.monotonic() + seconds
        for accelerator in self._accelerators():
            hello = HELLO_SECONDS if accelerator == "kvm" else seconds
            code = self._boot(self._argv(accelerator, first_files), deadline, hello, on_line)
            if code is not None:
                return code
            if accelerator == "kvm":
                self.no_kvm.write_text(boot_id())
        raise MachineError(f"the kernel did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def _accelerators(self):
        tried = self.no_kvm.exists() and self.no_kvm.read_text() == boot_id()
        return ["kvm", "tcg"] if os.access("/dev/kvm", os.R_OK | os.W_OK) and not tried else ["tcg"]

    def _boot(self, argv, deadline, hello, on_line):
        """The exit code; None when the kernel never said hello."""
        with open(self.share / "qemu.log", "ab") as errors:
            child = subprocess.Popen([str(part) for part in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=errors, start_new_session=True, preexec_fn=die_with_parent)
        try:
            started = self._follow(child, deadline, time.monotonic() + hello, on_line)
            if started:
                child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            code = child.wait()
        if not started:
            return None
        if code <= 0 or code % 2 == 0:  # isa-debug-exit ends QEMU with 2 * value + 1
            raise MachineError(f"the machine stopped by itself ({code}):\n{self.log.read_text(errors='replace')[-3000:]}")
        return code // 2

    def _follow(self, child, deadline, hello_by, on_line):
        """Until QEMU ends; true when the kernel has said hello."""
        started, pending = False, b""
        os.set_blocking(child.stdout.fileno(), False)
        with selectors.DefaultSelector() as selector, open(self.log, "wb") as log:
            selector.register(child.stdout, selectors.EVENT_READ)
            while True:
                now = time.monotonic()
                if not started and now > hello_by:
                    return False
                if now > deadline:
                    raise MachineError(f"the machine was stopped: it took too long:\n"
                                       f"{self.log.read_text(errors='replace')[-3000:]}")
                if not selector.select(0.2):
                    continue
                data = child.stdout.read()
                if not data:
                    return started
                log.write(data)
                log.flush()
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    text = line.decode(errors="replace").rstrip("\r")
                    started = started or SAYS_HELLO in text
                    on_line(text)
