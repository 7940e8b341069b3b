"""A stand-in of the platforms' print components: a websocket server that takes print tasks, as their desktop programs do.

It speaks the family's protocol (getPrinters, getPrinterConfig, print, notifyPrintResult) and JD's. What it prints is a list that a
test reads: a label that came out twice is twice in it. `mode` says what goes wrong: "" nothing, "offline", "silent" (accepted, and
nothing is ever heard of it), "twice" (the notice comes two times), "paper" (out of paper after `sheets` labels of a task)."""

import base64
import hashlib
import json
import socketserver
import struct
import threading

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
MOST = 1 << 20


class Component:
    def __init__(self, mode="", sheets=3, printers=("XP-100", "XP-200")):
        self.mode, self.sheets, self.printers = mode, sheets, printers
        self.printed, self.tasks = [], []  # documents in the order in which they came out; task ids
        self.changed = threading.Condition()
        component = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                component.serve(self.rfile, self.wfile)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def wait_printed(self, count, seconds=10):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.printed) >= count, seconds)

    # ---------------------------------------------------------------- websocket

    def serve(self, reader, writer):
        try:
            if not shake_hands(reader, writer):
                return
            while True:
                kind, data = receive(reader)
                if kind == CLOSE:
                    writer.write(frame(CLOSE, data[:2]))
                    return
                if kind == PING:
                    writer.write(frame(PONG, data))
                elif kind == TEXT:
                    for answer in self.answer(json.loads(data.decode())):
                        writer.write(frame(TEXT, json.dumps(answer, ensure_ascii=False).encode()))
        except (EOFError, ConnectionError, ValueError):
            return

    # ---------------------------------------------------------------- protocol

    def answer(self, request):
        """Returns the messages that follow a request."""
        if "orderType" in request:
            return self.answer_jd(request)
        told = {"cmd": request.get("cmd"), "requestID": request.get("requestID"), "version": "1.0", "status": "success", "msg": ""}
        if request.get("cmd") == "getPrinters":
            return [{**told, "defaultPrinter": self.printers[0], "printers": [
                {"name": name, "status": "disable" if self.mode == "offline" else "enable"} for name in self.printers]}]
        if request.get("cmd") == "getPrinterConfig":
            return [{**told, "printer": {"name": request.get("printer"), "needTopLogo": False, "paperSize": {"width": 76, "height": 130}}}]
        if request.get("cmd") != "print":
            return [{**told, "status": "failed", "msg": "unknown cmd"}]
        return self.print(told, request["task"])

    def print(self, told, task):
        name = task.get("printer") or self.printers[0]
        told = {**told, "taskID": task["taskID"], "previewURL": "", "previewImage": []}
        if self.mode == "offline" or name not in self.printers:
            return [{**told, "status": "failed", "msg": f"printer {name} is offline"}]
        documents = [document["documentID"] for document in task["documents"]]
        done = documents[:self.sheets] if self.mode == "paper" else documents
        self.come_out(task["taskID"], name, done)
        notice = {"cmd": "notifyPrintResult", "requestID": told["requestID"], "taskID": task["taskID"], "printer": name,
                  "taskStatus": "printed" if done == documents else "failed",
                  "printStatus": [{"documentID": one, "status": "success" if one in done else "failed",
                                   "msg": "" if one in done else "out of paper", "printer": name} for one in documents]}
        return [told] + [notice] * {"silent": 0, "twice": 2}.get(self.mode, 1)

    def answer_jd(self, request):
        told = {"orderType": request["orderType"], "key": request.get("key"), "version": "2", "code": "2", "success": "true", "message": ""}
        if request["orderType"] == "GET_Printers":
            return [{**told, "content": list(self.printers)}]
        parameters = request.get("parameters", {})
        if self.mode == "offline" or parameters.get("printName", self.printers[0]) not in self.printers:
            return [{**told, "code": "8", "success": "false", "message": "printer is offline"}]
        done = [content["printData"] for content in parameters.get("contents", [])]
        self.come_out(request.get("key"), parameters.get("printName", self.printers[0]), done)
        return [told] * {"silent": 0, "twice": 2}.get(self.mode, 1)

    def come_out(self, task, printer, documents):
        with self.changed:
            self.tasks.append(task)
            self.printed += [(printer, document) for document in documents]
            self.changed.notify_all()


# ---------------------------------------------------------------- frames (RFC 6455, 5.2)


def shake_hands(reader, writer):
    """Returns whether it is a websocket."""
    headers = {}
    reader.readline(MOST)
    while line := reader.readline(MOST).strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    key = headers.get("sec-websocket-key")
    if not key or headers.get("upgrade", "").lower() != "websocket":
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        return False
    accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
    writer.write(f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
    return True


def exactly(reader, count):
    data = reader.read(count)
    if len(data) < count:
        raise EOFError
    return data


def receive_frame(reader):
    """Returns (whether it is the last, kind, data)."""
    first, second = exactly(reader, 2)
    length = second & 127
    if length >= 126:
        length = struct.unpack(">H" if length == 126 else ">Q", exactly(reader, 2 if length == 126 else 8))[0]
    if length > MOST:
        raise ValueError("too long a frame")
    mask = exactly(reader, 4) if second & 128 else bytes(4)
    data = exactly(reader, length)
    return bool(first & 128), first & 15, bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))


def receive(reader):
    """A whole message, of one frame or several."""
    last, kind, data = receive_frame(reader)
    while not last:
        last, _, more = receive_frame(reader)
        data += more
    return kind, data


def frame(kind, data, mask=b""):
    length = len(data)
    size = bytes([length]) if length < 126 else b"\x7e" + struct.pack(">H", length) if length < 1 << 16 else b"\x7f" + struct.pack(">Q", length)
    if not mask:
        return bytes([128 | kind]) + size + data
    return bytes([128 | kind, size[0] | 128]) + size[1:] + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(data))
