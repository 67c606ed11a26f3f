"""CLIP, SigLIP and DINOv2 as a feature: what transformers itself says, and what is refused.

Nets are tiny and have random weights, because none is fetched.
"""

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from affekt import line
from affekt.errors import Damaged, MissingExtra, UsageError
from affekt.features.clip import Clip
from affekt.models.zero_shot import ZeroShot
from affekt.nets.zoo import imported
from affekt.parts import Place
from affekt.plan import Bench, Entry
from affekt.protocols.kfold import KFold
from affekt.store import Failure, Product, Store
from affekt.taxonomy import MIKELS8, VALENCE2, Emotion, Taxonomy
from tests.nets import tiny_clip
from tests.stages.toyset import Toy

PICTURE = np.random.default_rng(3).integers(0, 256, (40, 50, 3), np.uint8)
needs_transformers = pytest.mark.slow  # importing it and PyTorch takes seconds


@pytest.fixture
def library() -> Any:
    try:
        for name in ("torch", *(["torchvision"] if find_spec("torchvision") else [])):
            imported(name, "clip")
        return imported("transformers", "clip")
    except MissingExtra as trouble:
        pytest.skip(str(trouble))


@pytest.fixture
def folder(library: Any, tmp_path: Path) -> Path:
    return tiny_clip.write(tmp_path / "net")


def clip(folder: Path, **settings: Any) -> Clip:
    return Clip(net=Place(written=str(folder)), **settings)


def whole(library: Any, kind: str) -> Any:
    """The net as transformers loads it by its own class."""
    name = {"clip": "CLIPModel", "siglip": "SiglipModel", "dinov2": "Dinov2Model"}[kind]
    return getattr(library, name).from_pretrained(tiny_clip.made(kind)).eval()


def prepared(picture: np.ndarray) -> Any:
    """The picture squashed to the side of the net and scaled, by hand."""
    import torch

    side = tiny_clip.SIDE_PX
    square = Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC)
    scaled = (np.asarray(square) / 255 - tiny_clip.MEAN) / tiny_clip.DEVIATION
    return torch.from_numpy(scaled.transpose(2, 0, 1)[None].astype(np.float32))


@needs_transformers
@pytest.mark.parametrize("kind", ["clip", "siglip", "dinov2"])
def test_a_picture_gets_the_vector_that_transformers_gives(library: Any, kind: str) -> None:
    """M2"""
    feature, net = clip(tiny_clip.made(kind)), whole(library, kind)
    pixels = prepared(PICTURE)
    if kind == "dinov2":
        expected = net(pixel_values=pixels).pooler_output
    else:
        tokens = tokens_of(library, kind, ["joy"])
        expected = net(**tokens, pixel_values=pixels).image_embeds
    found = feature.extract(PICTURE)
    if kind != "dinov2":  # that output is of length 1
        found /= np.linalg.norm(found)
    np.testing.assert_allclose(found, expected.detach()[0].numpy(), rtol=1e-4, atol=1e-5)
    assert feature.names[0] == f"clip.{kind}.0000"


def tokens_of(library: Any, kind: str, texts: list[str]) -> dict[str, Any]:
    """Give what the library's own examples hand to such a net: the mask to CLIP alone."""
    tokenizer = library.AutoTokenizer.from_pretrained(tiny_clip.made(kind))
    padding = "max_length" if kind == "siglip" else "longest"
    told = tokenizer(texts, padding=padding, return_tensors="pt")
    return {"input_ids": told["input_ids"]} if kind == "siglip" else dict(told)


@needs_transformers
@pytest.mark.parametrize("kind", ["clip", "siglip"])
def test_zero_shot_ranks_texts_as_transformers_does(library: Any, kind: str) -> None:
    """M66: one template and one phrase an emotion are what the library does by itself."""
    import torch

    texts = ["awe", "a photo of dread", "joy"]
    taxonomy = Taxonomy(
        name="three",
        emotions=tuple(
            Emotion(name=f"emotion-{at}", phrases=(one,)) for at, one in enumerate(texts)
        ),
        templates=("{}",),
    )
    feature = clip(tiny_clip.made(kind))
    model = ZeroShot(taxonomy=taxonomy).with_texts(feature.texts, taxonomy)
    fitted = model.fit(no_rows(feature, taxonomy))
    net = whole(library, kind)
    with torch.inference_mode():
        tokens = tokens_of(library, kind, texts)
        told = net(**tokens, pixel_values=prepared(PICTURE)).logits_per_image
    expected = told.softmax(1)[0].numpy()  # a bias that all texts share changes no softmax
    found = fitted.probabilities(feature.extract(PICTURE)[None])[0]
    assert found == pytest.approx(expected, abs=1e-5)
    assert np.ptp(found) > 0.001


def no_rows(feature: Clip, taxonomy: Taxonomy) -> Any:
    from affekt.models import Samples

    vectors = np.zeros((0, feature.length), np.float32)
    return Samples(vectors, np.zeros(0, int), taxonomy.names, ())


@needs_transformers
def test_a_benchmark_names_emotions_without_a_training_row(library: Any, tmp_path: Path) -> None:
    """M66: under a protocol like any other, stamped, prompts in the notes; DINOv2 reads nothing."""
    plan = Bench(
        datasets={"toy": Toy(root=Place(written="toy"))},
        entries=(
            Entry(name="texts", feature=clip(tiny_clip.made()), model=ZeroShot(taxonomy=MIKELS8)),
            Entry(
                name="mute",
                feature=clip(tiny_clip.made("dinov2")),
                model=ZeroShot(taxonomy=MIKELS8),
            ),
        ),
        protocols={"kfold": KFold(n_folds=2, seed=1)},
        taxonomy=VALENCE2,
        floors=(),
    )
    texts, mute = (one.predictions for one in line.bench(plan, Store(tmp_path)))
    assert isinstance(texts, Product)
    assert texts.table()["image_id"].n_unique() == 20
    notes = texts.manifest["notes"]
    assert notes["is_untrained"] is True
    said = notes["folds"][0]["model"]["phrases"]
    assert said == {name: ", ".join(one) for name, one in VALENCE2.phrases.items()}
    assert len(texts.manifest["recipe"]["model"]["templates"]) == 5
    assert isinstance(mute, Failure)
    assert "'dinov2' does not read" in mute.reason


@needs_transformers
def test_vectors_are_filed_under_what_the_folder_holds_not_where_it_lies(
    folder: Path, tmp_path: Path
) -> None:
    """M33"""
    before, texts = clip(folder).digest(), clip(folder).texts.identity()
    moved = folder.rename(tmp_path / "elsewhere")
    assert (clip(moved).digest(), clip(moved).texts.identity()) == (before, texts)
    tokenizer = moved / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text() + "\n")
    assert clip(moved).digest() == before
    assert clip(moved).texts.identity() != texts
    given = json.loads((moved / "preprocessor_config.json").read_text())
    told = given | {"size": {"shortest_edge": 40}, "resample": 2}
    (moved / "preprocessor_config.json").write_text(json.dumps(told))
    other = clip(moved, framing="crop")
    assert other.digest() != before
    assert (other.enough_px, other.square_px) == (80, None)
    assert (clip(moved).enough_px, clip(moved).square_px) == (64, None)


@needs_transformers
def test_a_name_is_looked_for_among_earlier_downloads_and_never_fetched(
    library: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M8; any attempt to reach a network fails the test, see `conftest`."""

    def left(name: str, file: str) -> str | None:
        return str(folder / file) if name == "somebody/net" else None

    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", left)
    assert Clip(net=Place(written="somebody/net")).digest() == clip(folder).digest()
    for name in ("somebody/other", "../no/such/folder"):
        with pytest.raises(UsageError, match=rf"'{name}' is no folder, .* never fetches"):
            Clip(net=Place(written=name)).identity()


@needs_transformers
@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        ("config.json", Damaged, "config.json: is no JSON"),
        ("kind", UsageError, "kind 'bert'; these are run: clip, siglip, dinov2"),
        ("pickled", UsageError, "has no weights `model.safetensors`"),
        ("lacking", Damaged, "weights lack 1 entries of the net, first 'visual_projection.weight'"),
        ("model.safetensors", Damaged, "is no whole net of transformers"),
        ("wide", UsageError, "does not tell how pictures enter the net"),
        ("preprocessor_config.json", Damaged, "is no JSON"),
    ],
)
def test_a_folder_that_is_not_whole_is_told(
    folder: Path, spoil: str, error: type[Exception], said: str
) -> None:
    """B73"""
    from safetensors.torch import load_file, save_file

    weights, config = folder / "model.safetensors", folder / "config.json"
    prepared = folder / "preprocessor_config.json"
    if spoil == "kind":
        config.write_text('{"model_type": "bert"}')
    elif spoil == "pickled":
        weights.rename(folder / "pytorch_model.bin")
    elif spoil == "lacking":
        entries = load_file(weights)
        del entries["visual_projection.weight"]
        save_file(entries, weights, {"format": "pt"})
    elif spoil == "wide":
        given = json.loads(prepared.read_text())
        prepared.write_text(json.dumps(given | {"crop_size": {"height": 32, "width": 48}}))
    else:
        (folder / spoil).write_bytes(b"{")
    with pytest.raises(error, match=said):
        clip(folder).extract(PICTURE)


@needs_transformers
def test_code_that_lies_beside_a_net_is_not_run(folder: Path) -> None:
    before = clip(folder).extract(PICTURE)
    (folder / "theirs.py").write_text("raise SystemExit('this was run')")
    config = json.loads((folder / "config.json").read_text())
    own = {"AutoModel": "theirs.Net", "AutoConfig": "theirs.Config"}
    (folder / "config.json").write_text(json.dumps(config | {"auto_map": own}))
    told = json.loads((folder / "tokenizer_config.json").read_text())
    mapped = {"auto_map": {"AutoTokenizer": ["theirs.Tokens", None]}}
    (folder / "tokenizer_config.json").write_text(json.dumps(told | mapped))
    np.testing.assert_array_equal(clip(folder).extract(PICTURE), before)
    assert clip(folder).texts.read(["joy"]).shape == (1, tiny_clip.LENGTH)


@needs_transformers
def test_texts_that_cannot_be_read_are_told(folder: Path) -> None:
    long = "joy " * 15
    with pytest.raises(UsageError, match=r"too long for the net, which reads 16 tokens; shorten"):
        clip(folder).texts.read(["joy", long])
    (folder / "tokenizer.json").unlink()
    with pytest.raises(UsageError, match=r"its texts cannot be read .*`tokenizer\.json`"):
        clip(folder).texts.read(["joy"])


@needs_transformers
def test_a_torchvision_that_raises_counts_as_missing(
    library: Any, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """M7: transformers would look into it, though it needs none."""
    (tmp_path / "torchvision.py").write_text("raise RuntimeError('operator torchvision::nms ...')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torchvision", raising=False)
    with pytest.raises(MissingExtra, match=r"\(operator t.*the installed torch, or none"):
        clip(folder).identity()


def test_without_the_extra_one_line_names_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """M7"""
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingExtra, match=r"'clip' needs t.*pip install 'affekt\[clip\]'"):
        clip(tmp_path).identity()
    with pytest.raises(MissingExtra, match="'clip' needs transformers"):
        imported("transformers", "clip")
