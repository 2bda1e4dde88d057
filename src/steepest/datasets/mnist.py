"""MNIST: 70,000 handwritten digits of 28 x 28 pixels (LeCun, Cortes, Burges, 1998).

Depends on pictures.py.
"""

from __future__ import annotations

from steepest.datasets.fetch import Version
from steepest.datasets.pictures import Pair, idx_files, load_idx_set

FOLDERS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist",
    "https://ossci-datasets.s3.amazonaws.com/mnist",
)
# As published, then the same pictures compressed differently: the uncompressed bytes are equal.
FILES = idx_files(
    "mnist",
    FOLDERS,
    (
        (
            Version(9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            Version(9630610, "71524e2cd1ad2968737f7f2f2ff69cbfc32df8ccddff51593f7cb2d4e0eb5b64"),
        ),
        (
            Version(28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            Version(28878, "fe03b8bd7915f70bf5aa08be480aa413fbd85afcaa58b35d230d335f284fd88e"),
        ),
        (
            Version(1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            Version(1602050, "5634745efa576a17e7d4cf5cd9d09123c75e6538e5114267c2d156edaf519341"),
        ),
        (
            Version(4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            Version(4517, "ae18e77e031ccde52407f794d123116439864147d33ac992975f85dd4dc42af6"),
        ),
    ),
)
CLASS_NAMES = tuple("0123456789")


def load_data() -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): bytes of shape (60000, 28, 28) and (10000, 28, 28).

    Reads STEEPEST_DATA/mnist/train-images-idx3-ubyte.gz and three more, or downloads them.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> x_train.shape, y_train[:5]  # doctest: +SKIP
    ((60000, 28, 28), array([5, 0, 4, 1, 9], dtype=uint8))
    """
    return load_idx_set(FILES)
