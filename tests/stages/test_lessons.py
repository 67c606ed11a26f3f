"""What a training run is shown: each picture decoded once, in the form that its mode needs."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from affekt.features.backbone import Backbone
from affekt.nets.efficientnet_lite0 import CLASSES, build, read_weights
from affekt.nets.trained import trained
from affekt.pictures.decode import Decoders
from affekt.pictures.shelf import Shelf
from affekt.stage import Desk
from affekt.stages._lessons import lessons, numbers
from affekt.training.finetune import Finetune
from affekt.training.views import Kept, Pictures
from tests.stages.toyset import painted

CUT = painted(2)[:400]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    shelf = Shelf(tmp_path / "pictures")
    with shelf.writer("toys") as writer:
        for data in (painted(0), painted(1), CUT, painted(3)):
            writer.add(sha256(data).hexdigest(), data)
    return Desk(shelf, tmp_path / "journal", tmp_path / "scratch")


def rows(desk: Desk) -> pl.DataFrame:
    """Three pictures to learn from, the second of them cut off, and one to judge by."""
    spots = desk.shelf.spots("toys").sort("row_group", "row")
    return spots.with_columns(part=pl.Series(["train", "validate", "train", "train"])).reverse()


def squared(data: bytes, side_px: int) -> np.ndarray:
    with Decoders(workers=1) as decoders:
        return decoders.squashed(data, side_px)


def test_what_is_cropped_is_kept_larger_than_what_is_judged_by(desk: Desk) -> None:
    table = rows(desk)
    found = lessons(desk, table, Finetune(), 2)
    assert isinstance(found.views, Pictures)
    assert (found.views.squares[3] == squared(painted(0), 256)).all()
    assert (found.views.still(np.array([2]))[0] == squared(painted(1), 224)).all()
    assert found.sample.shape == (3, 224, 224, 3)
    (failed,) = found.failed
    assert (failed.image_id, failed.reason) == (table["image_id"][1], "truncated")
    assert numbers(table, "train", found.failed).tolist() == [0, 3]
    assert numbers(table, "validate", found.failed).tolist() == [2]


@pytest.mark.parametrize("views", [("plain", "mirrored"), ("plain",)])
def test_what_frozen_layers_say_is_kept_of_the_views_that_are_shown(
    desk: Desk, views: tuple[str, ...]
) -> None:
    """M43: in the order of the table, whatever that of the shelf is."""
    augment = "mirror" if "mirrored" in views else "none"
    recipe = Finetune.model_validate({"mode": "head", "augment": augment})
    found = lessons(desk, rows(desk), recipe, 1).views
    assert isinstance(found, Kept)
    feature = Backbone.model_validate({"views": views})
    said = feature.extract(squared(painted(3), 224)).reshape(len(views), -1)
    assert found.values.shape == (4, *said.shape)
    np.testing.assert_allclose(found.values[0], said, rtol=1e-4, atol=1e-4)


@pytest.mark.slow
def test_a_net_that_was_trained_brings_its_own_frozen_layers(desk: Desk, tmp_path: Path) -> None:
    """Issue 6, item 3: after a net whose first layers moved, those layers are looked through."""
    blind = {name: 0 * one if "_conv_stem" in name else one for name, one in read_weights().items()}
    graph = tmp_path / "model.onnx"
    graph.write_bytes(build(blind))
    table, recipe = rows(desk), Finetune(mode="head")
    found = lessons(desk, table, recipe, 1, trained("0" * 64, graph, CLASSES)).views
    seeing = replace(desk, scratch=tmp_path / "other")
    usual = lessons(seeing, table, recipe, 1).views
    every = np.array([0, 2, 3])
    assert np.ptp(found.still(every), axis=0).max() == 0  # to a blind net all are alike
    assert np.ptp(usual.still(every), axis=0).max() > 0


def test_pictures_that_were_decoded_before_are_not_decoded_again(desk: Desk) -> None:
    table, recipe = rows(desk), Finetune(mode="full", augment="none")
    first = lessons(desk, table, recipe, 1)
    empty = replace(desk, shelf=Shelf(desk.scratch / "nothing"))
    again = lessons(empty, table, recipe, 1)
    every = np.arange(4)
    assert (again.views.still(every) == first.views.still(every)).all()
    assert again.failed == first.failed
