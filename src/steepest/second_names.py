"""Second names of modules: `steepest.keras.layers` is `steepest.layers`, and so on.

`import steepest.keras.layers` and `from steepest.models import Sequential` find the module under
its own name, at their first use; all its names mean one module object. Depends on nothing.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

SECOND_NAMES = {
    "steepest.keras": "steepest",
    "steepest.linalg": "steepest.functions.linalg",
    "steepest.math": "steepest.functions.public",
    "steepest.models": "steepest.neuralnet",
    "steepest.nn": "steepest.functions.nn",
    "steepest.optimizers.schedules": "steepest.schedules",
    "steepest.preprocessing.image": "steepest.utils",
    "steepest.preprocessing.sequence": "steepest.utils",
    "steepest.random": "steepest.functions.random",
}
"""The module that each second name means; names below them follow."""

_BEGINNINGS = tuple(SECOND_NAMES)


def own_name(name: str) -> str:
    """The name under which a module is stored.

    >>> own_name("steepest.keras.optimizers.schedules")
    'steepest.schedules'
    """
    if name in SECOND_NAMES:
        return SECOND_NAMES[name]
    home, dot, last = name.rpartition(".")
    found = f"{own_name(home)}.{last}" if dot else name
    return own_name(found) if found != name else name


class _Finder:
    """Finds modules by their second names, and loads them under their own."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(_BEGINNINGS) or own_name(name) == name:
            return None
        from importlib.machinery import ModuleSpec

        return ModuleSpec(name, _Loader())  # type: ignore[arg-type]  # it has what loaders need


class _Loader:
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(own_name(spec.name))
        self._name, self._spec = spec.name, module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import system has replaced it by that of the second name
        home, _, last = own_name(self._name).rpartition(".")
        # The import system gives the package this entry as its attribute: `st.config` is no module.
        sys.modules[self._name] = vars(sys.modules.get(home, module)).get(last, module)


def install() -> None:
    """Lets `import` find modules by their second names."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
