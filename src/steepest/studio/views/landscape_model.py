"""The loss of the opened model over a plane of its weights, as a surface of the landscape.

The plane has two random directions, two chosen weights, or the principal components of a training
that begins anew. Depends on fields and on st.plot.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from steepest.errors import SteepestError
from steepest.functions.generators import seeded
from steepest.neuralnet.cloning import clone_model
from steepest.plot.loss_surface import LossSurface, loss_surface
from steepest.plot.training_path import PathPlane, WeightPath, path_plane
from steepest.studio.fields import FieldError, State
from steepest.studio.view import Opened

WHERE = "surface.model"
MOST_WORK = 3e10  # rows times weights times epochs of a training: some seconds
MOST_NUMBERS = 2e7  # of a path


class ModelSurfaces:
    """The surface of a state, made once; `forget` is called before another one is made.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,), name="out")])
    >>> model.compile("sgd", "mse")
    >>> surfaces = ModelSurfaces(Opened(model, np.ones((4, 1)), np.ones(4)), lambda: None)
    >>> state = {"plane": "weights", "weights": ["out/kernel", "out/bias"], "extent": 2.0,
    ...     "rows": 4, "seed": 0, "epochs": 2}
    >>> surfaces.of(state).labels
    ('out/kernel', 'out/bias')
    """

    def __init__(self, opened: Opened, forget: Callable[[], None]) -> None:
        self.opened = opened
        self._forget = forget
        self.count = 0
        """How many surfaces were made so far."""
        self._made: tuple[Any, LossSurface] | None = None
        self._trained: tuple[Any, Any, WeightPath] | None = None

    def of(self, given: State) -> LossSurface:
        """The surface of a checked state."""
        x, y = self._rows()
        key = self._weights_now(), given
        if self._made is None or self._made[0] != key:
            self._forget()
            self._made = None
            self.count += 1
            with np.errstate(all="ignore"):
                self._made = key, self._surface(given, x, y)
        return self._made[1]

    def plane(self, given: State) -> tuple[WeightPath, PathPlane]:
        """The path of the training of a state, and its plane."""
        copy, path = self._training(given)
        return path, _refused_at("epochs", lambda: path_plane(path, copy))

    def weights(self) -> list[dict[str, Any]]:
        """The arrays of weights that are trained: their paths and shapes."""
        return [
            {"path": each.path, "shape": each.shape} for each in self._model().trainable_weights
        ]

    def _surface(self, given: State, x: np.ndarray, y: np.ndarray) -> LossSurface:
        model: Any = self._model()
        directions: Any = (given["weights"] or []) if given["plane"] == "weights" else None
        if given["plane"] == "training":
            model, directions = self._training(given)
        extent = None if given["plane"] == "training" else given["extent"]
        field = {"weights": "weights", "training": "epochs"}.get(given["plane"], "plane")
        return _refused_at(
            field,
            lambda: loss_surface(
                model, x, y, directions, extent=extent, rows=given["rows"], seed=given["seed"]
            ),
        )

    def _training(self, given: State) -> tuple[Any, WeightPath]:
        """A copy of the model with new initial weights, trained, and its path."""
        key = given["seed"], given["epochs"]
        if self._trained is None or self._trained[0] != key:
            x, y = self._rows()
            self._check_work(len(x), given["epochs"])
            trained = _refused_at("plane", lambda: trained_copy(self._model(), x, y, *key))
            self._trained = key, *trained
        return self._trained[1:]

    def _check_work(self, rows: int, epochs: int) -> None:
        size = sum(each.size for each in self._model().trainable_weights)
        most = int(min(MOST_WORK / max(1, rows * size), MOST_NUMBERS / max(1, size) - 1))
        if epochs > most:
            instead = f"at most {most} are possible" if most > 1 else "open fewer rows"
            raise FieldError(
                f"{WHERE}.epochs",
                f"{epochs} epochs on {rows:,} rows with {size:,} weights take too long here; "
                f"{instead}, or record the training with st.plot.WeightPath and draw it with "
                "st.plot.training_path",
            )

    def _model(self) -> Any:
        if self.opened.model is None:
            raise FieldError("surface", "no model is open; start the studio with one")
        return self.opened.model

    def _rows(self) -> tuple[np.ndarray, np.ndarray]:
        self._model()
        if self.opened.x is None or self.opened.y is None:
            raise FieldError(
                "surface", "no rows with targets are open; start the studio with x and y too"
            )
        return self.opened.x, self.opened.y

    def _weights_now(self) -> int:
        """A number that differs after the model was trained further."""
        found = 0
        for weight in self._model().trainable_weights:
            found = zlib.crc32(np.ascontiguousarray(weight.array).data, found)
        return found


def trained_copy(
    model: Any, x: np.ndarray, y: np.ndarray, seed: int, epochs: int
) -> tuple[Any, WeightPath]:
    """A copy of a model with new weights, trained as the model was compiled, and its path.

    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(1,))])
    >>> model.compile("sgd", "mse")
    >>> _, path = trained_copy(model, np.ones((4, 1)), np.ones(4), seed=0, epochs=3)
    >>> path.steps
    [0, 1, 2, 3]
    """
    model.require_compiled("the plane of a training")
    path = WeightPath()
    with seeded(seed):
        copy = clone_model(model)
        copy.compile_from_config(model.get_compile_config())
        copy.fit(x, y, epochs=epochs, verbose=0, callbacks=[path])
    return copy, path


def _refused_at(field: str, compute: Callable[[], Any]) -> Any:
    """The result, or an error of a field of the plane."""
    try:
        return compute()
    except FieldError:
        raise
    except SteepestError as error:
        said = str(error).removeprefix("st.plot.loss_surface: ")
        raise FieldError(f"{WHERE}.{field}", said) from None
