"""The courses' experiments: runs the examples in full and writes docs/course.md.

`python -m scripts.course` runs all of them with five seeds each, names run some of them, and
`--page` only writes the page again. Each example has `run(seed, quick)`, which returns figures by
name and what `draw` draws; its docstring says what to see. The figures are stored in
docs/course/figures.json. Depends on the examples, and on Pillow for small pictures.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass, field
from inspect import getdoc
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "course.md"
FOLDER = ROOT / "docs" / "course"
SEEDS = (1, 2, 3, 4, 5)
LARGEST = 30_000  # bytes of a picture

EXPERIMENTS = (
    "xor",
    "softmax_regression",
    "linear_regression",
    "mnist",
    "mnist_layers",
    "imdb",
    "imdb_capacity",
    "imdb_penalties",
    "cats",
    "search",
)
DEMONSTRATIONS = (
    "activations",
    "initial_weights",
    "averages",
    "optimizers",
    "schedules",
    "scaling",
    "batch_sizes",
    "bias_variance",
    "custom",
    "numpy_course",
)
WITH_REAL_DATA = {
    "mnist",
    "mnist_layers",
    "imdb",
    "imdb_capacity",
    "imdb_penalties",
    "cats",
    "search",
    "batch_sizes",
}

OPENING = """# The courses' experiments

Each example is one file of `examples/`. The first table compares them with the figures that the
courses give: what their plain listing gives here, then what the named change gives. All figures are
medians and ranges over five seeds, or fewer where a table says so, and "reached" means the median
of the last column that has figures. The changes for MNIST, IMDB and cats were chosen by validation
rows, not by test rows.

`make course` makes every number and picture of this page on the real data: `STEEPEST_DATA` names
the folder with MNIST, IMDB and cats. These figures took {minutes:.0f} minutes, on a machine where
{load:.0f} programs ran or waited in the median (its load average); without other programs it takes
a fraction of that.
"""


@dataclass(frozen=True)
class Target:
    """A figure of the courses: what their plain listing reaches, and what a change reaches.

    `plain` and `changed` are names of figures of the example, and `change` says what was changed;
    without `changed` the figure `plain` counts.
    `least` is the figure to reach, if the courses give one.
    """

    example: str
    what: str
    least: float | None
    plain: str
    changed: str = ""
    change: str = ""


TARGETS = (
    Target("xor", "XOR: accuracy on the four points", 1.0, "accuracy"),
    Target(
        "softmax_regression",
        "softmax regression, rate 0.01: test accuracy",
        1.0,
        "rate 0.01: test accuracy",
        "rate 0.01, 1,000 epochs: test accuracy",
        "1,000 epochs instead of 200",
    ),
    Target(
        "softmax_regression",
        "softmax regression, rate 1.5 is reported",
        True,
        "rate 1.5: reported as too high",
    ),
    Target(
        "softmax_regression",
        "softmax regression, rate 0.00001 is reported",
        True,
        "rate 1e-05: reported as too small",
    ),
    Target("linear_regression", "stock table: raw columns diverge", True, "raw: diverges"),
    Target(
        "linear_regression",
        "stock table: raw columns are reported",
        True,
        "raw: reported as not scaled",
    ),
    Target("linear_regression", "stock table: scaled columns are learned", True, "scaled: learns"),
    Target(
        "mnist",
        "MNIST 784-50-50-10: validation accuracy",
        0.9732,
        "rate 0.001: validation accuracy",
        "falling rate: validation accuracy",
        "a rate that falls from 0.01 to 0 along a cosine",
    ),
    Target(
        "mnist",
        "MNIST 784-50-50-10: test accuracy",
        0.9742,
        "rate 0.001: test accuracy",
        "falling rate: test accuracy",
        "the same",
    ),
    *(
        Target(
            "mnist_layers",
            f"MNIST, {network}: test accuracy",
            least,
            f"{network}, rate 0.001: test accuracy",
            f"{network}, falling rate: test accuracy",
            "a rate that falls from 0.002 to 0 along a cosine",
        )
        for network, least in (
            ("one hidden layer", 0.9788),
            ("four layers", 0.9762),
            ("four layers, dropout", 0.9822),
        )
    ),
    Target("imdb", "IMDB 16-16-1, 20 epochs: test accuracy", 0.85, "20 epochs: test accuracy"),
    Target(
        "imdb",
        "IMDB 16-16-1, dropout 0.5: test accuracy",
        0.88,
        "20 epochs with dropout: test accuracy",
        "dropout and the best epoch: test accuracy",
        "the weights of the epoch with the lowest validation loss",
    ),
    Target(
        "cats",
        "cats, logistic regression: test accuracy",
        0.7,
        "logistic regression: test accuracy",
    ),
    Target(
        "cats",
        "cats, four layers: test accuracy",
        0.8,
        "four layers: test accuracy",
        change="none: of L2, dropout, centred pictures, LeCun weights and more steps none was "
        "clearly better in five folds of the training pictures; class weights and mirrored "
        "pictures were, and reached 74% (median of 5 seeds)",
    ),
    Target(
        "search",
        "search on MNIST: test accuracy of the best",
        None,
        "best configuration: test accuracy",
    ),
)


@dataclass
class Record:
    """The figures of one example for each seed, its times, and a sentence on its picture.

    `loads` are the numbers of programs that ran or waited on the machine at the end of each seed.
    """

    text: str = ""
    seconds: list[float] = field(default_factory=list)
    loads: list[float] = field(default_factory=list)
    figures: dict[str, list[float]] = field(default_factory=dict)


def example(name: str) -> ModuleType:
    """The module of an example."""
    return importlib.import_module(f"examples.{name}")


def measure(name: str, records: dict[str, Record]) -> None:
    """Runs an example in full with every seed, and draws the picture of the first one."""
    module = example(name)
    record = records[name] = Record()
    for seed in SEEDS:
        start = time.perf_counter()
        figures, shown = module.run(seed)
        record.seconds.append(round(time.perf_counter() - start, 2))
        record.loads.append(round(os.getloadavg()[0], 1))
        for each, value in figures.items():
            exact = value if isinstance(value, bool) else float(f"{float(value):.5g}")
            record.figures.setdefault(each, []).append(exact)
        if seed == SEEDS[0]:
            picture = module.draw(shown)
            record.text = picture.text
            (FOLDER / f"{name}.png").write_bytes(small_png(picture))
        store(records)


def small_png(picture: Any) -> bytes:
    """The picture in at most 30 kB: fewer colours first, then fewer dots."""
    from PIL import Image

    for colours, dpi in ((64, 80), (32, 80), (32, 65), (16, 60)):
        image = Image.open(io.BytesIO(picture.png(dpi))).convert("RGB").quantize(colours)
        file = io.BytesIO()
        image.save(file, format="PNG", optimize=True)
        if len(file.getvalue()) <= LARGEST:
            return file.getvalue()
    raise ValueError(f"the picture of {picture!r} is larger than {LARGEST:,} bytes")


def stored() -> dict[str, Record]:
    """The records of earlier runs."""
    path = FOLDER / "figures.json"
    found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: Record(**fields) for name, fields in found.items()}


def store(records: dict[str, Record]) -> None:
    """Writes all records, in the order of the page."""
    order = [name for name in (*EXPERIMENTS, *DEMONSTRATIONS) if name in records]
    fields = {name: asdict(records[name]) for name in order}
    text = json.dumps(fields, indent=1, ensure_ascii=False)
    (FOLDER / "figures.json").write_text(text + "\n", encoding="utf-8")


def written(name: str, value: float) -> str:
    """One figure: accuracies and errors that are shares as percentages, others with 4 digits."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.2%}" if "accuracy" in name or name.endswith("error") else f"{value:.4g}"


def over_seeds(name: str, values: list[float]) -> str:
    """The median and the range; for yes or no the number of seeds."""
    if isinstance(values[0], bool):
        return f"yes in {sum(values)} of {len(values)}"
    middle, low, high = (written(name, f(values)) for f in (statistics.median, min, max))
    if len(values) == 1:
        return f"{middle} (one seed)"
    return middle if low == high else f"{middle} ({low} to {high})"


def row(target: Target, record: Record) -> str:
    """One line of the first table."""
    decisive = target.changed or target.plain
    reached = "no figure given"
    if target.least is not None:
        middle = statistics.median(record.figures[decisive])
        reached = "reached" if round(middle, 4) >= target.least else "**not reached**"
    name = target.changed
    cells = (
        f"[{target.what}](#{target.example})",
        "" if target.least is None else written(target.plain, target.least),
        over_seeds(target.plain, record.figures[target.plain]),
        f"{over_seeds(name, record.figures[name])}: {target.change}" if name else target.change,
        reached,
    )
    return f"| {' | '.join(cells)} |"


def section(name: str, record: Record) -> str:
    """One example: what to see, the picture, all its figures, the time and the command."""
    title, _, see = (getdoc(example(name)) or "").partition("\n\n")
    seeds = len(record.seconds)
    figures = [
        f"| {each} | {over_seeds(each, values)} |" for each, values in record.figures.items()
    ]
    return "\n".join([
        f'<a id="{name}"></a>',
        "",
        f"### {title.removesuffix('.')}",
        "",
        see,
        "",
        f"![{record.text}](course/{name}.png)",
        "",
        f"| figure | median (range) of {seeds} seeds |" if seeds > 1 else "| figure | value |",
        "|---|---|",
        *figures,
        "",
        f"`python examples/{name}.py` ({statistics.median(record.seconds):.1f} s a seed)",
        "",
    ])


def page(records: dict[str, Record]) -> str:
    """The whole page."""
    minutes = sum(sum(record.seconds) for record in records.values()) / 60
    load = statistics.median([each for record in records.values() for each in record.loads])
    lines = [
        OPENING.format(minutes=minutes, load=load),
        "| experiment | figure expected | plain listing | with the change | |",
        "|---|---|---|---|---|",
        *(row(each, records[each.example]) for each in TARGETS if each.example in records),
        "",
    ]
    for heading, names in (("Experiments", EXPERIMENTS), ("Demonstrations", DEMONSTRATIONS)):
        lines += [f"## {heading}", ""]
        lines += [section(name, records[name]) for name in names if name in records]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Runs what is named, or everything; stores each record at once, and writes the page."""
    known, records = (*EXPERIMENTS, *DEMONSTRATIONS), stored()
    names = [each for each in arguments if each != "--page"]
    if unknown := set(names) - set(known):
        print(f"no example is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        return 2
    if not arguments:
        names = list(known)
    missing = WITH_REAL_DATA.intersection(names)
    if missing and not os.environ.get("STEEPEST_DATA"):
        print(f"set STEEPEST_DATA: {', '.join(sorted(missing))} read MNIST, IMDB or cats")
        return 2
    FOLDER.mkdir(exist_ok=True)
    for name in names:
        measure(name, records)
        print(f"{name}: {sum(records[name].seconds):.0f} s", flush=True)
    PAGE.write_text(page(records), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
