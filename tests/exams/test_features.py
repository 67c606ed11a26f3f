"""What every feature must do; a newcomer's file is found by its folder.

Golden answers stand in ``tests/golden/features_<kind>.json``: see ``tests/golden/write.py``.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from affekt.features import Feature
from affekt.parts import Part, canonical
from affekt.pictures.square import squashed
from tests.exams.every import every
from tests.golden.write import check

Picture = NDArray[np.uint8]
FAMILY = [part for part in every("features") if issubclass(part, Feature)]


def painted(height: int, width: int) -> Picture:
    """A picture with edges, slopes and every channel at work, from integers alone."""
    row, column = np.mgrid[:height, :width]
    red = (row * 255) // max(height - 1, 1)
    green = (column * column + 3 * row) % 256
    blue = 255 * ((row // 8 + column // 12) % 2)
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def plain(height: int, width: int, *colour: int) -> Picture:
    return np.broadcast_to(np.array(colour, np.uint8), (height, width, 3)).copy()


PICTURES = {
    "painted": painted(90, 120),
    "one pixel": plain(1, 1, 200, 30, 90),
    "two pixels": painted(1, 2),
    "black": plain(40, 30, 0, 0, 0),
    "white": plain(40, 30, 255, 255, 255),
    "grey": np.repeat(painted(64, 64)[..., :1], 3, axis=-1),
    "one row": painted(1, 3000),
    "one column": painted(3000, 1),
    "very wide": painted(7, 900),
    "noise": np.random.default_rng(3).integers(0, 256, (65, 33, 3), np.uint8),
}

features = pytest.mark.parametrize("part", FAMILY, ids=lambda part: part.kind())
squares = pytest.mark.parametrize(
    "part",
    [part for part in FAMILY if part.example().square_px is not None],
    ids=lambda part: part.kind(),
)
pictures = pytest.mark.parametrize("name", PICTURES)


def golden(part: type[Part]) -> dict[str, Any]:
    """Length, and sixteen rounded values by name, of a picture that anybody can paint again."""
    feature = part.example()
    assert isinstance(feature, Feature)
    vector = feature.extract(painted(160, 200))
    chosen = np.unique(np.linspace(0, feature.length - 1, 16).astype(int))
    values = {feature.names[at]: round(float(vector[at]), 4) for at in chosen}
    return {"length": feature.length, "sum": round(float(vector.sum()), 2), **values}


@features
def test_names_are_stable_unique_and_in_three_steps(part: type[Feature]) -> None:
    names = part.example().names
    assert names == part.example().names
    assert len(set(names)) == len(names) == part.example().length > 0
    assert {name.count(".") for name in names} == {2}


@features
@pictures
def test_any_picture_gives_a_finite_float32_vector_of_the_declared_length(
    part: type[Feature], name: str
) -> None:
    feature = part.example()
    vector = feature.extract(PICTURES[name])
    assert vector.shape == (feature.length,)
    assert vector.dtype == np.float32
    assert np.isfinite(vector).all()


@features
@pictures
def test_a_mirrored_picture_gives_one_too(part: type[Feature], name: str) -> None:
    mirrored = PICTURES[name][:, ::-1]
    vector = part.example().extract(mirrored)
    assert np.isfinite(vector).all()
    np.testing.assert_array_equal(vector, part.example().extract(mirrored.copy()))


@features
def test_the_same_picture_gives_the_same_vector(part: type[Feature]) -> None:
    first, again = part.example(), part.example()
    vector = first.extract(PICTURES["painted"])
    np.testing.assert_array_equal(vector, first.extract(PICTURES["painted"]))
    np.testing.assert_array_equal(vector, again.extract(PICTURES["painted"].copy()))


@features
def test_another_picture_gives_another_vector(part: type[Feature]) -> None:
    feature = part.example()
    one, other = feature.extract(PICTURES["painted"]), feature.extract(PICTURES["noise"])
    assert not np.array_equal(one, other)


@features
def test_the_picture_is_only_read(part: type[Feature]) -> None:
    picture = PICTURES["painted"].copy()
    picture.setflags(write=False)
    part.example().extract(picture)
    np.testing.assert_array_equal(picture, PICTURES["painted"])


@features
def test_two_threads_give_what_one_gives(part: type[Feature]) -> None:
    """M33."""
    feature = part.example()
    many = list(PICTURES.values()) * 2
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(feature.extract, many))
    np.testing.assert_array_equal(together, [feature.extract(one) for one in many])


@features
def test_the_identity_is_plain_and_does_not_change(part: type[Feature]) -> None:
    assert canonical(part.example().identity()) == canonical(part.example().identity())
    assert part.example().identity()["kind"] == part.kind()


@features
def test_enough_pixels_are_a_number_of_pixels_or_all(part: type[Feature]) -> None:
    enough_px = part.example().enough_px
    assert enough_px is None or enough_px >= 1


@squares
@pictures
def test_a_feature_of_squares_gives_the_same_for_a_picture_and_its_square(
    part: type[Feature], name: str
) -> None:
    """The decoder squashes in its place."""
    feature = part.example()
    assert feature.square_px is not None
    square = np.asarray(squashed(Image.fromarray(PICTURES[name]), feature.square_px))
    np.testing.assert_array_equal(feature.extract(square), feature.extract(PICTURES[name]))
    assert feature.enough_px == 2 * feature.square_px


@features
def test_an_answer_that_moves_raises_the_version(part: type[Feature]) -> None:
    check(part, golden(part))
