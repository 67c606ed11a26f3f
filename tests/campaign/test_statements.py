"""What a worker waits for costs a few statements, none of which reads a whole table."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, text

from affekt.campaign import (
    answers,
    batch,
    claim,
    counting,
    facts,
    gold,
    money,
    places,
    release,
    submit,
    sweep,
)
from affekt.campaign.answers import answer
from affekt.campaign.live import Live
from affekt.campaign.places import open_waiting
from affekt.campaign.workers import set_preference
from affekt.errors import NotTaken
from affekt.journal import rates, settling
from affekt.journal.database import Database
from tests.campaign.conftest import Opened
from tests.campaign.crowd import ask
from tests.campaign.deeds import do_batch, workers
from tests.campaign.people import FREE

ROOMS = (
    answers, batch, claim, counting, facts, gold, money, places, rates, release, settling, submit,
    sweep,
)  # fmt: skip
# Asked once for a whole campaign, or where a cap is set. ``LEASE`` gives a plan with scans for
# references that SQLite skips unless one is open.
APART = frozenset({"WAITING", "LOOK_AGAIN", "SUMS", "OF_WORKER", "LEASE"})
VERB = re.compile(r"\s*(SELECT|UPDATE|INSERT|DELETE)\b")
BIG = (
    "votes|slots|items|cards|assignments|passes|reveals|revisions|payments|workers|enrolments|"
    "decisions"
)


def statements() -> dict[str, str]:
    """Give name → statement of everything on a worker's way, as SQLite is asked it."""
    return {
        f"{room.__name__.rsplit('.', 1)[-1]}.{name}": re.sub(
            r"IN \(__\[\w+\]\)|IN :\w+", "IN (1, 2)", str(one)
        )
        for room in ROOMS
        for name, one in vars(room).items()
        if name.isupper() and name not in APART and VERB.match(str(one))
        if "FOR NO KEY UPDATE" not in str(one) and "FOR UPDATE" not in str(one)
        if "pg_" not in str(one)
    }


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with closing(Database(tmp_path_factory.mktemp("plans") / "votes.db")) as database:
        yield database


@pytest.mark.parametrize("name", statements())
def test_no_statement_on_a_workers_way_reads_a_whole_table(empty: Database, name: str) -> None:
    """C23: an index leads to what it looks for, among 90,000 items as among ten."""
    asked = re.sub(r"(?<!:):\w+", "1", statements()[name])
    with empty.read() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    assert not [step for step in plan if re.match(rf"SCAN ({BIG}|[a-z])\b", step)], plan


@pytest.fixture
def live(opened: Opened) -> Live:
    campaign = opened(asking=FREE)
    ask(campaign, 60)
    open_waiting(campaign)
    return campaign


class Counter:
    """Counts the statements of a database."""

    def __init__(self, live: Live) -> None:
        self.n = 0
        event.listen(live.database.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.n += 1


def refused(live: Live, worker: int) -> str:
    with pytest.raises(NotTaken) as refusal:
        claim.claim(live, worker)
    return refusal.value.reason


@pytest.mark.parametrize("opted_in", [None, ("fear",)], ids=["every emotion", "one of the hard"])
def test_who_has_met_every_open_picture_is_told_so_without_a_search(
    live: Live, opted_in: tuple[str, ...] | None
) -> None:
    """Section 15: must end at once, not scan."""
    (ann,) = workers(live, 1, opted_in=opted_in)
    do_batch(live, ann, size=60)
    assert refused(live, ann) == "finished"
    counter = Counter(live)
    assert refused(live, ann) == "finished"
    assert counter.n <= 16
    found = text("SELECT nothing_before FROM enrolments WHERE worker = :ann")
    with live.database.read() as connection:
        note = int(connection.execute(found, {"ann": ann}).scalar_one())
        open_since = "SELECT count(*) FROM slots WHERE state = 'open' AND opened > :note"
        assert connection.execute(text(open_since), {"note": note}).scalar_one() == 0


def test_another_choice_of_emotions_shows_what_was_passed_over(live: Live) -> None:
    """C58."""
    (ann,) = workers(live, 1, opted_in=())
    do_batch(live, ann, size=60)
    assert refused(live, ann) == "finished"
    set_preference(live, ann, "opted_in", ("fear",))
    assert {card.emotion for card in claim.claim(live, ann).cards} == {"fear"}


def test_an_answer_and_a_batch_cost_few_statements(live: Live) -> None:
    """C37: each is a tenth of a millisecond."""
    (ann,) = workers(live, 1)
    counter = Counter(live)
    cards = claim.claim(live, ann, size=20).cards
    of_claim, counter.n = counter.n, 0
    answer(live, ann, cards[0].token, True, key="first", seconds=1)
    of_answer, counter.n = counter.n, 0
    for card in cards[1:]:
        answer(live, ann, card.token, True, key=card.token, seconds=1)
    counter.n = 0
    held = claim.current(live, ann)
    assert held is not None
    counter.n = 0
    submit.submit(live, ann, held.token)
    assert of_claim <= 22
    assert of_answer <= 6
    assert counter.n <= 26


def test_a_file_of_a_path_with_odd_letters_is_found(tmp_path: Path) -> None:
    """C24: no letter of a path is a setting of the address."""
    folder = tmp_path / "50% of? #1 ü"
    with closing(Database(folder / "votes.db")) as database:
        database.write(lambda _: None)
    assert [one.name for one in folder.glob("*.db")] == ["votes.db"]
