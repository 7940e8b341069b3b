"""Makes first inputs for the fuzz targets of the business, of what the project says elsewhere: the floor's scripts, the schemas of events,
head office's verbs, kinds and files. Asks the built floorhand-hq for the last two, where there is one."""

import json
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LINES_MOST = 40  # of a script: a target takes no more
EXAMPLES = {"sku": "MUG", "location": "A-01", "order": "N1", "waybill": "SF1", "worker": "u1", "site": "hz", "carrier": "SF", "badge": "B-9", "day": "2026-03-04",
            "currency": "CNY", "gtin": "9521234543213", "barcode": "9521234543213", "code": "A-01", "kind": "face", "role": "picker", "platform": "shop"}


def of_scripts():
    """A script of tests/floor as the lines of site_event."""
    for path in sorted((ROOT / "tests/floor").glob("*.script")):
        lines, bench = [], "S"
        for line in path.read_text().splitlines():
            if match := re.match(r"WEIGH (\d+) ->", line):
                lines.append(f"W {int(match[1]) * 1000}")
            elif match := re.match(r"(\S+) -> ", line):
                lines.append(f"{bench} {match[1]}".replace("<GS>", "\x1d"))
            elif match := re.match(r"ask (\S+) (.*?)(?: = .*)?$", line):
                fields = dict(word.split("=", 1) for word in match[2].split() if "=" in word)
                lines.append(f"A {match[1]} {json.dumps(fields)}")
            elif line.startswith("at "):
                bench = "T" if line.endswith("2") else "S"
        yield "site_event", "\n".join(lines[:LINES_MOST]).encode()
    for text in ("I stock location,sku,quantity\tA-01,MUG,5\t", "I items sku,name,weight_g\tCUP,Cup,1\t", "I workers worker,name,badge,role\tw,W,B,packer\t",
                 "I orders order,platform,carrier,waybill,receiver_name,receiver_phone,receiver_address,sku,quantity\tN9,s,SF,SF9,a,b,c,MUG,1\t"):
        yield "site_event", text.encode()


def example(name, schema):
    """What would pass a schema, as simple as it can be."""
    if "enum" in schema:
        return schema["enum"][-1]
    if "anyOf" in schema or "oneOf" in schema:
        return example(name, (schema.get("anyOf") or schema["oneOf"])[0])
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: example(key, value) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(name, schema.get("items", {}))]
    return {"integer": max(1, schema.get("minimum", 1)), "boolean": True, "number": 1.5}.get(kind, EXAMPLES.get(name, "x"))


def of_events():
    for number, (kind, schema) in enumerate(json.loads((ROOT / "docs/schema/events.json").read_text())["$defs"].items(), 1):
        line = {"specversion": "1.0", "id": f"e{number}", "source": "//floorhand/site/hz", "subject": "order/N1", "type": f"io.floorhand.{kind}.v1",
                "time": "2026-03-04T09:15:22.481Z", "sequence": f"{1:010}-{number:016}", "data": example("", schema)}
        yield "office_event", json.dumps(line, separators=(",", ":")).encode()


def of_verbs():
    """By the document of head office's addresses: a verb, and an example of each field."""
    text = (ROOT / "docs/openapi-head-office.yaml").read_text()
    for section in re.split(r"^  /api/v1/do/", text, flags=re.MULTILINE)[1:]:
        body = section.partition("      responses:")[0]
        fields = {}
        for match in re.finditer(r"^ {16}(\w+):(?: \{type: (\w+)|\n {18}type: (\w+))", body, re.MULTILINE):
            fields[match[1]] = example(match[1], {"type": match[2] or match[3]})
        yield "office_ask", f"{section.partition(':')[0]} {json.dumps(fields)}".encode()


def of_office(program):
    """Kinds of rows with their filters, and kinds of files with their columns."""
    def asked(what):
        with tempfile.TemporaryDirectory() as folder:  # it leaves a key beside its database
            done = subprocess.run([program, "--database", ":memory:", what], cwd=folder, capture_output=True, text=True, check=False)
        return [json.loads(line) for line in done.stdout.splitlines()]
    for kind in asked("kinds"):
        yield "question", f"o{kind['kind']}\n{''.join(f'{name}=1{chr(10)}' for name in kind['filters'][:4])}".encode()
        yield "question", f"o{kind['kind']} N1\n".encode()
        yield "question", f"s{kind['kind']}\nlimit=2\n".encode()
    for file in asked("words")[0]["files"]:
        names = [column["name"] for column in file["columns"]]
        row = [str(example(column["name"], {"type": {"number": "integer"}.get(column["type"], "string")})) for column in file["columns"]]
        yield "office_file", f"{file['kind']}\n{','.join(names)}\n{','.join(row)}\n".encode()


BILLS = (
    "alipay\n#账号\n账务流水号,商户订单号,发生时间,收入金额（+元）,支出金额（-元）,业务类型,备注\n`1,N1,2026-03-04 10:00:00,50.00,,在线支付,\n"
    "#收入合计：1笔，共50.00元\n",
    "jd\n订单编号,单据编号,费用项,金额,费用发生时间,收支方向\nN1,1,货款,19.90,2026-03-04 10:00:00,收入\nN1,2,佣金,-1.20,2026-03-04 10:00:00,支出\n",
    "douyin\n动账时间,动账流水号,动账方向,动账金额,动账场景,订单号,平台服务费,佣金\n2026-03-04 10:00:00,1,入账,9.00,订单结算,N1,-0.50,-0.50\n",
    "carrier\nwaybill,amount,kind\nSF1,4.20,base\n",
)

REQUESTS = (
    ("GET", "/", ""), ("GET", "/api/v1/stations/bench-1/events", ""), ("GET", "/api/v1/orders?state=picking&limit=5&after=%32", ""),
    ("GET", "/api/v1/orders/N%2F1", ""), ("GET", "/assets/app.js", ""), ("GET", "/api/v1/figures/stock?since=1774000000", ""), ("HEAD", "/office", ""),
    ("GET", "/pictures/MUG/1", ""), ("POST", "/api/v1/stations/bench-1/scan", '{"text":"B-1"}'), ("POST", "/api/v1/session", '{"badge":"B-1","pin":"123456"}'),
    ("POST", "/api/v1/asks/wave.plan", '{"badge":"B-9"}'), ("POST", "/api/v1/devices/bind", '{"id":"usb:1","role":"scanner","station":"bench-1"}'),
    ("POST", "/api/v1/stations/bench-1/training", '{"training":true}'), ("POST", "/api/v1/label-templates/parcel/preview", '{"text":"[label]"}'),
    ("GET", "/api/v1/print-jobs/7/picture", ""), ("DELETE", "/api/v1/orders", ""), ("GET", "/trust", ""),
)


def of_requests():
    for method, path, body in REQUESTS:
        about = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        yield "web_request", (f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: floorhand=abc; a=b\r\nAuthorization: Bearer k\r\n"
                              f"Accept-Encoding: gzip\r\n{about}\r\n{body}").encode()
    yield "web_request", (b"POST /api/v1/import/stock HTTP/1.1\r\nHost: [::1]:80\r\nContent-Type: text/csv; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
                          b"16\r\nlocation,sku,quantity\n\r\n0\r\n\r\n")
    yield "web_request", b"GET /api/v1/me HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\nGET / HTTP/1.0\r\n\r\n"


def business_seeds():
    """Yields (target, bytes)."""
    yield from of_scripts()
    yield from of_events()
    yield from of_verbs()
    yield from of_requests()
    for text in BILLS:
        yield "office_file", text.encode()
    if (program := ROOT / "build/floorhand-hq").exists():
        yield from of_office(program)
