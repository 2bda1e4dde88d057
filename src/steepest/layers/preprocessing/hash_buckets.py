"""The bucket of a text or a number by its hash: that of TensorFlow and Keras.

Depends on the hashes (fingerprints.py), arguments and errors.
"""

from __future__ import annotations

from typing import Any

from steepest.arguments import is_whole
from steepest.errors import ArgumentError
from steepest.layers.preprocessing.fingerprints import WORD, fingerprint, keyed_hash


def bucket_of(value: Any, buckets: int, salt: Any = None) -> int:
    """Returns the bucket of a text or a number, from 0 to `buckets` - 1.

    A number counts as its text. `salt` is two numbers, the key of another hash, or a text that
    stands before each value.

    >>> bucket_of("cat", 10), bucket_of("cat", 10, salt=[7, 7])
    (6, 9)
    """
    if salt is None or isinstance(salt, str):
        return fingerprint(encoded(f"{salt or ''}{value}")) % buckets
    return keyed_hash(encoded(f"{value}"), salt) % buckets


def encoded(text: str) -> bytes:
    """Returns the bytes of a text that are hashed.

    >>> encoded("café")
    b'caf\\xc3\\xa9'
    """
    return text.encode("utf-8", "surrogatepass")


def checked_salt(where: str, salt: Any) -> Any:
    """Returns a salt: None, a text, or one or two whole numbers; raises for anything else.

    >>> checked_salt("Hashing", (1, 2)), checked_salt("Hashing", 3)
    ([1, 2], [3, 3])
    """
    if salt is None or isinstance(salt, str):
        return salt
    pair = [salt, salt] if is_whole(salt) else salt
    if (
        not isinstance(pair, (list, tuple))
        or len(pair) != 2
        or not all(is_whole(number) and 0 <= number <= WORD for number in pair)
    ):
        raise ArgumentError(
            f"{where}: salt: one or two whole numbers from 0 to 2**64 - 1 were expected, "
            f"got {salt!r}"
        )
    return [int(number) for number in pair]
