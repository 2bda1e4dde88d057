"""What all files of models share when a configuration is read: names, and errors that say where.

Depends on the registry.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from steepest.errors import DataError, SteepestError, UnknownNameError
from steepest.user_objects import custom_objects as custom_scope

FAULTS = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError, MemoryError)


@contextlib.contextmanager
def reading(source: str, custom_objects: dict[str, Any] | None = None) -> Iterator[None]:
    """Names the source in errors of the `with` block, which knows the objects by name.

    >>> from steepest.registry import from_config
    >>> with reading("the text"):
    ...     from_config({"class_name": "Denss", "config": {}})
    Traceback (most recent call last):
        ...
    steepest.errors.UnknownNameError: no class is called 'Denss': did you mean 'Dense'? ...
    """
    with custom_scope(custom_objects or {}):
        try:
            yield
        except UnknownNameError as error:
            raise UnknownNameError(
                f"{error} (in {source}). One of your own is found if you give "
                "custom_objects={name: class or function}, or decorate it with "
                "@st.register_serializable (st.saving.register_keras_serializable) beforehand; "
                "a loss or metric alone is left out with compile=False"
            ) from error
        except SteepestError as error:
            error.add_note(f"in {source}")
            raise
        except FAULTS as error:
            raise DataError(
                f"{source}: its configuration does not describe a model ({error!r})"
            ) from error
