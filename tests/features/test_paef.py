"""The set of Zhao et al.: its table, its subsets, and the ranges that it declares."""

import pickle
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from pydantic import ValidationError

from affekt.blocks.colour_names import CELLS, NAMES
from affekt.features.paef import WORDS, Paef
from tests.blocks.pictures import checker, noise, painted, plain, ramp

SMALL = 8_000  # pixels
CHEAP = ("focused_attention", "harmony", "gradation")


def test_the_set_is_the_table_of_the_paper() -> None:
    sizes = {
        row: len(list(values))
        for row, values in groupby(Paef().names, key=lambda name: name.split(".")[1])
    }
    assert sizes == {
        "bilateral_symmetry": 12,
        "rotational_symmetry": 12,
        "radial_symmetry": 36,
        "itten": 15,
        "focused_attention": 3,
        "harmony": 2,
        "colour_variety": 12,
        "gradient_variety": 48,
        "gradation": 9,
        "movement": 16,
    }
    assert Paef().length == 165


def test_every_value_has_a_range_and_a_source() -> None:
    values = Paef().values
    assert all(np.isfinite([value.low, value.high]).all() for value in values)
    assert all("Zhao et al. 2014" in value.source for value in values)


@pytest.mark.parametrize(
    "picture",
    [
        plain(20, 30, 255, 0, 0),
        plain(9, 9, 0, 0, 0),
        ramp(30, 256),
        checker(64, 64, 8),
        noise(50, 60),
        painted(80, 60),
        painted(12, 800),
        skimage.data.astronaut()[::4, ::4],
        skimage.data.coffee()[::4, ::4],
    ],
)
def test_values_lie_in_the_ranges_that_are_declared(picture: np.ndarray) -> None:
    """11.3 of the specification."""
    found = Paef(area_px=SMALL).extract(picture)
    low, high = np.array([(value.low, value.high) for value in Paef().values], np.float32).T
    assert (found >= low).all()
    assert (found <= high).all()


def test_eight_by_eight_pixels_are_enough() -> None:
    """11.2 of the specification."""
    assert np.isfinite(Paef(area_px="original").extract(noise(8, 8))).all()


def test_some_rows_give_what_they_give_in_the_whole_in_the_order_of_the_table() -> None:
    picture = painted(80, 60)
    whole = dict(zip(Paef().names, Paef(area_px=SMALL).extract(picture), strict=True))
    some = Paef(area_px=SMALL, blocks=tuple(reversed(CHEAP)))
    assert some.blocks == CHEAP
    np.testing.assert_array_equal(some.extract(picture), [whole[name] for name in some.names])


@pytest.mark.parametrize("blocks", [(), ("balance",), ("harmony", "harmony")])
def test_rows_that_the_table_does_not_have_are_refused(blocks: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="block"):
        Paef(blocks=blocks)


def test_a_frame_of_one_colour_can_be_left_out() -> None:
    framed = np.zeros((100, 120, 3), np.uint8)
    framed[10:90, 10:110] = skimage.data.coffee()[:80, :100]
    cropped = Paef(area_px="original", is_cropped=True, blocks=CHEAP)
    inner = Paef(area_px="original", blocks=CHEAP)
    np.testing.assert_array_equal(cropped.extract(framed), inner.extract(framed[10:90, 10:110]))


def test_a_grey_picture_has_no_colours() -> None:
    """11.2 of the specification."""
    part = Paef(area_px=SMALL, blocks=("itten", "colour_variety"))
    found = dict(zip(part.names, part.extract(ramp(60, 256)), strict=True))
    names = ("black", "grey", "white")
    assert found["paef.itten.hue"] == 0
    assert found["paef.itten.warmth"] == pytest.approx(1.0)
    assert sum(found[f"paef.colour_variety.{name}"] for name in names) == pytest.approx(1.0)
    assert found["paef.colour_variety.present"] == pytest.approx(3 / 11)


@pytest.fixture
def purple(tmp_path: Path) -> Path:
    """A table in which every colour is purple."""
    probabilities = np.zeros((CELLS, len(NAMES)))
    probabilities[:, NAMES.index("purple")] = 1.0
    np.save(tmp_path / "purple.npy", probabilities)
    return tmp_path / "purple.npy"


def test_a_table_of_ones_own_names_the_colours(purple: Path) -> None:
    settings = {"area_px": "original", "blocks": ["itten", "colour_variety"]}
    part = Paef.model_validate({**settings, "colour_table": purple})
    here, there = part.extract(noise(20, 20)), Paef.model_validate(settings).extract(noise(20, 20))
    found = dict(zip(part.names, here, strict=True))
    assert found["paef.colour_variety.purple"] == 1.0
    np.testing.assert_array_equal(here[:14], there[:14])
    assert here[14] > there[14]  # one colour extends further than many


def test_the_content_of_a_table_is_part_of_the_identity(purple: Path) -> None:
    here = Paef.model_validate({"colour_table": purple}).identity()
    moved = purple.rename(purple.with_name("other.npy"))
    assert Paef.model_validate({"colour_table": moved}).identity() == here
    assert here != Paef().identity() == here | {"colour_table_sha256": None}


def test_the_part_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Paef(blocks=WORDS[:2]))) == Paef(blocks=WORDS[:2])
