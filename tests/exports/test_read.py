import json
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from affekt.errors import Damaged, NewerFormat, UsageError
from affekt.exports import FILES, Export, read_export, write_export
from affekt.quality import checked
from tests.exports.small import CAMPAIGN, events, item
from tests.exports.test_write import written
from tests.quality.small import deed

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
pseudonyms = words.filter(lambda word: "@" not in word and "://" not in word)


@st.composite
def campaigns(draw: st.DrawFn) -> Export:
    """Draw votes of any kind and state on up to three questions, with words of any letters."""
    names = draw(st.lists(words, min_size=1, max_size=3, unique=True))
    people = [
        f"w {word}" for word in draw(st.lists(pseudonyms, min_size=1, max_size=3, unique=True))
    ]
    rows = [
        deed(
            number, name, worker, felt=draw(st.booleans()),
            state=draw(st.sampled_from(["counted", "late", "excluded"])),
            seconds=draw(st.none() | st.integers(0, 10**6).map(lambda ms: ms / 1000)),
            at=draw(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))).replace(tzinfo=UTC),  # noqa: DTZ001
        )
        for number, (name, worker) in enumerate(product(names, people))
    ]  # fmt: skip
    votes = pl.concat(rows, how="vertical_relaxed").with_columns(policy=pl.lit(draw(words)))
    asked = [
        item(name, image=draw(st.none() | words), posterior=draw(st.none() | st.floats(0, 1)))
        for name in names
    ]
    return Export(
        votes, pl.concat(asked, how="vertical_relaxed"),
        pl.DataFrame({"worker": people, "share": [0.1] * len(people)}), {"name": draw(words)},
    )  # fmt: skip


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(campaigns())
def test_what_is_read_back_is_what_was_written(given: Export) -> None:
    """C64, I14; and writing it again gives the same bytes."""
    with TemporaryDirectory() as place:
        first, second = Path(place) / "first", Path(place) / "second"
        write_export(first, **given._asdict())
        read = read_export(first)
        write_export(second, **read._asdict())
        assert [(first / name).read_bytes() for name in FILES] == [
            (second / name).read_bytes() for name in FILES
        ]
    assert_frame_equal(checked(read.votes), checked(given.votes))
    asked = ["question_id", "image", "decision", "posterior"]
    assert_frame_equal(
        read.items.select(asked), given.items.select(asked).sort("question_id"), check_dtypes=False
    )
    assert_frame_equal(read.workers, given.workers.sort("worker"))
    assert read.campaign == given.campaign


def test_an_export_reads_back_without_gold(tmp_path: Path) -> None:
    """I8."""
    read = read_export(written(tmp_path))
    assert_frame_equal(checked(read.votes), checked(events().filter(~pl.col("is_gold"))))
    assert read.items["question_id"].to_list() == ["q1", "q2"]
    assert read.campaign == CAMPAIGN


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_found(tmp_path: Path, name: str) -> None:
    """C64."""
    folder = written(tmp_path)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(Damaged, match=f"{name}: differs from its checksum"):
        read_export(folder)


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "votes.csv").unlink()
    with pytest.raises(Damaged, match=r"votes\.csv: is missing"):
        read_export(folder)


def test_a_folder_without_manifest_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no export"):
        read_export(tmp_path)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"format": 1}', '{"format": 0, "campaign": {}, "files": {}}']
)
def test_a_manifest_that_is_none_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Damaged, match="is no manifest of an export"):
        read_export(tmp_path)


def test_an_export_of_a_newer_affekt_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text()) | {"format": 2}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(NewerFormat, match="has format 2, and this affekt reads up to 1"):
        read_export(folder)
