"""The playground's speed at "unlimited", beside `fit`, with a client that reads every frame.

`python -m benchmarks.studio_playground [--seconds 5] [--pairs 3]` trains one network by `fit` and
in the playground by turns, and prints steps per second and their ratio, by the clock and by the
time of the processor. The bar is 95 %.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from steepest.studio.fields import check
from steepest.studio.session import Session
from steepest.studio.views.playground_experiment import Experiment
from steepest.studio.views.playground_network import NETWORK

STATES: dict[str, dict[str, Any]] = {
    "4-2, batch 10": {},
    "8-8-8-8-8-8, batch 30": {
        "layers": [{"units": 8}] * 6,
        "batch": 30,
        "data": {"name": "spiral"},
        "features": ["x", "y", "x^2", "y^2", "x*y", "sin(x)", "sin(y)"],
    },
}


class Client:
    """A page that reads every frame: its bytes are made, and its steps noted with the time."""

    def __init__(self, session: Session) -> None:
        self.frames = self.bytes = 0
        self.seen: list[tuple[int, float, float]] = []  # steps, clock, time of the processor
        push = session.push

        def read(frame: Any, view: str = "session") -> None:
            push(frame, view)
            self.frames += 1
            self.bytes += len(frame.to_bytes())
            if frame.kind == "progress":
                data = frame.data
                steps = data["epoch"] * data["steps_per_epoch"] + data["step"]
                self.seen.append((steps, time.perf_counter(), time.process_time()))

        session.push = read  # type: ignore[method-assign] # stands for a page


def by_fit(state: dict[str, Any], seconds: float) -> tuple[float, float]:
    """Steps per second of the clock and of the processor, of `fit`."""
    one = Experiment(check(NETWORK, state))
    options: Any = {"batch_size": one.state["batch"], "seed": 0, "verbose": 0}
    one.model.fit(one.inputs[0], one.targets[0], epochs=100, **options)
    began = time.perf_counter()
    one.model.fit(one.inputs[0], one.targets[0], epochs=2000, **options)
    epochs = int(2000 * seconds / (time.perf_counter() - began))
    began, processor = time.perf_counter(), time.process_time()
    one.model.fit(one.inputs[0], one.targets[0], epochs=epochs, **options)
    steps = epochs * one.steps_per_epoch
    return steps / (time.perf_counter() - began), steps / (time.process_time() - processor)


def by_playground(state: dict[str, Any], seconds: float) -> tuple[float, float, int, int]:
    """The same of the playground, and the number of its frames and bytes."""
    session = Session()
    client = Client(session)

    def ask(do: str, **given: Any) -> None:
        session.request({"view": "playground", "do": do, "with": given})

    ask("set", changes=state)
    ask("run", speed="unlimited")
    time.sleep(1.0)
    client.frames = client.bytes = 0
    client.seen.clear()
    time.sleep(seconds)
    (steps, clock, processor), last = client.seen[0], client.seen[-1]
    frames, size = client.frames, client.bytes
    session.close()
    done = last[0] - steps
    return done / (last[1] - clock), done / (last[2] - processor), frames, size


def main() -> None:
    """Prints a line for each network and pair of trainings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--pairs", type=int, default=3)
    given = parser.parse_args()
    for name, state in STATES.items():
        ratios = []
        for _ in range(given.pairs):
            fit = by_fit(state, given.seconds)
            ours = by_playground(state, given.seconds)
            ratios.append((ours[0] / fit[0], ours[1] / fit[1]))
            print(
                f"{name:<24} fit {fit[0]:>10,.0f} steps/s, playground {ours[0]:>10,.0f}, ratio "
                f"{ratios[-1][0]:.3f}; processor {ratios[-1][1]:.3f}; {ours[2]} frames, "
                f"{ours[3] / 1e6:.1f} MB"
            )
        print(f"{name:<24} median ratio {np.median(ratios, axis=0).round(3).tolist()}")


if __name__ == "__main__":
    main()
