"""Caffe's files are read without Caffe, bit by bit, and what is none is told in a sentence."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import Damaged, UsageError
from affekt.nets import caffe_file
from affekt.nets.caffe_file import read_caffe_blob, read_caffe_net
from tests.nets.caffe_writer import blob, data, layer, net, number, old_blob, thin_weights, varint

KERNEL = np.random.default_rng(2).normal(size=(2, 3, 4, 5)).astype(np.float32)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "net.caffemodel"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("is_old", [False, True], ids=["today", "before 2014"])
def test_both_layouts_are_read_bit_by_bit(tmp_path: Path, is_old: bool) -> None:
    """M22, M24."""
    weights = thin_weights()
    found = read_caffe_net(written(tmp_path, net(weights, is_old=is_old)))
    assert [one.name for one in found][:5] == ["data", "conv1", "relu1", "pool1", "norm1"]
    blobs = {one.name: one.blobs for one in found if one.blobs}
    assert list(blobs) == list(weights)
    for name, pair in weights.items():
        for ours, theirs in zip(blobs[name], pair, strict=True):
            assert ours.reshape(theirs.shape).tobytes() == theirs.tobytes()


def test_double_precision_stays_double(tmp_path: Path) -> None:
    """M22."""
    kernel = KERNEL.astype(np.float64) / 3
    (found,) = read_caffe_net(written(tmp_path, layer("conv", "Convolution", [kernel])))
    np.testing.assert_array_equal(found.blobs[0], kernel, strict=True)


def test_a_shape_whose_sides_stand_one_by_one_is_read(tmp_path: Path) -> None:
    """M22: not packed, as other writers may have it."""
    shape = b"".join(number(1, side) for side in KERNEL.shape)
    content = data(7, shape) + data(5, KERNEL.tobytes())
    path = written(tmp_path, data(100, data(1, b"conv") + data(7, content)))
    np.testing.assert_array_equal(read_caffe_net(path)[0].blobs[0], KERNEL, strict=True)


@pytest.mark.parametrize("write", [blob, old_blob])
def test_a_mean_image_is_one_blob(tmp_path: Path, write: object) -> None:
    """M21."""
    assert callable(write)
    path = written(tmp_path, write(KERNEL))
    np.testing.assert_array_equal(read_caffe_blob(path), KERNEL, strict=True)


BROKEN = {
    "empty": (b"", "no layer with weights"),
    "text": (b"name: 'CaffeNet'\n", "is not a Caffe net"),
    "an archive": (b"PK\x03\x04" + bytes(60), "is not a Caffe net"),
    "no weights": (layer("conv", "Convolution", []), "no layer with weights"),
    "cut": (net(thin_weights())[:-9], "ends inside a field"),
    "endless number": (b"\xff" * 11, "does not end"),
    "unknown kind": (varint(1 << 3 | 3), "stored as 3"),
    "half a value": (data(100, data(7, data(5, b"123"))), "no multiple of 4"),
    "not packed": (data(100, data(7, varint(5 << 3 | 5) + b"1234")), "not packed"),
    "too few values": (data(100, data(7, number(1, 9) + data(5, b"1234"))), "has 1 values"),
    "no values": (data(100, data(7, number(1, 9))), "0 pieces"),
    "a side of zero": (data(100, data(7, number(1, 0) + data(5, b""))), r"shape \(0, 1, 1, 1\)"),
    "a huge side": (data(100, data(7, number(1, 1 << 60) + data(5, b"1234"))), "the shape"),
    "many sides": (data(100, data(7, data(7, data(1, b"\1" * 999)))), "more than 32 dimensions"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_net_is_told(tmp_path: Path, name: str) -> None:
    """B73."""
    content, said = BROKEN[name]
    with pytest.raises(Damaged, match=said):
        read_caffe_net(written(tmp_path, content))


def test_a_message_of_endless_fields_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caffe_file, "MOST_FIELDS", 50)
    with pytest.raises(Damaged, match="more than 50 fields"):
        read_caffe_net(written(tmp_path, number(3, 1) * 51))


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"net\.caffemodel: cannot be read"):
        read_caffe_net(tmp_path / "net.caffemodel")


SMALL = layer("conv", "Convolution", [KERNEL[:1, :1, :1], KERNEL[0, 0, 0]])


@settings(max_examples=60)
@given(at=st.integers(0, len(SMALL) - 1), value=st.integers(0, 255))
def test_a_changed_byte_gives_layers_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, at: int, value: int
) -> None:
    """B73: never a traceback."""
    content = bytearray(SMALL)
    content[at] = value
    path = written(tmp_path_factory.mktemp("changed"), bytes(content))
    try:
        found = read_caffe_net(path)
    except Damaged as trouble:
        assert "is not a Caffe net" in str(trouble)  # noqa: PT017  (either outcome is right)
        return
    assert all(isinstance(one, np.ndarray) for each in found for one in each.blobs)
