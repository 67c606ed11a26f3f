"""What a researcher watches."""

import polars as pl
import pytest

from affekt.campaign import board, exam, messages, workers
from affekt.campaign.answers import pass_over
from affekt.campaign.claim import claim
from affekt.campaign.gold import add_gold
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.errors import NotTaken
from affekt.tables import QUESTIONS
from tests.campaign.conftest import Opened
from tests.campaign.crowd import HOUR, ask, wait
from tests.campaign.deeds import do_batch, say
from tests.campaign.people import PAID, consenting, rows

EVENT_NAMES = [
    "question_id", "image_id", "worker", "emotion", "felt", "seconds", "at", "sequence", "is_gold",
    "gold_felt", "kind", "state",
]  # fmt: skip


@pytest.fixture
def asking(opened: Opened) -> Live:
    """A campaign of eight questions, one on each emotion, that needs no test and pays."""
    live = opened(asking=PAID)
    ask(live, 8)
    open_waiting(live)
    return live


def test_an_empty_campaign_has_a_board(live: Live) -> None:
    """C62."""
    found = board.board(live)
    assert (found.votes, found.votes_per_minute, found.emotions) == (0, 0, ())
    assert found.money.earned == 0


def test_the_board_counts_what_was_done(asking: Live) -> None:
    """C62."""
    [do_batch(asking, consenting(asking), said=True) for _ in range(3)]
    found = board.board(asking)
    assert (found.votes, found.active_workers) == (24, 3)
    assert found.votes_per_minute == 2.4
    assert found.money.due == 3
    assert (found.open_leases, found.open_places) == (0, 0)


def test_leases_and_letters_are_on_the_board(asking: Live) -> None:
    worker = consenting(asking)
    claim(asking, worker, size=5)
    messages.complain(asking, worker, "help")
    found = board.board(asking)
    assert (found.open_leases, found.open_batches, found.unread) == (5, 1, 1)
    assert found.open_places == 8 * 3 - 5


def test_kept_shares_stand_beside_the_papers(asking: Live) -> None:
    """C62: Table 2 kept 1,032 of 13,000 on fear."""
    [do_batch(asking, consenting(asking), said=True) for _ in range(3)]
    fear = next(one for one in board.board(asking).emotions if one.emotion == "fear")
    assert (fear.decided, fear.kept, fear.kept_share) == (1, 1, 1.0)
    assert fear.paper_share == pytest.approx(1032 / 13000)


def test_nothing_is_called_active_for_ever(asking: Live) -> None:
    do_batch(asking, consenting(asking))
    wait(asking, HOUR)
    found = board.board(asking)
    assert (found.active_workers, found.votes_per_minute) == (0, 0)


def test_tests_are_on_the_board(opened: Opened) -> None:
    live = opened()
    exam.make_test(live, [(f"art-{at}", live.emotions[at % 8]) for at in range(20)])
    worker = consenting(live)
    exam.submit(live, worker, exam.start(live, worker).token)
    exam.start(live, consenting(live))
    found = board.board(live)
    assert (found.tested, found.passed) == (1, 0)


def test_a_question_shows_its_votes_in_order(asking: Live) -> None:
    """C62, I13."""
    do_batch(asking, consenting(asking), said=True)
    do_batch(asking, consenting(asking), said=False)
    found = board.item(asking, "q002")
    assert (found.votes, found.yes, found.no, found.most, found.gold) == (2, 1, 1, 5, None)
    assert [vote.felt for vote in found.timeline] == [True, False]
    names = {name for (name,) in rows(asking, "SELECT pseudonym FROM workers")}
    assert {vote.worker for vote in found.timeline} == names


def test_a_question_or_worker_that_is_none_is_told(asking: Live) -> None:
    with pytest.raises(NotTaken, match="no question"):
        board.item(asking, "😀")
    with pytest.raises(NotTaken, match="no worker"):
        board.worker(asking, "عمر")


def test_a_workers_page_tells_batches_rates_and_standing(asking: Live) -> None:
    """C62."""
    [made] = workers.invite(asking, 1)
    found = board.worker(asking, made.pseudonym)
    assert (found.batches, found.standing.state) == ((), "new")
    assert found.rates == (0.8, 0.8)


def test_a_batch_is_told_with_what_was_answered(asking: Live) -> None:
    worker = consenting(asking)
    do_batch(asking, worker)
    [(name,)] = rows(asking, "SELECT pseudonym FROM workers")
    [batch] = board.worker(asking, name).batches
    assert (batch.state, batch.size, batch.answered) == ("submitted", 8, 8)


def test_events_hold_votes_gold_and_skips_in_order(opened: Opened) -> None:
    """C29: the table from which evidence is made."""
    live = opened(asking=PAID.model_copy(update={"gold_rate": 0.5}))
    ask(live, 3)
    open_waiting(live)
    gold = [("g0", "art-0", "awe", "gold", None, "fear", None, None)]
    add_gold(live, pl.DataFrame(gold, schema=QUESTIONS.types(), orient="row"))
    worker = consenting(live)
    batch = claim(live, worker)
    pass_over(live, worker, batch.cards[0].token, "skip")
    say(live, worker, batch.cards[1], said=True)
    assert board.events(live)["kind"].to_list() == ["skip"]
    [do_batch(live, consenting(live)) for _ in range(4)]
    found = board.events(live)
    assert found.columns == EVENT_NAMES
    assert found["sequence"].to_list() == list(range(1, found.height + 1))
    assert found.filter(pl.col("kind") == "skip")["felt"].null_count() == 1
    known = found.filter("is_gold")
    assert set(known["gold_felt"].to_list()) <= {False}
    assert found.filter(~pl.col("is_gold"))["gold_felt"].null_count() == found.height - known.height


def test_no_events_have_the_same_columns(live: Live) -> None:
    found = board.events(live)
    assert (found.columns, found.height) == (EVENT_NAMES, 0)
    assert found.schema["at"] == pl.Datetime("us", "UTC")
