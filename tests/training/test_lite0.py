"""The default net in PyTorch is the ONNX graph, value by value."""

import numpy as np
import onnxruntime
import pytest

from affekt.nets.efficientnet_lite0 import build, read_weights
from affekt.nets.lite0_names import TIMM_NAMES, named_as_published, named_as_timm
from tests.nets.test_efficientnet_lite0 import framed_photograph

torch = pytest.importorskip("torch")

from affekt.training import lite0  # noqa: E402  (needs PyTorch)

NAMES = ("chelsea.png", "coffee.png", "rocket.jpg", "camera.png")


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return np.stack([framed_photograph(name) for name in NAMES])


def test_every_entry_has_one_name_of_each_kind() -> None:
    weights = read_weights()
    assert TIMM_NAMES.keys() == weights.keys()
    assert len(set(TIMM_NAMES.values())) == len(weights)
    assert named_as_published(named_as_timm(weights)).keys() == weights.keys()


@pytest.mark.slow
def test_logits_are_those_of_the_graph_within_a_ten_thousandth(pixels: np.ndarray) -> None:
    """M16, M44: logits within 1e-4, what enters the last stage within 1e-3."""
    graph = onnxruntime.InferenceSession(build(), providers=["CPUExecutionProvider"])
    logits, activation = graph.run(["logits", "stage6"], {"pixels": pixels})
    net = lite0.published()
    with torch.inference_mode():
        entering = net.activation(lite0.normalised(pixels))
        found = net.from_activation(entering)
    assert np.abs(found.numpy() - logits).max() < 1e-4
    assert np.abs(entering.numpy() - activation).max() < 1e-3


@pytest.mark.slow
def test_a_new_last_layer_is_small_seeded_and_all_that_differs() -> None:
    """G1: only the last layer changes."""
    old = lite0.arrays_of(lite0.published())
    one, same, other = (lite0.arrays_of(lite0.with_classes(8, seed=at)) for at in (1, 1, 2))
    differs = [name for name in old if not np.array_equal(old[name], one[name])]
    assert differs == ["classifier.weight", "classifier.bias"]
    assert one["classifier.weight"].shape == (8, 1280)
    assert np.array_equal(one["classifier.weight"], same["classifier.weight"])
    assert not np.array_equal(one["classifier.weight"], other["classifier.weight"])


@pytest.mark.slow
def test_a_graph_of_eight_classes_says_what_the_net_says(pixels: np.ndarray) -> None:
    """M50"""
    net = lite0.with_classes(8, seed=1).eval()
    graph = build(named_as_published(lite0.arrays_of(net)), classes=8)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    (logits,) = session.run(["logits"], {"pixels": pixels})
    with torch.inference_mode():
        assert np.abs(net(lite0.normalised(pixels)).numpy() - logits).max() < 1e-4
