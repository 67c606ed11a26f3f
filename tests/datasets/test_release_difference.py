"""What differs between two releases, and how big a step of version that is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from affekt.datasets.release import shape
from affekt.datasets.release.difference import Difference, Turned, difference, least, numbers
from affekt.errors import Damaged, Refused, UsageError
from affekt.stage import Desk
from affekt.stages._previous import check_step, previous
from tests.cli.run import here
from tests.datasets.published import Original, Project, png
from tests.datasets.test_release import copied
from tests.datasets.test_release_check import change, change_text

WEB = "https://example.org"
TRAIN, TEST = "data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet"
LINKS = "links/validation-00000-of-00001.parquet"


def pictures() -> list[Original]:
    """Four pictures, one of which is linked."""
    made = [Original(png(number), url=f"{WEB}/{number}.png", tags=["sky"]) for number in range(4)]
    made[0] = replace(made[0], part="test")
    made[3] = replace(made[3], licence="all-rights-reserved", part="validate")
    return made


def release(folder: Path, originals: list[Original], version: str) -> Path:
    files = Project(folder, originals).release(version=version).files
    assert files is not None
    return files


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release(tmp_path_factory.mktemp("old"), pictures(), "1.0.0")


def edited(old: Path, folder: Path, name: str, **values: Any) -> Difference:
    """Compare a release with a copy of it in which one row of a file says something else."""
    copy = copied(old, folder)
    change(copy, name, lambda rows: rows[0].update(values))
    return difference(old, copy)


def first_of(old: Path, name: str) -> dict[str, Any]:
    row: dict[str, Any] = pq.read_table(old / name).to_pylist()[0]
    return row


def test_a_release_does_not_differ_from_itself(old: Path) -> None:
    """R41."""
    found = difference(old, old)
    assert (found.counted(), found.step, found.least) == ("nothing", "none", "1.0.0")


def test_another_version_of_the_same_is_a_patch(old: Path, tmp_path: Path) -> None:
    """R40: pseudonyms of owners and workers change with every release and count for nothing."""
    found = difference(old, release(tmp_path, pictures(), "1.0.1"))
    assert (found.step, found.least) == ("patch", "1.0.1")
    assert (found.added, found.removed, found.changed) == ((), (), ())
    assert "README.md" in found.texts


def test_new_pictures_beside_old_ones_are_minor(old: Path, tmp_path: Path) -> None:
    """R40, R41."""
    found = difference(old, release(tmp_path, [*pictures(), Original(png(9))], "1.1.0"))
    assert (found.added, found.asked, found.removed) == ((Original(png(9)).image_id,), 1, ())
    assert (found.changed, found.step, found.least) == ((), "minor", "1.1.0")


def test_removed_pictures_are_major(old: Path, tmp_path: Path) -> None:
    """R40, R41: a linked one too."""
    copy = copied(old, tmp_path)
    (copy / LINKS).unlink()
    found = difference(old, copy)
    assert found.removed == (pictures()[3].image_id,)
    assert (found.step, found.least) == ("major", "2.0.0")
    assert difference(copy, old).added == found.removed


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        (TRAIN, {"label": "fear"}, "relabelled"),
        (LINKS, {"label": "fear"}, "relabelled"),
        (TRAIN, {"split": "test"}, "moved"),
        (TRAIN, {"votes_yes": 3}, "changed"),
        (TRAIN, {"share": None}, "changed"),
        (LINKS, {"source_url": "https://example.org/elsewhere"}, "changed"),
        (LINKS, {"shipped": True, "licence": "cc0"}, "changed"),
        (TRAIN, {"warnings": ["gore"]}, "changed"),
    ],
)
def test_what_is_said_otherwise_is_major_and_listed(
    name: str, values: dict[str, Any], kind: str, old: Path, tmp_path: Path
) -> None:
    """R40, R41: each is listed by its original, shipped or linked."""
    found = edited(old, tmp_path, name, **values)
    (one,) = getattr(found, kind)
    row = first_of(old, name)
    assert one.original_sha256 == row["original_sha256"]
    if isinstance(one, Turned):
        assert [one.new] == list(values.values())
    else:
        assert {*one.columns} == {*values}
    assert (found.step, found.least, found.removed) == ("major", "2.0.0", ())
    assert found.counted().startswith("1 ")


def test_questions_and_weak_labels_count_too(old: Path, tmp_path: Path) -> None:
    """R40: votes that were counted otherwise change a record, labelled or not."""
    copy = copied(old, tmp_path)
    change_text(copy, shape.ASKED, ",5,4,released", ",6,4,released")
    (copy / shape.NOISY).write_text("original_sha256,emotion\n")
    found = difference(old, copy)
    assert (found.unasked, found.unweak, found.asked, found.step) == (1, 1, 0, "major")
    assert (difference(copy, old).weak, difference(copy, old).unasked) == (1, 1)


def test_groups_count_by_who_is_in_them_and_not_by_name(old: Path, tmp_path: Path) -> None:
    """A near copy that joins may give its group another name, which changes nothing."""
    assert edited(old, tmp_path, TRAIN, group_id="f" * 64).changed == ()
    other = first_of(old, TEST)["group_id"]
    joined = edited(old, tmp_path / "joined", TRAIN, group_id=other)
    assert {one.columns for one in joined.changed} == {("group_id",)}


def test_a_column_that_was_empty_throughout_is_a_new_one(old: Path, tmp_path: Path) -> None:
    """R40: content notes where there were none leave the old records intact."""
    copy = copied(old, tmp_path)
    for path in copy.glob("*/*-of-*.parquet"):
        name = path.relative_to(copy).as_posix()
        change(copy, name, lambda rows: [row.update(warnings=None) for row in rows])
    assert difference(copy, old).step == "minor"


@pytest.mark.parametrize(
    ("version", "step", "next_one"),
    [
        ("1.2.3", "major", "2.0.0"),
        ("1.2.3", "minor", "1.3.0"),
        ("1.2.3", "patch", "1.2.4"),
        ("0.2.3", "major", "0.3.0"),
        ("0.2.3", "minor", "0.2.4"),
        ("0.2.3", "patch", "0.2.4"),
    ],
)
def test_the_least_version_of_a_step(version: str, step: str, next_one: str) -> None:
    """R40: below 1.0.0 nothing is promised, so every step is one place smaller."""
    assert least(version, step) == next_one
    assert numbers(next_one) > numbers(version)


@pytest.fixture
def published(old: Path, tmp_path: Path) -> Path:
    """A folder of releases: the old one, one far ahead, and what is none of this name."""
    for name in ("small-1.0.0", "small-3.0.0", "small-1.0", "other-1.5.0", "small-1.0.0-draft"):
        copied(old, tmp_path / "releases" / "copies").rename(tmp_path / "releases" / name)
    return tmp_path / "releases"


def desk(releases: Path | None, folder: Path) -> Desk:
    return replace(Project(folder).desk(), releases=releases)


@pytest.mark.parametrize(
    ("version", "before"),
    [("1.0.1", "small-1.0.0"), ("2.9.0", "small-1.0.0"), ("3.0.1", "small-3.0.0"), ("1.0.0", "")],
)
def test_the_release_before_is_the_greatest_lower_one(
    published: Path, version: str, before: str, tmp_path: Path
) -> None:
    """R40: of the same name."""
    found = previous(desk(published, tmp_path), "small", version)
    assert (found.name if found else "") == before
    assert previous(desk(None, tmp_path), "small", version) is None


def test_too_small_a_step_is_refused_and_nothing_touched(published: Path, tmp_path: Path) -> None:
    """R40, R17: the sentence counts what makes it bigger and names the least version."""
    here_now = desk(published, tmp_path / "new")
    folder = copied(published / "small-1.0.0", tmp_path / "new")
    (folder / LINKS).unlink()
    with pytest.raises(Refused, match=r"1\.1\.0 is too small.*1 removed.*2\.0\.0 at least"):
        check_step(here_now, folder, "small", "1.1.0")
    assert check_step(here_now, folder, "small", "2.0.0") is not None
    assert check_step(here_now, folder, "first", "0.1.0") is None


def test_a_release_before_that_cannot_be_read_stops_with_advice(
    published: Path, tmp_path: Path
) -> None:
    (published / "small-1.0.0" / "manifest.json").write_text("{")
    with pytest.raises(Damaged, match=r"get small-1\.0\.0 again"):
        check_step(desk(published, tmp_path / "new"), published / "small-3.0.0", "small", "1.0.1")


def test_a_folder_that_is_no_release_cannot_be_compared(old: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no release that can be compared"):
        difference(old, tmp_path)


def test_the_command_lists_pictures_and_names_the_step(old: Path, tmp_path: Path) -> None:
    """R41, C7."""
    copy = copied(old, tmp_path)
    change(copy, TRAIN, lambda rows: rows[0].update(label="fear"))
    change_text(copy, "README.md", "Version 1.0.0", "Version 1.0.1")
    ran = here("release", "diff", old, copy, cwd=tmp_path)
    assert ran.code == 0
    assert "awe → fear" in ran.out
    assert "least step: major, to 2.0.0" in ran.out


def test_a_version_too_near_is_never_published(old: Path, tmp_path: Path) -> None:
    """R40, R17: the stage itself refuses it."""
    copied(old, tmp_path / "releases" / "copies").rename(tmp_path / "releases" / "small-1.0.0")
    project = Project(tmp_path, pictures()[1:])
    with pytest.raises(Refused, match=r"1\.5\.0 is too small a step after small-1\.0\.0"):
        project.release(version="1.5.0", releases=tmp_path / "releases")
