"""The limits and defaults of what pages may send, as the fields state them when they refuse."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from steepest.studio import views
from steepest.studio.fields import REQUIRED, Field, FieldError
from steepest.studio.view import View
from tests.recorded import compare, sections_of

RECORD = Path(__file__).with_name("recorded_limits.txt")
MODULES = {
    each.name: importlib.import_module(f"steepest.studio.views.{each.name}")
    for each in pkgutil.iter_modules(views.__path__)
}
GIVEN = re.compile(r"(, got|; | .unknown.| True| [\[{]).*", re.DOTALL)
PROBES: tuple[Any, ...] = (True, [], [True], [True] * 3, {}, {"name": True}, "unknown")


def fields_in(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, Field]]:
    if isinstance(value, Field):
        yield path, value
    elif isinstance(value, dict) and depth < 3:
        for name, part in value.items():
            yield from fields_in(part, f"{path}.{name}" if path else str(name), depth + 1)


def fields_of(name: str) -> Iterator[tuple[str, Field]]:
    for key, value in sorted(vars(MODULES[name]).items()):
        yield from fields_in(value, key)
        if isinstance(value, type) and issubclass(value, View) and value.__module__.endswith(name):
            for do, (fields, _) in value.handlers.items():
                yield from fields_in(dict(fields), f"{key}.{do}")


def limits_of(field: Field) -> Iterator[str]:
    if field.default is not REQUIRED:
        yield f"  default {field.default}"
    said = set()
    for probe in PROBES:
        try:
            field.read(probe, "")
        except FieldError as error:
            said.add(GIVEN.sub("", str(error)))
        except Exception as error:
            said.add(type(error).__name__)
    yield from (f"  {each}" for each in sorted(said))


@pytest.mark.parametrize("name", MODULES)
def test_limits_are_as_recorded(name: str) -> None:
    lines = [
        line for path, field in fields_of(name) for line in (path, *limits_of(field))
        if " at 0x" not in line
    ]  # fmt: skip
    compare(RECORD, name, "\n".join(lines))


def test_nothing_is_recorded_of_files_that_are_gone() -> None:
    assert sections_of(RECORD).keys() == set(MODULES)
