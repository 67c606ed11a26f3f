"""The page of a map: columns, predictions and pictures as it is told them (M83, M84)."""

import base64
import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from affekt.report import map_columns, map_sheets, map_walk, published
from affekt.report.map_answers import answers
from affekt.report.map_columns import NOTHING
from affekt.report.map_sheets import Free
from affekt.report.remarks import Remarks
from affekt.report.samples import Sample
from affekt.report.tested import About
from tests.report import walked
from tests.report.made import sha

SIZES = {"u1": np.uint8, "u2": "<u2", "u4": "<u4"}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walked.pages(tmp_path_factory.mktemp("walked"))


@pytest.fixture(scope="module")
def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def told(text: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/json" id="told">(.*?)</script>', text)
    read: dict[str, Any] = json.loads(found)
    return read


def unpacked(column: tuple[str, str]) -> np.ndarray:
    """What a browser reads, with -1 for no value."""
    kind, data = column
    numbers = np.frombuffer(base64.b64decode(data), SIZES[kind]).astype(np.int64)  # type: ignore[call-overload]
    return np.where(numbers == np.iinfo(SIZES[kind]).max, NOTHING, numbers)  # type: ignore[call-overload]


@settings(max_examples=20)
@given(st.sampled_from(["u1", "u2", "u4"]), st.data())
def test_a_column_is_read_as_it_was_written(kind: map_columns.Kind, data: st.DataObject) -> None:
    """M84: in one, two and four bytes; none at all."""
    most = int(np.iinfo(SIZES[kind]).max) - 1  # type: ignore[call-overload]
    column = np.array(data.draw(st.lists(st.integers(NOTHING, most))), dtype=np.int64)
    assert np.array_equal(unpacked(map_columns.packed(column, kind)), column)


@pytest.mark.parametrize("value", [-2, 255, 300])
def test_a_value_that_does_not_fit_is_no_other(value: int) -> None:
    with pytest.raises(ValueError, match="does not fit u1: 0–254"):
        map_columns.packed(np.array([value]), "u1")


def test_places_fill_a_square_at_one_scale_with_y_up() -> None:
    """M83: by hand; who is not on the map has no place."""
    found = map_columns.placed(np.array([[0.0, 0], [4, 0], [2, 2]]), np.array([3, 0, 2]), 5)
    last = map_columns.STEPS
    assert found.x.tolist() == [last, NOTHING, last // 2, 0, NOTHING]
    assert found.y.tolist() == [49_150, NOTHING, 16_384, 49_150, NOTHING]  # a quarter of 65,534


@pytest.mark.parametrize("n", [0, 1, 3])
def test_pictures_in_one_place_lie_in_the_middle(n: int) -> None:
    found = map_columns.placed(np.full((n, 2), 7.5), np.arange(n), n)
    assert found.x.tolist() == found.y.tolist() == [map_columns.STEPS // 2] * n


def test_a_page_tells_pictures_labels_parts_and_groups(told: dict[str, Any]) -> None:
    """M83."""
    assert len(told["names"]) == walked.N
    ids = base64.b64decode(told["ids"][1]).hex()
    found = [ids[at : at + 16] for at in range(0, len(ids), 16)]
    assert found == sorted(found)
    number = [5 if one == walked.HOSTILE else int(one[3:5]) for one in told["names"]]
    assert unpacked(told["labels"]).tolist() == [at % 2 for at in number]
    groups = [told["groups"][at] for at in unpacked(told["group"])]
    assert groups == [f"g{at // 2}" for at in number]
    assert {told["parts"][at] for at in unpacked(told["part"])} == {"test"}
    for side in told["sides"]:
        x, y = unpacked(side["x"]), unpacked(side["y"])
        assert max(np.ptp(x), np.ptp(y)) == map_columns.STEPS


def test_the_prediction_is_that_of_the_first_test(told: dict[str, Any], text: str) -> None:
    """M83: of the entry that was tested, not of the mean of its repeats; the other has none."""
    (answer,) = told["answers"]
    assert answer["name"] == "net, kfold"
    number = [5 if one == walked.HOSTILE else int(one[3:5]) for one in told["names"]]
    labels, codes = unpacked(told["labels"]), unpacked(answer["codes"])
    is_right = [
        None if code == NOTHING else code == label
        for code, label in zip(codes, labels, strict=True)
    ]
    assert is_right == [None if at >= 20 else at % 3 == 0 for at in number]
    assert set(unpacked(answer["percent"])) == {75, NOTHING}
    assert set(unpacked(answer["repeat"])) == {0, NOTHING}
    assert [at % 2 if at < 20 else NOTHING for at in number] == unpacked(answer["fold"]).tolist()
    assert "Tested were, of 24 pictures, 20 by net, kfold." in text


def rows(*of: tuple[str, int, int, list[float]]) -> pl.DataFrame:
    found = [
        {"image_id": name, "repeat": repeat, "fold": fold, "emotion": "awe", "probabilities": said}
        for name, repeat, fold, said in of
    ]
    return pl.DataFrame(found)


def test_a_leaky_entry_is_found_by_its_stamp_and_ties_go_to_the_first_emotion() -> None:
    remarks = Remarks(is_leaky=True)
    about = About("set", remarks.stamped("net"), "kfold", ("awe", "fear"), (1, -1), remarks)
    elsewhere = about._replace(dataset="other")
    tests = rows(("b", 1, 0, [0.1, 0.9]), ("b", 0, 3, [0.5, 0.5]), ("c", 0, 0, [np.nan, 1.0]))
    given_ = (published.Tests(about, tests), published.Tests(elsewhere, tests))
    (found,) = answers(given_, "set", ["net", "none"], ["a", "b", "c"])
    assert found.name == "net (LEAKY), kfold"
    assert found.codes.tolist() == [NOTHING, 0, NOTHING]
    assert found.fold.tolist() == [NOTHING, 3, NOTHING]


def sheet(told: dict[str, Any], at: int) -> np.ndarray:
    data = told["sheets"][at].removeprefix("data:image/webp;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_only_what_may_be_shown_is_and_a_warning_has_a_cover(told: dict[str, Any]) -> None:
    """M84, R22: the others have no cell, which is a grey tile; the cover is what is seen first."""
    number = [5 if one == walked.HOSTILE else int(one[3:5]) for one in told["names"]]
    cells, clears = unpacked(told["cells"]), unpacked(told["clears"])
    assert [cell >= 0 for cell in cells] == [at % 2 == 0 for at in number]
    assert [cell >= 0 for cell in clears] == [at % 6 == 0 for at in number]
    assert set(map(int, told["credits"])) == set(np.flatnonzero(cells >= 0))
    assert all("A. Painter" in one for one in told["credits"].values())
    assert set(told["warnings"].values()) == {"gore"}
    whole, side = sheet(told, 0), told["cell"]
    assert side == 48

    def rough(cell: int) -> float:
        top, left = cell // told["across"] * side, cell % told["across"] * side
        return float(
            np.abs(
                np.diff(whole[top + 8 : top + 40, left : left + side, :3].astype(int), axis=1)
            ).max()
        )

    assert all(rough(cells[row]) < rough(clears[row]) for row in np.flatnonzero(clears >= 0))


def free(n: int, side_px: int = 48) -> tuple[Free, list[str]]:
    """Pictures that may be shown, with thumbnails of noise, which hardly get smaller."""
    dice = np.random.default_rng(1)
    ids = sorted(sha(f"free {at}") for at in range(n))
    known = {
        one: Sample("awe", True, one, "A. Painter", "cc0", "", "",
                    dice.integers(0, 255, (side_px, side_px, 4), dtype=np.uint8))
        for one in ids
    }  # fmt: skip
    return Free(pl.DataFrame({"image_id": ids}), known, side_px), ids


def test_a_page_takes_as_many_pictures_as_it_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """M84, P2: by rank, and says so."""
    monkeypatch.setattr(map_sheets, "ACROSS", 5)
    monkeypatch.setattr(map_sheets, "PER", 20)
    pictures, ids = free(23)
    shelf: Any = object()
    everything = map_sheets.sheets(pictures, ids, shelf, 1, 10**9)
    assert everything.is_whole
    assert sorted(everything.cells.tolist()) == [*range(10), *range(20, 30), 40, 41, 42]
    room = sum(map(len, everything.addresses))  # and none for what is said of the last
    less = map_sheets.sheets(pictures, ids, shelf, 1, room)
    assert not less.is_whole
    assert less.addresses == everything.addresses[:2]
    assert (less.cells >= 0).sum() == len(less.credits) == 20
    assert set(less.cells) - {NOTHING} < set(everything.cells)


@pytest.mark.parametrize(
    ("n", "side"), [(1, 48), (5_000, 48), (5_001, 32), (25_000, 32), (25_001, 0)]
)
def test_more_pictures_are_smaller_and_too_many_are_none(n: int, side: int) -> None:
    """M84."""
    assert map_sheets.side_px(n) == side


def test_a_map_of_too_many_pictures_shows_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """M84."""
    monkeypatch.setattr(map_sheets, "SIDES", ((10, 48),))
    text = walked.pages(tmp_path).read_text(encoding="utf-8")
    assert "data:image" not in text
    assert "No picture is shown: there are more than 10." in text
    assert "pictures for markers" not in text


def test_a_page_of_25000_pictures_stays_below_10_megabytes() -> None:
    """M84: what is no picture takes less than a quarter, so that most pictures have room."""
    n = 25_000
    ids = [sha(str(at)) for at in range(n)]
    columns = [map_columns.ids(ids)] + [map_columns.packed(np.arange(n), "u2") for _ in range(15)]
    assert sum(len(data) for _, data in columns) + 40 * n < map_walk.LIMIT / 4


def test_columns_of_cells_take_room_from_pictures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """M84: so that a page which has no room for all is no larger than it may be."""
    rooms, sheets = [], map_sheets.sheets

    def seen(*given: Any) -> map_sheets.Sheets:
        rooms.append(given[-1])
        return sheets(*given)

    monkeypatch.setattr(map_sheets, "sheets", seen)
    text = walked.pages(tmp_path).read_text(encoding="utf-8")
    (found,) = re.findall(r'id="told">(.*?)</script>', text)
    told = json.loads(found)
    cells = sum(len(told[name][1]) for name in ("cells", "clears"))
    pictured = ("sheets", "cell", "across", "per", "cells", "clears", "credits", "warnings")
    others = {
        name: one
        for name, one in told.items()
        if name not in (*pictured, "looks", "steps", "digits")
    }
    assert rooms[0] + len(json.dumps(others)) + cells <= map_walk.LIMIT - map_walk.FRAME


def test_foreign_words_do_nothing(text: str, told: dict[str, Any]) -> None:
    """P4: a name that would end the script stays a name."""
    assert walked.HOSTILE in told["names"]
    assert walked.HOSTILE not in text
    assert text.count("<script") == text.count("</script>") == 2
    assert "<!--" not in text


def test_report_and_page_lead_to_each_other_and_ask_for_nothing_else(page: Path, text: str) -> None:
    """M83, P1."""
    report = (page.parents[1] / "report-g4.html").read_text(encoding="utf-8")
    assert f"href=maps/{page.name}>" in report
    links = set(re.findall(r'(?:href|src)="([^"]+)"', text))
    assert links == {
        "../report-g4.html#g4-small-1-title",
        "../figures/g4-small-1.svg",
        "../tables/g4-small-1.csv",
    }
    assert "id=g4-small-1-title>" in report
    assert all((page.parent / one.partition("#")[0]).is_file() for one in links)
    assert "default-src 'none'; img-src data:; style-src 'sha256-" in text
    assert "Back to the report" in text
    assert text.count('role="note"') == 1 + text.count("<strong>")


def test_the_script_is_short() -> None:
    """M83."""
    script = Path(map_walk.__file__).with_name("map_page.js").read_text(encoding="utf-8")
    assert script.count("\n") < 300
