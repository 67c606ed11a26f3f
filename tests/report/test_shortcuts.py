"""Size, brightness, colour and source by emotion, and what sees only those (G22)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from affekt import report
from affekt.features.backbone import Backbone
from affekt.features.shortcuts import VALUES, Shortcuts
from affekt.models.prior import Prior
from affekt.plan import Entry, Result
from affekt.report import bench, shortcut, shortcuts
from affekt.report.exhibits import Exhibit, Gap, Table
from affekt.report.inputs import ReportInput
from affekt.report.scene import Words
from affekt.store import Failure, Product
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, column

NAMES = [one.name for one in VALUES]
WIDTH, BRIGHTNESS = NAMES.index("shortcuts.size.width"), NAMES.index("shortcuts.light.brightness")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def entry(name: str, *, is_blind: bool = True) -> Entry:
    feature = Shortcuts() if is_blind else Backbone()
    return Entry(name=name, feature=feature, model=Prior(strategy="majority"))


def result(
    world: World, truth: Sequence[str], rows: Sequence[float], name: str = "facts", **more: Any
) -> Result:
    """An entry that is as sure of `positive` as each row says."""
    said = np.array(rows, dtype=float)[None]
    return made.cell(
        world, truth, np.stack([said, 1 - said], axis=2), entry=name, taxonomy=VALENCE2, **more
    )


def facts(truth: Sequence[str], **columns: Sequence[float] | np.ndarray) -> np.ndarray:
    """Numbers of every picture, all 1 but for those named."""
    numbers = np.ones((len(truth), len(VALUES)))
    for name, values in columns.items():
        numbers[:, next(at for at, one in enumerate(NAMES) if one.endswith(f".{name}"))] = values
    return numbers


def shown(world: World, results: Sequence[Result], entries: Sequence[Entry]) -> Exhibit:
    given = made.whole(world, tuple(results), entries=tuple(entries))
    return shortcuts.exhibit(given, bench.read(given))


def kinds(one: Exhibit) -> list[str]:
    return [type(block).__name__ for block in one.blocks]


def sheet_of(world: World, truth: Sequence[str], numbers: np.ndarray, **more: Any) -> Any:
    seen = made.seen(world, result(world, truth, [0.5] * len(truth), **more), numbers)
    ids = list(seen.pictures.table()["image_id"]) if isinstance(seen.pictures, Product) else []
    assert ids == sorted(ids)
    return shortcut.sheet(seen, VALUES, seed=1)


TRUTH = [YES, NO] * 20


def in_order(world: World, truth: Sequence[str]) -> list[str]:
    """The labels in the order in which the product keeps the pictures."""
    pictures = result(world, truth, [0.5] * len(truth)).pictures
    assert isinstance(pictures, Product)
    return pictures.table()["emotion"].to_list()


def test_a_shortcut_that_names_the_emotion_stands_first_and_a_constant_last(world: World) -> None:
    """G22, P12: pleasant pictures bright, unpleasant ones dark, all of one width."""
    labels = in_order(world, TRUTH)
    dice = np.random.default_rng(1).random(40)
    bright = 0.2 + 0.4 * (np.array(labels) == YES) + 0.1 * dice
    sheet = sheet_of(world, TRUTH, facts(labels, brightness=bright, sharpness=dice))
    assert sheet.order[0] == BRIGHTNESS
    assert sheet.strengths[BRIGHTNESS].value == pytest.approx(0.744, abs=0.01)
    low, high = sheet.strengths[BRIGHTNESS].interval
    assert low < sheet.strengths[BRIGHTNESS].value < high
    assert np.isnan(sheet.strengths[WIDTH].value)
    yes, no = (sheet.above[sheet.emotions.index(one)][BRIGHTNESS].value for one in (YES, NO))
    assert (yes, no) == (1.0, 0.0)
    figure = shortcuts.figure(sheet)
    assert "brightness tells emotions apart best" in figure.text
    assert f"highest for {YES}" in figure.text
    assert len(figure.scene.marks) == 4 * 2


def test_ties_and_what_chance_does_as_well_are_called_so(world: World) -> None:
    """P12: medians that are alike have no highest, and a share of variance below 0 is none."""
    labels = in_order(world, TRUTH)
    tenth = [labels[:at].count(one) for at, one in enumerate(labels)]  # 0 to 19 of either
    framed = [float(at > 15) * (one == YES) for at, one in zip(tenth, labels, strict=True)]
    text = shortcuts.figure(sheet_of(world, TRUTH, facts(labels, frame=framed))).text
    assert "frame tells emotions apart best: they explain 8.8 % (95 % " in text  # 1 - 8/9 × 39/38
    assert "The median of frame is the same for all (0)." in text
    text = shortcuts.figure(sheet_of(world, TRUTH, facts(labels, frame=tenth))).text
    assert text.endswith("no shortcut tells emotions apart better than chance.")


def test_whole_groups_are_drawn(world: World) -> None:
    """P10: pictures in ever larger groups tell less."""
    labels = in_order(world, TRUTH)
    numbers = facts(labels, brightness=np.random.default_rng(2).random(40))
    alone = sheet_of(world, TRUTH, numbers)
    pairs = sheet_of(world, TRUTH, numbers, groups=[str(at // 8) for at in range(40)])
    assert (alone.n_groups, pairs.n_groups) == (40, 5)
    assert alone.strengths[BRIGHTNESS].value == pairs.strengths[BRIGHTNESS].value
    assert "5 groups" in pairs.drawing


def test_the_score_of_shortcuts_is_told_beside_levels_and_the_best_other(world: World) -> None:
    """G22, P7."""
    right = [0.9 if one == YES else 0.1 for one in TRUTH]
    half = [0.9] * 20 + right[20:]
    blind = made.seen(world, result(world, TRUTH, half), facts(TRUTH))
    cells = [
        blind,
        result(world, TRUTH, right, "net"),
        result(world, TRUTH, [0.6] * 40, "majority"),
        result(world, TRUTH, [0.5] * 40, "chance"),
    ]
    told = shown(world, cells, [entry("facts"), entry("net", is_blind=False)])
    assert kinds(told) == ["Figure", "Table", "Table"]
    table = told.blocks[-1]
    assert isinstance(table, Table)
    assert column(table, "sees") == ["shortcuts", "pictures", "level", "level"]
    assert column(table, "shortcuts ahead") == [None, -0.25, 0.25, 0.25]
    assert table.apart == {2, 3}
    assert "alone reach 75.0 % (95 % 59.8 – 85.8) of 40 pictures by facts" in table.notes[0]
    assert "against majority 25.0 points" in table.notes[0]
    assert "net, reaches 100.0 %" in table.notes[0]
    assert "against shortcuts 25.0 points" in table.notes[0]


def test_where_nothing_sees_more_that_is_said(world: World) -> None:
    """P12: one model."""
    blind = made.seen(world, result(world, TRUTH, [0.9] * 40), facts(TRUTH))
    table = shown(world, [blind], [entry("facts")]).blocks[-1]
    assert isinstance(table, Table)
    assert table.notes[0].endswith("No entry of the plan sees more.")


def test_a_plan_without_such_an_entry_is_told_which_lines_to_add(world: World) -> None:
    """P8."""
    told = shown(world, [result(world, TRUTH, [0.9] * 40, "net")], [entry("net", is_blind=False)])
    (gap,) = told.blocks
    assert isinstance(gap, Gap)
    assert 'feature = "shortcuts"' in gap.reason


def test_numbers_that_are_not_made_are_a_box(world: World) -> None:
    """P8."""
    why = Failure("extract", "has not been made; run `affekt bench`", "open")
    one = result(world, TRUTH, [0.9] * 40)._replace(vectors=why)
    told = shown(world, [one], [entry("facts")])
    assert kinds(told) == ["Gap", "Table"]
    assert isinstance(told.blocks[0], Gap)
    assert told.blocks[0].reason == why.reason


def test_without_any_result_there_is_one_box(world: World) -> None:
    """P8."""
    assert kinds(shown(world, [], [entry("facts")])) == ["Gap"]


def sourced(told: Sequence[tuple[str, str, int]]) -> shortcut.Origins:
    sources = tuple(sorted({one[0] for one in told}))
    counts = np.zeros((len(sources), 2))
    for source, emotion, n in told:
        counts[sources.index(source), VALENCE2.names.index(emotion)] = n
    return shortcut.Origins(sources, counts)


def test_the_share_of_each_source_is_told_with_how_it_goes_with_emotions(world: World) -> None:
    """G22: every emotion from its own source."""
    sheet = sheet_of(world, TRUTH, facts(TRUTH))
    table = shortcuts.sources(sheet, sourced([("<flickr>", YES, 20), ("wiki", NO, 20)]))
    assert [row[:5] for row in table.rows if row[2]] == [
        (YES, "<flickr>", 20.0, 20.0, 1.0),
        (NO, "wiki", 20.0, 20.0, 1.0),
    ]
    assert "Cramér's V of source and emotion: 1.000 (95 %" in table.notes[0]


def test_one_source_and_an_emotion_without_any_tell_nothing(world: World) -> None:
    """P12."""
    sheet = sheet_of(world, TRUTH, facts(TRUTH))
    table = shortcuts.sources(sheet, sourced([("wiki", YES, 3)]))
    assert table.notes[0].startswith("All pictures are from one source")
    assert [row[4] for row in table.rows] == [1.0, None]


def test_sources_are_read_from_what_load_noted(world: World) -> None:
    """G22."""
    one = made.seen(world, result(world, TRUTH, [0.9] * 40), facts(TRUTH))
    assert isinstance(one.pictures, Product)
    one.pictures.manifest["notes"]["sources"] = [
        {"source": "wiki", "emotion": YES, "pictures": 20},
        {"source": "flickr", "emotion": NO, "pictures": 20},
    ]
    told = shown(world, [one], [entry("facts")])
    assert kinds(told) == ["Figure", "Table", "Table", "Table"]
    strengths = told.blocks[1]
    assert isinstance(strengths, Table)
    assert shortcuts.UNKNOWN not in strengths.notes


def test_sources_of_other_emotions_alone_are_none(world: World) -> None:
    """P12: what was noted of a finer taxonomy, or of pictures that were left out."""
    one = made.seen(world, result(world, TRUTH, [0.9] * 40), facts(TRUTH))
    assert isinstance(one.pictures, Product)
    one.pictures.manifest["notes"]["sources"] = [
        {"source": name, "emotion": "awe", "pictures": 20} for name in ("wiki", "flickr")
    ]
    assert shortcut.sheet(one, VALUES, seed=1).origins is None


def test_an_interval_ends_where_nothing_more_can_be_told() -> None:
    """G22: rounds that are moved onto the value would go beyond V of 1."""
    tie = shortcut.association(sourced([("a", YES, 3), ("b", NO, 3), ("b", YES, 1)]), seed=1)
    assert tie.value < tie.interval.high == 1


def test_an_entry_without_a_score_is_not_the_best(world: World) -> None:
    """P12: NaN, whichever comes first."""
    cells = [
        made.seen(world, result(world, TRUTH, [np.nan] * 40, "broken"), facts(TRUTH)),
        made.seen(world, result(world, TRUTH, [0.9] * 40), facts(TRUTH)),
    ]
    table = shown(world, cells, [entry("broken"), entry("facts")]).blocks[-1]
    assert isinstance(table, Table)
    assert "50.0 %" in table.notes[0]
    assert "by facts" in table.notes[0]
    (lost,) = shown(world, cells[:1], [entry("broken")]).blocks[2:]
    assert isinstance(lost, Table)
    assert "alone reach – (95 % –) of 0 pictures" in lost.notes[0]


def test_a_width_is_told_to_the_pixel(world: World) -> None:
    """G22: 1,024 px, not 1,020; below 1,000 three digits."""
    labels = in_order(world, TRUTH)
    numbers = facts(labels, width=[1024 if one == YES else 768 for one in labels])
    sheet = sheet_of(world, TRUTH, numbers / [1.0 if at == WIDTH else 7.0 for at in range(13)])
    told = " ".join(shortcuts.figure(sheet).scene.marks)
    assert "width: median 1,024, quartiles 1,024" in told
    assert "median 0.143," in told


@pytest.mark.parametrize("truth", [[YES], [YES, YES, YES], [YES, NO], []], ids=len)
def test_tiny_sets_are_drawn(world: World, tmp_path: Path, truth: list[str]) -> None:
    """P12: one picture, one emotion, one of each, none; another has no picture."""
    numbers = facts(truth, brightness=np.linspace(0, 1, len(truth)))
    one = made.seen(world, result(world, truth, [0.9] * len(truth)), numbers)
    given: ReportInput = made.whole(world, (one,), entries=(entry("facts"),))
    page = report.write(given, tmp_path / "out", only="g22").read_text(encoding="utf-8")
    assert page.count("<figure") == 1
    sheet = shortcut.sheet(one, VALUES, seed=1)
    words = [x.text for x in shortcuts.figure(sheet).scene.items if isinstance(x, Words)]
    assert words.count("no picture") == 4 * (2 - len(set(truth)))


def test_every_file_for_papers_is_written(page: Path) -> None:
    """P6: the figure as PDF and SVG, the tables as CSV and LaTeX."""
    names = {one.name for one in page.parent.glob("*/g22-*")}
    assert {f"g22-small.{end}" for end in ("pdf", "svg", "csv", "tex")} <= names
    assert {"g22-strength-small.csv", "g22-scores-small-kfold.tex"} <= names
