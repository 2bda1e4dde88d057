"""Model: a layer that can be compiled, trained, evaluated and used.

The work is done next door: `step` records what a batch does, `training` runs the one loop.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from steepest.core import tree
from steepest.data.preparing.base import Preparation, checked_preparation
from steepest.errors import ArgumentError, unknown_name
from steepest.layers import call_context
from steepest.layers.layer import Layer
from steepest.neuralnet.input.feeds import columns_of
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.predictor import Predictor
from steepest.storage.learned import learned_note, take_learned
from steepest.storage.model_file import save_model
from steepest.storage.weights import load_variables, save_variables


class Model(Learner):
    """A network: drawn from inputs to outputs, or subclassed with a `call` of one's own.

    >>> import steepest as st
    >>> x = st.Input((3,))
    >>> model = st.Model(inputs=x, outputs=st.layers.Dense(1)(x))
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(st.ones((8, 3)), st.ones((8, 1)), epochs=2, verbose=0)
    >>> len(history.history["loss"])
    2
    """

    _preparation: Preparation | None = None
    drawn_kind: ClassVar[Any]  # of a subclass that was drawn: itself with Functional below it

    def __new__(cls, *arguments: Any, **options: Any) -> Model:
        """`Model(inputs, outputs)` is a functional model."""
        if cls is Model and _names_ends(arguments, options):
            from steepest.neuralnet.functional import Functional

            return super().__new__(Functional)
        return super().__new__(cls)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """The ends of a drawing make an instance of a subclass a functional model too."""
        if not _names_ends(arguments, options):
            super().__init__(*arguments, **options)
            return
        from steepest.neuralnet.functional import Functional, drawn_class

        self.__class__ = drawn_class(type(self))
        Functional.__init__(self, *arguments, **options)  # type: ignore[arg-type]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of a name, or at a place.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(2, name="hidden"), st.layers.Dense(1)])
        >>> model.get_layer("hidden") is model.get_layer(index=0)
        True
        """
        layers = list(getattr(self, "layers", None) or self.sublayers)
        if index is not None:
            return layers[index]
        found = {layer.name: layer for layer in layers}
        if name not in found:
            raise unknown_name("layer", name, found)
        return found[name]

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A model like the one that `get_config` described, with new weights."""
        if "calls" in config and "inputs" in config:
            from steepest.neuralnet.functional import Functional, drawn_class

            return (Functional if cls is Model else drawn_class(cls)).from_config(config)
        return super().from_config(config)

    def build(self, input_shape: Any) -> None:
        """Make the weights for inputs of a shape, whose batch is None, by a trial call."""
        super().build(input_shape)
        if not call_context.inside_a_call():
            self.compute_output_shape(input_shape)

    # ------------------------------------------------------------ training and use

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        seed: int | None = None,
        check: bool = True,
    ) -> Any:
        """Train for a number of epochs; returns the `History`.

        `x` is an array, a list or dictionary of arrays for several inputs, a sparse matrix, a
        Dataset, or anything that yields batches. `validation_split` takes its share at random
        (seeded), keeping the classes' shares; for the last rows, as Keras takes them, split by
        hand and give `validation_data`. `check=False` leaves out the inspection of the data.
        Ctrl-C ends training after the batch at work and keeps everything.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> model.fit([[0.0, 1.0], [1.0, 0.0]], [1.0, 0.0], epochs=3, verbose=0).epoch
        [0, 1, 2]
        """
        from steepest.neuralnet import training

        options = {key: value for key, value in locals().items() if key not in _NOT_OPTIONS}
        return training.fit(self, x, y, training.Plan(**options))

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: Any = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """The loss and the metrics on data: a list, a number, or a dictionary.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, "linear", input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> sorted(model.evaluate(st.ones((4, 2)), st.ones((4, 1)), verbose=0, return_dict=True))
        ['loss']
        """
        from steepest.neuralnet import using

        logs = using.evaluate(self, x, y, batch_size, verbose, sample_weight, steps, callbacks)
        if return_dict:
            return logs
        values = list(logs.values())
        return values[0] if len(values) == 1 else values

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """The outputs for data, as NumPy arrays.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.predict(st.ones((4, 2)), verbose=0).shape
        (4, 1)
        """
        from steepest.neuralnet import using

        return using.predict(self, x, batch_size, verbose, steps, callbacks)

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """One step of training on one batch; the batch's loss and metrics.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> model.train_on_batch(st.ones((4, 2)), st.ones((4, 1))) >= 0.0
        True
        """
        from steepest.neuralnet import using

        weights = using.combined_weights(y, sample_weight, class_weight)
        logs = using.on_batch(self, "train", x, y, weights)
        return logs if return_dict else using.unwrapped(logs)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The loss and metrics of one batch."""
        from steepest.neuralnet import using

        logs = using.on_batch(self, "test", x, y, sample_weight)
        return logs if return_dict else using.unwrapped(logs)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, without ceremony.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.predict_on_batch([[1.0, 2.0]]).shape
        (1, 1)
        """
        if isinstance(x, np.ndarray) and (x.shape[1:], x.dtype) in self._predictors:
            return self._predictors[x.shape[1:], x.dtype](x)
        nest = (columns_of(x, "x", self.compute_dtype),)
        step = self.step_for("predict", nest)
        if isinstance(x, np.ndarray):
            self._predictors[x.shape[1:], x.dtype] = Predictor(step)
        inputs = [column.take(slice(None)) for column in tree.leaves(nest)]
        return _as_arrays(step.recording.rebuild(step.bound.call(inputs)))

    def predictor(self) -> Predictor:
        """A function from rows to outputs for serving: thread-safe, a few microseconds a call.

        >>> import numpy as np, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.predictor()(np.zeros((3, 2), np.float32)).tolist()
        [[0.0], [0.0], [0.0]]
        """
        shape = self.input_shape
        if shape is None or isinstance(shape, (dict, list)):
            raise ArgumentError(
                f"{self.name}.predictor: serves models with one input whose shape is known; "
                "call the model on an example first, or use predict_on_batch"
            )
        example = np.zeros((1, *shape[1:]), self.compute_dtype)
        self.predict_on_batch(example)
        return self._predictors[example.shape[1:], example.dtype]

    def explain(self, x: Any, y: Any = None, batch_size: int = 32, code: str | None = None) -> str:
        """Where the time of a step goes: a table of its kernels, measured over one batch.

        The step is that of training where there are targets, else that of prediction. The table
        says what each kernel computes and how near it comes to what one core can do at most.
        `code` asks for the kernels themselves: "loops", "llvm" or "assembly".

        >>> import numpy as np, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse", engine="cpu")
        >>> print(model.explain(np.zeros((32, 2), np.float32)).split()[:3])
        ['phase', 'kernel', 'shared']
        """
        from steepest.neuralnet.explaining import explained

        return explained(self, x, y, batch_size, code)

    def save_weights(self, path: str | os.PathLike[str]) -> None:
        """Write the weights to a .safetensors file, whole or not at all.

        >>> import os, tempfile, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save_weights(os.path.join(folder, "weights.safetensors"))
        ...     model.load_weights(os.path.join(folder, "weights.safetensors"))
        """
        save_variables(path, self.weights, {"model": self.name, **learned_note(self)})

    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """Read weights that `save_weights` or `save` of an equal model wrote."""
        note = load_variables(path, self.weights)
        take_learned(self, note, os.fspath(path))
        self._forget_programs()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the whole model to one .safetensors file: layers, weights, what was learned.

        `st.load_model(path)` makes an equal one, which is to be compiled before further training.

        >>> import os, tempfile, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save(os.path.join(folder, "model.safetensors"))
        ...     st.load_model(os.path.join(folder, "model.safetensors")).output_shape
        (None, 1)
        """
        save_model(path, self)

    @property
    def preparation(self) -> Preparation | None:
        """What prepares texts, names and dates for the model, saved and loaded with it.

        One of `st.data`'s preparers, or a dictionary of them by name.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.preparation = {"colour": st.data.StringLookup().fit(["red", "blue"])}
        >>> model.preparation["colour"].transform(["red"]).tolist()
        [2]
        """
        return self._preparation

    @preparation.setter
    def preparation(self, preparation: Preparation | None) -> None:
        self._preparation = checked_preparation(preparation)

    def summary(self, print_fn: Callable[[str], Any] | None = None) -> None:
        """Print the layers, their output shapes and their numbers of weights."""
        from steepest.neuralnet.summary import summary

        summary(self, print_fn=print_fn)


_NOT_OPTIONS = ("self", "x", "y", "training", "__class__")


def _names_ends(arguments: tuple[Any, ...], options: dict[str, Any]) -> bool:
    """Whether a constructor was given the inputs and outputs of a drawing."""
    return len(arguments) > 1 or bool({"inputs", "outputs"} & set(options))


def _as_arrays(nest: Any) -> Any:
    return tree.transform(lambda leaf: np.asarray(leaf), nest)


def clone_model(model: Any) -> Any:
    """A model of the same layers with new weights, not compiled.

    >>> import steepest as st
    >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
    >>> st.models.clone_model(model).count_params()
    3
    """
    return type(model).from_config(model.get_config())
