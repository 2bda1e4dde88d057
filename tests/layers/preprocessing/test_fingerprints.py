"""FarmHash and SipHash: the numbers of TensorFlow and of the published test vectors."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.layers.preprocessing.fingerprints import crossed, fingerprint, keyed_hash

# tf.fingerprint of the first bytes of 0, 1, 2, ...: one number for each branch of the algorithm.
FINGERPRINTS = {
    0: 11160318154034397263,
    1: 13718060045003475796,
    3: 10709908609026466970,
    4: 9421527712639018304,
    7: 11736591675260184225,
    8: 12491318377461660568,
    16: 1080060857502750420,
    17: 13526182118996909852,
    32: 1917831512995979081,
    33: 16750416167695635022,
    64: 17691551913807367243,
    65: 14313328211205373374,
    128: 2037963038260878803,
    129: 14883169112474847294,
    200: 525935771297148851,
    300: 12278728342531856931,
}


@pytest.mark.parametrize("size", FINGERPRINTS)
def test_fingerprints_are_those_of_tensorflow(size: int):
    assert fingerprint(bytes(number % 256 for number in range(size))) == FINGERPRINTS[size]


@pytest.mark.parametrize(
    ("size", "hash_of"),
    [(0, 0x726FDB47DD0E0E31), (8, 0x93F5F5799A932462), (15, 0xA129CA6149BE45E5)],
)
def test_keyed_hashes_are_those_of_the_paper(size: int, hash_of: int):
    key = [int.from_bytes(bytes(range(start, start + 8)), "little") for start in (0, 8)]
    assert keyed_hash(bytes(range(size)), key) == hash_of


def test_a_crossing_depends_on_the_order_of_its_columns():
    first, second = np.array([1, 2], np.uint64), np.array([3, 3], np.uint64)
    assert crossed([first, second]).tolist() == [14032721446388503651, 14885101244559810584]
    assert (crossed([first, second]) != crossed([second, first])).all()
    assert first.tolist() == [1, 2]
