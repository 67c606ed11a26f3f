"""What Flickr is asked: words, days, licences, and what cannot be asked."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from affekt.errors import UsageError
from affekt.fetch.fetcher import Fetcher, Judge
from affekt.fetch.words import Answer, Call, Quota
from affekt.sources import Query
from affekt.sources.flickr import Flickr
from affekt.sources.flickr.answers import Found
from affekt.sources.flickr.cursor import Cursor
from affekt.sources.flickr.search import Search
from tests.servers.flickr import KEY, Host, Quirks, polite, with_key
from tests.sources.flickr_asked import FEAR, names, pages_of, refusals, source_at, started

Serve = Callable[..., Host]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts a local Flickr with these settings; all are stopped at the end."""
    with ExitStack() as running:
        yield started(running)


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


@pytest.mark.slow
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
    assert {quota for quota in quotas if quota} == {Quota("flickr", KEY, 3600, 3600.0)}
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
