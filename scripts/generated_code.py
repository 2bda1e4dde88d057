"""The code that the CPU engine makes of a few programs, compared between two states of the source.

    python -m scripts.generated_code HEAD~3        # this tree against that commit
    python -m scripts.generated_code --print       # what is compared

A refactoring can so show that it changed no instruction. Kernels are compared as LLVM text before
optimisation. Depends on git and on the package as it stands in each of the two trees.
"""

from __future__ import annotations

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def programs() -> dict[str, Any]:
    """Graphs that between them use every kind of kernel: name to graph."""
    import steepest as st
    from steepest.program.trace import record

    def step(layers: list[Any], loss: Callable[[Any, Any], Any]) -> Callable[[Any, Any], None]:
        def one(x: Any, y: Any) -> None:
            with st.GradientTape() as tape:
                value = x
                for layer in layers:
                    value = layer(value)
                total = loss(value, y)
            weights = [w for layer in layers for w in layer.trainable_weights]
            for weight, slope in zip(weights, tape.gradient(total, weights), strict=True):
                weight.assign(weight - 0.1 * slope)

        return one

    def classes(outputs: Any, labels: Any) -> Any:
        wanted = st.one_hot(labels, 10)
        return -st.reduce_mean(st.reduce_sum(wanted * st.nn.log_softmax(outputs), 1))

    def squares(outputs: Any, wanted: Any) -> Any:
        return st.reduce_mean(st.square(outputs[:, 0] - wanted))

    def built(*sizes: int) -> list[Any]:
        made = [st.layers.Dense(units, activation="tanh") for units in sizes[1:]]
        for layer, width in zip(made, sizes[:-1], strict=True):
            layer.build((None, width))
        return made

    labels, numbers = st.TensorSpec((None,), "int64"), st.TensorSpec((None,))
    learn = record(step(built(784, 50, 10), classes), [st.TensorSpec((None, 784)), labels])
    fit = record(step(built(2, 8, 1), squares), [st.TensorSpec((None, 2)), numbers])
    table = st.TensorSpec((40, 6))
    look_up = st.trace(lambda t, i: st.cumsum(st.gather(t, i), 1), [table, labels])
    return {"classifier": learn.graph, "regression": fit.graph, "look up": look_up}


def print_code() -> None:
    """The LLVM text of all programs, by the package that is imported."""
    from steepest.engines.cpu.emit.program import emit_module
    from steepest.engines.cpu.gemm import machine_for
    from steepest.engines.cpu.machine.processor import processor
    from steepest.engines.cpu.plan import plan
    from steepest.program.passes import clean

    for name, graph in programs().items():
        loops = plan(clean(graph)).loops
        print(f"; {name}")
        print(emit_module(loops, machine_for(processor()), processor().triple))


def code_of(tree: Path) -> list[str]:
    """The lines that a tree's package makes, by the tree's own copy of this script."""
    environment = {**os.environ, "PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}"}
    command = [sys.executable, "-m", "scripts.generated_code", "--print"]
    ran = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit(f"the package under {tree} made no code:\n{ran.stderr}")
    return ran.stdout.splitlines()


def compare(commit: str) -> list[str]:
    """What differs between a commit's code and this tree's, as a unified diff."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(
            ["git", "archive", commit, "src", "scripts"], cwd=ROOT, capture_output=True, check=True
        )
        subprocess.run(["tar", "x", "-C", folder], input=packed.stdout, check=True)
        before = code_of(Path(folder))
    after = code_of(ROOT)
    return list(difflib.unified_diff(before, after, commit, "this tree", lineterm="", n=2))


def main() -> int:
    """0 if the code is the same, 1 if not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("commit", nargs="?", default="HEAD")
    parser.add_argument("--print", action="store_true", dest="shown", help="print this tree's code")
    given = parser.parse_args()
    if given.shown:
        print_code()
        return 0
    difference = compare(given.commit)
    print("\n".join(difference) or f"the code is that of {given.commit}")
    return int(bool(difference))


if __name__ == "__main__":
    sys.exit(main())
