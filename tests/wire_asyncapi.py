"""The sync protocol as an AsyncAPI 3.0 document, and the few lines that write it as YAML. Does not write files: what the document
says of members and types comes from wire_members."""

import json
import re

import wire_members

WIDTH = 130
PLAIN = re.compile(r"^[A-Za-z$/_][\w./ -]*[\w./-]$")
WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off"}
OFFICE_KINDS = {"welcome", "ack", "fence", "grant", "snap_offer", "office"}

DESCRIPTION = """\
What a site and head office tell each other over an MQTT 5 broker, protocol fh1, seen from a box.
docs/protocol.md tells the rules: numbers without gaps, the one acknowledgement, what a connection begins with.

A message of a channel that ends in /seg is a frame FSG1, which docs/protocol.md lays out byte by byte: signed by who wrote it, with
1 to 200 lines in it, deflated, each line one of the messages that the channel names, as one line of JSON that ends with a line feed.
A message of the other channels is one JSON object; but for the two presences it ends with its writer's key and signature.
Whoever reads passes over members and types that he does not know."""

CHANNELS = {
    "events": ("fh1/{shard}/{box}/up/seg", "event", "what happened at the site, in order: frames of lines"),
    "siteControl": ("fh1/{shard}/{box}/up/ctl", ["hello", "probe", "fack", "snap_ask"], "where the site stands"),
    "changes": ("fh1/{shard}/{box}/dn/seg", "change", "what the site shall know or do, in order: frames of lines"),
    "officeControl": ("fh1/{shard}/{box}/dn/ctl", ["welcome", "ack", "fence", "grant", "snap_offer"], "where head office stands"),
    "boxPresence": ("fh1/{shard}/{box}/st", ["presence"], "whether the box is there: retained, and its will"),
    "officePresence": ("fh1/hq/st", ["office"], "whether head office is there: retained, and its will"),
}
OPERATIONS = {
    "sendEvents": ("send", "events"), "sendControl": ("send", "siteControl"), "sendPresence": ("send", "boxPresence"),
    "receiveChanges": ("receive", "changes"), "receiveControl": ("receive", "officeControl"),
    "receiveOffice": ("receive", "officePresence"),
}


# ---------------------------------------------------------------- the document


def reference(section, name):
    return {"$ref": f"#/components/{section}/{name}"}


def key(what, name):
    return f"sync.{name}" if what == "control" else name


def message(what, name, meaning):
    """Its payload is the envelope of its kind with this type and this data."""
    full = wire_members.full_type(what, name)
    envelope = "officeControl" if name in OFFICE_KINDS else "siteControl" if what == "control" else what
    return {
        "name": full,
        "summary": meaning,
        "contentType": "application/cloudevents+json",
        "payload": {"allOf": [reference("schemas", envelope), {"properties": {
            "type": {"const": full}, "data": reference("schemas", key(what, name))}}]},
    }


def channel(name, every):
    address, of, summary = CHANNELS[name]
    keys = every[of] if isinstance(of, str) else [key("control", kind) for kind in of]
    built = {"address": address, "summary": summary, "servers": [{"$ref": "#/servers/broker"}],
             "messages": {one: reference("messages", one) for one in keys}}
    if "{" in address:
        built["parameters"] = {one: reference("parameters", one) for one in ("shard", "box")}
    return built


def operation(name):
    action, where = OPERATIONS[name]
    return {"action": action, "channel": {"$ref": f"#/channels/{where}"},
            "bindings": {"mqtt": {"bindingVersion": "0.2.0", "qos": 1, "retain": where.endswith("Presence")}}}


def control_envelope(pattern):
    envelope = wire_members.envelope("control")
    envelope["properties"]["source"]["pattern"] = pattern
    return envelope


def components(table):
    messages, schemas = {}, {"event": wire_members.envelope("event"), "change": wire_members.envelope("change")}
    schemas["siteControl"] = control_envelope("^//floorhand/site/[a-z0-9-]{2,32}$")
    schemas["officeControl"] = control_envelope("^//floorhand/head-office$")
    for what in ("event", "change", "control"):
        described = wire_members.described(what)
        for name, schema in wire_members.data_schemas(table, what, described).items():
            messages[key(what, name)] = message(what, name, described[name])
            schemas[key(what, name)] = schema
    return {
        "securitySchemes": {
            "password": {"type": "userPassword", "description": "the box's name and its password at the broker"},
            "certificate": {"type": "X509", "description": "or a certificate of the box"},
        },
        "parameters": {
            "shard": {"description": "crc32 of the site's name & 63, as two hexadecimal digits", "examples": ["1f"]},
            "box": {"description": "the box's name, which is its MQTT client id too: 3 to 32 of a-z 0-9 -", "examples": ["box-1"]},
        },
        "messages": messages,
        "schemas": schemas,
    }


def document(table):
    every = {what: list(wire_members.described(what)) for what in ("event", "change")}
    return {
        "asyncapi": "3.0.0",
        "id": "urn:floorhand:fh1",
        "info": {"title": "Floorhand, between a site and head office", "version": "1.0.0", "description": DESCRIPTION},
        "defaultContentType": "application/cloudevents+json",
        "servers": {"broker": {
            "host": "{broker}", "protocol": "secure-mqtt", "protocolVersion": "5",
            "description": "Any MQTT 5 broker. It says who may connect, and its access list what each box may read and write: "
                           "docs/protocol.md has the list. Nothing is kept in it but the two presences.",
            "variables": {"broker": {"default": "localhost:8883", "description": "where the broker is"}},
            "security": [reference("securitySchemes", "password"), reference("securitySchemes", "certificate")],
            "bindings": {"mqtt": {"bindingVersion": "0.2.0", "cleanSession": True, "sessionExpiryInterval": 0}},
        }},
        "channels": {name: channel(name, every) for name in CHANNELS},
        "operations": {name: operation(name) for name in OPERATIONS},
        "components": components(table),
    }


# ---------------------------------------------------------------- as text


def scalar(value):
    plain = isinstance(value, str) and PLAIN.match(value) and value.lower() not in WORDS_OF_YAML
    return value if plain else json.dumps(value, ensure_ascii=False)


def flow(value):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(name)}: {flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    return scalar(value)


def yaml_lines(value, indent):
    """One that fits a line stands in it; else each member of it stands in lines of its own."""
    if isinstance(value, str) and "\n" in value:
        return ["|-"] + [(" " * indent + line).rstrip() for line in value.splitlines()]
    line = flow(value)
    if not value or not isinstance(value, (dict, list)) or (indent > 2 and indent + len(line) <= WIDTH - 30):
        return [line]
    lines = [""]
    for name, one in value.items() if isinstance(value, dict) else ((None, one) for one in value):
        first, *rest = yaml_lines(one, indent + 2)
        head = f"{scalar(name)}:" if name is not None else "-"
        if name is None and not first and rest:
            first, rest = rest[0].strip(), rest[1:]
        lines += [" " * indent + head + (f" {first}" if first else "")] + rest
    return lines


def yaml(value):
    return "\n".join(yaml_lines(value, 0)[1:]) + "\n"


def json_lines(value, indent):
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or indent + len(line) <= WIDTH - 30:
        return [line]
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    members = value.items() if isinstance(value, dict) else ((None, one) for one in value)
    lines = [opened]
    for name, one in members:
        first, *rest = json_lines(one, indent + 2)
        lines += [" " * (indent + 2) + (f"{json.dumps(name)}: " if name is not None else "") + first] + rest
        lines[-1] += ","
    lines[-1] = lines[-1][:-1]
    return lines + [" " * indent + closed]


def pretty_json(value):
    return "\n".join(json_lines(value, 0)) + "\n"
