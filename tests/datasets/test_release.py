"""A release as a data set, and the pieces it is written with."""

import json
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt import cells
from affekt.datasets.release import Release, shape
from affekt.datasets.release.papers.text import escaped
from affekt.datasets.release.write import checksums, slices
from affekt.errors import Damaged, NewerFormat, UsageError
from affekt.parts import Place
from tests.datasets.published import NASTY_TITLE, Project, several


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release folder; tests that change it take a copy."""
    files = Project(tmp_path_factory.mktemp("loaded")).release().files
    assert files is not None
    return files


def copied(folder: Path, place: Path) -> Path:
    for path in folder.rglob("*"):
        if path.is_file():
            target = place / "copy" / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return place / "copy"


def release(folder: Path) -> Release:
    return Release(root=Place(written=str(folder)))


def test_what_was_written_is_loaded(folder: Path) -> None:
    loaded = list(release(folder).load())
    assert len(loaded) == 12
    assert {one.part for one in loaded} == {"train", "test", "validate"}
    assert {one.emotion for one in loaded} == {one.emotion for one in several()}
    first = loaded[0]
    assert isinstance(first.read, bytes)
    assert first.shares is not None
    assert (len(first.shares), first.group, first.is_generated) == (8, first.name, False)
    assert {one.source for one in loaded} == {"folder"}


def test_the_taxonomy_comes_from_the_release(folder: Path) -> None:
    assert release(folder).taxonomy.name == "mikels8"


def test_the_witness_is_that_of_the_checksums_and_empty_without_a_release(
    folder: Path, tmp_path: Path
) -> None:
    assert len(release(folder).witness()) == 64
    assert release(tmp_path).witness() == ""


def test_a_folder_that_is_no_release_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no release.*affekt build"):
        list(release(tmp_path).load())


@pytest.mark.parametrize("name", ["manifest.json", "data/train-00000-of-00001.parquet"])
def test_a_flipped_bit_in_what_is_read_is_refused(name: str, folder: Path, tmp_path: Path) -> None:
    copy = copied(folder, tmp_path)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(Damaged, match="release check"):
        list(release(copy).load())


def test_a_newer_format_is_refused(folder: Path, tmp_path: Path) -> None:
    """B17."""
    copy = copied(folder, tmp_path)
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    (copy / "CHECKSUMS.sha256").write_text(checksums(copy))
    with pytest.raises(NewerFormat, match=r"format 99.*up to 2"):
        _ = release(copy).taxonomy


def test_checksums_that_are_no_checksums_are_refused(folder: Path, tmp_path: Path) -> None:
    copy = copied(folder, tmp_path)
    (copy / "CHECKSUMS.sha256").write_text("0" * 64 + "  ../../outside\n")
    with pytest.raises(Damaged, match="leads out"):
        list(release(copy).load())


def test_the_files_open_in_polars_and_arrow_alike(folder: Path) -> None:
    """R13: row groups, and the feature description in the Arrow schema."""
    path = folder / "data" / "train-00000-of-00001.parquet"
    frame = pl.read_parquet(path)
    file = pq.ParquetFile(path)
    features = json.loads(file.schema_arrow.metadata[b"huggingface"])["info"]["features"]
    assert frame.height == file.metadata.num_rows == 6
    assert frame["image"].struct.field("bytes").dtype == pl.Binary
    assert features["image"] == {"_type": "Image"}
    assert list(features) == list(shape.COLUMNS)
    file.close()


def test_the_card_describes_files_and_splits(folder: Path) -> None:
    """R51."""
    head = (folder / "README.md").read_text().split("---\n")[1]
    assert 'path: "data/validation-*"' in head
    assert "num_examples: 6" in head
    assert '- "image-classification"' in head
    assert 'pretty_name: "small"' in head


def test_the_card_tells_the_numbers_and_the_limits(folder: Path) -> None:
    text = (folder / "README.md").read_text()
    assert "| fear | 7 | 6 | 85.7 % | 48.7 – 97.4 | 6 | 3 | 1 | 2 |" in text
    assert "| **all** | 13 | 12 | 92.3 % | 66.7 – 98.6 | 12 | 6 | 2 | 4 |" in text
    assert "2026-11-20" in text
    assert "Contact: none was given" in text
    assert "You, Luo, Jin and Yang (2016)" in text


@pytest.mark.parametrize("file", shape.TABLES)
def test_the_card_describes_every_column_of_every_table(file: str, folder: Path) -> None:
    """R51."""
    is_csv = file.endswith(".csv")
    frame = pl.read_csv(folder / file) if is_csv else pl.read_parquet(folder / file)
    lines = (folder / "README.md").read_text().splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith(f"| {file} |")]
    assert sorted(name for row in rows for name in row[1].split(", ")) == sorted(frame.columns)
    as_in_data = {name for row in rows if row[2] == "as in `data/`" for name in row[1].split(", ")}
    assert as_in_data <= set(shape.COLUMNS)


def test_the_card_joins_votes_to_pictures(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (folder / "README.md").read_text().split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(folder)
    names: dict[str, pl.DataFrame] = {}
    exec(code, names)
    assert names["joined"].height == 12 * 5
    assert {"worker", "felt", "image_id", "label", "split"} <= set(names["joined"].columns)


def test_a_citation_names_makers_or_says_that_none_is_known(folder: Path, tmp_path: Path) -> None:
    """R53."""
    assert '- name: "A. Maker"' in (folder / "CITATION.cff").read_text()
    nameless = Project(tmp_path).release(creators=()).files
    assert nameless is not None
    assert "no creator was named" in (nameless / "CITATION.cff").read_text()


def test_licences_are_counted(folder: Path) -> None:
    """R54."""
    text = (folder / "LICENSE.md").read_text()
    assert "/by/2.0/ | 6 |" in text
    assert "| cc0 | Creative Commons Zero 1.0 |" in text


def test_the_manifest_holds_settings_seeds_and_steps_but_no_clock(folder: Path) -> None:
    """R56, R12."""
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["seeds"] == {"collect": 7}
    assert [step["stage"] for step in manifest["stages"]] == ["collect", "dedupe"]
    assert manifest["stages"][1]["reasons"] == {"exact-copy": 1}
    assert manifest["stages"][0]["recipe"]["sources"][0]["root"] == "…/raw"
    assert "made_at" not in json.dumps(manifest)
    assert manifest["near_bits"] == 8
    assert "polars" in manifest["versions"]


@given(st.lists(st.lists(st.text() | st.none(), min_size=2, max_size=2), max_size=5))
def test_any_text_survives_csv(rows: list[list[str | None]]) -> None:
    """B60: reading back gives the original; missing and empty are both missing."""
    _, back = cells.from_csv(cells.to_csv(("a", "b"), rows))
    assert [[row["a"], row["b"]] for row in back] == [[one or None for one in row] for row in rows]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\tx", "\rx", "\nx", "'x", "＝1", NASTY_TITLE]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    """B60."""
    assert cells.shown(text) == "'" + text
    assert cells.read_back(cells.shown(text)) == text


def test_a_short_row_is_no_csv() -> None:
    with pytest.raises(ValueError, match="row 1 has 1 cells"):
        cells.from_csv("a,b\nx\n")


@given(st.lists(st.integers(0, 50), max_size=30), st.integers(1, 60), st.integers(1, 5))
def test_slices_cover_all_rows_and_stay_small(sizes: list[int], most: int, rows: int) -> None:
    cuts = slices(sizes, most, rows)
    assert [row for start, end in cuts for row in range(start, end)] == list(range(len(sizes)))
    assert all(
        end - start == 1 or sum(sizes[start:end]) <= most for start, end in cuts if end > start
    )
    assert all(end - start <= rows for start, end in cuts)


@pytest.mark.parametrize("text", ["<script>", "[a](b)", "a|b", "# x", "*b*", "`c`"])
def test_foreign_text_on_the_card_is_only_text(text: str) -> None:
    """B75."""
    shown = escaped(text)
    assert all(shown[at - 1] == "\\" for at, sign in enumerate(shown) if sign in "<>[]|#*`")
