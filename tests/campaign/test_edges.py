"""Rare moments of a campaign: two at once, the last place, the wrong time, nothing to compare."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from secrets import token_hex
from threading import Barrier
from typing import TypeVar

import pytest

from affekt.campaign import workers as people_of
from affekt.campaign.answers import answer
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim
from affekt.campaign.gold import add_gold
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.submit import submit
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken
from affekt.journal.clock import Clock
from affekt.policies.fixed import Fixed
from tests import patience
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, WAY, ask, wait
from tests.campaign.deeds import counts, do_batch, held, say, verdicts, workers
from tests.campaign.people import FREE, PAID, rows
from tests.crowd.asked import questions

T = TypeVar("T")
ROUNDS = 6  # of two that meet, so that each comes first at some time


def at_once(*deeds: Callable[[], T]) -> list[T | str]:
    """Do some deeds at the same moment, and give what each gave or why it was refused."""
    ready = Barrier(len(deeds))

    def one(deed: Callable[[], T]) -> T | str:
        ready.wait(patience.SECONDS)
        try:
            return deed()
        except NotTaken as refusal:
            return refusal.reason

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


@pytest.fixture
def live(opened: Opened) -> Live:
    """A campaign that pays a dollar a batch, and asks nothing yet."""
    return opened(asking=PAID)


@pytest.fixture
def single(opened: Opened) -> Live:
    """A campaign that wants one vote on each question."""
    return opened(policy=Fixed(votes=1), asking=PAID)


def asked(live: Live, n: int, first: int = 0) -> None:
    ask(live, n, first=first)
    open_waiting(live)


def test_of_two_who_claim_the_last_place_one_gets_it(single: Live) -> None:
    """I3."""
    for at in range(ROUNDS):
        asked(single, 1, first=at)
        ann, bob = workers(single, 2)
        got = at_once(lambda: len(claim(single, ann).cards), lambda: len(claim(single, bob).cards))  # noqa: B023
        assert sorted(map(str, got)) == ["1", "finished"]
    assert set(held(single).values()) == {1}


def test_one_person_who_claims_in_two_windows_has_one_batch(live: Live) -> None:
    """C59, I2."""
    asked(live, 12)
    (ann,) = workers(live, 1)
    got = at_once(lambda: claim(live, ann, size=4).token, lambda: claim(live, ann, size=4).token)
    assert got[0] == got[1]
    assert counts(live, "assignments") == {"started": 1}


def test_one_answer_sent_from_two_windows_is_one_vote(live: Live) -> None:
    """I5."""
    asked(live, 8)
    (ann,) = workers(live, 1)
    states = [
        at_once(*[lambda: say(live, ann, card, True, key=card.token).state] * 2)  # noqa: B023
        for card in claim(live, ann).cards
    ]
    assert [sorted(map(str, both)) for both in states] == [["kept", "repeated"]] * 8
    assert counts(live, "votes") == {"draft": 8}


def test_two_answers_under_one_key_at_once_keep_the_first(live: Live) -> None:
    """I5."""
    asked(live, 8)
    (ann,) = workers(live, 1)
    cards = claim(live, ann).cards
    states = [
        at_once(
            lambda: say(live, ann, cards[at], True, key=f"{at}").state,  # noqa: B023
            lambda: say(live, ann, cards[at + 1], True, key=f"{at}").state,  # noqa: B023
        )
        for at in range(0, 8, 2)
    ]
    assert [sorted(map(str, both)) for both in states] == [["conflict", "kept"]] * 4
    assert counts(live, "votes") == {"draft": 4}


def test_an_answer_while_the_batch_is_handed_in_is_never_left_over(live: Live) -> None:
    """I1, I4: it counts with the batch, or comes late."""
    for at in range(ROUNDS):
        asked(live, 3, first=3 * at)
        (ann,) = workers(live, 1)
        batch = claim(live, ann)
        at_once(
            lambda: str(submit(live, ann, batch.token)),  # noqa: B023
            lambda: say(live, ann, batch.cards[0]).state,  # noqa: B023
        )
    assert set(counts(live, "votes")) <= {"counted", "late"}
    assert sum(counts(live, "votes").values()) == ROUNDS
    assert verify_books(live.database) == []


def test_a_lease_that_ends_while_its_batch_is_handed_in_is_paid_once(live: Live) -> None:
    """I4, I10."""
    for at in range(ROUNDS):
        asked(live, 3, first=3 * at)
        (ann,) = workers(live, 1)
        batch = claim(live, ann)
        say(live, ann, batch.cards[0])
        wait(live, HOUR)
        at_once(lambda: str(submit(live, ann, batch.token)), lambda: str(sweep(live)))  # noqa: B023
    assert rows(live, "SELECT count(*) FROM payments") == [(ROUNDS,)]
    assert counts(live, "votes") == {"counted": ROUNDS}
    assert verify_books(live.database) == []


def test_a_late_answer_and_a_claim_for_the_last_place_do_not_both_get_it(single: Live) -> None:
    """I3, I4."""
    for at in range(ROUNDS):
        asked(single, 1, first=at)
        ann, bob = workers(single, 2)
        batch = claim(single, ann)
        wait(single, HOUR)
        sweep(single)
        at_once(
            lambda: say(single, ann, batch.cards[0]).state,  # noqa: B023
            lambda: str(claim(single, bob).token),  # noqa: B023
        )
        assert max(held(single).values()) == 1
    assert verify_books(single.database) == []


def test_a_vote_after_the_decision_is_kept_and_changes_nothing(single: Live) -> None:
    """I4."""
    asked(single, 1)
    ann, bob = workers(single, 2)
    batch = claim(single, ann)
    wait(single, HOUR)
    sweep(single)
    do_batch(single, bob, True)
    before = verdicts(single)
    assert say(single, ann, batch.cards[0], False).state == "not needed"
    assert verdicts(single) == before == {"q000": ("decided", 1)}


def test_a_clock_set_back_between_two_processes_reorders_nothing(
    opened: Opened, place: Path | str
) -> None:
    """I12: what the database knows is never the future."""
    live = opened(asking=PAID)
    asked(live, 3)
    (ann,) = workers(live, 1)
    wait(live, 5 * HOUR)
    do_batch(live, ann)
    last = rows(live, "SELECT max(at) FROM votes")[0][0]
    again = open_campaign(place, WAY._replace(asking=PAID), clock=Clock())
    with closing(again.database):
        assert again.now() >= last


def test_one_person_settles_the_only_question_of_a_campaign(single: Live) -> None:
    asked(single, 1)
    (ann,) = workers(single, 1)
    do_batch(single, ann, False)
    assert verdicts(single) == {"q000": ("decided", 0)}
    with pytest.raises(NotTaken, match="no picture left"):
        claim(single, ann)


def test_a_share_of_gold_without_any_gold_is_no_obstacle(opened: Opened) -> None:
    live = opened(asking=FREE.model_copy(update={"gold_rate": 0.5}))
    asked(live, 10)
    (ann,) = workers(live, 1)
    assert len(do_batch(live, ann).cards) == 10


def test_gold_of_one_answer_only_is_dealt_all_the_same(opened: Opened) -> None:
    """C28."""
    live = opened(asking=FREE.model_copy(update={"gold_rate": 0.5}))
    asked(live, 20)
    add_gold(live, questions("awe", 5, truth="awe"))
    (ann,) = workers(live, 1)
    do_batch(live, ann)
    assert (
        1
        <= rows(live, "SELECT count(*) FROM votes v JOIN items i ON i.id = v.item WHERE i.gold")[0][
            0
        ]
        <= 5
    )


def test_a_crowd_that_always_says_yes_keeps_everything_after_three(live: Live) -> None:
    """C16."""
    asked(live, 6)
    for one in workers(live, 3):
        do_batch(live, one, True)
    assert set(verdicts(live).values()) == {("decided", 1)}
    assert rows(live, "SELECT DISTINCT votes, yes, no FROM items") == [(3, 3, 0)]


def test_a_tie_of_an_even_number_is_no_majority(opened: Opened) -> None:
    """Section 15: even redundancy."""
    live = opened(policy=Fixed(votes=4), asking=FREE)
    asked(live, 3)
    for one, said in zip(workers(live, 4), (True, False, True, False), strict=True):
        do_batch(live, one, said)
    assert {state for state, _ in verdicts(live).values()} == {"decided"}
    assert {verdict for _, verdict in verdicts(live).values()} <= {0, -1}
    assert verify_books(live.database) == []


@pytest.mark.slow
def test_ten_thousand_people_are_invited_at_once(live: Live) -> None:
    made = people_of.invite(live, 10_000)
    assert len({one.secret for one in made}) == len({one.pseudonym for one in made}) == 10_000
    assert people_of.by_secret(live, made[-1].secret).pseudonym == made[-1].pseudonym


@pytest.mark.slow
def test_the_books_add_up_at_every_moment_while_people_work(live: Live) -> None:
    """I3, I6, section 15: a reader sees one moment while others write."""
    asked(live, 12)
    people = workers(live, 6)

    def work(worker: int) -> None:
        batch = claim(live, worker, size=4)
        for card in batch.cards:
            answer(live, worker, card.token, True, key=token_hex(16), seconds=1)
        submit(live, worker, batch.token)

    with ThreadPoolExecutor(6) as pool:
        ends = [pool.submit(work, one) for one in people]
        found = [verify_books(live.database) for _ in range(12)]
        assert [one.result() for one in ends] == [None] * 6
    assert found == [[]] * 12
