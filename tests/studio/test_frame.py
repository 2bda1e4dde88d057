"""Frames: known bytes, and what is written is read."""

from __future__ import annotations

import numpy as np
import pytest

from steepest.errors import DataError, DTypeError
from steepest.studio.frame import Frame

HEAD = (
    b'{"kind":"map","view":"landscape","id":7,"number":null,"data":{"low":null},'
    b'"arrays":[{"name":"values","dtype":"float32","shape":[3]},'
    b'{"name":"which","dtype":"uint8","shape":[1,2]}]}'
)
KNOWN = (
    (4 + 180 + 0 + 16 + 8).to_bytes(4, "little") + (180).to_bytes(4, "little") + HEAD + bytes(0)
    + b"\x00\x00\x80\x3f" + b"\x00\x00\x00\x40" + b"\x00\x00\xc0\x7f" + bytes(4)  # 1, 2, NaN
    + b"\x05\xff" + bytes(6)
)  # fmt: skip


def known() -> Frame:
    values = np.array([1.0, 2.0, np.nan], ">f4")  # of the other order of bytes
    which = np.array([[5, 255]], np.uint8)
    return Frame("map", {"low": np.nan}, {"values": values, "which": which}, "landscape", 7)


def test_the_bytes_of_a_frame_are_known():
    assert len(HEAD) == 180
    assert known().to_bytes() == KNOWN


def test_what_is_written_is_read():
    frame = Frame.from_bytes(KNOWN)
    assert (frame.kind, frame.view, frame.id, frame.number) == ("map", "landscape", 7, None)
    assert frame.data == {"low": None}
    np.testing.assert_array_equal(frame.arrays["values"], np.float32([1, 2, np.nan]))
    np.testing.assert_array_equal(frame.arrays["which"], [[5, 255]])


def test_a_stream_is_split_into_frames_and_the_rest():
    one = Frame("a").to_bytes()
    frames, rest = Frame.split(one + KNOWN + one[:-1])
    assert [frame.kind for frame in frames] == ["a", "map"]
    assert rest == one[:-1]
    assert Frame.split(b"") == ([], b"")


def test_a_message_of_a_widget_has_the_same_head_and_the_arrays_as_they_are():
    head, buffers = known().to_message()
    assert head["arrays"][0] == {"name": "values", "dtype": "float32", "shape": [3]}
    assert [len(memoryview(buffer).tobytes()) for buffer in buffers] == [12, 2]


def test_arrays_that_are_not_contiguous_and_empty_ones_are_read_again():
    values = np.arange(12, dtype=np.int32).reshape(3, 4)[:, ::2]
    frame = Frame("a", {}, {"none": np.zeros((0, 2)), "values": values, "one": np.float64(3) * 1})
    again = Frame.from_bytes(frame.to_bytes())
    np.testing.assert_array_equal(again.arrays["values"], values)
    assert again.arrays["none"].shape == (0, 2) and again.arrays["one"].shape == ()


def test_other_dtypes_are_refused_where_the_frame_is_made():
    with pytest.raises(DTypeError, match=r"frame 'a': array 'x': float32, .* got int64"):
        Frame("a", {}, {"x": np.arange(3)})


@pytest.mark.parametrize("cut", [0, 3, 4, 7, 100, len(KNOWN) - 1])
def test_incomplete_bytes_are_refused(cut):
    with pytest.raises(DataError, match="frame"):
        Frame.from_bytes(KNOWN[:cut])


def test_an_empty_frame_in_a_stream_is_refused():
    for stream in (bytes(4), KNOWN + bytes(4)):
        with pytest.raises(DataError, match="the bytes hold none"):
            Frame.split(stream)


def test_sizes_that_lie_are_refused():
    bent = KNOWN.replace(b'"shape":[3]', b'"shape":[9]')
    with pytest.raises(DataError, match="the bytes hold none"):
        Frame.from_bytes(bent)
    with pytest.raises(DataError, match="the bytes hold none"):
        Frame.from_bytes(KNOWN.replace(b"float32", b"float16"))
