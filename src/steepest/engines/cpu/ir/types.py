"""LLVM's types. Two types are equal if their texts are. Depends on nothing."""

from __future__ import annotations

from collections.abc import Sequence


class Type:
    """The type of a value, with its text in LLVM IR.

    >>> kind = VectorType(FloatType(), 4)
    >>> print(kind, kind.suffix, kind == VectorType(FloatType(), 4))
    <4 x float> v4f32 True
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    @property
    def suffix(self) -> str:
        """The type in the names of intrinsics: f32, v16f32, v8i8."""
        return self.text

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Type) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


class VoidType(Type):
    """No value: the result of a function that returns nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("void")


class PointerType(Type):
    """An address, of any type of value."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("ptr")


class IntType(Type):
    """An integer of `width` bits."""

    __slots__ = ("width",)

    def __init__(self, width: int) -> None:
        super().__init__(f"i{width}")
        self.width = width


class HalfType(Type):
    """A float of 16 bits."""

    __slots__ = ()
    suffix = "f16"

    def __init__(self) -> None:
        super().__init__("half")


class FloatType(Type):
    """A float of 32 bits."""

    __slots__ = ()
    suffix = "f32"

    def __init__(self) -> None:
        super().__init__("float")


class DoubleType(Type):
    """A float of 64 bits."""

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
        """v, the number of lanes, and the suffix of a lane."""
        return f"v{self.count}{self.element.suffix}"


class ArrayType(Type):
    """`count` elements of one type in memory."""

    __slots__ = ("count", "element")

    def __init__(self, element: Type, count: int) -> None:
        super().__init__(f"[{count} x {element.text}]")
        self.element, self.count = element, count


class LiteralStructType(Type):
    """A structure of several values."""

    __slots__ = ("elements",)

    def __init__(self, elements: Sequence[Type]) -> None:
        super().__init__(f"{{{', '.join(element.text for element in elements)}}}")
        self.elements = tuple(elements)


class FunctionType(Type):
    """A function's signature: the types of its arguments and of its result."""

    __slots__ = ("arguments", "result")

    def __init__(self, result: Type, arguments: Sequence[Type]) -> None:
        super().__init__(f"{result.text} ({', '.join(kind.text for kind in arguments)})")
        self.result, self.arguments = result, tuple(arguments)
