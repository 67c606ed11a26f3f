"""The paper's net, layer by layer, against two others that know nothing of ours."""

import logging
import re
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from affekt.errors import AffektError, Damaged, UsageError
from affekt.nets import caffenet, row
from affekt.nets.caffenet import DESIGN, MEAN_BGR, build, opened
from affekt.nets.net import Given
from tests.nets.caffe_writer import ROW, data, net, number, old_blob, thin_weights

Array = NDArray[Any]
LAYERS = DESIGN.layers
PICTURE = np.random.default_rng(4).integers(0, 256, (256, 256, 3), np.uint8)
MEAN = np.array(MEAN_BGR, np.float32).reshape(3, 1, 1)
CLOSE = 2e-6  # of the largest value of a layer
PROTOTXT = Path(__file__).parent / "caffenet.prototxt"


@pytest.fixture(scope="module")
def weights() -> dict[str, tuple[Array, Array]]:
    return thin_weights()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, weights: dict[str, tuple[Array, Array]]) -> Path:
    path = tmp_path_factory.mktemp("caffe") / "thin.caffemodel"
    path.write_bytes(net(weights))
    return path


def answer(graph: bytes) -> Array:
    """What the one output says of the picture."""
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"pixels": PICTURE[None]})[0][0])


def every(path: Path, mean: Path | None = None) -> dict[str, Array]:
    return {layer: answer(build(path, mean, layer)) for layer in LAYERS}


def assert_alike(ours: dict[str, Array], theirs: dict[str, Array], limit: float = CLOSE) -> None:
    assert set(ours) <= set(theirs)
    for layer, values in ours.items():
        assert values.shape == theirs[layer].shape
        apart = np.abs(values - theirs[layer]).max() / np.abs(theirs[layer]).max()
        assert apart <= limit, layer


def in_opencv(path: Path) -> dict[str, Array]:
    """Every layer as OpenCV's importer of Caffe's files understands them."""
    theirs = cv2.dnn.readNetFromCaffe(str(PROTOTXT), str(path))
    theirs.enableWinograd(False)  # a faster way to convolve, and a less exact one
    blue_first = PICTURE[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) - MEAN
    theirs.setInput(blue_first[None, :, 14:241, 14:241])
    ends = {name: name.replace("conv", "relu") for name in LAYERS}
    ends |= {"fc6": "relu6", "fc7": "relu7"}
    given = theirs.forward([ends[name] for name in LAYERS])
    return {name: np.asarray(values)[0] for name, values in zip(LAYERS, given, strict=True)}


@pytest.mark.parametrize("is_old", [False, True], ids=["today", "before 2014"])
def test_opencv_reads_the_same_net_in_the_same_file(
    tmp_path: Path, weights: dict[str, tuple[Array, Array]], is_old: bool
) -> None:
    """M20, M21, M22, M24."""
    path = tmp_path / "thin.caffemodel"
    path.write_bytes(net(weights, is_old=is_old))
    assert_alike(every(path), in_opencv(path))


@pytest.mark.slow
def test_torch_gives_the_same_layer_by_layer(
    path: Path, weights: dict[str, tuple[Array, Array]]
) -> None:
    """M20, M24: and not when it normalises first, as Caffe's AlexNet does."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'affekt[nets]'")
    from tests.nets import torch_rows

    ours = every(path)
    assert_alike(ours, torch_rows.caffenet(weights, PICTURE, MEAN))
    swapped = torch_rows.caffenet(weights, PICTURE, MEAN, is_pooled_first=False)
    assert np.abs(ours["norm1"] - swapped["pool1"]).max() / np.abs(ours["norm1"]).max() > 1e-3


def test_the_layers_have_the_papers_shapes(path: Path) -> None:
    """M20: of a net of few channels; the sides are those of the whole one."""
    shapes = {layer: opened(Given(path), layer).shapes[layer] for layer in LAYERS}
    sides = {name: shape[1] for name, shape in shapes.items() if len(shape) == 3}
    assert sides == {
        "conv1": 55, "pool1": 27, "norm1": 27, "conv2": 27, "pool2": 13, "norm2": 13,
        "conv3": 13, "conv4": 13, "conv5": 13, "pool5": 6,
    }  # fmt: skip
    assert [shapes[name] for name in ("fc6", "fc7", "fc8")] == [(32,), (24,), (10,)]


def test_the_whole_net_has_the_papers_size() -> None:
    """M20: 60.97 M weights, 4,096 values behind fc7; of weights that take no memory."""
    whole = {
        "conv1": (96, 3, 11, 11), "conv2": (256, 48, 5, 5), "conv3": (384, 256, 3, 3),
        "conv4": (384, 192, 3, 3), "conv5": (256, 192, 3, 3), "fc6": (4096, 9216),
        "fc7": (4096, 4096), "fc8": (1000, 4096),
    }  # fmt: skip
    zero = np.float32(0)
    weights = {
        name: (np.broadcast_to(zero, shape), np.broadcast_to(zero, shape[:1]))
        for name, shape in whole.items()
    }
    told = (Path(__file__).parents[2] / "docs" / "nets.md").read_text(encoding="utf-8")
    (own,) = [line for line in told.splitlines() if line.startswith("| `caffenet` | `conv1`")]
    for layer in LAYERS:
        shape = row.shape(row.up_to(caffenet.ROW, layer), weights, 227, "")
        assert re.search(rf"`{layer}`[^,]* {np.prod(shape):,}", own), layer
    assert sum(kernel.size + bias.size for kernel, bias in weights.values()) == 60_965_224


@pytest.mark.parametrize("ending", [".npy", ".binaryproto"])
def test_a_mean_image_is_subtracted_before_the_centre_is_cut(path: Path, ending: str) -> None:
    """M21."""
    chance = np.random.default_rng(6)
    image = chance.uniform(0, 255, (3, 256, 256)).astype(np.float32)
    file = path.with_suffix(ending)
    file.write_bytes(old_blob(image)) if ending == ".binaryproto" else np.save(file, image)
    blue_first = PICTURE[:, :, ::-1].transpose(2, 0, 1).astype(np.float32) - image
    kernel, bias = thin_weights()["conv1"]
    at = blue_first[:, 14 + 4 * 9 : 14 + 4 * 9 + 11, 14 + 4 * 20 : 14 + 4 * 20 + 11]
    expected = np.maximum((kernel * at).sum(axis=(1, 2, 3)) + bias, 0)
    found = answer(build(path, file, "conv1"))[:, 9, 20]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-3)
    assert opened(Given(path, file), "conv1").digest != opened(Given(path), "conv1").digest


def test_three_numbers_are_a_mean_colour(path: Path, tmp_path: Path) -> None:
    """M21."""
    file = tmp_path / "mean.npy"
    np.save(file, np.array(MEAN_BGR))
    np.testing.assert_array_equal(
        answer(build(path, file, "pool1")), answer(build(path, None, "pool1"))
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (np.zeros((3, 227, 227), np.float32), "holds 3 × 227 × 227 numbers"),
        (np.zeros((256, 256, 3), np.float32), "holds 256 × 256 × 3 numbers"),
        (np.array(["a"]), "cannot be read as numbers"),
    ],
)
def test_another_mean_is_refused_at_once(
    path: Path, tmp_path: Path, content: Array, said: str
) -> None:
    file = tmp_path / "mean.npy"
    np.save(file, content)
    with pytest.raises(UsageError, match=f"{said}.*3 × 256 × 256 or 3 numbers"):
        opened(Given(path, file), "fc7")


def test_the_layers_own_name_counts_and_other_layers_may_lack(
    tmp_path: Path, weights: dict[str, tuple[Array, Array]]
) -> None:
    """A net that was tuned on other classes names its last layer anew."""
    named = [("fc8_styles" if name == "fc8" else name, kind, was) for name, kind, was in ROW]
    path = tmp_path / "tuned.caffemodel"
    path.write_bytes(net(weights | {"fc8_styles": weights["fc8"]}, row=named))
    assert opened(Given(path), "fc7").lengths == {"fc7": 24}
    with pytest.raises(Damaged, match=r"no weights of the layer 'fc8', but of .*'fc8_styles'"):
        opened(Given(path), "fc8")


def test_caffes_alexnet_is_refused(tmp_path: Path, weights: dict[str, tuple[Array, Array]]) -> None:
    """M20: its weights have the same shapes, and would give other values."""
    swapped = [one for one in ROW if one[0] != "norm1"]
    swapped.insert(3, ROW[4])
    path = tmp_path / "bvlc_alexnet.caffemodel"
    path.write_bytes(net(weights, row=swapped))
    with pytest.raises(UsageError, match="normalises before it pools"):
        opened(Given(path), "fc7")


@pytest.mark.parametrize(
    ("name", "shape"), [("conv2", (12, 8, 5, 5)), ("conv4", (11, 6, 3, 3)), ("fc6", (32, 200))]
)
def test_weights_of_another_net_are_refused_by_name(
    tmp_path: Path, weights: dict[str, tuple[Array, Array]], name: str, shape: tuple[int, ...]
) -> None:
    """B73: without groups, an odd number of channels, fewer values."""
    other = np.zeros(shape, np.float32), np.zeros(shape[0], np.float32)
    path = tmp_path / "other.caffemodel"
    path.write_bytes(net(weights | {name: other}))
    with pytest.raises(Damaged, match=rf"layer '{name}' has weights of shape .*expected"):
        opened(Given(path), "fc7")


@pytest.mark.parametrize("name", ["nowhere.caffemodel", "."])
def test_a_file_that_is_not_there_is_told_and_never_fetched(tmp_path: Path, name: str) -> None:
    """M23."""
    with pytest.raises(AffektError, match=r"a Caffe net as the snapshot of a training.* expected"):
        opened(Given(tmp_path / name), "fc7")


def test_the_reference_file_is_known_by_its_hash(
    tmp_path: Path,
    weights: dict[str, tuple[Array, Array]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """M23: reported; another file is allowed, and named by its hash."""
    caplog.set_level(logging.INFO)
    path = tmp_path / "some.caffemodel"
    path.write_bytes(net(weights))
    other = opened(Given(path), "fc7")
    assert other.facts["weights_are"] == "unknown"
    assert other.weights_sha256 == sha256(path.read_bytes()).hexdigest()
    assert f"is unknown, SHA-256 {other.weights_sha256}" in caplog.text
    assert caffenet.REFERENCE_SHA1 == "4c8d77deb20ea792f84eb5e6d0a11ca0a8660a46"
    digest = sha1(path.read_bytes()).hexdigest()
    monkeypatch.setattr(caffenet, "REFERENCE_SHA1", digest)
    path.write_bytes(net(weights))  # looked at anew, because it was written anew
    assert opened(Given(path), "fc6").facts["weights_are"] == "bvlc_reference_caffenet"
    assert "is bvlc_reference_caffenet" in caplog.text


def test_a_file_written_anew_is_another_net(tmp_path: Path) -> None:
    """M33: whatever its name is."""
    path = tmp_path / "net.caffemodel"
    path.write_bytes(net(thin_weights(1)))
    before = opened(Given(path), "fc7")
    path.write_bytes(net(thin_weights(2, classes=11)))
    after = opened(Given(path), "fc7")
    path.rename(tmp_path / "moved.caffemodel")
    moved = opened(Given(tmp_path / "moved.caffemodel"), "fc7")
    assert before.digest != after.digest == moved.digest


def test_weights_in_double_precision_work(tmp_path: Path) -> None:
    double = {
        name: (kernel.astype(np.float64), bias.astype(np.float64))
        for name, (kernel, bias) in thin_weights().items()
    }
    path = tmp_path / "double.caffemodel"
    path.write_bytes(net(double))
    assert answer(build(path, None, "fc7")).dtype == np.float32


def test_a_layer_with_one_blob_is_passed_over(
    tmp_path: Path, weights: dict[str, tuple[Array, Array]]
) -> None:
    path = tmp_path / "net.caffemodel"
    extra = data(100, data(1, b"scale") + data(7, number(1, 1) + data(5, b"1234")))
    path.write_bytes(net(weights) + extra)
    assert opened(Given(path), "fc8").lengths == {"fc8": 10}
