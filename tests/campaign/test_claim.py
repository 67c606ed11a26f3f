"""Leases: nobody gets a picture twice, nobody gets more than may be asked for."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text

from affekt.campaign import claim as claiming
from affekt.campaign.claim import claim, current
from affekt.campaign.live import Live, open_campaign
from affekt.campaign.places import open_waiting
from affekt.campaign.settings import Asking, Care
from affekt.errors import NotTaken
from affekt.journal.clock import Clock
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, MINUTE, WAY, ask, wait
from tests.campaign.deeds import counts, do_batch, held, say, workers
from tests.campaign.people import FREE, rows, run


@pytest.fixture
def live(opened: Opened) -> Live:
    """A campaign that asks for no test."""
    return opened(asking=FREE)


@pytest.fixture
def ready(live: Live) -> Live:
    """The campaign with 12 questions and their places open."""
    ask(live, 12)
    open_waiting(live)
    return live


def asking(**settings: object) -> Asking:
    return FREE.model_copy(update=settings)


def test_a_batch_holds_pictures_once_in_a_random_order(ready: Live) -> None:
    """C13."""
    (ann, bob) = workers(ready, 2)
    first, second = claim(ready, ann, size=12), claim(ready, bob, size=12)
    pictures = [card.image_id for card in first.cards]
    assert len(set(pictures)) == 12
    assert pictures != [card.image_id for card in second.cards]
    assert [card.position for card in first.cards] == list(range(1, 13))


def test_a_batch_is_kept_for_its_worker_until_it_is_handed_in(ready: Live) -> None:
    """C26."""
    (ann,) = workers(ready, 1)
    batch = claim(ready, ann, size=5)
    assert claim(ready, ann, size=9) == batch
    assert current(ready, ann) == batch
    assert batch.until - batch.started_at == pytest.approx(30 * MINUTE, abs=MINUTE)


def test_a_claim_looks_on_while_a_place_is_open_however_many_come_first(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C23, I2: forty times what was found is gone when it is to be locked."""
    live = open_campaign(postgresql_url, WAY._replace(asking=FREE), clock=Clock())
    with closing(live.database):
        ask(live, 12)
        open_waiting(live)
        ann, bob = workers(live, 2)
        claim(live, ann, size=2)
        look, looks = claiming._slots, []

        def late(*words: Any) -> list[claiming.Found]:
            looks.append(look(*words))
            gone = [claiming.Found(id=one, item=0, apart="", emotion="", place=0) for one in taken]
            return gone if len(looks) <= 40 else looks[-1]

        taken = [row[0] for row in rows(live, "SELECT id FROM slots WHERE state = 'leased'")]
        monkeypatch.setattr(claiming, "_slots", late)
        assert len(taken) == 2
        assert len(claim(live, bob, size=3).cards) == 3
        assert len(looks) == 41


def test_no_more_places_are_given_than_the_policy_may_need(ready: Live) -> None:
    """C17: three of five asks three at once."""
    people = workers(ready, 5)
    batches = [claim(ready, one, size=12) for one in people[:3]]
    assert [len(batch.cards) for batch in batches] == [12, 12, 12]
    with pytest.raises(NotTaken) as refusal:
        claim(ready, people[3])
    assert refusal.value.reason == "finished"
    assert set(held(ready).values()) == {3}


def test_an_answer_that_settles_nothing_opens_the_next_place(ready: Live) -> None:
    """C17: the waves are 3, then 1, then 1."""
    people = workers(ready, 5)
    for one, said in zip(people, [True, False, True, False, True], strict=True):
        assert len(do_batch(ready, one, said, size=12).cards) == 12
    assert set(held(ready).values()) == {5}
    assert counts(ready, "items") == {"decided": 12}


def test_who_has_seen_every_picture_ends_at_once(ready: Live) -> None:
    (ann, bob) = workers(ready, 2)
    do_batch(ready, ann, size=12)
    for _ in range(2):
        with pytest.raises(NotTaken, match="no picture left"):
            claim(ready, ann)
    ask(ready, 8, first=12)
    open_waiting(ready)
    assert len(claim(ready, ann).cards) == 8
    assert len(claim(ready, bob, size=20).cards) == 20


def test_near_copies_are_one_picture_for_one_person(live: Live) -> None:
    """C12."""
    ask(live, 4)
    live.database.write(lambda to: to.execute(text("UPDATE items SET apart = 'a'")) and None)
    open_waiting(live)
    (ann, bob) = workers(live, 2)
    assert len(claim(live, ann).cards) == 1
    do_batch(live, bob)
    with pytest.raises(NotTaken, match="no picture left"):
        claim(live, bob)


@pytest.mark.parametrize(("allowed", "cards"), [(False, 1), (True, 2)])
def test_another_question_on_the_same_picture_is_a_matter_of_setting(
    opened: Opened, allowed: bool, cards: int
) -> None:
    """C12."""
    live = opened(asking=asking(same_image_other_question=allowed))
    ask(live, 3, emotions=("awe", "fear", "awe"))
    run(live, "UPDATE items SET apart = 'one picture'")
    open_waiting(live)
    (ann,) = workers(live, 1)
    assert len(claim(live, ann).cards) == cards


def test_emotions_that_are_warned_of_come_to_those_who_opted_in_only(ready: Live) -> None:
    """C58."""
    (ann,) = workers(ready, 1, opted_in=("fear",))
    emotions = {card.emotion for card in claim(ready, ann, size=12).cards}
    assert emotions == {"amusement", "awe", "contentment", "excitement", "fear"}


def test_a_batch_may_be_of_one_class(opened: Opened) -> None:
    live = opened(asking=asking(single_class_batches=True))
    ask(live, 24)
    open_waiting(live)
    (ann,) = workers(live, 1)
    batch = claim(live, ann)
    assert len(batch.cards) == 3
    assert len({card.emotion for card in batch.cards}) == 1


def test_hard_pictures_never_come_in_a_long_row(opened: Opened) -> None:
    """C58."""
    live = opened(asking=asking(care=Care(max_consecutive_negative=2)))
    ask(live, 12, emotions=("fear", "fear", "awe"))
    open_waiting(live)
    (ann,) = workers(live, 1)
    emotions = [card.emotion for card in claim(live, ann).cards]
    assert ["fear"] * 3 not in [emotions[at : at + 3] for at in range(len(emotions))]
    assert len(emotions) == 12


def test_a_day_has_an_end(opened: Opened) -> None:
    """C58."""
    live = opened(asking=asking(care=Care(per_day=5)))
    ask(live, 12)
    open_waiting(live)
    (ann,) = workers(live, 1)
    assert len(do_batch(live, ann).cards) == 5
    with pytest.raises(NotTaken) as refusal:
        claim(live, ann)
    assert refusal.value.reason == "enough today"
    wait(live, 25 * HOUR)
    assert len(claim(live, ann).cards) == 5


@pytest.mark.parametrize("state", ["draft", "paused", "closing", "closed", "archived"])
def test_a_campaign_that_is_not_open_gives_nothing_out(ready: Live, state: str) -> None:
    change = text("UPDATE campaigns SET state = :state")
    ready.database.write(lambda to: to.execute(change, {"state": state}) and None)
    (ann,) = workers(ready, 1)
    with pytest.raises(NotTaken, match=f"the campaign is {state}"):
        claim(ready, ann)


def test_no_class_has_no_candidates_but_its_name(live: Live) -> None:
    """A campaign that asks nothing ends at once for everybody."""
    (ann,) = workers(live, 1)
    with pytest.raises(NotTaken, match="no picture left"):
        claim(live, ann)


@pytest.mark.parametrize("policy", [Curtailed(), Fixed(votes=2)], ids=["curtailed", "fixed"])
def test_many_who_claim_at_once_never_get_one_place_twice(opened: Opened, policy: object) -> None:
    """I3, I4."""
    live = opened(policy=policy, asking=FREE)
    ask(live, 10)
    open_waiting(live)
    people = workers(live, 12)

    def work(worker: int) -> int:
        try:
            return len(do_batch(live, worker, worker % 2 == 0, size=4).cards)
        except NotTaken:
            return 0

    with ThreadPoolExecutor(8) as pool:
        for _ in range(4):
            list(pool.map(work, people))
    most = policy.most()  # type: ignore[attr-defined]
    assert max(held(live).values()) <= most
    assert counts(live, "items") == {"decided": 10}


def test_answering_takes_the_lease_along(ready: Live) -> None:
    """C26."""
    (ann,) = workers(ready, 1)
    batch = claim(ready, ann)
    wait(ready, 20 * MINUTE)
    say(ready, ann, batch.cards[0])
    wait(ready, 20 * MINUTE)
    held_still = current(ready, ann)
    assert held_still is not None
    assert held_still.token == batch.token
