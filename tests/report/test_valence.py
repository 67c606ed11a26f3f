"""Pleasant against unpleasant, drawn and told (G21, P12)."""

from pathlib import Path

import numpy as np
import pytest

from affekt import report
from affekt.measures.intervals import wilson
from affekt.report import overall, sides, valence
from affekt.report.bench import Bench
from affekt.report.scores import Cell
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, cell, column, panel, scored

FOUR = Taxonomy(
    name="four",
    emotions=tuple(
        Emotion(name=name, valence=sign)
        for name, sign in (("joy", 1), ("calm", 1), ("fear", -1), ("surprise", 0))
    ),
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def four(world: World, truth: list[str], said: list[list[float]], **changes: object) -> Cell:
    rows = np.array(said, dtype=float).reshape(1, len(truth), 4)
    return cell(made.cell(world, truth, rows, taxonomy=FOUR, **changes))  # type: ignore[arg-type]


def test_a_side_is_right_where_its_emotions_together_are_most_probable(world: World) -> None:
    """G21: by hand; fear alone is the most probable of all, yet joy and calm together are more."""
    one = four(
        world,
        ["joy", "calm", "fear", "surprise"],
        [[0.3, 0.25, 0.4, 0.05], [0.1, 0, 0.2, 0.7], [0, 0.3, 0.7, 0], [0, 0, 0, 1]],
    )
    found = sides.sided(one)
    assert found.n == 3  # surprise has no side, and an answer of it lies on none
    assert found.right.value == pytest.approx(2 / 3)
    assert [score.value for score in found.recalls] == [0.5, 1]
    assert [score.n for score in found.recalls] == [2, 1]
    assert found.mean.value == 0.75
    assert found.level == pytest.approx(2 / 3)


def test_a_wrong_answer_may_stay_on_the_side_of_the_label(world: World) -> None:
    one = four(
        world,
        ["joy", "joy", "calm", "surprise"],
        [[0.2, 0.8, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]],
    )
    found = sides.sided(one)
    assert (found.stayed.value, found.stayed.n) == (0.5, 2)
    assert found.stayed.interval == wilson(1, 2)
    assert sides.evenly(one) == pytest.approx(1 / 3)  # one of three others is pleasant, too


def test_table_four_tells_the_same_side(world: World) -> None:
    truth = [name for name in MIKELS8.names for _ in range(4)]
    one = cell(made.cell(world, truth, made.guessed(truth, MIKELS8, 1, 2)))
    assert overall.polarity(one) == sides.sided(one).right
    assert sides.evenly(one) == pytest.approx(3 / 7)


def test_intervals_are_wilson_of_single_pictures_and_drawn_of_groups(world: World) -> None:
    said = [0.9, 0.1, 0.2, 0.3, 0.6, 0.8]
    alone = sides.sided(scored(world, [YES, NO] * 3, said))
    assert alone.right.interval == wilson(4, 6)
    assert alone.recalls[0].interval == wilson(2, 3)
    groups = [f"g{at // 2}" for at in range(6)]
    together = sides.sided(scored(world, [YES, NO] * 3, said, groups=groups))
    assert together.right.value == pytest.approx(2 / 3)
    assert together.right.interval == (0.5, 1)  # three groups of two: all, half and half right


def test_a_tie_of_sides_counts_half_whatever_the_number_of_emotions(world: World) -> None:
    """P12: also where the floats of both sums differ in their last digit."""
    even = Taxonomy(
        name="even",
        emotions=tuple(Emotion(name=f"e{at}", valence=1 if at % 2 else -1) for at in range(6)),
    )
    flat = np.full((1, 6, 6), 1 / 6)
    one = cell(made.cell(world, list(even.names), flat, taxonomy=even))
    found = sides.sided(one)
    assert found.right.value == 0.5
    assert [score.value for score in found.recalls] == [0.5, 0.5]
    odd = four(world, ["joy", "fear"], [[0.01, 0.34, 0.35, 0.3]] * 2)
    assert 0.01 + 0.34 != 0.35
    assert [score.value for score in sides.sided(odd).recalls] == [0.5, 0.5]


@pytest.mark.parametrize("truth", [[], [YES], [YES, YES]])
def test_one_side_only_one_picture_or_none_is_drawn_and_told(
    world: World, truth: list[str]
) -> None:
    """P12."""
    one = scored(world, truth, [0.9] * len(truth))
    found = sides.sided(one)
    assert found.n == len(truth)
    assert np.isnan(found.recalls[1].value)
    assert np.isnan(found.stayed.value)
    assert np.isnan(found.level) if not truth else found.level == 1
    figure = valence.figure(panel(one))
    assert "nan" not in f"{figure.text} {figure.notes} {figure.scene}".replace("pleasant", "")
    assert len(figure.scene.marks) == (2 if truth else 0)


def test_pictures_without_finite_probabilities_are_left_out(world: World) -> None:
    """P12."""
    found = sides.sided(scored(world, [YES, NO, NO], [0.9, np.nan, 0.2]))
    assert found.n == 2
    assert found.right.value == 1


def test_the_drawing_has_a_row_an_entry_and_the_table_its_floors(world: World) -> None:
    net = scored(world, [YES, NO, NO], [0.9, 0.4, 0.6], entry="net")
    floor = scored(world, [YES, NO, NO], [0.1] * 3, entry="majority")
    figure = valence.figure(panel(net, floor))
    assert len(figure.scene.marks) == 3
    assert figure.scene.marks[0].startswith("net, side right: 66.7 %, 95 % ")
    assert column(figure.table, "side") == pytest.approx([2 / 3, 2 / 3])
    assert column(figure.table, "recall, unpleasant") == [0.5, 1]
    assert figure.table.apart == frozenset({1})
    assert "the more frequent side, 66.7 %" in figure.notes[0]


def test_emotions_of_one_side_make_no_block(world: World) -> None:
    kind = Taxonomy(
        name="kind", emotions=(Emotion(name="joy", valence=1), Emotion(name="calm", valence=1))
    )
    one = cell(made.cell(world, ["joy"], np.full((1, 1, 2), 0.5), taxonomy=kind))
    assert valence.exhibit(made.whole(world), Bench((panel(one),), ())).blocks == ()
    assert len(valence.exhibit(made.whole(world), Bench((), ())).blocks) == 1  # what is missing


def test_the_exhibit_is_written_by_its_id(world: World, tmp_path: Path) -> None:
    """P11, P6."""
    page = report.write(made.whole(world, made.benchmark(world)), tmp_path / "out", only="g21")
    assert page.name == "report-g21.html"
    files = {path.name for path in (tmp_path / "out").rglob("g21-small-kfold.*")}
    assert files == {f"g21-small-kfold.{end}" for end in ("pdf", "svg", "csv", "tex")}
