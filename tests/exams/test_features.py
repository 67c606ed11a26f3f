"""What every feature must do; a newcomer's file is found by its folder.

Golden answers stand in ``tests/golden/features_<kind>.json``: see ``tests/golden/write.py``.
"""

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import chain
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from affekt.blocks.sized import LEAST_PX
from affekt.errors import MissingExtra, PictureError
from affekt.features import Encoder, Feature, Raw
from affekt.parts import Part, Place, canonical
from affekt.pictures.square import squashed
from tests.exams.every import every
from tests.golden.write import check
from tests.nets import tiny_clip

Picture = NDArray[np.uint8]
WRITTEN = ("clip",)  # it looks through a net in a folder
MISSING = "transformers is not installed: pip install 'affekt[clip]'"
FAMILY = [part for part in every("features") if issubclass(part, Feature)]


def example(part: type[Feature]) -> Feature:
    """Give the part's own example; of one that looks through a folder, one that is written here."""
    if part.kind() in WRITTEN:
        given = part.model_validate({"net": Place(written=str(tiny_clip.made()))})
    else:
        given = part.example()
    assert isinstance(given, Feature)
    return given


def lacking(part: type[Feature]) -> str:
    """Say which optional library a part cannot do without here; ``""`` when all are there."""
    if part.kind() in WRITTEN:  # importing PyTorch takes seconds; not before a test needs it
        return "" if find_spec("transformers") and find_spec("torch") else MISSING
    try:
        example(part).names  # noqa: B018  (asking is enough)
    except MissingExtra as trouble:
        return str(trouble)
    return ""


LACKING = {part: said for part in FAMILY if (said := lacking(part))}


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

SLOW = pytest.mark.slow
READY = [part for part in FAMILY if part not in LACKING]
features = pytest.mark.parametrize(
    "part",
    [
        *(pytest.param(one, marks=SLOW if one.kind() in WRITTEN else ()) for one in READY),
        *(pytest.param(one, marks=pytest.mark.skip(said)) for one, said in LACKING.items()),
    ],
    ids=lambda part: part.kind(),
)
squares = pytest.mark.parametrize(
    "part",
    [
        pytest.param(part, marks=SLOW if part.kind() in WRITTEN else ())
        for part in READY
        if part.kind() in WRITTEN or part.example().square_px is not None
    ],
    ids=lambda part: part.kind(),
)
learners = pytest.mark.parametrize(
    "part",
    [part for part in READY if part.kind() not in WRITTEN and part.example().is_learned],
    ids=lambda part: part.kind(),
)
pictures = pytest.mark.parametrize("name", PICTURES)


def answers(feature: Feature, picture: Picture) -> list[Raw]:
    """Give the vector; none of a picture that the feature rightly calls too small."""
    try:
        return [feature.extract(picture)]
    except PictureError as refusal:
        if may_refuse(feature, picture) and refusal.reason == "too-small":
            return []
        raise


def may_refuse(feature: Feature, picture: Picture) -> bool:
    """Tell whether that is a set of blocks, and the picture has a side of under 8 px."""
    return len(feature.values) > 0 and min(picture.shape[:2]) < LEAST_PX


def is_sound(vector: Raw, feature: Feature) -> bool:
    """Tell whether a vector is as it must be: as long as declared, or raw and no longer."""
    least = 1 if feature.is_learned else feature.length
    is_long_enough = vector.ndim == 1 and least <= vector.size <= feature.longest
    return is_long_enough and vector.dtype == np.float32 and bool(np.isfinite(vector).all())


def learned(feature: Feature) -> Encoder:
    """What a feature learns from three pictures."""
    shown = [PICTURES["noise"], painted(50, 40), painted(33, 70)]
    return feature.learn(["a", "b", "c"], [feature.extract(picture) for picture in shown])


def values(feature: Feature, picture: Picture) -> Raw:
    """What a model would see."""
    vector = feature.extract(picture)
    return learned(feature).encode(vector) if feature.is_learned else vector


def golden(part: type[Part]) -> dict[str, Any]:
    """Length, and sixteen rounded values by name, of a picture that anybody can paint again."""
    assert issubclass(part, Feature)
    feature = example(part)
    vector = values(feature, painted(160, 200))
    chosen = np.unique(np.linspace(0, feature.length - 1, 16).astype(int))
    some = {feature.names[at]: round(float(vector[at]), 4) for at in chosen}
    return {"length": feature.length, "sum": round(float(vector.sum()), 2), **some}


@features
def test_names_are_stable_unique_and_in_three_steps(part: type[Feature]) -> None:
    names = example(part).names
    assert names == example(part).names
    assert len(set(names)) == len(names) == example(part).length > 0
    assert {name.count(".") for name in names} == {2}


@features
@pictures
def test_any_picture_gives_a_finite_float32_vector_of_the_declared_length(
    part: type[Feature], name: str
) -> None:
    feature = example(part)
    assert all(is_sound(vector, feature) for vector in answers(feature, PICTURES[name]))


@features
@pictures
def test_a_mirrored_picture_gives_one_too(part: type[Feature], name: str) -> None:
    mirrored, feature = PICTURES[name][:, ::-1], example(part)
    given = answers(feature, mirrored)
    assert all(is_sound(vector, feature) for vector in given)
    np.testing.assert_array_equal(given, answers(example(part), mirrored.copy()))


@features
def test_the_same_picture_gives_the_same_vector(part: type[Feature]) -> None:
    first, again = example(part), example(part)
    vector = first.extract(PICTURES["painted"])
    np.testing.assert_array_equal(vector, first.extract(PICTURES["painted"]))
    np.testing.assert_array_equal(vector, again.extract(PICTURES["painted"].copy()))


@features
def test_another_picture_gives_another_vector(part: type[Feature]) -> None:
    feature = example(part)
    one, other = feature.extract(PICTURES["painted"]), feature.extract(PICTURES["noise"])
    assert not np.array_equal(one, other)


@features
def test_the_picture_is_only_read(part: type[Feature]) -> None:
    picture = PICTURES["painted"].copy()
    picture.setflags(write=False)
    example(part).extract(picture)
    np.testing.assert_array_equal(picture, PICTURES["painted"])


@features
def test_two_threads_give_what_one_gives(part: type[Feature]) -> None:
    """M33."""
    feature = example(part)
    many = list(PICTURES.values()) * 2
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(lambda picture: answers(feature, picture), many))
    alone = [answers(feature, picture) for picture in many]
    assert list(map(len, together)) == list(map(len, alone))
    np.testing.assert_array_equal(
        np.concatenate(list(chain(*together))), np.concatenate(list(chain(*alone)))
    )


@features
def test_the_identity_is_plain_and_does_not_change(part: type[Feature]) -> None:
    assert canonical(example(part).identity()) == canonical(example(part).identity())
    assert example(part).identity()["kind"] == part.kind()


@features
def test_enough_pixels_are_a_number_of_pixels_or_all(part: type[Feature]) -> None:
    enough_px = example(part).enough_px
    assert enough_px is None or enough_px >= 1


@squares
@pictures
def test_a_feature_of_squares_gives_the_same_for_a_picture_and_its_square(
    part: type[Feature], name: str
) -> None:
    """The decoder squashes in its place."""
    feature = example(part)
    assert feature.square_px is not None
    square = np.asarray(squashed(Image.fromarray(PICTURES[name]), feature.square_px))
    np.testing.assert_array_equal(feature.extract(square), feature.extract(PICTURES[name]))
    assert feature.enough_px == 2 * feature.square_px


@features
def test_raw_vectors_do_not_depend_on_how_is_learned_from_them(part: type[Feature]) -> None:
    feature = example(part)
    assert part.of_learning <= set(part.model_fields)
    assert not part.of_learning or feature.is_learned
    assert set(feature.identity()) - set(feature.raw_identity()) == part.of_learning


@learners
def test_what_was_learned_turns_any_raw_vector_into_the_declared_values(
    part: type[Feature],
) -> None:
    feature = example(part)
    encoder = learned(feature)
    raws = [raw for picture in PICTURES.values() for raw in answers(feature, picture)]
    given = np.stack([encoder.encode(raw) for raw in raws])
    assert given.shape == (len(raws), feature.length)
    assert given.dtype == np.float32
    assert np.isfinite(given).all()
    assert len(np.unique(given, axis=0)) > 3


@learners
def test_learning_again_gives_the_same(part: type[Feature]) -> None:
    one, other = example(part), example(part)
    raw = one.extract(PICTURES["painted"])
    np.testing.assert_array_equal(learned(one).encode(raw), learned(other).encode(raw))


@features
def test_an_answer_that_moves_raises_the_version(part: type[Feature]) -> None:
    check(part, golden(part))
