#!/usr/bin/env python3
"""Keeps the books of phrases whole (firmware-daemon/base/phrase.h): what a page may be refused by has a Chinese sentence.

A sentence is the text in a call of error_set() or one of its like (CALL), in the rooms below. Sentences that are only put
together of others, and what is told by name (macros), stand for words.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

ROOMS = ("firmware-daemon/base", "web", "ui", "sync/head-office")
CALL = re.compile(r"\b(?:error_set|web_refuse|web_answer_error|refuse|aftersale_trouble)\s*\(")
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
CONSTANT = re.compile(rf"static const char \w+\[\] =\s*({TEXT.pattern}(?:\s*{TEXT.pattern})*);")
WORDS = re.compile(r"%[-+ #0-9.*]*(?:ll|l|z)?[a-zA-Z]|\x00")
# A text, and what the compiler puts together with it: texts and macros with nothing between them.
TOGETHER = re.compile(rf"(?:{TEXT.pattern}|\b[A-Z][A-Z0-9_a-z]*\b)(?:\s*(?:{TEXT.pattern}|\b[A-Z][A-Z0-9_a-z]*\b))*")
# Texts, to be kept; characters and comments, to be left out.
ASIDE = re.compile(rf"{TEXT.pattern}|'(?:[^'\\]|\\.)+'|//[^\n]*|/\*.*?\*/", re.DOTALL)
ROW = re.compile(rf"\{{\s*((?:{TEXT.pattern}\s*)+),\s*((?:{TEXT.pattern}\s*)+)\}}")


def value(texts):
    return "".join(re.sub(r"\\(.)", r"\1", text[1:-1]) for text in TEXT.findall(texts))


def pattern(together):
    """'"no %s of " NAMES' -> 'no % of %'"""
    parts = re.findall(rf"{TEXT.pattern}|\b[A-Z]\w*\b", together)
    text = "".join(value(part) if part.startswith('"') else "" if part.startswith("PRI") else "\0" for part in parts)
    text = re.sub(r"%[-+ #0-9.*]*$|%(?=[ \"),:;])", "\0", text)  # "%" PRId64
    return re.sub("%+", "%", WORDS.sub("%", text))


def arguments(text):
    """What stands in the parentheses of each call."""
    for call in CALL.finditer(text):
        at, depth = call.end(), 1
        while depth:
            quoted = TEXT.match(text, at)
            at = quoted.end() if quoted else at + 1
            depth += 0 if quoted else {"(": 1, ")": -1}.get(text[at - 1], 0)
        yield text[call.end():at - 1]


def sources(ends):
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob(ends)):
            if "node_modules" not in path.parts and not path.name.startswith("phrases"):
                text = ASIDE.sub(lambda found: found[0] if found[0].startswith('"') else " ", path.read_text())
                yield path, re.sub(r"^#define \w+", ";", text, flags=re.MULTILINE)


def said(text):
    """The sentences of a file; some are told by the name of a constant."""
    constants = [texts for texts in CONSTANT.findall(text) if not re.search("SELECT|INSERT|UPDATE|WHERE|FROM|[{}<>=]", texts) and len(value(texts)) > 25]
    for call in [*arguments(text), *constants]:
        for together in TOGETHER.findall(call):
            sentence = pattern(together) if '"' in together else ""
            if re.search("[a-z]{2}", sentence) and re.match(r"\S+ \S", sentence):
                yield sentence


def everything_in(text):
    return {pattern(together) for together in TOGETHER.findall(text) if '"' in together}


def books():
    for path in sorted(ROOT.rglob("phrases*.c")):
        if "build" not in path.parts:
            for english, chinese in ROW.findall(path.read_text()):
                yield path, value(english), value(chinese)


def main():
    tap = Tap()
    rows = list(books())
    known = {english for _, english, _ in rows}
    everything = set().union(*(everything_in(text) for _, text in sources("*.h")))
    faults = []
    for path, text in sources("*.c"):
        everything |= everything_in(text)
        for sentence in said(text):
            if sentence not in known:
                faults.append(f"{path.relative_to(ROOT)}: {sentence!r} has no phrase in Chinese")
    tap.check(f"every sentence that refuses has one of {len(known)} phrases in Chinese", sorted(set(faults)))

    faults = [f"{path.relative_to(ROOT)}: nobody says {english!r}" for path, english, _ in rows
              if english not in everything]
    tap.check("every phrase is said somewhere", faults)

    faults = [f"{path.relative_to(ROOT)}: {english!r}" for path, english, chinese in rows
              if any(int(number) > english.count("%") for number in re.findall(r"%(\d)", chinese))]
    tap.check("in Chinese a phrase has no words that it has not in English", faults)

    places = {}
    for path, english, _ in rows:
        book = "ui" if path.parts[-2] == "ui" else "others"  # a box has another set of books than head office
        places.setdefault((book, english), []).append(path.name)
    tap.check("no phrase stands in two books", [f"{english!r}: {names}" for (_, english), names in places.items() if len(names) > 1])
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
