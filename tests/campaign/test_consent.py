"""Consent: a text with a version, agreed to, changed, and taken back."""

import re

import pytest

from affekt.campaign import audit, consent, workers
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.submit import submit
from affekt.errors import NotTaken, UsageError
from tests.campaign.conftest import Opened
from tests.campaign.crowd import ask
from tests.campaign.deeds import counts, do_batch, say, say_all
from tests.campaign.people import FREE, PAID, agree, consenting, invited, rows


@pytest.fixture
def asking(opened: Opened) -> Live:
    """A campaign of four questions that needs no test and pays 1.00 a batch."""
    live = opened(asking=PAID)
    ask(live, 4)
    open_waiting(live)
    return live


def change_text(live: Live) -> None:
    consent.set_text(live, "ann", "2", {"en": "Another text.", "ar": "نص آخر 😀"})


def test_the_text_tells_all_that_it_must(asking: Live) -> None:
    """C57."""
    words = consent.text_of(asking, "de")
    assert words.language == "en"
    assert {"**What this is for.**", "**What may be hard.**", "**What is kept.**"} < set(
        re.findall(r"\*\*.*?\*\*", words.text)
    )
    assert "1.00 USD" in words.text
    assert "{" not in words.text


def test_volunteers_are_told_that_nothing_is_paid(opened: Opened) -> None:
    """C57."""
    assert "without pay" in consent.text_of(opened(asking=FREE)).text


def test_agreeing_is_kept_with_version_hash_and_time_and_once(asking: Live) -> None:
    """C57."""
    worker = invited(asking)
    agree(asking, worker)
    agree(asking, worker)
    words = consent.text_of(asking)
    [(version, sha256, at)] = rows(asking, "SELECT version, text_sha256, at FROM consents")
    assert (version, sha256) == (words.version, words.sha256)
    assert 0 < at <= asking.now()


def test_only_the_text_of_today_can_be_agreed_to(asking: Live) -> None:
    """C57."""
    worker, words = invited(asking), consent.text_of(asking)
    change_text(asking)
    with pytest.raises(NotTaken, match="has changed") as refusal:
        consent.agree(asking, worker, words.version, words.sha256)
    assert refusal.value.reason == "changed"


def test_each_language_of_a_text_counts_as_agreed(asking: Live) -> None:
    """C57; right to left and emoji."""
    worker = invited(asking)
    change_text(asking)
    words = consent.text_of(asking, "ar")
    assert words.text == "نص آخر 😀"
    consent.agree(asking, worker, words.version, words.sha256)
    assert workers.standing(asking, worker).consented


def test_a_text_without_words_is_refused(asking: Live) -> None:
    with pytest.raises(UsageError, match="empty or missing"):
        consent.set_text(asking, "ann", "2", {"en": " "})


def test_a_changed_text_lets_a_batch_end_and_asks_before_the_next(asking: Live) -> None:
    """C57; section 15."""
    worker = consenting(asking)
    batch = claim(asking, worker, size=2)
    change_text(asking)
    say_all(asking, worker, batch)
    assert counts(asking, "votes") == {"counted": 2}
    with pytest.raises(NotTaken) as refusal:
        claim(asking, worker)
    assert refusal.value.reason == "unconsented"
    agree(asking, worker)
    assert len(claim(asking, worker).cards) == 2


def test_changing_the_text_leaves_an_audit_row(asking: Live) -> None:
    """I11."""
    change_text(asking)
    change_text(asking)
    assert audit.rows(asking)["action"].to_list() == ["change consent text"]


def test_withdrawing_excludes_all_votes_and_keeps_pay(asking: Live) -> None:
    """C57, I11."""
    worker = consenting(asking)
    do_batch(asking, worker)
    assert consent.withdraw(asking, worker, "I no longer want to 😀") == 4
    assert counts(asking, "votes") == {"excluded": 4}
    assert workers.standing(asking, worker).due == 1
    assert rows(asking, "SELECT DISTINCT votes, yes, no, log_odds FROM items") == [(0, 0, 0, 0)]
    assert audit.rows(asking).row(0, named=True)["why"] == "I no longer want to 😀"
    assert verify_books(asking.database) == []


def test_withdrawing_ends_the_batch_that_was_begun_and_pays_its_share(asking: Live) -> None:
    """C57, C58."""
    worker = consenting(asking)
    batch = claim(asking, worker)
    say(asking, worker, batch.cards[0])
    consent.withdraw(asking, worker, "")
    assert counts(asking, "assignments") == {"returned": 1}
    assert counts(asking, "votes") == {"excluded": 1}
    assert str(workers.standing(asking, worker).due) == "0.25"
    submit(asking, worker, batch.token)
    assert counts(asking, "votes") == {"excluded": 1}
    assert verify_books(asking.database) == []


def test_an_answer_that_comes_after_withdrawing_is_not_kept(asking: Live) -> None:
    """C57, I9: the browser had it waiting, and its lease is over."""
    worker = consenting(asking)
    batch = claim(asking, worker)
    consent.withdraw(asking, worker, "")
    with pytest.raises(NotTaken) as refusal:
        say(asking, worker, batch.cards[0])
    assert refusal.value.reason == "unconsented"
    assert counts(asking, "votes") == {}
    assert workers.standing(asking, worker).earned == 0


def test_withdrawing_again_or_without_consent_changes_nothing(asking: Live) -> None:
    worker = invited(asking)
    assert consent.withdraw(asking, worker, "") == 0
    assert audit.rows(asking).is_empty()


def test_what_was_decided_with_withdrawn_votes_is_asked_of_others(asking: Live) -> None:
    """C57: decided by three, one of whom withdraws."""
    people = [consenting(asking) for _ in range(4)]
    [do_batch(asking, one) for one in people[:3]]
    assert counts(asking, "items") == {"decided": 4}
    consent.withdraw(asking, people[0], "")
    assert counts(asking, "items") == {"active": 4}
    do_batch(asking, people[3])
    assert counts(asking, "items") == {"decided": 4}
    assert verify_books(asking.database) == []


def test_rates_are_credited_once_after_a_decision_was_undone(asking: Live) -> None:
    """C18: workers are not credited twice with one question."""
    people = [consenting(asking) for _ in range(4)]
    [do_batch(asking, one) for one in people[:3]]
    consent.withdraw(asking, people[0], "")
    do_batch(asking, people[3])
    credited = rows(asking, "SELECT felt_yes FROM enrolments ORDER BY worker")
    assert credited == [(0,), (4,), (4,), (4,)]
