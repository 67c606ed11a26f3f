"""What people of the research side decide: reasons, audit rows, and tallies that still add up."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from affekt.campaign import audit, consent, messages, money, review, workers
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.recount import recount
from affekt.campaign.settings import Pay
from affekt.campaign.submit import submit
from affekt.errors import NotTaken, Refused, UsageError
from affekt.policies.bayes import Bayes
from tests.campaign.conftest import Opened
from tests.campaign.crowd import ask
from tests.campaign.deeds import counts, do_batch, say, verdicts
from tests.campaign.people import PAID, agree, consenting, rows, run

WHY = "always the same key"
LOG_ODDS = "SELECT log_odds FROM items ORDER BY id"
TOLD = {"why": WHY, "actor": "ann"}
Deed = Callable[..., Any]


@pytest.fixture
def asking(opened: Opened) -> Live:
    """A campaign of three questions that needs no test and pays 1.00 a batch."""
    live = opened(asking=PAID)
    ask(live, 3)
    open_waiting(live)
    return live


def decided(live: Live, said: bool = True) -> list[int]:
    """Let three people answer everything alike, and give them."""
    people = [consenting(live) for _ in range(3)]
    [do_batch(live, one, said) for one in people]
    return people


def batch_ids(live: Live) -> list[int]:
    return [row[0] for row in rows(live, "SELECT id FROM assignments ORDER BY id")]


def test_excluded_votes_leave_tallies_and_decisions_and_keep_pay(asking: Live) -> None:
    """C30, I6, I11."""
    people = decided(asking)
    assert review.exclude_votes(asking, "ann", WHY, worker=people[0]) == 3
    assert set(verdicts(asking).values()) == {("active", None)}
    assert counts(asking, "slots")["open"] == 3
    assert workers.standing(asking, people[0]).due == 1
    assert audit.rows(asking).row(0, named=True)["action"] == "exclude votes"
    assert verify_books(asking.database) == []


def test_what_is_decided_without_the_excluded_vote_too_stays_decided(asking: Live) -> None:
    """C19: the decision names the votes that it rests on."""
    people = decided(asking)
    run(asking, "UPDATE items SET most = 5")
    first = rows(asking, "SELECT seq FROM votes WHERE worker = :w ORDER BY seq", w=people[0])[0][0]
    review.reopen_item(asking, "ann", "q000", "one more look", most=7)
    review.exclude_votes(asking, "ann", WHY, seqs=[first])
    assert verify_books(asking.database) == []


def test_restored_votes_count_again(asking: Live) -> None:
    """I11: counted ⇄ excluded."""
    people = decided(asking)
    review.exclude_votes(asking, "ann", WHY, worker=people[0])
    assert review.restore_votes(asking, "ann", "looked again", worker=people[0]) == 3
    assert set(verdicts(asking).values()) == {("decided", 1)}
    assert verify_books(asking.database) == []


def test_votes_whose_places_are_taken_stay_excluded(asking: Live) -> None:
    """I3."""
    people = decided(asking)
    review.exclude_votes(asking, "ann", WHY, worker=people[0])
    others = [consenting(asking) for _ in range(2)]
    do_batch(asking, others[0], False)
    do_batch(asking, others[1], False)
    do_batch(asking, consenting(asking), True)
    assert rows(asking, "SELECT DISTINCT votes FROM items") == [(5,)]
    assert review.restore_votes(asking, "ann", "looked again", worker=people[0]) == 0
    assert verify_books(asking.database) == []


def test_votes_of_somebody_who_withdrew_stay_excluded(asking: Live) -> None:
    """C57."""
    people = decided(asking)
    consent.withdraw(asking, people[0], "")
    assert review.restore_votes(asking, "ann", "please", worker=people[0]) == 0
    agree(asking, people[0])
    assert review.restore_votes(asking, "ann", "back again", worker=people[0]) == 0


def test_excluding_nothing_leaves_no_audit_row(asking: Live) -> None:
    assert review.exclude_votes(asking, "ann", WHY, seqs=[7]) == 0
    assert audit.rows(asking).is_empty()


def test_log_odds_come_back_as_they_were(opened: Opened) -> None:
    """C18, I6."""
    live = opened(asking=PAID, policy=Bayes(min_votes=5, max_votes=7))
    ask(live, 3)
    open_waiting(live)
    people = decided(live)
    before = rows(live, LOG_ODDS)
    review.exclude_votes(live, "ann", WHY, worker=people[0])
    assert rows(live, LOG_ODDS) != before
    review.restore_votes(live, "ann", "looked again", worker=people[0])
    after = rows(live, LOG_ODDS)
    assert [one for (one,) in after] == pytest.approx([one for (one,) in before])


def test_a_recount_mends_a_tally(asking: Live) -> None:
    """I6."""
    decided(asking)
    run(asking, "UPDATE items SET yes = 9, votes = 9, log_odds = 9")
    ids = [row[0] for row in rows(asking, "SELECT id FROM items")]
    asking.database.write(lambda to: recount(to, asking, ids))
    assert verify_books(asking.database) == []


def test_a_closed_campaign_says_undecided_where_votes_are_gone(asking: Live) -> None:
    people = decided(asking)
    review.close(asking, **TOLD)
    review.exclude_votes(asking, "ann", WHY, worker=people[0])
    assert set(verdicts(asking).values()) == {("decided", -1)}
    assert verify_books(asking.database) == []


def test_somebody_suspended_gets_nothing_new_and_keeps_pay(asking: Live) -> None:
    """I9, I11."""
    worker = consenting(asking)
    do_batch(asking, worker)
    review.suspend(asking, "ann", worker, WHY)
    review.suspend(asking, "ann", worker, WHY)
    with pytest.raises(NotTaken) as refusal:
        claim(asking, worker)
    assert refusal.value.reason == "suspended"
    assert workers.standing(asking, worker).due == 1
    review.unsuspend(asking, "ann", worker, "a mistake")
    assert workers.standing(asking, worker).state == "active"
    assert audit.rows(asking)["action"].to_list() == ["unsuspend", "suspend"]


def test_a_batch_handed_in_after_a_suspension_is_paid_and_does_not_count(asking: Live) -> None:
    """I9; section 15."""
    worker = consenting(asking)
    batch = claim(asking, worker)
    [say(asking, worker, card) for card in batch.cards]
    review.suspend(asking, "ann", worker, WHY)
    submit(asking, worker, batch.token)
    assert counts(asking, "votes") == {"excluded": 3}
    assert workers.standing(asking, worker).due == 1
    assert verify_books(asking.database) == []


def test_a_batch_is_approved_once(asking: Live) -> None:
    worker = consenting(asking)
    do_batch(asking, worker)
    review.approve(asking, "ann", batch_ids(asking))
    review.approve(asking, "ann", batch_ids(asking))
    assert workers.standing(asking, worker).approvals == 1
    assert audit.rows(asking).height == 1


def test_nothing_is_approved_past_the_cap(asking: Live) -> None:
    """C41."""
    do_batch(asking, consenting(asking))
    pay = Pay(per_batch=Decimal(1), cap=Decimal("0.50"))
    poorer = replace(asking, asking=PAID.model_copy(update={"pay": pay}))
    with pytest.raises(NotTaken, match="cap"):
        review.approve(poorer, "ann", batch_ids(asking))


def test_a_rejected_batch_is_told_and_paid_all_the_same(asking: Live) -> None:
    """C30, I11."""
    worker = consenting(asking)
    do_batch(asking, worker)
    review.reject(asking, "ann", batch_ids(asking), WHY)
    assert counts(asking, "assignments") == {"rejected": 1}
    assert money.totals(asking).due == 1
    assert WHY in messages.of_worker(asking, worker)[0].text
    with pytest.raises(NotTaken, match="can be approved"):
        review.approve(asking, "ann", batch_ids(asking))
    review.override(asking, "ann", batch_ids(asking)[0], "looked again")
    assert counts(asking, "assignments") == {"approved": 1}
    assert len(messages.of_worker(asking, worker)) == 2


def test_of_several_batches_all_are_judged_or_none(asking: Live) -> None:
    do_batch(asking, consenting(asking))
    with pytest.raises(NotTaken, match="no batch 99"):
        review.approve(asking, "ann", [*batch_ids(asking), 99])
    assert counts(asking, "assignments") == {"submitted": 1}


def test_a_withdrawn_question_is_asked_of_nobody(asking: Live) -> None:
    """I11."""
    review.withdraw_item(asking, "ann", "q001", "hurts people")
    review.withdraw_item(asking, "ann", "q001", "hurts people")
    batch = claim(asking, consenting(asking))
    assert len(batch.cards) == 2
    assert verdicts(asking)["q001"] == ("withdrawn", None)
    assert audit.rows(asking).height == 1
    assert verify_books(asking.database) == []


def test_a_decided_question_is_reopened_for_seven(asking: Live) -> None:
    """Section 15: quota raised from 5 to 7 on decided items."""
    decided(asking)
    review.reopen_item(asking, "ann", "q000", "too close", most=7)
    assert verdicts(asking)["q000"] == ("active", None)
    assert counts(asking, "slots")["open"] == 1
    do_batch(asking, consenting(asking))
    assert verdicts(asking)["q000"] == ("decided", 1)
    assert verify_books(asking.database) == []


def test_what_is_asked_already_cannot_be_reopened(asking: Live) -> None:
    with pytest.raises(NotTaken, match="is asked already"):
        review.reopen_item(asking, "ann", "q000", "why not")


def test_fewer_votes_than_there_are_cannot_be_wanted(asking: Live) -> None:
    decided(asking)
    with pytest.raises(UsageError, match="3 have answered"):
        review.reopen_item(asking, "ann", "q000", "too close", most=2)


def test_a_question_that_is_none_is_told(asking: Live) -> None:
    with pytest.raises(NotTaken, match="no question"):
        review.withdraw_item(asking, "ann", "سؤال 😀", "why not")


@pytest.mark.parametrize(
    "deed",
    [
        lambda live: review.exclude_votes(live, "ann", " ", worker=1),
        lambda live: review.restore_votes(live, "ann", "", worker=1),
        lambda live: review.suspend(live, "ann", 1, "  "),
        lambda live: review.unsuspend(live, "ann", 1, ""),
        lambda live: review.reject(live, "ann", [1], ""),
        lambda live: review.override(live, "ann", 1, ""),
        lambda live: review.withdraw_item(live, "ann", "q000", ""),
        lambda live: review.reopen_item(live, "ann", "q000", ""),
    ],
)
def test_no_such_deed_without_a_reason(asking: Live, deed: Callable[[Live], Any]) -> None:
    """C30, I11."""
    with pytest.raises(NotTaken, match="needs a reason") as refusal:
        deed(asking)
    assert refusal.value.reason == "reason"


def test_a_campaign_takes_its_course(asking: Live) -> None:
    """Section 4, I11."""
    review.pause(asking, **TOLD)
    review.resume(asking, **TOLD)
    assert review.close(asking, **TOLD) == "closed"
    assert review.archive(asking, **TOLD) == "archived"
    assert audit.rows(asking)["action"].to_list() == [
        f"set {one}" for one in ("archived", "closed", "closing", "open", "paused")
    ]


@pytest.mark.parametrize(
    ("state", "deed"),
    [("draft", review.pause), ("draft", review.close), ("draft", review.archive),
     ("open", review.archive), ("paused", review.archive), ("closed", review.resume),
     ("closed", review.pause), ("archived", review.resume), ("archived", review.pause)],
)  # fmt: skip
def test_a_campaign_takes_no_other_way(asking: Live, state: str, deed: Deed) -> None:
    """Section 4."""
    run(asking, "UPDATE campaigns SET state = :state", state=state)
    with pytest.raises(Refused, match=f"the campaign is {state}"):
        deed(asking, **TOLD)
    assert review.state_of(asking) == state


def test_a_campaign_is_opened_only_where_it_can_pay_a_batch(opened: Opened) -> None:
    """C41."""
    pay = Pay(per_batch=Decimal(2), cap=Decimal(1))
    live = opened(asking=PAID.model_copy(update={"pay": pay}))
    run(live, "UPDATE campaigns SET state = 'draft'")
    with pytest.raises(NotTaken, match="exceed the cap"):
        review.resume(live, **TOLD)


def test_everything_is_paused_at_once(asking: Live) -> None:
    """C62, I11."""
    assert review.pause_everything(asking, **TOLD) == 1
    assert review.pause_everything(asking, **TOLD) == 0
    assert audit.rows(asking).height == 1
    with pytest.raises(NotTaken) as refusal:
        claim(asking, consenting(asking))
    assert refusal.value.reason == "paused"


class Reviews(RuleBasedStateMachine):
    """Answers, exclusions, restorations, suspensions, withdrawals in any order."""

    live: Live
    people: list[int]

    @rule(at=st.integers(0, 4), said=st.booleans())
    def work(self, at: int, said: bool) -> None:
        try:
            do_batch(self.live, self.people[at], said, size=2)
        except NotTaken:
            return

    @rule(at=st.integers(0, 4))
    def exclude(self, at: int) -> None:
        review.exclude_votes(self.live, "ann", WHY, worker=self.people[at])

    @rule(at=st.integers(0, 4))
    def restore(self, at: int) -> None:
        review.restore_votes(self.live, "ann", WHY, worker=self.people[at])

    @rule(at=st.integers(0, 4), lifts=st.booleans())
    def suspend(self, at: int, lifts: bool) -> None:
        [review.suspend, review.unsuspend][lifts](self.live, "ann", self.people[at], WHY)

    @rule(at=st.integers(3, 4))
    def leave(self, at: int) -> None:
        consent.withdraw(self.live, self.people[at], "")

    @rule(at=st.integers(0, 2))
    def reopen(self, at: int) -> None:
        try:
            review.reopen_item(self.live, "ann", f"q00{at}", WHY)
        except NotTaken:
            return

    @invariant()
    def books_add_up(self) -> None:
        assert verify_books(self.live.database) == []


@pytest.mark.slow
def test_the_books_add_up_whatever_is_reviewed(asking: Live) -> None:
    """I3, I6, I10, I11, C19."""
    names = {"live": asking, "people": [consenting(asking) for _ in range(5)]}
    machine = type("TheseReviews", (Reviews,), names)
    run_state_machine_as_test(
        machine, settings=settings(max_examples=6, stateful_step_count=15, deadline=None)
    )
