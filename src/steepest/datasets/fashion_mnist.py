"""Fashion-MNIST: 70,000 pictures of clothes, made to replace MNIST (Xiao, Rasul, Vollgraf, 2017).

Depends on pictures.py.
"""

from __future__ import annotations

from steepest.datasets.fetch import Version
from steepest.datasets.pictures import Pair, idx_files, load_idx_set

FOLDERS = (
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
)
FILES = idx_files(
    "fashion_mnist",
    FOLDERS,
    (
        (Version(26421880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),),
        (Version(29515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),),
        (Version(4422102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),),
        (Version(5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),),
    ),
)
CLASS_NAMES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


def load_data() -> tuple[Pair, Pair]:
    """((x_train, y_train), (x_test, y_test)): bytes of shape (60000, 28, 28) and (10000, 28, 28).

    Reads STEEPEST_DATA/fashion_mnist/train-images-idx3-ubyte.gz and three more, or downloads
    them.

    >>> (x_train, y_train), (x_test, y_test) = load_data()  # doctest: +SKIP
    >>> CLASS_NAMES[y_train[0]]  # doctest: +SKIP
    'Ankle boot'
    """
    return load_idx_set(FILES)
