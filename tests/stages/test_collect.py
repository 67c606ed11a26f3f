"""Asking every source, through the journal."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest

from affekt.errors import AffektError, PartError
from affekt.fetch.manners import Manners
from affekt.journal.pages import Pages, StoredPage
from affekt.parts import Place
from affekt.pictures.shelf import Shelf
from affekt.sources import Page, Query, Source, labelled, labels
from affekt.sources.flickr import Flickr
from affekt.sources.folder import Folder
from affekt.sources.generated import Generated
from affekt.sources.links import Links
from affekt.stage import Desk, Progress
from affekt.stages import _shards
from affekt.stages.collect import DROPPED, Collect
from affekt.store.rows import dropped_rows, in_polars
from affekt.tables import FOUND, Pieces
from affekt.taxonomy import MIKELS8, Emotion, Taxonomy

TWO = Taxonomy(name="two", emotions=(Emotion(name="fear"), Emotion(name="awe")))


def desk_at(root: Path, watch: Any = lambda _: None) -> Desk:
    return Desk(Shelf(root / "pictures"), root / "journal", root / "scratch", watch=watch)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk in an empty project."""
    return desk_at(tmp_path)


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Two labelled pictures, an unlabelled one, and a link."""
    root = tmp_path / "raw"
    for name in ("fear/a.jpg", "awe/b.jpg", "c.jpg"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    (root / "fear" / "link.jpg").symlink_to(root / "c.jpg")
    return root


class Scripted(Source):
    """Answers what a test wrote down: one page a number, counting how often it was asked."""

    n_pages: int = 3
    stops_at: int = 99
    circles: bool = False
    hit: dict[str, Any] = {"title": ""}  # noqa: RUF012  (pydantic copies defaults)
    is_odd: bool = False  # its title and tags hold half a character pair
    asked: ClassVar[list[str | None]] = []
    idle = frozenset({"stops_at"})

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        return (Query("fear", words["fear"]),)

    def pages(self, query: Query, after: str | None, fetcher: Any) -> Iterator[Page]:
        for number in range(int(after or 0) + 1, self.n_pages + 1):
            if number > self.stops_at:
                raise ConnectionResetError
            self.asked.append(after)
            further = str(number % 2 if self.circles else number)
            last = number == self.n_pages
            odd = {"title": "good \ud83d grief", "tags": ["\udcff", "ö"]} if self.is_odd else {}
            yield Page(({"source_id": f"p{number}", **self.hit, **odd},), None if last else further)

    def fetch(self, url: str) -> bytes:
        return url.encode()


class Online(Scripted):
    """The same, as if a server said it."""

    is_online = True


@pytest.fixture(autouse=True)
def _forget() -> None:
    Scripted.asked.clear()


def collected(
    desk: Desk, *sources: Source, taxonomy: Taxonomy = TWO, edition: int = 1
) -> pl.DataFrame:
    outcome = Collect(sources=sources, taxonomy=taxonomy, edition=edition).run(desk)
    assert isinstance(outcome.table, pl.DataFrame)
    return FOUND.conform(outcome.table, "test")


def test_sources_are_labelled_by_kind_and_counted() -> None:
    one, two, other = Generated(seed=1), Generated(seed=2), Folder(root=Place(written="x"))
    assert labelled([one, other, two]) == {"generated": one, "folder": other, "generated-2": two}


def test_sources_of_one_service_share_a_name() -> None:
    tags, text, other = Flickr(), Flickr(field="text"), Flickr(base="http://127.0.0.1:1/")
    assert labels([tags, other, text, other]) == ("flickr", "flickr-2", "flickr", "flickr-2")
    assert labelled([tags, other, text]) == {"flickr": tags, "flickr-2": other}
    table = Links(path=Place(written="x"))
    assert labels([table, table]) == ("links", "links-2"), "one may name what the other names"


def test_pictures_carry_the_emotion_whose_query_returned_them(desk: Desk, raw: Path) -> None:
    found = collected(desk, Folder(root=Place(written=str(raw))))
    assert found.select("source", "source_id", "emotion", "query").rows() == [
        ("folder", "awe/b.jpg", "awe", "awe"),
        ("folder", "c.jpg", None, ""),
        ("folder", "fear/a.jpg", "fear", "fear"),
    ]


def test_refused_entries_are_dropped_with_their_reason(desk: Desk, raw: Path) -> None:
    """B50."""
    outcome = Collect(sources=(Folder(root=Place(written=str(raw))),), taxonomy=TWO).run(desk)
    assert isinstance(outcome.dropped, pl.DataFrame)
    assert outcome.dropped.columns == list(DROPPED)
    assert outcome.dropped.rows() == [("folder", "fear/link.jpg", "fear", "link", "not followed")]
    assert set(outcome.dropped["reason"]) <= set(Collect.reasons)


def test_two_sources_of_one_kind_stay_apart(desk: Desk, raw: Path) -> None:
    twice = Folder(root=Place(written=str(raw)))
    found = collected(desk, twice, twice)
    assert found["source"].value_counts().sort("source").rows() == [("folder", 3), ("folder-2", 3)]


def test_asking_again_asks_the_source_for_nothing(desk: Desk) -> None:
    first = collected(desk, Scripted())
    n_asked = len(Scripted.asked)
    assert collected(desk, Scripted()).equals(first)
    assert len(Scripted.asked) == n_asked == 3


def test_a_cut_off_run_goes_on_behind_the_last_page(desk: Desk) -> None:
    """B11: no page twice, none left out."""
    with pytest.raises(ConnectionResetError):
        collected(desk, Scripted(stops_at=2))
    assert Scripted.asked == [None, None]
    found = collected(desk, Scripted())
    assert found["source_id"].to_list() == ["p1", "p2", "p3"]
    assert Scripted.asked == [None, None, "2"]


def test_a_higher_edition_asks_again(desk: Desk) -> None:
    collected(desk, Scripted())
    collected(desk, Scripted(), edition=2)
    assert len(Scripted.asked) == 6


def test_new_files_join_by_themselves(desk: Desk, raw: Path) -> None:
    source = Folder(root=Place(written=str(raw)))
    before = collected(desk, source)
    (raw / "fear" / "new.jpg").write_bytes(b"x")
    after = collected(desk, source)
    assert set(after["source_id"]) - set(before["source_id"]) == {"fear/new.jpg"}


def test_two_copies_of_a_folder_give_equal_rows(tmp_path: Path, raw: Path) -> None:
    """D3: the time of a file is nothing that a copy keeps."""
    copy = shutil.copytree(raw, tmp_path / "copy", symlinks=True, copy_function=shutil.copyfile)
    rows = []
    for number, root in enumerate((raw, copy)):
        desk = Desk(Shelf(tmp_path / "shelf"), tmp_path / f"journal{number}", tmp_path / "scratch")
        rows.append(collected(desk, Folder(root=Place(written=str(root)))))
    assert rows[0].equals(rows[1])


def test_the_same_picture_of_one_query_is_kept_once(desk: Desk) -> None:
    """B32."""
    same = Scripted(hit={"source_id": "p"})
    assert collected(desk, same)["source_id"].to_list() == ["p"]


def test_a_source_that_goes_round_in_circles_is_stopped(desk: Desk) -> None:
    """B32."""
    with pytest.raises(PartError, match=r"gave '1' twice as the way on"):
        collected(desk, Scripted(n_pages=9, circles=True))


def test_a_server_that_leads_back_is_left_with_a_warning(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """B32: what came stays, and the next run does not ask again."""
    fetch = Manners(contact="test@example.org")
    stage = Collect(sources=(Online(n_pages=9, circles=True),), taxonomy=TWO, fetch=fetch)
    found = in_polars(stage.run(desk).table)
    assert found["source_id"].to_list() == ["p1", "p2", "p3"]
    assert "leads back for 'fear" in caplog.text
    n_asked = len(Scripted.asked)
    assert in_polars(stage.run(desk).table).equals(found)
    assert len(Scripted.asked) == n_asked


def test_a_source_that_never_says_it_is_done_is_refused(desk: Desk) -> None:
    with pytest.raises(PartError, match="stopped before its last page for 'fear'"):
        collected(desk, Scripted(n_pages=0))


@pytest.mark.parametrize("hit", [{"source_id": ""}, {"source_id": None}, {"colour": "red"}])
def test_a_hit_without_name_or_with_unknown_columns_is_refused(
    desk: Desk, hit: dict[str, Any]
) -> None:
    with pytest.raises(PartError, match=r"no source_id|unknown columns"):
        collected(desk, Scripted(hit=hit))


def test_what_a_source_leaves_open_is_filled_in(desk: Desk) -> None:
    row = collected(desk, Scripted(n_pages=1)).row(0, named=True)
    assert row["found_at"].endswith("Z")
    assert row["is_generated"] is False
    assert row["title"] is None, "missing is null, never an empty text"


def test_half_a_character_pair_in_a_title_stops_nothing(desk: Desk) -> None:
    """B33."""
    row = collected(desk, Scripted(n_pages=1, is_odd=True)).row(0, named=True)
    assert (row["title"], row["tags"]) == ("good ? grief", ["?", "ö"])


def test_nothing_found_says_what_to_do(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    with pytest.raises(AffektError, match=r"folder gave no picture for fear, awe; .* `edition`"):
        collected(desk, Folder(root=Place(written=str(tmp_path / "none"))))


def test_emotions_without_pictures_are_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    outcome = Collect(sources=(Scripted(),), taxonomy=TWO).run(desk)
    assert outcome.notes == {"found": {"fear": 3, "awe": 0}, "unlabelled": 0}
    assert "no source gave a picture for awe" in caplog.text


def test_progress_counts_pictures_and_refusals(tmp_path: Path, raw: Path) -> None:
    seen: list[Progress] = []
    collected(desk_at(tmp_path, seen.append), Folder(root=Place(written=str(raw))))
    found = {"folder fear": 1, "folder awe": 1, "folder everything": 1}
    assert seen[-1] == Progress("collect", 3, None, 1, {"found": found})


def test_a_source_drops_entries_for_reasons_of_its_own(desk: Desk, tmp_path: Path) -> None:
    table = tmp_path / "urls.csv"
    table.write_text("url,emotion\nhttp://a.example/1,fear\nhttp://a.example/1,fear\n")
    manners = Manners(contact="test@example.org")
    stage = Collect(sources=(Links(path=Place(written=str(table))),), taxonomy=TWO, fetch=manners)
    outcome = stage.run(desk)
    assert isinstance(outcome.dropped, pl.DataFrame)
    assert outcome.dropped["reason"].to_list() == ["duplicate"]
    assert stage.explained()["duplicate"] == Links.reasons["duplicate"]


@pytest.mark.parametrize("per_shard", [1, 2, 5])
def test_many_rows_are_told_apart_on_the_disk_as_few_are_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: Path, per_shard: int
) -> None:
    """D8: the first of equal finds stays, whatever fits in memory."""
    same = Scripted(n_pages=7, hit={"source_id": "p", "tags": ["a"]})
    odd, folder = Scripted(n_pages=4, is_odd=True), Folder(root=Place(written=str(raw)))
    stage = Collect(sources=(folder, odd, same, folder), taxonomy=TWO)
    few = stage.run(desk_at(tmp_path))
    monkeypatch.setattr(_shards, "PER_SHARD", per_shard)
    many = stage.run(desk_at(tmp_path))
    assert isinstance(few.table, pl.DataFrame)
    assert isinstance(many.table, Pieces)
    assert FOUND.conform(in_polars(many.table), "test").equals(FOUND.conform(few.table, "test"))
    assert dropped_rows(stage, many.dropped).equals(dropped_rows(stage, few.dropped))
    assert many.notes == few.notes
    assert few.table.height == 3 + 4 + 1 + 3


def test_the_first_of_many_equal_finds_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_shards, "PER_SHARD", 1)
    same = Scripted(hit={"source_id": "p"}, n_pages=5)
    monkeypatch.setattr(Pages, "stored", later_by_later(Pages.stored))
    outcome = Collect(sources=(same,), taxonomy=TWO).run(desk)
    assert in_polars(outcome.table)["found_at"].to_list() == ["2016-01-01T00:00:00Z"]


def later_by_later(stored: Any) -> Any:
    """Give each page of the journal another day."""

    def dated(self: Pages) -> Iterator[StoredPage]:
        for day, page in enumerate(stored(self), start=1):
            yield page._replace(asked_at=f"2016-01-{day:02d}T00:00:00Z")

    return dated


def test_a_plan_without_sources_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Collect(sources=(), taxonomy=TWO)


SCRIPT = """
import sys
from pathlib import Path
from tests.stages.test_collect import desk_at
from affekt.sources.generated import Generated
from affekt.stages.collect import Collect
from affekt.taxonomy import MIKELS8
source = Generated(seed=1, per_page=1)
print("ready", flush=True)
Collect(sources=(source,), taxonomy=MIKELS8).run(desk_at(Path(sys.argv[1])))
"""


@pytest.mark.slow
@pytest.mark.parametrize("pages_before_the_kill", [1, 100, 300])
def test_killed_and_run_again_gives_what_an_undisturbed_run_gives(
    tmp_path: Path, pages_before_the_kill: int
) -> None:
    """B11, D3."""
    killed, root = tmp_path / "killed", Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(killed)], cwd=root, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    while child.poll() is None and n_lines(killed) < pages_before_the_kill:
        time.sleep(0.001)
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    resumed = collected(desk_at(killed), Generated(seed=1), taxonomy=MIKELS8)
    whole = collected(desk_at(tmp_path / "whole"), Generated(seed=1), taxonomy=MIKELS8)
    assert resumed.equals(whole)


def n_lines(project: Path) -> int:
    files = sorted(project.glob("journal/pages/*.jsonl"))
    return sum(path.read_bytes().count(b"\n") for path in files)
