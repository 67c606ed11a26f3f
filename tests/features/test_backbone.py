"""The net as a feature: framing, names, identity, and what it sees in photographs."""

import subprocess
import sys
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import skimage
from PIL import Image

from affekt.features import backbone
from affekt.features.backbone import Backbone, framed
from affekt.nets.efficientnet_lite0 import WEIGHTS_SHA256

CATS = set(range(281, 286))  # ImageNet: tabby, tiger cat, Persian, Siamese, Egyptian
FRAMINGS: tuple[Literal["squash"], Literal["crop"]] = ("squash", "crop")


@pytest.fixture
def cat() -> np.ndarray:
    path = Path(skimage.__file__).parent / "data" / "chelsea.png"
    return np.asarray(Image.open(path).convert("RGB"))


@pytest.mark.parametrize("framing", FRAMINGS)
def test_both_framings_see_the_cat(cat: np.ndarray, framing: Literal["squash", "crop"]) -> None:
    """M15, M16."""
    logits = Backbone(framing=framing, layer="logits").extract(cat)
    assert set(np.argsort(-logits)[:3].tolist()) <= CATS


def test_names_tell_net_layer_and_number() -> None:
    names = Backbone().names
    assert (names[0], names[-1], len(names)) == (
        "efficientnet_lite0.features.0000", "efficientnet_lite0.features.1279", 1280,
    )  # fmt: skip
    assert Backbone(layer="logits").names[-1] == "efficientnet_lite0.logits.0999"


def test_the_decoder_may_halve_down_to_twice_what_the_net_sees() -> None:
    """M32."""
    assert Backbone(framing="squash").enough_px == 448
    assert Backbone(framing="crop").enough_px == 512


def test_squash_keeps_the_corners_and_crop_cuts_them() -> None:
    """M15."""
    picture = np.zeros((100, 300, 3), np.uint8)
    picture[:10, :10] = picture[-10:, -10:] = 255
    assert framed(picture, 224, "squash")[[0, -1], [0, -1]].min() == 255
    assert framed(picture, 224, "crop").max() == 0


def test_crop_is_the_centre_of_the_picture_resized_to_256() -> None:
    """M15."""
    steps = np.linspace(0, 255, 640).astype(np.uint8)
    picture = np.broadcast_to(steps[None, :, None], (512, 640, 3)).copy()
    whole = Image.fromarray(picture).resize((320, 256), Image.Resampling.BICUBIC)
    expected = np.asarray(whole)[16:240, 48:272].astype(int)
    assert np.abs(framed(picture, 224, "crop").astype(int) - expected).max() <= 1


def test_resizing_averages_instead_of_picking() -> None:
    """M32: without antialiasing a fine pattern of black and white becomes noise."""
    pattern = np.indices((1793, 1793)).sum(axis=0) % 2 * 255
    small = framed(np.repeat(pattern[..., None], 3, axis=-1).astype(np.uint8), 224, "squash")
    assert np.abs(small.astype(int) - 127).max() <= 12


def test_a_very_long_picture_does_not_grow() -> None:
    assert framed(np.zeros((1, 20_000, 3), np.uint8), 224, "crop").shape == (224, 224, 3)


def test_the_identity_holds_all_that_the_values_come_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M33."""
    identity = Backbone().identity()
    assert identity["weights_sha256"] == WEIGHTS_SHA256
    assert identity["framing"] == "squash"
    assert (identity["engine"], identity["precision"]) == ("onnxruntime", "float32")
    before = Backbone().digest()
    later = backbone.NETS["efficientnet_lite0"].__class__(
        **{**vars(backbone.NETS["efficientnet_lite0"]), "builder": 99}
    )
    monkeypatch.setitem(backbone.NETS, "efficientnet_lite0", later)
    assert Backbone().digest() != before


@pytest.mark.parametrize("other", [Backbone(framing="crop"), Backbone(layer="logits")])
def test_another_setting_is_another_identity(other: Backbone) -> None:
    assert other.digest() != Backbone().digest()


def test_the_backbone_needs_no_torch() -> None:
    """M1: it is not imported, whether or not it is installed."""
    line = "import sys, affekt.features.backbone as b; b.Backbone(); print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
