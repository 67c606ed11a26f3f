"""Grad-CAM on the net in PyTorch: at its end the class activation map (M75)."""

import numpy as np
import pytest

from affekt.measures.saliency import class_activation_map
from affekt.nets.efficientnet_lite0 import LAYERS, read_weights
from affekt.nets.shuffled import before_the_mean, shuffled
from tests.nets.test_efficientnet_lite0 import framed_photograph

torch = pytest.importorskip("torch")

from affekt.training.grad_cam import grad_cam, opened  # noqa: E402  (needs PyTorch)


@pytest.fixture(scope="module")
def photograph() -> np.ndarray:
    return framed_photograph("chelsea.png")


def test_at_the_last_layer_it_is_the_class_activation_map_over_its_cells(
    photograph: np.ndarray,
) -> None:
    """M75: and the graph, without a gradient, gives the same."""
    weights = read_weights()
    channels = np.random.default_rng(1).normal(size=1280)
    activations = before_the_mean(weights).run(photograph[None], "head")[0]
    exact = class_activation_map(activations, channels)
    found = grad_cam(opened(weights), photograph, channels, "head")
    assert found.shape == (7, 7)
    assert np.abs(found * 49 - exact).max() < 1e-3 * np.abs(exact).max()
    cut = np.maximum(found, 0)
    assert np.corrcoef(cut.ravel(), np.maximum(exact, 0).ravel())[0, 1] > 0.9999


@pytest.mark.parametrize("layer", ["stage3", "stage6"])
def test_any_named_layer_has_a_map_of_its_own_size(photograph: np.ndarray, layer: str) -> None:
    """M75: `stage6` is what the graph calls so."""
    net = opened(shuffled(read_weights(), 3))
    grid = grad_cam(net, photograph, np.ones(1280), layer)
    assert grid.shape == LAYERS[layer][1:]
    assert np.isfinite(grid).all()
    assert np.ptp(grid) > 0


def test_a_layer_that_is_not_there_is_refused(photograph: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no layer 'stage8'; known: stage1, "):
        grad_cam(opened(read_weights()), photograph, np.ones(1280), "stage8")
