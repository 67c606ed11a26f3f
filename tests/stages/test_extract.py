"""Extract: vectors in the order of the pictures, broken ones aside, and nothing done twice."""

import hashlib
import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

import daft
import numpy as np
import polars as pl
import pytest
from PIL import Image

from affekt.errors import Damaged, PartError, PictureError
from affekt.features import Feature, Picture, Vector
from affekt.features.backbone import Backbone
from affekt.features.colour_histogram import ColourHistogram
from affekt.pictures.shelf import Shelf
from affekt.pictures.square import squashed
from affekt.stage import Desk, Outcome, Progress
from affekt.stages import extract
from affekt.stages.extract import Extract, Vectors
from affekt.store.rows import check_conserved, dropped_rows, in_polars
from affekt.tables import FEATURES, PICTURES

# Daft leaves the pipes of the processes in which it runs functions to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file <_io:ResourceWarning")
BROKEN = b"\xff\xd8\xff\xe0 a picture that ends here"


class Means(Feature):
    """Mean of each channel, or what a test wants instead; remembers nothing."""

    answer: float | None = None
    n_values: int = 3

    @property
    def names(self) -> tuple[str, ...]:
        return ("means.channel.red", "means.channel.green", "means.channel.blue")

    def extract(self, picture: Picture) -> Vector:
        means = picture.reshape(-1, 3).mean(axis=0)
        if self.answer is not None:
            means[1] = self.answer
        return np.resize(means, self.n_values)


class Whereabouts(Means):
    """Tells the process that computes it, which holds Python's lock."""

    is_python: ClassVar[bool] = True

    def extract(self, picture: Picture) -> Vector:
        return np.full(3, os.getpid(), np.float32)


class Choosy(Means):
    """Fails on dark pictures, in the way a test wants."""

    how: str

    def extract(self, picture: Picture) -> Vector:
        if picture.mean() < 50 and self.how == "picture":
            raise PictureError("too-small", "for this feature")
        if picture.mean() < 50:
            raise ZeroDivisionError("no light")
        return super().extract(picture)


class MeansOfSquares(Means):
    """Looks at a square, which the decoder makes."""

    @property
    def square_px(self) -> int:
        return 16

    @property
    def enough_px(self) -> int:
        return 32

    def extract(self, picture: Picture) -> Vector:
        return super().extract(np.asarray(squashed(Image.fromarray(picture), 16)))


def jpeg(level: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (level, 30), (level, level // 2, 90)).save(file, "JPEG")
    return file.getvalue()


class Bench:
    """A desk with pictures on its shelf, and what the stage told while it worked."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.told: list[Progress] = []
        self.shelf = Shelf(root / "pictures")

    def lay(self, files: Iterable[bytes]) -> daft.DataFrame:
        rows = []
        with self.shelf.writer("shard-a") as writer:
            for data in files:
                image_id = hashlib.sha256(data).hexdigest()
                rows.append({"image_id": image_id, **writer.add(image_id, data)._asdict()})
        columns = {name: pl.lit(None, kind) for name, kind in PICTURES.types().items()}
        frame = pl.DataFrame(rows).with_columns(
            **{name: value for name, value in columns.items() if name not in rows[0]}
        )
        return daft.from_arrow(PICTURES.conform(frame, "test").to_arrow())

    def desk(self, name: str = "scratch") -> Desk:
        scratch = self.root / name
        scratch.mkdir(exist_ok=True)
        return Desk(self.shelf, self.root, scratch, watch=self.told.append)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "SHARD", 4)


def table(outcome: Outcome) -> pl.DataFrame:
    return FEATURES.conform(in_polars(outcome.table), "extract")


def dropped(outcome: Outcome) -> pl.DataFrame:
    assert outcome.dropped is not None
    return in_polars(outcome.dropped)


def test_each_picture_gets_its_own_vector_in_the_order_of_the_table(bench: Bench) -> None:
    files = {hashlib.sha256(data).hexdigest(): data for data in map(jpeg, range(100, 160, 5))}
    outcome = Extract(feature=Means()).run(bench.desk(), bench.lay(files.values()))
    made = table(outcome)
    assert made["image_id"].to_list() == sorted(files)
    for image_id, vector in made.iter_rows():
        pixels = np.asarray(Image.open(io.BytesIO(files[image_id])), np.float64)
        np.testing.assert_allclose(vector, pixels.reshape(-1, 3).mean(axis=0), rtol=1e-6)


def test_vectors_rest_as_the_schema_says(bench: Bench) -> None:
    outcome = Extract(feature=ColourHistogram()).run(bench.desk(), bench.lay([jpeg(120)]))
    assert table(outcome).schema == pl.Schema(FEATURES.types())
    assert table(outcome)["vector"].list.len().to_list() == [128]


@pytest.mark.slow
@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("feature", [Means(), Backbone()], ids=["means", "backbone"])
def test_the_number_of_workers_changes_nothing(bench: Bench, feature: Feature) -> None:
    """M33: input order, the same values; and workers are no part of the address."""
    pictures = bench.lay(jpeg(level) for level in range(60, 240, 20))
    one, three = Extract(feature=feature, workers=1), Extract(feature=feature, workers=3)
    alone = table(one.run(bench.desk("one"), pictures))
    together = table(three.run(bench.desk("three"), pictures))
    assert alone.equals(together)
    assert one.digest() == three.digest()


@pytest.mark.usefixtures("small_shards")
def test_a_broken_picture_is_one_dropped_row_with_its_reason(bench: Bench) -> None:
    """M34, and kept + dropped = came in."""
    stage = Extract(feature=Means())
    outcome = stage.run(bench.desk(), bench.lay([*map(jpeg, range(100, 110)), BROKEN]))
    rows = dropped_rows(stage, outcome.dropped)
    assert rows["image_id"].to_list() == [hashlib.sha256(BROKEN).hexdigest()]
    assert rows["reason"].to_list() in (["truncated"], ["decode-error"])
    check_conserved(stage, 11, table(outcome).height, rows.height)


@pytest.mark.parametrize("most_bytes", [1, 2_000, 4_000_000])
def test_squares_decoded_in_a_row_give_what_each_picture_gives(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    """M33, M34: whatever lies in one batch, a broken picture in the middle of it included."""
    monkeypatch.setattr(extract, "IN_A_ROW_BYTES", most_bytes)
    files = {hashlib.sha256(data).hexdigest(): data for data in map(jpeg, range(100, 160, 3))}
    first, *others = files.values()
    laid = bench.lay([first, BROKEN, *others])
    outcome = Extract(feature=MeansOfSquares()).run(bench.desk(), laid)
    made = dict(table(outcome).iter_rows())
    assert sorted(made) == sorted(files)
    for image_id, data in files.items():
        pixels = np.asarray(Image.open(io.BytesIO(data)))
        expected = MeansOfSquares().extract(pixels).astype(np.float32)
        np.testing.assert_array_equal(np.array(made[image_id], np.float32), expected)
    assert dropped(outcome)["image_id"].to_list() == [hashlib.sha256(BROKEN).hexdigest()]


def test_a_feature_may_turn_a_picture_down(bench: Bench) -> None:
    outcome = Extract(feature=Choosy(how="picture")).run(
        bench.desk(), bench.lay([jpeg(5), jpeg(200)])
    )
    assert dropped(outcome)["reason"].to_list() == ["too-small"]
    assert table(outcome).height == 1


@pytest.mark.parametrize(
    ("answer", "said"), [(float("nan"), "nan"), (float("-inf"), "-inf"), (1e300, "inf")]
)
def test_a_value_that_is_no_number_names_part_value_and_picture(
    bench: Bench, answer: float, said: str
) -> None:
    """B71."""
    picture = jpeg(100)
    with pytest.raises(PartError, match=f"gave {said} as 'means.channel.green'") as trouble:
        Extract(feature=Means(answer=answer)).run(bench.desk(), bench.lay([picture]))
    assert "test_extract" in str(trouble.value)
    assert hashlib.sha256(picture).hexdigest() in str(trouble.value)


@pytest.mark.parametrize("n_values", [0, 2, 4])
def test_a_vector_of_another_length_is_refused(bench: Bench, n_values: int) -> None:
    with pytest.raises(PartError, match=rf"shape \({n_values},\); it declares 3 values"):
        Extract(feature=Means(n_values=n_values)).run(bench.desk(), bench.lay([jpeg(100)]))


def test_a_feature_that_fails_is_named_with_its_picture(bench: Bench) -> None:
    with pytest.raises(PartError, match=r"given the picture '\w{64}', raised ZeroDivisionError"):
        Extract(feature=Choosy(how="error")).run(bench.desk(), bench.lay([jpeg(5)]))


def test_a_damaged_shelf_stops_the_stage(bench: Bench) -> None:
    """B11: bytes that are not what their name says are no broken picture but a broken project."""
    pictures = bench.lay([jpeg(100)])
    shard = bench.shelf.path("shard-a")
    shard.write_bytes(shard.read_bytes().replace(jpeg(100), jpeg(101)[: len(jpeg(100))]))
    with pytest.raises(Damaged):
        Extract(feature=Means()).run(bench.desk(), pictures)


@pytest.mark.slow
@pytest.mark.usefixtures("small_shards")
def test_a_killed_run_goes_on_and_ends_with_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M34, B11: what lies in the scratch is not computed again."""
    pictures = bench.lay([*map(jpeg, range(100, 110)), BROKEN])
    stage = Extract(feature=Means())
    whole = stage.run(bench.desk("whole"), pictures)
    asked = interrupted(monkeypatch, after=6)
    with pytest.raises(KeyboardInterrupt):
        stage.run(bench.desk("cut"), pictures)
    assert [path.name for path in bench.desk("cut").scratch.iterdir()] == ["vectors-000000.parquet"]
    asked.clear()
    monkeypatch.undo()
    monkeypatch.setattr(extract, "SHARD", 4)
    asked = interrupted(monkeypatch, after=100)
    again = stage.run(bench.desk("cut"), pictures)
    assert len(asked) == 7
    assert table(again).equals(table(whole))
    assert dropped(again).equals(dropped(whole))


def interrupted(monkeypatch: pytest.MonkeyPatch, after: int) -> list[str]:
    """Stand in for a user who presses Ctrl-C while the shelf hands out its pictures."""
    asked: list[str] = []
    scan: Callable[..., Iterable[tuple[str, bytes]]] = Shelf.scan

    def counting(self: Shelf, frame: pl.DataFrame) -> Iterable[tuple[str, bytes]]:
        for image_id, data in scan(self, frame):
            asked.append(image_id)
            if len(asked) > after:
                raise KeyboardInterrupt
            yield image_id, data

    monkeypatch.setattr(Shelf, "scan", counting)
    return asked


@pytest.mark.usefixtures("small_shards")
def test_progress_counts_every_picture_and_every_failure(bench: Bench) -> None:
    Extract(feature=Means()).run(bench.desk(), bench.lay([*map(jpeg, range(100, 110)), BROKEN]))
    assert [one.done for one in bench.told] == sorted(one.done for one in bench.told)
    assert {one.total for one in bench.told} == {11}
    assert bench.told[-1] == Progress("extract", 11, 11, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("small_shards")
def test_processes_change_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """M33: five workers are two processes here."""
    files = [*map(jpeg, range(100, 150, 3)), BROKEN]
    one, five = (Extract(feature=ColourHistogram(), workers=workers) for workers in (1, 5))
    pictures = bench.lay(files)
    alone, together = one.run(bench.desk("one"), pictures), five.run(bench.desk("five"), pictures)
    assert table(alone).equals(table(together))
    assert dropped(alone).equals(dropped(together))
    assert bench.told[-1] == Progress("extract", 18, 18, 1)


@pytest.mark.slow
@pytest.mark.usefixtures("small_shards")
def test_workers_on_a_feature_in_python_are_processes_and_one_stays_here(bench: Bench) -> None:
    pictures = bench.lay(map(jpeg, range(100, 150, 5)))
    one, two = (Extract(feature=Whereabouts(), workers=workers) for workers in (1, 2))
    alone = table(one.run(bench.desk("one"), pictures))["vector"].explode()
    together = table(two.run(bench.desk("two"), pictures))["vector"].explode()
    assert set(alone) == {os.getpid()}
    assert os.getpid() not in set(together)


def test_a_picture_that_affekt_fails_on_is_one_dropped_row(tmp_path: Path) -> None:
    work = Vectors(Means(), 1, Shelf(tmp_path), tmp_path / "scratch")
    work.give_up("vectors-000000.1", pl.DataFrame({"image_id": ["a" * 64]}), "ValueError: why")
    assert work.is_done("vectors-000000.1")
    made = pl.read_parquet(work.file("vectors-000000.1"))
    assert made.rows() == [("a" * 64, None, "internal-error", "ValueError: why")]
    assert "internal-error" in Extract.reasons


def test_no_pictures_give_an_empty_table(bench: Bench) -> None:
    empty = daft.from_arrow(PICTURES.empty().to_arrow())
    outcome = Extract(feature=Means()).run(bench.desk(), empty)
    assert table(outcome).is_empty()


def test_every_reason_of_the_decoder_is_explained() -> None:
    assert {"truncated", "decode-timeout", "too-many-pixels"} <= set(Extract.reasons)
