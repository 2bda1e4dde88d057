"""The view `microscope`: one row forward and backward through a small network, number by number.

Every number is that of the tape; the formulas name the arrays of which they are made.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from steepest import activations
from steepest.core import ops
from steepest.core.tape import GradientTape
from steepest.core.variable import Variable
from steepest.errors import SteepestError
from steepest.studio.catalogue import entries
from steepest.studio.choices import chosen, made, python
from steepest.studio.fields import (
    Field,
    FieldError,
    State,
    check,
    choice,
    list_of,
    number,
    record,
    whole,
)
from steepest.studio.frame import Frame
from steepest.studio.view import View, answers

MOST_UNITS, MOST_LAYERS, MOST_INPUTS = 16, 6, 16

layer_field = record({
    "units": whole(1, MOST_UNITS, default=2),
    "activation": choice(entries("activation"), default="sigmoid"),
})
ROW = {
    "inputs": list_of(number(-1e6, 1e6), 1, MOST_INPUTS, default=[1.0, 0.0]),
    "targets": list_of(number(-1e6, 1e6), 1, MOST_UNITS, default=[1.0]),
    "layers": list_of(
        layer_field, 1, MOST_LAYERS, default=[{"units": 2}, {"units": 1, "activation": "sigmoid"}]
    ),
    "loss": chosen("loss", {"name": "MeanSquaredError"}),
    "initializer": chosen("initializer", {"name": "GlorotUniform"}),
    "seed": whole(0, 2**24, default=0),
    "rate": number(0, 1e3, default=0.1),
}


class Microscope(View):
    """One row: every z, a, delta and derivative by the tape, with its formula."""

    name = "microscope"

    @answers(**ROW)
    def row(self, state: State) -> Frame:
        """The arrays a_0, w_1, b_1, z_1, a_1, delta_1, dw_1, db_1, ..., new_w_1, and the loss."""
        try:
            with np.errstate(all="ignore"):
                arrays, loss = numbers_of(state)
        except FieldError:
            raise
        except SteepestError as error:
            raise FieldError("layers", str(error)) from None
        layers = len(state["layers"])
        data = {
            "loss": loss,
            "forward": forward_formulas(layers),
            "backward": backward_formulas(layers),
            "activations": [layer["activation"] for layer in state["layers"]],
        }
        return Frame("row", data, arrays)

    @answers(**{"with": Field(lambda value, where: value)})
    def python(self, state: State) -> Frame:
        """The snippet that computes the arrays of a row."""
        return Frame("python", {"text": snippet(check(ROW, state["with"], "with"))})


def initial(state: State) -> list[tuple[State, int, int]]:
    """The seeded initializer of each layer's kernel, with its inputs and units."""
    found, width = [], len(state["inputs"])
    has_seed = "seed" in entries("initializer")[state["initializer"]["name"]].options
    for place, layer in enumerate(state["layers"]):
        options = dict(state["initializer"]["options"])
        if has_seed:
            options.setdefault("seed", state["seed"] * 100 + place)
        found.append((
            {"name": state["initializer"]["name"], "options": options},
            width,
            layer["units"],
        ))
        width = layer["units"]
    return found


def numbers_of(state: State) -> tuple[dict[str, np.ndarray], float]:
    """All arrays of a row, by name, and the loss.

    >>> arrays, loss = numbers_of(check(ROW, {}))
    >>> sorted(arrays)[:4], arrays["w_1"].shape, arrays["delta_2"].shape
    (['a_0', 'a_1', 'a_2', 'b_1'], (2, 2), (1, 1))
    """
    layers = []
    for (kernel, inputs, units), layer in zip(initial(state), state["layers"], strict=True):
        w = Variable(made("initializer", kernel)((inputs, units)))
        b = Variable(np.zeros(units, np.float32))
        layers.append((w, b, activations.get(layer["activation"])))
    if state["layers"][-1]["units"] != len(state["targets"]):
        raise FieldError(
            "targets", f"{state['layers'][-1]['units']} numbers were expected, one for each output"
        )
    a = ops.constant([state["inputs"]], "float32")
    targets = ops.constant([state["targets"]], "float32")
    signals, outputs = [], [a]
    with GradientTape(persistent=True) as tape:
        for w, b, function in layers:
            z = ops.matmul(a, w) + b
            a = function(z)
            signals.append(z)
            outputs.append(a)
        loss = made("loss", state["loss"])(targets, a)
    arrays = {"a_0": outputs[0].numpy(), "targets": targets.numpy()}
    for n, ((w, b, _), z, a) in enumerate(zip(layers, signals, outputs[1:], strict=True), 1):
        dw, db, delta = tape.gradient(loss, [w, b, z], unconnected_gradients="zero")
        arrays |= {f"w_{n}": w.numpy().copy(), f"b_{n}": b.numpy().copy()}
        arrays |= {f"z_{n}": z.numpy(), f"a_{n}": a.numpy(), f"delta_{n}": delta.numpy()}
        arrays |= {f"dw_{n}": dw.numpy(), f"db_{n}": db.numpy()}
        arrays |= {f"new_w_{n}": (w - state["rate"] * dw).numpy()}
        arrays |= {f"new_b_{n}": (b - state["rate"] * db).numpy()}
    return arrays, float(loss)


def forward_formulas(layers: int) -> list[dict[str, Any]]:
    """The steps forward: the array, its formula, and the arrays that it reads.

    >>> forward_formulas(1)[0]
    {'name': 'z_1', 'formula': 'z_1 = a_0 w_1 + b_1', 'reads': ['a_0', 'w_1', 'b_1']}
    """
    steps = []
    for n in range(1, layers + 1):
        steps.append(_step(f"z_{n}", f"a_{n - 1} w_{n} + b_{n}", f"a_{n - 1}", f"w_{n}", f"b_{n}"))
        steps.append(_step(f"a_{n}", f"f(z_{n})", f"z_{n}"))
    return [*steps, _step("loss", f"loss(targets, a_{layers})", "targets", f"a_{layers}")]


def backward_formulas(layers: int) -> list[dict[str, Any]]:
    """The steps backward, from the last layer to the first.

    >>> [step["formula"] for step in backward_formulas(2)][3]
    'delta_1 = (delta_2 w_2ᵀ) f′(z_1)'
    """
    steps = []
    for n in range(layers, 0, -1):
        last = n == layers
        before = f"dloss/da_{n}" if last else f"(delta_{n + 1} w_{n + 1}ᵀ)"
        reads = [f"a_{n}", "targets"] if last else [f"delta_{n + 1}", f"w_{n + 1}"]
        steps.append(_step(f"delta_{n}", f"{before} f′(z_{n})", *reads, f"z_{n}"))
        steps.append(_step(f"dw_{n}", f"a_{n - 1}ᵀ delta_{n}", f"a_{n - 1}", f"delta_{n}"))
        steps.append(_step(f"db_{n}", f"delta_{n}", f"delta_{n}"))
    for n in range(1, layers + 1):
        for each in "wb":
            name = f"{each}_{n}"
            steps.append(_step(f"new_{name}", f"{name} - rate d{name}", name, f"d{name}"))
    return steps


def _step(name: str, formula: str, *reads: str) -> dict[str, Any]:
    return {"name": name, "formula": f"{name} = {formula}", "reads": list(reads)}


def snippet(state: State) -> str:
    """Python that computes the arrays of a row with the tape, under their names."""
    kernels = [
        f"w_{n} = st.Variable({python('initializer', kernel)}(({inputs}, {units})))\n"
        f"b_{n} = st.Variable(np.zeros({units}, np.float32))"
        for n, (kernel, inputs, units) in enumerate(initial(state), 1)
    ]
    forward = [
        f"    z_{n} = st.matmul(a_{n - 1}, w_{n}) + b_{n}\n"
        f"    a_{n} = st.activations.{layer['activation']}(z_{n})"
        for n, layer in enumerate(state["layers"], 1)
    ]
    backward = [
        f"dw_{n}, db_{n}, delta_{n} = tape.gradient(\n"
        f'    loss, [w_{n}, b_{n}, z_{n}], unconnected_gradients="zero"\n)\n'
        f"new_w_{n} = w_{n} - {state['rate']} * dw_{n}\n"
        f"new_b_{n} = b_{n} - {state['rate']} * db_{n}"
        for n in range(1, len(state["layers"]) + 1)
    ]
    last = len(state["layers"])
    return "\n".join([
        "import numpy as np",
        "import steepest as st",
        "",
        *kernels,
        f'a_0 = st.constant([{state["inputs"]}], "float32")',
        f'targets = st.constant([{state["targets"]}], "float32")',
        "",
        "with st.GradientTape(persistent=True) as tape:",
        *forward,
        f"    loss = {python('loss', state['loss'])}(targets, a_{last})",
        "",
        *backward,
        "",
    ])
