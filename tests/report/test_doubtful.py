"""Likely wrong labels on the page, in the file, and on the way back to the crowd (M74, G17)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from affekt import report, tables
from affekt.report import doubted_pictures, doubtful
from affekt.report.doubted_pictures import DOUBTED
from affekt.report.doubts import doubts, listed
from affekt.report.scores import Cell
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World
from tests.report.scored import NO, YES, column, panel, scored


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def sheet(folder: Path, pattern: str) -> list[dict[str, str]]:
    """The rows of the one table whose name fits."""
    (path,) = (folder / "tables").glob(pattern)
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def planted(world: World, entry: str = "net", **changes: object) -> Cell:
    """60 pictures; of every tenth the label is the other one."""
    truth = [YES, NO] * 30
    said = np.where(np.arange(60) % 2 == 0, 0.9, 0.1) + np.arange(60) / 1000
    labels = [
        (NO if word == YES else YES) if at % 10 == 0 else word for at, word in enumerate(truth)
    ]
    return scored(world, labels, said, entry=entry, **changes)


def test_planted_mistakes_are_listed_with_what_is_suggested(world: World) -> None:
    found = doubts(panel(planted(world)))
    assert len(found.rows) >= 1
    frame = listed(made.whole(world), found)
    assert set(frame["emotion"]) == {NO}
    assert set(frame["suggested"]) == {YES}
    assert frame["probability"].is_sorted()
    wrong = {made.sha(f"small {at}") for at in range(0, 60, 10)}
    assert set(frame["image_id"]) <= wrong


def test_the_entry_that_is_right_most_often_is_asked(world: World) -> None:
    bad = scored(world, [YES, NO] * 30, [0.4, 0.6] * 30, entry="bad")
    good = scored(world, [YES, NO] * 30, [0.6, 0.4] * 30, entry="good")
    assert doubts(panel(bad, good)).cell.entry == "good"


def test_the_page_shows_the_first_ones_and_the_file_has_all(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubtful, "SHOWN", 3)
    truth = ["positive"] * 20 + ["negative"] * 20
    said = made.guessed(truth, VALENCE2, 0.7, 4)
    result = made.cell(world, truth, said, taxonomy=VALENCE2)
    page = report.write(made.whole(world, (result,)), tmp_path / "out", only="G17")
    rows = sheet(tmp_path / "out", "g17-small*.csv")
    assert len(rows) > 3
    assert all(len(row["image_id"]) == 64 for row in rows)
    text = page.read_text(encoding="utf-8")
    assert f"The first 3 of {len(rows)} rows; the CSV has all." in text
    assert rows[3]["image_id"] not in text
    assert rows[0]["image_id"] not in text  # 64 digits are for the file
    assert rows[0]["image_id"][:6] in text


def test_pictures_of_an_own_release_carry_the_name_the_build_knows(world: World) -> None:
    """A picture in a release may have other bytes than the one found."""
    one = planted(world)
    released = [
        {"image_id": image_id, "original_id": f"found-{image_id}", "emotion": YES, "part": "train"}
        for image_id in one.pictures["image_id"]
    ]
    build = {"release": world.product("release", tables.RELEASED, released)}
    frame = listed(made.whole(world, build=build), doubts(panel(one)))
    assert (frame["original_id"] == "found-" + frame["image_id"]).all()


def test_sums_tell_how_many_labels_are_wrong(world: World) -> None:
    table = doubtful.sums(panel(planted(world)), doubts(panel(planted(world))))
    assert column(table, "label") == [YES, NO, "all"]
    assert column(table, "pictures") == [24, 36, 60]
    assert column(table, "estimated wrong")[0] == 0


def test_an_entry_no_better_than_the_majority_is_warned_of(world: World) -> None:
    good = panel(planted(world))
    bad = panel(scored(world, [YES, NO] * 30, [0.9, 0.1, 0.1, 0.9] * 15))
    told = [doubtful.sums(one, doubts(one)).notes[-1] for one in (good, bad)]
    assert "its doubts say little" not in told[0]
    assert "not shown to be better than naming the most frequent label, 50.0 %" in told[1]


def test_nothing_tested_doubts_nothing(world: World) -> None:
    found = doubts(panel(scored(world, [], [])))
    assert listed(made.whole(world), found).is_empty()
    assert doubtful.sums(panel(found.cell), found).rows[-1][1] == 0


def test_doubtful_pictures_are_shown_where_their_licence_allows_it(
    world: World, tmp_path: Path
) -> None:
    """G17, R22: those of the plan's own build, covered; the others are in the table alone."""
    build = made.build(world, VALENCE2, each=24)
    found = build["dedupe"].table().to_dicts()
    truth = [str(row["emotion"]) for row in found]
    spots = [
        {name: row[name] for name in ("image_id", "shard", "row_group", "row")} for row in found
    ]
    closed = {row["image_id"][:16] for row in found if row["licence"] != "cc-by-4.0"}
    doubted = np.array([row["image_id"][:16] in closed or at < 6 for at, row in enumerate(found)])
    is_yes = np.array([word == YES for word in truth])
    yes = np.where(is_yes != doubted, 0.9, 0.1)
    said = np.stack([yes, 1 - yes], axis=1)[None]
    result = made.cell(world, truth, said, taxonomy=VALENCE2, known=spots)
    words = {"other": ("art",)}  # the tag of all
    given = made.whole(world, (result,), build=build, taxonomy=VALENCE2, warning_words=words)
    page = report.write(given, tmp_path / "out", only="G17")
    rows = sheet(tmp_path / "out", "g17-pictures-*.csv")
    assert rows
    assert closed
    assert not closed & {row["picture"] for row in rows}
    assert all(row["label"] != row["suggested"] for row in rows)
    assert all(row["content warning"] == "other" for row in rows)
    for name in ("pictures", "mistakes"):
        assert list((tmp_path / "out" / "figures").glob(f"g17-{name}-*.pdf"))
    mistaken = sheet(tmp_path / "out", "g17-mistakes-small*.csv")
    assert mistaken
    assert not closed & {row["picture"] for row in mistaken}
    assert all(row["label"] != row["answer"] for row in mistaken)
    note = f"{len(rows)} of the {len(rows) + len(closed)} most doubtful; the others have no licence"
    assert note in page.read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8").count("<title>content warning: other; ") == (
        len(rows) + len(mistaken)
    )


def test_nothing_is_said_of_others_where_all_are_shown() -> None:
    assert doubted_pictures.told(24, 24, DOUBTED) == "The 24 most doubtful."


def test_pictures_of_unknown_licence_are_not_shown(world: World, tmp_path: Path) -> None:
    report.write(made.whole(world, made.benchmark(world)), tmp_path / "out", only="G17")
    assert not (tmp_path / "out" / "figures").exists()
