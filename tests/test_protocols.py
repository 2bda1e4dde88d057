"""Models satisfy the protocols; a callback without a model raises an error."""

from __future__ import annotations

from typing import Any

import pytest

import steepest as st
from steepest import protocols
from steepest.neuralnet.step import StepModel

x = st.Input((2,))
MODELS: dict[str, Any] = {
    "drawn": st.Model(x, st.layers.Dense(1)(x)),
    "a stack": st.Sequential([st.layers.Dense(1)]),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "protocol",
    [protocols.LayeredModel, protocols.TrainedModel, protocols.StoredModel, StepModel],
)
def test_a_trained_model_has_all_that_a_protocol_names(protocol: Any, name: str) -> None:
    model = MODELS[name]
    model.compile("sgd", "mse")
    model.fit(st.ones((4, 2)), st.ones((4, 1)), verbose=0)
    owners = [kind for kind in protocol.__mro__ if getattr(kind, "_is_protocol", False)]
    names = {n for kind in owners for n in (*vars(kind), *kind.__annotations__) if n[0] != "_"}
    assert len(names) > 5 and [n for n in names if not hasattr(model, n)] == []


def test_a_callback_outside_of_a_run_says_that_it_has_no_model() -> None:
    class Own(st.callbacks.Callback):
        def rate(self) -> float:
            return float(self.model.optimizer.learning_rate)

    callback = Own()
    with pytest.raises(st.errors.ArgumentError, match=r"Own: self\.model is known once"):
        callback.rate()
    callback.model = MODELS["drawn"]
    assert callback.model is MODELS["drawn"]
