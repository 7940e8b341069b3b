"""As much of GraphQL as a shop's connector sends: one operation with variables, aliases, arguments and inline or named fragments.

Reads a query and picks from plain values what it selects. Knows no schema; a field that is not there is null, and is noted."""

import json
import re

TOKEN = re.compile(r'\s+|,|#[^\n]*|(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\.\.\.|[{}()\[\]:!$=|@&])')


class Wrong(Exception):
    """The query cannot be read."""


def tokens_of(text):
    at, found = 0, []
    while at < len(text):
        token = TOKEN.match(text, at)
        if not token:
            raise Wrong(f"syntax error at {at}: {text[at:at + 20]!r}")
        at = token.end()
        if token.lastgroup:
            found.append((token.lastgroup, token[token.lastgroup]))
    return found


class Field:
    def __init__(self, name, alias, arguments, selection):
        self.name, self.alias, self.arguments, self.selection = name, alias, arguments, selection


class Reader:
    def __init__(self, text, variables):
        self.tokens, self.at, self.variables = tokens_of(text), 0, variables
        self.fragments = {}

    def look(self, sign=None):
        kind, value = self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")
        return value == sign and kind == "sign" if sign else (kind, value)

    def take(self, wanted=None):
        kind, value = self.look()
        if kind == "end" or (wanted and value != wanted):
            raise Wrong(f"{wanted or 'something'} is expected, not {value!r}")
        self.at += 1
        return kind, value

    def document(self):
        """Returns (query or mutation, selection)."""
        operation = None
        while self.look()[0] != "end":
            kind, word = self.look()
            if word == "fragment":
                self.take()
                name = self.take()[1]
                self.take("on")
                self.take()
                self.fragments[name] = self.selection()
                continue
            word = self.take()[1] if kind == "name" else "query"
            if self.look()[0] == "name":
                self.take()
            if self.look("("):
                self.definitions()
            if operation:
                raise Wrong("more than one operation")
            operation = (word, self.selection())
        if not operation:
            raise Wrong("no operation")
        return operation[0], self.spread(operation[1])

    def definitions(self):
        """($name: Type! = default): only defaults matter here."""
        self.take("(")
        while not self.look(")"):
            self.take("$")
            name = self.take()[1]
            self.take(":")
            while self.look()[1] in ("[", "]", "!") or self.look()[0] == "name":
                self.take()
            if self.look("="):
                self.take()
                self.variables.setdefault(name, self.value())
        self.take(")")

    def selection(self):
        self.take("{")
        fields = []
        while not self.look("}"):
            if self.look("..."):
                self.take()
                if self.look()[1] == "on":
                    self.take()
                    self.take()
                    fields += self.selection()
                elif self.look("{"):
                    fields += self.selection()
                else:
                    fields.append(self.take()[1])
                continue
            fields.append(self.field())
        self.take("}")
        return fields

    def field(self):
        alias = name = self.take()[1]
        if self.look(":"):
            self.take()
            name = self.take()[1]
        arguments = {}
        if self.look("("):
            self.take()
            while not self.look(")"):
                key = self.take()[1]
                self.take(":")
                arguments[key] = self.value()
            self.take(")")
        return Field(name, alias, arguments, self.selection() if self.look("{") else None)

    def value(self):
        kind, value = self.take()
        if value == "$" and kind == "sign":
            return self.variables.get(self.take()[1])
        if kind == "text":
            return json.loads(value)
        if kind == "number":
            return float(value) if "." in value else int(value)
        if kind == "name":
            return {"true": True, "false": False, "null": None}.get(value, value)
        if value == "[":
            items = []
            while not self.look("]"):
                items.append(self.value())
            self.take("]")
            return items
        if value == "{":
            members = {}
            while not self.look("}"):
                key = self.take()[1]
                self.take(":")
                members[key] = self.value()
            self.take("}")
            return members
        raise Wrong(f"a value is expected, not {value!r}")

    def spread(self, fields):
        """Puts named fragments in their places, wherever in the text they were defined."""
        flat = []
        for field in fields:
            if isinstance(field, str):
                if field not in self.fragments:
                    raise Wrong(f"there is no fragment {field}")
                flat += self.spread(self.fragments[field])
            else:
                field.selection = field.selection and self.spread(field.selection)
                flat.append(field)
        return flat


def read(text, variables):
    """Returns (kind of operation, fields)."""
    return Reader(text, dict(variables or {})).document()


def pick(value, fields, unknown):
    """What of a value is selected. A list that may be asked for page by page is a function of the field's arguments. unknown: a set that
    gets the names of fields that are not there."""
    if value is None or fields is None:
        return value
    if isinstance(value, list):
        return [pick(part, fields, unknown) for part in value]
    picked = {}
    for field in fields:
        if field.name == "__typename":
            picked[field.alias] = "Thing"
            continue
        if field.name not in value:
            unknown.add(field.name)
        part = value.get(field.name)
        picked[field.alias] = pick(part(field.arguments) if callable(part) else part, field.selection, unknown)
    return picked
