"""What was withdrawn is in no later release, nor are near copies, and nothing else moves."""

import io
import re
import sys
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest
from PIL import Image

from affekt import cells
from affekt.cli import asking
from affekt.datasets.release.check import check
from affekt.datasets.release.difference import difference
from affekt.errors import AffektError, Refused, UsageError
from affekt.forgotten import read
from affekt.project import Project, open_plan
from tests.cli.run import here
from tests.test_removal import IMAGE, PLAN, fill, painted

pytestmark = pytest.mark.slow
FIRST = "work/releases/ours-0.1.0"
OURS = 'name = "ours"\nversion = "{}"'


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a release of sixteen pictures."""
    folder = tmp_path_factory.mktemp("withdraw")
    fill(folder)
    plan = PLAN[: PLAN.index("[bench]")].replace('name = "ours"', OURS.format("0.1.0"))
    (folder / "plan.toml").write_text(plan)
    opened(folder).build()
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return copytree(whole, tmp_path / "own")


def opened(folder: Path) -> Project:
    return open_plan(folder / "plan.toml")


def with_version(folder: Path, version: str) -> Project:
    path = folder / "plan.toml"
    text = re.sub(r'version = ".*"', f'version = "{version}"', path.read_text())
    path.write_text(text)
    return opened(folder)


def row_of(folder: Path, original: str) -> dict[str, str]:
    rows = pl.read_parquet(folder / FIRST / "data/*.parquet")
    return rows.filter(original_sha256=original).row(0, named=True)


def near_copy(data: bytes) -> bytes:
    """Other bytes that look the same."""
    file = io.BytesIO()
    Image.open(io.BytesIO(data)).save(file, "JPEG", quality=60)
    return file.getvalue()


def test_the_next_release_omits_it_and_moves_nothing_else(folder: Path) -> None:
    """R33, R34, R40: labels, splits and votes of all others stay."""
    released = row_of(folder, IMAGE)
    gone = opened(folder).withdraw([released["image_id"][:10]], reason="person-shown")
    assert (gone.pictures, gone.copies, gone.unknown, gone.added) == ((IMAGE,), (), (), 2)
    assert gone.releases == ("ours-0.1.0",)
    assert read(folder / "forgotten.csv").has("image", released["image_id"])

    with pytest.raises(Refused, match=r"1 removed.*0\.2\.0 at least"):
        with_version(folder, "0.1.1").build()
    steps = {step.name: step for step in with_version(folder, "0.2.0").build()}
    assert steps["release"].reasons == {"withdrawn": 1}
    found = difference(folder / FIRST, folder / "work/releases/ours-0.2.0")
    assert (found.removed, found.moved, found.relabelled) == ((IMAGE,), (), ())
    assert (found.added, found.changed, found.unasked) == ((), (), 0)
    told = (folder / "work/releases/ours-0.2.0/annotations/removed.csv").read_text()
    _, rows = cells.from_csv(told)
    assert {row["sha256"] for row in rows} == {IMAGE, released["image_id"]}
    assert {(row["phash"], row["reason"]) for row in rows} == {(released["phash"], "person-shown")}
    assert "fear" not in told
    assert "Example" not in told
    forgotten = opened(folder).forget([], dry_run=True)
    assert (forgotten.images, forgotten.releases) == (1, ("ours-0.1.0",))


def test_it_does_not_come_back_by_another_crawl_or_as_a_near_copy(folder: Path) -> None:
    """R33, B68: neither the bytes nor a copy of lesser quality under another name."""
    opened(folder).withdraw([IMAGE], reason="owner")
    (folder / "raw/fear/other.jpg").write_bytes(near_copy(painted("fear", 1)))
    (folder / "raw/fear/again.jpg").write_bytes(painted("fear", 1))
    plan = folder / "plan.toml"
    plan.write_text(plan.read_text().replace("[collect]", "[collect]\nedition = 2"))
    project = opened(folder)
    project.build(to="clean")
    clean = project.products()["clean"]
    lost = clean.dropped().filter(pl.col("reason") == "forgotten")
    assert set(lost["source_id"]) == {"fear/p1.jpg", "fear/other.jpg", "fear/again.jpg"}
    assert IMAGE not in set(clean.table()["image_id"])


def test_near_copies_are_told_before_and_go_with_it(folder: Path) -> None:
    """R33: what stands as a near copy is omitted from the next release, too."""
    near = f"{int(row_of(folder, IMAGE)['phash'], 16) ^ 1:016x}"
    line = f"withdrawn,{'ab' * 32}/{near},2026-01-01,owner"
    (folder / "forgotten.csv").write_text(f"kind,value,when,why\n{line}\n")
    with_version(folder, "0.2.0").build()
    found = difference(folder / FIRST, folder / "work/releases/ours-0.2.0")
    assert found.removed == (IMAGE,)


def test_a_release_that_holds_what_it_lists_as_removed_is_found(folder: Path) -> None:
    """R70, R34."""
    release = folder / FIRST
    row = row_of(folder, IMAGE)
    listing = release / "annotations/removed.csv"
    listing.write_text(f"sha256,phash,removed_at,reason\n{'ab' * 32},{row['phash']},,\nx,,,\n")
    found = [(one.code, one.place) for one in check(release, workers=1)]
    assert ("withdrawn", f"data: {row['image_id'][:12]}") in found
    assert ("unreadable", "annotations/removed.csv: x") in found


def test_the_command_asks_and_refuses_where_nobody_can_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C15, C7."""
    words = ("withdraw", "plan.toml", IMAGE[:12], "--reason", "owner")
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    ran = here(*words, cwd=folder)
    assert (ran.code, (folder / "forgotten.csv").exists()) == (2, False)
    assert "give --yes" in ran.err
    ran = here(*words, "--dry-run", "--json", cwd=folder)
    assert (ran.code, ran.document["pictures"], ran.document["added"]) == (0, [IMAGE], 0)
    assert not (folder / "forgotten.csv").exists()
    ran = here(*words, "--yes", cwd=folder)
    assert ran.code == 0
    assert "unchanged: ours-0.1.0" in ran.out
    assert (folder / "forgotten.csv").exists()


def test_an_answer_of_no_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """C15."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    with pytest.raises(AffektError, match="nothing was done"):
        asking.confirm("do it", yes=False)
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    asking.confirm("do it", yes=False)


@pytest.mark.parametrize(
    ("digits", "reason", "sentence"),
    [
        ("abc", "owner", "fits 0 pictures"),
        (IMAGE[:8] + "zz", "owner", "fits 0 pictures"),
        (IMAGE, "because", "person-shown"),
    ],
)
def test_what_is_unclear_is_a_sentence(
    digits: str, reason: str, sentence: str, folder: Path
) -> None:
    with pytest.raises(UsageError, match=sentence):
        opened(folder).withdraw([digits], reason=reason)
    assert not (folder / "forgotten.csv").exists()


def test_a_whole_hash_of_nothing_here_is_kept_out_all_the_same(folder: Path) -> None:
    gone = opened(folder).withdraw(["ef" * 32], reason="unlawful")
    assert (gone.unknown, gone.pictures, gone.releases) == (("ef" * 32,), (), ())
    assert read(folder / "forgotten.csv").has("image", "ef" * 32)


def test_a_plan_without_a_list_says_how_to_name_one(folder: Path) -> None:
    path = folder / "plan.toml"
    path.write_text(path.read_text().replace('forgotten = "forgotten.csv"', ""))
    with pytest.raises(UsageError, match="names no list"):
        opened(folder).withdraw([IMAGE], reason="owner")
