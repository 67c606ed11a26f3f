"""A net in 8-bit integers: seven bits a weight, close to the whole one, made once."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from affekt.nets.efficientnet_lite0 import NET
from affekt.nets.int8 import quantised
from affekt.nets.net import Net
from affekt.nets.session import session
from tests.nets.test_efficientnet_lite0 import framed_photograph

NAMES = ("chelsea.png", "coffee.png", "rocket.jpg", "camera.png")


def small(sha256: str = "four") -> Net:
    return quantised(NET, lambda: map(framed_photograph, NAMES), sha256)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache of the test's own, so that the graph is made here."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("cache")
        patch.setenv("XDG_CACHE_HOME", str(place))
        yield place


@pytest.mark.slow
def test_it_says_nearly_what_the_whole_net_says(folder: Path) -> None:
    """M35"""
    pixels = np.stack([framed_photograph(name) for name in NAMES])
    whole, found = (session(net).run(pixels, "logits") for net in (NET, small()))
    assert (found.argmax(axis=1) == whole.argmax(axis=1)).all()
    one, other = (x - x.mean(axis=1, keepdims=True) for x in (whole, found))
    cosines = (
        (one * other).sum(axis=1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)
    )
    assert cosines.min() > 0.95
    assert not np.array_equal(whole, found)


@pytest.mark.slow
def test_weights_have_seven_bits_and_each_channel_a_range_of_its_own(folder: Path) -> None:
    """M35: reduced range, per channel."""
    session(small())
    (path,) = (folder / "affekt").glob("efficientnet_lite0-int8-*.onnx")
    graph = onnx.load(path).graph
    known = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    kernels = [one for one in known.values() if one.dtype == np.int8 and one.ndim == 4]
    assert len(kernels) == 49
    assert max(np.abs(one.astype(int)).max() for one in kernels) == 64
    scales = {one.size for name, one in known.items() if name.endswith("_scale")}
    assert 1280 in scales
    assert path.stat().st_size < 6_000_000  # a third of the whole one


def test_it_is_filed_under_the_pictures_it_was_fitted_on() -> None:
    assert small().digest == small().digest
    assert len({NET.digest, small().digest, small("others").digest}) == 3
    assert small().facts["calibration_sha256"] == "four"
