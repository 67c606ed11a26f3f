"""The net as a feature: framing, names, identity, and what it sees in photographs."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import skimage
from PIL import Image
from pydantic import ValidationError

from affekt.errors import UsageError
from affekt.features._calibration import drawn
from affekt.features._framing import framed
from affekt.features.backbone import Backbone
from affekt.nets import efficientnet_lite0
from affekt.nets.efficientnet_lite0 import WEIGHTS_SHA256
from affekt.parts import Place
from tests.nets.caffe_writer import net, thin_weights

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


def test_what_enters_the_last_stage_is_a_layer_too(cat: np.ndarray) -> None:
    """M17, M43."""
    feature = Backbone(layer="stage6")
    vector = feature.extract(cat)
    assert (feature.length, vector.size) == (192 * 7 * 7, 9408)
    assert vector.dtype == np.float32
    assert feature.names[-1] == "efficientnet_lite0.stage6.9407"


def test_a_mirrored_view_is_the_vector_of_the_mirrored_picture(cat: np.ndarray) -> None:
    """M43."""
    both = Backbone(views=("plain", "mirrored"))
    plain, mirrored = np.split(both.extract(cat), 2)
    np.testing.assert_array_equal(plain, Backbone().extract(cat))
    np.testing.assert_array_equal(mirrored, Backbone(views=("mirrored",)).extract(cat))
    turned = Backbone().extract(np.ascontiguousarray(cat[:, ::-1]))
    assert np.abs(mirrored - turned).max() <= 1e-4 < np.abs(mirrored - plain).max()
    assert (both.length, len(set(both.names))) == (2560, 2560)
    assert both.names[1280] == "efficientnet_lite0.features_mirrored.0000"


def test_sixteen_bits_are_what_a_rounded_vector_needs(cat: np.ndarray) -> None:
    """M34."""
    rounded, whole = Backbone(precision="float16").extract(cat), Backbone().extract(cat)
    assert rounded.dtype == np.float32
    np.testing.assert_array_equal(rounded, whole.astype(np.float16).astype(np.float32))
    assert not np.array_equal(rounded, whole)


def test_a_view_stands_there_once() -> None:
    with pytest.raises(ValidationError, match="each view may stand there once"):
        Backbone(views=("plain", "plain"))
    with pytest.raises(ValidationError, match="at least 1"):
        Backbone(views=())


@pytest.mark.parametrize(("layer", "length"), [("stage1", 16 * 112 * 112), ("head", 1280 * 49)])
def test_an_inner_layer_has_its_length(cat: np.ndarray, layer: str, length: int) -> None:
    """M75: the head is what a map of each class is made of."""
    feature = Backbone(layer=layer)
    assert (feature.length, feature.extract(cat).size) == (length, length)


def test_the_mean_of_the_head_is_what_enters_the_classifier(cat: np.ndarray) -> None:
    """M75."""
    head = Backbone(layer="head").extract(cat).reshape(1280, 49)
    assert np.abs(head.mean(axis=1) - Backbone().extract(cat)).max() <= 1e-5


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
    assert identity["decoder"].startswith("pillow")
    assert "layer" in identity
    assert not {"threads", "workers", "batch"} & set(identity)
    before = Backbone().digest()
    monkeypatch.setattr(efficientnet_lite0, "NET", replace(efficientnet_lite0.NET, builder=99))
    assert Backbone().digest() != before


@pytest.mark.parametrize(
    "other",
    [
        Backbone(framing="crop"),
        Backbone(layer="logits"),
        Backbone(views=("mirrored",)),
        Backbone(precision="float16"),
    ],
)
def test_another_setting_is_another_identity(other: Backbone) -> None:
    assert other.digest() != Backbone().digest()


def test_the_backbone_needs_no_torch() -> None:
    """M1: it is not imported, whether or not it is installed."""
    line = "import sys, affekt.features.backbone as b; b.Backbone(); print('torch' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


@pytest.fixture
def caffenet(tmp_path: Path) -> Backbone:
    (tmp_path / "thin.caffemodel").write_bytes(net(thin_weights()))
    place = Place(written="thin.caffemodel", base=str(tmp_path))
    return Backbone(net="caffenet", weights=place)


def test_the_papers_feature_is_what_leaves_fc7(caffenet: Backbone, cat: np.ndarray) -> None:
    """M21: of a net of few channels; after ReLU, of the whole picture squashed to 256 px."""
    assert caffenet.names[:1] == ("caffenet.fc7.0000",)
    vector = caffenet.extract(cat)
    assert (vector.size, caffenet.length, caffenet.square_px) == (24, 24, 256)
    assert vector.min() == 0 < vector.max()
    by_name = caffenet.model_copy(update={"layer": "fc7"})
    assert by_name.digest() == caffenet.digest()
    np.testing.assert_array_equal(by_name.extract(cat), vector)
    np.testing.assert_array_equal(caffenet.extract(framed(cat, 256, "squash")), vector)


def test_caffenet_cuts_its_own_centre_out_of_a_square(caffenet: Backbone) -> None:
    """M21: 227 of 256, so that `crop` starts from the square of the shorter side."""
    cropped = caffenet.model_copy(update={"framing": "crop"})
    assert (cropped.square_px, cropped.enough_px) == (None, 512)
    chance = np.random.default_rng(8)
    square = chance.integers(0, 256, (256, 256, 3), np.uint8)
    wide = np.concatenate([square[:, :9], square, square[:, -9:]], axis=1)
    np.testing.assert_array_equal(cropped.extract(wide), cropped.extract(square))
    edged = square.copy()
    edged[:14] = edged[:, 241:] = 0
    np.testing.assert_array_equal(cropped.extract(edged), cropped.extract(square))
    edged[14, 14] = 255 - edged[14, 14]
    assert not np.array_equal(cropped.extract(edged), cropped.extract(square))


def test_the_bytes_of_the_weights_count_and_not_their_place(
    caffenet: Backbone, tmp_path: Path
) -> None:
    """M33."""
    identity = caffenet.identity()
    assert not {"weights", "path"} & set(identity)
    assert "thin.caffemodel" not in str(identity)
    assert identity["weights_are"] == "unknown"
    (tmp_path / "copy.caffemodel").write_bytes((tmp_path / "thin.caffemodel").read_bytes())
    copied = Backbone(net="caffenet", weights=Place(written=str(tmp_path / "copy.caffemodel")))
    assert copied.digest() == caffenet.digest()
    (tmp_path / "copy.caffemodel").write_bytes(net(thin_weights(seed=2)))
    assert copied.digest() != caffenet.digest()
    np.save(tmp_path / "mean.npy", np.array([104.0, 117.0, 123.0]))
    other = caffenet.model_copy(update={"mean": Place(written=str(tmp_path / "mean.npy"))})
    assert other.digest() != caffenet.digest()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"net": "caffenet"}, "'caffenet' needs `weights`, a file of yours that affekt never"),
        ({"weights": "a net", "layer": "head"}, "trained net has no layer 'head'; it has stage6"),
        ({"net": "alexnet", "weights": "a.pth", "mean": "b.npy"}, "no use for `mean`"),
        ({"layer": "fc7"}, "efficientnet_lite0 has no layer 'fc7'; it has stage1, .*features"),
        ({"net": "alexnet", "weights": "a.pth", "layer": "norm1"}, "alexnet has no layer 'norm1'"),
    ],
)
def test_settings_that_do_not_fit_the_net_are_told(given: dict[str, str], said: str) -> None:
    """M25."""
    with pytest.raises(ValidationError, match=said):
        Backbone.model_validate(given)


def test_weights_that_are_nowhere_are_told_and_not_fetched(tmp_path: Path) -> None:
    """M23."""
    feature = Backbone(net="caffenet", weights=Place(written="no.caffemodel", base=str(tmp_path)))
    with pytest.raises(
        UsageError, match=r"no\.caffemodel: No such file.*correct the path, affekt never"
    ):
        feature.identity()


@pytest.mark.slow
def test_a_net_in_integers_finds_its_ranges_on_a_folder_of_the_users(
    cat: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M35: drawn by content, whatever the files are called."""
    monkeypatch.setattr("affekt.features._calibration.DRAWN", 3)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    draw = np.random.default_rng(4)
    for name in ("a.png", "below/b.png", "c.png", "d.png"):
        (tmp_path / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw.integers(0, 256, (9, 7, 3), np.uint8)).save(tmp_path / "one" / name)
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    (tmp_path / "other" / "a.png").rename(tmp_path / "other" / "z.png")
    shutil.copy(tmp_path / "other" / "c.png", tmp_path / "other" / "again.png")
    one, other = (in_integers(tmp_path / name) for name in ("one", "other"))
    assert one.digest() == other.digest() != Backbone().digest()
    assert one.identity()["computed_in"] == "int8"
    vector, whole = one.extract(cat), Backbone().extract(cat)
    assert vector.shape == whole.shape
    assert 0.5 < np.corrcoef(vector, whole)[0, 1] < 1


def in_integers(folder: Path) -> Backbone:
    return Backbone(precision="int8", calibration=Place(written=str(folder)))


def test_pictures_that_are_no_calibration_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"few: `calibration` is no folder; name one with 200"):
        in_integers(tmp_path / "few").identity()
    (tmp_path / "few").mkdir()
    with pytest.raises(UsageError, match=r"holds 0 different pictures, and .* draws 200; name a"):
        in_integers(tmp_path / "few").identity()
    monkeypatch.setattr("affekt.features._calibration.DRAWN", 1)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "x.jpg").write_bytes(b"no picture")
    with pytest.raises(UsageError, match=r"x\.jpg: cannot be used for `calibration`"):
        list(drawn(tmp_path / "broken").squares(224))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"precision": "int8"}, "int8 needs `calibration`"),
        ({"calibration": "folder"}, "for `precision` int8 alone"),
        (
            {"precision": "int8", "calibration": "x", "net": "alexnet", "weights": "y.pth"},
            "only 'efficientnet_lite0' computes in int8",
        ),
    ],
)
def test_integers_are_for_the_usual_net_with_pictures_to_find_ranges_on(
    given: dict[str, str], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        Backbone.model_validate(given)
