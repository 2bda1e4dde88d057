"""Folders of pictures and texts: classes, order, sizes, and files that are not what they seem."""

import struct
import zlib

import numpy as np
import pytest

from steepest.data import Dataset
from steepest.data.files import PictureFolder, TextFolder, open_source, read_columns
from steepest.errors import ArgumentError, DataError, UnknownNameError

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def pictures(tmp_path):
    for name, shade in (("dog", 10), ("cat", 200)):
        (tmp_path / name).mkdir()
        for number in range(2):
            Image.new("RGB", (6, 4), (shade, number, 0)).save(tmp_path / name / f"{number}.png")
    return tmp_path


def test_pictures_by_class_in_order(pictures):
    source = PictureFolder(pictures)
    assert source.rows == 4
    table = read_columns(source)
    assert source.class_names == ("cat", "dog")
    assert table["label"].tolist() == [0, 0, 1, 1]
    assert table["picture"].shape == (4, 4, 6, 3) and table["picture"].dtype == np.uint8
    assert table["picture"][:, 0, 0].tolist() == [[200, 0, 0], [200, 1, 0], [10, 0, 0], [10, 1, 0]]


def test_gray_and_resized(pictures):
    chunk = next(PictureFolder(pictures, size=(2, 3), color="gray").chunks(4))
    assert chunk["picture"].shape == (4, 2, 3, 1)
    with pytest.raises(ArgumentError, match="color="):
        PictureFolder(pictures, color="blue")


def test_unequal_sizes_name_the_file(pictures):
    Image.new("RGB", (5, 5)).save(pictures / "dog" / "odd.png")
    with pytest.raises(DataError, match=r"odd.png: is 5 x 5 pixels where the first"):
        read_columns(PictureFolder(pictures))
    assert len(read_columns(PictureFolder(pictures, size=(4, 6)))["label"]) == 5


def test_other_files_are_warned_about_and_hidden_ones_are_not(pictures):
    (pictures / "dog" / ".DS_Store").write_bytes(b"x")
    assert PictureFolder(pictures).rows == 4
    (pictures / "dog" / "notes.docx").write_bytes(b"x")
    with pytest.warns(UserWarning, match="notes.docx"):
        assert PictureFolder(pictures).rows == 4


def png_header(width: int, height: int) -> bytes:
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b""
    for name, body in ((b"IHDR", size), (b"IDAT", zlib.compress(b"\0" * 9))):
        crc = struct.pack(">I", zlib.crc32(name + body))
        chunks += struct.pack(">I", len(body)) + name + body + crc
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"not a picture", "not a sound picture"),
        (png_header(60_000, 60_000), "exceeds limit"),
        (png_header(6, 4), "not a sound picture"),
        (png_header(9_000, 9_000), "declares 243,000,000 bytes"),
    ],
)
def test_broken_pictures(pictures, data, message):
    (pictures / "cat" / "0.png").write_bytes(data)
    with pytest.raises(DataError, match=message):
        read_columns(PictureFolder(pictures))


def test_texts_by_class(tmp_path):
    for name in ("pos", "neg"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"{name} é", "utf-8")
    table = read_columns(TextFolder(tmp_path))
    assert table["text"].tolist() == ["neg é", "pos é"] and table["label"].tolist() == [0, 1]
    with pytest.raises(DataError, match="is not ascii"):
        read_columns(TextFolder(tmp_path, encoding="ascii"))


def test_folders_without_classes_or_files(tmp_path):
    with pytest.raises(DataError, match="one per class"):
        TextFolder(tmp_path)
    (tmp_path / "pos").mkdir()
    with pytest.raises(DataError, match="no rows"):
        TextFolder(tmp_path)
    with pytest.raises(DataError, match="does not exist"):
        TextFolder(tmp_path / "nothing")


def test_the_name_of_a_file_finds_its_reader(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3))
    assert open_source(tmp_path / "x.npy").rows == 3
    with pytest.raises(DataError, match=r"no reader is known for '\.docx'"):
        open_source(tmp_path / "x.docx")


def test_a_data_set_begins_at_a_folder(pictures, tmp_path_factory):
    dataset = Dataset.from_file(pictures, label="label")
    picture, label = next(iter(dataset))
    assert picture.shape == (4, 6, 3) and label.item() == 0
    texts = tmp_path_factory.mktemp("texts")
    for name in ("neg", "pos"):
        (texts / name).mkdir()
        (texts / name / "1.txt").write_text(name)
    assert [text for text, _ in Dataset.from_file(texts, label="label")] == ["neg", "pos"]


def test_classes_may_be_chosen_in_an_order(pictures):
    source = PictureFolder(pictures, class_names=["dog", "cat"])
    assert source.class_names == ("dog", "cat")
    assert [(path.parent.name, label) for path, label in source.files] == [
        ("dog", 0), ("dog", 0), ("cat", 1), ("cat", 1)
    ]  # fmt: skip
    assert PictureFolder(pictures, class_names=["dog"]).rows == 2
    with pytest.raises(UnknownNameError, match=r"'dogs'.*did you mean 'dog'"):
        PictureFolder(pictures, class_names=["cat", "dogs"])


def test_without_classes_all_files_below_have_the_label_zero(pictures):
    (pictures / "cat" / "deep").mkdir()
    Image.new("RGB", (6, 4)).save(pictures / "cat" / "deep" / "A.PNG")
    (pictures / "cat" / ".hidden.png").write_bytes(b"x")
    (pictures / "notes.txt").write_bytes(b"x")
    source = PictureFolder(pictures, class_names=())
    assert source.class_names == ()
    assert [(path.name, label) for path, label in source.files] == [
        ("0.png", 0), ("1.png", 0), ("A.PNG", 0), ("0.png", 0), ("1.png", 0)
    ]  # fmt: skip


def test_hidden_folders_are_no_classes_and_skipped_entries_are_counted(pictures):
    (pictures / ".git").mkdir()
    for name in ("b.txt", "a.txt"):
        (pictures / "cat" / name).write_bytes(b"x")
    with pytest.warns(UserWarning, match=r"cat: 2 entries are skipped, such as 'a\.txt'; expected"):
        assert PictureFolder(pictures).class_names == ("cat", "dog")


@pytest.mark.parametrize(
    ("length", "text"), [(None, "abcdé"), (1, "a"), (5, "abcdé"), (9, "abcdé")]
)
def test_texts_are_cut_to_a_length(tmp_path, length, text):
    (tmp_path / "pos").mkdir()
    (tmp_path / "pos" / "1.txt").write_text("abcdé", "utf-8")
    assert read_columns(TextFolder(tmp_path, max_length=length))["text"].tolist() == [text]
    with pytest.raises(ArgumentError, match="max_length"):
        TextFolder(tmp_path, max_length=0)


def test_files_can_be_selected_in_an_order(pictures):
    source = PictureFolder(pictures)
    chosen = source.selected(np.array([3, 0]))
    assert chosen.columns == ("picture", "label") and source.rows == 4 and chosen.rows == 2
    (chunk,) = chosen.chunks(5)
    assert chunk["label"].tolist() == [1, 0] and chunk["label"].dtype == np.int64
    assert chunk["picture"][:, 0, 0].tolist() == [[10, 1, 0], [200, 0, 0]]


def test_pictures_are_resized_to_height_and_width_if_a_size_is_given(pictures):
    assert PictureFolder(pictures).size == (4, 6)
    same = next(PictureFolder(pictures, size=(4, 6)).chunks(4))["picture"]
    assert same[0, 0, 0].tolist() == [200, 0, 0]
    gray = next(PictureFolder(pictures, color="gray").chunks(1))["picture"]
    assert gray.shape == (1, 4, 6, 1)
    wide = next(PictureFolder(pictures, size=(1, 9)).chunks(4))["picture"]
    assert wide.shape == (4, 1, 9, 3)


@pytest.mark.parametrize(
    ("names", "kind"),
    [(["a.TXT"], TextFolder), (["a.md"], TextFolder), ([".a.txt", "b.png"], None)],
)
def test_the_first_visible_file_decides_whether_a_folder_holds_texts(tmp_path, names, kind):
    (tmp_path / "pos").mkdir()
    (tmp_path / "file.txt").write_text("beside the classes")
    for name in names:
        if name.endswith("png"):
            Image.new("RGB", (2, 2)).save(tmp_path / "pos" / name)
        else:
            (tmp_path / "pos" / name).write_text("x")
    assert type(open_source(tmp_path)) is (kind or PictureFolder)
