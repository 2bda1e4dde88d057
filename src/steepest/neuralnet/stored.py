"""Stored: the methods of a model that write it to files and read its weights.

Depends on Learner and storage.
"""

from __future__ import annotations

import json
import os
from typing import Any

from steepest.arguments import suggests_arguments
from steepest.data.preparing.preparer import Carried, Preparation, checked_preparation
from steepest.errors import SteepestError
from steepest.neuralnet.learner import Learner
from steepest.registry import to_config
from steepest.storage.keras_names import refuse_existing
from steepest.storage.learned import learned_note
from steepest.storage.model_file import save_model
from steepest.storage.weights import save_variables


class Stored(Learner):
    """The base of Model that saves it, its weights and the preparation that belongs to it.

    >>> import steepest as st
    >>> isinstance(st.Sequential([st.layers.Dense(1)]), Stored)
    True
    """

    _carried: Carried | None = None

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
    def load_weights(self, path: str | os.PathLike[str], skip_mismatch: bool = False) -> None:
        """Reads weights that `save_weights` or `save` of an equal model wrote.

        `skip_mismatch` leaves the layers as they are whose weights have another shape, or are not
        in the file, and warns of them.

        Keras's files of weights and PyTorch's state dictionaries in safetensors are read too:
        `st.saving.load_weights` says what went where.
        """
        from steepest.storage.foreign import load_weights

        load_weights(self, path, skip_mismatch=skip_mismatch)
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

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: Any = None,
        **options: Any,
    ) -> None:
        """Raises: there is no SavedModel or ONNX yet; `save` and `predictor` are for serving."""
        raise SteepestError(
            f"{self.name}.export: models cannot be written as {format!r}: write the model with "
            "model.save(path); where it serves, st.load_model(path).predictor() is a fast function "
            "from rows to outputs"
        )

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
    def to_json(self, **options: Any) -> str:
        """The configuration as JSON, for `st.models.model_from_json`; options are `json.dumps`'s.

        >>> import steepest as st
        >>> st.Sequential([], name="empty").to_json()[:40]
        '{"class_name": "Sequential", "config": {'
        """
        return json.dumps(to_config(self), **options)
