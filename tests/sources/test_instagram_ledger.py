"""The 30 hashtags that an account may ask for in seven days."""

import json
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import pytest

from affekt.errors import Damaged, NotYet
from affekt.sources.instagram.ledger import WINDOW, Ledger

USER = "17841400000000042"
START = 1_772_366_400.0  # 2026-03-01 12:00 UTC
HOUR = 3600.0


class Time:
    """A time that stands until it is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    """Noon of the first of March."""
    return Time()


@pytest.fixture
def ledger(tmp_path: Path, time: Time) -> Ledger:
    """An empty one with three places."""
    return Ledger(tmp_path / "ledger", USER, 3, time)


def claim(ledger: Ledger, *names: str) -> None:
    for name in names:
        ledger.claim(name)


def later(ledger: Ledger, now: Callable[[], float]) -> Ledger:
    """Give the ledger of another run."""
    return Ledger(ledger.path.parent, USER, ledger.most, now)


def test_as_many_as_there_are_places_may_be_claimed(ledger: Ledger) -> None:
    claim(ledger, "a", "b", "c")
    with pytest.raises(NotYet, match="0 of 3 places"):
        ledger.claim("d")


def test_a_repeat_is_free(ledger: Ledger, time: Time) -> None:
    claim(ledger, "a", "b", "c")
    claim(later(ledger, time), "a", "b", "c", "a")


def test_a_refusal_says_when_a_place_is_free(ledger: Ledger, time: Time) -> None:
    ledger.claim("a")
    time.now += 5 * HOUR
    claim(ledger, "b", "c")
    with pytest.raises(NotYet, match="from 2026-03-08 12:01 UTC on"):
        ledger.claim("d")
    with pytest.raises(NotYet, match=r"#d, #e would be new.* from 2026-03-08 17:01 UTC on"):
        ledger.check(["d", "e"])


def test_a_place_is_free_after_seven_days_whatever_was_repeated(ledger: Ledger, time: Time) -> None:
    claim(ledger, "a", "b", "c")
    time.now = START + WINDOW - 1
    ledger.claim("a")
    with pytest.raises(NotYet):
        ledger.claim("d")
    time.now = START + WINDOW
    claim(ledger, "d", "e", "f")


def test_a_check_claims_nothing(ledger: Ledger) -> None:
    ledger.check(["a", "b", "c"])
    claim(ledger, "d", "e", "f")


def test_what_only_the_server_knows_of_counts(ledger: Ledger) -> None:
    ledger.meet([("1", None), ("2", "b")])
    ledger.claim("b")
    ledger.claim("c")
    with pytest.raises(NotYet):
        ledger.claim("d")


def test_what_the_server_lists_no_longer_counts_no_longer(ledger: Ledger) -> None:
    ledger.meet([("1", None), ("2", None), ("3", "c")])
    ledger.meet([("2", None)])
    claim(ledger, "a", "b")


def test_what_we_asked_for_counts_though_the_server_does_not_list_it(ledger: Ledger) -> None:
    claim(ledger, "a", "b", "c")
    ledger.settle("a", "1")
    ledger.meet([])
    with pytest.raises(NotYet):
        ledger.claim("d")


def test_a_hashtag_listed_by_its_id_alone_counts_once_its_name_is_known(ledger: Ledger) -> None:
    ledger.meet([("1", None)])
    ledger.claim("a")
    ledger.settle("a", "1")
    ledger.meet([("1", None)])
    claim(ledger, "b", "c")


def test_a_place_counts_from_when_the_server_was_first_seen_to_list_it(
    ledger: Ledger, time: Time
) -> None:
    ledger.meet([("1", None)])
    time.now += HOUR
    claim(ledger, "a", "b")
    ledger.settle("a", "1")
    ledger.claim("c")
    with pytest.raises(NotYet, match="from 2026-03-08 12:01 UTC on"):
        ledger.claim("d")


def test_the_account_is_not_written_down(ledger: Ledger) -> None:
    ledger.claim("a")
    written = [path for path in ledger.path.parent.rglob("*") if path.is_file()]
    assert ledger.path in written
    assert not [path for path in written if USER in path.name or USER in path.read_text()]


def test_each_account_has_its_own_places(ledger: Ledger, time: Time) -> None:
    claim(ledger, "a", "b", "c")
    Ledger(ledger.path.parent, "7", 3, time).claim("d")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"asked": {"a": 1}}', '{"asked": []}', "\udcff"])
def test_a_damaged_ledger_is_not_believed(ledger: Ledger, text: str) -> None:
    ledger.claim("a")
    ledger.path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Damaged, match="remove it"):
        ledger.claim("b")


def _claims(folder: str, first: int) -> list[str]:
    taken = []
    ledger = Ledger(Path(folder), USER, 30, lambda: START)
    for number in range(first, first + 20):
        try:
            ledger.claim(f"tag{number}")
        except NotYet:
            continue
        taken.append(f"tag{number}")
    return taken


@pytest.mark.slow
def test_processes_together_never_claim_more(tmp_path: Path) -> None:
    with get_context("spawn").Pool(4) as pool:
        taken = pool.starmap(_claims, [(str(tmp_path), 20 * number) for number in range(4)])
    names = [name for one in taken for name in one]
    assert len(names) == len(set(names)) == 30
    written = json.loads(next(tmp_path.glob("*.json")).read_text())
    assert sorted(written["asked"]) == sorted(names)
