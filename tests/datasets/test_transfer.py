"""Downloads against a local server: cut short, damaged, resumed, refused, redirected."""

import hashlib
import threading

import pytest

from steepest.datasets import transfer
from steepest.datasets.transfer import download
from steepest.errors import DataError
from tests.datasets.server import Behaviour, serving

DATA = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


def fetch(addresses, path, data=DATA, sha256=SHA256):
    download(addresses, path, len(data), sha256, schemes=("http",), pause=0.0)


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.bin"


def test_a_file_arrives_whole_and_alone(path):
    with serving(Behaviour(DATA)) as address:
        fetch([address], path)
    assert path.read_bytes() == DATA and names(path.parent) == ["file.bin"]


def test_a_file_that_is_there_is_not_fetched_again(path):
    behaviour = Behaviour(DATA)
    with serving(behaviour) as address:
        fetch([address], path)
        fetch([address], path)
    assert len(behaviour.asked) == 1


def test_a_broken_connection_is_continued_where_it_broke(path):
    behaviour = Behaviour(DATA, cut_after=[100_000, 50_000])
    with serving(behaviour) as address:
        fetch([address], path)
    assert path.read_bytes() == DATA
    assert behaviour.asked == [None, "bytes=100000-", "bytes=150000-"]


def test_what_an_earlier_run_left_is_continued(path):
    path.with_name("file.bin.part").write_bytes(DATA[:1234])
    behaviour = Behaviour(DATA)
    with serving(behaviour) as address:
        fetch([address], path)
    assert path.read_bytes() == DATA and behaviour.asked == ["bytes=1234-"]


def test_a_server_without_ranges_starts_over(path):
    path.with_name("file.bin.part").write_bytes(b"x" * 1234)
    with serving(Behaviour(DATA, ranges=False)) as address:
        fetch([address], path)
    assert path.read_bytes() == DATA


@pytest.mark.parametrize("length", [1234, len(DATA), len(DATA) + 5])
def test_a_damaged_rest_of_an_earlier_run_is_thrown_away(path, length):
    path.with_name("file.bin.part").write_bytes(b"x" * length)
    with serving(Behaviour(DATA)) as address:
        fetch([address], path)
    assert path.read_bytes() == DATA


def test_a_wrong_hash_leaves_nothing(path):
    with serving(Behaviour(b"x" * len(DATA))) as address, pytest.raises(DataError, match="SHA-256"):
        fetch([address], path)
    assert names(path.parent) == []


def test_a_server_that_always_cuts_is_given_up_and_its_part_stays(path):
    with (
        serving(Behaviour(DATA, ranges=False, cut_after=[1000] * 20)) as address,
        pytest.raises(DataError, match="broke off"),
    ):
        fetch([address], path)
    assert names(path.parent) == ["file.bin.part"]


def test_the_next_address_is_tried_and_every_fault_is_reported(path):
    with serving(Behaviour(DATA, status=404)) as missing, serving(Behaviour(DATA)) as good:
        fetch([missing, good], path)
        assert path.read_bytes() == DATA
        path.unlink()
        with pytest.raises(DataError) as error:
            fetch([missing, missing + "2"], path)
    assert str(error.value).count("answers 404 Not Found") == 2


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (Behaviour(DATA, status=403), "answers 403"),
        (Behaviour(DATA, status=500), "answers 500"),
        (Behaviour(DATA + b"!"), "holds 256,001 bytes, expected 256,000"),
        (Behaviour(DATA * 3, declares_length=False), "sends more than"),
        (Behaviour(DATA, redirect="file:///etc/passwd"), "is not allowed"),
        (Behaviour(DATA, redirect="ftp://127.0.0.1/x"), "is not http; refused"),
    ],
)
def test_refusals(path, behaviour, message):
    with serving(behaviour) as address, pytest.raises(DataError, match=message):
        fetch([address], path)
    assert "file.bin" not in names(path.parent)


def test_an_answer_for_another_range_is_refused(path):
    path.with_name("file.bin.part").write_bytes(DATA[:1234])
    with (
        serving(Behaviour(DATA, wrong_range=True)) as address,
        pytest.raises(DataError, match="expected 'bytes 1234-"),
    ):
        fetch([address], path)


def test_nothing_but_https_without_a_word(path):
    behaviour = Behaviour(DATA)
    with serving(behaviour) as address, pytest.raises(DataError, match="is not https; refused"):
        download([address], path, len(DATA), SHA256)
    assert behaviour.asked == []


def test_no_server_at_the_address(path):
    with serving(Behaviour(DATA)) as address:
        pass
    with pytest.raises(DataError, match="cannot be reached"):
        fetch([address], path)


def test_two_at_once_fetch_once(path):
    behaviour = Behaviour(DATA)
    with serving(behaviour) as address:
        threads = [threading.Thread(target=fetch, args=([address], path)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert path.read_bytes() == DATA and len(behaviour.asked) == 1


def test_a_terminal_sees_a_bar(path, monkeypatch, capsys):
    monkeypatch.setattr(transfer.sys.stderr, "isatty", lambda: True, raising=False)
    with serving(Behaviour(DATA)) as address:
        fetch([address], path)
    assert "file.bin" in capsys.readouterr().err


# ------------------------------------------------------------------------ files of unknown size


MD5 = hashlib.md5(DATA).hexdigest()


def fetch_unsized(address, path, digest=SHA256, **options):
    download([address], path, None, digest, schemes=("http",), pause=0.0, **options)


@pytest.mark.parametrize("digest", [SHA256, MD5, SHA256.upper(), None])
@pytest.mark.parametrize("declares", [True, False])
def test_without_a_size_the_hash_decides(path, digest, declares):
    with serving(Behaviour(DATA, declares_length=declares)) as address:
        fetch_unsized(address, path, digest)
    assert path.read_bytes() == DATA and names(path.parent) == ["file.bin"]


@pytest.mark.parametrize("declares", [True, False])
def test_another_file_of_unknown_size_is_refused(path, declares):
    behaviour = Behaviour(DATA[1:], declares_length=declares)
    with serving(behaviour) as address, pytest.raises(DataError, match="has the SHA-256"):
        fetch_unsized(address, path)
    with serving(behaviour) as address, pytest.raises(DataError, match="has the MD5"):
        fetch_unsized(address, path, MD5)
    assert names(path.parent) == []


@pytest.mark.parametrize("digest", [SHA256, None])
def test_a_broken_connection_is_continued_without_a_size(path, digest):
    behaviour = Behaviour(DATA, cut_after=[100_000, 50_000])
    with serving(behaviour) as address:
        fetch_unsized(address, path, digest)
    assert path.read_bytes() == DATA
    assert behaviour.asked == [None, "bytes=100000-", "bytes=150000-"]


def test_the_rest_of_an_earlier_run_is_continued_only_where_a_hash_tells(path):
    part = path.with_name("file.bin.part")
    for digest, asked in ((SHA256, "bytes=1234-"), (None, None)):
        path.unlink(missing_ok=True)
        part.write_bytes(DATA[:1234] if digest else b"x" * 1234)
        behaviour = Behaviour(DATA)
        with serving(behaviour) as address:
            fetch_unsized(address, path, digest)
        assert path.read_bytes() == DATA and behaviour.asked == [asked]


def test_an_answer_for_another_range_is_refused_without_a_size(path):
    path.with_name("file.bin.part").write_bytes(DATA[:1234])
    with (
        serving(Behaviour(DATA, wrong_range=True)) as address,
        pytest.raises(DataError, match="expected 'bytes 1234-255999/256000'"),
    ):
        fetch_unsized(address, path)


@pytest.mark.parametrize(
    ("declares", "message"),
    [(True, "256,000 bytes, more than the 1,000"), (False, "sends more than the 1,000 bytes")],
)
def test_no_more_than_the_limit_is_received(path, declares, message):
    behaviour = Behaviour(DATA, declares_length=declares)
    with serving(behaviour) as address, pytest.raises(DataError, match=message):
        fetch_unsized(address, path, most=1000)
    assert "file.bin" not in names(path.parent)


def test_a_file_is_fetched_anew_on_request(path):
    path.write_bytes(DATA)
    behaviour = Behaviour(DATA)
    with serving(behaviour) as address:
        fetch_unsized(address, path)
        assert behaviour.asked == []
        fetch_unsized(address, path, anew=True)
    assert behaviour.asked == [None] and path.read_bytes() == DATA
