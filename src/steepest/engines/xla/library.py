"""JAX, imported when it is first needed; errors that say how to install it.

Programs have 64-bit numbers, which JAX has only in a mode that is off at first: `wide` switches it
on for the calls of this engine alone. Depends on the errors.
"""

from __future__ import annotations

import functools
import importlib
from contextlib import AbstractContextManager
from typing import Any

from steepest.errors import EngineUnavailable

LEAST = (0, 4, 38)
INSTALL = (
    "pip install 'steepest[jax]' (processors), pip install 'jax[cuda12]' (NVIDIA GPUs), "
    "pip install 'jax[tpu]' (TPUs)"
)


class Lazy:
    """A module that is imported when a name of it is first used."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(importlib.import_module(self._name), name)
        setattr(self, name, found)
        return found


jax: Any = Lazy("jax")
jnp: Any = Lazy("jax.numpy")
lax: Any = Lazy("jax.lax")


@functools.cache
def unavailable() -> str | None:
    """Why JAX cannot be used here, with the remedy; None if it can."""
    try:
        version = importlib.import_module("jax").__version__
    except ImportError as error:
        return f"the engine 'xla' needs JAX, which cannot be imported ({error}): {INSTALL}"
    if version_of(version) < LEAST:
        least = ".".join(map(str, LEAST))
        return f"the engine 'xla' needs JAX {least} or newer, found {version}: {INSTALL}"
    try:
        jax.devices()
    except RuntimeError as error:
        return (
            f"JAX finds no device of the kind that was asked for ({error}): see the environment "
            f"variable JAX_PLATFORMS, or {INSTALL}"
        )
    return None


def version_of(text: str) -> tuple[int, ...]:
    """The numbers of a version.

    >>> version_of("0.10.2") > version_of("0.4.38")
    True
    """
    parts = (part for part in text.split(".")[:3])
    return tuple(int(part) for part in parts if part.isdigit())


def require() -> None:
    """Raises unless JAX can be used."""
    reason = unavailable()
    if reason is not None:
        raise EngineUnavailable(reason)


def wide() -> AbstractContextManager[Any]:
    """64-bit numbers for the JAX calls in a `with` block of this thread."""
    return _wide()(True)


@functools.cache
def _wide() -> Any:
    library = importlib.import_module("jax")
    if hasattr(library, "enable_x64"):
        return library.enable_x64
    return importlib.import_module("jax.experimental").enable_x64
