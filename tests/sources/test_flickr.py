"""Flickr's searches, walked slice by slice at a local server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from affekt.errors import SourceError
from affekt.sources import Query
from affekt.sources.flickr.answers import Found
from affekt.sources.flickr.cursor import Cursor
from affekt.sources.flickr.search import FLOOR_SECONDS, FRUITLESS, SHOWN, Search
from tests.servers._flickr_catalogue import Burst
from tests.servers.flickr import SINCE, UNTIL, Host, Quirks
from tests.sources.flickr_asked import (
    gaps,
    names,
    pages_of,
    refusals,
    slices,
    started,
)

Serve = Callable[..., Host]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a local Flickr with these settings; all are stopped at the end."""
    with ExitStack() as running:
        yield started(running)


def everything(host: Host) -> list[str]:
    catalogue = host.catalogue("fear")
    return [catalogue.name(number) for number in range(catalogue.count)]


def first_second() -> int:
    return int(datetime(SINCE.year, SINCE.month, SINCE.day, tzinfo=UTC).timestamp())


def last_second() -> int:
    behind = UNTIL + timedelta(days=1)
    return int(datetime(behind.year, behind.month, behind.day, tzinfo=UTC).timestamp()) - 1


@pytest.mark.slow
def test_a_search_of_more_than_4000_pictures_gives_each_of_them_once(
    serve: Serve, tmp_path: Path
) -> None:
    host = serve(9000)
    assert names(pages_of(host, tmp_path)) == everything(host)
    assert set(host.searches.values()) == {1}


def test_a_search_of_few_pictures_is_two_calls(serve: Serve, tmp_path: Path) -> None:
    """One for the list of licences, one for the pictures."""
    host = serve(400)
    assert names(pages_of(host, tmp_path)) == everything(host)
    assert [call["method"] for call in host.calls] == [
        "flickr.photos.licenses.getInfo",
        "flickr.photos.search",
    ]


@pytest.mark.slow
def test_exactly_as_many_as_a_search_shows_are_eight_pages(serve: Serve, tmp_path: Path) -> None:
    host = serve(SHOWN)
    pages = pages_of(host, tmp_path, split_above=SHOWN)
    assert names(pages) == everything(host)
    assert refusals(pages) == {}
    assert len(host.searches) == 8


def test_a_search_that_finds_nothing_ends_at_once(serve: Serve, tmp_path: Path) -> None:
    host = serve(400)
    pages = pages_of(host, tmp_path, Query("fear", ("nothing",)))
    assert [(page.hits, page.refused) for page in pages] == [((), ()), ((), ())]
    assert pages[-1].after is None


def test_slices_are_disjoint_and_leave_no_second_out(serve: Serve, tmp_path: Path) -> None:
    host = serve(3000, bursts=[Burst(1000, 300, 100)])
    pages_of(host, tmp_path, per_page=50, split_above=100)
    found = slices(host)
    assert (found[0][0], found[-1][1]) == (first_second(), last_second())
    assert set(gaps(found)) == {0}
    assert len(found) > 30


def test_no_slice_is_cut_below_five_minutes(serve: Serve, tmp_path: Path) -> None:
    host = serve(600, bursts=[Burst(100, 400, 60)])
    pages_of(host, tmp_path, per_page=50, split_above=100)
    assert min(end - start + 1 for start, end in slices(host)) >= FLOOR_SECONDS


@pytest.mark.slow
def test_behind_slices_that_hold_little_neighbours_are_joined(serve: Serve, tmp_path: Path) -> None:
    """A ten-year window around one busy day would be cut into hundreds of empty slices."""
    host = serve(3020, bursts=[Burst(10, 3000, 86_000)])
    assert names(pages_of(host, tmp_path, per_page=50, split_above=100)) == everything(host)
    empty = [page for page in pages_of(host, tmp_path, per_page=50, split_above=100)
             if not page.hits]  # fmt: skip
    assert len(empty) < 60


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.05, 0.4])
def test_wrong_totals_lose_nothing_and_are_told(serve: Serve, tmp_path: Path, share: float) -> None:
    """B32: wrong in both directions, and another number on every page."""
    host = serve(4000, quirks=Quirks(wrong_totals=share, totals_change=True))
    pages = pages_of(host, tmp_path, per_page=100, split_above=400)
    assert names(pages) == everything(host)
    told = [detail for _, detail in refusals(pages)["miscounted"]]
    counts = [[int(part.split(" ")[0].replace(",", "")) for part in one.split(", ")]
              for one in told]  # fmt: skip
    assert any(announced > came for announced, came in counts)
    assert any(announced < came for announced, came in counts)


@pytest.mark.slow
def test_more_than_a_search_shows_comes_although_less_was_announced(
    serve: Serve, tmp_path: Path
) -> None:
    """B32: asking goes on behind the last picture shown, with its second asked once more."""
    host = serve(9500, quirks=Quirks(low_totals=2500))
    pages = pages_of(host, tmp_path)
    assert names(pages) == everything(host)


@pytest.mark.slow
def test_five_minutes_that_hold_too_much_are_asked_licence_by_licence(
    serve: Serve, tmp_path: Path
) -> None:
    host = serve(6100, bursts=[Burst(50, 6000, 20)])
    pages = pages_of(host, tmp_path)
    assert sorted(names(pages)) == sorted(everything(host))
    asked = {call.get("license") for call in host.calls if "page" in call}
    assert asked == {None, *(str(number) for number in (*range(17), 42))}
    assert "saturated" not in refusals(pages)


@pytest.mark.slow
def test_pictures_under_a_licence_that_nobody_lists_are_missed_and_told(
    serve: Serve, tmp_path: Path
) -> None:
    """Split by licence, they are in no part; the sum of the parts tells so."""
    quirks = Quirks(names={"0": ("", "")})
    host = serve(5010, bursts=[Burst(0, 5000, 1)], odd_every=5, quirks=quirks)
    told = refusals(pages_of(host, tmp_path))["miscounted"]
    assert [detail for name, detail in told if name.endswith(", all licences")] == [
        "5,000 announced, 4,900 came"
    ]


@pytest.mark.slow
def test_without_rising_dates_what_is_not_shown_is_told(serve: Serve, tmp_path: Path) -> None:
    """Going on behind the last picture would leave out others."""
    host = serve(9000, quirks=Quirks(low_totals=2500, falls=True))
    pages = pages_of(host, tmp_path)
    assert len(names(pages)) == SHOWN
    assert [detail for _, detail in refusals(pages)["saturated"]] == ["2,500 announced, 4,000 came"]


@pytest.mark.slow
def test_one_licence_alone_is_asked_on_behind_the_last_picture_shown(
    serve: Serve, tmp_path: Path
) -> None:
    """It cannot be split by licence."""
    host = serve(12_000, bursts=[Burst(10, 11_980, 20)])
    pages = pages_of(host, tmp_path, licences=("all-rights-reserved",))
    catalogue = host.catalogue("fear")
    there = {catalogue.name(one) for one in range(12_000) if catalogue.licence(one) == "0"}
    assert set(names(pages)) == there
    assert len(there) > SHOWN


@pytest.mark.slow
def test_one_licence_that_holds_too_much_gives_what_is_shown_and_is_told(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The first 4,000 are taken, and what is missing can be read in the table of the dropped."""
    host = serve(12_000, bursts=[Burst(10, 11_980, 1)])
    pages = pages_of(host, tmp_path)
    came = [hit["licence"] for page in pages for hit in page.hits].count("all-rights-reserved")
    assert SHOWN <= came <= SHOWN + 20
    ((name, detail),) = refusals(pages)["saturated"]
    assert name.startswith("uploads of 20")
    assert name.endswith(", licence 0")
    assert detail.endswith(" announced, 4,000 came")
    assert [one.message for one in caplog.records if "is saturated" in one.message]


def test_a_page_that_is_not_full_is_not_taken_for_the_last(serve: Serve, tmp_path: Path) -> None:
    """Hidden pictures are counted by the server, and missing in their pages."""
    host = serve(100, quirks=Quirks(thins=True))
    pages = pages_of(host, tmp_path, per_page=20)
    hidden = everything(host)[::20]
    assert names(pages) == [name for name in everything(host) if name not in hidden]
    assert refusals(pages)["miscounted"][0][1] == "100 announced, 95 came"


def test_a_server_that_repeats_its_last_page_is_noticed(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """B32: it announces more than it has, and shows the same again for the rest."""
    host = serve(100, quirks=Quirks(repeats=True, wrong_totals=1.0))
    host.quirks = Quirks(repeats=True, wrong_totals=0.9)
    pages = pages_of(host, tmp_path, per_page=20)
    assert names(pages) == everything(host)
    assert len(host.calls) < 10


def test_a_server_that_is_stuck_on_its_first_page_is_left(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """B32."""
    host = serve(100, quirks=Quirks(stuck=True))
    pages = pages_of(host, tmp_path, per_page=20)
    assert names(pages) == everything(host)[:20]
    assert [call["page"] for call in host.calls[1:]] == ["1", "2"]
    assert refusals(pages)["miscounted"][0][1] == "100 announced, 20 came"
    assert "repeats earlier ones" in caplog.text


def test_a_server_that_does_not_search_by_date_is_told(serve: Serve, tmp_path: Path) -> None:
    """B32: cutting slices would never end."""
    host = serve(9000, quirks=Quirks(ignores_dates=True))
    with pytest.raises(SourceError, match="does not search by date, so check `base`"):
        pages_of(host, tmp_path)
    assert len(host.calls) < 10


def test_calls_without_a_new_picture_come_to_an_end() -> None:
    """B32: whatever else a server thinks of."""
    search = Search("fear", 3000, 500, (), 3600)
    cursor = search.ready(Cursor(Cursor.begin(0, 10**6, 500).rest, 500, fruitless=FRUITLESS))
    with pytest.raises(SourceError, match="no new picture of 'fear', and the server announces 7 m"):
        search.walked(cursor, Found(7, ()))


def test_a_picture_that_two_slices_show_comes_twice_at_most(serve: Serve, tmp_path: Path) -> None:
    """Neighbours of one query are merged by id when the table is made."""
    host = serve(900, quirks=Quirks(leaks=True))
    came = names(pages_of(host, tmp_path, per_page=50, split_above=100))
    assert sorted(set(came)) == sorted(everything(host))
    assert len(came) - len(set(came)) < len(slices(host))


def test_asking_goes_on_with_the_page_size_it_began_with(serve: Serve, tmp_path: Path) -> None:
    """`per_page` is no part of the identity, so it may be another one after a kill."""
    host = serve(300)
    first, second, *rest = pages_of(host, tmp_path, per_page=40)
    resumed = pages_of(host, tmp_path, after=second.after, per_page=60)
    assert resumed == rest
    assert names([first, second, *resumed]) == everything(host)
