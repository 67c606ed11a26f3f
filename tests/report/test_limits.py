"""What a page keeps silent about, and what it says so that nobody is misled (B70, P7, G3, G15)."""

import re
from pathlib import Path

import numpy as np
import pytest

from affekt import report
from affekt.plan import Result
from affekt.taxonomy import MIKELS8, VALENCE2
from tests.report import made
from tests.report.made import World
from tests.report.test_write import sheet


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


def two_of_eight(world: World, awe: int, fear: int) -> tuple[Result, ...]:
    truth = ["awe"] * awe + ["fear"] * fear
    return (made.cell(world, truth, made.guessed(truth, MIKELS8, 1, 4), entry="net"),)


def test_emotions_without_pictures_are_one_sentence(world: World, tmp_path: Path) -> None:
    """B70: no row for them in tables and figures of single emotions."""
    results = two_of_eight(world, 30, 12)
    for only in ("G15", "G5-7"):
        page = report.write(made.whole(world, results), tmp_path, only=only)
        rows = sheet(tmp_path, next((tmp_path / "tables").glob(f"{only.lower()}*.csv")).stem)
        assert [row["emotion"] for row in rows] == ["awe", "fear"]
        text = page.read_text(encoding="utf-8")
        assert "No picture of amusement, contentment" in text
        assert "fewer than 10 pictures" in text


def test_an_emotion_that_no_fold_could_learn_is_named(world: World, tmp_path: Path) -> None:
    """B70: in the notes of the scores, where its row says only that it is not reported."""
    truth = ["awe" if at % 2 else "fear" for at in range(40)] + ["anger"] * 20
    said = made.guessed(truth, MIKELS8, 1, 4)
    result = made.cell(world, truth, said, folds=2)
    text = report.write(made.whole(world, (result,)), tmp_path, only="G15").read_text("utf-8")
    assert "Never trained, as one fold tests all pictures: awe and fear." in text


@pytest.mark.parametrize("only", ["G15", "G5-7"])
def test_nothing_to_report_is_one_sentence(world: World, tmp_path: Path, only: str) -> None:
    page = report.write(made.whole(world, two_of_eight(world, 3, 4)), tmp_path, only=only)
    text = page.read_text(encoding="utf-8")
    assert "awe not reported (n = 3) and fear not reported (n = 4)" in text
    assert "<figure" not in text
    assert "<table" not in text
    assert not (tmp_path / "figures").exists()


def test_rows_below_the_threshold_hold_counts_and_no_shares(world: World, tmp_path: Path) -> None:
    """G3."""
    page = report.write(made.whole(world, two_of_eight(world, 30, 4)), tmp_path, only="G3")
    says = re.findall(r"<title>(net: [^<]*)</title>", page.read_text(encoding="utf-8"))
    assert all("%" in one for one in says if "net: awe answered" in one)
    small = [one for one in says if "net: fear answered" in one]
    assert len(small) == 8
    assert not any("%" in one for one in small)


@pytest.mark.parametrize(("wrong", "told"), [(1, False), (2, True)])
def test_a_single_mistake_is_no_most_frequent_confusion(
    world: World, tmp_path: Path, wrong: int, told: bool
) -> None:
    """G3."""
    said = np.array([[[0.1, 0.9]] * wrong + [[0.9, 0.1]] * 10 + [[0.1, 0.9]] * 10])
    truth = ["positive"] * (10 + wrong) + ["negative"] * 10
    result = made.cell(world, truth, said, taxonomy=VALENCE2)
    text = report.write(made.whole(world, (result,)), tmp_path, only="G3").read_text("utf-8")
    assert ("most frequent confusion" in text) == told


def test_files_that_leave_the_page_tell_what_is_not_of_this_world(page: Path) -> None:
    """P7: every LaTeX table and, by a line more below the drawing, every figure."""
    told = "Behind these numbers: generated pictures and simulated votes."
    tables_written = list((page.parent / "tables").glob("*.tex"))
    assert tables_written
    assert all(told in one.read_text(encoding="utf-8") for one in tables_written)
    figure = re.search(r'<svg class="drawing" width="[\d.]+" height="([\d.]+)"', page.read_text())
    drawn = (page.parent / "figures" / "g10.svg").read_text(encoding="utf-8")
    height = re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', drawn)
    assert figure
    assert height
    assert float(height[1]) == pytest.approx((float(figure[1]) + 18) * 0.75)


def test_files_of_real_pictures_and_people_carry_no_such_line(world: World, tmp_path: Path) -> None:
    report.write(made.whole(world, made.benchmark(world)), tmp_path, only="T3")
    text = next((tmp_path / "tables").glob("t3*.tex")).read_text(encoding="utf-8")
    assert "Behind these numbers" not in text


def test_chance_is_a_level_without_interval(world: World, tmp_path: Path) -> None:
    report.write(made.whole(world, made.benchmark(world)), tmp_path, only="T3")
    name = next((tmp_path / "tables").glob("t3*.csv")).stem
    rows = {row["entry"]: row for row in sheet(tmp_path, name)}
    assert float(rows["chance"]["accuracy"]) == 0.125
    assert rows["chance"]["accuracy 95 % low"] == ""
    assert rows["majority"]["macro recall 95 % low"] == ""
    assert float(rows["majority"]["accuracy 95 % low"]) < 0.125
