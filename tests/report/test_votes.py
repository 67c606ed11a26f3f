"""What the page tells of votes, agreement and workers (G11, G12, G13, G20; P7, P8, P12)."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from affekt import report, tables
from affekt.measures.agreement import krippendorff_alpha
from affekt.report import agreed, crowd, votes, workers
from affekt.report.crowd import Answers
from affekt.report.exhibits import Gap, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Box
from affekt.store import Failure
from tests.report import made
from tests.report.made import World

AWE, FEAR = "awe", "fear"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def given(world: World, said: Mapping[str, str], of: int | None = 5, **more: Any) -> ReportInput:
    """A sample whose questions got these votes: emotion and number → one letter a worker."""
    asked = [made.question({"image_id": name, "emotion": name.split()[0]}) for name in said]
    gold = {**made.question({"image_id": "known", "emotion": AWE}), "role": "gold"}
    gold["question_id"] = "gold"
    rows = [
        {"question_id": row["question_id"], "worker": f"w{at}", "emotion": row["emotion"],
         "felt": letter == "y", "seconds": 2.0 if at else None}
        for row, letters in zip([*asked, gold], [*said.values(), "yyyyy"], strict=True)
        for at, letter in enumerate(letters)
        if letter in "yn"
    ]  # fmt: skip
    rule = {"kind": "at_least", "of": of} if of else {"kind": "likely"}
    build = {
        "sample": world.product("sample", tables.QUESTIONS, [*asked, gold]),
        "verify": world.product("verify", tables.VOTES, rows),
        "decide": world.product("decide", tables.LABELS, [], recipe={"rule": rule}),
    }
    return made.whole(world, build={**build, **more})


def answers(one: ReportInput) -> Answers:
    found = crowd.answers(one)
    assert found is not None
    return found


def rows_of(table: Table) -> dict[str, tuple[Any, ...]]:
    return {str(row[0]): row[1:] for row in table.rows}


def test_every_question_stands_under_its_number_of_yes(world: World) -> None:
    """G11: questions that test workers are not among them."""
    one = given(world, {"awe 1": "yyyyy", "awe 2": "yynnn", "fear 1": "nnnnn"})
    figure = votes.figure(one, answers(one))
    assert rows_of(figure.table) == {AWE: (0, 0, 1, 0, 0, 1), FEAR: (1, 0, 0, 0, 0, 0)}
    assert "46.7 % of all votes are YES: most for awe (70.0 %)" in figure.text
    assert len(figure.scene.marks) == 12
    assert not any("fewer than" in note for note in figure.notes)


def test_a_threshold_keeps_more_where_asking_ended_early(world: World) -> None:
    """G11: what is not known is an upper end, never a guess."""
    one = given(world, {"awe 1": "yyy", "awe 2": "nnn", "awe 3": "yynyn"})
    found = answers(one)
    asked, *kept = rows_of(votes.thresholds(found))[AWE]
    assert asked == 3
    assert [(round(3 * low), round(3 * high)) for low, high in kept] == [
        (2, 3), (2, 3), (2, 2), (0, 1), (0, 1)
    ]  # fmt: skip
    assert any(
        "2 questions have fewer than 5 votes" in note for note in votes.figure(one, found).notes
    )


def test_many_votes_share_columns(world: World) -> None:
    one = given(world, {"awe 1": "y" * 30 + "n" * 10}, of=None)
    found = answers(one)
    assert found.of == 40
    assert len(votes.spans(40)) <= votes.MOST
    assert sum(votes.histogram(found.questions, 40)) == 1
    assert votes.figure(one, found).table.columns[1].name == "0–3 YES"


def test_agreement_is_that_of_the_measures(world: World) -> None:
    """G12: per emotion and in all, with n; single votes cannot be paired."""
    one = given(world, {"awe 1": "yyyyn", "awe 2": "nnnny", "fear 1": "yyyyy", "fear 2": "y"})
    found = answers(one)
    rows = {row.emotion: row for row in agreed.agreements(one, found)}
    assert rows[AWE].n == 2
    assert rows[FEAR].n == 1
    assert rows["total"].n == 3
    assert rows[AWE].raw == pytest.approx(0.6)
    assert rows[AWE].alpha == pytest.approx(krippendorff_alpha(np.array([[1, 4], [4, 1]])))
    assert rows["total"].alpha_interval.low <= rows["total"].alpha <= 1
    text = agreed.figure(one, found).text
    assert "most on fear (α 1.00) and least on awe" in text


def test_single_votes_are_told_as_such(world: World) -> None:
    """P12: one vote a question draws no point and no traceback."""
    one = given(world, {"awe 1": "y", "fear 1": "n"})
    figure = agreed.figure(one, answers(one))
    assert figure.scene.marks == ()
    assert figure.text == "No question has two votes, so agreement cannot be told."
    table = agreed.level(one, answers(one))
    assert [row[1] for row in table.rows] == [0, 0, 0]


def test_systematic_disagreement_lies_on_the_scale(world: World) -> None:
    """P12: α below 0."""
    one = given(world, {f"awe {at}": "yn" for at in range(6)})
    scene = agreed.figure(one, answers(one)).scene
    assert any("α −" in mark for mark in scene.marks)
    assert all(0 <= item.x <= scene.width for item in scene.items if isinstance(item, Box))


def test_one_more_person_is_held_against_the_majority_of_the_others(world: World) -> None:
    """G20: by hand; a tie of the others counts half."""
    one = given(world, {"awe 1": "yyyyn", "awe 2": "ynn", "fear 1": "yn"})
    rows = {row.emotion: row for row in agreed.humans(one, answers(one))}
    assert rows[AWE].right == pytest.approx((4 + 0 + (0 + 0.5 + 0.5)) / 8)
    assert rows[AWE].floor == pytest.approx(5 / 8)
    assert rows[FEAR].right == 0
    assert rows["total"].n == 10
    assert rows["total"].interval.low <= rows["total"].right <= rows["total"].interval.high


def test_workers_are_numbers_and_their_shares_are_those_by_hand(world: World) -> None:
    """G13: pseudonyms only."""
    one = given(world, {"awe 1": "yyn", "awe 2": "yn", "fear 1": "y"})
    found = answers(one)
    table = workers.workers(found)
    assert table["n"].to_list() == [3, 2, 1]
    first = table.row(0, named=True)
    assert first["yes"] == 1
    assert first["agreement"] == pytest.approx((0.5 + 0) / 2)
    assert first["expected"] == pytest.approx((0.5 + 0) / 2)
    assert first["seconds"] is None
    figure = workers.figure(found)
    assert "50.0 % YES: agreement 25.0 %, worker 2, 2 votes, 2.0 s" in figure.scene.marks
    assert not any("w1" in str(row) for row in figure.table.rows)


def test_workers_at_one_place_are_one_mark_that_tells_of_all(world: World) -> None:
    """G13, P5."""
    figure = workers.figure(answers(given(world, {"awe 1": "yy"})))
    [says] = figure.scene.marks
    assert says.startswith("100.0 % YES: agreement 100.0 %, worker 1, 1 vote")
    assert "; worker 2, 1 vote" in says


def test_many_workers_are_drawn_by_their_votes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MOST", 2)
    one = given(world, {"awe 1": "yyn", "awe 2": "yn"})
    figure = workers.figure(answers(one))
    assert len(figure.scene.marks) == 2
    assert any("2 workers with the most votes, of 3" in note for note in figure.notes)
    assert len(figure.table.rows) == 3


def test_what_simulated_people_said_is_marked_everywhere(world: World, tmp_path: Path) -> None:
    """P7: on every figure, its table and in its files."""
    sources = made.whole(world, build=made.build(world))
    for name in ("G11", "G12", "G13", "G20"):
        page = report.write(sources, tmp_path / name, only=name)
        assert crowd.SIMULATED in page.read_text(encoding="utf-8")
    with (tmp_path / "G12" / "tables" / "g12.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[0]["raw agreement 95 % low"]) <= float(rows[0]["raw agreement"])


@pytest.mark.parametrize("name", ["G11", "G12", "G13", "G20"])
def test_what_is_missing_is_a_box_with_its_command(world: World, tmp_path: Path, name: str) -> None:
    """P8."""
    broken = Failure("verify", "the crowd is asleep", "NotYet")
    sources = given(world, {"awe 1": "y"}, verify=broken)
    text = report.write(sources, tmp_path, only=name).read_text(encoding="utf-8")
    assert "the crowd is asleep" in text
    assert "affekt build plan.toml" in text


def test_a_sample_nobody_voted_on_is_told(world: World) -> None:
    """P12."""
    gap = votes.exhibit(given(world, {"awe 1": "", "fear 1": ""})).blocks[0]
    assert isinstance(gap, Gap)
    assert gap.reason == "nobody has voted on a picture of the sample"


def test_ticked_answers_are_counted_by_emotion(world: World) -> None:
    """A worker who ticks every emotion felt gives one vote an emotion to one question."""
    one = given(world, {"awe 1": "yy"})
    verify = one.made("verify")
    assert verify is not None
    rows = verify.table().to_dicts()
    more = [{**row, "emotion": FEAR, "felt": False} for row in rows]
    both = made.whole(
        world, build={**one.build, "verify": world.product("verify", tables.VOTES, [*rows, *more])}
    )
    found = answers(both)
    assert found.questions.filter(pl.col("emotion") == FEAR)["yes"].to_list() == [0]
    assert found.emotions == (AWE, FEAR)


def test_the_interval_of_one_more_person_is_that_of_drawing_questions(world: World) -> None:
    """P10: questions that are alike are drawn together, each as often as there are such."""
    one = given(world, {f"awe {at}": "yyyyy" if at < 50 else "yynnn" for at in range(60)})
    right = np.array([5.0] * 50 + [1.5] * 10)  # three NO, for each of which the others tie
    dice = np.random.default_rng(3)
    drawn = [right[dice.integers(60, size=60)].mean() / 5 for _ in range(4_000)]
    (row,) = [row for row in agreed.humans(one, answers(one)) if row.emotion == AWE]
    assert row.right == pytest.approx(right.mean() / 5)
    assert row.interval == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.012)
