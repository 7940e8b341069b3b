"""What goes over the wire: requests decoded strictly, JSON with numbers as they were written, and replies that arrive badly.

Knows HTTP, forms and JSON; knows no platform."""

import base64
import gzip
import json
import re
import socket
import struct
import time
import urllib.parse


class Malformed(Exception):
    """The request cannot be read; the text says why."""


class Number(str):
    """A JSON number of which the very text matters: 19.9, 1e2, or 18 digits."""


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.headers, self.body = method, headers, body
        self.path, _, self.query_text = target.partition("?")

    def query(self):
        return decode_form(self.query_text)

    def form(self):
        return decode_form(decode_text(self.body))

    def kind(self):
        """The content type without its parameters."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def json(self):
        return read_json(decode_text(self.body))


class Reply:
    def __init__(self, body=b"", status=200, kind="application/json;charset=UTF-8", headers=None):
        self.body = body if isinstance(body, bytes) else body.encode()
        self.status, self.kind, self.headers = status, kind, dict(headers or {})


def base64_text(data):
    return base64.b64encode(data).decode()


def json_reply(value, status=200, headers=None):
    return Reply(write_json(value), status, headers=headers)


# ---------------------------------------------------------------- forms


def decode_text(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Malformed("what came is not UTF-8") from fault


def decode_part(text):
    """A bare % is what a client sends that encoded nothing; real servers refuse it or guess, and this one refuses."""
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        raise Malformed(f"{text[:40]!r} has a percent sign that encodes nothing")
    return decode_text(urllib.parse.unquote_to_bytes(text.replace("+", " ")))


def decode_form(text):
    """application/x-www-form-urlencoded: + is a space. A name that comes twice has no one value to sign, and is refused."""
    values = {}
    for part in text.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name = decode_part(name)
        if name in values:
            raise Malformed(f"{name} comes twice")
        values[name] = decode_part(value)
    return values


# ---------------------------------------------------------------- JSON


def read_json(text):
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise Malformed("what came is not JSON") from fault


def write_json(value):
    """Compact, non-ASCII as it is, and each Number as its text."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(name), ensure_ascii=False)}:{write_json(part)}" for name, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(write_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


NUMERIC = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


def swap_types(value):
    """Numbers become text and the text of numbers becomes numbers, as happens when a platform changes its serialiser."""
    if isinstance(value, dict):
        return {name: swap_types(part) for name, part in value.items()}
    if isinstance(value, list):
        return [swap_types(part) for part in value]
    if isinstance(value, str) and not isinstance(value, Number):
        return Number(value) if NUMERIC.fullmatch(value) else value
    if isinstance(value, (int, float, Number)) and not isinstance(value, bool):
        return str(value)
    return value


def empty_to_null(value):
    if isinstance(value, dict):
        return {name: empty_to_null(part) for name, part in value.items()}
    if isinstance(value, list):
        return [empty_to_null(part) for part in value]
    return None if value == "" else value


def without_empty(value):
    if isinstance(value, dict):
        return {name: without_empty(part) for name, part in value.items() if part not in ("", None)}
    if isinstance(value, list):
        return [without_empty(part) for part in value]
    return value


def nested(depth):
    value = "the end"
    for _ in range(depth):
        value = {"in": value}
    return value


# ---------------------------------------------------------------- replies, good and bad


def head(reply, length, more=""):
    lines = [f"HTTP/1.1 {reply.status} X", f"Content-Type: {reply.kind}", "Server: stand-in"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n" + more + "\r\n").encode()


def plain(reply):
    return head(reply, len(reply.body)) + reply.body


def chunked(body, size=97):
    parts = [body[at:at + size] for at in range(0, len(body), size)] or []
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def bad_gateway(_reply):
    page = Reply("<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>", 502, "text/html")
    return plain(page), True


def cut(data, share=0.6):
    return data[:max(1, int(len(data) * share))]


def truncated(reply):
    """Whole for HTTP, half a JSON text."""
    return plain(Reply(cut(reply.body), reply.status, reply.kind, reply.headers)), True


# What is sent instead of a good reply, and whether the connection stays.
SPOILT = {
    "html502": bad_gateway,
    "truncate": truncated,
    "empty": lambda reply: (plain(Reply(b"", 200, reply.kind)), True),
    "too_long": lambda reply: (head(reply, len(reply.body) + 500) + reply.body, False),
    "too_short": lambda reply: (head(reply, len(cut(reply.body))) + reply.body, False),
    "cut_body": lambda reply: (head(reply, len(reply.body)) + cut(reply.body), False),
    "chunked": lambda reply: (head(reply, None, "Transfer-Encoding: chunked\r\n") + chunked(reply.body), True),
    "cut_chunks": lambda reply: (head(reply, None, "Transfer-Encoding: chunked\r\n") + cut(chunked(reply.body)), False),
    "gzip": lambda reply: (plain(Reply(gzip.compress(reply.body), reply.status, reply.kind,
                                       {**reply.headers, "Content-Encoding": "gzip"})), True),
    "bad_gzip": lambda reply: (plain(Reply(cut(gzip.compress(reply.body)), reply.status, reply.kind,
                                           {**reply.headers, "Content-Encoding": "gzip"})), True),
}
RESETS = ("reset", "cut_body", "cut_chunks")  # they end with RST rather than FIN


def reset(connection):
    """Ends the connection with RST, as a program that died does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def send(connection, reply, fault=None):
    """Returns whether the connection may be used again. fault: what was armed, with "do" and perhaps "seconds"."""
    kind = fault["do"] if fault else "plain"
    if kind == "stall":
        time.sleep(fault.get("seconds", 30))
        kind = "plain"
    if kind == "close":
        return False
    if kind == "reset":
        reset(connection)
        return False
    data, stays = SPOILT[kind](reply) if kind in SPOILT else (plain(reply), True)
    connection.sendall(data)
    if kind in RESETS:
        reset(connection)
        return False
    return stays
