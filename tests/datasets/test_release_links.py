"""Every way to spoil the links of a release, and the finding that names it; older forms, too."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from affekt import cells
from affekt.datasets.release import shape
from affekt.datasets.release.check import LIMITS, findings
from affekt.datasets.release.finding import Finding
from affekt.datasets.release.inventory import SINCE
from affekt.pictures.decode import Decoders
from tests.datasets.published import Project
from tests.datasets.test_release import copied
from tests.datasets.test_release_check import change, change_manifest, change_text, codes, seal
from tests.stages.test_release_modes import originals

LINKS = "links/train-00000-of-00001.parquet"
Row = dict[str, Any]
Check = Callable[[Path], list[Finding]]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that ships two pictures and links two."""
    files = Project(tmp_path_factory.mktemp("sound"), originals()).release().files
    assert files is not None
    return files


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    return copied(sound, tmp_path)


@pytest.fixture(scope="module")
def checked() -> Iterator[Check]:
    with Decoders(1, LIMITS) as decoders:
        yield lambda folder: findings(folder, decoders)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"shipped": True}, "shipped"),
        ({"sha256": "0" * 64}, "wrong-id"),
        ({"phash": "f" * 400}, "phash"),
        ({"bytes": -1}, "facts"),
        ({"source_url": None}, "no-link"),
        ({"source_url": "file:///etc/passwd"}, "no-link"),
        ({"label": None}, "empty"),
        ({"label": "fear"}, "labels-differ"),
        ({"split": "test"}, "wrong-split"),
        ({"licence": "cc0", "author": "Ann"}, "author-named"),
    ],
)
def test_a_spoilt_link_is_found(values: Row, code: str, folder: Path, checked: Check) -> None:
    """R70, R2."""
    change(folder, LINKS, lambda rows: rows[0].update(values))
    assert code in codes(checked(folder))


def test_a_picture_that_is_shipped_and_linked_stands_twice(folder: Path, checked: Check) -> None:
    """R70: splits are disjoint over both."""
    data = next(iter(sorted(folder.glob("data/test-*"))))
    (name,) = {row["image_id"] for row in _rows(data)}
    change(folder, LINKS, lambda rows: rows[0].update(image_id=name))
    assert {"split-leak", "wrong-id"} <= codes(checked(folder))


def test_a_missing_link_file_is_found(folder: Path, checked: Check) -> None:
    (folder / LINKS).unlink()
    seal(folder)
    assert {"counts", "labels-differ"} <= codes(checked(folder))


def test_link_files_go_from_the_first_to_the_last(folder: Path, checked: Check) -> None:
    (folder / LINKS).rename(folder / "links/train-00001-of-00002.parquet")
    seal(folder)
    assert "file-names" in codes(checked(folder))


def test_what_the_tables_say_of_shipping_is_held_against_the_files(
    folder: Path, checked: Check
) -> None:
    change_text(folder, shape.LABELS, ",false,", ",true,")
    assert "labels-differ" in codes(checked(folder))


def test_a_release_of_the_first_form_is_still_sound(tmp_path: Path, checked: Check) -> None:
    """B17: it has no links, no list of what was removed, no column `shipped` and fewer papers."""
    files = Project(tmp_path).release().files
    assert files is not None
    for name in (shape.LABELS, shape.ATTRIBUTION):
        header, rows = cells.from_csv((files / name).read_text(encoding="utf-8"))
        header.remove("shipped")
        text = cells.to_csv(header, [[row[one] for one in header] for row in rows])
        (files / name).write_text(text, encoding="utf-8")
    for name in SINCE:
        (files / name).unlink()
    counts = json.loads((files / shape.MANIFEST).read_text())["counts"]
    change_manifest(files, format=1, counts={**counts, "removed": 0})
    assert checked(files) == []
    change_manifest(files, format=2)
    assert {"missing", "unreadable"} <= codes(checked(files))


def _rows(path: Path) -> list[Row]:
    found: list[Row] = pq.read_table(path).to_pylist()
    return found
