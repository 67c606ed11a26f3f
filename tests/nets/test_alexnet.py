"""torchvision's AlexNet from a user's file, against the same layers in plain PyTorch."""

import logging
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from affekt.errors import Damaged, UsageError
from affekt.nets import alexnet
from affekt.nets.alexnet import DESIGN, ENTRIES, build, opened
from affekt.nets.net import Given
from tests.nets.test_torch_file import older, state, tensor

Array = NDArray[Any]
PICTURE = np.random.default_rng(4).integers(0, 256, (224, 224, 3), np.uint8)
KERNELS = {
    "conv1": (6, 3, 11, 11), "conv2": (9, 6, 5, 5), "conv3": (8, 9, 3, 3), "conv4": (7, 8, 3, 3),
    "conv5": (5, 7, 3, 3), "fc6": (24, 180), "fc7": (20, 24), "fc8": (10, 20),
}  # fmt: skip


def thin_weights() -> dict[str, tuple[Array, Array]]:
    """Weights of an AlexNet of few channels."""
    chance, made = np.random.default_rng(3), {}
    for name, shape in KERNELS.items():
        kernel = chance.normal(0, (2 / np.prod(shape[1:])) ** 0.5, shape).astype(np.float32)
        made[name] = kernel, chance.normal(0.1, 0.1, shape[0]).astype(np.float32)
    return made


def file_of(weights: dict[str, tuple[Array, Array]], path: Path) -> Path:
    """Write them as torchvision's file has them."""
    named = {
        f"{ENTRIES[name]}.{part}": array
        for name, pair in weights.items()
        for part, array in zip(("weight", "bias"), pair, strict=True)
    }
    entries = {
        name: tensor("FloatStorage", str(at), array.shape, strides(array), array.size)
        for at, (name, array) in enumerate(named.items())
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("alexnet/data.pkl", state(**entries))
        for at, array in enumerate(named.values()):
            archive.writestr(f"alexnet/data/{at}", array.tobytes())
    return path


def strides(array: Array) -> tuple[int, ...]:
    return tuple(step // array.itemsize for step in array.strides)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return file_of(thin_weights(), tmp_path_factory.mktemp("alexnet") / "alexnet.pth")


def answer(path: Path, layer: str) -> Array:
    graph = build(path, layer)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return np.asarray(session.run([layer], {"pixels": PICTURE[None]})[0][0])


@pytest.mark.slow
def test_torch_gives_the_same_layer_by_layer(path: Path) -> None:
    """M25."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'affekt[nets]'")
    from tests.nets import torch_rows

    theirs = torch_rows.alexnet(thin_weights(), PICTURE)
    for layer in DESIGN.layers:
        ours = answer(path, layer)
        assert ours.shape == theirs[layer].shape == opened(Given(path), layer).shapes[layer]
        assert np.abs(ours - theirs[layer]).max() <= 4e-6 * np.abs(theirs[layer]).max(), layer


def test_one_value_of_the_first_layer_by_hand(path: Path) -> None:
    """M25: red first, by ImageNet's mean and deviation, padded by two."""
    kernel, bias = thin_weights()["conv1"]
    scaled = (PICTURE / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    seen = scaled[4 * 9 - 2 : 4 * 9 + 9, 4 * 20 - 2 : 4 * 20 + 9].transpose(2, 0, 1)
    expected = np.maximum((kernel * seen).sum(axis=(1, 2, 3)) + bias, 0)
    np.testing.assert_allclose(answer(path, "conv1")[:, 9, 20], expected, rtol=1e-4, atol=1e-4)


def test_it_has_no_groups_and_no_normalisation(path: Path) -> None:
    """M25: it is never taken for CaffeNet."""
    assert not any(name.startswith("norm") for name in DESIGN.layers)
    grouped = thin_weights() | {"conv2": (np.zeros((8, 3, 5, 5), "f4"), np.zeros(8, "f4"))}
    with pytest.raises(Damaged, match="'conv2' has weights of shape"):
        opened(Given(file_of(grouped, path.with_name("grouped.pth"))), "fc7")


def test_a_file_without_its_entries_is_told(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(older())
    with pytest.raises(Damaged, match=r"other\.pth: has no weights of the layer 'conv1'"):
        opened(Given(path), "fc7")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"torchvision's AlexNet.* is expected"):
        opened(Given(tmp_path / "alexnet.pth"), "fc7")


def test_torchvisions_file_is_known_by_its_hash(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    net = opened(Given(path), "fc7")
    assert net.facts["weights_are"] == "unknown"
    monkeypatch.setattr(alexnet, "KNOWN", {net.weights_sha256[:8]: "alexnet-owt"})
    copied = tmp_path / "copied.pth"
    copied.write_bytes(path.read_bytes())
    assert opened(Given(copied), "fc6").facts["weights_are"] == "alexnet-owt"
    assert "is alexnet-owt" in caplog.text
