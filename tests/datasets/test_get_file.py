"""Any file by its address: once, checked by its hash, unpacked without harm."""

import hashlib
import io
import os
import tarfile
import zipfile
from pathlib import Path

import pytest

import steepest as st
from steepest.datasets import get_file as module
from steepest.datasets.archives import unpack
from steepest.errors import ArgumentError, DataError
from tests.datasets.server import Behaviour, serving

DATA = b"a,b\n1,2\n"
SHA256, MD5 = hashlib.sha256(DATA).hexdigest(), hashlib.md5(DATA).hexdigest()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(module, "SCHEMES", ("http",))
    return tmp_path / "cache"


def zipped(**entries: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return stream.getvalue()


def tarred(*members: tarfile.TarInfo, mode: str = "w:gz") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return stream.getvalue()


def entry(name: str, size: int = 1, **fields) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    for key, value in fields.items():
        setattr(info, key, value)
    return info


def test_a_file_is_fetched_once(cache):
    behaviour = Behaviour(DATA)
    with serving(behaviour) as address:
        for options in ({}, {"file_hash": SHA256}, {"md5_hash": MD5}, {"file_hash": MD5}):
            path = st.utils.get_file(origin=address, **options)
    assert path == str(cache / "datasets" / "file.bin") and Path(path).read_bytes() == DATA
    assert len(behaviour.asked) == 1


def test_names_and_folders(tmp_path):
    with serving(Behaviour(DATA)) as address:
        path = st.utils.get_file("t.csv", address, cache_dir=tmp_path / "here", cache_subdir="sets")
    assert path == str(tmp_path / "here" / "sets" / "t.csv")


def test_a_changed_file_is_fetched_again():
    behaviour = Behaviour(DATA)
    with serving(behaviour) as address:
        path = Path(st.utils.get_file(origin=address))
        path.write_bytes(b"damaged")
        assert st.utils.get_file(origin=address) == str(path) and path.read_bytes() == b"damaged"
        st.utils.get_file(origin=address, file_hash=SHA256)
        assert path.read_bytes() == DATA
        st.utils.get_file(origin=address, force_download=True)
    assert len(behaviour.asked) == 3


def test_a_failed_download_leaves_the_old_file():
    with serving(Behaviour(DATA)) as address:
        path = Path(st.utils.get_file(origin=address))
    with serving(Behaviour(b"another")) as address, pytest.raises(DataError, match="SHA-256"):
        st.utils.get_file(origin=address, file_hash=SHA256, force_download=True)
    assert path.read_bytes() == DATA


def test_http_is_asked_over_https(monkeypatch):
    monkeypatch.setattr(module, "SCHEMES", ("https",))
    assert module._named(None, "http://a.org/x.csv") == ("x.csv", "https://a.org/x.csv")
    for origin in ("file:///etc/passwd", "ftp://a.org/x"):
        with pytest.raises(DataError, match="is not https; refused"):
            st.utils.get_file(origin=origin)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "origin=: the address"),
        ({"origin": "https://a.org"}, "the name of a file"),
        ({"origin": "https://a.org/x", "fname": "../x"}, "without folders"),
        ({"origin": "https://a.org/x", "file_hash": "abc"}, "32 or 64 hexadecimal digits"),
        ({"origin": "https://a.org/x", "hash_algorithm": "sha1"}, "got 'sha1'"),
    ],
)
def test_wrong_arguments(options, message):
    with pytest.raises(ArgumentError, match=message):
        st.utils.get_file(**options)


def test_archives_are_unpacked_under_the_names_of_keras(cache):
    data = zipped(**{"a/one.txt": "one", "two.txt": "two"})
    behaviour = Behaviour(data)
    with serving(behaviour) as address:
        named = [
            st.utils.get_file(origin=address, extract=True),
            st.utils.get_file("texts.zip", address, extract=True),
            st.utils.get_file("texts", address, extract=True),
        ]
        again = st.utils.get_file("texts", address, extract=True)
    base = cache / "datasets"
    assert named == [str(base / name) for name in ("file.bin", "texts_extracted", "texts")]
    for folder in named:
        assert (Path(folder) / "a" / "one.txt").read_text() == "one"
    assert again == named[2] and len(behaviour.asked) == 3
    assert (base / "file.bin_archive").read_bytes() == data and (base / "texts.zip").is_file()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives(tmp_path, mode):
    (tmp_path / "a").write_bytes(
        tarred(entry("b", 0, type=tarfile.DIRTYPE), entry("b/c", 9), mode=mode)
    )
    unpack(tmp_path / "a", tmp_path / "out")
    assert (tmp_path / "out" / "b" / "c").read_bytes() == b"x" * 9


def test_a_folder_that_is_there_loses_nothing(tmp_path):
    (tmp_path / "a.zip").write_bytes(zipped(**{"b/c.txt": "new"}))
    (tmp_path / "out" / "b").mkdir(parents=True)
    (tmp_path / "out" / "mine.txt").write_text("mine")
    (tmp_path / "out" / "b" / "c.txt").write_text("old")
    unpack(tmp_path / "a.zip", tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"
    assert (tmp_path / "out" / "b" / "c.txt").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "out"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (zipped(**{"../out2/x": "x"}), "points outside"),
        (zipped(**{"/x": "x"}), "points outside"),
        (zipped(**{"..\\x": "x"}), "points outside"),
        (tarred(entry("../x")), "points outside"),
        (tarred(entry("/x")), "points outside"),
        (tarred(entry("x", 0, type=tarfile.SYMTYPE, linkname="/etc")), "is a link"),
        (tarred(entry("x", 0, type=tarfile.LNKTYPE, linkname="y")), "is a link"),
        (tarred(entry("x", 0, type=tarfile.FIFOTYPE)), "is a link or a device"),
        (tarred(entry("x", 1 << 27)), "more than 200 times"),
        (tarred(entry("x", 5000))[:-40], "cannot be unpacked"),
        (b"text", "is not an archive of the kind tar or zip"),
    ],
    ids=range(11),
)
def test_unsafe_archives_leave_nothing(tmp_path, data, message):
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(DataError, match=message):
        unpack(tmp_path / "a", tmp_path / "out")
    assert os.listdir(tmp_path) == ["a"]


def test_kinds_of_archives(tmp_path):
    (tmp_path / "a").write_bytes(zipped(x="x"))
    with pytest.raises(DataError, match="not an archive of the kind tar"):
        unpack(tmp_path / "a", tmp_path / "out", ("tar",))
    with pytest.raises(ArgumentError, match="'tar' or 'zip', got '7z'"):
        unpack(tmp_path / "a", tmp_path / "out", ("7z",))
