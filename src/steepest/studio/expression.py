"""Formulas of x and y as text: read by a parser of arithmetic, computed by tensor operations.

Nothing is evaluated by Python: a text can only name the operations, functions and numbers below.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from steepest.core.tensor import Tensor
from steepest.errors import ArgumentError, nearest
from steepest.functions import public

LONGEST = 200
DEEPEST = 20
NUMBERS = {"pi": math.pi, "e": math.e}
_MORE_NUMBERS: dict[str, Callable[[float], float]] = {
    "abs": abs,
    "sigmoid": lambda a: 1.0 / (1.0 + math.exp(-a)),
    "softplus": lambda a: math.log1p(math.exp(a)),
    "sign": lambda a: float((a > 0) - (a < 0)),
}
_OF_ONE = (
    "abs acos asin atan cos cosh erf exp log sigmoid sign sin sinh softplus sqrt tan tanh"
).split()
FUNCTIONS: dict[str, tuple[Callable[..., Tensor], Callable[..., float]]] = {
    **{
        name: (getattr(public, name), _MORE_NUMBERS.get(name) or getattr(math, name))
        for name in _OF_ONE
    },
    "min": (public.minimum, min),
    "max": (public.maximum, max),
}
"""Functions by name: of tensors, and of numbers."""
_OF_TWO = ("min", "max")
_OPERATORS: dict[str, tuple[Callable[..., Any], int]] = {
    "+": (operator.add, 1),
    "-": (operator.sub, 1),
    "*": (operator.mul, 2),
    "/": (operator.truediv, 2),
    "negative": (operator.neg, 3),
    "**": (operator.pow, 4),
}
"""Operators with their precedence, as in Python."""
_CALL = 5
_TOKEN = re.compile(
    r"\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|(\*\*|[-+*/^(),]))"
)


@dataclass(frozen=True)
class Part:
    """A part of a formula: a number, a variable, or an operator or function of other parts."""

    name: str
    parts: tuple[Part, ...] = ()
    number: float | None = None

    def value(self, known: dict[str, Any]) -> Any:
        """The value for some values of the variables."""
        if self.number is not None:
            return self.number
        if not self.parts:
            return known[self.name]
        values = [part.value(known) for part in self.parts]
        if self.name in _OPERATORS:
            return _OPERATORS[self.name][0](*values)
        return FUNCTIONS[self.name][0](*values)

    @property
    def precedence(self) -> int:
        """How strongly the outermost operator of its text binds."""
        if self.number is not None:
            return _CALL if math.copysign(1.0, self.number) > 0 else _OPERATORS["negative"][1]
        return _OPERATORS[self.name][1] if self.name in _OPERATORS else _CALL

    def __str__(self) -> str:
        if not self.parts:
            return self.name if self.number is None else repr(self.number)
        if self.name not in _OPERATORS:
            return f"st.math.{FUNCTIONS[self.name][0].__name__}({', '.join(map(str, self.parts))})"
        own = self.precedence
        if self.name == "negative":
            return f"-{self._inside(0, own)}"
        left, right = (own + 1, own) if self.name == "**" else (own, own + 1)
        return f"{self._inside(0, left)} {self.name} {self._inside(1, right)}"

    def _inside(self, place: int, least: int) -> str:
        part = self.parts[place]
        return str(part) if part.precedence >= least else f"({part})"


@dataclass(frozen=True)
class Expression:
    """A formula of some variables, as a function of tensors.

    >>> bowl = Expression("x^2 + 3*y^2")
    >>> bowl(st.constant(1.0), st.constant(2.0)).item(), bowl.python
    (13.0, 'lambda x, y: x ** 2.0 + 3.0 * y ** 2.0')
    >>> st.plot.Surface("my bowl", bowl).gradient(1.0, 1.0).tolist()
    [2.0, 6.0]
    >>> Expression("x + root(y)")
    Traceback (most recent call last):
        ...
    steepest.errors.ArgumentError: expression: position 5: 'root' is not known; allowed are x, y, \
pi, e, + - * / ^ ( ) and the functions abs, acos, asin, atan, cos, cosh, erf, exp, log, sigmoid, \
sign, sin, sinh, softplus, sqrt, tan, tanh, min, max
    """

    text: str
    variables: tuple[str, ...] = ("x", "y")
    whole: Part = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "whole", _Reader(self.text, self.variables).formula())

    def __call__(self, *values: Any) -> Any:
        """The value for tensors, one for each variable."""
        return self.whole.value(dict(zip(self.variables, values, strict=True)))

    @property
    def python(self) -> str:
        """The same function as Python: operations, their order and numbers are equal."""
        return f"lambda {', '.join(self.variables)}: {self.whole}"


class _Reader:
    """Reads a text from left to right; a method for each level of precedence."""

    def __init__(self, text: Any, variables: Sequence[str]) -> None:
        if not isinstance(text, str):
            raise ArgumentError(f"expression: a text was expected, got {text!r:.60}")
        if len(text) > LONGEST:
            raise ArgumentError(
                f"expression: at most {LONGEST} characters were expected, got {len(text)}"
            )
        self.text, self.variables = text, tuple(variables)
        self.tokens = self._tokens()
        self.place = self.depth = 0

    def formula(self) -> Part:
        if not self.tokens[0][0]:
            raise ArgumentError("expression: it is empty; give a formula such as x^2 + 3*y^2")
        part = self._sum()
        if self._next() == ")":
            self._refuse("no ( belongs to this )")
        if self._next():
            self._refuse(f"an operator (+ - * / ^) was expected before {self._next()!r}")
        return part

    def _tokens(self) -> list[tuple[str, int]]:
        """Each token with its position, and an empty one at the end."""
        found, at = [], 0
        while at < len(self.text.rstrip()):
            match = _TOKEN.match(self.text, at)
            if match is None:
                wrong = len(self.text) - len(self.text[at:].lstrip())
                raise ArgumentError(
                    f"expression: position {wrong + 1}: {self.text[wrong]!r} has no meaning here; "
                    f"{self._allowed()}"
                )
            found.append((match[0].strip().replace("^", "**"), match.end() - len(match[0].strip())))
            at = match.end()
        return [*found, ("", len(self.text))]

    def _next(self) -> str:
        return self.tokens[self.place][0]

    def _taken(self, *wanted: str) -> str:
        """The next token if it is one of those wanted, else an empty text."""
        if self._next() not in wanted:
            return ""
        self.place += 1
        return self.tokens[self.place - 1][0]

    def _refuse(self, why: str, place: int | None = None) -> NoReturn:
        position = self.tokens[self.place if place is None else place][1] + 1
        raise ArgumentError(f"expression: position {position}: {why}")

    def _allowed(self) -> str:
        names = ", ".join((*self.variables, *NUMBERS))
        return f"allowed are {names}, + - * / ^ ( ) and the functions {', '.join(FUNCTIONS)}"

    # ------------------------------------------------------------ the levels, the weakest first

    def _sum(self) -> Part:
        self.depth += 1
        if self.depth > DEEPEST:
            self._refuse(f"parentheses and powers may be at most {DEEPEST} deep")
        part = self._joined(self._product, "+", "-")
        self.depth -= 1
        return part

    def _product(self) -> Part:
        return self._joined(self._signed, "*", "/")

    def _joined(self, level: Callable[[], Part], *operators: str) -> Part:
        part = level()
        while sign := self._taken(*operators):
            place = self.place - 1
            part = self._made(sign, (part, level()), place)
        return part

    def _signed(self) -> Part:
        signs = 0
        place = self.place
        while sign := self._taken("-", "+"):
            signs += sign == "-"
        part = self._power()
        return self._made("negative", (part,), place) if signs % 2 else part

    def _power(self) -> Part:
        base = self._atom()
        place = self.place
        if not self._taken("**"):
            return base
        self.depth += 1
        if self.depth > DEEPEST:
            self._refuse(f"parentheses and powers may be at most {DEEPEST} deep")
        exponent = self._signed()  # which reads further powers, so that they group to the right
        self.depth -= 1
        return self._made("**", (base, exponent), place)

    def _atom(self) -> Part:
        token, place = self._next(), self.place
        self.place += bool(token)
        if not token:
            self._refuse("the formula ends where a number, x, y or ( was expected")
        if token == "(":
            return self._closed(place)
        if token[0].isdigit() or token[0] == ".":
            return self._number(float(token), token, place)
        if token in self.variables:
            return Part(token)
        if token in NUMBERS:
            return Part(token, number=NUMBERS[token])
        if token not in FUNCTIONS:
            if not token[0].isalpha() and token[0] != "_":
                self._refuse(f"a number, x, y or ( was expected, got {token!r}", place)
            hint = nearest(token, [*self.variables, *NUMBERS, *FUNCTIONS])
            near = f" ({hint})" if "did you mean" in hint else ""
            self._refuse(f"{token!r} is not known{near}; {self._allowed()}", place)
        return self._called(token, place)

    def _closed(self, opening: int) -> Part:
        part = self._sum()
        if not self._taken(")"):
            self._refuse("this ( is not closed", opening)
        return part

    def _called(self, name: str, place: int) -> Part:
        if not self._taken("("):
            self._refuse(f"the function {name} needs parentheses, as in {name}(x)", place)
        opening = self.place - 1
        given = [self._sum()]
        while self._taken(","):
            given.append(self._sum())
        if not self._taken(")"):
            self._refuse("this ( is not closed", opening)
        count = 2 if name in _OF_TWO else 1
        if len(given) != count:
            self._refuse(f"{name} takes {count} value{'s' * (count > 1)}, got {len(given)}", place)
        return self._made(name, tuple(given), place)

    # ------------------------------------------------------------ numbers

    def _made(self, name: str, parts: tuple[Part, ...], place: int) -> Part:
        """The part, or its value if it is a number."""
        numbers = [part.number for part in parts if part.number is not None]
        if len(numbers) < len(parts):
            return Part(name, parts)
        function = _OPERATORS[name][0] if name in _OPERATORS else FUNCTIONS[name][1]
        try:
            value = function(*numbers)
        except (ValueError, ZeroDivisionError, OverflowError):
            value = math.nan
        return self._number(value, f"{name} of {', '.join(map(str, numbers))}", place)

    def _number(self, value: Any, said: str, place: int) -> Part:
        if isinstance(value, complex) or not math.isfinite(value):
            self._refuse(f"{said} is not a finite number", place)
        return Part("number", number=float(value))
