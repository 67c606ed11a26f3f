"""Learning curves as tables, drawings and sentences (G24, P7, P12)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt import report
from affekt.plan import Result
from affekt.report import curve, curves, published, worth
from affekt.report.bench import read
from affekt.report.exhibits import Exhibit, Figure, Gap, Table
from affekt.report.scene import Box
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, column

TRUTH = [YES, NO] * 20


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def grown(
    world: World, right: Sequence[int], learned: Sequence[int], *, weak: bool = False, **about: Any
) -> Result:
    """One curve: of each repeat the first so many of 40 pictures are answered rightly."""
    is_right = np.arange(len(TRUTH)) < np.array(right)[:, None]
    is_yes = np.array([one == YES for one in TRUTH]) == is_right
    said = np.where(is_yes, 0.9, 0.1)
    rows = np.stack([said, 1 - said], axis=2)
    entry = f"net {'weak' if weak else 'strong'}"  # else both would be one product
    result = made.cell(world, TRUTH, rows, taxonomy=VALENCE2, learned=learned, entry=entry, **about)
    dataset = "weak labels, tested on small" if weak else "small"
    result = result._replace(dataset=dataset, entry="net", protocol="learning_curve", curve="small")
    return result._replace(trained_on="weak labels" if weak else "")


def drawn(world: World, *results: Result) -> Exhibit:
    given = made.whole(world, curves=results)
    return curves.exhibit(given, read(given))


def table(exhibit: Exhibit, at: int) -> Table:
    block = exhibit.blocks[at]
    assert isinstance(block, Table | Figure)
    return block.table if isinstance(block, Figure) else block


def test_a_size_is_the_mean_of_its_draws_with_the_worst_and_the_best_beside_it(
    world: World,
) -> None:
    found = table(drawn(world, grown(world, [20, 30, 36], [10, 10, 40])), 0)
    assert column(found, "labels") == [10, 40]
    assert column(found, "draws") == [2, 1]
    assert column(found, "n") == [40, 40]
    assert column(found, "accuracy") == pytest.approx([25 / 40, 36 / 40])
    assert column(found, "worst draw") == pytest.approx([20 / 40, 36 / 40])
    assert column(found, "best draw") == pytest.approx([30 / 40, 36 / 40])
    for value, (low, high) in zip(
        column(found, "accuracy"), column(found, "accuracy 95 %"), strict=True
    ):
        assert low < value < high
    assert column(found, "macro recall") == pytest.approx([25 / 40, 36 / 40])


def test_folds_of_a_set_without_parts_make_one_test_of_every_picture(world: World) -> None:
    whole, dealt = (
        table(drawn(world, grown(world, [20, 30, 36], [10, 10, 40], folds=folds)), 0)
        for folds in (1, 5)
    )
    assert dealt.rows == whole.rows


def test_an_interval_tells_how_much_other_labels_would_change(world: World) -> None:
    """One draw that names all, one that names none: every fourth round has the same one twice."""
    found = table(drawn(world, grown(world, [0, 40, 20], [10, 10, 40])), 0)
    assert column(found, "accuracy") == pytest.approx([0.5, 0.5])
    few, every = column(found, "accuracy 95 %")
    assert few == (0.0, 1.0)
    assert 0.25 < every.low < every.high < 0.75


def test_a_strong_label_is_worth_as_many_weak_ones_as_reach_the_same(world: World) -> None:
    strong = grown(world, [20, 30, 34], [10, 20, 40])
    weak = grown(world, [20, 30, 34], [40, 80, 160], weak=True)
    found = table(drawn(world, strong, weak), 1)
    assert column(found, "strong labels") == [10, 20, 40]
    assert column(found, "weak labels for it") == [40, 80, 160]
    assert column(found, "weak for one strong") == pytest.approx([4, 4, 4])
    assert column(found, "weak for one strong 95 %")[1] == "4.00"  # both curves are one


def test_both_curves_are_drawn_on_the_same_pictures(world: World) -> None:
    """A paired bootstrap: what is hard for one is hard for the other in every round."""
    strong = grown(world, [20, 30], [10, 20])
    weak = grown(world, [20, 30], [10, 20], weak=True)
    (sheet,) = curve.sheets(curve.read((strong, weak)).tests, 1)
    one, other = sheet.pairs[0].curves
    for mine, its in zip(one.steps, other.steps, strict=True):
        assert mine.rounds.tolist() == its.rounds.tolist()


def test_as_many_labels_of_both_kinds_are_compared_on_the_same_pictures(world: World) -> None:
    strong = grown(world, [20, 30], [10, 20])
    weak = grown(world, [20, 24], [20, 30], weak=True)
    found = table(drawn(world, strong, weak), 1)
    assert column(found, "less as many weak") == [None, pytest.approx(10 / 40)]
    low, high = column(found, "less as many weak 95 %")[1]
    assert 0 < low < 10 / 40 < high  # ten pictures lie between them, none the other way


def test_where_no_number_of_weak_labels_is_as_good_it_is_said_plainly(world: World) -> None:
    strong = grown(world, [16, 40], [10, 20])
    weak = grown(world, [20, 24], [30, 90], weak=True)
    exhibit = drawn(world, strong, weak)
    found = table(exhibit, 1)
    assert column(found, "weak labels for it") == [None, None]
    assert column(found, "no equality") == [
        "30 are better",
        "none up to 90",
    ]
    assert column(found, "weak for one strong 95 %")[1] == "more than 4.50"
    said = "No number of weak labels up to 90 reaches the 100.0 % of 20 strong ones."
    assert said in _figure(exhibit).text


def test_the_drawing_says_every_score_and_its_axis_is_a_logarithm(world: World) -> None:
    strong = grown(world, [20, 30, 34], [10, 100, 1000])
    weak = grown(world, [18, 20], [10, 1000], weak=True)
    figure = _figure(drawn(world, strong, weak))
    assert len(figure.scene.marks) == 2 * (3 + 2)
    assert "net, 100 strong labels: accuracy 75.0 %" in figure.scene.marks
    assert "net, 1,000 weak labels: macro recall 50.0 %" in figure.scene.marks
    at = {item.says: item.x for item in figure.scene.items if isinstance(item, Box)}
    ten, hundred, thousand = (
        at[f"net, {n} strong labels: accuracy {share} %"]
        for n, share in (("10", "50.0"), ("100", "75.0"), ("1,000", "85.0"))
    )
    assert hundred - ten == pytest.approx(thousand - hundred)


def test_strong_labels_alone_have_a_curve_and_no_rate(world: World) -> None:
    exhibit = drawn(world, grown(world, [20], [10]))
    assert [type(one) for one in exhibit.blocks] == [Figure]
    assert "with 10 strong labels" in _figure(exhibit).text


def test_only_pictures_that_both_were_tested_on_count(world: World) -> None:
    strong = grown(world, [40], [10])
    fewer = made.cell(
        world, TRUTH[:30], np.full((1, 30, 2), 0.5), taxonomy=VALENCE2, learned=[10]
    )._replace(entry="net", protocol="learning_curve", curve="small", trained_on="weak labels")
    found = table(drawn(world, strong, fewer), 0)
    assert column(found, "n") == [30, 30]


def test_a_failed_curve_is_a_box_and_no_curve_is_nothing(world: World) -> None:
    """P8"""
    lost = made.failed()._replace(curve="small")
    (gap,) = drawn(world, lost).blocks
    assert isinstance(gap, Gap)
    assert "holds NaN" in gap.reason
    assert drawn(world).blocks == ()


@pytest.mark.parametrize("n", [1, 2])
def test_one_picture_or_one_emotion_is_drawn(world: World, n: int) -> None:
    """P12"""
    said = np.full((2, n, 2), 0.5)  # a tie
    result = made.cell(world, [YES] * n, said, taxonomy=VALENCE2, learned=[1, 1])
    figure = _figure(drawn(world, result._replace(curve="small")))
    assert column(figure.table, "accuracy") == [0.5]
    assert len(figure.scene.marks) == 2


def test_tests_that_cannot_be_scored_are_a_box(world: World) -> None:
    """P12"""
    said = np.full((1, 3, 2), np.nan)
    result = made.cell(world, [YES] * 3, said, taxonomy=VALENCE2, learned=[5])
    (gap,) = drawn(world, result._replace(curve="small")).blocks
    assert isinstance(gap, Gap)
    assert "none of its 3 tests" in gap.reason


def test_the_page_shows_curves_and_lists_what_they_came_from(world: World, tmp_path: Path) -> None:
    results = (grown(world, [20, 30], [10, 20]), grown(world, [20, 24], [10, 30], weak=True))
    page = report.write(made.whole(world, curves=results), tmp_path / "report")
    text = page.read_text(encoding="utf-8")
    assert "Learning curves of strong and weak labels" in text
    assert results[1].predictions.address[:16] in text  # type: ignore[union-attr]
    assert {one.suffix for one in page.parent.rglob("g24*")} == {".pdf", ".svg", ".csv", ".tex"}


def test_curves_are_the_same_from_the_published_file(world: World, tmp_path: Path) -> None:
    """Issue 6, item 6: beside other scores, and apart from them."""
    results = (grown(world, [20, 30], [10, 20]), grown(world, [20, 24], [10, 30], weak=True))
    given = made.whole(world, made.benchmark(world, VALENCE2), curves=results)
    file = tmp_path / "predictions.parquet"
    found = read(given)
    published.write((*found.tests, *found.curves), given, file)
    page = report.rescored(file, tmp_path / "again", "G24")
    again = {path.name: path.read_bytes() for path in page.parent.glob("tables/*.csv")}
    report.write(given, tmp_path / "whole", "G24")
    for name, data in again.items():
        assert (tmp_path / "whole" / "tables" / name).read_bytes() == data
    assert len(again) == 2
    _, tests = published.read(file)
    assert [one.curve for one in tests] == [""] * len(found.tests) + ["small"] * 2


def _figure(exhibit: Exhibit) -> Figure:
    figure = exhibit.blocks[0]
    assert isinstance(figure, Figure)
    return figure


def test_sentences_tell_the_last_rate_and_the_end(world: World) -> None:
    strong = grown(world, [20, 24, 40], [10, 20, 40])
    weak = grown(world, [20, 30], [40, 80], weak=True)
    (sheet,) = curve.sheets(curve.read((strong, weak)).tests, 1)
    said = worth.sentences(sheet.pairs[0])
    assert said.startswith("53 weak labels reach the 60.0 % of 20 strong ones: 2.64 for one [")
    assert said.endswith("No number of weak labels up to 80 reaches the 100.0 % of 40 strong ones.")
