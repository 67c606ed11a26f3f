"""What models told of themselves is on the page, folded over the folds."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt.report import chosen
from affekt.report.exhibits import Table
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def told(world: World, *facts: dict[str, Any], entry: str = "net") -> list[tuple[object, ...]]:
    said = np.full((1, 2, 2), 0.5)
    result = made.cell(
        world, ["positive", "negative"], said, taxonomy=VALENCE2, entry=entry, facts=facts
    )
    found = chosen.table(made.whole(world, (result,)))
    assert isinstance(found, Table)
    return [row[3:] for row in found.rows]


def test_a_penalty_is_counted_over_the_folds(world: World) -> None:
    rows = told(world, {"penalty": 0.01}, {"penalty": 0.1}, {"penalty": 0.01})
    assert rows == [("penalty", "0.01 (2), 0.1 (1)")]


def test_a_search_names_the_mean_loss_of_every_penalty(world: World) -> None:
    one, other = {"0.1": 0.5, "1.0": 0.25}, {"0.1": 0.75, "1.0": 0.5}
    rows = told(world, {"penalty_search": one}, {"penalty_search": other})
    assert rows == [("penalty_search", "0.1: 0.625, 1.0: 0.375")]


def test_scales_have_penalties_and_searches_of_their_own(world: World) -> None:
    fact = {
        "penalty": {"valence": 1.0, "arousal": 10.0},
        "penalty_search": {"valence": {"1.0": 0.5}, "arousal": {"1.0": 0.25}},
    }
    assert told(world, fact, fact) == [
        ("penalty", "valence: 1 (2); arousal: 10 (2)"),
        ("penalty_search, valence", "1.0: 0.500"),
        ("penalty_search, arousal", "1.0: 0.250"),
    ]


def test_many_different_numbers_are_their_ends_and_mean(world: World) -> None:
    rows = told(world, *({"variance_kept": at / 10} for at in range(9)))
    assert rows == [("variance_kept", "0 to 0.8, mean 0.4")]


def test_words_and_lists_are_counted_too(world: World) -> None:
    rows = told(world, {"note": "early", "stopped": ["awe", "fear"]}, {"note": "early"})
    assert rows == [("note", "early (2)"), ("stopped", "awe, fear (1)")]


def test_floors_tell_nothing(world: World) -> None:
    said = np.full((1, 2, 2), 0.5)
    result = made.cell(
        world, ["positive", "negative"], said, taxonomy=VALENCE2, entry="chance",
        facts=[{"rows": 2}],
    )  # fmt: skip
    assert chosen.table(made.whole(world, (result,))) is None
