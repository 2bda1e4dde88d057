"""`steepest doctor`: examines a saved model on a file of data, or data with a usual network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from steepest.cli.verb import Answer, Argument, ConditionFailed, Option, UsageError, Verb

if TYPE_CHECKING:
    from steepest.doctor.data_files import FileRows
    from steepest.doctor.report import Report

USUAL_EPOCHS = 20


def run(
    model_or_data: str,
    data: str | None = None,
    target: str | None = None,
    drop: tuple[str, ...] = (),
    epochs: int | None = None,
    budget: float | None = None,
    page: str | None = None,
    fail: bool = False,
) -> Answer:
    """The diagnosis of a model on data, or of data with a usual network."""
    from steepest.doctor.data_files import rows_of_file, usual_network
    from steepest.storage.model_file import load_model

    if epochs is not None and epochs < 1:
        raise UsageError(f"--epochs: a number from 1 was expected, got {epochs}")
    rows = rows_of_file(data or model_or_data, target, drop)
    model = usual_network(rows.training) if data is None else load_model(model_or_data)
    result: dict[str, Any] = {
        "data": data or model_or_data,
        "model": model_or_data if data else None,
        "rows": {"training": len(rows.training), "validation": len(rows.validation)},
        "read": rows.words,
    }
    return Answer(result, _lines(result, model, rows, epochs, budget, page, fail))


def _lines(
    result: dict[str, Any], model: Any, rows: FileRows, epochs: int | None,
    budget: float | None, page: str | None, fail: bool,
) -> Iterator[str]:  # fmt: skip
    yield f"{result['data']}: {result['read']}."
    if result["model"] is None:
        yield "The network is a usual one: scaled inputs, two hidden layers of 32 units, Adam."
    report, result["examined"] = _examined(model, rows, epochs, budget)
    yield result["examined"] + "."
    yield ""
    result |= report.to_dict()
    yield from report.text(details=True).splitlines()
    if report.diff:
        yield ""
        yield "All confirmed changes of the program:"
        yield from report.diff.splitlines()
    if page is not None:
        report.save_page(page)
        yield ""
        yield f"{page}: the report as a page"
    if fail and report.confirmed:
        names = ", ".join(one.suspicion.rule.name for one in report.confirmed)
        raise ConditionFailed(f"faults are confirmed: {names}")


def _examined(
    model: Any, rows: FileRows, epochs: int | None, budget: float | None
) -> tuple[Report, str]:
    """The report, and what was examined: the model as it is, or a training of new weights."""
    import contextlib
    import warnings

    from steepest.callbacks.history import History
    from steepest.doctor.budget import steps_per_epoch
    from steepest.doctor.doctor import Doctor
    from steepest.doctor.examine import examine
    from steepest.doctor.setup import Setup
    from steepest.errors import SteepestError

    x, y = rows.training.x, rows.training.y
    watched = rows.validation.x, rows.validation.y
    setup = Setup.of(model, x, y, watched, epochs=epochs or USUAL_EPOCHS)
    steps = int(model.optimizer.iterations)
    if steps and epochs is None:
        spent = max(round(steps / steps_per_epoch(setup)), 1)
        report = examine(model, History(), x, y, watched, budget=budget, epochs=spent)
        return report, f"The model was trained for {steps:,} steps, and is examined as it is"
    trained = setup.seeded(0)
    history: History | None = None
    options = {**setup.fit_arguments(), "seed": 0, "verbose": 0, "callbacks": [Doctor()]}
    with warnings.catch_warnings(), contextlib.suppress(SteepestError):
        warnings.simplefilter("ignore")  # the report says it
        history = trained.fit(**options)
    if history is None and getattr(trained, "history", None) and trained.history.epoch:
        history = trained.history
    done = "could not be trained" if history is None else f"was trained for {len(history.epoch)}"
    report = examine(trained, history, x, y, watched, budget=budget, epochs=epochs or USUAL_EPOCHS)
    return report, f"It {done}" + ("" if history is None else " epochs, from new weights")


VERB = Verb(
    name="doctor",
    summary="examines data and a network, and proves what would help",
    examples=(
        ("steepest doctor houses.csv --target price", "examines data, with a usual network"),
        ("steepest doctor net.safetensors rows.npz", "examines a saved model on arrays x and y"),
        ("steepest doctor houses.csv --target price --drop name --page report.html",
         "leaves out a column, and writes a page"),
        ("steepest doctor net.safetensors rows.npz --fail --json",
         "ends with exit code 3 if a fault is confirmed"),
    ),
    arguments=(
        Argument("MODEL-OR-DATA", "a saved model, or data alone (.csv, .npz)", kind="file"),
        Argument("DATA", "the data, where a model is given", kind="file", required=False),
    ),
    options=(
        Option("--target", "the column, or array, to be predicted", "NAME"),
        Option("--drop", "a column to leave out", "COLUMN", many=True),
        Option("--epochs", "trains new weights for so many epochs (20)", "COUNT", kind="integer"),
        Option("--budget", "seconds of an ordinary machine for experiments (2)", "SECONDS",
               kind="number"),
        Option("--page", "writes the report as one HTML file", "FILE", kind="file"),
        Option("--fail", "ends with exit code 3 if a fault is confirmed"),
    ),
    run=run,
)  # fmt: skip
