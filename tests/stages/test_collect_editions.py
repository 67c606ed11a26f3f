"""Crawls that grow: editions one after the other, and a window of days that gets longer."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest

from affekt.errors import NotYet, SourceError
from affekt.fetch.manners import Manners
from affekt.forgotten import Entry, add
from affekt.parts import Place
from affekt.sources import Page, Query, Source
from affekt.sources.flickr import Flickr
from affekt.sources.folder import Folder
from affekt.stages.collect import Collect
from affekt.store import Store
from affekt.store.rows import in_polars
from affekt.tables import FOUND
from affekt.taxonomy import Emotion, Taxonomy
from tests.servers.flickr import SINCE, Host, with_key
from tests.servers.instagram import Graph, some, with_token
from tests.servers.instagram import source_at as instagram_at
from tests.sources.flickr_asked import source_at as flickr_at
from tests.stages.test_collect import desk_at

TWO = Taxonomy(name="two", emotions=(Emotion(name="fear"), Emotion(name="awe")))
MANNERS = Manners(
    contact="test@example.org", allowed_networks=("127.0.0.0/8",), pause_seconds=0.001
)
EARLY, MIDDLE, LATE = date(2015, 6, 30), date(2017, 3, 1), date(2019, 12, 31)


def collected(project: Path, source: Source, **settings: Any) -> pl.DataFrame:
    stage = Collect(sources=(source,), taxonomy=TWO, fetch=MANNERS, **settings)
    return FOUND.conform(in_polars(stage.run(desk_at(project)).table), "test")


class Daily(Source):
    """Shows what is new today and what every day has."""

    day: ClassVar[str] = "monday"
    asked: ClassVar[list[str]] = []
    cut: ClassVar[bool] = False
    is_online: ClassVar[bool] = True

    def queries(self, words: Mapping[str, tuple[str, ...]]) -> tuple[Query, ...]:
        return (Query("fear", words["fear"]),)

    def pages(self, query: Query, after: str | None, fetcher: Any) -> Iterator[Page]:
        self.asked.append(self.day)
        for number, name in list(enumerate(("same", self.day)))[int(after or 0) :]:
            if number and self.cut:
                raise NotYet("daily: no more today")
            hit = {"source_id": name, "title": self.day, "owner": f"owner of {name}"}
            yield Page((hit,), None if number else "1")


class Still(Daily):
    """The same, with pictures of this machine: what it no longer shows is gone."""

    is_online: ClassVar[bool] = False


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Daily, "day", "monday")
    monkeypatch.setattr(Daily, "cut", False)
    Daily.asked.clear()


def on(day: str) -> None:
    Daily.day = day


def shown(found: pl.DataFrame) -> dict[str, str]:
    return dict(found.select("source_id", "title").iter_rows())


def test_what_came_earlier_stays_and_the_first_find_wins(tmp_path: Path) -> None:
    collected(tmp_path, Daily())
    on("tuesday")
    second = collected(tmp_path, Daily(), edition=2)
    assert shown(second) == {"same": "monday", "monday": "monday", "tuesday": "tuesday"}
    assert Daily.asked == ["monday", "tuesday"]


def test_an_edition_that_was_left_out_is_not_asked_for(tmp_path: Path) -> None:
    collected(tmp_path, Daily(), edition=4)
    assert Daily.asked == ["monday"]


def test_an_earlier_edition_that_never_ended_gives_what_came(tmp_path: Path) -> None:
    Daily.cut = True
    with pytest.raises(NotYet):
        collected(tmp_path, Daily())
    Daily.cut = False
    on("tuesday")
    assert shown(collected(tmp_path, Daily(), edition=2)) == {
        "same": "monday",
        "tuesday": "tuesday",
    }


def test_without_earlier_editions_the_table_is_of_today(tmp_path: Path) -> None:
    collected(tmp_path, Daily())
    on("tuesday")
    found = collected(tmp_path, Daily(), edition=2, earlier_editions="drop")
    assert shown(found) == {"same": "tuesday", "tuesday": "tuesday"}


def test_a_lower_edition_sees_nothing_of_a_higher_one(tmp_path: Path) -> None:
    first = collected(tmp_path, Daily())
    on("tuesday")
    collected(tmp_path, Daily(), edition=2)
    assert collected(tmp_path, Daily()).equals(first)


def test_what_is_on_this_machine_is_told_whole_each_time(tmp_path: Path) -> None:
    collected(tmp_path, Still())
    on("tuesday")
    found = collected(tmp_path, Still(), edition=2)
    assert shown(found) == {"same": "tuesday", "tuesday": "tuesday"}


def test_a_file_that_is_gone_is_gone_in_every_edition(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / "raw" / "fear").mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / "fear" / name).write_bytes(b"x")
    source = Folder(root=Place(written=str(tmp_path / "raw")))
    assert collected(tmp_path, source).height == 2
    (tmp_path / "raw" / "fear" / "a.jpg").unlink()
    assert collected(tmp_path, source, edition=2)["source_id"].to_list() == ["fear/b.jpg"]


def test_what_was_removed_on_request_comes_back_from_no_edition(tmp_path: Path) -> None:
    collected(tmp_path, Daily())
    listed = tmp_path / "forgotten.csv"
    add(listed, [Entry("owner", f"{Daily.kind()}:owner of monday")], "2026-03-01", "asked")
    on("tuesday")
    place = Place(written=str(listed))
    found = collected(tmp_path, Daily(), edition=2, forgotten=place)
    assert set(shown(found)) == {"same", "tuesday"}


def test_each_edition_has_a_product_and_makes_no_other_anew(tmp_path: Path) -> None:
    store = Store(tmp_path)
    stages = [
        Collect(sources=(Daily(),), taxonomy=TWO, fetch=MANNERS, edition=edition)
        for edition in (1, 2)
    ]
    first = store.make(stages[0])
    on("tuesday")
    second = store.make(stages[1])
    assert (first.manifest["kept"], second.manifest["kept"]) == (2, 3)
    assert store.make(stages[0]).address == first.address
    assert store.make(stages[1]).address == second.address != first.address


def test_posts_of_two_days_gather(tmp_path: Path) -> None:
    """Instagram shows 24 hours; the second day is asked for once, and the first stays."""
    graph = Graph()
    with graph.server, with_token():
        posts = some("fear", 40, graph.base)
        graph.given = {"fear": posts[20:], "awe": some("awe", 9, graph.base)}
        source = instagram_at(graph, edges=("recent",))
        monday = collected(tmp_path, source)
        n_calls = len(graph.calls)
        fresh = [{**one, "caption": "seen again"} for one in posts[15:25]]
        graph.given["fear"] = [*posts[:15], *fresh]
        both = collected(tmp_path, source, edition=2)
        again = graph.calls[n_calls:]
        alone = collected(tmp_path / "alone", source)
    assert len(again) == len(graph.calls) - n_calls - len(again), "as many as a crawl of its own"
    assert set(both["source_id"]) == set(monday["source_id"]) | set(alone["source_id"])
    assert both.height > max(monday.height, alone.height)
    kept = both.join(monday, on=FOUND.key, how="semi").sort(FOUND.key)
    assert kept.equals(monday.sort(FOUND.key)), "as it was found first"


def days(host: Host) -> list[tuple[date, date]]:
    searched = [call for call in host.calls if "min_upload_date" in call]
    return [
        (
            date(1970, 1, 1) + timedelta(seconds=int(call["min_upload_date"])),
            date(1970, 1, 1) + timedelta(seconds=int(call["max_upload_date"])),
        )
        for call in searched
    ]


@pytest.mark.slow
def test_a_longer_window_asks_for_the_new_days_only(tmp_path: Path) -> None:
    """The union is that of one undisturbed crawl."""
    host = Host(2500)
    with host.server, with_key():
        whole = collected(tmp_path / "whole", flickr_at(host, until=LATE, split_above=400))
        asked = []
        for end in (EARLY, MIDDLE, LATE):
            host.calls.clear()
            grown = collected(tmp_path / "grown", flickr_at(host, until=end, split_above=400))
            asked.append(days(host))
    assert grown.drop("found_at").sort(FOUND.key).equals(whole.drop("found_at").sort(FOUND.key))
    starts = [SINCE, EARLY + timedelta(days=1), MIDDLE + timedelta(days=1)]
    for calls, first, last in zip(asked, starts, (EARLY, MIDDLE, LATE), strict=True):
        assert (min(calls)[0], max(end for _, end in calls)) == (first, last)


@pytest.mark.slow
@pytest.mark.parametrize("call", [2, 5])
def test_a_longer_window_cut_off_goes_on(tmp_path: Path, call: int) -> None:
    host = Host(900)
    with host.server, with_key():
        whole = collected(tmp_path / "whole", flickr_at(host, per_page=100))
        collected(tmp_path / "cut", flickr_at(host, until=EARLY, per_page=100))
        host.faults = {len(host.calls) + call: "404"}
        with pytest.raises(SourceError):
            collected(tmp_path / "cut", flickr_at(host, per_page=100))
        cut = collected(tmp_path / "cut", flickr_at(host, per_page=100))
    assert cut.drop("found_at").sort(FOUND.key).equals(whole.drop("found_at").sort(FOUND.key))
    assert max(host.searches.values()) <= 2, "once for each of the two crawls"


def test_days_that_were_not_asked_for_to_their_end_stand_for_nothing(tmp_path: Path) -> None:
    host = Host(900)
    with host.server, with_key():
        host.faults = {3: "404"}
        with pytest.raises(SourceError):
            collected(tmp_path, flickr_at(host, until=EARLY, per_page=100))
        host.calls, host.faults = [], {}
        collected(tmp_path, flickr_at(host, per_page=100))
    assert min(days(host))[0] == SINCE


def test_the_longest_of_the_windows_that_ended_is_taken() -> None:
    source, known = flickr_of(LATE), [flickr_of(EARLY).identity(), flickr_of(MIDDLE).identity()]
    assert source.parts([]) == (source,)
    assert source.parts(known[:1])[0] == flickr_of(EARLY)
    assert source.parts(known) == (flickr_of(MIDDLE), flickr_of(LATE, MIDDLE + timedelta(days=1)))
    assert source.parts([source.identity(), *known]) == (source,)
    assert flickr_of(EARLY).parts(known[1:]) == (flickr_of(EARLY),), "it would bring too many"
    assert flickr_of(None).parts(known) == (flickr_of(None),)
    assert source.parts([{**known[0], "field": "text"}]) == (source,)


def flickr_of(until: date | None, since: date = SINCE) -> Flickr:
    return Flickr(base="http://127.0.0.1:1/", until=until, since=since)
