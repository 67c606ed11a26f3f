"""The folder of a trained net is read by timm and transformers alone, without a network (S2).

Both need a torchvision of the installed PyTorch; where that is not to be had, the tests are left
out with the reason.
"""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from PIL import Image

from affekt.errors import AffektError
from affekt.features._framing import framed
from affekt.nets.zoo import imported
from affekt.pictures.upright import Bounds, upright
from affekt.taxonomy import MIKELS8

BOUNDS = Bounds(max_pixels=25_000_000, max_side_px=20_000)
ENOUGH_PX = 448  # twice the side of the net, as the feature `backbone` asks of the decoder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A net whose last layer is random and large, so that its answers differ."""
    try:
        for module in ("timm", "transformers", "torchvision"):
            imported(module)
    except AffektError as trouble:
        pytest.skip(str(trouble))
    from affekt.training import lite0
    from affekt.training.card import About
    from affekt.training.export import export

    net = lite0.with_classes(len(MIKELS8), seed=1).eval()
    weights = net.state_dict()
    weights["classifier.weight"] = weights["classifier.weight"] * 20
    epoch = {"epoch": 0, "loss": 1.0, "accuracy": None, "standard_error": None}
    recipe = {"batch": 4, "processes": 1}
    about = About(MIKELS8.names, MIKELS8.name, {}, recipe, {}, [epoch], chosen=0, device="cpu")
    made = tmp_path_factory.mktemp("net")
    export(made, weights, about, np.zeros((1, 224, 224, 3), np.uint8))
    return made


@pytest.fixture
def transformers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The library with an empty cache; asking for an address fails the test, see `conftest`."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    return imported("transformers")


def theirs(library: Any, folder: Path, paths: list[Path]) -> np.ndarray:
    import torch

    net = library.AutoModelForImageClassification.from_pretrained(folder).eval()
    prepare = library.AutoImageProcessor.from_pretrained(folder)
    rows = []
    for path in paths:
        with torch.inference_mode(), Image.open(path) as picture:
            logits = net(**prepare(picture.convert("RGB"))).logits
        rows.append(logits.softmax(1)[0].numpy())
    return np.stack(rows)


def ours(folder: Path, paths: list[Path]) -> np.ndarray:
    graph = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    rows = []
    for path in paths:
        pixels = np.asarray(upright(path.read_bytes(), BOUNDS, ENOUGH_PX))
        (logits,) = graph.run(["logits"], {"pixels": framed(pixels, 224, "squash")[None]})
        shares = np.exp(logits[0] - logits[0].max())
        rows.append(shares / shares.sum())
    return np.stack(rows)


def painted(folder: Path) -> list[Path]:
    """Three pictures of other shapes than a square, small enough to be decoded whole."""
    draw = np.random.default_rng(7)
    paths = [folder / f"{number}.jpg" for number in range(3)]
    for path, size in zip(paths, ((3, 4), (5, 2), (2, 5)), strict=True):
        coarse = Image.fromarray(draw.integers(0, 256, (*size, 3), np.uint8))
        coarse.resize((400, 300), Image.Resampling.BICUBIC).save(path)
    return paths


def test_transformers_gives_the_classes_in_order_and_the_probabilities_of_the_graph(
    folder: Path, transformers: Any, tmp_path: Path
) -> None:
    config = transformers.AutoConfig.from_pretrained(folder)
    assert config.id2label == dict(enumerate(MIKELS8.names))
    assert config.label2id["sadness"] == 7
    paths = painted(tmp_path)
    said = theirs(transformers, folder, paths)
    assert np.abs(said - ours(folder, paths)).max() < 1e-4
    assert len({row.tobytes() for row in said.round(3)}) == len(paths)  # they do differ


def test_transformers_gives_the_probabilities_of_the_graph_on_photographs(
    folder: Path, transformers: Any, shared_data: Path
) -> None:
    """S4: twenty of them."""
    paths = sorted((shared_data / "oasis" / "images").glob("*.jpg"))[::28][:20]
    apart = np.abs(theirs(transformers, folder, paths) - ours(folder, paths))
    assert len(paths) == 20
    assert apart.max() < 1e-4


def test_timm_loads_the_folder_with_its_way_of_framing(folder: Path) -> None:
    timm = imported("timm")
    net = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    seen = timm.data.resolve_model_data_config(net)
    assert (seen["crop_mode"], seen["crop_pct"]) == ("squash", 1.0)
    assert list(seen["input_size"]) == [3, 224, 224]
    import torch

    square = np.random.default_rng(1).integers(0, 256, (1, 224, 224, 3), np.uint8)
    with torch.inference_mode():
        shown = torch.from_numpy(square.transpose(0, 3, 1, 2)).float() / 127.5 - 1
        logits = net(shown).numpy()
    graph = onnxruntime.InferenceSession(folder / "model.onnx", providers=["CPUExecutionProvider"])
    (found,) = graph.run(["logits"], {"pixels": square})
    assert np.abs(found - logits).max() < 1e-3 * max(1.0, np.abs(logits).max())
