"""Flickr's searches, walked slice by slice at a local server."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from affekt.errors import SourceError, UsageError
from affekt.fetch.fetcher import Fetcher, Judge
from affekt.fetch.words import Answer, Call
from affekt.sources import Query
from affekt.sources.flickr import Flickr
from affekt.sources.flickr.answers import Found
from affekt.sources.flickr.cursor import Cursor
from affekt.sources.flickr.search import FLOOR_SECONDS, FRUITLESS, SHOWN, Search
from tests.servers._flickr_catalogue import Burst
from tests.servers.flickr import KEY, SINCE, UNTIL, Host, Quirks, polite, with_key
from tests.sources.flickr_asked import (
    FEAR,
    gaps,
    names,
    pages_of,
    refusals,
    slices,
    source_at,
)

Serve = Callable[..., Host]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a local Flickr with these settings; all are stopped at the end."""
    with ExitStack() as running:

        def started(*given: Any, **settings: Any) -> Host:
            host = Host(*given, **settings)
            running.enter_context(host.server)
            return host

        yield started


def everything(host: Host) -> list[str]:
    catalogue = host.catalogue("fear")
    return [catalogue.name(number) for number in range(catalogue.count)]


def first_second() -> int:
    return int(datetime(SINCE.year, SINCE.month, SINCE.day, tzinfo=UTC).timestamp())


def last_second() -> int:
    behind = UNTIL + timedelta(days=1)
    return int(datetime(behind.year, behind.month, behind.day, tzinfo=UTC).timestamp()) - 1


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


def test_without_an_end_the_window_ends_the_day_before_the_first_call_and_stays(
    serve: Serve, tmp_path: Path
) -> None:
    host, before = serve(300), datetime.now(UTC).date()
    (_, second, *_) = pages_of(host, tmp_path, until=None, per_page=100)
    after = datetime.now(UTC).date()
    pages_of(host, tmp_path, after=second.after, until=None)
    ends = {call["max_upload_date"] for call in host.calls if "page" in call}
    midnights = [datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (before, after)]
    assert ends <= {str(int(midnight.timestamp()) - 1) for midnight in midnights}
    assert len(ends) == 1


def test_the_forecast_tells_calls_and_hours(
    serve: Serve, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    host = serve(9000)
    pages_of(host, tmp_path, calls_per_hour=3600)
    told = "about 9,000 pictures of 'fear'; about 23 calls, 0.0 h at 3,600 calls an hour"
    assert told in caplog.text
    assert abs(len(host.calls) - 23) <= 5


def test_tags_are_searched_for_any_of_the_words(serve: Serve, tmp_path: Path) -> None:
    host = serve(5)
    pages_of(host, tmp_path, Query("awe", ("awe", "wonder")), safe_search="moderate")
    asked = host.calls[1]
    assert (asked["tags"], asked["tag_mode"]) == ("awe,wonder", "any")
    assert (asked["media"], asked["safe_search"], asked["per_page"]) == ("photos", "2", "500")
    assert "text" not in asked


def test_text_is_searched_for_any_of_the_words(serve: Serve, tmp_path: Path) -> None:
    host = serve(5)
    pages_of(host, tmp_path, Query("awe", ("awe", "great wonder")), field="text")
    assert host.calls[1]["text"] == 'awe OR "great wonder"'
    assert "tags" not in host.calls[1]


def test_licences_are_asked_for_by_their_numbers(serve: Serve, tmp_path: Path) -> None:
    host = serve(200)
    pages = pages_of(host, tmp_path, licences=("cc0", "cc-by-2.0"))
    assert host.calls[1]["license"] == "4,9"
    assert {hit["licence"] for page in pages for hit in page.hits} == {"cc0", "cc-by-2.0"}


def test_licences_the_server_lists_are_learnt(serve: Serve, tmp_path: Path) -> None:
    host = serve(100, odd_every=2)
    licences = {hit["licence"] for page in pages_of(host, tmp_path) for hit in page.hits}
    assert "cc-by-3.0" in licences  # number 42
    assert "unknown" not in licences


def test_a_licence_nobody_knows_is_unknown(serve: Serve, tmp_path: Path) -> None:
    host = serve(100, odd_every=2, quirks=Quirks(names={"0": ("", "")}))
    licences = {hit["licence"] for page in pages_of(host, tmp_path) for hit in page.hits}
    assert "unknown" in licences


def test_odd_entries_are_taken_or_refused_with_a_reason(serve: Serve, tmp_path: Path) -> None:
    """B33."""
    host = serve(100, odd_every=1)
    pages = pages_of(host, tmp_path)
    refused = refusals(pages)
    assert {reason: len(entries) for reason, entries in refused.items()} == {
        "no-address": 10,
        "no-photo": 10,
    }
    assert len(names(pages)) == 80
    assert max(len(hit["tags"] or ()) for page in pages for hit in page.hits) == 5000


def test_an_entry_without_an_id_is_told_by_its_place() -> None:
    """B33: what is no entry at all, too."""
    search = Search("fear", 3000, 500, (), 3600)
    good = {"id": 7, "url_m": "https://x/7.jpg"}
    cursor = search.ready(Cursor.begin(1_000_000_000, 1_000_000_059, 500))
    step = search.walked(cursor, Found(4, ({}, good, {"id": ""}, {"id": [7]}), pages=1))
    assert [hit["source_id"] for hit in step.hits] == ["7"]
    where = "uploads of 2001-09-09T01:46:40Z to 2001-09-09T01:47:39Z"
    assert step.refused == (
        *((f"{where}, page 1, entry {place}", "no-id", "") for place in (1, 3, 4)),
        (where, "miscounted", "4 announced, 1 came"),
    )
    assert step.cursor is None


class Noting(Fetcher):
    """Keeps what it is asked for."""

    def call(self, call: Call, judge: Judge) -> Answer:
        self.calls = [*getattr(self, "calls", []), call]
        return super().call(call, judge)


def test_every_call_uses_up_the_allowance_of_the_key(serve: Serve, tmp_path: Path) -> None:
    """3,600 calls an hour, shared by all processes."""
    host, like = serve(3), polite(tmp_path)
    noting = Noting(like.manners, like.ledger)
    with with_key():
        list(source_at(host, calls_per_hour=3600).pages(FEAR, None, noting))
    quotas = {call.quota for call in noting.calls}
    assert {tuple(quota) for quota in quotas if quota} == {("flickr", KEY, 3600, 3600.0)}
    assert None not in quotas
    assert all(KEY not in repr(call.query) and KEY not in call.url for call in noting.calls)


def test_too_many_words_are_refused_before_anybody_is_asked() -> None:
    words = tuple(f"word{number}" for number in range(21))
    with pytest.raises(UsageError, match="'awe' has 21 words, one search takes 20"):
        Flickr.example().queries({"awe": words})


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"since": date(2020, 1, 2), "until": date(2020, 1, 1)}, "until is 2020-01-01, before sin"),
        ({"since": date(2004, 2, 9)}, "greater than or equal to 2004-02-10"),
        ({"licences": ("cc-by-2.1",)}, "'cc-by-2.1' is no licence of Flickr; did you mean"),
        ({"split_above": 4001}, "less than or equal to 4000"),
        ({"per_page": 501}, "less than or equal to 500"),
        ({"base": "ftp://api.flickr.com/"}, "pattern"),
    ],
)
def test_settings_that_cannot_be_are_told(settings: dict[str, Any], sentence: str) -> None:
    """B02."""
    with pytest.raises(ValidationError, match=sentence):
        Flickr(**settings)


def test_a_key_in_place_of_its_variable_is_refused_without_being_shown() -> None:
    """B35."""
    with pytest.raises(ValidationError) as told:
        Flickr(key_env="0123456789abcdef0123456789abcdef")
    assert "a name of a variable in capital letters is expected" in str(told.value)
    sentence = told.value.errors(include_input=False, include_url=False)[0]["msg"]
    assert "0123456789abcdef" not in sentence
