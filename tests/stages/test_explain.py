"""Explain: what is drawn, that maps add up to the answer, what shuffling does (M75, G19)."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest

from affekt.errors import AffektError
from affekt.features.backbone import Backbone
from affekt.measures.saliency import Affine, centred
from affekt.models.logistic import Logistic
from affekt.models.own import Own
from affekt.nets.efficientnet_lite0 import read_weights
from affekt.nets.lite0_names import named_as_timm
from affekt.nets.shuffled import shuffled
from affekt.pictures.decode import Decoders
from affekt.protocols.holdout import Holdout
from affekt.stage import Desk, Outcome
from affekt.stages._saliency import Eye, _without
from affekt.stages.explain import Explain, How
from affekt.stages.predict import Predict
from affekt.tables import EXPLAINED, FEATURES, PICTURES
from affekt.taxonomy import VALENCE2
from tests.report.made import World
from tests.stages.people import desk

MODEL = Logistic(penalty=0.01, seed=3)
TRAIN, TEST = 6, 5


class Shown(NamedTuple):
    """Painted pictures, their features, and a desk that has their bytes."""

    desk: Desk
    pictures: pl.DataFrame
    vectors: pl.DataFrame


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("explain")
    spots = World(folder).pictures([f"p{at}" for at in range(TRAIN + TEST)])
    rows = [
        {**dict.fromkeys(PICTURES.columns), **spot, "name": name,
         "emotion": VALENCE2.names[at % 2], "part": "train" if at < TRAIN else "test"}
        for at, (name, spot) in enumerate(spots.items())
    ]  # fmt: skip
    pictures = pl.DataFrame(rows, schema=PICTURES.types())
    on = desk(folder)
    with Decoders(workers=1) as decoders:
        squares = [decoders.squashed(data, 224) for _, data in on.shelf.scan(pictures)]
    values = [Backbone().extract(one).tolist() for one in squares]
    vectors = {"image_id": pictures["image_id"], "vector": values}
    return Shown(on, pictures, pl.DataFrame(vectors, schema=FEATURES.types()))


def stage(**how: Any) -> Explain:
    settings = {"seed": 7, "right": 0, "wrong": 0, **how}
    return Explain(model=MODEL, protocol=Holdout(), taxonomy=VALENCE2, how=How(**settings))


def run(shown: Shown, **how: Any) -> Outcome:
    return stage(**how).run(*shown)


@pytest.fixture(scope="module")
def whole(shown: Shown) -> Outcome:
    return run(shown)


def table(outcome: Outcome) -> pl.DataFrame:
    assert isinstance(outcome.table, pl.DataFrame)
    return EXPLAINED.conform(outcome.table, "explain")


def lost(outcome: Outcome) -> dict[str, int]:
    assert isinstance(outcome.dropped, pl.DataFrame)
    return dict(outcome.dropped["reason"].value_counts().iter_rows())


def grids(rows: pl.DataFrame, name: str) -> np.ndarray:
    return np.array(rows[name].to_list(), float)


def test_what_is_explained_is_what_predict_says(shown: Shown, whole: Outcome) -> None:
    """G19: from tested pictures alone; right and wrong ones told apart."""
    rows = table(whole)
    predict = Predict(model=MODEL, protocol=Holdout(), taxonomy=VALENCE2)
    said = predict.run(*shown).table
    assert isinstance(said, pl.DataFrame)
    top = said.sort("probability").group_by("image_id").last().sort("image_id")
    assert rows["image_id"].to_list() == top["image_id"].to_list()
    assert rows["emotion"].to_list() == top["emotion"].to_list()
    assert np.allclose(rows["probability"], top["probability"])
    labels = rows.join(shown.pictures, on="image_id", maintain_order="left")["emotion_right"]
    assert rows["is_right"].to_list() == (rows["emotion"] == labels).to_list()


def test_the_mean_of_a_map_and_the_bias_are_the_score_of_the_answer(
    shown: Shown, whole: Outcome
) -> None:
    """M75: exact, against the mean of all emotions."""
    rows = table(whole)
    samples = Predict(model=MODEL, protocol=Holdout(), taxonomy=VALENCE2).samples(
        shown.pictures.join(shown.vectors, on="image_id"), "backbone"
    )
    linear = MODEL.fit(samples.of(np.arange(TRAIN)))
    scores = centred(Affine(linear.weights, linear.biases), linear.is_known)
    codes = [VALENCE2.names.index(one) for one in rows["emotion"]]
    found = grids(rows, "map").mean(axis=1) + scores.biases[codes]
    odds = np.log(rows["probability"] / (1 - rows["probability"]))
    assert np.allclose(found, odds / 2, atol=1e-4)
    assert whole.notes["greatest_gap"] < 1e-5


def test_answers_are_drawn_by_rank_and_every_other_picture_has_its_reason(
    shown: Shown, whole: Outcome
) -> None:
    """A longer draw holds the shorter one; the order of the rows does not matter."""
    every = table(whole)
    outcome = run(shown, measured=1)
    few = table(outcome)
    kinds = every["is_right"].n_unique()
    assert few.equals(every.filter(pl.col("place") == 0))
    assert lost(outcome) == {"not-tested": TRAIN, "not-explained": TEST - kinds}
    order = np.random.default_rng(1).permutation(TRAIN + TEST)
    mixed = shown._replace(pictures=shown.pictures[order], vectors=shown.vectors[:-1])
    again = run(mixed, measured=1)
    assert lost(again)["without-vector"] == 1
    assert set(table(again)["place"]) == {0}


def test_shuffled_maps_are_others_of_the_same_picture_by_the_seed_alone(
    shown: Shown, whole: Outcome
) -> None:
    """G19: the classifier's weights, and all layers'."""
    one, other = table(whole), table(run(shown, measured=1, seed=8))
    both = one.join(other, on="image_id", suffix="_other")
    assert both["map"].to_list() == both["map_other"].to_list()
    for name in ("map_shuffled", "map_all_shuffled"):
        assert not np.allclose(grids(one, name), grids(one, "map"))
        assert both[name].to_list() != both[f"{name}_other"].to_list()


def test_where_all_is_greyed_out_it_does_not_matter_what_is_marked(shown: Shown) -> None:
    rows = table(run(shown, measured=1, greyed=0.999))
    assert rows["without_marked"].to_list() == rows["without_random"].to_list()
    part = table(run(shown, measured=1, greyed=0.1))
    assert part["without_marked"].to_list() != part["without_random"].to_list()


def test_the_cells_that_are_marked_are_greyed_and_no_others() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    marked = np.array([[False, True], [False, False]])
    found = _without(pixels, marked)
    assert (found[:4, 4:] == 128).all()
    assert not found[4:].any()
    assert not found[:, :4].any()
    assert not pixels.any()


def test_greying_what_is_marked_takes_more_than_cells_by_lot(whole: Outcome) -> None:
    """G19: the score that the map adds up to falls; an eye with a wrong sign would fail here."""
    rows = table(whole)
    falls = [rows["probability"] - rows[f"without_{which}"] for which in ("marked", "random")]
    assert falls[0].mean() > falls[1].mean()  # type: ignore[operator]  # floats both


def test_no_pictures_make_no_maps(shown: Shown) -> None:
    """P12"""
    empty = run(shown._replace(pictures=shown.pictures.clear(), vectors=shown.vectors.clear()))
    assert table(empty).is_empty()
    assert lost(empty) == {}


@pytest.mark.slow
def test_an_inner_layer_has_finer_maps_by_gradients(shown: Shown) -> None:
    """M75: Grad-CAM at any named layer."""
    pytest.importorskip("torch")
    rows = table(run(shown, measured=1, layer="stage5"))
    assert set(rows["map"].list.len()) == {14 * 14}
    assert np.ptp(grids(rows, "map"), axis=1).min() > 0


def trained(folder: Path) -> tuple[Path, Mapping[str, Any], np.ndarray, np.ndarray]:
    """Write a net whose last layer was drawn, and tell of it as its product would."""
    from safetensors.numpy import save_file

    dice = np.random.default_rng(2)
    last = {
        "_fc.weight": dice.normal(size=(2, 1280)).astype(np.float32),
        "_fc.bias": np.array([0.5, -0.5], np.float32),
    }
    weights = {**shuffled(read_weights(), 1), **last}
    path = folder / "model.safetensors"
    save_file({k: np.array(v, order="C") for k, v in named_as_timm(weights).items()}, path)
    manifest = {"stage": "train", "notes": {"emotions": list(VALENCE2.names)}}
    return path, manifest, last["_fc.weight"], last["_fc.bias"]


def test_a_trained_net_is_explained_by_its_own_last_layer(shown: Shown, tmp_path: Path) -> None:
    """M75, G19: of the net that answered, not of the published one."""
    pytest.importorskip("safetensors")
    path, manifest, weight, bias = trained(tmp_path)
    eye = Eye(stage().with_net(path)._weights(), _linear(weight, bias), "head", 0)
    rows = shown.pictures
    with Decoders(workers=1) as decoders:
        squares = [decoders.squashed(data, 224) for _, data in shown.desk.shelf.scan(rows)]
    logits = [
        eye._net.run(one[None], "head").mean(axis=(2, 3))[0] @ weight.T + bias for one in squares
    ]
    vectors = pl.DataFrame(
        {"image_id": rows["image_id"], "vector": [one.tolist() for one in logits]},
        schema=FEATURES.types(),
    )
    one = stage(measured=2).with_net(path).model_copy(update={"model": Own()})
    told = replace(shown.desk, history=(manifest,))
    outcome = one.run(told, rows, vectors, pl.DataFrame(schema=dict.fromkeys(STUDIED, pl.String)))
    found = table(outcome).join(vectors, on="image_id", maintain_order="left")
    assert found.height >= 2
    assert outcome.notes["greatest_gap"] < 1e-5
    # Each score less the mean of both, and the biases, 0.5 and -0.5, have the mean 0 already.
    codes = [VALENCE2.names.index(one) for one in found["emotion"]]
    scores = np.array(found["vector"].to_list(), float)
    above = (scores - scores.mean(axis=1, keepdims=True))[np.arange(len(codes)), codes]
    assert np.allclose(grids(found, "map").mean(axis=1) + bias[codes], above, atol=1e-3)
    with pytest.raises(AffektError, match="looks through none"):
        one.run(shown.desk, rows, vectors)


STUDIED = ("image_id", "group_id", "part")


def _linear(weight: np.ndarray, bias: np.ndarray) -> Any:
    from affekt.models._linear import FittedLinear

    return FittedLinear(weight.T.astype(float), bias.astype(float), np.ones(2, bool))


def test_fewer_are_not_measured_than_shown() -> None:
    with pytest.raises(ValueError, match="`measured` is 5, and those shown are among them; 8"):
        How(measured=5, seed=1)
