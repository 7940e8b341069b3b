"""Head office's HTTP interface as an OpenAPI 3.1 document, made of what the program says of itself: its kinds of rows, its verbs, its
files. Does not write files."""

import re

TYPES = {"text": {"type": "string"}, "number": {"type": "integer"}, "flag": {"type": "boolean"},
         "time": {"type": "string", "format": "date-time"}, "json": {}, "choice": {"type": "string"}}
KINDS_OF_VALUES = {"text": "string", "number": "integer", "flag": "boolean"}

DESCRIPTION = """\
What programs of others, and pages, ask of head office. Everything but /healthz needs a key, which floorhand-hq do key.add makes, or the
cookie of a person who has logged in; it answers 401 without one, 403 where that does not reach. Errors are one sentence for a person. Times are UTC; money is in
minor units of the order's currency; receivers are masked. A page of rows may be short or empty though there are more: go on until
next is null. docs/head-office.md tells the rest."""

MESSAGE = """\
What a webhook is sent by POST: what a site reported, as it wrote it, or what head office did with an order, as a CloudEvent. Take
it when the signature is good, answer 2xx within ten seconds, and pass over an id that you have had."""


def reference(section, name):
    return {"$ref": f"#/components/{section}/{name}"}


def camel(name):
    return "".join(part.capitalize() for part in re.split(r"[-_.]", name))


def answers(description, schema, *faults):
    """faults: statuses, beside those that every address has."""
    known = {"404": "there is nothing of this name", "409": "its state, or what there is already, forbids it",
             "413": "that is too much", "429": "too many tries: later"}
    return {"200": {"description": description, "content": {"application/json": {"schema": schema}}},
            "400": reference("responses", "Refused"), "401": reference("responses", "NoKey"),
            "403": reference("responses", "Forbidden"), "503": reference("responses", "Busy"),
            **{code: {"description": known[code], "content": {"application/json": {"schema": reference("schemas", "Error")}}}
               for code in faults}}


# ---------------------------------------------------------------- looking


def column_schema(kind):
    schema = dict(TYPES[kind])
    if "type" in schema:
        schema["type"] = [schema["type"], "null"]
    return schema


def row_schema(kind):
    columns = dict(zip(kind["columns"], (column_schema(one) for one in kind["types"])))
    return {"type": "object", "required": kind["columns"], "properties": columns}


def page_schema(row):
    return {"type": "object", "required": ["rows", "next"], "properties": {
        "rows": {"type": "array", "items": row}, "next": {"type": ["string", "null"]}}}


def list_path(kind):
    filters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in kind["filters"]]
    return {"get": {
        "operationId": f"list{camel(kind['kind'])}", "summary": f"A page of {kind['kind']}", "tags": ["rows"],
        "parameters": [*filters, reference("parameters", "limit"), reference("parameters", "after")],
        "responses": answers("The rows, and where the next page begins",
                             page_schema(reference("schemas", camel(kind["kind"]))), "404", "413")}}


def one_path(kind):
    lists = {name: page_schema(reference("schemas", camel(of))) for name, of in zip(kind["with"], kind["with_kinds"])}
    whole = {"type": "object", "required": [kind["singular"], *lists],
             "properties": {kind["singular"]: reference("schemas", camel(kind["kind"])), **lists}}
    return {"get": {
        "operationId": f"get{camel(kind['kind'])}", "summary": f"One {kind['singular']}, and what belongs to it", "tags": ["rows"],
        "parameters": [{"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": answers("The row and its lists, each with its first page", whole, "404")}}


# ---------------------------------------------------------------- asking


def field_schema(field):
    schema = {"type": KINDS_OF_VALUES.get(field["type"], "string"), "description": field["help"]}
    if field.get("choices"):
        schema["enum"] = field["choices"] if isinstance(field["choices"], list) else field["choices"].split("|")
    for ours, theirs in (("min", "minimum"), ("max", "maximum")):
        if field["type"] == "number" and ours in field:
            schema[theirs] = field[ours]
    if field.get("default") not in (None, ""):
        schema["default"] = field["default"]
    return schema


def verb_path(verb):
    body = {"type": "object", "additionalProperties": False,
            "properties": {field["name"]: field_schema(field) for field in verb["fields"]}}
    required = [field["name"] for field in verb["fields"] if field["required"]]
    if required:
        body["required"] = required
    return {"post": {
        "operationId": f"do{camel(verb['verb'])}", "summary": verb["english"], "description": verb["chinese"], "tags": ["verbs"],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": answers("It is done; what is worth telling of it", {"type": "object"}, "404", "409", "413")}}


def import_path(kind, per_site):
    site = [{"name": "site", "in": "query", "required": True, "schema": {"type": "string"}}] if per_site else []
    trial = {"name": "try", "in": "query", "schema": {"enum": ["yes", "no"]}, "description": "yes: say what it would change, and do not"}
    name = {"name": "name", "in": "query", "schema": {"type": "string"},
            "description": "what the file is called, in sentences and in the list of imports"}
    return {"post": {
        "operationId": f"import{camel(kind)}", "summary": f"Take a file of {kind} in, all of it or nothing", "tags": ["files"],
        "parameters": [*site, trial, name],
        "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}},
        "responses": answers("What became of it", {"type": "object", "required": ["rows", "changed"], "properties": {
            "imported": {"const": kind}, "would_import": {"const": kind}, "rows": {"type": "integer"},
            "changed": {"type": "integer"},
            "differences": {"type": "array", "items": {"type": "object"}, "description": "of a file that is tried: its first rows that are new, changed or gone"}}}, "413")}}


# ---------------------------------------------------------------- the rest


def body_of(*names):
    """An object of texts that must all be there."""
    return {"required": True, "content": {"application/json": {"schema": {
        "type": "object", "required": list(names), "properties": {name: {"type": "string"} for name in names}}}}}


def fixed_paths():
    text = {"type": "string"}
    kinds = {"type": "array", "items": {"type": "object", "required": ["kind", "one", "filters", "columns", "types", "with"]}}
    verbs = {"type": "array", "items": {"type": "object", "required": ["verb", "english", "chinese", "fields"]}}
    words = {"type": "object", "required": ["states", "exceptions", "moments", "settings", "files"]}
    value = {"type": ["integer", "null"], "description": "in the figure's unit; null: there is nothing to divide by"}
    figure = {"type": "object", "required": ["figure", "english", "chinese", "means", "means_chinese", "unit", "digits", "by"]}
    answer = {"type": "object", "required": ["figure", "unit", "currency", "from", "to", "by", "value", "numerator", "all", "rows", "left_out"],
              "properties": {"value": value, "numerator": {"type": "integer"}, "denominator": {"type": "integer"}, "rows": {
                  "type": "array", "description": "name, value, numerator, denominator; rows and of: the kind and filters of the rows that were added up",
                  "items": {"type": "object", "required": ["name", "value", "numerator", "rows"], "properties": {"value": value}}}}}
    compared = {"type": "object", "required": ["baseline", "then", "now", "figures"]}
    days = [{"name": name, "in": "query", "schema": {"type": "string", "format": "date"}, "description": help} for name, help in
            (("from", "the first business day; left out: the last thirty days"), ("to", "the last one"))]
    named = [{"name": "name", "in": "path", "required": True, "schema": text}]
    me = {"type": "object", "required": ["login", "title", "must_change", "roles"]}
    roles = {"type": "object", "required": ["roles", "verbs", "files", "kinds"]}
    stream = answers("An endless stream. hello begins it; orders and events carry one JSON object each; lost says that there were too"
                     " many, and to ask anew; alive comes every 5 seconds", text)
    stream["200"]["content"] = {"text/event-stream": {"schema": text}}
    return {
        "/healthz": {"get": {
            "operationId": "health", "summary": "Whether head office and its database answer", "security": [],
            "responses": {"200": {"description": "They do", "content": {"application/json": {"schema": {"type": "object"}}}},
                          "503": reference("responses", "Busy")}}},
        "/health": {"get": {
            "operationId": "wrong", "summary": "Whether head office can do its work, and what somebody should see to", "security": [],
            "responses": {"200": {"description": "It can", "content": {"application/json": {"schema": {"type": "object"}}}},
                          "503": {"description": "It cannot: wrong says why", "content": {"application/json": {"schema": {"type": "object"}}}}}}},
        "/metrics": {"get": {
            "operationId": "metrics", "summary": "What Prometheus counts; for keys that may look at all sites",
            "responses": {"200": {"description": "Prometheus' text format", "content": {"text/plain": {"schema": text}}},
                          "403": reference("responses", "Forbidden")}}},
        "/api/v1/join": {"post": {
            "operationId": "join", "summary": "A box joins a site, with the word of the code that it has scanned; request is PKCS #10", "security": [],
            "requestBody": body_of("token", "name", "request"),
            "responses": answers("What the box keeps: its site, its name, the broker, the authority and its certificate (PEM)",
                                 {"type": "object", "required": ["site", "box", "host", "port", "topic_prefix", "authority", "certificate"]},
                                 "429")}},
        "/api/v1/session": {"post": {
            "operationId": "logIn", "summary": "A person logs in: the answer sets a cookie", "security": [],
            "requestBody": body_of("login", "password"), "responses": answers("Who it is, and their roles", me, "429")}},
        "/api/v1/session/end": {"post": {"operationId": "logOut", "summary": "Log out", "requestBody": body_of(),
                                         "responses": answers("The cookie is good no more", {"type": "object"})}},
        "/api/v1/password": {"post": {"operationId": "choosePassword", "summary": "Choose another password; other visits end",
                                      "requestBody": body_of("old", "new"), "responses": answers("As when they log in", me, "429")}},
        "/api/v1/me": {"get": {"operationId": "me", "summary": "Who asks; a key is nobody", "responses": answers("Who it is, and their roles", me)}},
        "/api/v1/roles": {"get": {"operationId": "roles", "summary": "The roles, and who may what", "responses": answers("Three tables of rights", roles)}},
        "/api/v1/kinds": {"get": {"operationId": "kinds", "summary": "What this key may look at",
                                  "responses": answers("The kinds of rows", kinds)}},
        "/api/v1/verbs": {"get": {"operationId": "verbs", "summary": "What this key may ask for",
                                  "responses": answers("The verbs and their fields", verbs)}},
        "/api/v1/words": {"get": {"operationId": "words", "summary": "Names in both languages, settings with their ranges, files with their columns",
                                  "responses": answers("Order states, kinds of exceptions, settings, files", words)}},
        "/api/v1/figures": {"get": {"operationId": "figures", "summary": "What figures this key may look at, and what each means",
                                    "responses": answers("The figures", {"type": "array", "items": figure})}},
        "/api/v1/figures/{name}": {"get": {
            "operationId": "figure", "summary": "A figure of a period, split, with the rows it is a sum of", "parameters": [*named, *days,
                {"name": "by", "in": "query", "schema": text, "description": "one of the figure's splits"},
                {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
                {"name": "format", "in": "query", "schema": {"enum": ["json", "xlsx", "csv"], "default": "json"}}],
            "description": "Any other value is a filter of the figure's kinds of rows, as shop=tb.",
            "responses": answers("The figure; or a file of it", answer, "404")}},
        "/api/v1/compared/{name}": {"get": {
            "operationId": "compared", "summary": "The key figures of a baseline beside those of a later period", "parameters": [*named, *days],
            "responses": answers("Then and now, the change, and whether the goal is reached", compared, "404")}},
        "/api/v1/changes": {"get": {
            "operationId": "changes", "summary": "Orders and events as they change, and that anything was written", "parameters": [
                {"name": "kinds", "in": "query", "schema": {"type": "string", "default": "orders"},
                 "description": "orders, events, rows, with commas; rows: something was written, of whatever kind; told every two seconds at most"}], "responses": stream}},
    }


def webhooks():
    headers = {"webhook-id": "of the message: the same in every try",
               "webhook-timestamp": "of this try, in seconds of the Unix clock",
               "webhook-signature": "v1, and the base64 of HMAC-SHA256 over id.timestamp.body by the webhook's secret"}
    return {"message": {"post": {
        "summary": "Something happened", "description": MESSAGE, "security": [],
        "parameters": [{"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
                       for name, text in headers.items()],
        "requestBody": {"required": True, "content": {"application/cloudevents+json": {"schema": reference("schemas", "Message")}}},
        "responses": {"2XX": {"description": "It is taken"}}}}}


def components(kinds):
    words = {"type": "object", "required": ["en", "zh"], "properties": {"en": {"type": "string"}, "zh": {"type": "string"}}}
    error = {"type": "object", "required": ["error"], "properties": {"error": {
        "type": "object", "required": ["message", "text"], "properties": {"message": {"type": "string"}, "text": words}}}}
    message = {"type": "object", "required": ["specversion", "id", "source", "type", "data"], "properties": {
        "specversion": {"const": "1.0"}, "id": {"type": "string"}, "source": {"type": "string"}, "type": {"type": "string"},
        "subject": {"type": "string"}, "time": {"type": "string"}, "data": {"type": "object"}}}

    def fault(description):
        return {"description": description, "content": {"application/json": {"schema": reference("schemas", "Error")}}}
    return {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "fhk_..., as key.add has shown it once"},
                            "person": {"type": "apiKey", "in": "cookie", "name": "floorhand", "description": "as logging in has set it"}},
        "parameters": {
            "limit": {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 500, "default": 100}},
            "after": {"name": "after", "in": "query", "schema": {"type": "string"}, "description": "next, of the page before"}},
        "responses": {"Refused": fault("It cannot be understood, and why"), "NoKey": fault("No key, or none that is good"),
                      "Forbidden": fault("This key does not reach that"), "Busy": fault("Not just now: try again")},
        "schemas": {"Error": error, "Message": message, **{camel(kind["kind"]): row_schema(kind) for kind in kinds}},
    }


def document(kinds, verbs, imports):
    """imports: {kind: whether it is of one site}."""
    paths = fixed_paths()
    for kind in kinds:
        paths[f"/api/v1/{kind['kind']}"] = list_path(kind)
        if kind["one"]:
            paths[f"/api/v1/{kind['kind']}/{{code}}"] = one_path(kind)
    paths.update({f"/api/v1/do/{verb['verb']}": verb_path(verb) for verb in verbs})
    paths.update({f"/api/v1/import/{kind}": import_path(kind, per_site) for kind, per_site in imports.items()})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Floorhand head office", "version": "1", "description": DESCRIPTION},
        "servers": [{"url": "http://127.0.0.1:8080"}],
        "security": [{"key": []}, {"person": []}],
        "paths": paths,
        "webhooks": webhooks(),
        "components": components(kinds),
    }
