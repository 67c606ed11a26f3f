"""Letters of workers, and what they are told."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from affekt.campaign import audit, messages
from affekt.campaign.live import Live
from affekt.errors import NotTaken
from tests.campaign.crowd import HOUR, wait
from tests.campaign.people import invited


def test_a_complaint_is_answered(live: Live) -> None:
    """C61, I11."""
    worker = invited(live)
    messages.complain(live, worker, "  my batch is gone 😀  ")
    messages.answer(live, worker, "it is back", "ann")
    assert [(one.direction, one.text) for one in messages.of_worker(live, worker)] == [
        ("from worker", "my batch is gone 😀"), ("to worker", "it is back"),
    ]  # fmt: skip
    assert audit.rows(live)["action"].to_list() == ["write to worker"]


def test_unread_letters_come_first(live: Live) -> None:
    worker = invited(live)
    messages.complain(live, worker, "one")
    messages.complain(live, worker, "two")
    messages.mark_read(live, messages.inbox(live)[0].id)
    assert [(one.text, one.is_read) for one in messages.inbox(live)] == [
        ("two", False), ("one", True),
    ]  # fmt: skip


def test_a_worker_reads_what_was_written_to_them_and_to_nobody_else(live: Live) -> None:
    """I13."""
    ann, bob = invited(live), invited(live)
    messages.answer(live, ann, "for you", "owner")
    messages.mark_all_read(live, bob)
    assert not messages.of_worker(live, ann)[0].is_read
    messages.mark_all_read(live, ann)
    assert messages.of_worker(live, ann)[0].is_read
    assert messages.of_worker(live, bob) == []


@pytest.mark.parametrize(
    ("words", "reason"), [("", "empty"), (" \n", "empty"), ("x" * 4001, "too long")]
)
def test_what_is_no_letter_is_refused(live: Live, words: str, reason: str) -> None:
    with pytest.raises(NotTaken) as refusal:
        messages.complain(live, invited(live), words)
    assert refusal.value.reason == reason


def complain_often(live: Live, worker: int, n: int) -> None:
    for at in range(n):
        messages.complain(live, worker, f"again {at}")


def test_letters_in_a_day_have_an_end(live: Live) -> None:
    """C69."""
    worker = invited(live)
    complain_often(live, worker, 20)
    with pytest.raises(NotTaken, match="24 hours are enough"):
        messages.complain(live, worker, "again")
    wait(live, 25 * HOUR)
    messages.complain(live, worker, "again")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(categories=("L", "S", "P", "Cf", "Cs")), min_size=1))
def test_any_words_can_be_written(live: Live, words: str) -> None:
    """Emoji, right-to-left marks, halves of surrogate pairs."""
    worker = invited(live)
    messages.answer(live, worker, f"{words}\0", "ann")
    [found] = messages.of_worker(live, worker)
    assert found.text.endswith("�")
    assert "\0" not in found.text
