"""The default net: its file, its graph, and what it says about photographs everybody knows."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import skimage
from numpy.typing import NDArray
from PIL import Image

from affekt.errors import Damaged
from affekt.features._framing import framed
from affekt.nets.efficientnet_lite0 import (
    LAYERS,
    NET,
    STAGES,
    WEIGHTS_SHA256,
    blocks,
    build,
    check_weights,
    fold,
    read_weights,
    shapes,
)
from tests.nets import naive

PHOTOGRAPHS = Path(skimage.__file__).parent / "data"  # come inside the package
CATS = set(range(281, 286))  # ImageNet: tabby, tiger cat, Persian, Siamese, Egyptian
ESPRESSO, MISSILE, TRIPOD = 967, 657, 872
Array = NDArray[Any]


@pytest.fixture(scope="module")
def weights() -> dict[str, Array]:
    return read_weights()


@pytest.fixture(scope="module")
def graph(weights: dict[str, Array]) -> bytes:
    return build(weights)


@pytest.fixture(scope="module")
def net(graph: bytes) -> onnxruntime.InferenceSession:
    """The graph as just built, without the cache."""
    return onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])


def photograph(name: str) -> Array:
    return np.asarray(Image.open(PHOTOGRAPHS / name).convert("RGB"))


def framed_photograph(name: str) -> Array:
    return framed(photograph(name), 224, "crop")


def chances(net: onnxruntime.InferenceSession, name: str) -> Array:
    (logits,) = net.run(["logits"], {"pixels": framed_photograph(name)[None]})
    powers = np.exp(logits[0] - logits[0].max())
    return np.asarray(powers / powers.sum())


def test_the_file_holds_296_entries_and_4652008_weights(weights: dict[str, Array]) -> None:
    """M12."""
    running = ("running_mean", "running_var", "num_batches_tracked")
    trained = [array.size for name, array in weights.items() if not name.endswith(running)]
    assert (len(weights), sum(trained)) == (296, 4_652_008)


def test_the_expected_shapes_are_those_of_the_file(weights: dict[str, Array]) -> None:
    assert shapes() == {name: array.shape for name, array in weights.items()}


def test_the_hash_begins_with_the_digits_in_the_files_name() -> None:
    """M10."""
    assert WEIGHTS_SHA256.startswith("57934424")
    assert len(WEIGHTS_SHA256) == 64


def test_nine_of_sixteen_blocks_are_residual() -> None:
    """M12: a block is residual when its stride is 1 and its width stays."""
    assert len(blocks()) == sum(stage.repeats for stage in STAGES) == 16
    assert sum(block.is_residual for block in blocks()) == 9


def test_a_channel_of_zero_variance_folds_to_finite_numbers(weights: dict[str, Array]) -> None:
    """M14: four stem channels have none."""
    kernel, bias = fold(weights, "_conv_stem", "_bn0")
    assert (weights["_bn0.running_var"] == 0).sum() == 4
    assert np.isfinite(kernel).all()
    assert np.isfinite(bias).all()


def test_weights_of_another_shape_are_refused_by_name(weights: dict[str, Array]) -> None:
    """B73: wrong shape."""
    with pytest.raises(Damaged, match=r"'_fc.bias': came \(8,\), expected \(1000,\)"):
        check_weights(weights | {"_fc.bias": np.zeros(8)})


def test_missing_and_foreign_weights_are_refused(weights: dict[str, Array]) -> None:
    """B73: another net."""
    with pytest.raises(Damaged, match="297 entries differ"):
        check_weights({"conv1": np.zeros((96, 3, 11, 11))})


def test_the_graph_is_valid_and_its_shapes_follow(graph: bytes) -> None:
    onnx.checker.check_model(onnx.load_from_string(graph), full_check=True)


def test_the_graph_has_the_named_input_and_outputs(net: onnxruntime.InferenceSession) -> None:
    """M17."""
    (pixels,) = net.get_inputs()
    assert (pixels.name, pixels.type, pixels.shape) == (
        "pixels",
        "tensor(uint8)",
        ["image", 224, 224, 3],
    )
    assert {output.name: output.shape[1:] for output in net.get_outputs()} == {
        "features": [1280],
        "logits": [1000],
        "stage6": [192, 7, 7],
    }
    assert NET.lengths == {"stage6": 9408, "features": 1280, "logits": 1000}


def test_every_layer_has_its_shape(weights: dict[str, Array]) -> None:
    """M75 too: 1280×7×7 is what a map of each class is made of."""
    session = onnxruntime.InferenceSession(build(weights, tuple(LAYERS)))
    given = session.run(list(LAYERS), {"pixels": np.zeros((1, 224, 224, 3), np.uint8)})
    assert [values.shape[1:] for values in given] == list(LAYERS.values())


def test_two_builds_are_the_same_bytes(weights: dict[str, Array], graph: bytes) -> None:
    assert build(weights) == graph


def test_a_cat_fills_the_top_three(net: onnxruntime.InferenceSession) -> None:
    """M16."""
    assert set(np.argsort(-chances(net, "chelsea.png"))[:3].tolist()) <= CATS


@pytest.mark.parametrize(("name", "answer"), [("coffee.png", ESPRESSO), ("camera.png", TRIPOD)])
def test_a_clear_photograph_gets_nine_tenths(
    net: onnxruntime.InferenceSession, name: str, answer: int
) -> None:
    """M16."""
    assert chances(net, name)[answer] >= 0.9


def test_a_rocket_is_a_missile_first(net: onnxruntime.InferenceSession) -> None:
    """M16."""
    assert chances(net, "rocket.jpg").argmax() == MISSILE


@pytest.mark.parametrize("name", ["chelsea.png", "rocket.jpg"])
def test_an_answer_does_not_depend_on_its_batch(
    net: onnxruntime.InferenceSession, name: str
) -> None:
    """M33."""
    batch = np.stack([framed_photograph(one) for one in ("coffee.png", name, "camera.png")])
    (together,) = net.run(["features"], {"pixels": batch})
    (alone,) = net.run(["features"], {"pixels": batch[1:2]})
    assert np.abs(together[1] - alone[0]).max() <= 1e-5


def test_a_naive_net_in_numpy_agrees(
    net: onnxruntime.InferenceSession, weights: dict[str, Array]
) -> None:
    """M13, M16, M17: padding, normalisation and folding, without any other library's opinion."""
    picture = framed_photograph("chelsea.png")
    names = ["stage6", "features", "logits"]
    ours = dict(zip(names, net.run(names, {"pixels": picture[None]}), strict=True))
    theirs = naive.answer(weights, picture)
    assert np.abs(ours["logits"][0] - theirs["logits"]).max() <= 1e-4
    assert np.abs(ours["features"][0] - theirs["features"]).max() <= 1e-4
    assert np.abs(ours["stage6"][0] - theirs["stage6"]).max() <= 1e-3


@pytest.mark.slow
def test_the_torch_net_agrees(net: onnxruntime.InferenceSession, weights: dict[str, Array]) -> None:
    """M16, M44."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'affekt[nets]'")
    pictures = np.stack([framed_photograph(name) for name in ("chelsea.png", "rocket.jpg")])
    theirs = torch_net(weights)(pictures)
    ours = dict(zip(theirs, net.run(list(theirs), {"pixels": pictures}), strict=True))
    assert np.abs(ours["logits"] - theirs["logits"]).max() <= 1e-4
    assert np.abs(ours["stage6"] - theirs["stage6"]).max() <= 1e-3


def torch_net(weights: dict[str, Array]) -> Any:
    """The net of the benchmark, which is no package."""
    path = Path(__file__).parents[2] / "benchmarks" / "lite0_torch.py"
    spec = spec_from_file_location("lite0_torch", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.TorchLite0(weights)
