"""LLVM's language as text: types, values, modules, and a builder that writes instructions.

The names are those of `llvmlite.ir`, of which this is what the engine uses. An instruction becomes
a line of text at once. In llvmlite it stays an object that knows its operands, its block and its
function; for a small network that net took 50 ms to make, where lines take 20, and it was gone
through again whenever Python looked for garbage. LLVM itself checks what is written.
"""

from .builder import IRBuilder, Phi
from .module import Argument, Block, Function, GlobalVariable, Module
from .parts import parts_of
from .types import (
    ArrayType,
    DoubleType,
    FloatType,
    FunctionType,
    HalfType,
    IntType,
    LiteralStructType,
    PointerType,
    Type,
    VectorType,
    VoidType,
)
from .values import Constant, Undefined, Value

__all__ = [
    "Argument",
    "ArrayType",
    "Block",
    "Constant",
    "DoubleType",
    "FloatType",
    "Function",
    "FunctionType",
    "GlobalVariable",
    "HalfType",
    "IRBuilder",
    "IntType",
    "LiteralStructType",
    "Module",
    "Phi",
    "PointerType",
    "Type",
    "Undefined",
    "Value",
    "VectorType",
    "VoidType",
    "parts_of",
]
