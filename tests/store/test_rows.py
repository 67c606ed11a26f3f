"""The Parquet of a product: equal bytes for equal rows, whatever way they came."""

import hashlib
import operator
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import daft
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from affekt.errors import TableError
from affekt.stage import Desk, Outcome, Stage
from affekt.store import rows
from affekt.store.ordered import AMPLE, Memory, Order, Unsorted, in_order, risen
from affekt.tables import FEATURES, SPLITS, Pieces, Schema, Table

SMALL = Memory(rows=70, step=8, steps=9)
LARGE = AMPLE


class Wide(Stage):
    """Sorts by three columns, as the tables of the web do; a door."""

    gives: ClassVar[Schema] = Schema(
        "wide", ("image_id", "group_id"), {**SPLITS.columns, "tags": SPLITS.columns["part"]}
    )
    takes: ClassVar[Schema | None] = SPLITS
    asks_the_world: ClassVar[bool] = True
    reasons: ClassVar[Mapping[str, str]] = {"one": "of two", "two": "of two"}

    def run(self, desk: Desk) -> Outcome:
        raise AssertionError("only its schema is used")


def table(n_rows: int = 1_000) -> pl.DataFrame:
    """Rows in no order, with nulls in the key and with lists that look alike."""
    numbers = pl.Series("n", range(n_rows)).shuffle(seed=1)
    return pl.DataFrame(
        {
            "image_id": (numbers % 97).cast(pl.String).replace("13", None),
            "group_id": numbers.cast(pl.String).replace("500", None),
            "part": (numbers % 3).cast(pl.String),
            "tags": (numbers % 7).cast(pl.String).replace("3", None),
        }
    )


def drops(n_rows: int = 1_000) -> pl.DataFrame:
    frame = table(n_rows)
    reason = pl.when(pl.col("part") == "0").then(pl.lit("one")).otherwise(pl.lit("two"))
    return frame.select("image_id", reason=reason, detail="tags")


def in_pieces(frame: pl.DataFrame, size: int) -> daft.DataFrame:
    return daft.from_arrow([piece.to_arrow() for piece in frame.iter_slices(size)])


def kept(frame: Table, folder: Path, memory: Memory = LARGE) -> tuple[bytes, rows.Kept]:
    path = folder / "table.parquet"
    facts = rows.keep_table(Wide(), frame, path, folder / "scratch", memory)
    return path.read_bytes(), facts


def dropped(frame: Table, folder: Path, memory: Memory = LARGE) -> tuple[bytes, rows.Dropped]:
    path = folder / "dropped.parquet"
    facts = rows.keep_dropped(Wide(), frame, path, folder / "scratch", memory)
    return path.read_bytes(), facts


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "ROW_GROUP", 128)


@pytest.mark.slow
@pytest.mark.parametrize(
    "memory",
    [
        SMALL,
        LARGE,
        Memory(rows=10, step=1, steps=1),
        Memory(n_bytes=5_000),
        Memory(rows=20, step=3, runs=4),
    ],
)
@pytest.mark.parametrize("size", [37, 1_000])
def test_both_engines_write_the_same_bytes_in_any_pieces_and_any_memory(
    tmp_path: Path, memory: Memory, size: int
) -> None:
    expected = kept(table(), tmp_path)
    assert kept(in_pieces(table().reverse(), size), tmp_path, memory) == expected
    assert kept(in_pieces(table().sort("group_id"), size), tmp_path, memory) == expected


@pytest.mark.parametrize("memory", [SMALL, LARGE])
def test_dropped_rows_too(tmp_path: Path, memory: Memory) -> None:
    expected = dropped(drops(), tmp_path)
    assert dropped(in_pieces(drops().reverse(), 37), tmp_path, memory) == expected
    assert expected[1].reasons == {"two": 666, "one": 334}


def test_dropped_rows_in_order_need_no_disk(tmp_path: Path) -> None:
    drops_ = drops().drop_nulls("image_id").unique("image_id").sort("image_id")
    expected = dropped(drops_, tmp_path)
    assert dropped(in_pieces(drops_, 7), tmp_path, SMALL) == expected
    assert not (tmp_path / "scratch").exists()


def test_a_file_is_sorted_whole_and_told_by_its_digests(tmp_path: Path) -> None:
    data, facts = kept(in_pieces(table(), 100), tmp_path, SMALL)
    written = pl.read_parquet(tmp_path / "table.parquet")
    assert written.equals(Wide.gives.conform(table(), "test"))
    assert facts.sha256 == hashlib.sha256(data).hexdigest()
    assert facts == (1_000, facts.sha256, rows.rows_sha256(written))


def test_all_row_groups_but_the_last_are_of_one_size(tmp_path: Path) -> None:
    kept(in_pieces(table(), 100), tmp_path, SMALL)
    facts = pq.read_metadata(tmp_path / "table.parquet")
    sizes = [facts.row_group(at).num_rows for at in range(facts.num_row_groups)]
    assert sizes == [128] * 7 + [104]


class Long(Wide):
    """Gives vectors of any length."""

    gives: ClassVar[Schema] = FEATURES
    takes: ClassVar[Schema | None] = FEATURES


def vectors(lengths: list[int]) -> pl.DataFrame:
    names = [f"{at:03d}" for at in range(len(lengths))]
    lists = [[float(at)] * length for at, length in enumerate(lengths)]
    return pl.DataFrame({"image_id": names, "vector": lists}, schema=FEATURES.types())


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_row_group_holds_so_many_numbers_at_most_unless_one_row_has_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """However the table was cut; so memory does not grow with the length of rows."""
    monkeypatch.setattr(rows, "GROUP_NUMBERS", 10)
    path = tmp_path / "table.parquet"
    frame = vectors([4, 4, 2, 1, 25, 9, 1, 1, 0, 0])
    pieces = Pieces(lambda: frame.iter_slices(size))
    rows.keep_table(Long(), pieces, path, tmp_path / "scratch", LARGE)
    facts = pq.read_metadata(path)
    sizes = [facts.row_group(at).num_rows for at in range(facts.num_row_groups)]
    assert sizes == [3, 1, 1, 2, 3]
    assert pl.read_parquet(path).equals(frame)


@pytest.mark.parametrize("size", [1, 7])
def test_long_rows_in_no_order_are_read_few_at_a_time(tmp_path: Path, size: int) -> None:
    frame = vectors([100] * 60)
    memory = Memory(n_bytes=4_000, step=50, steps=5)
    assert memory.step_of(frame) == 1
    pieces = Pieces(lambda: frame.reverse().iter_slices(size))
    sorted_pieces = list(in_order(pieces, Order(("image_id",)), tmp_path, memory))
    assert pl.concat(sorted_pieces).equals(frame)
    assert max(piece.height for piece in sorted_pieces) <= 10


@pytest.mark.parametrize(("length", "step"), [(1, 256), (1_000, 125), (10**6, 1)])
def test_a_step_is_shorter_where_rows_are_longer(length: int, step: int) -> None:
    assert AMPLE.step_of(vectors([length] * 3)) == pytest.approx(step, rel=0.05)


def test_a_table_in_order_needs_no_disk(tmp_path: Path) -> None:
    in_its_order = Wide.gives.conform(table().drop_nulls(["image_id", "group_id"]), "test")
    expected = kept(in_its_order, tmp_path)
    assert kept(in_pieces(in_its_order, 37), tmp_path, SMALL) == expected
    assert not (tmp_path / "scratch").exists()


@pytest.mark.parametrize("memory", [SMALL, LARGE])
def test_rows_that_share_a_key_are_counted_wherever_they_came(
    tmp_path: Path, memory: Memory
) -> None:
    twice = pl.concat([table(), table()[:3]])
    with pytest.raises(TableError, match="test_rows: 6 rows of 'wide' share a key"):
        kept(in_pieces(twice, 100), tmp_path, memory)


def test_a_missing_column_is_named_whatever_the_engine(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"lacks the columns \['part'\]"):
        kept(in_pieces(table().drop("part"), 100), tmp_path)
    with pytest.raises(TableError, match=r"dropped rows lack the columns \['reason'\]"):
        dropped(in_pieces(drops().drop("reason"), 100), tmp_path)


def test_a_wrong_type_is_named(tmp_path: Path) -> None:
    nested = table().with_columns(part=pl.concat_list("part"))
    with pytest.raises(TableError, match="test_rows: the table 'wide' has a wrong type"):
        kept(in_pieces(nested, 100), tmp_path)


@pytest.mark.parametrize("reason", ["three", None])
def test_a_reason_that_is_not_explained_is_named(tmp_path: Path, reason: str | None) -> None:
    wrong = drops().with_columns(reason=pl.lit(reason, pl.String))
    with pytest.raises(TableError, match="does not explain"):
        dropped(in_pieces(wrong, 100), tmp_path)
    with pytest.raises(TableError, match="does not explain"):
        dropped(wrong, tmp_path)


def test_empty_tables_of_both_engines_are_the_same_file(tmp_path: Path) -> None:
    assert kept(table(0), tmp_path) == kept(daft.from_arrow(table(0).to_arrow()), tmp_path)
    assert dropped(drops(0), tmp_path)[1].reasons == {}
    nothing = rows.keep_dropped(Wide(), None, tmp_path / "none", tmp_path)
    assert nothing == dropped(drops(0), tmp_path)[1]


KEYS = st.lists(
    st.tuples(st.none() | st.text("ab\0é", max_size=3), st.none() | st.text("xy", max_size=2)),
    max_size=60,
)


@pytest.mark.slow
@given(
    KEYS, st.booleans(), st.integers(1, 9), st.integers(1, 4), st.integers(1, 5), st.integers(1, 4)
)
@settings(max_examples=150, deadline=None)
def test_any_keys_come_in_the_order_of_a_plain_sort(
    tmp_path_factory: pytest.TempPathFactory,
    keys: list[tuple[str | None, str | None]],
    nulls_last: bool,
    most: int,
    step: int,
    runs: int,
    steps: int,
) -> None:
    """Nulls, empty texts, equal keys and null characters included."""
    frame = pl.DataFrame(keys, schema={"a": pl.String, "b": pl.String}, orient="row")
    order = Order(("a", "b"), nulls_last)
    folder = tmp_path_factory.mktemp("runs")
    memory = Memory(rows=most, step=step, steps=steps, runs=runs)
    pieces = list(in_order(frame.iter_slices(2), order, folder, memory))
    assert pl.concat([frame.clear(), *pieces]).equals(order.sorted(frame))
    together = [set(piece.rows()) for piece in pieces]
    assert sum(map(len, together)) == len(set(keys))


@given(KEYS, st.integers(1, 5))
@settings(max_examples=150, deadline=None)
def test_rows_that_rise_are_told_from_all_others(
    keys: list[tuple[str | None, str | None]], size: int
) -> None:
    frame = pl.DataFrame(keys, schema={"a": pl.String, "b": pl.String}, orient="row")
    is_whole = None not in [word for key in keys for word in key]
    rises = is_whole and all(map(operator.lt, keys, keys[1:]))
    assert passed(frame, size) == (frame.rows() if rises else None)


def passed(frame: pl.DataFrame, size: int) -> list[tuple[object, ...]] | None:
    """Give what comes through as risen, None where it is refused."""
    try:
        pieces = list(risen(frame.iter_slices(size), Order(("a", "b"))))
    except Unsorted:
        return None
    return pl.concat([frame.clear(), *pieces]).rows()
