"""Kernels of nets by layer, first-layer filters as pictures, and a reader of safetensors."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from affekt.errors import Damaged
from affekt.nets import filters
from affekt.nets.efficientnet_lite0 import read_weights
from affekt.nets.lite0_names import named_as_timm
from affekt.nets.safetensors_file import read_safetensors
from tests.nets.caffe_writer import net, thin_weights

Arrays = dict[str, NDArray[Any]]


def written(path: Path, arrays: Arrays, **changes: Any) -> Path:
    """A safetensors file, laid out by hand."""
    names = {np.dtype("f4"): "F32", np.dtype("i8"): "I64", np.dtype("f2"): "F16"}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    body = b""
    for name, array in arrays.items():
        begin, body = len(body), body + array.tobytes()
        about = {"dtype": names[array.dtype], "shape": list(array.shape)}
        header[name] = {**about, "data_offsets": [begin, len(body)], **changes}
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return path


def test_tensors_are_read_as_they_were_written(tmp_path: Path) -> None:
    arrays = {
        "a": np.arange(6, dtype="f4").reshape(2, 3),
        "count": np.array(7, dtype="i8"),
        "none": np.zeros((0, 4), dtype="f2"),
    }
    came = read_safetensors(written(tmp_path / "one", arrays))
    assert {name: one.tolist() for name, one in came.items()} == {
        name: one.tolist() for name, one in arrays.items()
    }
    assert came["none"].shape == (0, 4)


@pytest.mark.parametrize(
    "changes", [{"shape": [4]}, {"dtype": "F8"}, {"data_offsets": [0, 5]}, {"shape": "x"}]
)
def test_a_file_that_is_not_whole_is_told(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = written(tmp_path / "one", {"a": np.arange(6, dtype="f4")}, **changes)
    with pytest.raises(Damaged, match="not a whole safetensors file"):
        read_safetensors(path)


@pytest.mark.parametrize(
    "data", [b"", b"\xff" * 40, b"\x02\0\0\0\0\0\0\0[]", b"\x04\0\0\0\0\0\0\0null"]
)
def test_another_kind_of_file_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "one"
    path.write_bytes(data)
    with pytest.raises(Damaged, match="not a whole safetensors file"):
        read_safetensors(path)


def test_a_trained_net_has_the_layers_of_its_start_from_the_picture_onwards(tmp_path: Path) -> None:
    """M86."""
    start = filters.published("efficientnet_lite0", None)
    arrays = {
        name: np.ascontiguousarray(one) for name, one in named_as_timm(read_weights()).items()
    }
    end = filters.trained(written(tmp_path / "model.safetensors", arrays))
    names = list(end.layers)
    assert names == list(start.layers)
    assert names[:3] == ["conv_stem", "blocks.0.0.conv_dw", "blocks.0.0.conv_pw"]
    assert names[-2:] == ["conv_head", "classifier"]
    assert names[3:6] == [f"blocks.1.0.conv_{kind}" for kind in ("pw", "dw", "pwl")]
    assert start.first.shape == (32, 3, 3, 3)
    assert np.array_equal(start.first, end.first)


def test_weights_of_another_net_are_told(tmp_path: Path) -> None:
    path = written(tmp_path / "one", {"a": np.arange(6, dtype="f4")})
    with pytest.raises(Damaged, match=r"has no layer 'conv_stem\.weight'"):
        filters.trained(path)


def test_caffe_has_blue_first_and_the_picture_has_red_first(tmp_path: Path) -> None:
    weights = thin_weights()
    path = tmp_path / "thin.caffemodel"
    path.write_bytes(net(weights))
    came = filters.published("caffenet", path)
    kernel = weights["conv1"][0]
    assert np.array_equal(came.first[:, 0], kernel[:, 2])
    assert np.array_equal(came.first[:, 2], kernel[:, 0])
    assert next(iter(came.layers)) == "conv1"


def test_a_file_without_a_first_layer_is_told(tmp_path: Path) -> None:
    path = tmp_path / "late.caffemodel"
    path.write_bytes(net({name: one for name, one in thin_weights().items() if name != "conv1"}))
    with pytest.raises(Damaged, match="no layer 'conv1' that looks at three colours"):
        filters.published("caffenet", path)


def test_each_filter_is_drawn_at_its_own_scale_and_zero_is_grey() -> None:
    loud = np.zeros((2, 3, 2, 2))
    loud[0, 0, 0, 0], loud[1, 2, 1, 1] = 4.0, -0.5
    pictures = filters.drawn(loud, filters.scales(loud))
    assert pictures.shape == (2, 2, 2, 3)
    assert pictures[0, 0, 0].tolist() == [255, 128, 128]
    assert pictures[1, 1, 1].tolist() == [128, 128, 0]


def test_before_after_and_difference_share_a_scale() -> None:
    """M86."""
    before, after = np.full((1, 3, 1, 1), 1.0), np.full((1, 3, 1, 1), 0.5)
    scale = filters.scales(before, after)
    levels = [int(filters.drawn(one, scale)[0, 0, 0, 0]) for one in (before, after, after - before)]
    assert levels == [255, 191, 64]


def test_a_filter_that_is_all_but_zero_does_not_look_as_if_it_saw_something() -> None:
    """P12: four filters of the published stem are of the size of 1e-9."""
    both = np.zeros((2, 3, 1, 1))
    both[0], both[1, 0] = 1.0, 1e-9
    assert filters.drawn(both, filters.scales(both))[1].tolist() == [[[128, 128, 128]]]
    nothing = np.zeros((1, 3, 1, 1))
    assert filters.drawn(nothing, filters.scales(nothing)).tolist() == [[[[128] * 3]]]
