#!/usr/bin/env python3
"""Runs a program where the one name server never answers: in a network and mount namespace of its own (unshare).

quiet_resolver.py RESOLV_CONF PROGRAM ARGUMENT..."""

import fcntl
import os
import socket
import struct
import subprocess
import sys

SIOCSIFFLAGS, IFF_UP = 0x8914, 1  # netdevice(7)


def main():
    with open(sys.argv[1], "w") as config:
        config.write("nameserver 127.0.0.1\n")
    subprocess.run(["mount", "--bind", sys.argv[1], "/etc/resolv.conf"], check=True)
    quiet = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    fcntl.ioctl(quiet, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    quiet.bind(("127.0.0.1", 53))
    quiet.set_inheritable(True)  # it takes questions as long as the program lives, and nobody reads them
    os.execv(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
