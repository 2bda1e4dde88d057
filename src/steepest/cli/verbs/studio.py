"""`steepest studio`: opens the studio in the browser, for a model, data or runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from steepest.cli.verb import Answer, Argument, Option, UsageError, Verb

if TYPE_CHECKING:
    from steepest.studio.server.start import StudioServer
    from steepest.studio.view import Opened


def run(
    model_data_or_runs: str | None = None,
    data: str | None = None,
    target: str | None = None,
    port: int | None = None,
    no_browser: bool = False,
) -> Answer:
    """The studio; it ends when its lines do."""
    from steepest.studio.files import opened
    from steepest.studio.opening import server_for
    from steepest.studio.view import Opened

    found = Opened()
    if model_data_or_runs is None and target is not None:
        raise UsageError(f"steepest studio: --target {target} needs the file that has it")
    if model_data_or_runs is not None:
        found = opened(model_data_or_runs, data, target)
    server = server_for(found, port)
    result: dict[str, Any] = {"opened": model_data_or_runs, "port": server.port}
    return Answer(result, _lines(server, found, not no_browser))


def _lines(server: StudioServer, found: Opened, browser: bool) -> Iterator[str]:
    if found.words:
        yield f"{found.title}: {found.words}."
    with contextlib.closing(server):
        yield from server.announcement(browser)
        server.run_here()
    yield f"The studio has ended{server.why}."


VERB = Verb(
    name="studio",
    summary="opens a page on the library in the browser",
    examples=(
        ("steepest studio", "opens it, to see how networks learn"),
        ("steepest studio houses.csv --target price", "opens it with data"),
        ("steepest studio net.safetensors rows.npz", "opens it with a saved model and its data"),
        ("steepest studio runs", "shows what st.studio.Watch has written, also while it writes"),
        ("steepest studio --port 8765 --no-browser",
         "on another machine; ssh -L 8765:127.0.0.1:8765 leads there"),
    ),
    arguments=(
        Argument("MODEL-DATA-OR-RUNS", "a saved model, data (.csv, .npz), or a folder of runs",
                 kind="file", required=False),
        Argument("DATA", "the data, where a model is given", kind="file", required=False),
    ),
    options=(
        Option("--target", "the column, or array, to be predicted", "NAME"),
        Option("--port", "the port of 127.0.0.1; any free one by default", "NUMBER",
               kind="integer"),
        Option("--no-browser", "opens no browser"),
    ),
    run=run,
)  # fmt: skip
