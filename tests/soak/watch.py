"""What the programs use over a day, and whether that stays flat: samples, a judge of them, a table and a picture. Starts nothing."""

import dataclasses
import os
import pathlib

WARM_HOURS = 3.0  # of each life of a program, which are not judged: fonts, and a page cache that fills
SAMPLES_LEAST = 8  # of a life, so that a slope means something


@dataclasses.dataclass(frozen=True)
class Bounds:
    """Of a whole day. memory_kib: what the fitted slope comes to over all events, by the program's name."""

    memory_kib: dict
    descriptors: int  # between the halves of a life
    bend: float  # bytes an event of the later half, to those of the earlier one
    wal_bytes: int = 16 << 20  # twice the size at which it is worked in


KEEPS_FREED = os.environ.get("MODE") == "asan"  # and so its memory says nothing
NAMES = ("floorhandd", "floorhand-link", "floorhand-hq")
OFFICE_CACHE = 16 << 20  # of pages; while its database is smaller, it still fills, and more is let pass
WHOLE = Bounds(memory_kib=dict(zip(NAMES, (1024, 512, 4096))), descriptors=2, bend=1.25)
SHORT = Bounds(memory_kib=dict.fromkeys(NAMES, float("inf") if KEEPS_FREED else 64 << 10),  # fonts and caches still come
               descriptors=5, bend=float("inf"))  # files grow in steps
WHOLE_EVENTS = 15000  # a leak of a hundred bytes an event is above what the whole day may grow by


def bounds_of(samples):
    """By what was done: a short day says little."""
    return WHOLE if samples[-1].events >= WHOLE_EVENTS else SHORT


@dataclasses.dataclass
class Use:
    """Of one program at one time. life: how often it was started; anon_kib: memory that is its own, without files it has mapped."""

    life: int
    rss_kib: int
    anon_kib: int
    descriptors: int


@dataclasses.dataclass
class Sample:
    hour: float  # since the day began
    events: int  # in the site's journal
    uses: dict  # name of a program -> Use; one that does not run has none
    turns: int = 0
    outbox: int = 0
    database: int = 0
    wal: int = 0
    office: int = 0  # bytes of head office's database
    labels: int = 0
    scans: int = 0


def use_of(program, life):
    """None where it does not run."""
    if not program.running:
        return None
    folder = pathlib.Path(f"/proc/{program.child.pid}")
    try:
        fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        return Use(life, int(fields["VmRSS"].split()[0]), int(fields["RssAnon"].split()[0]), len(os.listdir(folder / "fd")))
    except (OSError, KeyError):
        return None


# ---------------------------------------------------------------- the judge


def warm_lives(samples, name, after):
    """The samples of each life of a program that came so much later than its first and have what `after` asks for."""
    found = {}
    for sample in samples:
        if use := sample.uses.get(name):
            found.setdefault(use.life, []).append(sample)
    for life in found.values():
        warm = [sample for sample in life if sample.hour >= life[0].hour + WARM_HOURS and after(sample)]
        if len(warm) >= SAMPLES_LEAST:
            yield warm


def lives(samples, name):
    """The samples of each life of a program, without its warm-up; of head office those alone in which its cache was full, where there
    are enough of them."""
    full = name == NAMES[2] and list(warm_lives(samples, name, lambda sample: sample.office > OFFICE_CACHE))
    return full or list(warm_lives(samples, name, lambda sample: True))


def slope(samples, name, figure):
    """Of the figure by event, the same for all lives, each from a level of its own (least squares); None: there is nothing to fit."""
    across = square = 0.0
    for life in lives(samples, name):
        xs, ys = [sample.events for sample in life], [figure(sample.uses[name]) for sample in life]
        x, y = sum(xs) / len(xs), sum(ys) / len(ys)
        across += sum((a - x) * (b - y) for a, b in zip(xs, ys))
        square += sum((a - x) ** 2 for a in xs)
    return across / square if square else None


def growth(samples, name, figure):
    """What the slope comes to over the events of the whole day; None as above."""
    each = slope(samples, name, figure)
    return None if each is None else each * (samples[-1].events - samples[0].events)


def bytes_an_event(samples, figure):
    """Of the earlier and of the later half of the events, after the warm-up."""
    warm = [sample for sample in samples if sample.hour >= samples[0].hour + WARM_HOURS]
    middle = (warm[0].events + warm[-1].events) / 2
    halfway = min(warm, key=lambda sample: abs(sample.events - middle))
    return [(figure(b) - figure(a)) / max(1, b.events - a.events) for a, b in ((warm[0], halfway), (halfway, warm[-1]))]


def more_open(samples, name):
    """How many more descriptors are open in the later half of a life than in the earlier one, of the life where it is worst. Connections
    come and go, so it is what nine of ten samples do not exceed; None: no life is long enough."""
    def mostly(some):
        counts = sorted(sample.uses[name].descriptors for sample in some)
        return counts[len(counts) * 9 // 10]
    return max((mostly(life[len(life) // 2:]) - mostly(life[:len(life) // 2]) for life in lives(samples, name)), default=None)


def growths(samples, names):
    """(program, KiB of memory that a day adds, descriptors that a life adds)"""
    for name in names:
        yield name, growth(samples, name, lambda use: use.anon_kib), more_open(samples, name)


def faults(samples, names):
    """Yields what is not flat."""
    bounds = bounds_of(samples)
    for name, memory, descriptors in growths(samples, names):
        if memory is None:
            yield f"{name} never ran for long enough to be judged"
            continue
        if memory > bounds.memory_kib[name]:
            yield f"the memory of {name} grows by {memory:.0f} KiB in the day, {bounds.memory_kib[name]} at most"
        if descriptors > bounds.descriptors:
            yield f"the open descriptors of {name} grow by {descriptors} in a life, {bounds.descriptors} at most"
    for what, figure in DISK:
        early, late = bytes_an_event(samples, figure)
        if late > bounds.bend * early:
            yield f"{what} grows by {late:.0f} bytes an event in the later half of the day, {early:.0f} in the earlier one"
    largest = max(sample.wal for sample in samples)
    if largest > bounds.wal_bytes:
        yield f"the WAL grew to {largest} bytes, {bounds.wal_bytes} at most"


DISK = (("the site's database", lambda sample: sample.database), ("head office's database", lambda sample: sample.office))

# ---------------------------------------------------------------- the table

COLUMNS = ("hour", "scans", "events", "turns", "RSS MiB box/link/hq", "fds", "db MiB", "WAL KiB", "hq MiB", "outbox", "labels")


def header():
    return "{:>5} {:>7} {:>7} {:>7}  {:>21} {:>11} {:>7} {:>8} {:>7} {:>6} {:>6}".format(*COLUMNS)


def line(clock, sample, before, names):
    """before: the sample an hour ago; scans, events, turns and labels are those of the hour."""
    uses = [sample.uses.get(name) for name in names]
    memory = "/".join(f"{use.rss_kib / 1024:.1f}" if use else "-" for use in uses)
    files = "/".join(str(use.descriptors) if use else "-" for use in uses)
    return (f"{clock:02}:00 {sample.scans - before.scans:7} {sample.events - before.events:7} {sample.turns - before.turns:7}  {memory:>21} {files:>11} "
            f"{sample.database / 2**20:7.1f} {sample.wal / 1024:8.0f} {sample.office / 2**20:7.1f} {sample.outbox:6} {sample.labels - before.labels:6}")


# ---------------------------------------------------------------- the picture

WIDTH, HEIGHT, LEFT, GAP = 1000, 120, 150, 34
INK = ("#1b6ca8", "#c0532f", "#3c8d40")


def _strip(top, name, curves, samples):
    """One figure over the day; each curve from nothing to the highest of all of them."""
    last = max(samples[-1].hour, 1e-9)
    highest = max((value for _, values in curves for value in values if value is not None), default=0) or 1
    yield f'<text x="8" y="{top + 14}">{name}</text><text x="8" y="{top + 32}" class="small">0 to {highest:,.0f}</text>'
    yield f'<rect x="{LEFT}" y="{top}" width="{WIDTH - LEFT - 10}" height="{HEIGHT}" class="frame"/>'
    for number, (what, values) in enumerate(curves):
        points, runs = [], []
        for sample, value in zip(samples, values):
            if value is None:
                runs, points = [*runs, points], []
            else:
                points.append(f"{LEFT + (WIDTH - LEFT - 10) * sample.hour / last:.1f},{top + HEIGHT * (1 - value / highest):.1f}")
        for run in [*runs, points]:
            yield f'<polyline points="{" ".join(run)}" stroke="{INK[number]}"/>'
        yield f'<text x="8" y="{top + 52 + 16 * number}" class="small" fill="{INK[number]}">{what}</text>'


def picture(samples, names, happened):
    """SVG. happened: (hour, what)."""
    strips = [("own memory, KiB", [(name, [s.uses[name].anon_kib if s.uses.get(name) else None for s in samples]) for name in names]),
              ("descriptors", [(name, [s.uses[name].descriptors if s.uses.get(name) else None for s in samples]) for name in names]),
              ("disk, KiB", [("box", [s.database / 1024 for s in samples]), ("head office", [s.office / 1024 for s in samples]),
                             ("WAL", [s.wal / 1024 for s in samples])]),
              ("outbox, events", [("outbox", [s.outbox for s in samples])]),
              ("events", [("journal", [s.events for s in samples])])]
    height = len(strips) * (HEIGHT + GAP) + 20
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="14">'
             '<style>polyline{fill:none;stroke-width:1.5}.small{font-size:11px}.frame{fill:none;stroke:#999}'
             '.then{stroke:#bbb;stroke-dasharray:3 3}</style><rect width="100%" height="100%" fill="white"/>']
    for hour, what in happened:
        x = LEFT + (WIDTH - LEFT - 10) * hour / max(samples[-1].hour, 1e-9)
        parts.append(f'<line x1="{x:.1f}" y1="20" x2="{x:.1f}" y2="{height}" class="then"><title>{what}</title></line>')
    for number, (name, curves) in enumerate(strips):
        parts += _strip(20 + number * (HEIGHT + GAP), name, curves, samples)
    return "\n".join([*parts, "</svg>\n"])
