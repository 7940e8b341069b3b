#!/usr/bin/env python3
"""Keeps drivers/models honest: known keys and words, one model for each match, a source for every fact, no claim without proof.

Also: the udev rules name every scanner and scale, and docs/hardware.md is what `make docs` would write.
Does not know whether a fact is true: its source does.
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

FOLDER = ROOT / "drivers/models"
README = FOLDER / "README.md"
LOADER = ROOT / "drivers/model.c"
RULES = ROOT / "systemd/60-floorhand.rules"
HARDWARE = ROOT / "docs/hardware.md"
TOOL = pathlib.Path(ROOT, os.environ.get("OUT", "build"), "floorhand")

# The INI reader cuts lines at 199 bytes and section names at 49 (INI_MAX_LINE and MAX_SECTION of libinih).
LINE_MAX, NAME_MAX = 190, 43
NEEDED = ("make", "kind", "driver", "support", "source")
DRIVERS = {
    "scanner": {"hid-keyboard", "hid-pos", "serial", "ssi", "auto", "none"},
    "printer": {"zpl", "tspl", "epl", "cpcl", "escpos", "auto", "none"},
    "scale": {"hid", "mt-sics", "toledo-8217", "toledo-continuous", "a-and-d", "cas", "auto", "none"},
}
MATCH = re.compile(r"usb:[0-9a-f]{4}:(?:[0-9a-f?]{4}|\*)|1284:[^/,]+/[^,]+|class:(?:keyboard|hid-barcode|hid-scale|printer)")


@dataclasses.dataclass
class Model:
    file: str
    line: int
    name: str
    values: dict = dataclasses.field(default_factory=dict)

    def __str__(self):
        return f"{self.file}:{self.line} [model {self.name}]"

    def words(self, key):
        return self.values.get(key, "").split()

    def matches(self):
        return [item.strip() for item in self.values.get("match", "").split(",") if item.strip()]


# ---------------------------------------------------------------- reading


def parse(file, text, keys):
    """Returns (models, faults)."""
    models, faults = [], []
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{file}:{number}"
        section, pair = re.fullmatch(r"\[model (.+)\]", line), re.fullmatch(r"(\w+) = (\S.*)", line)
        if len(line.encode()) > LINE_MAX:
            faults.append(f"{where} has {len(line.encode())} bytes; the most is {LINE_MAX}")
        if section:
            models.append(Model(file, number, section[1]))
            if len(section[1].encode()) > NAME_MAX:
                faults.append(f"{where}: the name is longer than {NAME_MAX} bytes")
        elif pair and models:
            if pair[1] not in keys:
                faults.append(f"{where}: there is no key {pair[1]}")
            if pair[1] in models[-1].values:
                faults.append(f"{where}: {pair[1]} stands twice")
            if re.search(r"\s;", line):
                faults.append(f"{where}: a semicolon after a blank begins a remark")
            models[-1].values[pair[1]] = pair[2]
        elif line and not line.startswith("#"):
            faults.append(f"{where} is neither [model NAME] nor key = value")
    return models, faults


def loader_keys(text):
    """The keys of model.c's table, in its order."""
    return re.findall(r'^\s*\{"(\w+)", OPTION_', text, re.MULTILINE)


def vocabulary(readme, key):
    """The words that the README lists for quirks or capabilities, in backquotes."""
    row = re.search(rf"^\| `{key}` \| (.*) \|$", readme, re.MULTILINE)
    return set(re.findall(r"`([^`]+)`", row[1])) if row else set()


# ---------------------------------------------------------------- judging one model


def value_faults(model, keys, words):
    for key in NEEDED:
        if key not in model.values:
            yield f"{model} lacks {key}"
    kind, driver = model.values.get("kind"), model.values.get("driver")
    if kind not in DRIVERS:
        yield f"{model}: kind {kind} is none of {', '.join(DRIVERS)}"
    elif driver not in DRIVERS[kind]:
        yield f"{model}: a {kind} has no driver {driver}"
    if driver == "none" and "note" not in model.values:
        yield f"{model} cannot be used and says not what to do: it lacks a note"
    if [key for key in keys if key in model.values] != [key for key in model.values if key in keys]:
        yield f"{model}: the keys stand in another order than {', '.join(keys)}"
    for key in ("quirks", "capabilities"):
        if model.words(key) != sorted(set(model.words(key))):
            yield f"{model}: {key} are not sorted, or stand twice"
        yield from (f"{model}: the README knows no word {word} for {key}" for word in model.words(key)
                    if word not in words[key])


def match_faults(model):
    for item in model.matches():
        if not MATCH.fullmatch(item):
            yield f"{model} matches nothing that can be: {item}"
        if item.startswith("class:") and model.file != "generic.model":
            yield f"{model}: {item} belongs in generic.model"


def claim_faults(model):
    """Anything above documents names the file of this project that proves it."""
    support = model.values.get("support")
    if support == "documents":
        return
    if support not in ("hardware", "rig"):
        yield f"{model}: support {support} is none of hardware, rig, documents"
        return
    named = re.findall(r"(?:tests|docs)/[\w./-]+", model.values.get("source", ""))
    if not any((ROOT / path).exists() for path in named):
        yield f"{model} claims {support} and its source names no report or test that is there"


# ---------------------------------------------------------------- judging all of them


def order_faults(models):
    for before, after in zip(models, models[1:]):
        if before.file == after.file and before.name.lower() >= after.name.lower():
            yield f"{after} should stand before [model {before.name}]"


def doubled_faults(models):
    seen = {}
    for model in models:
        for item in [f"{model.values.get('make')} {model.name}", *model.matches()]:
            if item.lower() in seen:
                yield f"{model}: {item} is also that of {seen[item.lower()]}"
            seen[item.lower()] = model


# ---------------------------------------------------------------- the udev rules


def parse_rules(text):
    """The (vendors, products) that a rule gives to the group; products of None are all."""
    rules = []
    for line in text.splitlines():
        vendors, products = (re.search(rf'ATTR\{{{name}\}}=="([^"]+)"', line) for name in ("idVendor", "idProduct"))
        if vendors and 'GROUP="floorhand"' in line and not line.startswith("#"):
            rules.append((vendors[1].split("|"), products and products[1].split("|")))
    return rules


def is_given(rules, vendor, product):
    """product may be a pattern: then only a rule for the whole vendor, or the same pattern, covers it."""
    return any(vendor in vendors and (products is None or product in products or
                                      ("*" not in product and "?" not in product and
                                       any(fnmatch.fnmatch(product, pattern) for pattern in products)))
               for vendors, products in rules)


def rule_faults(models, rules):
    named = set()
    for model in models:
        for item in model.matches():
            kind, vendor, product = (*item.split(":"), "")[:3]
            if kind != "usb" or model.values.get("kind") == "printer":
                continue
            named.add(vendor)
            if not is_given(rules, vendor, product):
                yield f"{model}: no udev rule gives {vendor}:{product} to the group"
    for vendors, _ in rules:
        yield from (f"the udev rules name vendor {vendor}, of which there is no model" for vendor in vendors
                    if vendor not in named)


# ---------------------------------------------------------------- docs/hardware.md


def hardware_faults():
    done = subprocess.run([TOOL, "device", "models", "--markdown"], capture_output=True, text=True, check=False)
    if done.returncode:
        yield f"floorhand device models --markdown ended with {done.returncode}: {done.stderr}"
    elif not HARDWARE.exists() or HARDWARE.read_text() != done.stdout:
        yield "docs/hardware.md is not what the models say: run make docs"


# ---------------------------------------------------------------- can this test fail?

GOOD = "[model A]\nmake = M\nmatch = usb:05e0:1200\nkind = scanner\ndriver = serial\nsupport = documents\nsource = s\n"


def faults_of(text, keys, words, file="x.model"):
    models, faults = parse(file, text, keys)
    return faults + [fault for model in models for fault in
                     (*value_faults(model, keys, words), *match_faults(model), *claim_faults(model))] + [
        *order_faults(models), *doubled_faults(models)]


def self_check(keys, words):
    if faults_of(GOOD, keys, words):
        yield f"a good model was refused: {faults_of(GOOD, keys, words)}"
    other = GOOD.replace("A]", "B]").replace("1200", "1201")
    for name, text in {
            "an unknown key": GOOD + "wheels = 4\n", "a bad driver": GOOD.replace("serial", "zpl"),
            "a missing source": GOOD.replace("source = s\n", ""), "a hardware claim": GOOD.replace("documents", "hardware"),
            "a rig claim": GOOD.replace("documents", "rig"), "a wrong order of keys": GOOD.replace("source = s", "baud = 9600"),
            "an unsorted file": other + GOOD, "a doubled match": GOOD + GOOD.replace("A]", "B]"),
            "a doubled name": GOOD + other.replace("B]", "a]"), "a bad id": GOOD.replace("05e0", "05E0"),
            "a class outside generic.model": GOOD.replace("usb:05e0:1200", "class:keyboard"),
            "an unusable model without a note": GOOD.replace("serial", "none"), "a long line": GOOD + "note = " + "x" * 190 + "\n",
            "an unknown quirk": GOOD.replace("support", "quirks = odd\nsupport"), "a key twice": GOOD + "source = t\n",
            "a remark in a value": GOOD.replace("source = s", "source = s ;t"), "a stray line": GOOD + "hello\n"}.items():
        if not faults_of(text, keys, words):
            yield f"{name} was not noticed"
    models = parse("x.model", GOOD, keys)[0]
    if not list(rule_faults(models, [(["0c2e"], None)])) or not list(rule_faults(models, [(["05e0"], ["1201"])])):
        yield "a scanner without a udev rule was not noticed"
    if list(rule_faults(models, [(["05e0"], None)])) or list(rule_faults(models, [(["05e0"], ["12??"])])):
        yield "a udev rule was not understood"
    if is_given([(["05e0"], ["1200"])], "05e0", "*"):
        yield "a rule for one product counts for all"


def main():
    tap = Tap()
    readme = README.read_text()
    keys = loader_keys(LOADER.read_text())
    words = {key: vocabulary(readme, key) for key in ("quirks", "capabilities")}
    tap.check("the checks below notice known faults", self_check(keys, words))
    models, faults = [], []
    for path in sorted(FOLDER.glob("*.model")):
        found, wrong = parse(path.name, path.read_text(), keys)
        models += found
        faults += wrong
    tap.check(f"the {len(models)} models can be read", faults or ([] if len(models) > 60 else ["there are too few"]))
    tap.check("every key is described in the README", [f"{key} is not" for key in keys if f"`{key}`" not in readme])
    tap.check("every value is known", [fault for model in models for fault in value_faults(model, keys, words)])
    tap.check("every match can be", [fault for model in models for fault in match_faults(model)])
    tap.check("no model claims what nothing proves", [fault for model in models for fault in claim_faults(model)])
    tap.check("the models of a file are sorted", order_faults(models))
    tap.check("no two models have the same match or name", doubled_faults(models))
    tap.check("the udev rules and the models are in step", rule_faults(models, parse_rules(RULES.read_text())))
    tap.check("docs/hardware.md is up to date", hardware_faults())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
