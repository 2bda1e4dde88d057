"""Model: a network that can be compiled, trained, evaluated, saved and used.

Its methods forward: the training loop is in running/training_loop.py, the steps of a batch are in
learner.py. Depends on Learner, Drawing and storage.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from steepest.arguments import suggests_arguments
from steepest.core import tree
from steepest.core.dtype import DTypeLike
from steepest.core.tensor import Tensor
from steepest.data.preparing.preparer import Carried, Preparation, checked_preparation
from steepest.errors import unknown_name
from steepest.layers import call_context
from steepest.layers.inputs import Prepared, call_recorder_of
from steepest.layers.layer import LAYERS, MISSING, Layer
from steepest.layers.overridable import Overridable
from steepest.neuralnet.drawing import Drawing, warn_of_equal_names
from steepest.neuralnet.learner import Learner
from steepest.neuralnet.prefix import HostPrefix
from steepest.registry import to_config
from steepest.storage.foreign import load_weights
from steepest.storage.keras_names import refuse_existing
from steepest.storage.learned import learned_note
from steepest.storage.model_file import save_model
from steepest.storage.weights import save_variables
from steepest.user_objects import custom_objects as named_objects

if TYPE_CHECKING:
    from steepest.neuralnet.running.plan import Every, TrainingOptions
    from steepest.neuralnet.running.run import Evaluation, Prediction
    from steepest.neuralnet.running.training_loop import Training


@LAYERS.register("Functional")  # what drawn models were called in files written before
class Model(Learner):
    """A network: drawn from inputs to outputs, or a subclass that defines `call`.

    >>> import steepest as st
    >>> x = st.Input((3,))
    >>> model = st.Model(inputs=x, outputs=st.layers.Dense(1)(x))
    >>> model.compile("sgd", "mse")
    >>> history = model.fit(st.ones((8, 3)), st.ones((8, 1)), epochs=2, verbose=0)
    >>> len(history.history["loss"])
    2
    """

    supports_masking = True

    _carried: Carried | None = None
    _drawing: Drawing | None = None

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        name: str | None = None,
        trainable: bool = True,
        dtype: DTypeLike = None,
    ) -> None:
        if isinstance(inputs, str):  # Model("name"), as of any layer
            name, inputs = inputs, None
        super().__init__(name=name, trainable=trainable, dtype=dtype)
        if inputs is not None or outputs is not None:
            single = isinstance(outputs, (list, tuple)) and len(outputs) == 1
            self._drawing = Drawing(inputs, outputs[0] if single else outputs)
            self.layers = self._drawing.layers
            warn_of_equal_names(self.name, self.layers)
            self._own_variables = self._drawing.variables
            self.built = True
            if not trainable:
                self.trainable = False  # sets that of the layers too

    # ------------------------------------------------------------ the drawing

    @Overridable
    def inputs(self) -> list[Tensor]:
        """The drawn inputs, one after another."""
        return tree.leaves(self.drawn_ends()[0])

    @Overridable
    def outputs(self) -> list[Tensor]:
        """The drawn outputs, one after another."""
        return tree.leaves(self.drawn_ends()[1])

    @Overridable
    def links(self) -> list[tuple[Layer, Layer]] | None:
        """Which layer's outputs go into which; None where `call` decides it."""
        return None if self._drawing is None else self._drawing.links

    @Overridable
    def first_layers(self) -> list[list[Layer]]:
        """For each input the layers that read it; none where `call` decides it."""
        return [] if self._drawing is None else self._drawing.first_layers

    @Overridable
    def input_names(self) -> list[str]:
        """The names of the inputs in a dictionary of them; none where `call` decides it."""
        return [] if self._drawing is None else self._drawing.input_names

    @property
    def metrics(self) -> list[Any]:
        """The metrics that each batch updates, the loss first, also those that are attributes.

        Those of `compile` are among them once the model is built, and at the latest after the first
        batch where only the labels decide what "accuracy" means.
        """
        objectives, drawing = self.objectives, self._drawing
        if objectives is not None and not objectives.resolved and drawing is not None:
            own = type(self)
            if own.train_step is Learner.train_step and own.compute_loss is Learner.compute_loss:
                objectives.resolve_by_outputs(tree.leaves(drawing.outputs), self.output_names)
        return super().metrics

    @property
    def output_names(self) -> list[str]:
        """The names of the outputs, by which losses and metrics can be given."""
        return super().output_names if self._drawing is None else self._drawing.output_names

    @property
    def input_shape(self) -> Any:
        """The shapes of the inputs; None where they are not known yet."""
        return super().input_shape if self._drawing is None else self._drawing.input_shape

    @property
    def output_shape(self) -> Any:
        """The shapes of the outputs; None where they are not known yet."""
        return super().output_shape if self._drawing is None else self._drawing.output_shape

    @property
    def prefix(self) -> HostPrefix | None:
        """The layers that run on the host, before the compiled steps; None without such layers."""
        return None if self._drawing is None else self._drawing.prefix

    def __call__(self, inputs: Any = MISSING, *args: Any, **kwargs: Any) -> Any:
        """The outputs for inputs; texts are prepared on the host first.

        In another model's drawing the calls of a model that takes texts become calls of that model.
        """
        if self.prefix is not None and inputs is MISSING:
            inputs = self._named_inputs(kwargs)
        if self.prefix is not None and not isinstance(inputs, Prepared):
            assert self._drawing is not None
            if call_recorder_of(inputs) is not None:
                return self._drawing.replay(inputs, self.name)
            columns = self.prepared(inputs)
            inputs = Prepared(column.take(slice(None)) for column in columns)
        return super().__call__(inputs, *args, **kwargs)

    def prepared(self, inputs: Any) -> Any:
        """The inputs of the compiled steps: those given, or the columns that the host makes."""
        if self.prefix is None or isinstance(inputs, Prepared):
            return inputs
        assert self._drawing is not None
        return self._drawing.prepared(inputs, self.name)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Infers the shape of the outputs for a shape of the inputs."""
        if self.prefix is not None:
            return self.output_shape
        return super().compute_output_shape(input_shape)

    def drawn_ends(self) -> tuple[Any, Any]:
        """The inputs and outputs of the drawing, in the form that they were given in."""
        if self._drawing is None:
            return super().drawn_ends()
        return self._drawing.inputs, self._drawing.outputs

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """The outputs for inputs; a subclass overrides it to compute them."""
        if self._drawing is None:
            return super().call(inputs)
        return self._drawing.replay(inputs, self.name)

    @property
    def has_call(self) -> bool:
        """Whether the model computes outputs for inputs: it was drawn, or has a `call`."""
        return self._drawing is not None or type(self).call is not Model.call

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        """Returns None: the layers inside give the outputs their mask."""

    @suggests_arguments
    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """The layer of a name, or at an index.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(2, name="hidden"), st.layers.Dense(1)])
        >>> model.get_layer("hidden") is model.get_layer(index=0)
        True
        """
        layers = self.layers
        if index is not None:
            return layers[index]
        found = {layer.name: layer for layer in layers}
        if name not in found:
            raise unknown_name("layer", name, found)
        return found[name]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; of a functional model, its layers and their calls.

        A subclass whose constructor makes the drawing is described by that constructor's arguments.
        """
        if self._drawing is None or _has_own_constructor(type(self)):
            config = super().get_config()
            return {key: value for key, value in config.items() if not self._is_end(key)}
        drawn = self._drawing.get_config()
        return {"name": self.name, "trainable": self.trainable, **drawn}

    def argument(self, name: str) -> Any:
        """The constructor's argument of a name."""
        return None if self._is_end(name) else super().argument(name)

    def _is_end(self, name: str) -> bool:
        """Whether an argument is `inputs` or `outputs`, which no configuration can hold."""
        return name in ("inputs", "outputs") and name not in vars(self)

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """A model by a configuration from `get_config`, with new weights.

        `custom_objects` are classes and functions of the user's own by name.
        """
        if custom_objects:
            with named_objects(custom_objects):
                return cls.from_config(config)
        if "calls" not in config or "inputs" not in config:
            return super().from_config(config)
        drawing = Drawing.from_config(config)
        model = cls(drawing.inputs, drawing.outputs, name=config["name"])
        model._trainable = config.get("trainable", True)
        return model

    @suggests_arguments
    def to_json(self, **options: Any) -> str:
        """The configuration as JSON, for `st.models.model_from_json`; options are `json.dumps`'s.

        >>> import steepest as st
        >>> st.Sequential([], name="empty").to_json()[:40]
        '{"class_name": "Sequential", "config": {'
        """
        return json.dumps(to_config(self), **options)

    @property
    def is_drawn(self) -> bool:
        """Whether the model was made from inputs to outputs."""
        return self._drawing is not None

    def redrawn(
        self,
        clone: Callable[[Layer], Layer],
        inputs: Any = None,
        call: Callable[..., Any] | None = None,
    ) -> tuple[Any, Any]:
        """New drawn inputs and outputs of a drawn model, by a clone of each layer."""
        assert self._drawing is not None
        return self._drawing.redrawn(clone, inputs, call)

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs of a shape, whose batch is None, by a trial call."""
        super().build(input_shape)
        if not call_context.inside_a_call():
            self.compute_output_shape(input_shape)

    # ------------------------------------------------------------ training and use

    @suggests_arguments
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
        """Trains for a number of epochs; returns the `History`.

        `x` is an array, a list or dictionary of arrays for several inputs, a sparse matrix, a
        Dataset, or anything that yields batches. `validation_split` takes its share at random
        (seeded), stratified by class; for the last rows, as Keras takes them, split by hand and
        give `validation_data`. `check=False` leaves out the inspection of the data. Ctrl-C ends
        training after the current engine call; weights and history stay.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> model.fit([[0.0, 1.0], [1.0, 0.0]], [1.0, 0.0], epochs=3, verbose=0).epoch
        [0, 1, 2]
        """
        from steepest.neuralnet.running.fit import fit
        from steepest.neuralnet.running.plan import TrainingPlan

        plan = TrainingPlan(
            batch_size=batch_size,
            epochs=epochs,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
            seed=seed,
            check=check,
        )
        return fit(self, x, y, plan, callbacks, verbose)

    def training(
        self,
        x: Any = None,
        y: Any = None,
        every: Every = "epoch",
        **options: Unpack[TrainingOptions],
    ) -> Training:
        """A training like that of `fit`, which advances as its events are asked for.

        The options are the arguments of `fit` besides `callbacks` and `verbose`. `every` says how
        often there is an event at least: after each "batch", each "epoch", or each engine "call"
        of about 50 milliseconds, which may hold many short epochs.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile(st.optimizers.SGD(0.1), "mse")
        >>> run = model.training(st.ones((8, 2)), st.zeros((8, 1)), epochs=50)
        >>> for event in run.events():
        ...     if isinstance(event, st.events.EpochDone) and event.logs["loss"] < 0.01:
        ...         run.stop("good enough")
        >>> event.reason
        'good enough'
        """
        from steepest.neuralnet.running.plan import plan_of
        from steepest.neuralnet.running.prepare import training

        run = training(self, x, y, plan_of(options), every)
        run.record_steps()
        return run

    @suggests_arguments
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
        from steepest.neuralnet.running.evaluate_predict import evaluation, finished, unwrapped

        run = evaluation(self, x, y, batch_size, sample_weight, steps)
        logs = finished(run, callbacks, verbose)
        return logs if return_dict else unwrapped(logs)

    @suggests_arguments
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
        from steepest.neuralnet.running.evaluate_predict import finished, prediction

        return finished(prediction(self, x, batch_size, steps), callbacks, verbose)

    @suggests_arguments
    def evaluation(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        sample_weight: Any = None,
        steps: int | None = None,
        every: Every = "epoch",
    ) -> Evaluation:
        """An evaluation like that of `evaluate`, which advances as its events are asked for.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> run = model.evaluation(st.ones((8, 2)), st.zeros((8, 1)))
        >>> events = list(run.events())
        >>> events[-1].reason, list(run.result)
        ('complete', ['loss'])
        """
        from steepest.neuralnet.running.evaluate_predict import evaluation

        return evaluation(self, x, y, batch_size, sample_weight, steps, every)

    @suggests_arguments
    def prediction(
        self,
        x: Any,
        batch_size: int | None = None,
        steps: int | None = None,
        every: Every = "epoch",
    ) -> Prediction:
        """A prediction like that of `predict`, which advances as its events are asked for.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> run = model.prediction(st.ones((8, 2)))
        >>> for event in run.events():
        ...     pass
        >>> run.result.shape
        (8, 1)
        """
        from steepest.neuralnet.running.evaluate_predict import prediction

        return prediction(self, x, batch_size, steps, every)

    @suggests_arguments
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Makes one step of training on one batch; returns its loss and metrics.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> model.train_on_batch(st.ones((4, 2)), st.ones((4, 1))) >= 0.0
        True
        """
        from steepest.neuralnet.input.accept import combined_weights
        from steepest.neuralnet.running.evaluate_predict import on_batch, unwrapped

        weights = combined_weights(y, sample_weight, class_weight)
        logs = on_batch(self, "train", x, y, weights)
        return logs if return_dict else unwrapped(logs)

    @suggests_arguments
    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """The loss and metrics of one batch."""
        from steepest.neuralnet.running.evaluate_predict import on_batch, unwrapped

        logs = on_batch(self, "evaluate", x, y, sample_weight)
        return logs if return_dict else unwrapped(logs)

    def explain(self, x: Any, y: Any = None, batch_size: int = 32, code: str | None = None) -> str:
        """A table of the kernels of a step, with their times measured over one batch.

        The step is that of training where there are targets, else that of prediction. The table
        says what each kernel computes, and its speed as a share of the most that one core can do.
        `code` returns the code of the kernels instead: "loops", "llvm" or "assembly".

        >>> import numpy as np, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse", engine="cpu")
        >>> print(model.explain(np.zeros((32, 2), np.float32)).split()[:3])
        ['phase', 'kernel', 'shared']
        """
        from steepest.neuralnet.explaining import explained

        return explained(self, x, y, batch_size, code)

    @suggests_arguments
    def save_weights(self, path: str | os.PathLike[str], overwrite: bool = True) -> None:
        """Writes the weights to a .safetensors file, whole or not at all.

        `overwrite=False` refuses a path where a file is.

        >>> import os, tempfile, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save_weights(os.path.join(folder, "weights.safetensors"))
        ...     model.load_weights(os.path.join(folder, "weights.safetensors"))
        """
        refuse_existing(path, overwrite)
        save_variables(path, self.weights, {"model": self.name, **learned_note(self)})

    @suggests_arguments
    def load_weights(self, path: str | os.PathLike[str]) -> None:
        """Reads weights that `save_weights` or `save` of an equal model wrote.

        Keras's files of weights and PyTorch's state dictionaries in safetensors are read too:
        `st.saving.load_weights` says what went where.
        """
        load_weights(self, path)
        self._forget_programs()

    @suggests_arguments
    def save(
        self,
        path: str | os.PathLike[str],
        include_optimizer: bool = True,
        overwrite: bool = True,
    ) -> None:
        """Writes the whole model to one file: layers, weights, what was learned, what was compiled.

        `st.load_model(path)` makes an equal one, ready to continue. The file is a .safetensors
        file under any name; `include_optimizer=False` leaves the compiled parts out, and
        `overwrite=False` refuses a path where a file is.

        >>> import os, tempfile, steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     model.save(os.path.join(folder, "model.safetensors"))
        ...     st.load_model(os.path.join(folder, "model.safetensors")).output_shape
        (None, 1)
        """
        refuse_existing(path, overwrite)
        save_model(path, self, include_optimizer)

    @property
    def preparation(self) -> Preparation | None:
        """The preparation of dates, tokens, names or texts for the model, saved and loaded with it.

        A preparer of `st.data` or a layer of texts, or a dictionary of them by name.

        >>> import steepest as st
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.preparation = {"colour": st.layers.StringLookup().fit(["red", "blue"])}
        >>> model.preparation["colour"].transform(["red"]).tolist()
        [1]
        """
        return None if self._carried is None else self._carried.preparation

    @preparation.setter
    def preparation(self, preparation: Preparation | None) -> None:
        given = checked_preparation(preparation)
        self._carried = None if given is None else Carried(given)

    @suggests_arguments
    def summary(
        self,
        line_length: int | None = None,
        positions: Sequence[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Sequence[str] | None = None,
    ) -> None:
        """Prints the layers, their output shapes and their numbers of weights.

        Columns are as wide as their texts; `positions` are their ends, as shares of the line or as
        numbers of characters, and `line_length` widens the last one. `expand_nested` shows the
        layers of inner models, `show_trainable` which layers train; `layer_range` are the names of
        the first and the last layer to show, or regular expressions for them.

        >>> import steepest as st
        >>> inner = st.Sequential([st.layers.Dense(2, name="hidden")], name="inner")
        >>> model = st.Sequential([st.Input((3,)), inner], name="outer")
        >>> lines = []
        >>> model.summary(print_fn=lines.append, expand_nested=True, show_trainable=True)
        >>> print(*lines[:5], sep="\\n")
        Model: outer
        Layer (type)        Output shape  Parameters  Trainable
        ------------------  ------------  ----------  ---------
        inner (Sequential)  (batch, 2)             8        yes
          hidden (Dense)    (batch, 2)             8        yes
        """
        from steepest.neuralnet.summary import summary

        summary(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)


def _has_own_constructor(kind: type[Model]) -> bool:
    """Whether a class's constructor takes arguments of its own, and no `inputs`."""
    taken = inspect.signature(kind.__init__).parameters.values()
    named = [p.name for p in taken if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)][1:]
    return bool(named) and "inputs" not in named
