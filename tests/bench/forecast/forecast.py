#!/usr/bin/env python3
"""How good forecasts are beside those of R's forecast package, on series that Debian's R packages ship, and how long a hundred
thousand series of three years of days take. Prints a table, adds its rows to build/bench.json, and leaves the scores of each series in
build/forecast-bench/series.tsv.

forecast.py [--short] [--data FOLDER] [--reuse] [--rival NAME]... [--skip accuracy|speed]...

Each series is forecast from several origins, each a horizon before the other, the last one a horizon before its end; what is behind an
origin is seen by nobody. Both are given the same file."""

import argparse
import collections
import csv
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent))
from bench import rows  # noqa: E402
from bench.forecast import scores  # noqa: E402
from rig.house import programs_folder  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent.parent.parent / "build" / "forecast-bench"
PREFIX = "forecast: "
LEVELS = (80, 95)
LEAST = 20  # values before an origin

Set = collections.namedtuple("Set", "name what origins horizons rivals goals")
SETS = (
    Set("regular", "regular series", 3, {1: 6, 4: 8, 12: 12, 13: 13}, ("ets", "auto.arima", "thetaf", "naive"), ("ets",)),
    Set("sales", "weekly sales of brands in stores", 3, {1: 8}, ("ets", "auto.arima", "thetaf", "naive"), ("ets",)),
    Set("intermittent", "weekly counts of infections", 4, {1: 13}, ("croston", "ets", "naive"), ("croston",)),
    Set("generated", "generated demand, intermittent", 2, {7: 28}, ("croston", "naive"), ("croston",)),
)
# The generated ones: of the kinds of demand.c
GENERATED, GENERATED_DAYS, SEED = 200, 365, 20261101
MANY, DAYS, HORIZON, WEEK = 100_000, 3 * 365, 28, 7
MINUTES = 10
AT_ONCE = 24  # series of which the time is compared

Task = collections.namedtuple("Task", "series origin past actual")


# ---------------------------------------------------------------- the series


def read_series(path):
    """set -> series -> (period, values)."""
    found = collections.defaultdict(dict)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["set"]].setdefault(row["series"], (int(row["period"]), []))[1].append(float(row["value"]))
    return found


def generated():
    """Those of the generator that are asked for now and then."""
    out = subprocess.run([programs_folder() / "floorhand-demand", str(GENERATED), str(GENERATED_DAYS), str(SEED), "intermittent"],
                         capture_output=True, text=True, check=True).stdout
    found = {}
    for row in csv.DictReader(out.splitlines()):
        found.setdefault(row["series"], (WEEK, []))[1].append(float(row["value"]))
    return found


def tasks_of(some, series):
    """(period, horizon) -> tasks."""
    found = collections.defaultdict(list)
    for name, (period, values) in series.items():
        horizon = some.horizons[period]
        for number in range(some.origins):
            origin = len(values) - (number + 1) * horizon
            past = values[:origin]
            if origin >= max(LEAST, 3 * period) and scores.absolute_scale(past, period) > 0:
                found[period, horizon].append(Task(name, origin, past, values[origin:origin + horizon]))
    return found


# ---------------------------------------------------------------- what both say


def write_tasks(path, tasks):
    with open(path, "w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(("series", "period", "value"))
        for number, task in enumerate(tasks):
            lines.writerows((number, at, f"{value:.15g}") for at, value in enumerate(task.past))


def ours(path, period, horizon):
    """For each task: its forecast, and level -> (lower, upper)."""
    found = []
    for level in LEVELS:
        out = subprocess.run([programs_folder() / "floorhand", "forecast", path, "--horizon", str(horizon), "--period", str(period),
                              "--level", str(level)], capture_output=True, text=True, check=True).stdout
        for number, line in enumerate(out.splitlines()):
            said = json.loads(line)
            if len(found) <= number:
                found.append({"method": said["method"], "mean": said["forecast"]})
            found[number][level] = (said["lower"], said["upper"])
    return found


def theirs(path, period, horizon, methods, reuse):
    """method -> for each task: its forecast, and level -> (lower, upper)."""
    out = path.with_suffix(".said.csv")
    if not (reuse and out.exists()):
        subprocess.run(["Rscript", HERE / "reference.R", path, str(period), str(horizon), out, *methods], check=True)
    found = {method: collections.defaultdict(lambda: collections.defaultdict(list)) for method in methods}
    with open(out, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column, value in row.items():
                if column not in ("series", "method", "step"):
                    found[row["method"]][int(row["series"])][column].append(float(value) if value != "NA" else None)
    return {method: [one_of_theirs(said[number]) for number in range(len(said))] for method, said in found.items()}


def one_of_theirs(said):
    one = {"mean": said["mean"]}
    for level in LEVELS:
        if said[f"lower{level}"][0] is not None:
            one[level] = (said[f"lower{level}"], said[f"upper{level}"])
    return one


# ---------------------------------------------------------------- the scores


def score(task, period, said):
    found = {"mase": scores.mase(said["mean"], task.actual, scores.absolute_scale(task.past, period)),
             "rmsse": scores.rmsse(said["mean"], task.actual, scores.square_scale(task.past) or 1)}
    found.update({level: scores.inside(*said[level], task.actual) for level in LEVELS if level in said})
    return found


def contest(some, series, reuse):
    """method -> series -> the scores, each the mean of its origins; and how often we chose which method."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    chosen = collections.Counter()
    for (period, horizon), tasks in sorted(tasks_of(some, series).items()):
        path = FOLDER / f"{some.name}-{period}.csv"
        write_tasks(path, tasks)
        said = {"ours": ours(path, period, horizon), **theirs(path, period, horizon, some.rivals, reuse)}
        chosen.update(one["method"] for one in said["ours"])
        for method, each in said.items():
            for task, one in zip(tasks, each, strict=True):
                found[method][task.series].append(score(task, period, one))
    return {method: {name: {key: statistics.fmean(one[key] for one in each) for key in each[0]} for name, each in all_series.items()}
            for method, all_series in found.items()}, chosen


def show_contest(some, found, chosen):
    print(f"\n{some.what}: {len(found['ours'])} series, {sum(chosen.values())} forecasts; ours were "
          + ", ".join(f"{name} {count}" for name, count in chosen.most_common()))
    print(f"{'':12} {'mean MASE':>10} {'median':>8} {'mean RMSSE':>10} {'beside ours':>11} {'ours better':>11} {'in 80':>6} {'in 95':>6}")
    for method, each in found.items():
        ratios = [found["ours"][name]["mase"] / (one["mase"] or 1e-9) for name, one in each.items()]
        covered = [f"{statistics.fmean(one[level] for one in each.values()):6.3f}" if level in next(iter(each.values())) else "     -"
                   for level in LEVELS]
        print(f"{method:12} {mean_of(each, 'mase'):10.4f} {statistics.median(one['mase'] for one in each.values()):8.4f} "
              f"{mean_of(each, 'rmsse'):10.4f} {scores.geometric(ratios):11.4f} "
              f"{statistics.fmean(ratio < 1 for ratio in ratios):11.2f} {' '.join(covered)}")


def mean_of(each, key):
    return statistics.fmean(one[key] for one in each.values())


def rows_of(some, found):
    made = []
    for rival in some.rivals:
        goal = 1 if rival in some.goals else None
        made += [rows.row(f"{PREFIX}{kind.upper()}, {some.what}, beside {rival}", mean_of(found["ours"], kind),
                          mean_of(found[rival], kind), goal) for kind in ("mase", "rmsse")]
    return made + [rows.fact(f"{PREFIX}share inside {level} %, {some.what}", mean_of(found["ours"], level)) for level in LEVELS]


def write_series(file, some, found):
    for name in found["ours"]:
        print(some.name, name, *(f"{method}={each[name]['mase']:.4f}" for method, each in found.items()), sep="\t", file=file)


def accuracy(said):
    source = FOLDER / "data.csv"
    if not (said.reuse and source.exists()):
        subprocess.run(["Rscript", HERE / "data.R", source, *([said.data] if said.data else [])], check=True)
    series = read_series(source)
    series["generated"] = generated()
    made = []
    with open(FOLDER / "series.tsv", "w", encoding="utf-8") as file:
        for some in SETS:
            some = some._replace(rivals=[rival for rival in some.rivals if rival in (said.rival or some.rivals)])
            if not some.rivals:
                continue
            few = dict(list(series[some.name].items())[:3 if said.short else None])
            if not few:
                print(f"\n{some.what}: SKIPPED, their package is not there (make deps-bench-forecast)")
                continue
            found, chosen = contest(some, few, said.reuse)
            show_contest(some, found, chosen)
            write_series(file, some, found)
            made += rows_of(some, found)
    print(f"\nthe MASE of each series: {FOLDER / 'series.tsv'}\n")
    return made


# ---------------------------------------------------------------- the time


def seconds_of(argv, out=subprocess.DEVNULL):
    """Wall and processor seconds, and the most memory, of a program that ends well."""
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(argv, stdout=out)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"error: {argv[0]} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return time.monotonic() - begun, processor, usage.ru_maxrss / 1024


def many(count, path):
    with open(path, "wb") as file:
        subprocess.run([programs_folder() / "floorhand-demand", str(count), str(DAYS), str(SEED)], stdout=file, check=True)
    return [programs_folder() / "floorhand", "forecast", path, "--horizon", str(HORIZON), "--period", str(WEEK)]


def speed(said):
    made, path = [], FOLDER / "many.csv"
    few = 2 if said.short else AT_ONCE
    _, mine, _ = seconds_of(many(few, path))
    _, theirs_took, _ = seconds_of(["Rscript", HERE / "reference.R", path, str(WEEK), str(HORIZON), FOLDER / "many.said.csv", "ets"])
    made.append(rows.row(f"{PREFIX}processor milliseconds a series of {DAYS} days, beside ets", 1000 * mine / few,
                         1000 * theirs_took / few, 1))
    count = 1000 if said.short else MANY
    wall, processor, memory = seconds_of([*many(count, path), "--grouped"])
    made += [rows.row(f"{PREFIX}minutes for {count:,} series of {DAYS} days, beside {MINUTES}", wall / 60, MINUTES, 1),
             rows.fact(f"{PREFIX}processor minutes for {count:,} series", processor / 60),
             rows.fact(f"{PREFIX}MiB of memory for {count:,} series", memory)]
    path.unlink()
    return made


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--short", action="store_true", help="a minute; it proves only that it runs")
    options.add_argument("--data", help="where packages lie that were unpacked for their data")
    options.add_argument("--reuse", action="store_true", help="what R said the last time")
    options.add_argument("--rival", action="append", help="this one only (auto.arima takes most of the time)")
    options.add_argument("--skip", action="append", default=[], choices=("accuracy", "speed"))
    said = options.parse_args()
    if not shutil.which("Rscript"):
        print("SKIPPED: R and its forecast package are not there (make deps-bench-forecast)")
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = [] if "accuracy" in said.skip else accuracy(said)
    found += [] if "speed" in said.skip else speed(said)
    rows.show(found)
    if not said.short and not said.skip and not said.rival:
        rows.keep(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
