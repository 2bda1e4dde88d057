"""Matrix products generated for their sizes, with the caller's epilogue.

`emit_dense_product` of dense.py is the entry. Depends on ir/ and the processor's description.
"""

from .copying import Range
from .dense import dense_scratch_bytes, emit_dense_product
from .depth import advanced
from .operand import CACHE_LINE, Ahead, Epilogue, Operand, Product, store_to
from .shape import Machine, machine_for
from .sparse import HalfRows, SparseGradient, SparseRows, emit_sparse_product, sparse_copy_bytes
from .sparse_gradient import emit_sparse_gradient, sparse_scratch_bytes

__all__ = [
    "CACHE_LINE",
    "Ahead",
    "Epilogue",
    "HalfRows",
    "Machine",
    "Operand",
    "Product",
    "Range",
    "SparseGradient",
    "SparseRows",
    "advanced",
    "dense_scratch_bytes",
    "emit_dense_product",
    "emit_sparse_gradient",
    "emit_sparse_product",
    "machine_for",
    "sparse_copy_bytes",
    "sparse_scratch_bytes",
    "store_to",
]
