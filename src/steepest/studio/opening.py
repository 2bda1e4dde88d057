"""serve and show: the studio from Python, in a browser or as a widget of a notebook."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.errors import ArgumentError, ShapeError
from steepest.studio.session import Session
from steepest.studio.view import Opened
from steepest.studio.views import VIEWS

if TYPE_CHECKING:
    from steepest.studio.server.start import StudioServer
    from steepest.studio.widget import StudioWidget


def serve(
    model: Any = None,
    x: Any = None,
    y: Any = None,
    folder: str | os.PathLike[str] | None = None,
    port: int | None = None,
    browser: bool = True,
) -> None:
    """Opens the studio in the browser, for a model, rows or a folder of runs; Ctrl-C ends it.

    It is served at 127.0.0.1, on a free port if none is given, to whoever has its token. Needs
    `pip install 'steepest[studio]'`.

    >>> st.studio.serve(folder="no such folder")
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: folder: 'no such folder' is no folder
    """
    server = server_for(opened_of(model, x, y, folder), port)
    with contextlib.closing(server):
        for line in server.announcement(browser):
            print(line, flush=True)
        server.run_here()


def show(
    model: Any = None,
    x: Any = None,
    y: Any = None,
    view: str | None = None,
    state: dict[str, Any] | None = None,
    folder: str | os.PathLike[str] | None = None,
) -> StudioWidget:
    """The studio as a widget of a notebook; `view` and its `state` are what it shows first.

    `close` of the widget ends its threads. Needs `pip install 'steepest[studio]'`.

    >>> widget = st.studio.show(view="training")
    >>> widget.close()
    """
    if view is not None and view not in list(VIEWS):
        raise ArgumentError(f"view: one of {', '.join(VIEWS)} was expected, got {view!r}")
    if state is not None and not isinstance(state, dict):
        raise ArgumentError(
            f"state: a dictionary of a view's values was expected, got {state!r:.60}"
        )
    from steepest.data.files.checks import import_extra

    import_extra("anywidget", "studio")
    from steepest.studio.widget import StudioWidget

    return StudioWidget(Session(opened_of(model, x, y, folder)), view, state)


def server_for(opened: Opened, port: int | None) -> StudioServer:
    """The server of what was opened, which listens already.

    >>> server_for(Opened(), 80)
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: port: a number from 1024 to 65535 was expected, got 80
    """
    from steepest.data.files.checks import import_extra

    for package in ("starlette", "uvicorn"):
        import_extra(package, "studio")
    from steepest.studio.server.start import StudioServer

    return StudioServer(Session(opened), port)


def opened_of(model: Any, x: Any, y: Any, folder: str | os.PathLike[str] | None = None) -> Opened:
    """Values of Python as what the studio is opened with.

    >>> opened_of(None, np.zeros((3, 2)), [0, 1, 0]).x.shape
    (3, 2)
    """
    if model is not None:
        from steepest.neuralnet.model import Model

        if not isinstance(model, Model):
            raise ArgumentError(f"model: a model was expected, got {model!r:.60}")
    if y is not None and x is None:
        raise ArgumentError("y: give x too, the inputs of these targets")
    if folder is not None and not os.path.isdir(folder):
        raise ArgumentError(f"folder: {os.fspath(folder)!r} is no folder")
    inputs, targets = (None if one is None else _numbers(name, one) for name, one in
                       (("x", x), ("y", y)))  # fmt: skip
    if inputs is not None and targets is not None and len(inputs) != len(targets):
        raise ShapeError(
            f"x has {len(inputs)} rows and y {len(targets)}; give as many targets as rows"
        )
    return Opened(
        model,
        inputs,
        targets,
        names=tuple(map(str, getattr(x, "columns", ()))),
        target=None if y is None else str(getattr(y, "name", None) or "y"),
        folder=None if folder is None else os.fspath(folder),
    )


def _numbers(name: str, given: Any) -> np.ndarray:
    try:
        array = np.asarray(given)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "fiub" or not array.ndim:
        raise ArgumentError(f"{name}: rows of numbers were expected, got {given!r:.60}")
    return array
