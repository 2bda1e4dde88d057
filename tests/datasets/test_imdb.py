"""Reviews: ranked and numbered as Keras does, cached once, refused if the archive is unsafe."""

import hashlib
import io
import tarfile
from collections import Counter

import numpy as np
import pytest

from steepest.datasets import Version, imdb, imdb_archive
from steepest.datasets.imdb_archive import parse, tokens
from steepest.errors import ArgumentError, DataError

REVIEWS = {
    "aclImdb/train/pos/0_9.txt": "The film, the FILM... is <br /> great!",
    "aclImdb/train/neg/0_2.txt": "the plot is thin",
    "aclImdb/test/pos/1_8.txt": "great plot",
    "aclImdb/test/neg/1_1.txt": "The worst",
}
OTHERS = {"aclImdb/README": "read me", "aclImdb/train/unsup/0_0.txt": "unlabelled words"}


def member(name: str, text: str = "", **fields) -> tuple[tarfile.TarInfo, io.BytesIO]:
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    return info, io.BytesIO(data)


def write_archive(path, members):
    with tarfile.open(path, "w:gz") as archive:
        for info, stream in members:
            archive.addfile(info, stream)
    return path


def plain_members(texts):
    return [member(name, text) for name, text in texts.items()]


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A small archive in the place of the real one, with a cache of its own."""
    folder = tmp_path / "data" / "imdb"
    folder.mkdir(parents=True)
    path = write_archive(folder / "aclImdb_v1.tar.gz", plain_members(OTHERS | REVIEWS))
    known = Version(path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    file = imdb_archive.RemoteFile("imdb", path.name, ("https://example.org/a",), (known,))
    monkeypatch.setattr(imdb_archive, "ARCHIVE", file)
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "cache"))
    return path


def cached_folder(archive):
    return archive.parents[2] / "cache" / "datasets" / "imdb"


def test_words_are_cut_as_keras_cuts_them():
    assert tokens("It's a SHAME -- 10/10, #1 (really)\tno\nway") == [
        "it's", "a", "shame", "10", "10", "1", "really", "no", "way",
    ]  # fmt: skip


def test_ranks_follow_the_counts_then_the_alphabet(archive):
    index = imdb.get_word_index()
    assert list(index.items()) == [
        ("the", 1), ("film", 2), ("great", 3), ("is", 4), ("plot", 5),
        ("br", 6), ("thin", 7), ("worst", 8),
    ]  # fmt: skip


def test_numbers_follow_keras(archive):
    (x_train, y_train), (x_test, y_test) = imdb.load_data()
    assert x_train.dtype == object and isinstance(x_train[0], list)
    assert y_train.dtype == np.int64
    by_label = dict(zip(y_train.tolist(), x_train, strict=True))
    assert by_label == {0: [1, 4, 8, 7, 10], 1: [1, 4, 5, 4, 5, 7, 9, 6]}
    assert dict(zip(y_test.tolist(), x_test, strict=True)) == {0: [1, 4, 11], 1: [1, 6, 8]}


@pytest.mark.parametrize(
    ("options", "positive"),
    [
        ({"num_words": 7}, [1, 4, 5, 4, 5, 2, 2, 6]),
        ({"num_words": 7, "oov_char": None}, [1, 4, 5, 4, 5, 6]),
        ({"skip_top": 5}, [2, 2, 5, 2, 5, 7, 9, 6]),
        ({"start_char": None}, [4, 5, 4, 5, 7, 9, 6]),
        ({"index_from": 0, "start_char": None}, [1, 2, 1, 2, 4, 6, 3]),
        ({"num_words": 7, "oov_char": 0}, [1, 4, 5, 4, 5, 0, 0, 6]),
    ],
)
def test_options(archive, options, positive):
    (x_train, y_train), _ = imdb.load_data(**options)
    assert x_train[y_train.tolist().index(1)] == positive


def test_maxlen_leaves_out_reviews_of_that_length_and_more(archive):
    (x_train, y_train), (x_test, _) = imdb.load_data(maxlen=8)
    assert len(x_train) == 1 and y_train.tolist() == [0] and len(x_test) == 2
    with pytest.raises(DataError, match="maxlen=2 leaves no review"):
        imdb.load_data(maxlen=2)


@pytest.mark.parametrize("options", [{"num_words": 0}, {"skip_top": -1}, {"maxlen": 0}])
def test_options_that_make_no_sense(archive, options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        imdb.load_data(**options)


def test_the_order_of_the_archive_does_not_matter(tmp_path):
    forth = parse(write_archive(tmp_path / "a.tar.gz", plain_members(REVIEWS)))
    back = parse(
        write_archive(tmp_path / "b.tar.gz", plain_members(dict(reversed(REVIEWS.items()))))
    )
    assert forth.words == back.words and np.array_equal(forth.ranks, back.ranks)
    assert forth.labels.tolist() == back.labels.tolist() == [0, 1, 0, 1]
    assert forth.train_count == 2


def test_the_archive_is_parsed_once(archive, monkeypatch):
    first = imdb.load_data()
    monkeypatch.setattr(imdb_archive, "parse", lambda path: pytest.fail("parsed again"))
    second = imdb.load_data()
    assert first[0][0].tolist() == second[0][0].tolist()
    assert [path.name for path in cached_folder(archive).iterdir()] == [imdb_archive.CACHED]


@pytest.mark.parametrize("name", ["ranks.npy", "offsets.npy", "labels.npy", "words.txt"])
def test_a_damaged_copy_is_made_anew(archive, name):
    first = imdb.load_data()
    file = cached_folder(archive) / imdb_archive.CACHED / name
    file.write_bytes(file.read_bytes()[:-3])
    assert imdb.load_data()[0][0].tolist() == first[0][0].tolist()
    assert imdb.get_word_index()["the"] == 1


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("ranks", np.full(15, 99, np.int32)),
        ("ranks", np.zeros(15, np.int32)),
        ("offsets", np.array([0, 9, 3, 5, 15])),
        ("train_count", np.array([7])),
        ("labels", np.zeros(3, np.int8)),
        ("labels", np.zeros(4)),
        ("labels", np.zeros((4, 1), np.int8)),
        ("ranks", np.ones((15, 1), np.int32)),
        ("offsets", np.array([1, 3, 6, 9, 15])),
        ("offsets", np.array([0, 3, 6, 9, 14])),
        ("train_count", np.array([0])),
        ("train_count", np.array([5])),
    ],
)
def test_a_copy_that_cannot_be_right_is_made_anew(archive, name, array):
    first = imdb.load_data()
    np.save(cached_folder(archive) / imdb_archive.CACHED / f"{name}.npy", array)
    assert imdb.load_data()[0][0].tolist() == first[0][0].tolist()


def test_without_a_cache_nothing_is_stored(archive, monkeypatch):
    monkeypatch.setenv("STEEPEST_CACHE", "off")
    assert len(imdb.load_data()[0][0]) == 2
    assert not cached_folder(archive).exists()


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (member("../aclImdb/train/pos/1_9.txt", "x"), "points outside"),
        (member("/aclImdb/train/pos/1_9.txt", "x"), "points outside"),
        (member("aclImdb/train/pos/1_9.txt", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "link"),
        (member("aclImdb/train/pos/1_9.txt", type=tarfile.LNKTYPE, linkname="x"), "link"),
        (member("aclImdb/dev", type=tarfile.CHRTYPE), "device"),
        (member("aclImdb/train/pos/1_9.txt", "x" * (1 << 21)), "not a review"),
    ],
)
def test_members_that_no_archive_of_reviews_has(tmp_path, bad, message):
    path = write_archive(tmp_path / "a.tar.gz", [*plain_members(REVIEWS), bad])
    with pytest.raises(DataError, match=message):
        parse(path)


def test_damaged_archives(tmp_path):
    path = write_archive(tmp_path / "a.tar.gz", plain_members(REVIEWS))
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"no archive", whole[:100] + b"xxxx" + whole[104:]):
        path.write_bytes(damaged)
        with pytest.raises(DataError, match="not a sound archive"):
            parse(path)
    write_archive(path, plain_members(OTHERS))
    with pytest.raises(DataError, match="no labelled reviews"):
        parse(path)


def test_a_failed_parse_stores_nothing(archive, monkeypatch):
    def fail(path):
        raise DataError("broken")

    monkeypatch.setattr(imdb_archive, "parse", fail)
    with pytest.raises(DataError, match="broken"):
        imdb.load_data()
    assert not cached_folder(archive).exists()


def test_flat_rows_equal_the_lists(archive):
    lists, rows = imdb.load_data(num_words=8), imdb.load_rows(num_words=8)
    for (some_lists, labels), (some_rows, same_labels) in zip(lists, rows, strict=True):
        assert some_rows.lists().tolist() == some_lists.tolist()
        assert np.array_equal(labels, same_labels)
        assert some_rows.indices.dtype == np.int32


def test_the_real_archive(data_folder):
    """Keras's own ranks: its index starts alike, and its training reviews are 238.71 words long."""
    (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=10_000)
    index = imdb.get_word_index()
    assert list(index)[:10] == ["the", "and", "a", "of", "to", "is", "br", "in", "it", "i"]
    assert Counter(y_train.tolist()) == Counter(y_test.tolist()) == {0: 12_500, 1: 12_500}
    assert max(map(max, x_train)) == 9999 and all(row[0] == 1 for row in x_test)
    assert abs(np.mean([len(row) for row in x_train]) - 238.71) < 0.05
