"""Nets of timm and open_clip as a feature: whose weights, what is seen, and what is missing."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from affekt.errors import AffektError, Damaged, MissingExtra, UsageError
from affekt.features.backbone import Backbone
from affekt.features.zoo import Zoo
from affekt.nets import torch_net, zoo
from affekt.nets.efficientnet_lite0 import read_weights
from affekt.parts import Place

PICTURE = np.random.default_rng(3).integers(0, 256, (30, 20, 3), np.uint8)
TINY = "timm/tiny.a1"
needs_torch = pytest.mark.slow  # importing PyTorch takes seconds


@pytest.fixture
def cached(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[tuple[str, str], Path]]:
    """The libraries' stand-ins, and the files that an earlier download left."""
    pytest.importorskip("torch", reason="PyTorch is not installed: pip install 'affekt[nets]'")
    pytest.importorskip("safetensors", reason="pip install 'affekt[nets]'")
    from tests.nets import zoo_standin

    files: dict[tuple[str, str], Path] = {}
    modules = zoo_standin.timm() | zoo_standin.open_clip() | zoo_standin.huggingface_hub(files)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    torch_net._known.cache_clear()
    torch_net._opened.cache_clear()
    yield files
    torch_net._known.cache_clear()
    torch_net._opened.cache_clear()


def saved(path: Path, seed: int = 5) -> tuple[Path, Any]:
    """Write weights of the tiny net of timm as its releases do; the net that has them."""
    import torch
    from safetensors.torch import save_file

    from tests.nets.zoo_standin import Tiny

    torch.manual_seed(seed)
    net = Tiny().eval()
    save_file(net.state_dict(), path)
    return path, net


@needs_torch
def test_a_file_need_not_tell_how_many_batches_a_norm_has_seen(
    cached: object, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    path, _ = saved(tmp_path / "tiny.safetensors")
    feature = Zoo(model=TINY, weights=Place(written=str(path)))
    before = feature.extract(PICTURE)
    entries = load_file(path)
    del entries["norm.num_batches_tracked"]
    save_file(entries, path)
    np.testing.assert_array_equal(feature.extract(PICTURE), before)


def by_hand(net: Any, mean: list[float], deviation: list[float]) -> Any:
    """What the net says of the picture, squashed bilinearly to 16 px."""
    import torch
    from PIL import Image

    image = Image.fromarray(PICTURE).resize((16, 16), Image.Resampling.BILINEAR)
    scaled = (np.asarray(image) / 255 - mean) / deviation
    return net(torch.from_numpy(scaled.transpose(2, 0, 1)[None].astype(np.float32)))


@needs_torch
def test_weights_of_a_file_are_used_with_the_nets_own_normalisation(
    cached: object, tmp_path: Path
) -> None:
    """M8."""
    path, net = saved(tmp_path / "tiny.safetensors")
    feature = Zoo(model=TINY, weights=Place(written=str(path)), layer="logits")
    expected = by_hand(net, [0.5, 0.4, 0.3], [0.2, 0.25, 0.3]).detach().numpy()[0]
    np.testing.assert_allclose(feature.extract(PICTURE), expected, rtol=1e-4, atol=1e-5)
    assert (feature.length, feature.names[0]) == (5, "zoo.timm/tiny-a1/logits.0000")


@needs_torch
def test_what_enters_the_classifier_and_inner_layers_can_be_had(cached: object) -> None:
    lengths = {
        layer: Zoo(model=TINY, is_trained=False, layer=layer).length
        for layer in ("features", "logits", "stem", "blocks.1", "fc")
    }
    assert lengths == {
        "features": 6,
        "logits": 5,
        "stem": 4 * 7 * 7,
        "blocks.1": 6 * 5 * 5,
        "fc": 5,
    }
    with pytest.raises(UsageError, match="no layer 'head'; it has features, logits and 6 modules"):
        assert Zoo(model=TINY, is_trained=False, layer="head").length
    with pytest.raises(UsageError, match="is not run on pictures"):
        assert Zoo(model="open_clip/ViT", is_trained=False, layer="reading").length


@needs_torch
def test_an_inner_layer_is_what_came_out_of_it_even_if_the_next_writes_over_it(
    cached: object,
) -> None:
    """A ReLU in place follows the norm."""
    assert Zoo(model=TINY, is_trained=False, layer="norm").extract(PICTURE).min() < 0
    assert Zoo(model=TINY, is_trained=False, layer="blocks.0").extract(PICTURE).min() == 0


@needs_torch
def test_random_weights_are_always_the_same_and_the_generator_is_left_alone(
    cached: object,
) -> None:
    import torch

    state = torch.random.get_rng_state()
    first = Zoo(model=TINY, is_trained=False).extract(PICTURE)
    assert torch.equal(torch.random.get_rng_state(), state)
    torch_net._opened.cache_clear()
    np.testing.assert_array_equal(Zoo(model=TINY, is_trained=False).extract(PICTURE), first)


@needs_torch
def test_the_identity_holds_the_weights_the_frame_and_the_engine(
    cached: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    """M33."""
    path, _ = saved(tmp_path / "tiny.safetensors")
    given = Zoo(model=TINY, weights=Place(written=str(path)))
    identity = given.identity()
    assert str(tmp_path) not in str(identity)
    assert identity["seen"]["mean"] == (0.5, 0.4, 0.3)
    assert (identity["engine"], identity["device"]) == ("torch", "cpu")
    cached["timm/tiny.a1", "model.safetensors"] = path
    assert Zoo(model=TINY).digest() == given.digest()  # the same bytes, left by a download
    other, _ = saved(tmp_path / "other.safetensors", seed=6)
    assert Zoo(model=TINY, weights=Place(written=str(other))).digest() != given.digest()
    assert Zoo(model=TINY, is_trained=False).digest() != given.digest()


@needs_torch
@pytest.mark.parametrize(
    ("model", "said"),
    [
        (TINY, r"affekt never fetches them unasked; .*hf download timm/tiny\.a1 model\.safetens"),
        ("open_clip/ViT:oa", r"hf download timm/vit\.openai open_clip_model\.safetensors"),
        ("open_clip/ViT", "give your file as `weights`; or set"),
    ],
)
def test_weights_that_are_nowhere_are_told_and_never_fetched(
    cached: object, model: str, said: str
) -> None:
    """M7: the tests' net lets nobody connect, either."""
    with pytest.raises(UsageError, match=said):
        Zoo(model=model).identity()


@needs_torch
@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("timm/tinyy", r"timm has no net 'tinyy'; did you mean 'tiny'\?"),
        ("timm/tiny.a2", r"timm has no net 'tiny\.a2'; did you mean 'tiny\.a1'\?"),
        ("timm/wide", "takes pictures of 16 × 24 px; only nets that take squares"),
        ("open_clip/ViTT", r"no net 'ViTT'; did you mean 'ViT'\?"),
        ("open_clip/ViT:ob", r"no net 'ViT:ob'; did you mean 'ViT:oa'\?"),
        ("open_clip/reader", "reads with a net that would be fetched first"),
    ],
)
def test_nets_that_cannot_be_run_are_told(cached: object, model: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Zoo(model=model, is_trained=False).identity()


@needs_torch
def test_weights_of_another_net_or_none_at_all_are_refused(cached: object, tmp_path: Path) -> None:
    """B73."""
    from safetensors.torch import save_file

    path, net = saved(tmp_path / "tiny.safetensors")
    feature = Zoo(model=TINY, weights=Place(written=str(path)))
    save_file({"stem.weight": net.stem.weight[:2].clone()}, path)
    with pytest.raises(Damaged, match=r"10 entries differ.* net's, first 'blocks\.1\.bias': came"):
        feature.identity()
    path.write_bytes(b"{}")
    with pytest.raises(Damaged, match="is not a whole safetensors file"):
        feature.identity()
    path.rename(tmp_path / "tiny.pth")
    with pytest.raises(Damaged, match="is not a whole PyTorch file"):
        Zoo(model=TINY, weights=Place(written=str(tmp_path / "tiny.pth"))).identity()


@needs_torch
def test_a_clip_sees_with_what_its_tag_was_trained_with(cached: object) -> None:
    """Of one net there are weights of several trainings, each with its own activation."""
    tagged = Zoo(model="open_clip/ViT:oa", is_trained=False)
    usual = Zoo(model="open_clip/ViT", is_trained=False)
    assert tagged.identity()["seen"]["mean"] == (0.1, 0.2, 0.3)
    assert usual.identity()["seen"]["mean"] == (0.48, 0.46, 0.41)
    assert (tagged.length, tagged.square_px, tagged.enough_px) == (7, 16, 32)
    assert not np.allclose(tagged.extract(PICTURE), usual.extract(PICTURE))
    with pytest.raises(UsageError, match="no layer 'logits'"):
        Zoo(model="open_clip/ViT", is_trained=False, layer="logits").identity()


@needs_torch
def test_a_net_that_wants_another_way_of_resizing_gets_it(cached: object) -> None:
    """The decoder squashes bicubically, so it is not asked to squash for this one."""
    feature = Zoo(model=TINY, is_trained=False)
    assert (feature.square_px, feature.enough_px) == (None, 32)
    assert Zoo(model=TINY, is_trained=False, framing="crop").enough_px == round(32 / 0.95)


@needs_torch
def test_two_threads_get_their_own_inner_layers_and_threads_are_given_back(
    cached: object,
) -> None:
    """M31, M33."""
    import torch

    feature = Zoo(model=TINY, is_trained=False, layer="blocks.0", views=("plain", "mirrored"))
    chance = np.random.default_rng(1)
    pictures = list(chance.integers(0, 256, (40, 16, 16, 3), np.uint8))
    before = torch.get_num_threads()
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(feature.extract, pictures))
    np.testing.assert_array_equal(together, [feature.extract(one) for one in pictures])
    assert torch.get_num_threads() == before


def test_a_missing_library_is_one_line_that_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """M7."""
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(MissingExtra, match=r"needs timm.*pip install 'affekt\[zoo\]'") as raised:
        zoo.of_timm("resnet50")
    assert "\n" not in str(raised.value)


def test_a_torchvision_that_raises_counts_as_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """M7: it does so when it was built for another PyTorch."""
    (tmp_path / "timm.py").write_text("raise RuntimeError('operator torchvision::nms ...')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    with pytest.raises(MissingExtra, match=r"\(operator torchvision::nms \.\.\.\).*belongs to the"):
        zoo.of_timm("resnet50")


@pytest.mark.parametrize(
    "given",
    [
        {"model": "resnet50"},
        {"model": "timm/hf-hub:somebody/else"},
        {"model": "timm/../x"},
        {"model": "open_clip/a:b:c"},
        {"model": TINY, "weights": "a.safetensors", "is_trained": False},
    ],
)
def test_settings_that_mean_nothing_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Zoo.model_validate(given)


def test_the_default_net_is_the_one_that_timm_has(tmp_path: Path) -> None:
    """M18: the same entries in the same order; where timm can be imported."""
    try:
        timm = zoo.imported("timm")
    except AffektError as trouble:
        pytest.skip(str(trouble))
    import torch
    from safetensors.torch import save_file

    names = timm.create_model("tf_efficientnet_lite0", pretrained=False).state_dict()
    ours = read_weights().values()
    entries = {
        name: torch.from_numpy(array.copy()) for name, array in zip(names, ours, strict=True)
    }
    save_file(entries, tmp_path / "lite0.safetensors")
    theirs = Zoo(
        model="timm/tf_efficientnet_lite0.in1k",
        weights=Place(written=str(tmp_path / "lite0.safetensors")),
        layer="logits",
    )
    square = np.random.default_rng(9).integers(0, 256, (224, 224, 3), np.uint8)
    ours_said, theirs_said = Backbone(layer="logits").extract(square), theirs.extract(square)
    assert np.abs(ours_said - theirs_said).max() <= 1e-4


def test_a_real_timm_gives_what_affekt_says_it_gives(tmp_path: Path) -> None:
    """M8: where it can be imported; its smallest net, with random weights, by a file of them."""
    try:
        timm = zoo.imported("timm")
    except AffektError as trouble:
        pytest.skip(str(trouble))
    import torch
    from safetensors.torch import save_file

    net = timm.create_model("test_resnet.r160_in1k", pretrained=False).eval()
    save_file(net.state_dict(), tmp_path / "net.safetensors")
    feature = Zoo(
        model="timm/test_resnet.r160_in1k",
        weights=Place(written=str(tmp_path / "net.safetensors")),
        layer="logits",
    )
    square = np.random.default_rng(2).integers(0, 256, (160, 160, 3), np.uint8)
    config = timm.data.resolve_model_data_config(net)
    scaled = (square / 255 - config["mean"]) / config["std"]
    with torch.inference_mode():
        expected = net(torch.from_numpy(scaled.transpose(2, 0, 1)[None].astype(np.float32)))
    np.testing.assert_allclose(feature.extract(square), expected[0].numpy(), rtol=1e-3, atol=1e-4)
