"""Money: exact, traced, paid once, within the cap, and fair."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from affekt.campaign import audit, money, workers
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.settings import Pay
from affekt.campaign.submit import submit
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, MINUTE, ask, wait
from tests.campaign.deeds import do_batch, say, say_all
from tests.campaign.people import FREE, PAID, consenting, invited, rows, run, together


def paying(opened: Opened, questions: int = 4, **pay: Any) -> Live:
    """Give a campaign that asks some questions and pays 1.00 a batch, or otherwise."""
    settings = Pay(**{"per_batch": Decimal("1.00"), **pay})
    live = opened(asking=PAID.model_copy(update={"pay": settings}))
    ask(live, questions)
    open_waiting(live)
    return live


def give(live: Live, worker: int, amount: str = "0.50", *, key: str = "k") -> Decimal:
    return money.bonus(live, worker, Decimal(amount), "found a broken picture", "ann", key)


@pytest.mark.parametrize(
    ("per_batch", "answered", "amount"),
    [("1.00", 4, "1.00"), ("1.00", 1, "0.25"), ("0.105", 4, "0.11"), ("0.105", 2, "0.05"),
     ("0.10", 1, "0.03"), ("0.02", 1, "0.01"), ("0.01", 1, "0.00")],
)  # fmt: skip
def test_a_batch_pays_its_share_halves_up(
    opened: Opened, per_batch: str, answered: int, amount: str
) -> None:
    """C38; section 15: a reward of 0.105."""
    live = paying(opened, per_batch=Decimal(per_batch))
    worker = consenting(live)
    batch = claim(live, worker)
    [say(live, worker, card) for card in batch.cards[:answered]]
    assert submit(live, worker, batch.token).earned == Decimal(amount)
    assert money.totals(live).due == Decimal(amount)


def test_answers_that_came_late_bring_what_the_batch_would(opened: Opened) -> None:
    """I10, C38: half a cent each, and never a cent for each."""
    pay = Pay(per_batch=Decimal("0.02"))
    live = opened(asking=FREE.model_copy(update={"pay": pay, "batch": 4}))
    ask(live, 4)
    open_waiting(live)
    worker = consenting(live)
    batch = claim(live, worker)
    wait(live, HOUR)
    sweep(live)
    [say(live, worker, card) for card in batch.cards]
    assert money.totals(live).earned == Decimal("0.02")
    assert verify_books(live.database) == []


def test_yen_have_no_parts(opened: Opened) -> None:
    """C38."""
    live = paying(opened, per_batch=Decimal("10.5"), currency="JPY")
    do_batch(live, consenting(live))
    assert str(money.totals(live).due) == "11"


def test_handing_in_again_pays_nothing_more(opened: Opened) -> None:
    """I10."""
    live = paying(opened)
    worker = consenting(live)
    batch = do_batch(live, worker)
    submit(live, worker, batch.token)
    assert [line.amount for line in money.lines(live)] == [1]
    assert verify_books(live.database) == []


def test_volunteers_have_no_lines(opened: Opened) -> None:
    live = paying(opened, per_batch=Decimal(0))
    do_batch(live, consenting(live))
    assert money.lines(live) == []


def test_a_bonus_is_given_once_by_its_key(live: Live) -> None:
    """I10, I11."""
    worker = invited(live)
    assert give(live, worker) == give(live, worker) == Decimal("0.50")
    assert money.totals(live).due == Decimal("0.50")
    assert audit.rows(live)["action"].to_list() == ["give a bonus"]


def test_a_key_of_another_bonus_is_refused(live: Live) -> None:
    """I10."""
    worker = invited(live)
    give(live, worker)
    with pytest.raises(NotTaken, match="another bonus") as refusal:
        give(live, worker, "0.60")
    assert refusal.value.reason == "conflict"
    assert money.totals(live).due == Decimal("0.50")


@pytest.mark.parametrize("amount", ["0", "-1", "0.004"])
def test_a_bonus_of_nothing_is_refused(live: Live, amount: str) -> None:
    with pytest.raises(NotTaken, match="above 0"):
        give(live, invited(live), amount)


def test_a_bonus_given_by_many_at_once_is_one_line(live: Live) -> None:
    """I10."""
    worker = invited(live)
    together(6, lambda: give(live, worker))
    assert len(money.lines(live)) == 1


def test_nothing_is_given_past_the_cap(opened: Opened) -> None:
    """C41."""
    live = paying(opened, cap=Decimal("1.00"))
    worker = invited(live)
    give(live, worker, "0.60")
    with pytest.raises(NotTaken, match="exceed the cap") as refusal:
        give(live, worker, "0.41", key="other")
    assert refusal.value.reason == "cap"
    give(live, worker, "0.40", key="other")


def test_work_that_was_done_is_paid_past_the_cap_and_pauses(opened: Opened) -> None:
    """C41, C58."""
    live = paying(opened, per_batch=Decimal("2.00"), cap=Decimal("1.50"))
    worker = consenting(live)
    do_batch(live, worker)
    assert money.totals(live).due == 2
    assert rows(live, "SELECT state FROM campaigns") == [("paused",)]


def test_nine_tenths_of_the_cap_pause_once(opened: Opened) -> None:
    """C41, I11."""
    live = paying(opened, per_batch=Decimal("0.01"), cap=Decimal("10.00"))
    worker = invited(live)
    give(live, worker, "8.99", key="first")
    assert rows(live, "SELECT state FROM campaigns") == [("open",)]
    give(live, worker, "0.01", key="second")
    assert rows(live, "SELECT state FROM campaigns") == [("paused",)]
    run(live, "UPDATE campaigns SET state = 'open'")
    give(live, worker, "0.01", key="third")
    assert rows(live, "SELECT state FROM campaigns") == [("open",)]
    assert audit.rows(live)["actor"].to_list() == ["ann", "ann", "affekt", "ann"]


def test_a_line_goes_from_due_to_paid_and_is_sent_once(live: Live) -> None:
    """I10."""
    give(live, invited(live))
    [line] = money.lines(live, "due")
    assert [one.id for one in money.request(live, [line.id], "ann")] == [line.id]
    assert money.request(live, [line.id], "ann") == []
    money.paid(live, [line.id], "ann")
    assert money.paid(live, [line.id], "ann") == []
    assert money.totals(live).paid == Decimal("0.50")


def test_what_failed_can_be_tried_again(live: Live) -> None:
    give(live, invited(live))
    [line] = money.lines(live)
    money.request(live, [line.id], "ann")
    money.failed(live, [line.id], "ann", "no such account")
    money.retry(live, [line.id], "ann")
    assert money.lines(live)[0].state == "due"


@pytest.mark.parametrize("deed", ["paid", "failed", "retry", "voided"])
def test_a_line_takes_no_other_way(live: Live, deed: str) -> None:
    """Section 4."""
    give(live, invited(live))
    [line] = money.lines(live)
    run(live, "UPDATE payments SET state = 'paid'" if deed == "voided" else "SELECT 1")
    run(live, "UPDATE payments SET state = 'paid'" if deed == "retry" else "SELECT 1")
    deeds = {
        "paid": lambda: money.paid(live, [line.id], "ann"),
        "failed": lambda: money.failed(live, [line.id], "ann", ""),
        "retry": lambda: money.retry(live, [line.id], "ann"),
        "voided": lambda: money.void(live, [line.id], "ann", "a mistake"),
    }
    with pytest.raises(NotTaken, match="Nothing was changed") as refusal:
        deeds[deed]()
    assert refusal.value.reason == "state"


def test_of_several_lines_all_move_or_none(live: Live) -> None:
    worker = invited(live)
    give(live, worker)
    give(live, worker, key="other")
    first, second = money.lines(live)
    money.void(live, [second.id], "ann", "given twice")
    with pytest.raises(NotTaken):
        money.request(live, [first.id, second.id], "ann")
    assert [line.state for line in money.lines(live)] == ["due", "voided"]


def test_a_line_is_voided_for_a_reason_only(live: Live) -> None:
    """I10."""
    with pytest.raises(NotTaken, match="for a reason only"):
        money.void(live, [1], "ann", " ")


def test_a_payment_that_is_none_is_told(live: Live) -> None:
    with pytest.raises(NotTaken, match="no payment 7"):
        money.request(live, [7], "ann")


@pytest.mark.parametrize("ours", ["due", "requested", "failed"])
def test_what_the_provider_has_paid_is_paid(live: Live, ours: str) -> None:
    """C50; section 15."""
    give(live, invited(live))
    run(live, "UPDATE payments SET state = :state", state=ours)
    [line] = money.lines(live)
    [found] = money.reconcile(live, {line.key: "paid"}, "ann")
    assert (found.ours, found.text) == (ours, "set to paid")
    assert money.lines(live)[0].state == "paid"
    assert money.reconcile(live, {line.key: "paid"}, "ann") == []


@pytest.mark.parametrize(("ours", "theirs"), [("paid", "unpaid"), ("voided", "paid")])
def test_what_only_a_person_can_tell_is_left_to_one(live: Live, ours: str, theirs: Any) -> None:
    """C50; section 15: we say paid, the provider does not."""
    give(live, invited(live))
    run(live, "UPDATE payments SET state = :state", state=ours)
    [line] = money.lines(live)
    [found] = money.reconcile(live, {line.key: theirs}, "ann")
    assert found.text.startswith("looked at by nobody yet")
    assert money.lines(live)[0].state == ours


def test_a_payment_that_we_know_nothing_of_is_told(live: Live) -> None:
    """C50."""
    [found] = money.reconcile(live, {"عجيب 😀": "paid"}, "ann")
    assert (found.ours, found.theirs) == ("unknown", "paid")


def batch_in(live: Live, minutes: int) -> int:
    """Let somebody new do a whole batch in so many minutes."""
    worker = consenting(live)
    batch = claim(live, worker)
    wait(live, minutes * MINUTE)
    say_all(live, worker, batch)
    return worker


def test_an_hour_is_told_at_the_median_and_the_slow_pace(opened: Opened) -> None:
    """C40: three people take 10, 12 and 15 minutes."""
    live = paying(opened, floor_per_hour=Decimal("6.00"))
    [batch_in(live, minutes) for minutes in (10, 12, 15)]
    found = money.fair_pay(live)
    assert (found.n_batches, round(found.median_seconds), round(found.slow_seconds)) == (
        3,
        720,
        810,
    )
    assert (found.hourly_at_median, found.hourly_at_slow) == (Decimal("5.00"), Decimal("4.44"))
    assert found.is_under


def test_pay_is_not_judged_before_anybody_worked(opened: Opened) -> None:
    live = paying(opened)
    found = money.fair_pay(live)
    assert (found.n_batches, found.hourly_at_median, found.is_under) == (0, None, False)
    assert money.top_up(live, "ann") == 0


def test_a_top_up_lifts_the_median_to_the_floor_once(opened: Opened) -> None:
    """C40, I11."""
    live = paying(opened, floor_per_hour=Decimal("6.00"))
    [batch_in(live, minutes) for minutes in (10, 12, 15)]
    assert money.top_up(live, "ann") == Decimal("0.60")
    assert money.top_up(live, "ann") == 0
    found = money.fair_pay(live)
    assert (found.hourly_at_median, found.is_under) == (Decimal("6.00"), False)
    assert verify_books(live.database) == []


def test_a_top_up_past_the_cap_gives_nobody_anything(opened: Opened) -> None:
    """C41."""
    live = paying(opened, floor_per_hour=Decimal("6.00"), cap=Decimal("3.50"))
    [batch_in(live, 12) for _ in range(3)]
    with pytest.raises(NotTaken, match="exceed the cap"):
        money.top_up(live, "ann")
    assert money.totals(live).earned == 3


class Books(RuleBasedStateMachine):
    """Bonuses, voids, requests, payments and retries in any order."""

    live: Live
    worker: int

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[str, Decimal] = {}
        self.seen_paid: dict[int, Decimal] = {}
        self.before = money.totals(self.live).earned

    @rule(key=st.integers(0, 5), cents=st.integers(1, 500))
    def bonus(self, key: int, cents: int) -> None:
        name = f"{id(self)} {key}"
        amount = self.given.setdefault(name, Decimal(cents) / 100)
        money.bonus(self.live, self.worker, amount, "good", "ann", name)

    @rule(
        number=st.integers(1, 8),
        deed=st.sampled_from([
            money.request, money.paid, money.retry,
            partial(money.failed, why="no"), partial(money.void, why="no"),
        ]),
    )  # fmt: skip
    def move(self, number: int, deed: Any) -> None:
        try:
            deed(self.live, [number], "ann")
        except NotTaken:
            return

    @invariant()
    def sums_add_up(self) -> None:
        found = money.totals(self.live)
        parts = found.due + found.requested + found.paid + found.failed + found.voided
        assert parts == found.earned == self.before + sum(self.given.values())

    @invariant()
    def what_is_paid_stays_paid(self) -> None:
        paid = {line.id: line.amount for line in money.lines(self.live, "paid")}
        assert self.seen_paid.items() <= paid.items()
        self.seen_paid = paid


@pytest.mark.slow
def test_due_and_paid_and_voided_are_what_was_earned_whatever_is_done(live: Live) -> None:
    """I10, I11."""
    machine = type("TheseBooks", (Books,), {"live": live, "worker": invited(live)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=5, stateful_step_count=12, deadline=None)
    )
    assert verify_books(live.database) == []


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=st.lists(st.integers(1, 10_000), max_size=8))
def test_sums_are_exact(live: Live, cents: list[int]) -> None:
    """C38: tenths of a cent never come from nowhere."""
    worker, before = invited(live), money.totals(live).due
    for at, one in enumerate(cents):
        give(live, worker, str(Decimal(one) / 100), key=f"{worker} {at}")
    assert money.totals(live).due - before == Decimal(sum(cents)) / 100
    assert workers.standing(live, worker).due == Decimal(sum(cents)) / 100
