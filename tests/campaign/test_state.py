"""Pausing and closing a campaign, on both databases."""

import pytest

from affekt.campaign.answers import answer
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.state import close, pause, resume, state_of
from affekt.campaign.submit import submit
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken, Refused
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, ask, wait
from tests.campaign.deeds import say_all, verdicts, workers
from tests.campaign.people import FREE

WHY = {"why": "a test", "actor": "tester"}


@pytest.fixture
def running(opened: Opened) -> Live:
    live = opened(asking=FREE.model_copy(update={"batch": 3}))
    ask(live, 6)
    open_waiting(live)
    return live


def test_a_paused_campaign_gives_nothing_out_and_takes_what_was_begun(running: Live) -> None:
    first, second = workers(running, 2)
    batch = claim(running, first)
    pause(running, **WHY)
    with pytest.raises(NotTaken, match="is paused"):
        claim(running, second)
    say_all(running, first, batch)
    resume(running, **WHY)
    assert len(claim(running, second).cards) == 3


def test_closing_waits_for_the_last_batch_and_then_decides_the_rest(running: Live) -> None:
    (worker,) = workers(running, 1)
    batch = claim(running, worker)
    assert close(running, **WHY) == "closing"
    say_all(running, worker, batch)
    assert close(running, **WHY) == "closed"
    assert set(verdicts(running).values()) == {("decided", -1)}
    assert verify_books(running.database) == []


def test_a_batch_that_nobody_hands_in_holds_the_closing_up_to_its_end(running: Live) -> None:
    (worker,) = workers(running, 1)
    batch = claim(running, worker)
    close(running, **WHY)
    wait(running, HOUR)
    sweep(running)
    assert state_of(running) == "closed"
    with pytest.raises(NotTaken, match="closed"):
        answer(running, worker, batch.cards[0].token, True, key="k", seconds=1.0)
    assert submit(running, worker, batch.token).answered == 0


def test_closing_again_changes_nothing_and_what_is_closed_is_not_opened(running: Live) -> None:
    assert close(running, **WHY) == close(running, **WHY) == "closed"
    with pytest.raises(Refused, match="is closed and cannot become open"):
        resume(running, **WHY)
