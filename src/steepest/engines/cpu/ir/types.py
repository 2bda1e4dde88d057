"""Kinds of values. Two types are equal if they are written alike. Leans on nothing."""

from __future__ import annotations

from collections.abc import Sequence


class Type:
    """What kind of value something is, and how LLVM writes that.

    >>> kind = VectorType(FloatType(), 4)
    >>> print(kind, kind.suffix, kind == VectorType(FloatType(), 4))
    <4 x float> v4f32 True
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def suffix(self) -> str:
        """How the names of intrinsics end: f32, v16f32, v8i8."""
        return self.text

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class VoidType(Type):
    """No value: what a function returns that returns nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("void")


class PointerType(Type):
    """An address of anything."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("ptr")


class IntType(Type):
    """So many bits."""

    __slots__ = ("width",)

    def __init__(self, width: int) -> None:
        super().__init__(f"i{width}")
        self.width = width


class HalfType(Type):
    """A number of 16 bits."""

    __slots__ = ()
    suffix = "f16"

    def __init__(self) -> None:
        super().__init__("half")


class FloatType(Type):
    """A number of 32 bits."""

    __slots__ = ()
    suffix = "f32"

    def __init__(self) -> None:
        super().__init__("float")


class DoubleType(Type):
    """A number of 64 bits."""

    __slots__ = ()
    suffix = "f64"

    def __init__(self) -> None:
        super().__init__("double")


class VectorType(Type):
    """`count` lanes of one type in a register."""

    __slots__ = ("count", "element")

    def __init__(self, element: Type, count: int) -> None:
        super().__init__(f"<{count} x {element.text}>")
        self.element, self.count = element, count

    @property
    def suffix(self) -> str:
        """v for vector, the lanes, and what is in them."""
        return f"v{self.count}{self.element.suffix}"


class ArrayType(Type):
    """`count` elements of one type in memory."""

    __slots__ = ("count", "element")

    def __init__(self, element: Type, count: int) -> None:
        super().__init__(f"[{count} x {element.text}]")
        self.element, self.count = element, count


class LiteralStructType(Type):
    """Several values together."""

    __slots__ = ("elements",)

    def __init__(self, elements: Sequence[Type]) -> None:
        super().__init__(f"{{{', '.join(element.text for element in elements)}}}")
        self.elements = tuple(elements)


class FunctionType(Type):
    """What a function is given and what it returns."""

    __slots__ = ("arguments", "result")

    def __init__(self, result: Type, arguments: Sequence[Type]) -> None:
        super().__init__(f"{result.text} ({', '.join(kind.text for kind in arguments)})")
        self.result, self.arguments = result, tuple(arguments)
