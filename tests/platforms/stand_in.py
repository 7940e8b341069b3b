#!/usr/bin/env python3
"""A stand-in of the platforms that shops sell on: one HTTP server with the gateways of seven of them, and a control port for tests.

    python3 tests/platforms/stand_in.py [--seed TEXT] [--port N] [--shops N] [--orders N] [--now SECONDS]

Prints one line of JSON when it listens: {"port": N, "control": N, "tls": N}. It ends on SIGTERM, and with whoever started it.
README.md beside this file tells the paths, the commands and what the platforms' documents leave open."""

import argparse
import http.server
import json
import pathlib
import signal
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from platforms import control, douyin, jd, kuaishou, pdd, shopify, taobao, wire, woocommerce  # noqa: E402
from platforms.world import World  # noqa: E402
from rig.process import die_with_parent  # noqa: E402

PLATFORMS = {module.PLATFORM.NAME: module.PLATFORM for module in (taobao, jd, pdd, douyin, kuaishou, shopify, woocommerce)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, *_):
        pass

    def body(self):
        if "chunked" in (self.headers.get("Transfer-Encoding") or "").lower():
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self):
        world = self.server.world
        try:
            request = wire.Request(self.command, self.path, self.headers, self.body())
            fault = None
            if request.path.startswith("/control"):
                reply = control.handle(world, request)
            elif request.path.startswith("/files/"):
                reply = world.file(request.path)
            else:
                reply, fault = world.handle(request, self.client_address[0])
            self.close_connection = not wire.send(self.connection, reply, fault) or self.headers.get("Connection") == "close"
        except (ConnectionError, TimeoutError, ValueError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port, world):
        self.world = world
        super().__init__(("127.0.0.1", port), Handler)

    def server_bind(self):
        """Without the lookup of the machine's own name, which may wait for a resolver."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)


class Untrusted(Server):
    """HTTPS with a certificate that nobody has signed, for another name."""

    def __init__(self, port, world):
        super().__init__(port, world)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=elsewhere.invalid", "-days", "2",
                            "-keyout", file.name, "-out", file.name + ".crt"], check=True, capture_output=True)
            certificate = pathlib.Path(file.name + ".crt")
            self.context.load_cert_chain(certificate, file.name)
            certificate.unlink()

    def finish_request(self, request, client_address):
        """In the thread of the connection, so that a client that says nothing keeps nobody else waiting."""
        with self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)


class StandIn:
    """The servers of one world: the platforms' port, a control port that stays when the other is closed, and one that speaks TLS."""

    def __init__(self, world, port=0, tls=True):
        self.world = world
        world.stand_in = self
        world.apply = lambda commands: control.carry_out_now(world, commands)
        self.platforms = Server(port, world)
        self.port = self.platforms.server_port
        self.control = Server(0, world)
        self.tls = Untrusted(0, world) if tls else None
        for server in filter(None, (self.platforms, self.control, self.tls)):
            self.start(server)

    @staticmethod
    def start(server):
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    def listen(self, wanted):
        """Without listening, connections are refused."""
        if wanted and not self.platforms:
            self.platforms = Server(self.port, self.world)
            self.start(self.platforms)
        elif not wanted and self.platforms:
            self.platforms.shutdown()
            self.platforms.server_close()
            self.platforms = None

    def ports(self):
        return {"port": self.port, "control": self.control.server_port, "tls": self.tls.server_port if self.tls else None}


def main():
    parser = argparse.ArgumentParser(description="A stand-in of the selling platforms.")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--shops", type=int, default=2, help="shops per platform")
    parser.add_argument("--orders", type=int, default=24, help="orders per shop at the start")
    parser.add_argument("--now", type=int, help="the stand-in's clock at the start, in unix seconds")
    parser.add_argument("--no-tls", action="store_true")
    given = parser.parse_args()
    die_with_parent()
    stand_in = StandIn(World(PLATFORMS, given.seed, given.shops, given.orders, given.now), given.port, not given.no_tls)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(json.dumps(stand_in.ports()), flush=True)
    signal.pause()


if __name__ == "__main__":
    main()
