"""Where files are looked for, what is verified, what is remembered, what an error says."""

import hashlib
import os
from pathlib import Path

import pytest

from steepest.datasets import RemoteFile, Version, cache_folder, locate, transfer
from steepest.datasets.fetch import local_copy
from steepest.errors import DataError

DATA, PACKED = b"seven bytes", b"packed anew"


def version(data: bytes) -> Version:
    return Version(len(data), hashlib.sha256(data).hexdigest())


FILE = RemoteFile(
    "toys", "toy.bin", ("https://example.org/toy.bin",), (version(DATA), version(PACKED))
)


def no_network(*arguments):
    raise DataError("offline")


def from_network(addresses, path: Path, size: int, sha256: str):
    """The download of the first known version, as the addresses hold it."""
    assert (addresses, size, sha256) == (FILE.addresses, len(DATA), version(DATA).digest)
    path.write_bytes(DATA)


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("STEEPEST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("STEEPEST_CACHE", str(tmp_path / "cache"))
    (tmp_path / "data" / "toys").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def local(folders):
    return folders / "data" / "toys" / "toy.bin"


@pytest.mark.parametrize("data", [DATA, PACKED])
def test_the_local_folder_is_first(local, data):
    local.write_bytes(data)
    assert locate(FILE, fetch=no_network) == local


def test_a_file_is_fetched_once_into_the_cache(folders):
    path = locate(FILE, fetch=from_network)
    assert path == folders / "cache" / "datasets" / "toys" / "toy.bin"
    assert locate(FILE, fetch=no_network) == path


def test_a_copy_of_a_known_size_is_found_without_reading_it(folders, local, monkeypatch):
    monkeypatch.setattr(transfer, "digest_of", lambda path, kind: pytest.fail("was read"))
    assert local_copy(FILE) is None
    cached = folders / "cache" / "datasets" / "toys" / "toy.bin"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(DATA)
    assert local_copy(FILE) == cached
    local.write_bytes(DATA + b"!")
    assert local_copy(FILE) == cached
    unsized = RemoteFile("toys", "toy.bin", FILE.addresses, (Version(None, "ab" * 16),))
    assert local_copy(unsized) == local
    local.write_bytes(PACKED)
    assert local_copy(FILE) == local


def test_a_file_is_hashed_once(local, monkeypatch):
    local.write_bytes(DATA)
    locate(FILE, fetch=no_network)
    monkeypatch.setattr(transfer, "digest_of", lambda path, kind: pytest.fail("hashed again"))
    assert locate(FILE, fetch=no_network) == local


def test_a_changed_file_is_hashed_again(local):
    local.write_bytes(DATA)
    locate(FILE, fetch=no_network)
    local.write_bytes(DATA[::-1])
    os.utime(local, ns=(1, 1))
    with pytest.raises(DataError, match="SHA-256"):
        locate(FILE, fetch=no_network)


def test_a_local_file_of_the_wrong_size_is_named(local):
    local.write_bytes(DATA[:-1])
    with pytest.raises(DataError, match="has 10 bytes, expected 11 or 11") as error:
        locate(FILE, fetch=no_network)
    assert str(local) in str(error.value)


def test_a_damaged_file_in_the_cache_is_fetched_again():
    path = locate(FILE, fetch=from_network)
    path.write_bytes(b"x")
    assert locate(FILE, fetch=from_network).read_bytes() == DATA


def test_offline_the_error_says_what_where_and_whence(local):
    with pytest.raises(DataError) as error:
        locate(FILE, fetch=no_network)
    assert "offline" in str(error.value)
    assert "https://example.org/toy.bin" in str(error.value)
    assert str(local) in str(error.value)


def test_without_a_local_folder_the_error_names_the_variable(monkeypatch):
    monkeypatch.delenv("STEEPEST_DATA")
    with pytest.raises(DataError, match="STEEPEST_DATA=FOLDER"):
        locate(FILE, fetch=no_network)


def test_a_cache_that_is_off_fetches_nothing_but_uses_the_local_file(local, monkeypatch):
    monkeypatch.setenv("STEEPEST_CACHE", "off")
    assert cache_folder() is None
    with pytest.raises(DataError, match="STEEPEST_CACHE=off"):
        locate(FILE, fetch=from_network)
    local.write_bytes(DATA)
    assert locate(FILE, fetch=no_network) == local


def test_a_cache_that_cannot_be_written(folders, local, monkeypatch):
    (folders / "file").write_bytes(b"x")
    monkeypatch.setenv("STEEPEST_CACHE", str(folders / "file"))
    with pytest.raises(DataError, match="cannot be written"):
        locate(FILE, fetch=from_network)
    local.write_bytes(DATA)
    assert locate(FILE, fetch=no_network) == local


def test_a_file_of_unknown_size_is_known_by_its_hash(local):
    for kind in ("sha256", "md5"):
        known = Version(None, hashlib.new(kind, DATA).hexdigest())
        file = RemoteFile("toys", "toy.bin", FILE.addresses, (known,))
        local.write_bytes(DATA)
        assert locate(file, fetch=no_network) == local
        local.write_bytes(DATA[:-1])
        with pytest.raises(DataError, match="its SHA-256 is not one that is known"):
            locate(file, fetch=no_network)
