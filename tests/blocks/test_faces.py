"""Faces: which are found, counted and measured."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from skimage import data

from affekt.blocks.faces import Box, Model, apart, detected, faces
from affekt.blocks.view import View
from tests.blocks.pictures import noise, plain

models = pytest.mark.parametrize("model", ["lbp", "haar"])
PERSON = View(data.astronaut()[:260, 60:320]).grey


def overlap(one: Box, other: Box) -> float:
    """Share of the union, by pixels."""
    canvas = np.zeros((2, 300, 300), bool)
    for layer, box in enumerate((one, other)):
        canvas[layer, box.top : box.top + box.height, box.left : box.left + box.width] = True
    return float(canvas.all(axis=0).sum() / canvas.any(axis=0).sum())


@models
def test_the_one_face_is_found_where_it_is(model: Model) -> None:
    (face,) = detected(PERSON, model)
    assert overlap(face, Box(112, 65, 95, 95)) > 0.6


@models
@pytest.mark.parametrize("picture", [noise(100, 100), plain(60, 40, 9, 9, 9), noise(8, 8)])
def test_nobody_is_seen_where_nobody_is(model: Model, picture: np.ndarray) -> None:
    assert detected(View(picture).grey, model) == ()


def test_no_model_finds_nobody() -> None:
    assert detected(PERSON, "none") == ()


@models
def test_threads_find_what_one_finds(model: Model) -> None:
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda _: detected(PERSON, model), range(4)))
    assert found == [detected(PERSON, model)] * 4


def test_boxes_over_each_other_are_one_face_the_larger() -> None:
    one, larger, elsewhere = Box(10, 10, 20, 20), Box(9, 9, 24, 24), Box(60, 10, 30, 30)
    assert apart([one, larger, elsewhere]) == (elsewhere, larger)
    assert apart([elsewhere, larger, one]) == (elsewhere, larger)


@pytest.mark.parametrize("other", [Box(0, 5, 10, 10), Box(4, 0, 10, 10), Box(200, 200, 10, 10)])
def test_boxes_that_share_half_of_their_union_or_less_are_two(other: Box) -> None:
    box = Box(0, 0, 10, 10)
    assert (len(apart([box, other])) == 2) == (overlap(box, other) <= 0.5)


def test_number_and_size_are_those_of_the_boxes() -> None:
    found = faces((Box(0, 0, 20, 20), Box(30, 30, 10, 10)), (80, 100))
    np.testing.assert_allclose(found, [2, 0.05])
    np.testing.assert_array_equal(faces((), (80, 100)), [0, 0])
