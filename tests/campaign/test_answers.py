"""Answers: kept at once, once, open to change until handed in, never lost when late."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import polars as pl
import pytest

from affekt.campaign import exam, money, staff
from affekt.campaign.answers import pass_over
from affekt.campaign.books import verify_books
from affekt.campaign.claim import claim, current
from affekt.campaign.gold import add_gold
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.settings import Care
from affekt.campaign.submit import give_back, submit
from affekt.campaign.sweep import sweep
from affekt.errors import NotTaken
from affekt.tables import QUESTIONS
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, MINUTE, ask, wait
from tests.campaign.deeds import counts, do_batch, say, say_all, verdicts, workers
from tests.campaign.people import FREE, PAID, rows, run
from tests.crowd.asked import questions


@pytest.fixture
def live(opened: Opened) -> Live:
    """A campaign of three questions that pays a dollar a batch."""
    campaign = opened(asking=PAID)
    ask(campaign, 3)
    open_waiting(campaign)
    return campaign


@pytest.fixture
def ann(live: Live) -> int:
    return workers(live, 1)[0]


def test_an_answer_may_be_changed_until_it_is_handed_in(live: Live, ann: int) -> None:
    """Section 4: each change of a draft is kept."""
    card = claim(live, ann).cards[0]
    say(live, ann, card, True)
    assert say(live, ann, card, False).state == "kept"
    held = current(live, ann)
    assert held is not None
    assert held.cards[0].said is False
    assert rows(live, "SELECT felt FROM revisions") == [(True,)]
    submit(live, ann, held.token)
    with pytest.raises(NotTaken) as refusal:
        say(live, ann, card, True)
    assert refusal.value.reason == "conflict"


def test_the_same_key_again_changes_nothing(live: Live, ann: int) -> None:
    """I5: also after another answer took its place, and after handing in."""
    batch = claim(live, ann)
    say(live, ann, batch.cards[0], True, key="first")
    assert say(live, ann, batch.cards[0], True, key="first").state == "repeated"
    say(live, ann, batch.cards[0], False, key="second")
    assert say(live, ann, batch.cards[0], True, key="first").state == "repeated"
    submit(live, ann, batch.token)
    assert say(live, ann, batch.cards[0], False, key="second").state == "repeated"
    assert rows(live, "SELECT felt, state FROM votes") == [(False, "counted")]


def test_the_same_key_with_another_answer_is_refused_and_the_first_stays(
    live: Live, ann: int
) -> None:
    """I5."""
    batch = claim(live, ann)
    say(live, ann, batch.cards[0], True, key="key")
    for card, said in ((batch.cards[0], False), (batch.cards[1], True)):
        with pytest.raises(NotTaken) as refusal:
            say(live, ann, card, said, key="key")
        assert refusal.value.reason == "conflict"
    assert rows(live, "SELECT felt FROM votes") == [(True,)]


def test_a_card_of_somebody_else_is_unknown(live: Live, ann: int) -> None:
    """B52."""
    (bob,) = workers(live, 1)
    card = claim(live, ann).cards[0]
    with pytest.raises(NotTaken) as refusal:
        say(live, bob, card)
    assert refusal.value.reason == "unknown"
    assert rows(live, "SELECT count(*) FROM votes") == [(0,)]


def test_a_skip_is_no_vote_and_frees_the_place_for_somebody_else(live: Live, ann: int) -> None:
    """C10."""
    batch = claim(live, ann)
    pass_over(live, ann, batch.cards[0].token, "skip")
    pass_over(live, ann, batch.cards[0].token, "skip")
    pass_over(live, ann, batch.cards[1].token, "broken")
    receipt = submit(live, ann, batch.token)
    assert (receipt.answered, receipt.passed, receipt.size) == (0, 2, 3)
    assert counts(live, "slots") == {"open": 9}
    do_batch(live, ann)
    with pytest.raises(NotTaken, match="no picture left"):
        claim(live, ann)
    assert sorted(rows(live, "SELECT skips FROM items")) == [(0,), (0,), (1,)]


def test_what_many_skip_is_withdrawn(live: Live) -> None:
    """C10."""
    people = workers(live, 6)
    for one in people[:5]:
        for card in claim(live, one).cards:
            pass_over(live, one, card.token, "skip")
        give_back(live, one, claim_token(live, one))
    assert {state for state, _ in verdicts(live).values()} == {"withdrawn"}
    with pytest.raises(NotTaken, match="no picture left"):
        claim(live, people[5])


def claim_token(live: Live, worker: int) -> str:
    held = current(live, worker)
    assert held is not None
    return held.token


def test_what_was_answered_cannot_be_skipped(live: Live, ann: int) -> None:
    card = claim(live, ann).cards[0]
    say(live, ann, card)
    with pytest.raises(NotTaken, match="answered"):
        pass_over(live, ann, card.token, "skip")


def test_stopping_early_pays_what_is_done_and_frees_the_rest(live: Live, ann: int) -> None:
    """C58."""
    batch = claim(live, ann)
    say(live, ann, batch.cards[0])
    receipt = give_back(live, ann, batch.token)
    assert receipt.earned == Decimal("0.33")
    assert counts(live, "slots") == {"open": 8, "voted": 1}
    assert give_back(live, ann, batch.token) == submit(live, ann, batch.token) == receipt


def test_an_abandoned_batch_keeps_its_finished_votes(live: Live, ann: int) -> None:
    """C26."""
    batch = claim(live, ann)
    say(live, ann, batch.cards[0])
    wait(live, HOUR)
    assert sweep(live) == 1
    assert sweep(live) == 0
    assert counts(live, "assignments") == {"expired": 1}
    assert counts(live, "votes") == {"counted": 1}
    assert counts(live, "slots") == {"open": 8, "voted": 1}


def test_a_late_answer_counts_where_a_place_is_free_and_is_paid(live: Live, ann: int) -> None:
    """I4."""
    batch = claim(live, ann)
    wait(live, HOUR)
    sweep(live)
    assert say(live, ann, batch.cards[0], True, key="late").state == "late"
    assert say(live, ann, batch.cards[0], True, key="late").state == "repeated"
    assert counts(live, "votes") == {"counted": 1}
    assert rows(live, "SELECT amount FROM payments ORDER BY id") == [("0.33",)]
    assert verify_books(live.database) == []


def test_a_late_answer_to_a_decided_item_is_kept_and_not_counted(live: Live, ann: int) -> None:
    """I3, I4."""
    batch = claim(live, ann)
    wait(live, HOUR)
    sweep(live)
    for one in workers(live, 3):
        do_batch(live, one)
    assert say(live, ann, batch.cards[0]).state == "not needed"
    assert counts(live, "votes") == {"counted": 9, "late": 1}
    assert verify_books(live.database) == []


def test_a_lease_that_is_over_before_the_sweep_is_lost_all_the_same(live: Live, ann: int) -> None:
    """I4: the clock decides, not the sweeper."""
    batch = claim(live, ann)
    wait(live, 31 * MINUTE)
    assert say(live, ann, batch.cards[0]).state == "not needed"
    sweep(live)
    assert verify_books(live.database) == []


def test_a_closed_campaign_takes_no_answer(live: Live, ann: int) -> None:
    batch = claim(live, ann)
    run(live, "UPDATE campaigns SET state = 'closed'")
    with pytest.raises(NotTaken) as refusal:
        say(live, ann, batch.cards[0])
    assert refusal.value.reason == "closed"


@pytest.mark.parametrize("state", ["paused", "closing"])
def test_a_batch_that_was_begun_may_be_finished(live: Live, ann: int, state: str) -> None:
    """Section 4."""
    batch = claim(live, ann)
    run(live, f"UPDATE campaigns SET state = '{state}'")
    say_all(live, ann, batch)
    assert counts(live, "votes") == {"counted": 3}


def test_somebody_suspended_in_between_is_paid_and_not_counted(live: Live, ann: int) -> None:
    """I9, I10."""
    batch = claim(live, ann)
    say(live, ann, batch.cards[0])
    run(live, "UPDATE workers SET state = 'suspended'")
    with pytest.raises(NotTaken, match="what you earned is not affected"):
        say(live, ann, batch.cards[1])
    assert submit(live, ann, batch.token).earned == Decimal("0.33")
    assert counts(live, "votes") == {"excluded": 1}
    assert counts(live, "slots") == {"open": 9}
    assert verify_books(live.database) == []


def test_a_clock_set_back_brings_no_lease_to_life(live: Live, ann: int) -> None:
    """I12."""
    batch = claim(live, ann)
    wait(live, HOUR)
    sweep(live)
    before = live.now()
    live.clock.not_before(0)
    assert live.now() >= before
    assert current(live, ann) is None
    assert say(live, ann, batch.cards[0]).state == "late"


def test_several_emotions_are_one_vote(opened: Opened) -> None:
    """Which of the eight, or none."""
    live = opened(asking=FREE.model_copy(update={"answers": "tick_all"}))
    ask(live, 1, emotions=("awe",))
    open_waiting(live)
    for one in workers(live, 3):
        card = claim(live, one).cards[0]
        say(live, one, card, {name: name in ("awe", "fear") for name in live.emotions})
        submit(live, one, claim_token(live, one))
    assert verdicts(live) == {"q000": ("decided", 1)}
    found = rows(
        live, "SELECT emotion FROM votes GROUP BY emotion, felt HAVING felt ORDER BY emotion"
    )
    assert found == [("awe",), ("fear",)]
    assert verify_books(live.database) == []


def test_gold_is_dealt_with_both_answers_and_never_counts(opened: Opened) -> None:
    """C28, I8."""
    live = opened(asking=FREE.model_copy(update={"gold_rate": 0.5, "batch": 40}))
    ask(live, 40)
    open_waiting(live)
    gold = questions("awe", 20, truth="awe").vstack(questions("fear", 20, truth="awe"))
    add_gold(live, gold)
    add_gold(live, gold)
    for one in workers(live, 3):
        do_batch(live, one)
    answers = rows(
        live,
        """SELECT i.gold, count(*) FROM votes v JOIN items i ON i.id = v.item
        GROUP BY i.gold ORDER BY i.gold""",
    )
    kinds = {row[0]: row[1] for row in answers}
    assert 10 <= kinds[True] + kinds[False] <= 100
    assert abs(kinds[True] - kinds[False]) <= 3
    learnt = "SELECT sum(felt_yes), sum(felt_no), sum(unfelt_yes), sum(unfelt_no) FROM enrolments"
    assert rows(live, learnt)[0][0] >= kinds[True]
    assert rows(live, "SELECT count(*) FROM items WHERE gold IS NOT NULL AND votes > 0") == [(0,)]
    assert verify_books(live.database) == []


def test_gold_that_was_answered_too_late_is_not_dealt_again(opened: Opened) -> None:
    """I2: or its card could not be answered, as it has been."""
    live = opened(asking=FREE.model_copy(update={"gold_rate": 0.5, "batch": 12}))
    ask(live, 30)
    open_waiting(live)
    add_gold(live, questions("awe", 6, truth="awe"))
    [worker] = workers(live, 1)
    first = claim(live, worker)
    wait(live, HOUR)
    sweep(live)
    [say(live, worker, card) for card in first.cards]
    second = claim(live, worker)
    late = "SELECT count(*) FROM votes v JOIN items i ON i.id = v.item WHERE i.gold IS NOT NULL"
    assert rows(live, late)[0][0] > 0
    assert {say(live, worker, card).state for card in second.cards} == {"kept"}


@pytest.mark.parametrize("odd", ["\0", "a\0b", "\udc80"])
def test_letters_that_a_database_cannot_keep_lead_nowhere(live: Live, ann: int, odd: str) -> None:
    """B52: what a form may hold."""
    with pytest.raises(NotTaken, match="no such batch"):
        submit(live, ann, odd)
    with pytest.raises(NotTaken, match="no such test"):
        exam.answer(live, ann, odd, "awe")
    assert staff.member(live, odd) is None
    assert money.lines(live, odd) == []


def golden(live: Live, count: int = 4) -> Live:
    """Ask about some pictures, and know the answer on the very same ones."""
    ask(live, count, emotions=("awe",))
    open_waiting(live)
    known = pl.DataFrame(
        [
            (f"gold-{at}", f"image-{at:03}", "awe", "gold", f"image-{at:03}", "awe", "s", f"{at}")
            for at in range(count)
        ],
        schema=QUESTIONS.types(),
        orient="row",
    )
    add_gold(live, known)
    return live


def test_a_picture_that_is_asked_about_is_not_dealt_as_gold_too(opened: Opened) -> None:
    """C12, C28."""
    asking = FREE.model_copy(update={"gold_rate": 0.5})
    live = golden(opened(asking=asking))
    for one in workers(live, 3):
        pictures = [card.image_id for card in do_batch(live, one).cards]
        assert len(set(pictures)) == len(pictures)
    assert verify_books(live.database) == []


def test_two_who_are_dealt_the_same_gold_at_once_both_get_it(opened: Opened) -> None:
    """C28: gold has no quota, and no two slots of one number."""
    asking = FREE.model_copy(update={"gold_rate": 0.5, "batch": 12})
    live = opened(asking=asking)
    ask(live, 400)
    open_waiting(live)
    add_gold(live, questions("awe", 3, truth="awe").vstack(questions("fear", 3, truth="awe")))
    with ThreadPoolExecutor(8) as pool:
        sizes = list(pool.map(lambda one: len(claim(live, one).cards), workers(live, 8)))
    assert min(sizes) >= 1
    numbers = """SELECT max(s.number) FROM slots s JOIN items i ON i.id = s.item
        WHERE i.gold IS NOT NULL"""
    assert rows(live, numbers)[0][0] >= 2


def test_gold_that_is_not_dealt_leaves_no_place_behind(opened: Opened) -> None:
    """C58: a batch that ends early, because nothing is left to put between hard pictures."""
    asking = FREE.model_copy(
        update={"gold_rate": 0.5, "care": Care(max_consecutive_negative=2), "batch": 12}
    )
    live = opened(asking=asking)
    ask(live, 12, emotions=("fear",))
    open_waiting(live)
    add_gold(live, questions("fear", 12, truth="fear"))
    (ann,) = workers(live, 1)
    assert len(claim(live, ann).cards) == 2
    stray = "SELECT count(*) FROM slots s JOIN items i ON i.id = s.item WHERE i.gold IS NOT NULL"
    assert rows(live, f"{stray} AND s.state = 'open'") == [(0,)]


def test_one_picture_with_eight_emotions_is_one_answer_of_a_day(opened: Opened) -> None:
    """C58."""
    asking = FREE.model_copy(update={"answers": "tick_all", "care": Care(per_day=3), "batch": 2})
    live = opened(asking=asking)
    ask(live, 6, emotions=("awe",))
    open_waiting(live)
    (ann,) = workers(live, 1)
    batch = claim(live, ann)
    for card in batch.cards:
        say(live, ann, card, dict.fromkeys(live.emotions, True))
    submit(live, ann, batch.token)
    assert len(claim(live, ann).cards) == 1
