"""Matrix products made to measure: emitted into any function, with the caller's epilogue.

Leans on ir/ alone; the planner and the emitter call it. See dense.py for the entry.
"""

from .copying import Range
from .dense import emit_product
from .depth import scratch_bytes_over_stretches as scratch_bytes
from .operand import Epilogue, Operand, Product, store_to
from .shape import Machine, machine_for
from .sparse import HalfRows, SparseRows, emit_sparse_product
from .sparse_gradient import SparseGradient, emit_sparse_gradient, sparse_scratch_bytes

__all__ = [
    "Epilogue",
    "HalfRows",
    "Machine",
    "Operand",
    "Product",
    "Range",
    "SparseGradient",
    "SparseRows",
    "emit_product",
    "emit_sparse_gradient",
    "emit_sparse_product",
    "machine_for",
    "scratch_bytes",
    "sparse_scratch_bytes",
    "store_to",
]
