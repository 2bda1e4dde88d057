"""The hash by which texts and numbers are spread over buckets: the same on every machine.

It is BLAKE2b, whose numbers differ from those of TensorFlow's hashes. Depends on arguments and
errors.
"""

from __future__ import annotations

import hashlib
from typing import Any

from steepest.arguments import is_whole
from steepest.errors import ArgumentError


def bucket_of(value: Any, buckets: int, salt: Any = None) -> int:
    """Returns the bucket of a text or a number, from 0 to `buckets` - 1.

    >>> bucket_of("cat", 10), bucket_of("cat", 10, salt=7)
    (9, 2)
    """
    text = f"{'' if salt is None else salt}{value}"
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") % buckets


def checked_salt(where: str, salt: Any) -> Any:
    """Returns a salt: None, a text, or one or two whole numbers; raises for anything else.

    >>> checked_salt("Hashing", (1, 2)), checked_salt("Hashing", 3)
    ([1, 2], [3, 3])
    """
    if salt is None or isinstance(salt, str):
        return salt
    pair = [salt, salt] if is_whole(salt) else salt
    if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not all(map(is_whole, pair)):
        raise ArgumentError(f"{where}: salt: one or two whole numbers were expected, got {salt!r}")
    return [int(number) for number in pair]
