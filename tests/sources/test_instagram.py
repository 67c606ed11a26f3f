"""Posts of Instagram, from a Graph API on this machine."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from affekt.errors import MissingSecret, NotYet, UsageError
from affekt.fetch.fetcher import Fetcher
from affekt.fetch.quotas import Clock
from affekt.sources import Query
from affekt.sources.instagram import Instagram
from tests.servers.instagram import Graph, Quirks, polite, source_at
from tests.sources.instagram_asking import (
    AWE,
    Time,
    asked,
    expected,
    fetcher,
    ids,
    refusals,
    time,
    token,
)

__all__ = ["fetcher", "time", "token"]


def test_both_lists_of_every_hashtag_are_asked_for(fetcher: Fetcher) -> None:
    graph = Graph(40)
    with graph.server:
        found = asked(graph, fetcher, Query("awe", ("awe", "Great Wonder")))
    assert set(ids(found)) == expected(graph) | expected(graph, "greatwonder")
    assert len(ids(found)) == len(set(ids(found)))
    assert [path for path, _ in graph.calls[:3]] == [
        "me/recently_searched_hashtags",
        "ig_hashtag_search",
        f"{graph.number('awe')}/top_media",
    ]
    assert {one[1] for one in refusals(found)} == {"other-media", "no-address"}


@pytest.mark.parametrize("edge", ["top", "recent"])
def test_one_list_may_be_enough(fetcher: Fetcher, edge: str) -> None:
    graph = Graph(40)
    with graph.server:
        found = asked(graph, fetcher, edges=(edge,))
    assert set(ids(found)) == expected(graph, edges=[edge])


def test_no_name_of_a_person_is_asked_for(fetcher: Fetcher) -> None:
    graph = Graph(9)
    with graph.server:
        asked(graph, fetcher)
    assert not [call for call in graph.calls if "user" in json.dumps(call)]


@pytest.mark.parametrize(
    "quirks", [Quirks(still=True), Quirks(restless=True)], ids=["still", "restless"]
)
def test_the_text_of_the_way_on_does_not_matter(fetcher: Fetcher, quirks: Quirks) -> None:
    graph = Graph(40, quirks=quirks)
    with graph.server:
        found = asked(graph, fetcher)
    assert set(ids(found)) == expected(graph)
    assert len(graph.calls) == 2 + 3 + 4


def test_a_page_without_anything_new_ends_a_list(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    """B32."""
    graph = Graph(40, quirks=Quirks(endless=True))
    with graph.server, caplog.at_level(logging.WARNING):
        found = asked(graph, fetcher)
    assert set(ids(found)) == expected(graph)
    assert len(graph.calls) == 2 + (3 + 1) + (4 + 1)
    assert "repeats earlier posts" in caplog.text


def test_a_list_is_asked_for_no_longer_than_wished(fetcher: Fetcher) -> None:
    graph = Graph(40)
    with graph.server:
        found = asked(graph, fetcher, pages_per_edge=2)
    assert len(graph.calls) == 2 + 2 + 2
    assert [one[1] for one in refusals(found) if one[0].startswith("#")] == ["beyond-limit"] * 2


def test_entries_that_are_none_are_told(fetcher: Fetcher) -> None:
    graph = Graph()
    only = {"id": "1", "media_type": "IMAGE", "media_url": "https://a.org/1.jpg"}
    graph.given["awe"] = [only, {"id": None}, {"id": {}}, {**only, "id": "  "}]
    with graph.server:
        found = asked(graph, fetcher, edges=("recent",))
    assert ids(found) == ["1"]
    assert [one[1] for one in refusals(found)] == ["no-id"] * 3


def test_an_unknown_hashtag_is_told_and_the_others_are_asked_for(fetcher: Fetcher) -> None:
    graph = Graph(9, quirks=Quirks(without=("forbidden",)))
    with graph.server:
        found = asked(graph, fetcher, Query("awe", ("forbidden", "awe")))
    assert set(ids(found)) == expected(graph)
    assert [one[:2] for one in refusals(found) if one[1] == "no-hashtag"] == [
        ("#forbidden", "no-hashtag")
    ]


def test_a_query_that_finds_nothing_ends(fetcher: Fetcher) -> None:
    graph = Graph(0)
    with graph.server:
        found = asked(graph, fetcher)
    assert ids(found) == []
    assert found[-1].after is None


def test_the_thirty_first_hashtag_is_refused_before_it_is_asked_for(
    fetcher: Fetcher, time: Time
) -> None:
    graph = Graph(1)
    graph.now = lambda: time.now
    with graph.server:
        asked(graph, fetcher, Query("awe", tuple(f"w{number}" for number in range(29))))
        time.now += 3600
        asked(graph, fetcher, Query("fear", ("w29", "w3")))
        n_calls = len(graph.calls)
        with pytest.raises(NotYet, match=r"#new would be new, and 0 of 30 .* 2026-03-08 12:01 UTC"):
            asked(graph, fetcher, Query("anger", ("new",)))
        assert [path for path, _ in graph.calls[n_calls:]] == ["me/recently_searched_hashtags"]
        asked(graph, fetcher, Query("anger", ("w7",)))
        time.now += 7 * 86_400
        asked(graph, fetcher, Query("anger", ("new",)))


@pytest.mark.parametrize("nameless", [False, True])
def test_what_another_project_asked_for_counts(
    fetcher: Fetcher, tmp_path: Path, time: Time, nameless: bool
) -> None:
    graph = Graph(1, quirks=Quirks(nameless=nameless))
    graph.now = lambda: time.now
    other = polite(tmp_path / "other", Clock(lambda: time.now, time.sleep))
    with graph.server:
        asked(graph, other, Query("awe", tuple(f"w{number}" for number in range(30))))
        with pytest.raises(NotYet):
            asked(graph, fetcher, Query("fear", ("new",)))


def test_a_repeat_is_free_though_another_project_made_the_first(
    fetcher: Fetcher, tmp_path: Path, time: Time
) -> None:
    graph = Graph(1)
    graph.now = lambda: time.now
    words = tuple(f"w{number}" for number in range(30))
    with graph.server:
        asked(graph, polite(tmp_path / "other", Clock(lambda: time.now)), Query("awe", words))
        asked(graph, fetcher, Query("awe", words))


def test_what_the_server_lists_without_a_name_counts_once(fetcher: Fetcher) -> None:
    graph = Graph(1, quirks=Quirks(nameless=True))
    with graph.server:
        asked(graph, fetcher, Query("awe", tuple(f"a{number}" for number in range(20))))
        asked(graph, fetcher, Query("fear", tuple(f"f{number}" for number in range(10))))


def test_a_place_that_became_free_meanwhile_is_used(fetcher: Fetcher, time: Time) -> None:
    graph = Graph(1)
    graph.now = lambda: time.now
    old = [graph.number(f"x{number}") for number in range(28)]
    graph.searched = dict.fromkeys(old, time.now - 6 * 86_400)
    with graph.server:
        listed = next(iter(source_at(graph).pages(AWE, None, fetcher))).after
        asked(graph, fetcher, Query("fear", ("fear", "dread")))  # takes the last two places
        with pytest.raises(NotYet, match="#awe would be new, and 0 of 30"):
            asked(graph, fetcher, AWE, listed)
        time.now += 2 * 86_400  # the server lists the old ones no longer
        assert ids(asked(graph, fetcher, AWE, listed)) == list(expected(graph))


def test_a_server_that_counts_otherwise_is_believed(fetcher: Fetcher) -> None:
    graph = Graph(1, faults={2: "code-18"})
    with graph.server, pytest.raises(NotYet, match=r"code 18.*in a day"):
        asked(graph, fetcher)


def test_more_hashtags_than_places_are_refused_at_once() -> None:
    words = {"awe": tuple(f"a{number}" for number in range(20))}
    more = {**words, "fear": tuple(f"f{number}" for number in range(11))}
    with pytest.raises(UsageError, match="31 different hashtags"):
        Instagram().queries(more)
    assert len(Instagram().queries({**words, "fear": words["awe"]})) == 2


def test_a_word_without_letters_is_refused() -> None:
    with pytest.raises(UsageError, match="'!!' makes no hashtag"):
        Instagram().queries({"awe": ("awe", "!!")})


@pytest.mark.parametrize("name", ["INSTAGRAM_TOKEN", "INSTAGRAM_USER"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_without_token_or_account_it_says_which_variable_to_set(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    """B16."""
    monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)
    with pytest.raises(MissingSecret, match=name):
        Instagram().check_ready()


@pytest.mark.parametrize("value", ["somebody", "../me", "１７"])
def test_an_account_is_a_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("INSTAGRAM_USER", value)
    with pytest.raises(MissingSecret, match="INSTAGRAM_USER is no number") as caught:
        Instagram().check_ready()
    assert value not in str(caught.value)


def test_with_token_and_account_it_is_ready() -> None:
    Instagram().check_ready()


@pytest.mark.parametrize(
    "settings",
    [
        {"token_env": "EAABsbCS1234"},
        {"token_env": "with space"},
        {"user_env": "lower"},
        {"edges": ()},
        {"edges": ("top", "top")},
        {"edges": ("old",)},
        {"per_page": 51},
        {"most_hashtags": 31},
        {"api_version": "24"},
        {"base": "ftp://a.org"},
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Instagram(**settings)


def test_what_changes_no_answer_is_no_part_of_its_identity() -> None:
    assert set(Instagram().identity()) == {"kind", "version", "base", "edges", "pages_per_edge"}
