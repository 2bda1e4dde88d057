"""Modules of functions and constants; functions of blocks; blocks of lines.

Depends on types.py and values.py.
"""

from __future__ import annotations

from typing import Any

from .types import FunctionType, PointerType, Type
from .values import Constant, Value

_POINTER = PointerType()


class Module:
    """Functions and constants in the order of their creation; `str` gives the text.

    >>> from steepest.engines.cpu import ir
    >>> module, number = ir.Module(), ir.IntType(64)
    >>> function = ir.Function(module, ir.FunctionType(number, [number]), "next")
    >>> builder = ir.IRBuilder(function.append_basic_block("entry"))
    >>> builder.ret(builder.add(function.args[0], ir.Constant(number, 1)))
    >>> print(module)
    define i64 @"next"(i64 %a0) {
    entry.0:
      %v1 = add i64 %a0, 1
      ret i64 %v1
    }
    """

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.globals: dict[str, Any] = {}

    def get_global(self, name: str) -> Any:
        """The function or constant of that name."""
        return self.globals[name]

    def __str__(self) -> str:
        return "\n".join(part.definition for part in self.globals.values()) + "\n"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\5c").replace('"', "\\22")
    return f'@"{escaped}"'


class GlobalVariable(Value):
    """A constant in the memory of the module, stored with its code."""

    def __init__(self, module: Module, name: str, initializer: Constant) -> None:
        super().__init__(_POINTER, _quoted(name))
        self.initializer = initializer
        module.globals[name] = self

    @property
    def definition(self) -> str:
        """The line that defines it."""
        return f"{self.name} = internal constant {self.initializer}"


class Argument(Value):
    """An argument of a function, with the attributes that are promised of it."""

    __slots__ = ("attributes",)

    def __init__(self, kind: Type, name: str) -> None:
        super().__init__(kind, name)
        self.attributes: list[str] = []

    def add_attribute(self, attribute: str) -> None:
        """Adds a promise such as noalias."""
        self.attributes.append(attribute)

    @property
    def declaration(self) -> str:
        """Its text in the head of the function."""
        return " ".join([self.type.text, *self.attributes, self.name])


class Function(Value):
    """A function of a module; without blocks it is only declared."""

    def __init__(self, module: Module, kind: FunctionType, name: str) -> None:
        super().__init__(_POINTER, _quoted(name))
        self.module, self.kind = module, kind
        self.args = [Argument(kind, f"%a{number}") for number, kind in enumerate(kind.arguments)]
        self.blocks: list[Block] = []
        self.attributes: list[str] = []
        self.linkage = ""
        self.values = 0
        module.globals[name] = self

    def append_basic_block(self, name: str = "block") -> Block:
        """Adds a block at the end."""
        block = Block(self, f"{name}.{len(self.blocks)}")
        self.blocks.append(block)
        return block

    @property
    def definition(self) -> str:
        """Its text; the declaration if it has no blocks."""
        if not self.blocks:
            return self.declaration
        head = self._head("define", self.linkage)
        return "\n".join([f"{head} {{", *map(str, self.blocks), "}"])

    @property
    def declaration(self) -> str:
        """The line that declares a function defined elsewhere."""
        return self._head("declare", "hidden" if self.linkage == "internal" else "")

    def _head(self, *words: str) -> str:
        arguments = ", ".join(argument.declaration for argument in self.args)
        called = f"{self.name}({arguments})"
        parts = [*words, self.kind.result.text, called, *self.attributes]
        return " ".join(part for part in parts if part)


class Block:
    """Lines of a function without a jump between them; `end` is the jump or return at the end.

    Lines that are appended after `end` was set still come before it.
    """

    __slots__ = ("end", "function", "lines", "name")

    def __init__(self, function: Function, name: str) -> None:
        self.function, self.name = function, name
        self.lines: list[Any] = []
        self.end: str | None = None

    def __str__(self) -> str:
        end = [] if self.end is None else [self.end]
        return "\n  ".join([f"{self.name}:", *map(str, self.lines), *end])
