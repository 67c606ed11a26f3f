"""Pictures that are covered first: each reveal is kept, and no vote is taken without one."""

from secrets import token_hex

import pytest

from affekt.campaign import frames, identities
from affekt.campaign.answers import answer, uncover
from affekt.campaign.batch import Card
from affekt.campaign.claim import claim
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.settings import Care
from affekt.campaign.submit import submit
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, ask, wait
from tests.campaign.deeds import say, workers
from tests.campaign.people import FREE, rows

COVERED = FREE.model_copy(update={"care": Care(cover=True)})


@pytest.fixture
def live(opened: Opened) -> Live:
    """A campaign of three questions that covers its pictures."""
    campaign = opened(asking=COVERED)
    ask(campaign, 3)
    open_waiting(campaign)
    return campaign


@pytest.fixture
def ann(live: Live) -> int:
    return workers(live, 1)[0]


def show(live: Live, worker: int, card: Card) -> None:
    uncover(live, worker, card.token, key=token_hex(16))


def refused(live: Live, worker: int, card: Card, said: bool = True) -> str:
    with pytest.raises(NotTaken) as refusal:
        say(live, worker, card, said)
    return refusal.value.reason


def test_no_vote_is_taken_while_the_picture_is_covered(live: Live, ann: int) -> None:
    """C58."""
    card, other, _ = claim(live, ann).cards
    show(live, ann, other)
    assert refused(live, ann, card) == "covered"
    assert rows(live, "SELECT count(*) FROM votes") == [(0,)]
    show(live, ann, card)
    assert say(live, ann, card).state == "kept"


def test_each_answer_needs_a_reveal_of_its_own(live: Live, ann: int) -> None:
    """C58: a picture to which somebody comes back is covered again."""
    card = claim(live, ann).cards[0]
    show(live, ann, card)
    say(live, ann, card, True)
    assert refused(live, ann, card, False) == "covered"
    assert rows(live, "SELECT felt FROM votes") == [(True,)]
    show(live, ann, card)
    assert say(live, ann, card, False).state == "kept"


def test_each_reveal_is_kept_once_with_the_answer_that_followed(live: Live, ann: int) -> None:
    """C58, I5."""
    first, second, _ = claim(live, ann).cards
    uncover(live, ann, first.token, key="a" * 32)
    uncover(live, ann, first.token, key="a" * 32)
    show(live, ann, second)
    say(live, ann, first, key="b" * 32)
    assert rows(live, "SELECT key, answer FROM reveals WHERE answer IS NOT NULL") == [
        ("a" * 32, "b" * 32)
    ]
    assert rows(live, "SELECT count(*) FROM reveals") == [(2,)]
    assert len(identities.access(live, ann)["uncovered"]) == 2


def test_an_answer_sent_again_needs_no_other_reveal(live: Live, ann: int) -> None:
    """I5."""
    card = claim(live, ann).cards[0]
    show(live, ann, card)
    say(live, ann, card, key="k" * 32)
    assert say(live, ann, card, key="k" * 32).state == "repeated"


def test_a_late_answer_needs_a_reveal_too(live: Live, ann: int) -> None:
    """C58, I4."""
    card, other, _ = claim(live, ann).cards
    show(live, ann, card)
    wait(live, HOUR)
    sweep(live)
    assert refused(live, ann, other) == "covered"
    assert say(live, ann, card).state == "late"


def test_nobody_uncovers_what_is_anothers(live: Live, ann: int) -> None:
    card = claim(live, ann).cards[0]
    ben = workers(live, 1)[0]
    with pytest.raises(NotTaken, match="no such picture"):
        show(live, ben, card)


def test_votes_tell_whether_their_picture_was_covered_first(
    opened: Opened, live: Live, ann: int
) -> None:
    """C58: also when the setting is another one since."""
    held = claim(live, ann)
    for card in held.cards:
        show(live, ann, card)
    [say(live, ann, card) for card in held.cards]
    submit(live, ann, held.token)
    bare = opened(asking=FREE)
    ben = workers(bare, 1)[0]
    batch = claim(bare, ben)
    [answer(bare, ben, one.token, False, key=token_hex(16), seconds=1) for one in batch.cards]
    submit(bare, ben, batch.token)
    with frames.moment(bare) as connection:
        told = frames.events(connection, bare)
    by_answer = dict(told.group_by("felt").agg("was_covered").sort("felt").iter_rows())
    assert by_answer == {False: [False] * 3, True: [True] * 3}
