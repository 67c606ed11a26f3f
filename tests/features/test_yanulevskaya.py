"""Yanulevskaya et al.: what is kept of a picture, what is learned, and the 192 and 72 values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from skimage import data

from affekt.blocks.gabor import gabor, gabor_energies
from affekt.blocks.gaussian_colour import gaussian_colour
from affekt.blocks.regions import boxes
from affekt.blocks.wiccest import edges, wiccest
from affekt.errors import PictureError
from affekt.features.yanulevskaya import Yanulevskaya
from affekt.features.yanulevskaya.raw import Layout, packed, unpacked
from affekt.features.yanulevskaya.vocabularies import drawn
from affekt.stages.dedupe import Dedupe
from affekt.stages.extract import Extract
from tests.blocks.pictures import Picture, noise, painted, plain

BOTH = Layout(has_wiccest=True, has_gabor=True)
SHOWN = [noise(48, 48), painted(50, 40), noise(36, 60) // 2 + 40]
IDS = ["a", "b", "c"]


def feature(**settings: object) -> Yanulevskaya:
    return Yanulevskaya.model_validate({"seed": 1, **settings})


def encoded(one: Yanulevskaya, picture: Picture) -> np.ndarray:
    raws = [one.extract(shown) for shown in SHOWN]
    return one.learn(IDS, raws).encode(one.extract(picture))


@pytest.mark.parametrize(
    ("settings", "length", "first", "last"),
    [
        ({}, 192, "wiccest.scale1_half_00_mean", "gabor.sixth_15_max"),
        ({"blocks": "gabor"}, 64, "gabor.half_00_mean", "gabor.sixth_15_max"),
        ({"vocabulary": 4}, 48, "wiccest.scale1_half_0_mean", "gabor.sixth_3_max"),
        (
            {"variant": "holistic"},
            72,
            "wiccest.scale1_intensity_x_beta",
            "gabor.fine_red_green_135_deviation",
        ),
        (
            {"variant": "holistic", "blocks": ["wiccest"]},
            24,
            "wiccest.scale1_intensity_x_beta",
            "wiccest.scale3_red_green_y_gamma",
        ),
    ],
    ids=str,
)
def test_there_are_so_many_values_of_these_names(
    settings: dict[str, object], length: int, first: str, last: str
) -> None:
    names = feature(**settings).names
    assert (len(names), names[0], names[-1]) == (
        length,
        f"yanulevskaya.{first}",
        f"yanulevskaya.{last}",
    )


@pytest.mark.parametrize("variant", ["vocabulary", "holistic"])
@pytest.mark.parametrize("name", ["chelsea", "coffee"])
def test_values_of_photographs_lie_in_their_range(variant: str, name: str) -> None:
    one = feature(variant=variant, longer_px=100)
    photo = getattr(data, name)()
    found = encoded(one, photo) if one.is_learned else one.extract(photo)
    low, high = (np.array([getattr(value, end) for value in one.values]) for end in ("low", "high"))
    assert (found >= low).all()
    assert (found <= high).all()


def test_the_holistic_values_are_those_of_the_blocks() -> None:
    picture = painted(60, 40)
    planes = gaussian_colour(picture)
    whole = [
        wiccest(edges(planes, 1.0)),
        wiccest(edges(planes, 3.0)),
        gabor_energies(gabor(planes)),
    ]
    found = feature(variant="holistic").extract(picture)
    np.testing.assert_allclose(found, np.concatenate(whole), rtol=1e-6)


@given(st.lists(st.integers(0, 3) | st.integers(0, 2**24 - 1), min_size=1, max_size=60))
def test_counts_come_back_as_they_were(counts: list[int]) -> None:
    given_counts = np.array(counts)
    np.testing.assert_array_equal(unpacked(packed(given_counts)), given_counts)


def test_a_run_of_zeros_is_one_number() -> None:
    assert packed(np.array([0, 0, 5, 0, 1, 1, 0, 0, 0])).tolist() == [-2, 5, -1, 1, 1, -3]


@pytest.mark.parametrize("region", [0, 8, 9, 60, 129])
def test_the_histograms_of_a_region_are_counted_exactly(region: int) -> None:
    picture = painted(50, 70)
    rows, columns = boxes(50, 70)[region]
    inside = gabor(gaussian_colour(picture))[:, rows, columns].reshape(24, -1)
    bins = np.minimum(inside * np.float32(100), 100).astype(int)
    expected = [np.bincount(one, minlength=101) / one.size for one in bins]
    found = BOTH.gabor(BOTH.of(picture))[region].reshape(24, 101)
    np.testing.assert_array_equal(found, np.array(expected, np.float32))


def test_a_vocabulary_is_made_of_regions_that_were_shown() -> None:
    one = feature(vocabulary=3)
    raws = [one.extract(shown) for shown in SHOWN]
    found = one.learn(IDS, raws)
    all_regions = np.concatenate([BOTH.gabor(raw) for raw in raws])
    assert all((all_regions == item).all(axis=1).any() for item in found.items[2])
    assert [len(items) for items in found.items] == [3, 3, 3]
    assert found.facts == {"items": 3, "regions": 390}


def test_a_region_of_the_vocabulary_is_like_itself() -> None:
    one = feature()
    raws = [one.extract(shown) for shown in SHOWN]
    encoder = one.learn(IDS, raws)
    greatest = np.max([encoder.encode(raw) for raw in raws], axis=0).reshape(3, 2, 16, 2)
    np.testing.assert_allclose(greatest[..., 1].max(axis=1), 1, atol=1e-5)


def test_a_mirrored_picture_has_nearly_the_same_edges() -> None:
    one = feature(blocks="wiccest")
    picture = noise(48, 60)
    mirrored = encoded(one, picture[:, ::-1].copy())
    np.testing.assert_allclose(mirrored, encoded(one, picture), atol=2e-3)


def test_both_kinds_of_blocks_are_those_of_each_alone() -> None:
    together = encoded(feature(), SHOWN[1])
    alone = [encoded(feature(blocks=word), SHOWN[1]) for word in ("wiccest", "gabor")]
    np.testing.assert_array_equal(together, np.concatenate(alone))


@pytest.mark.parametrize(
    ("most", "pictures", "expected"),
    [(500, 3, [130, 130, 130]), (200, 3, [66, 67, 67]), (130, 400, [0, 1])],
)
def test_regions_are_drawn_evenly(most: int, pictures: int, expected: list[int]) -> None:
    chosen = drawn([f"picture-{at}" for at in range(pictures)], most, seed=1)
    sizes = sorted(len(one) for one in chosen)
    assert sum(sizes) == min(most, 130 * pictures)
    assert sorted(set(sizes)) == sorted(set(expected))
    assert all(len(set(one.tolist())) == len(one) for one in chosen)


def test_who_is_drawn_does_not_depend_on_the_order_of_pictures_but_on_the_seed() -> None:
    ids = [f"picture-{at}" for at in range(40)]
    one, back = drawn(ids, 130, seed=1), drawn(ids[::-1], 130, seed=1)
    assert [regions.tolist() for regions in back[::-1]] == [regions.tolist() for regions in one]
    other = drawn(ids, 130, seed=2)
    assert [regions.tolist() for regions in other] != [regions.tolist() for regions in one]


@pytest.mark.parametrize("longer_px", [512, "original"])
@pytest.mark.parametrize("variant", ["vocabulary", "holistic"])
def test_a_picture_of_under_8_px_is_refused(longer_px: int | str, variant: str) -> None:
    one = feature(longer_px=longer_px, variant=variant)
    with pytest.raises(PictureError, match="too-small"):
        one.extract(plain(7, 300, 1, 2, 3))


def test_a_small_picture_is_not_enlarged_and_a_large_one_is_shrunk() -> None:
    one = feature(variant="holistic", longer_px=64)
    large = painted(256, 128)
    assert not np.array_equal(one.extract(large), feature(variant="holistic").extract(large))
    small = painted(64, 20)
    np.testing.assert_array_equal(
        one.extract(small), feature(variant="holistic", longer_px="original").extract(small)
    )


@pytest.mark.parametrize(
    "setting",
    [{"variant": "holistic"}, {"blocks": ["gabor"]}, {"longer_px": 256}, {"is_cropped": True}],
    ids=str,
)
def test_what_changes_raw_vectors_changes_what_they_are_filed_under(
    setting: dict[str, object],
) -> None:
    one, other = Extract(feature=feature()), Extract(feature=feature(**setting))
    assert one.digest() != other.digest()


@pytest.mark.parametrize(
    "setting", [{"vocabulary": 8}, {"most_regions": 200}, {"seed": 2}], ids=str
)
def test_what_changes_the_vocabulary_changes_predictions_but_no_raw_vector(
    setting: dict[str, object],
) -> None:
    one, other = feature(), feature(**setting)
    assert Extract(feature=one).digest() == Extract(feature=other).digest()
    assert one.digest() != other.digest()


def test_a_block_that_is_not_there_is_told() -> None:
    with pytest.raises(ValidationError, match="there is no block 'weibull'; known: wiccest, gabor"):
        feature(blocks=["weibull"])


def test_near_copies_are_not_told_by_what_needs_training() -> None:
    with pytest.raises(ValidationError, match="learns from training pictures"):
        Dedupe(embedding=feature())
