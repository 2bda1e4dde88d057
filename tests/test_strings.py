"""Functions of texts: known answers, some computed with TensorFlow 2.21."""

from __future__ import annotations

import pytest

import steepest as st
from steepest import strings
from steepest.errors import ArgumentError, DataError, DTypeError, ShapeError


@pytest.mark.parametrize(
    ("made", "meant"),
    [
        (strings.lower("Größe Ä"), "größe Ä"),
        (strings.lower("Ä", encoding="utf-8"), "ä"),
        (strings.upper(["ab", "ß"]), ["AB", "ß"]),
        (st.strings.strip(" \ta b\n"), "a b"),  # noqa: B005
        (strings.length(["abc", "", "né"]), [3, 0, 3]),
        (strings.length("né", unit="UTF8_CHAR"), 2),
        (strings.substr(["hello", "world"], [1, -2], [3, 9]), ["ell", "ld"]),
        (strings.substr("né", 1, 1, unit="UTF8_CHAR"), "é"),
        (strings.split(" a  b "), ["a", "b"]),
        (strings.split("a,,b", ","), ["a", "", "b"]),
        (strings.split("a b c", " ", maxsplit=1), ["a", "b c"]),
        (strings.join(["a", "b"], separator="-"), "a-b"),
        (strings.join([["a", "b"], ["c", "d"]]), ["ac", "bd"]),
        (strings.reduce_join([["a", "b"], ["c", "d"]]), "abcd"),
        (strings.reduce_join([["a", "b"], ["c", "d"]], axis=0, separator="."), ["a.c", "b.d"]),
        (strings.reduce_join([["a", "b"]], axis=-1, keepdims=True), [["ab"]]),
        (strings.regex_replace("a1b22", "[0-9]", "#", replace_global=False), "a#b22"),
        (strings.regex_replace("ab", r"(a)(b)", r"\2\1\0"), "baab"),
        (strings.regex_full_match(["ab", "abc"], "a."), [True, False]),
        (strings.to_number("1e3"), 1000.0),
        (strings.to_number(["7", "-1"], st.int32), [7, -1]),
        (strings.as_string([True, False]), ["true", "false"]),
        (strings.as_string(0.5), "0.500000"),
        (strings.as_string([1, 2]), ["1", "2"]),
    ],
)  # fmt: skip
def test_known_answers(made: st.Tensor, meant: object) -> None:
    assert isinstance(made, st.Tensor) and made.tolist() == meant


def test_the_parts_of_several_texts_are_a_list() -> None:
    assert [parts.tolist() for parts in strings.split(["a b", "c", ""])] == [["a", "b"], ["c"], []]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: strings.lower([1.0]), DTypeError, "strings.lower takes texts, got float32"),
        (lambda: strings.to_number("one"), DataError, "'one' is no float32"),
        (lambda: strings.to_number("300", st.uint8), DataError, "'300' is no uint8"),
        (lambda: strings.split([["a"]]), ShapeError, r"a vector of texts was expected.*\(1, 1\)"),
        (lambda: strings.substr("ab", 3, 1), ArgumentError, "position 3 is outside of 'ab'"),
        (lambda: strings.length("a", unit="BYTES"), ArgumentError, "'BYTE' or 'UTF8_CHAR'"),
        (lambda: strings.regex_replace("a", "(", ""), ArgumentError, r"pattern '\(' is none"),
        (lambda: strings.join([]), ArgumentError, "a list of texts or tensors"),
        (lambda: strings.as_string(st.Input((1,))), DTypeError, "recorded programs read no texts"),
    ],
)  # fmt: skip
def test_wrong_inputs_are_named(call, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
