"""Clients, allowances and refusals of an Openverse on this machine."""

import logging
from pathlib import Path

import pytest

from affekt.errors import MissingSecret, NotYet, SourceError
from affekt.fetch.fetcher import Fetcher
from affekt.sources.openverse.door import _TOKENS, Client, _Token
from tests.servers.openverse import (
    BODIES,
    CLIENT,
    SECRET,
    Catalogue,
    Quirks,
    polite,
    source_at,
    with_client,
)
from tests.sources.openverse_asking import (
    Time,
    asked,
    expected,
    fetcher,
    ids,
    nobody,
    time,
)

__all__ = ["fetcher", "nobody", "time"]
NAMES = "OPENVERSE_CLIENT_ID", "OPENVERSE_CLIENT_SECRET"


def test_without_a_client_pages_are_small(fetcher: Fetcher) -> None:
    catalogue = Catalogue(50)
    with catalogue.server:
        found = asked(catalogue, fetcher, per_page=500)
    assert ids(found) == expected(catalogue)
    assert {one["page_size"] for one in catalogue.calls} == {"20"}
    assert catalogue.tokens == []


def test_a_client_gets_large_pages_and_one_token_for_all(fetcher: Fetcher) -> None:
    catalogue = Catalogue(50)
    with catalogue.server, with_client():
        asked(catalogue, fetcher, per_page=500)
        found = asked(catalogue, fetcher, per_page=500)
    assert ids(found) == expected(catalogue)
    assert [one["page_size"] for one in catalogue.calls] == ["500"] * 2
    assert len(catalogue.tokens) == 1


def test_a_token_is_renewed_before_it_ends(fetcher: Fetcher, time: Time) -> None:
    catalogue = Catalogue(5, quirks=Quirks(lives=600))
    with catalogue.server, with_client():
        asked(catalogue, fetcher)
        time.now += 539
        asked(catalogue, fetcher)
        assert len(catalogue.tokens) == 1
        time.now += 1
        asked(catalogue, fetcher)
    assert len(catalogue.tokens) == 2


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_token_that_ended_early_is_renewed_once(fetcher: Fetcher, status: str) -> None:
    catalogue = Catalogue(50, faults={3: status})
    with catalogue.server, with_client():
        found = asked(catalogue, fetcher)
    assert ids(found) == expected(catalogue)
    assert len(catalogue.tokens) == 2


def test_a_token_that_the_server_gives_again_is_understood(tmp_path: Path) -> None:
    for place in ("one", "two"):
        catalogue = Catalogue(5)
        with catalogue.server, with_client():
            found = asked(catalogue, polite(tmp_path / place))
        assert ids(found) == expected(catalogue)
        assert catalogue.tokens == ["openverse-canary-token-0"]


def test_a_client_that_is_refused_again_ends_the_run(fetcher: Fetcher) -> None:
    catalogue = Catalogue(50, always="401")
    with catalogue.server, with_client(), pytest.raises(MissingSecret, match=NAMES[0]):
        asked(catalogue, fetcher)
    assert len(catalogue.calls) == 2


def test_a_wrong_secret_ends_the_run_and_names_its_variable(fetcher: Fetcher) -> None:
    catalogue = Catalogue(50)
    with catalogue.server, with_client(secret="wrong"), pytest.raises(MissingSecret) as caught:
        asked(catalogue, fetcher)
    assert all(name in str(caught.value) for name in NAMES)
    assert catalogue.calls == []


@pytest.mark.parametrize("fault", ["500", "html", "empty", "list", "bare"])
def test_without_a_token_nothing_is_asked(fetcher: Fetcher, fault: str) -> None:
    catalogue = Catalogue(50)
    catalogue.token_fault = fault
    with catalogue.server, with_client(), pytest.raises(SourceError, match="token"):
        asked(catalogue, fetcher)
    assert catalogue.calls == []


@pytest.mark.parametrize(
    "fault", [*sorted(BODIES), "500", "502", "408", "424", "429", "reset", "short"]
)
def test_trouble_that_may_heal_is_asked_again(fetcher: Fetcher, fault: str) -> None:
    """B31."""
    catalogue = Catalogue(30, faults=dict.fromkeys((1, 3, 5), fault))
    with catalogue.server:
        found = asked(catalogue, fetcher)
    assert ids(found) == expected(catalogue)
    assert len(catalogue.calls) == len(catalogue.answered) + 3


@pytest.mark.parametrize("fault", ["html", "broken", "500"])
def test_trouble_that_does_not_heal_ends_in_the_servers_words(fetcher: Fetcher, fault: str) -> None:
    """B31."""
    catalogue = Catalogue(30, always=fault)
    with catalogue.server, pytest.raises(SourceError, match="asked 3 times") as caught:
        asked(catalogue, fetcher)
    assert len(catalogue.calls) == 3
    assert str(caught.value).startswith(f"{source_at(catalogue).base}images/: ")


@pytest.mark.parametrize("fault", ["400", "401", "403", "404"])
def test_a_refusal_for_good_ends_the_run(fetcher: Fetcher, fault: str) -> None:
    catalogue = Catalogue(30, faults={2: fault})
    with catalogue.server, pytest.raises(SourceError, match=f"Trouble {fault}"):
        asked(catalogue, fetcher)
    assert len(catalogue.calls) == 2


def test_a_server_that_asks_to_wait_is_obeyed(fetcher: Fetcher, time: Time) -> None:
    """B23."""
    catalogue = Catalogue(10, faults={2: "later-7"})
    with catalogue.server:
        found = asked(catalogue, fetcher)
    assert ids(found) == expected(catalogue)
    assert time.rests == [7.0]


def test_calls_come_evenly_where_few_are_left(fetcher: Fetcher, time: Time) -> None:
    catalogue = Catalogue(35, quirks=Quirks(left=(19, 5, 4, 0, 19)))
    with catalogue.server:
        asked(catalogue, fetcher)
    assert time.rests == [3.0, 60.0]


def test_an_allowance_of_a_day_that_is_used_up_ends_the_run(fetcher: Fetcher, time: Time) -> None:
    catalogue = Catalogue(35, quirks=Quirks(limit="200/day", left=(1, 0)))
    with catalogue.server, pytest.raises(NotYet, match=r"0 of 200/day calls .* 24 hours"):
        asked(catalogue, fetcher)
    assert len(catalogue.calls) == 2
    assert time.rests == []


def test_no_more_calls_are_made_than_wished(fetcher: Fetcher, time: Time) -> None:
    catalogue = Catalogue(21)
    with catalogue.server:
        asked(catalogue, fetcher, calls_per_minute=2)
    assert len(catalogue.calls) == 3
    assert time.rests == [60.0]


@pytest.mark.parametrize("fault", ["echo-500", "echo-400", "echo-401", "echo-403", "404", "reset"])
@pytest.mark.parametrize("is_of_token", [False, True])
def test_no_trouble_shows_a_secret(
    fetcher: Fetcher, fault: str, is_of_token: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """B35."""
    catalogue = Catalogue(20, always=fault)
    catalogue.token_fault = fault if is_of_token else None
    with catalogue.server, with_client(), caplog.at_level(logging.DEBUG):
        with pytest.raises((SourceError, MissingSecret)) as caught:
            asked(catalogue, fetcher)
        shown = f"{caught.value}{caught.value!r}{caplog.text}{source_at(catalogue)!r}"
    assert not [one for one in (CLIENT, SECRET, *catalogue.tokens) if one in shown]
    assert "\x1b" not in shown


def test_neither_pages_nor_files_hold_a_secret(fetcher: Fetcher, tmp_path: Path) -> None:
    """B35."""
    catalogue = Catalogue(20)
    with catalogue.server, with_client():
        found = asked(catalogue, fetcher)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    secrets = (CLIENT, SECRET, *catalogue.tokens)
    assert len(secrets) == 3
    assert not [one for one in secrets if one in repr(found) or one.encode() in written]


def test_what_holds_a_secret_does_not_show_it() -> None:
    """B35."""
    assert "canary" not in repr(Client(CLIENT, SECRET, "NAMES"))
    assert "canary" not in repr(_Token("canary", 0.0))
    assert "canary" not in repr(_TOKENS)
