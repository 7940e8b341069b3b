"""sync/wire/members.table and sync/wire/types.h as JSON Schemas. Does not write files and looks at no message."""

import dataclasses
import pathlib
import re
import shlex

ROOT = pathlib.Path(__file__).resolve().parent.parent
DRAFT = "https://json-schema.org/draft/2020-12/schema"

KINDS = {
    "text": {"type": "string"},
    "code": {"type": "string", "minLength": 1, "maxLength": 63},
    "codes": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 63}},
    "flag": {"type": "boolean"},
    "number": {"type": "integer", "minimum": 0},
    "count": {"type": "integer", "minimum": 1},
    "signed": {"type": "integer"},
    "day": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "time": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"},
    "fault": {"type": "string", "pattern": r"^E\d\d$"},
    "type": {"type": "string", "pattern": r"^[a-z_]+\.[a-z_]+$"},
    "id": {"type": "string", "minLength": 26, "maxLength": 26},
    "site": {"type": "string", "pattern": "^[a-z0-9-]{2,32}$"},
    "board": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "marks": {"type": "array", "maxItems": 24, "items": {
        "type": "array", "minItems": 3, "maxItems": 3,
        "prefixItems": [{"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 0},
                        {"type": "string", "pattern": "^[0-9a-f]{64}$"}]}},
    "any": {"type": "object"},
}

TOKEN = re.compile(r"\s*(?:(?P<group>\*)|(?P<name>[a-z0-9_]+)(?::(?P<kind>[a-z_]+))?|(?P<open>[\[{])|(?P<close>[\]}]))"
                   r"(?P<marks>[?~]*)")


@dataclasses.dataclass
class Member:
    name: str
    kind: str  # "list", "object": of its members
    members: list = None
    optional: bool = False
    nullable: bool = False


@dataclasses.dataclass
class Table:
    kinds: dict = dataclasses.field(default_factory=lambda: dict(KINDS))
    names: dict = dataclasses.field(default_factory=dict)  # {(name, kind): meaning}
    first: dict = dataclasses.field(default_factory=dict)  # {name: the kind that it has where none is said}
    groups: dict = dataclasses.field(default_factory=dict)
    forms: dict = dataclasses.field(default_factory=dict)  # {(event, change or control, type): [members of each form]}
    used: set = dataclasses.field(default_factory=set)     # of names

    def of(self, what):
        return {name: forms for (kind, name), forms in self.forms.items() if kind == what}


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def meanings(macro):
    """{name: meaning} of an X-macro of types.h, in its order."""
    header = text("sync/wire/types.h")
    block = header[header.index(f"#define {macro}"):].split("\n\n")[0]
    return dict(re.findall(r'X\("([^"]+)",\s*(?:\\\s*)?"([^"]+)"\)', block))


# ---------------------------------------------------------------- the table


def add_member(table, found, members):
    name = found["name"]
    kind = found["kind"] or table.first.get(name)
    if (name, kind) not in table.names:
        raise ValueError(f"members.table: no \"name {name}:{kind or 'KIND'}\" says what {name} means")
    table.used.add((name, kind))
    members.append(Member(name, kind))
    return members[-1]


def parse_members(table, line):
    """The members of one form; a group's stand in its place."""
    stack, at, in_group = [[]], 0, False
    while line[at:].strip():
        found = TOKEN.match(line, at)
        if not found:
            raise ValueError(f"members.table: {line[at:]}")
        at = found.end()
        last = None
        if found["group"]:
            in_group = True
        elif in_group and found["name"]:
            stack[-1].extend(dataclasses.replace(member) for member in table.groups[found["name"]])
            in_group = False
        elif found["name"] and line[at:at + 1] in ("[", "{"):
            kind = "list" if line[at] == "[" else "object"
            last = add_member(table, {"name": found["name"], "kind": kind}, stack[-1])
        elif found["name"]:
            last = add_member(table, found, stack[-1])
        elif found["open"]:
            stack[-1][-1].members = []
            stack.append(stack[-1][-1].members)
        else:
            stack.pop()
            last = stack[-1][-1]
        if last:
            last.optional, last.nullable = "?" in found["marks"], "~" in found["marks"]
    return stack[0]


def read_table():
    table = Table()
    joined = re.sub(r"\n +", " ", text("sync/wire/members.table"))  # a line that begins with spaces goes on
    for line in joined.splitlines():
        if not line or line.startswith("#"):
            continue
        word, name, rest = (line.split(None, 2) + [""])[:3]
        if word == "kind":
            table.kinds[name] = {"type": "string", "enum": shlex.split(rest)}
        elif word == "name":
            name, kind = name.split(":")
            table.names[name, kind] = rest
            table.first.setdefault(name, kind)
        elif word == "group":
            table.groups[name] = parse_members(table, rest)
        elif rest == "* undid":
            table.forms[word, name] = [parse_members(table, "undid")]
        else:
            table.forms.setdefault((word, name), []).append(parse_members(table, rest))
    return table


# ---------------------------------------------------------------- schemas


def object_schema(table, members):
    schema = {"type": "object", "properties": {member.name: member_schema(table, member) for member in members}}
    required = [member.name for member in members if not member.optional]
    return schema | ({"required": required} if required else {})


def member_schema(table, member):
    if member.kind == "object":
        schema = object_schema(table, member.members)
    elif member.kind == "list":
        schema = {"type": "array", "items": object_schema(table, member.members)}
    else:
        schema = dict(table.kinds[member.kind])
    if member.nullable:
        schema["type"] = [schema["type"], "null"]
    return schema | {"description": table.names[member.name, member.kind]}


def data_schemas(table, what, described):
    """{type: the schema of its data}, in the order of described, which is {type: meaning}."""
    schemas = {}
    for name, meaning in described.items():
        forms = [object_schema(table, members) for members in table.forms.get((what, name), [[]])]
        schemas[name] = {"description": meaning} | (forms[0] if len(forms) == 1 else {"anyOf": forms})
    if what == "event":
        schemas["scan.undone"]["description"] += "; its other members are those of the event that was taken back"
    return schemas


def envelope(what):
    """A line of a segment, or a control message, without what its data holds: CloudEvents 1.0 in JSON."""
    office = "//floorhand/head-office"
    sources = {"event": "^//floorhand/site/[a-z0-9-]{2,32}$", "change": f"^{office}$",
               "control": f"^({office}|//floorhand/site/[a-z0-9-]{{2,32}})$"}
    properties = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "description": "names this message for ever"},
        "source": {"type": "string", "pattern": sources[what]},
        "type": {"type": "string", "pattern": r"^io\.floorhand\.[a-z_]+\.[a-z_]+\.v1$"},
        "datacontenttype": {"const": "application/json"},
        "data": {"type": "object"},
    }
    required = ["specversion", "id", "source", "type", "data"]
    if what != "control":
        properties |= {
            "subject": {"type": "string", "description": "what it is about, as order/N-1001"},
            "time": KINDS["time"] | {"description": "when it was written, UTC"},
            "sequence": {"type": "string", "pattern": r"^\d{10}-\d{16}$",
                         "description": "the epoch and the number; head office's epoch is 0"},
        }
        required += ["sequence"]
    if what == "control":
        properties |= {
            "key": {"type": "string", "pattern": "^[0-9a-f]{64}$",
                    "description": "the writer's public key, Ed25519; absent in office and presence alone"},
            "sig": {"type": "string", "pattern": "^[0-9a-f]{128}$",
                    "description": "the signature of all that stands before the text \",\"sig\""},
        }
    if what == "event":
        properties |= {
            "actor": {"type": "string", "description": "the worker's number; absent: nobody was signed in"},
            "device": {"type": "string", "description": "the station; absent: none"},
            "clk": {"enum": ["holdover", "unset"], "description": "the box's time of day: set once, and kept by nobody; never set; "
                                                                 "absent: kept by a time server"},
            "roster": {"const": "stale", "description": "head office was not heard for so long that the worker's badge may be "
                                                         "revoked; absent: it was"},
            "monoms": {"type": "string", "pattern": r"^\d+$", "description": "milliseconds of the box's clock that is never set"},
        }
    return {"type": "object", "properties": properties, "required": required}


MACROS = {"event": "WIRE_EVENTS", "change": "WIRE_CHANGES"}
CONTROL = {
    "hello": "a site says where it stands: the first message of each connection",
    "probe": "the two do not have the same past, or the same changes: the site says what it has",
    "fack": "the site has committed the changes up to a number",
    "snap_ask": "the site asks for what head office knows of it, from a line on",
    "welcome": "head office says where it stands, and at what pace the site may send",
    "ack": "head office has committed the events up to a number, or refuses those behind it",
    "fence": "nothing of the site is taken, and why",
    "grant": "the answer to a probe: a new epoch, and the last line that both have, from which it goes on",
    "snap_offer": "the snapshot whose lines follow",
    "office": "head office is there, or gone; retained, and its will",
    "presence": "a box is there, or gone; retained, and its will",
}


def described(what):
    return meanings(MACROS[what]) if what in MACROS else dict(CONTROL)


def full_type(what, name):
    return f"io.floorhand.{'sync.' if what == 'control' else ''}{name}.v1"


def document(table, what):
    """One JSON Schema that knows every message of a kind: its envelope, and by its type the data."""
    schemas = data_schemas(table, what, described(what))
    title = {"event": "A line that a site writes", "change": "A line that head office writes",
             "control": "A control message"}[what]
    return {
        "$schema": DRAFT,
        "$id": f"urn:floorhand:fh1:{what}s",
        "title": title,
        "description": "Whoever reads one passes over members and types that he does not know.",
        **envelope(what),
        "allOf": [{"if": {"properties": {"type": {"const": full_type(what, name)}}},
                   "then": {"properties": {"data": {"$ref": f"#/$defs/{name}"}}}} for name in schemas],
        "$defs": schemas,
    }


def closed(schema):
    """The same schema, which refuses members that it does not name."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {key: closed(value) for key, value in schema.items()}
    return copy | ({"additionalProperties": False} if copy.get("type") in ("object", ["object", "null"]) and
                   isinstance(copy.get("properties"), dict) else {})
