#!/usr/bin/env python3
"""`floorhand route` as people run it: its answers against every order of visiting, its sentences for bad input.

Does not look at tours of more than 7 picks (test_route does)."""

import itertools
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from tap import Tap  # noqa: E402

TOOL = pathlib.Path(ROOT, os.environ.get("OUT", "build"), "floorhand")
DEPOT = {"aisle": 0, "block": 0, "position": 0}


def route(question, path="-"):
    text = question if isinstance(question, str) else json.dumps(question)
    return subprocess.run([TOOL, "route", path], input=text.encode(), capture_output=True, timeout=60, check=False)


def distance(house, a, b):
    """Along the aisle, or over whichever cross-aisle is nearest."""
    length = house["aisle_length"]
    from_, to = (place["block"] * length + place["position"] for place in (a, b))
    if a["aisle"] == b["aisle"]:
        return abs(from_ - to)
    across = min(abs(from_ - k * length) + abs(k * length - to) for k in range(house["blocks"] + 1))
    return across + abs(a["aisle"] - b["aisle"]) * house["aisle_distance"]


def tour(house, order):
    places = [DEPOT, *(house["picks"][i] for i in order), DEPOT]
    return sum(distance(house, a, b) for a, b in zip(places, places[1:]))


def a_house(dice, blocks):
    length = dice.choice([10, 900, 20000])
    house = {"blocks": blocks, "aisles": dice.randint(1, 8), "aisle_length": length,
             "aisle_distance": dice.choice([1, 300, 5000])}
    house["picks"] = [{"aisle": dice.randrange(house["aisles"]), "block": dice.randrange(blocks),
                       "position": dice.choice([0, length, dice.randint(0, length)])} for _ in range(dice.randint(0, 6))]
    return house


def faults_of(house):
    done = route(house)
    if done.returncode or done.stderr:
        return [f"{house}: exit code {done.returncode}, {done.stderr!r}"]
    said = json.loads(done.stdout)
    shortest = min(tour(house, order) for order in itertools.permutations(range(len(house["picks"]))))
    faults = []
    if said["length"] != shortest or said["method"] != "exact":
        faults.append(f"{house}: {said}, but the shortest is {shortest}")
    if sorted(said["order"]) != list(range(len(house["picks"]))) or tour(house, said["order"]) != shortest:
        faults.append(f"{house}: the order {said['order']} is no tour of {shortest}")
    if sorted(said["heuristics"]) != ["combined", "largest_gap", "s_shape"] or min(said["heuristics"].values()) < shortest:
        faults.append(f"{house}: {said['heuristics']}, but the shortest is {shortest}")
    return faults


def test_shortest(tap):
    for blocks in (1, 2):
        dice = random.Random(blocks)
        faults = [fault for _ in range(100) for fault in faults_of(a_house(dice, blocks))]
        tap.check(f"100 tours in {blocks} block(s) are the shortest", faults[:5])


def test_files(tap):
    house = {"blocks": 1, "aisles": 2, "aisle_length": 10, "aisle_distance": 3.0, "picks": [{"aisle": 1, "position": 4}]}
    wanted = {"length": 14, "order": [0], "method": "exact",
              "heuristics": {"s_shape": 14, "largest_gap": 14, "combined": 14}}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(house, file)
        file.flush()
        said = json.loads(route("", file.name).stdout)
    tap.check("a file is read; one block need not be named", [] if said == wanted else [f"{said}, not {wanted}"])
    house |= {"blocks": 5, "picks": [{"aisle": 1, "block": 4, "position": 4}]}
    said = json.loads(route(house).stdout)
    tap.check("many blocks are walked by a heuristic",
              [] if said["length"] == 94 and said["method"] in said["heuristics"] else [f"{said}"])


def test_bad_input(tap):
    house = {"blocks": 1, "aisles": 2, "aisle_length": 10, "aisle_distance": 3, "picks": []}
    pick = {"aisle": 0, "block": 0, "position": 0}
    for question, sentence in (
            ("", "the standard input: it is not JSON: line 1, column 0: "),
            ([], "an object with blocks, aisles, aisle_length, aisle_distance and picks is wanted"),
            ({"blocks": 1}, '"aisles" is missing'),
            (house | {"aisle_length": 10.5}, '"aisle_length" must be a whole number'),
            (house | {"aisles": "2"}, '"aisles" must be a whole number'),
            (house | {"aisles": 1001}, "aisles must be from 1 to 1000, not 1001"),
            (house | {"picks": {}}, '"picks" must be an array'),
            (house | {"picks": [pick] * 10001}, "a tour has at most 10000 picks, not 10001"),
            (house | {"picks": [pick, 1]}, "pick 1: an object with aisle, block and position is wanted"),
            (house | {"picks": [pick | {"aisle": 2}]}, "pick 0: the aisle must be from 0 to 1, not 2"),
            (house | {"picks": [pick | {"block": -1}]}, "pick 0: the block must be from 0 to 0, not -1"),
            (house | {"picks": [pick | {"position": 11}]}, "pick 0: the position must be from 0 to 10, not 11"),
            (house | {"blocks": 2, "picks": [{"aisle": 0, "position": 1}]}, 'pick 0: "block" is missing')):
        done = route(question)
        said = done.stderr.decode()
        good = done.returncode == 1 and not done.stdout and sentence in said and said.count("\n") == 1
        tap.check(f"refused: {sentence}", [] if good else [f"exit code {done.returncode}, said {said!r}"])


def main():
    tap = Tap()
    test_shortest(tap)
    test_files(tap)
    test_bad_input(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
