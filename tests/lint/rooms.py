#!/usr/bin/env python3
"""Keeps the table of rooms in docs/architecture.md true: who may include what, who may use which library.

Also: no rule under floor/ reaches the clock, a file, a socket or the log, and no function or file is too long.
Does not look at style (make lint does).
"""

import dataclasses
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

TABLE = ROOT / "docs/architecture.md"
SOURCE_FOLDERS = ("firmware-daemon", "drivers", "sync", "web", "ui")
OBJECTS = ROOT / "build/obj" / os.environ.get("MODE", "release")
MAX_FUNCTION_LINES = 70
MAX_FILE_LINES = 800

# Libraries that only the rooms naming them in the table may use; what the others do not name is free for all.
GUARDED_LIBRARIES = {
    "sqlite3": r"sqlite3",
    "libpq": r"libpq|postgres_ext\.h",
    "mosquitto": r"mosquitto",
    "openssl": r"openssl/",
    "libusb": r"libusb",
    "libserialport": r"libserialport",
    "libudev": r"libudev",
    "libmicrohttpd": r"microhttpd",
    "gnutls": r"gnutls/",
    "curl": r"curl/",
    "libdeflate": r"libdeflate\.h",
}

# What a rule may call outside its own rooms: the pure part of the C library, and what compilers add.
PURE_SYMBOLS = re.compile(
    r"^(mem\w+|str(?!error|ftime|ptime|dup)\w+|__str\w+|__mem\w+|v?snprintf|__v?snprintf_chk|__isoc99_sscanf|qsort|bsearch|"
    r"malloc|calloc|realloc|free|abort|__assert_fail|__stack_chk_fail|__ctype_\w+|_GLOBAL_OFFSET_TABLE_|"
    r"__errno_location|json_(loadb|dumps|delete|(object|array|string|integer|boolean|number)_\w+)|__(asan|ubsan)_\w+)$")
FLOOR_BUILDS_ON = ("base", "barcode", "plan", "store", "floor")
# Parts of those rooms that are not pure: the clock, the system's randomness, the log, opening files.
FLOOR_MAY_NOT = re.compile(r"^(clock_(wall|mono)_us|random_system|log_\w+|option_load|file_load|sql_open|sql_open_postgres|sql_copy_to|PQ\w+|sqlite3_\w+)$")


@dataclasses.dataclass
class Room:
    path: str
    may_include: set = dataclasses.field(default_factory=set)  # names of rooms
    everything: bool = False
    libraries: set = dataclasses.field(default_factory=set)
    only_files: dict = dataclasses.field(default_factory=dict)  # library -> the files (usb*) that alone use it

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]


# ---------------------------------------------------------------- the table


def parse_rooms(text):
    """Returns (rooms by path, faults). A row: | `path` | what it holds | base, wire, curl; `x.c` alone uses LIBRARY |"""
    rooms, faults = {}, []
    chapter = text.partition("## Rooms\n")[2].partition("\n## ")[0]
    for path, permission in re.findall(r"^\| `([^`]+)` \|.*\| ([^|]+) \|$", chapter, re.MULTILINE):
        rooms[path] = Room(path)
        faults += parse_permission(rooms[path], permission)
    known = {room.name for room in rooms.values()}
    for room in rooms.values():
        faults += [f"the row of {room.path} names {word}, which is neither a room nor a guarded library"
                   for word in sorted(room.may_include - known)]
    return rooms, faults


def parse_permission(room, permission):
    for part in re.split(r"[,;]\s*", permission.strip()):
        alone = re.fullmatch(r"`([\w.*/]+)` alone uses (\w+)", part)
        if alone and alone[2] in GUARDED_LIBRARIES:
            room.only_files.setdefault(alone[2], []).append(f"{room.path}/{alone[1]}")
        elif alone:
            yield f"the row of {room.path} guards {alone[2]}, of which this test does not know the header"
        elif part == "everything":
            room.everything = True
        elif part in GUARDED_LIBRARIES:
            room.libraries.add(part)
        else:
            room.may_include.add(part)


# ---------------------------------------------------------------- who includes what


def sources():
    for folder in SOURCE_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            if "node_modules" not in path.parts:
                yield path.relative_to(ROOT)


def room_of(path, rooms):
    """The innermost room that holds the file."""
    for folder in pathlib.PurePath(path).parents:
        if str(folder) in rooms:
            return rooms[str(folder)]
    return None


def resolve(include, source):
    for folder in (source.parent, pathlib.Path("firmware-daemon"), pathlib.Path(".")):
        if (ROOT / folder / include).exists():
            return pathlib.Path(os.path.normpath(folder / include))
    return None


def include_faults(source, text, rooms):
    room = room_of(source, rooms)
    if room is None:
        yield f"{source} is in no room of the table"
        return
    for include in re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.MULTILINE):
        target = resolve(include, source)
        target_room = target and room_of(target, rooms)
        if target_room is None:
            yield f'{source} includes "{include}", which is in no room'
        elif not (room.everything or target_room is room or target_room.name in room.may_include):
            yield f'{source} includes "{include}": {room.path} may not include {target_room.path}'


def library_faults(source, text, rooms):
    room = room_of(source, rooms)
    for library, header in GUARDED_LIBRARIES.items():
        if not room or not re.search(rf'^\s*#\s*include\s+[<"][^>"]*{header}', text, re.MULTILINE):
            continue
        only = room.only_files.get(library)
        if only and not any(fnmatch.fnmatch(str(source), pattern) for pattern in only):
            yield f"{source} uses {library}: {' and '.join(only)} alone may"
        elif not only and library not in room.libraries:
            yield f"{source} uses {library}: the table does not give it to {room.path}"


# ---------------------------------------------------------------- what the floor's objects call


def symbols(option, objects):
    lines = subprocess.run(["nm", option, *map(str, objects)], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in lines.splitlines() if line.strip() and not line.endswith(":")}


def floor_faults():
    def objects(room):
        compiled = {path.stem for path in (ROOT / "firmware-daemon" / room).glob("*.c")}
        return [path for path in sorted((OBJECTS / "firmware-daemon" / room).glob("*.o")) if path.stem in compiled]

    floor = objects("floor")
    missing = {path.stem for path in (ROOT / "firmware-daemon/floor").glob("*.c")} - {path.stem for path in floor}
    if missing:
        return [f"floor/{name}.c is not compiled under {OBJECTS.relative_to(ROOT)}" for name in sorted(missing)]
    if not floor:
        return ["there is no rule to look at"]
    own = symbols("--defined-only", [path for room in FLOOR_BUILDS_ON for path in objects(room)])
    faults = []
    for path in floor:
        for symbol in sorted(symbols("-u", [path])):
            if FLOOR_MAY_NOT.match(symbol) or not (symbol in own or PURE_SYMBOLS.match(symbol)):
                faults.append(f"floor/{path.stem}.c calls {symbol}: a rule reaches nothing outside the store and the event")
    return faults


def twice_defined():
    """All rooms go into one archive, and the linker takes whichever it meets first: two functions of one name are one of them, in the
    wrong program, without a word."""
    paths = {str(OBJECTS / source.with_suffix(".o")): source for source in sources()
             if source.suffix == ".c" and source.name != "main.c" and source.parts[0] != "tests"}
    lines = subprocess.run(["nm", "-A", "--defined-only", "--extern-only", *filter(os.path.exists, paths)], capture_output=True, text=True,
                           check=True).stdout
    found = {}
    for line in lines.splitlines():
        path, _, symbol = line.partition(":")
        found.setdefault(symbol.split()[-1], []).append(str(paths[path]))
    return [f"{symbol} is in {' and '.join(names)}: one of them needs another name" for symbol, names in sorted(found.items())
            if len(names) > 1]


# What the connection to the broker may not call: reconnecting replays what an earlier connection left, connecting in the
# background spins on a dead TLS port and cannot be given properties, and a loop of libmosquitto's own ends without a word.
CONNECTION_MAY_NOT = re.compile(r"^mosquitto_(reconnect\w*|connect_async|connect_bind_async|connect_srv|loop|loop_forever|loop_start|threaded_set)$")


def connection_faults():
    compiled = sorted((OBJECTS / "sync/mqtt").glob("*.o"))
    if not compiled:
        yield f"sync/mqtt is not compiled under {OBJECTS.relative_to(ROOT)}"
        return
    for symbol in sorted(symbols("-u", compiled)):
        if CONNECTION_MAY_NOT.match(symbol):
            yield f"sync/mqtt calls {symbol}"


# ---------------------------------------------------------------- how long


def length_faults(path, text):
    """clang-format puts the braces of a function, and only those, alone at the first column."""
    lines = text.splitlines()
    if len(lines) > MAX_FILE_LINES:
        yield f"{path} has {len(lines)} lines; the most is {MAX_FILE_LINES}"
    opened = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            opened = number
        elif line == "}" and opened:
            if number - opened + 1 > MAX_FUNCTION_LINES:
                yield f"{path}:{opened}: a function of {number - opened + 1} lines; the most is {MAX_FUNCTION_LINES}"
            opened = None


def long_files():
    """Everything written by hand: the rooms, the tests, the pages."""
    yield from sources()
    for folder, patterns in (("tests", ("*.[ch]", "*.py", "*.mjs")), ("ui", ("*.js", "*.css", "*.html"))):
        for pattern in patterns:
            for path in sorted((ROOT / folder).rglob(pattern)):
                if "node_modules" not in path.parts:
                    yield path.relative_to(ROOT)


# ---------------------------------------------------------------- can this test fail?


def self_check():
    """The parser and the rules on a small house with known faults."""
    rooms, faults = parse_rooms("## Rooms\n| `a/base` | x | base; `sql.c` alone uses sqlite3 |\n| `a/ui` | x | base, attic |\n"
                                "| `a` | x | everything |\n")
    if faults != ["the row of a/ui names attic, which is neither a room nor a guarded library"]:
        yield f"an unknown word in the table was not noticed: {faults}"
    if not list(library_faults(pathlib.Path("a/base/buf.c"), "#include <sqlite3.h>\n", rooms)):
        yield "a second user of sqlite3 was not noticed"
    if list(library_faults(pathlib.Path("a/base/sql.c"), "#include <sqlite3.h>\n", rooms)):
        yield "the one user of sqlite3 was refused"
    if not list(library_faults(pathlib.Path("a/main.c"), "#include <microhttpd.h>\n", rooms)):
        yield "a library that the table gives to nobody was not noticed"
    if not list(include_faults(pathlib.Path("a/ui/x.c"), '#include "nowhere.h"\n', rooms)):
        yield "an include that leads nowhere was not noticed"
    if not list(length_faults("x.c", "int f(void)\n{\n" + "    x();\n" * 69 + "}\n")):
        yield "a long function was not noticed"
    if not CONNECTION_MAY_NOT.match("mosquitto_loop_start") or CONNECTION_MAY_NOT.match("mosquitto_loop_read"):
        yield "the parts of libmosquitto are told apart wrongly"
    for symbol in ("time", "open", "socket", "read", "write", "getrandom", "fopen", "printf", "strerror", "strftime"):
        if PURE_SYMBOLS.match(symbol):
            yield f"{symbol} counts as pure"


def main():
    tap = Tap()
    rooms, faults = parse_rooms(TABLE.read_text())
    texts = {source: (ROOT / source).read_text(errors="replace") for source in sources()}
    tap.check("the checks below notice known faults", self_check())
    tap.check(f"the table of {len(rooms)} rooms can be read", faults or ([] if len(rooms) > 10 else ["it is too short"]))
    tap.check("every include is allowed by the table",
              [fault for source, text in texts.items() for fault in include_faults(source, text, rooms)])
    tap.check("every guarded library is used only where the table says",
              [fault for source, text in texts.items() for fault in library_faults(source, text, rooms)])
    tap.check("a rule reaches no clock, file, socket or log", floor_faults())
    tap.check("every function has a name of its own", twice_defined())
    tap.check("the connection to the broker is made, and its loop run, by us", connection_faults())
    tap.check(f"no function is longer than {MAX_FUNCTION_LINES} lines and no file longer than {MAX_FILE_LINES}",
              [fault for path in long_files()
               for fault in length_faults(path, (ROOT / path).read_text(errors="replace"))])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
