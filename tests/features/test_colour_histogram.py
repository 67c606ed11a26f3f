"""Colour histograms, counted by hand."""

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError
from skimage.color import rgb2lab

from affekt.features.colour_histogram import LAB_FROM, LAB_SPAN, ColourHistogram

RED, WHITE, BLACK = (255, 0, 0), (255, 255, 255), (0, 0, 0)
JOINT = ColourHistogram()
APART = ColourHistogram(is_joint=False)
SETTINGS = [
    JOINT,
    APART,
    ColourHistogram(space="lab"),
    ColourHistogram(space="lab", is_joint=False),
]
settings = pytest.mark.parametrize(
    "feature", SETTINGS, ids=lambda one: f"{one.space} {one.is_joint}"
)
painted = arrays(np.uint8, st.tuples(st.integers(1, 6), st.integers(1, 6), st.just(3)))


def filled(feature: ColourHistogram, *colours: tuple[int, int, int]) -> dict[str, float]:
    """The cells that are not empty for a picture with one row of these pixels."""
    vector = feature.extract(np.array([colours], np.uint8))
    return {
        name.rpartition(".")[2]: float(value)
        for name, value in zip(feature.names, vector, strict=True)
        if value
    }


def test_half_red_half_white_fills_two_cells_by_half() -> None:
    assert filled(JOINT, RED, WHITE) == {"h00_s03_v03": 0.5, "h00_s00_v03": 0.5}


def test_three_histograms_have_a_third_each() -> None:
    shares = filled(APART, RED, RED, WHITE, BLACK)
    assert shares == pytest.approx(
        {"h00": 1 / 3, "s00": 1 / 6, "s03": 1 / 6, "v00": 1 / 12, "v03": 1 / 4}
    )


@pytest.mark.parametrize("level", [0, 60, 128, 255])
def test_greys_have_hue_and_saturation_zero(level: int) -> None:
    (cell,) = filled(JOINT, (level, level, level))
    assert cell.startswith("h00_s00_")


def test_white_is_the_lightest_lab_without_colour() -> None:
    assert filled(ColourHistogram(space="lab", bins=(4, 5, 5)), WHITE) == {"l03_a02_b02": 1.0}


@pytest.mark.parametrize(
    ("colour", "hue"), [((255, 0, 0), 0), ((0, 255, 0), 2), ((0, 0, 255), 5), ((255, 0, 255), 6)]
)
def test_pure_colours_fall_where_their_hue_says(colour: tuple[int, int, int], hue: int) -> None:
    assert int(colorsys.rgb_to_hsv(*colour)[0] * 8) == hue
    assert filled(JOINT, colour) == {f"h0{hue}_s03_v03": 1.0}


@settings
@given(picture=painted)
def test_shares_sum_to_one_wherever_the_pixels_stand(
    feature: ColourHistogram, picture: np.ndarray
) -> None:
    vector = feature.extract(picture)
    assert vector.sum() == pytest.approx(1, abs=1e-6)
    for moved in (picture[:, ::-1], picture[::-1], picture.transpose(1, 0, 2)):
        np.testing.assert_array_equal(feature.extract(moved), vector)


@settings
def test_blocks_count_like_the_whole(
    feature: ColourHistogram, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (50, 70, 3), np.uint8)
    whole = feature.extract(picture)
    monkeypatch.setattr("affekt.features.colour_histogram.BLOCK", 100)
    np.testing.assert_array_equal(feature.extract(picture), whole)


def test_the_whole_of_lab_falls_inside_its_box() -> None:
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    scaled = (rgb2lab(cube) - LAB_FROM) / LAB_SPAN
    assert scaled.min() >= 0
    assert scaled.max() <= 1


def test_too_many_joint_cells_are_refused_with_both_numbers() -> None:
    """B02."""
    with pytest.raises(ValidationError, match="make 32,768 joint cells, at most 4,096"):
        ColourHistogram(bins=(32, 32, 32))
    assert ColourHistogram(bins=(32, 32, 32), is_joint=False).length == 96


@pytest.mark.parametrize("bins", [(0, 4, 4), (8, 4), (8, 4, 65)])
def test_bins_out_of_range_are_refused(bins: tuple[int, ...]) -> None:
    """B02."""
    with pytest.raises(ValidationError, match="bins"):
        ColourHistogram.model_validate({"bins": bins})
