"""What a copy is told to have otherwise than published."""

import pytest

from affekt.datasets import Facts

PUBLISHED = Facts("set", "who", "free", 30, {"awe": 20, "fear": 10}, copies=(28, 27))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"awe": 20, "fear": 10}, ""),
        (
            {"awe": 19, "fear": 10},
            "this copy names 29 pictures, 30 are published; awe 19 of 20; "
            "copies of 28, 27 are known",
        ),
        (
            {"awe": 21, "fear": 9},
            "this copy names 30 pictures, 30 are published; awe 21 of 20, fear 9 of 10; "
            "copies of 28, 27 are known",
        ),
    ],
)
def test_totals_and_emotions_are_held_against_the_published_ones(
    found: dict[str | None, int], said: str
) -> None:
    assert PUBLISHED.difference(found) == said


@pytest.mark.parametrize(("images", "said"), [(None, ""), (5, ""), (6, "this copy names 5")])
def test_pictures_without_an_emotion_count_as_well(images: int | None, said: str) -> None:
    told = Facts("set", "who", "free", images).difference({"awe": 4, None: 1})
    assert told.startswith(said)
    assert bool(told) == bool(said)
