"""Predictions in one file, and all scores from it again (issue 6, item 6; C9, P12)."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

from affekt import report
from affekt.errors import Damaged, NewerFormat, UsageError
from affekt.report import published
from affekt.report.bench import Bench, panels, read
from affekt.report.remarks import Remarks
from affekt.taxonomy import VALENCE2
from tests.report import made
from tests.report.made import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "work")


@pytest.fixture
def scored(world: World) -> Bench:
    """Two entries with claims, votes and hashes, and the floors."""
    truth = ["positive", "negative"] * 15
    known = [
        {"shares": [0.75, 0.25], "phash": at // 2, "dhash": at // 2, "part": None}
        for at in range(30)
    ]
    said = made.guessed(truth, VALENCE2, 1, 2, repeats=2)
    one = made.cell(world, truth, said, taxonomy=VALENCE2, folds=3, known=known, claims=said > 0.4)
    return read(made.whole(world, (one, *made.benchmark(world, VALENCE2), made.failed())))


def test_every_score_is_the_same_from_the_file(world: World, scored: Bench, tmp_path: Path) -> None:
    path = tmp_path / "predictions.parquet"
    published.write(scored.tests, made.whole(world), path)
    note, tests = published.read(path)
    again = panels(tests, note.seed)
    assert [panel.name for panel in again] == [panel.name for panel in scored.panels]
    for one, other in zip(scored.panels, again, strict=True):
        for first, second in zip(one.cells, other.cells, strict=True):
            assert first.about == second.about
            assert first.accuracy == second.accuracy
            assert first.macro_f1 == second.macro_f1
            assert first.near_bits.tolist() == second.near_bits.tolist()
            assert first.pictures["shares"].to_list() == second.pictures["shares"].to_list()
            assert first.has_claims == second.has_claims
            assert first.untrained == second.untrained


def test_the_file_is_the_same_twice_and_tells_no_names_of_files(
    world: World, scored: Bench, tmp_path: Path
) -> None:
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    for path in paths:
        published.write(scored.tests, made.whole(world), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    frame = pl.read_parquet(paths[0])
    assert frame.columns == list(published.TESTS.columns)
    assert frame.select(published.TESTS.key).is_unique().all()


@pytest.mark.slow
def test_a_page_of_scores_is_made_from_the_file_alone(world: World, tmp_path: Path) -> None:
    given = made.whole(world, made.benchmark(world, VALENCE2))
    report.write(given, tmp_path / "whole")
    file = tmp_path / "whole" / "predictions.parquet"
    page = report.rescored(file, tmp_path / "again")
    text = page.read_text(encoding="utf-8")
    assert "valence2" not in text
    assert "positive, negative" in text
    for path in (tmp_path / "again" / "tables").glob("*.csv"):
        # Names of files are not published.
        if not path.name.startswith(("g17-small", "g17-mistakes-table", "g17-votes")):
            assert path.read_bytes() == (tmp_path / "whole" / "tables" / path.name).read_bytes()


def test_one_exhibit_of_scores_is_made_and_no_other_is_known(
    world: World, scored: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "predictions.parquet"
    published.write(scored.tests, made.whole(world), path)
    assert report.rescored(path, tmp_path / "out", "g16").name == "report-g16.html"
    with pytest.raises(UsageError, match="there is no exhibit 'T1'"):
        report.rescored(path, tmp_path / "out", "T1")


def test_a_benchmark_without_pictures_is_published_and_read(world: World, tmp_path: Path) -> None:
    path = tmp_path / "predictions.parquet"
    published.write((), made.whole(world), path)
    assert published.read(path).tests == ()
    assert published.taxonomy(()).name == "mikels8"


def altered(path: Path, change: pl.DataFrame, **note: Any) -> Path:
    """Write other rows under the same note."""
    metadata = json.loads(pq.read_schema(path).metadata[published.NOTE])
    table = change.to_arrow().replace_schema_metadata(
        {published.NOTE: json.dumps({**metadata, **note}).encode()}
    )
    pq.write_table(table, path)
    return path


@pytest.fixture
def file(world: World, scored: Bench, tmp_path: Path) -> Path:
    path = tmp_path / "predictions.parquet"
    published.write(scored.tests, made.whole(world), path)
    return path


@pytest.mark.parametrize("data", [b"", b"no table"])
def test_what_is_no_such_file_is_told(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "predictions.parquet"
    path.write_bytes(data)
    with pytest.raises(UsageError, match="holds no predictions of affekt"):
        published.read(path)


def test_a_foreign_table_is_told(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "predictions.parquet")
    with pytest.raises(UsageError, match="holds no predictions of affekt"):
        published.read(tmp_path / "predictions.parquet")


def test_a_note_that_is_not_whole_is_told(file: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no predictions of affekt.*seed") as told:
        published.read(altered(file, pl.read_parquet(file), seed="many"))
    assert "\n" not in str(told.value)


def test_warnings_of_the_report_stand_above_what_is_scored_again(
    world: World, tmp_path: Path
) -> None:
    """P10: what no person voted for is told wherever its numbers are."""
    recipe = {"crowd": {"kind": "simulated"}}
    build = {"verify": world.product("verify", published.TESTS, (), recipe=recipe)}
    path = tmp_path / "predictions.parquet"
    published.write((), made.whole(world, build=build), path)
    page = report.rescored(path, tmp_path / "out", "T3")
    assert "Simulated crowd." in page.read_text(encoding="utf-8")


def test_a_newer_file_is_told(file: Path) -> None:
    with pytest.raises(NewerFormat, match="update affekt"):
        published.read(altered(file, pl.read_parquet(file), format=99))


BAD = [pl.lit(["A B", "x"], dtype=pl.List(pl.String)).alias("emotions")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ([pl.col("fold").cast(pl.String)], r"the columns \['fold'\] are missing"),
        ([pl.col("signs").list.head(1)], "have not one probability, claim, share and sign"),
        ([pl.col("claims").list.head(1)], "have not one probability, claim, share and sign"),
        ([pl.lit(None, dtype=pl.String).alias("image_id")], "have not one probability"),
        (BAD, "names emotions that cannot be"),
    ],
)
def test_a_damaged_file_is_told(file: Path, change: list[pl.Expr], sentence: str) -> None:
    with pytest.raises(Damaged, match=sentence):
        published.read(altered(file, pl.read_parquet(file).with_columns(change)))


def test_what_a_reader_must_know_is_published_too(world: World, tmp_path: Path) -> None:
    """The stamp LEAKY, torn groups, and emotions without a part in means."""
    told = Remarks(True, 3, frozenset({"positive"}), ("By picture.",), "others", 1.5, 9, True)
    truth = ["positive", "negative"]
    said = made.guessed(truth, VALENCE2, 1, 1)
    result = made.cell(world, truth, said, taxonomy=VALENCE2)
    (one,) = read(made.whole(world, (result,))).tests
    path = tmp_path / "predictions.parquet"
    changed = one._replace(about=one.about._replace(remarks=told))
    published.write((changed,), made.whole(world), path)
    assert published.read(path).tests[0].about.remarks == told
