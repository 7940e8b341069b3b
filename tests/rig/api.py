"""A program of somebody else's that asks head office over HTTP: the standard library alone, nothing of ours."""

import contextlib
import http.client
import json
import time


class Client:
    """key: what it shows as its bearer; None shows nothing."""

    def __init__(self, port, key=None):
        self.port, self.key = port, key

    def ask(self, method, path, body=None, kind="application/json", **headers):
        """Returns (status, what was answered: JSON where it is some)."""
        headers = {"Content-Type": kind, **headers} if body is not None else headers
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else text

    def get(self, path):
        return self.ask("GET", path)

    def do(self, verb, **fields):
        return self.ask("POST", f"/api/v1/do/{verb}", fields)

    def changes(self, kinds):
        return Changes(self, kinds)


class Changes:
    """A stream of server-sent events. Use it in a with statement."""

    def __init__(self, client, kinds):
        self.connection = http.client.HTTPConnection("127.0.0.1", client.port, timeout=30)
        self.connection.request("GET", f"/api/v1/changes?kinds={kinds}", headers={"Authorization": f"Bearer {client.key}"})
        self.answer = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def next(self):
        """(event, data) of the next one that is more than a sign of life."""
        event, data = "", ""
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data += line[6:]
            elif not line and event and event != "alive":
                return event, json.loads(data) if data else None
            elif not line:
                event, data = "", ""

    def wait(self, condition, what, seconds=10):
        """The first that fits; returns it and how long it took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            event, data = self.next()
            if condition(event, data):
                return data, time.monotonic() - begun
        raise AssertionError(f"{what}: not within {seconds} s")
