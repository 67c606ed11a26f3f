"""The fate of one picture."""

from pathlib import Path

import polars as pl
import pytest

from affekt.durable import file_sha256
from affekt.errors import UsageError
from affekt.store import Product
from affekt.trace import Fate, fate

ONE, OTHER = "a1" * 32, "a2" * 32
MEANINGS = {"clean": {"empty": "the file has no bytes"}}


def product(folder: Path, name: str, table: pl.DataFrame, dropped: pl.DataFrame) -> Product:
    place = folder / name
    place.mkdir()
    table.write_parquet(place / "table.parquet")
    dropped.write_parquet(place / "dropped.parquet")
    sums = {f"{one}_sha256": file_sha256(place / f"{one}.parquet") for one in ("table", "dropped")}
    return Product(name, name, place, sums)


@pytest.fixture
def steps(tmp_path: Path) -> dict[str, Product]:
    nothing = pl.DataFrame(
        schema={"question_id": pl.String, "reason": pl.String, "detail": pl.String}
    )
    empty = {"source_id": ["fear/none.jpg"], "reason": ["empty"], "detail": ["0 bytes"]}
    names = ["fear/one.jpg", "awe/other.jpg"]
    clean = pl.DataFrame({"image_id": [ONE, OTHER], "source_id": names, "emotion": ["fear", "awe"]})
    asked = pl.DataFrame({"question_id": ["q1", "q2"], "image_id": [ONE, OTHER]})
    votes = pl.DataFrame({"question_id": ["q1"] * 3, "felt": [True, True, False]})
    return {
        "clean": product(tmp_path, "clean", clean, pl.DataFrame(empty)),
        "sample": product(tmp_path, "sample", asked, nothing),
        "verify": product(tmp_path, "verify", votes, nothing),
    }


def told(found: list[Fate]) -> list[tuple[str, str, str]]:
    return [(one.step, one.verdict, one.text) for one in found]


@pytest.mark.parametrize("word", ["fear/one.jpg", "one.jpg", "raw/fear/one.jpg", ONE, ONE[:7]])
def test_a_picture_is_followed_by_any_of_its_names(steps: dict[str, Product], word: str) -> None:
    assert told(fate(word, steps, MEANINGS)) == [
        ("clean", "kept", "emotion fear"),
        ("sample", "kept", ""),
        ("verify", "kept", "2 of 3 votes are yes"),
    ]


def test_a_dropped_file_is_known_by_its_path(steps: dict[str, Product], tmp_path: Path) -> None:
    path = tmp_path / "raw" / "fear" / "none.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"")
    found = fate(str(path), steps, MEANINGS)
    assert told(found) == [("clean", "dropped", "the file has no bytes (0 bytes)")]
    assert found[0].reason == "empty"


def test_digits_that_fit_two_pictures_are_refused(steps: dict[str, Product]) -> None:
    steps["clean"].folder.joinpath("table.parquet").unlink()
    pl.DataFrame({"image_id": ["abcdef1", "abcdef2"], "source_id": ["x", "y"]}).write_parquet(
        steps["clean"].folder / "table.parquet"
    )
    sums = {
        **steps["clean"].manifest,
        "table_sha256": file_sha256(steps["clean"].folder / "table.parquet"),
    }
    clean = Product("clean", "clean", steps["clean"].folder, sums)
    with pytest.raises(UsageError, match="fits 2 pictures"):
        fate("abcdef", {"clean": clean}, MEANINGS)


def test_a_picture_nobody_met_is_said_to_be_unknown(steps: dict[str, Product]) -> None:
    with pytest.raises(UsageError, match="no step of this line has met"):
        fate("nothing.jpg", steps, MEANINGS)
