"""LLVM IR as text: types, values, modules, and a builder that writes instructions.

The names are those of `llvmlite.ir`; only the part that the engine uses is here. An instruction
becomes a line of text at once. In llvmlite it is an object with references to its operands, block
and function; for a small network these objects took 50 ms to make, where lines take 20, and
Python's garbage collector traversed them again and again. LLVM itself checks the text.
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
