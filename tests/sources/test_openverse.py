"""Pictures by Openverse, from a server on this machine."""

import logging
from typing import Any

import pytest
from pydantic import ValidationError

from affekt.errors import MissingSecret, UsageError
from affekt.fetch.fetcher import Fetcher
from affekt.sources import Query
from affekt.sources.openverse import Openverse
from tests.servers.openverse import (
    CLIENT,
    SECRET,
    Catalogue,
    Quirks,
    some,
    source_at,
    with_client,
)
from tests.sources.openverse_asking import (
    asked,
    expected,
    fetcher,
    ids,
    nobody,
    refusals,
    time,
)

__all__ = ["fetcher", "nobody", "time"]
NAMES = "OPENVERSE_CLIENT_ID", "OPENVERSE_CLIENT_SECRET"


def test_all_that_the_server_shows_is_found(fetcher: Fetcher) -> None:
    catalogue = Catalogue(50, quirks=Quirks(depth=30))
    with catalogue.server:
        found = asked(catalogue, fetcher)
    assert ids(found) == expected(catalogue)
    assert [one["page"] for one in catalogue.calls] == ["1", "2", "3", "4", "5"]
    assert {one[1] for one in refusals(found)} == {"other-format"}


@pytest.mark.parametrize("client", [(None, None), (CLIENT, SECRET)], ids=["nobody", "client"])
def test_every_address_that_the_server_gives_is_kept(
    fetcher: Fetcher, client: tuple[str | None, str | None]
) -> None:
    """Those of the thumbnails begin with the address that was asked."""
    catalogue = Catalogue(5)
    with catalogue.server, with_client(*client):
        hits = [hit for page in asked(catalogue, fetcher) for hit in page.hits]
    base = source_at(catalogue).base
    thumbs = [size["url"] for hit in hits for size in hit["sizes"] if size["name"] == "thumbnail"]
    assert thumbs == [f"{base}images/{hit['source_id']}/thumb/" for hit in hits]


def test_every_word_is_asked_by_itself(fetcher: Fetcher) -> None:
    catalogue = Catalogue(10)
    with catalogue.server:
        found = asked(catalogue, fetcher, Query("awe", ("awe", "nothing", "great wonder")))
    assert ids(found) == expected(catalogue) + expected(catalogue, "great wonder")
    assert [one["q"] for one in catalogue.calls] == ["awe"] * 2 + ["nothing"] + (
        ['"great wonder"'] * 2
    )


def test_a_picture_found_by_two_words_comes_once(fetcher: Fetcher) -> None:
    catalogue = Catalogue(10)
    catalogue.given["wonder"] = catalogue.given["awe"] = some("awe", 10, "https://a.org")
    with catalogue.server:
        found = asked(catalogue, fetcher, Query("awe", ("awe", "wonder")))
    assert ids(found) == expected(catalogue)


def test_pages_that_overlap_give_each_picture_once(fetcher: Fetcher) -> None:
    """B32."""
    catalogue = Catalogue(50, quirks=Quirks(slips=True))
    with catalogue.server:
        found = asked(catalogue, fetcher)
    assert ids(found) == expected(catalogue)


def test_a_page_without_anything_new_ends_a_word(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    """B32."""
    catalogue = Catalogue(50, quirks=Quirks(stuck=True))
    with catalogue.server, caplog.at_level(logging.WARNING):
        found = asked(catalogue, fetcher)
    assert ids(found) == expected(catalogue)[: len(ids(found))]
    assert len(catalogue.calls) == 2
    assert "brings nothing new" in caplog.text


@pytest.mark.parametrize(("by", "name"), [("text", "q"), ("tags", "tags"), ("title", "title")])
def test_where_to_look_is_a_choice(fetcher: Fetcher, by: str, name: str) -> None:
    catalogue = Catalogue(5)
    with catalogue.server:
        asked(catalogue, fetcher, by=by)
    assert catalogue.calls == [{name: "awe", "page": "1", "page_size": "7", "mature": "false"}]


def test_licences_and_mature_pictures_are_asked_for_as_wished(fetcher: Fetcher) -> None:
    catalogue = Catalogue(40)
    with catalogue.server:
        found = asked(catalogue, fetcher, licences=("by", "by-nc-sa"), has_mature=True)
    licences = {hit["licence"] for page in found for hit in page.hits}
    assert licences == {"cc-by-2.0", "cc-by-nc-sa-2.0"}
    assert "restricted" in {hit["safety"] for page in found for hit in page.hits}


def test_entries_without_an_id_are_told(fetcher: Fetcher) -> None:
    catalogue = Catalogue()
    odd: list[Any] = [{"id": None}, {"url": "https://a.org/x"}, {"id": ""}]
    catalogue.given["awe"] = [*odd, *some("awe", 2, "https://a.org")]
    with catalogue.server:
        found = asked(catalogue, fetcher)
    assert len(ids(found)) == 2
    assert [one[:2] for one in refusals(found)] == [
        (f"awe, page 1, {place}", "no-id") for place in (1, 2, 3)
    ]


def test_a_run_takes_no_more_than_the_limit(fetcher: Fetcher) -> None:
    """The terms forbid to scrape the catalogue."""
    catalogue = Catalogue(50)
    words = {"awe": ("awe", "wonder"), "fear": ("fear",), "anger": ("anger",)}
    with catalogue.server:
        source = source_at(catalogue, max_records=50)
        queries = source.queries(words)
        found = {query.emotion: list(source.pages(query, None, fetcher)) for query in queries}
    assert [len(ids(pages)) for pages in found.values()] == [17, 17, 16]
    assert [refusals(pages)[-1][1] for pages in found.values()] == ["beyond-limit"] * 3


def test_a_limit_that_just_suffices_leaves_nothing_out(fetcher: Fetcher) -> None:
    catalogue = Catalogue(5)
    with catalogue.server:
        (query,) = source_at(catalogue, max_records=4).queries({"awe": ("awe",)})
        found = asked(catalogue, fetcher, query)
    assert len(expected(catalogue)) == 4
    assert (ids(found), refusals(found)) == (expected(catalogue), [])


def test_the_limit_is_ten_thousand_and_may_be_lowered_only() -> None:
    words = {"awe": ("awe",), "fear": ("fear",)}
    assert [query.most for query in Openverse().queries(words)] == [5000, 5000]
    with pytest.raises(ValidationError):
        Openverse(max_records=10_001)


def test_a_word_too_long_for_a_question_is_refused() -> None:
    with pytest.raises(UsageError, match="has 201 letters"):
        Openverse().queries({"awe": ("a" * 201,)})


@pytest.mark.parametrize(
    ("client", "secret", "missing"),
    [(CLIENT, None, NAMES[1]), (None, SECRET, NAMES[0]), (CLIENT, " ", NAMES[1])],
)
def test_half_a_client_names_the_variable_that_is_missing(
    client: str | None, secret: str | None, missing: str
) -> None:
    """B16."""
    with with_client(client, secret), pytest.raises(MissingSecret, match=f"{missing} is not set"):
        Openverse().check_ready()


def test_it_is_ready_with_and_without_a_client() -> None:
    Openverse().check_ready()
    with with_client():
        Openverse().check_ready()


@pytest.mark.parametrize(
    "settings",
    [
        {"id_env": "abc123"},
        {"secret_env": "A secret"},
        {"licences": ("cc-by-2.0",)},
        {"by": "colour"},
        {"per_page": 501},
        {"base": "ftp://a.org"},
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Openverse(**settings)


def test_what_changes_no_answer_is_no_part_of_its_identity() -> None:
    part = {"kind", "version", "base", "by", "licences", "has_mature", "max_records"}
    assert set(Openverse().identity()) == part
    assert Openverse(base="https://a.org/v1").identity() == (
        Openverse(base="https://a.org/v1/").identity()
    )
