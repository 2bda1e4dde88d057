"""What differs between two states of the playground, as text for people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from steepest.studio.fields import State
from steepest.studio.views.playground_network import SETTINGS

MOST_LETTERS = 90
MARKED = ("data", *SETTINGS)
MOST_MARKS = 40
NEAR = 0.02  # of the curve: changes of one setting so near each other have one mark
NONE = {"regularizer": "none", "other": "none"}  # other settings without a value have a usual one


@dataclass(frozen=True)
class Mark:
    """A change: where it was made, in epochs, the settings before it, and what changed as text.

    That of a single weight has no settings.
    """

    at: float
    before: State | None
    text: str


def with_mark(marks: tuple[Mark, ...], at: float, before: State, after: State) -> tuple[Mark, ...]:
    """Marks with that of a change; one of the same settings nearby becomes one with it."""
    one, other = ({name: each[name] for name in MARKED} for each in (before, after))
    texts = differences(one, other)
    if not texts:
        return marks
    last = marks[-1] if marks else None
    if last and last.before and at - last.at <= NEAR * at:
        joined = differences(last.before, other)
        if len(joined) <= len(texts):
            marks, one, texts = marks[:-1], last.before, joined
    return (*marks, *([Mark(at, one, shortened(texts))] if texts else []))[-MOST_MARKS:]


def differences(before: Any, after: Any, name: str = "") -> list[str]:
    """The settings that differ, each with its two values.

    >>> differences({"batch": 10, "loss": None}, {"batch": 20, "loss": {"name": "Hinge"}})
    ['batch 10 → 20', 'loss usual → Hinge']
    >>> differences(["x"], ["x", "x*y"], "features")
    ['feature x*y added']
    """
    if before == after:
        return []
    if name == "features":
        return [
            *(f"feature {each} added" for each in after if each not in before),
            *(f"feature {each} removed" for each in before if each not in after),
        ]
    if name == "layers":
        layers = enumerate(zip_longest(before, after), 1)
        return [
            f"layer {place}{each}"
            for place, (one, other) in layers
            for each in (
                [f": {text}" for text in differences(one, other)]
                if one and other
                else [" added" if other else " removed"]
            )
        ]
    if not (isinstance(before, dict) and isinstance(after, dict)) or _are_others(before, after):
        values = [NONE.get(name, "usual") if each is None else _shown(each)
                  for each in (before, after)]  # fmt: skip
        return [" ".join([name, *values[:1], "→", *values[1:]]) if values[0] != values[1]
                else f"another {name}"]  # fmt: skip
    names = list(dict.fromkeys([*before, *after]))
    return [
        text
        for each in names
        for text in differences(before.get(each), after.get(each), _plain(each, name))
    ]


def shortened(texts: list[str]) -> str:
    """Texts as one line of bounded length.

    >>> shortened(["batch 10 → 20", "seed 0 → 1"])
    'batch 10 → 20, seed 0 → 1'
    """
    whole = ", ".join(texts)
    return whole if len(whole) <= MOST_LETTERS else f"{whole[: MOST_LETTERS - 1]}…"


def _are_others(before: State, after: State) -> bool:
    """Whether they are choices of different names, or data of different kinds."""
    kinds = [
        [each for each in ("expression", "rows", "table", "upload") if each in one]
        for one in (before, after)
    ]
    return kinds[0] != kinds[1] or before.get("name") != after.get("name")


def _plain(name: str, within: str) -> str:
    if within == "data" and name == "seed":
        return "seed of the points"
    return (within if name == "options" else name).replace("_", " ")


def _shown(value: Any) -> str:
    match value:
        case {"name": str(name)}:
            return name
        case {"expression": _}:
            return "formula"
        case {"rows": _}:
            return "painted points"
        case {"table": _} | {"upload": _}:
            return "table"
        case float():
            return f"{value:.4g}"
        case [str(), *_]:
            return " and ".join(value)
        case list():
            return str(len(value))
        case str() if "\n" in value:
            return "text"
    return str(value)
