"""The page of runs: curves, findings, experiments and histograms in one file without a network.

Depends on page and the reader of runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from steepest.errors import ArgumentError, DataError, nearest
from steepest.page import Code, Heading, Lines, Notice, Page, Scatter, Table, Text
from steepest.studio.runs.reader import RunReader, run_folders

MOST_RUNS = 8
MOST_EPOCHS = 3
LOGARITHMIC = 1000.0
"""The ratio of values from which on curves are on a logarithmic axis."""


def save_page(
    folder: str | os.PathLike[str],
    path: str | os.PathLike[str],
    runs: Sequence[str] | None = None,
) -> None:
    """Writes runs of a folder of `Watch` as one HTML file, which opens without a network.

    It has the curves, whose values are read with the pointer, what was found, the experiments of
    the doctor, and histograms by layer. `runs` are names, at most 8; by default the last ones.

    >>> import os, tempfile
    >>> folder = tempfile.mkdtemp()
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> model.compile("sgd", "mse")
    >>> watch = st.studio.Watch(folder, "first")
    >>> _ = model.fit(np.eye(2), [1.0, 2.0], epochs=3, callbacks=[watch], verbose=0)
    >>> st.studio.save_page(folder, os.path.join(folder, "report.html"))
    """
    if not os.path.isdir(folder):
        raise ArgumentError(f"save_page: folder: {os.fspath(folder)!r} is no folder")
    found = run_folders(folder)
    names = list(found)[-MOST_RUNS:] if runs is None else list(runs)
    if not names:
        raise DataError(f"{os.fspath(folder)}: has no runs; st.studio.Watch writes them")
    for name in names:
        if name not in found:
            raise ArgumentError(f"save_page: there is no run {name!r}; {nearest(name, found)}")
    readers = {name: RunReader(found[name]) for name in names[:MOST_RUNS]}
    for reader in readers.values():
        reader.update()
    page_of_runs(readers).save(path)


def page_of_runs(readers: Mapping[str, RunReader]) -> Page:
    """The page of some runs, whose readers are up to date.

    >>> page_of_runs({})
    <steepest page 'Training runs' of 1 block>
    """
    title = f"Training run {next(iter(readers))}" if len(readers) == 1 else "Training runs"
    page = Page(title)
    if not readers:
        return page.add(Text("No run was chosen."))
    page.add(Table(_facts(readers), "Runs"), Heading("Curves"), *_curves(readers))
    for name, reader in readers.items():
        found = list(_findings(reader))
        if found:
            page.add(Heading(f"Findings: {name}"), *found)
    for name, reader in readers.items():
        histograms = list(_histograms(reader))
        if histograms:
            page.add(Heading(f"Layers: {name}"), *histograms)
    return page


def _facts(readers: Mapping[str, RunReader]) -> dict[str, list[Any]]:
    optimizers = [reader.head.get("optimizer") or {} for reader in readers.values()]
    columns: dict[str, list[Any]] = {
        "run": list(readers),
        "state": [reader.state for reader in readers.values()],
        "started (UTC)": [
            str(reader.head.get("started", ""))[:16].replace("T", " ")
            for reader in readers.values()
        ],
        "epochs": [len(reader.epochs) for reader in readers.values()],
        "steps": [reader.step for reader in readers.values()],
        "optimizer": [str(each.get("class_name", "")) for each in optimizers],
    }
    metrics = {name: None for reader in readers.values() for name in reader.curves}
    for metric in metrics:
        columns[f"last {metric}"] = [
            next(
                (each for each in reversed(reader.curves.get(metric, ())) if each is not None), None
            )
            for reader in readers.values()
        ]
    return columns


def _curves(readers: Mapping[str, RunReader]) -> Iterator[Any]:
    """A figure for each metric, with that of validation in the same one."""
    metrics = {name.removeprefix("val_"): None for one in readers.values() for name in one.curves}
    for metric in metrics:
        series = {}
        for run, reader in readers.items():
            ends = np.array(reader.epochs, float) + 1
            for name in (metric, f"val_{metric}"):
                values = np.array(
                    [np.nan if each is None else each for each in reader.curves.get(name, ())],
                    float,
                )
                if np.isfinite(values).any():
                    series[name if len(readers) == 1 else f"{run} {name}"] = (ends, values)
        if series:
            values = np.concatenate([y[np.isfinite(y)] for _, y in series.values()])
            is_wide = values.min() > 0 and values.max() > LOGARITHMIC * values.min()
            scale = "log" if is_wide else "linear"
            yield Lines(series, metric, x_label="epochs done", y_label=metric, y_scale=scale,
                        hover=True)  # fmt: skip
    if not metrics:
        yield Text("No epoch was complete.")


def _findings(reader: RunReader) -> Iterator[Any]:
    for verdict in reader.verdicts:
        yield from _verdict(verdict, reader.proved)
    for finding in reader.findings:
        kind = "error" if finding.get("severity") == "error" else "warning"
        yield Notice(str(finding.get("sentence", "")), kind)
    for fault in reader.faults:
        yield Notice(fault, "warning")
    if reader.diff:
        yield Heading("All confirmed changes", level=3)
        yield Code(reader.diff, diff=True)
    if reader.program:
        yield Code(reader.program)


def _verdict(verdict: Mapping[str, Any], proved: bool) -> Iterator[Any]:
    yield Heading(str(verdict.get("sentence") or verdict.get("rule") or "A verdict"), level=3)
    status = verdict.get("status", "") if proved else "suspected, not proved by an experiment"
    yield Text(f"{status}. {verdict.get('remedy') or ''}".strip())
    evidence = verdict.get("evidence")
    if isinstance(evidence, dict) and evidence:
        rows = {"evidence": list(evidence), "value": [str(each) for each in evidence.values()]}
        yield Table(rows, "Evidence")
    effect = verdict["effect"]
    if effect is not None:
        before, after, score = effect["before"], effect["after"], effect["score"]
        yield Text(
            f"{verdict.get('change')}: {score} {np.mean(before):.3g} -> {np.mean(after):.3g}, by "
            f"{effect['gain']:+.3g} ({effect['low']:+.3g} to {effect['high']:+.3g}) over "
            f"{effect['seeds']} seeds."
        )
        labels = {"x_label": f"{score} as it is", "y_label": f"{score} changed"}
        yield Scatter((before, after), "One point for each seed", **labels)
    if verdict.get("diff"):
        yield Code(str(verdict["diff"]), diff=True)


def _histograms(reader: RunReader) -> Iterator[Any]:
    """A figure for each histogram of the last epoch, with the first and the middle one."""
    epochs = sorted(reader.layer_files)
    if not epochs:
        return
    chosen = np.unique(np.linspace(0, len(epochs) - 1, MOST_EPOCHS).round().astype(int))
    found = [reader.layers(epochs[at]) for at in chosen]
    for at, name in enumerate(found[-1].names):
        series = {}
        for one in found:
            if one.names == found[-1].names and one.counts[at].size:
                x, y = np.repeat(one.edges[at], 2)[1:-1], np.repeat(one.counts[at], 2)
                series[f"after {one.epochs} epochs"] = (x.astype(float), y.astype(float))
        mean, deviation, zeros, bad = found[-1].facts[at].tolist()
        words = f"In the end: mean {mean:.3g}, standard deviation {deviation:.3g}"
        words += f", {zeros:.0%} zeros" if zeros > 0.01 else ""
        words += f", {bad:.0f} not finite" if bad else ""
        if series:
            yield Lines(series, name, x_label="value", y_label="count", hover=True,
                        description=f"{words}.")  # fmt: skip
