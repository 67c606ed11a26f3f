"""What people see of their own earlier batches."""

from decimal import Decimal

import pytest

from affekt.campaign import past
from affekt.campaign.claim import claim
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.submit import submit
from affekt.campaign.sweep import sweep
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, ask, wait
from tests.campaign.deeds import do_batch, say
from tests.campaign.people import PAID, consenting


@pytest.fixture
def asking(opened: Opened) -> Live:
    live = opened(asking=PAID)
    ask(live, 4)
    open_waiting(live)
    return live


def test_a_batch_is_told_with_what_it_brought(asking: Live) -> None:
    """C61."""
    worker = consenting(asking)
    do_batch(asking, worker)
    [one] = past.batches(asking, worker)
    assert (one.state, one.answers, one.earned) == ("submitted", 4, Decimal("1.00"))
    assert past.batches(asking, consenting(asking)) == []


def test_answers_that_came_later_are_earned_with_their_batch(asking: Live) -> None:
    """C61, I4: one line for the batch, and one for each later answer."""
    worker = consenting(asking)
    batch = claim(asking, worker)
    say(asking, worker, batch.cards[0])
    wait(asking, HOUR)
    sweep(asking)
    for card in batch.cards[1:3]:
        say(asking, worker, card)
    submit(asking, worker, batch.token)
    [one] = past.batches(asking, worker)
    assert (one.state, one.answers, one.earned) == ("expired", 3, Decimal("0.75"))
