"""Multi-hot sparse rows for JAX, by hand: multiplied by segment sums.

JAX has no fast sparse product on processors, so this is what an expert writes instead. Batches are
put together once and only their order changes: gathering other rows each step doubled the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.task import Task


@partial(jax.tree_util.register_dataclass, data_fields=["words", "owners"], meta_fields=["count"])
@dataclass
class Rows:
    """The words of `count` rows end to end, and which row owns each; strays belong to none."""

    words: Any
    owners: Any
    count: int

    def times(self, kernel: Any) -> Any:
        """Sums the kernel's rows that each example names; owners past the end are cut off."""
        picked = kernel.at[self.words].get(mode="fill", fill_value=0)
        return jax.ops.segment_sum(picked, self.owners, self.count, indices_are_sorted=True)


def columns(task: Task) -> tuple[Any, Any]:
    """Words and owners of every batch of consecutive rows, padded to the longest batch."""
    x, size = task.data.x, task.row.batch
    cuts = x.indptr[::size]
    shape = (len(cuts) - 1, int(np.diff(cuts).max()))
    words = np.full(shape, np.iinfo(np.int32).max, np.int32)
    owners = np.full(shape, size, np.int32)
    row_of = np.repeat(np.arange(x.shape[0], dtype=np.int32) % size, np.diff(x.indptr))
    for batch, (start, stop) in enumerate(pairwise(cuts)):
        words[batch, : stop - start] = x.indices[start:stop]
        owners[batch, : stop - start] = row_of[start:stop]
    return jnp.asarray(words), jnp.asarray(owners)


def orders(task: Task, call: int) -> np.ndarray:
    """The rows of each step: consecutive ones, the batches in another order in every epoch."""
    random = np.random.default_rng(call)
    batches = np.arange(len(task.data.y), dtype=np.int32).reshape(-1, task.row.batch)
    return np.concatenate([random.permutation(batches) for _ in range(task.row.epochs)])


def gather(columns: tuple[Any, Any], rows: Any) -> Rows:
    """The batch that holds these rows."""
    words, owners = columns
    batch = rows[0] // len(rows)
    return Rows(words[batch], owners[batch], len(rows))


def whole(x: Any) -> Rows:
    """All rows of a sparse matrix at once."""
    owners = np.repeat(np.arange(x.shape[0], dtype=np.int32), np.diff(x.indptr))
    return Rows(jnp.asarray(x.indices), jnp.asarray(owners), x.shape[0])
