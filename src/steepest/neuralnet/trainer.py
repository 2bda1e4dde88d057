"""Trainer: the methods of a model that run over data: fit, evaluate, predict, one batch.

They forward: the training loop is in running/training_loop.py, the steps of a batch are in
learner.py. Depends on Stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from steepest.arguments import suggests_arguments
from steepest.neuralnet.stored import Stored
from steepest.upper_rooms import function_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from steepest.callbacks.callback import Callback
    from steepest.doctor.rate_range import RateRange
    from steepest.doctor.report import Report
    from steepest.neuralnet.running.plan import Every, TrainingOptions
    from steepest.neuralnet.running.run import Evaluation, Prediction
    from steepest.neuralnet.running.training_loop import Training


class Trainer(Stored):
    """The base of Model that trains, evaluates and predicts.

    >>> import steepest as st
    >>> isinstance(st.Sequential([st.layers.Dense(1)]), Trainer)
    True
    """

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

    def check(
        self,
        x: Any,
        y: Any = None,
        validation_data: Any = None,
        callbacks: Sequence[Callback] = (),
        **fit: Any,
    ) -> Report:
        """What the doctor finds in data, model and settings before a training, as a report.

        The arguments are those of `fit`, and the model stays as it is. What `fit` would refuse or
        warn of is in the report; short trainings of copies show whether the network can learn at
        all. See `st.doctor`.

        >>> import numpy as np, steepest as st
        >>> x = np.random.default_rng(0).standard_normal((200, 2))
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> x[7, 1] = np.nan
        >>> report = model.check(x, x[:, 0])
        >>> [verdict.suspicion.finding.where.column for verdict in report.verdicts][:1]
        [1]
        """
        found: Report = function_of("Model.check")(self, x, y, validation_data, callbacks, **fit)
        return found

    @suggests_arguments
    def find_rate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        min_rate: float = 1e-6,
        max_rate: float = 10.0,
        steps: int = 200,
        seed: int = 0,
    ) -> RateRange:
        """Finds a good learning rate by a range test (Smith, 2017); the model stays as it is.

        A copy of the model is trained for `steps` batches, while the rate rises by the same factor
        from batch to batch, until the loss diverges. The `suggestion` is the rate at which two
        thirds of the fall of the loss are reached, at most a third of the rate of the lowest loss;
        `falling` are the rates between which the loss falls, and `plot()` draws it. The losses are
        compared with those of the same batches at the present weights. The same seed gives the same
        suggestion.

        >>> import numpy as np, steepest as st
        >>> x = np.random.default_rng(0).standard_normal((100, 2))
        >>> model = st.Sequential([st.layers.Dense(1, input_shape=(2,))])
        >>> model.compile("sgd", "mse")
        >>> found = model.find_rate(x, x @ [1.0, 2.0])
        >>> found.falling[0] < found.suggestion < found.falling[1]
        True
        >>> model.optimizer.learning_rate = found.suggestion
        """
        find_rate = function_of("Model.find_rate")
        found: RateRange = find_rate(
            self, x, y, batch_size, sample_weight, class_weight, min_rate, max_rate, steps, seed
        )
        return found

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
