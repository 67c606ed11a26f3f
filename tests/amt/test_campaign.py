"""A whole campaign through boto3: cut off anywhere, with faults, with notifications or without."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from affekt.amt import collecting, publishing, terms
from affekt.amt.client import Client, Denial
from affekt.amt.emulator import work
from affekt.amt.emulator.faults import Faults, read
from affekt.amt.emulator.market import Market, load, save
from affekt.amt.emulator.people import People
from affekt.amt.emulator.server import Emulator
from affekt.amt.emulator.world import World
from affekt.amt.ledger import LedgerFile
from affekt.amt.pace import Pace
from affekt.amt.publishing import Batch
from affekt.amt.terms import Terms
from affekt.crowd.amt import Amt
from affekt.crowd.amt.desk import Desk, ledger_path
from affekt.errors import Refused, SourceError, UsageError
from affekt.journal.votes import FILE, Votes
from affekt.policies.fixed import Fixed
from tests.amt.test_operations import QUESTION, do_batch
from tests.crowd.asked import questions

QUOTA = 3
ASKED = pl.concat([questions("awe", 5), questions("fear", 4)])
OFFER = Terms("campaign", "T", "D", "k", Decimal("0.50"))
POOL = "url,emotion\n" + "".join(
    f"https://p.example.org/{number}.jpg,{'awe' if number % 2 else 'fear'}\n"
    for number in range(30)
)


class Killed(Exception):
    """The process ended here."""


class Fragile(Client):
    """A client that dies at one call, before it goes out or after it was answered."""

    left = 10**9
    after = False

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        Fragile.left -= 1
        if Fragile.left == 0 and not self.after:
            raise Killed
        answer = super().call(operation, **request)
        if Fragile.left == 0:
            raise Killed
        return answer


@contextmanager
def desk(crowd: Amt, market: Emulator, journal: Votes, kind: type[Client]) -> Iterator[Desk]:
    client = kind(market.address, Pace(0, wait=market.advance))
    try:
        with LedgerFile(ledger_path(journal)) as ledger:
            yield Desk(client, ledger, market.address, market)
    finally:
        client.close()


def step(crowd: Amt, market: Emulator, folder: Path, kind: type[Client] = Client) -> bool:
    """Ask, let people work, fetch; give whether all is answered."""
    with (
        Votes(folder / FILE, "c" * 64, policy=Fixed(votes=QUOTA)) as journal,
        desk(crowd, market, journal, kind) as at,
    ):
        journal.ask(ASKED)
        crowd.offer(at, journal, journal.open_questions())
        market.rest()
        crowd.poll(at, journal)
        return bool((journal.open_questions()["votes"] >= QUOTA).all())


def emulated(faults: Faults | None = None) -> Emulator:
    right = {f"picture-{number}": "awe" for number in range(1, 21)}
    world = World(Market(), People(3, 12, {"honest": 1}, right))
    return Emulator(world, faults=faults or Faults())


def end_state(market: Emulator, folder: Path) -> tuple[Any, ...]:
    """What must not depend on how a run went: votes, money, batches."""
    with Votes(folder / FILE, "c" * 64, policy=Fixed(votes=QUOTA)) as journal:
        votes = journal.votes().sort("question_id", "worker")
    state = market.world.market
    paid = sorted(one.status for one in state.assignments.values())
    disposed = [one.is_disposed for one in state.hits.values()]
    return votes.rows(), state.spent, state.on_hold, paid, disposed


def whole_run(folder: Path, faults: Faults | None = None) -> tuple[Any, ...]:
    with emulated(faults) as market:
        while not step(Amt(seed=1, batch=4), market, folder):
            pass
        return end_state(market, folder)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    return whole_run(tmp_path_factory.mktemp("undisturbed"))


def test_an_undisturbed_run_pays_for_every_vote_once(undisturbed: tuple[Any, ...]) -> None:
    """I10, C52: three batches, three people each, 0.60 and a fee of 0.12."""
    votes, spent, on_hold, paid, disposed = undisturbed
    assert len(votes) == QUOTA * ASKED.height
    assert (spent, on_hold) == (9 * Decimal("0.72"), Decimal("0.00"))
    assert paid == ["Approved"] * 9
    assert disposed == [True] * 3


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(1, 21))
def test_a_kill_at_any_call_costs_nothing(
    at: int, after: bool, tmp_path: Path, undisturbed: tuple[Any, ...], monkeypatch: Any
) -> None:
    """C51: killed at call ``at``, before it went out or before its answer was used; run again."""
    monkeypatch.setattr(Fragile, "left", at)
    monkeypatch.setattr(Fragile, "after", after)
    with emulated() as market:
        runs = [run_until_killed(market, tmp_path), step(Amt(seed=1, batch=4), market, tmp_path)]
        assert runs[-1] or step(Amt(seed=1, batch=4), market, tmp_path)
        assert end_state(market, tmp_path) == undisturbed


def run_until_killed(market: Emulator, folder: Path) -> bool:
    with pytest.raises(Killed):
        step(Amt(seed=1, batch=4), market, folder, Fragile)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("text", ["throttle=0.2", "fault=0.2", "lost=0.2", "throttle=0.1,lost=0.1"])
def test_faults_of_the_service_change_nothing(
    text: str, tmp_path: Path, undisturbed: tuple[Any, ...]
) -> None:
    """C51, C52: votes and money are those of a run without faults."""
    votes, spent, on_hold, paid, _ = whole_run(tmp_path, read(text))
    assert (spent, on_hold, paid) == undisturbed[1:4]
    assert len(votes) == len(undisturbed[0])


def test_a_service_that_stays_down_is_told() -> None:
    with emulated(Faults(fault=1.0)) as market:
        client = Client(market.address, Pace(0, wait=market.advance))
        with pytest.raises(SourceError, match="run again later"):
            client.call("GetAccountBalance")
        client.close()


@pytest.mark.parametrize("seed", range(3))
def test_lost_doubled_and_reordered_notifications_give_the_same_end(
    seed: int, tmp_path: Path, undisturbed: tuple[Any, ...]
) -> None:
    """C50: hints are followed first, the listing has the last word."""
    crowd, wrong = Amt(seed=1, batch=4), Faults(event_lost=0.4, event_twice=0.4, seed=seed)
    notice = {"Destination": "q", "Transport": "SQS", "Version": "1", "EventTypes": EVENTS}
    with (
        emulated() as market,
        Votes(tmp_path / FILE, "c" * 64, policy=Fixed(votes=QUOTA)) as journal,
        desk(crowd, market, journal, Client) as at,
    ):
        journal.ask(ASKED)
        crowd.offer(at, journal, ASKED)
        type_id = at.ledger.get("type", "hit")
        assert type_id
        at.client.call("UpdateNotificationSettings", HITTypeId=type_id["id"], Notification=notice)
        market.advance(900)
        heard = wrong.of_events(market.do(lambda world: list(world.market.events)))
        hits = collecting.hinted([{"about": one.about} for one in heard])
        crowd.bring(at, journal, hits)
        market.rest()
        crowd.poll(at, journal)
        assert end_state(market, tmp_path) == undisturbed


EVENTS = ["AssignmentSubmitted", "HITReviewable"]


@contextmanager
def simple(market: Emulator, folder: Path) -> Iterator[tuple[Client, LedgerFile]]:
    client = Client(market.address, Pace(0, wait=market.advance))
    with LedgerFile(folder / "ledger.db") as ledger:
        yield client, ledger
    client.close()


def publish_one(client: Client, ledger: LedgerFile, now: float, places: int = 3) -> str:
    publishing.plan(ledger, OFFER, [Batch("1-0", ("q",), places)])
    publishing.publish(client, ledger, OFFER, lambda _: QUESTION, now)
    row = ledger.get("batch", "1-0")
    assert row
    return str(row["hit"])


@pytest.mark.parametrize("hours", [1, 23, 25, 72])
def test_a_batch_whose_id_was_lost_is_found_again_after_any_gap(
    hours: int, market: Emulator, tmp_path: Path
) -> None:
    """C48: by its token within a day, by its annotation later."""
    with simple(market, tmp_path) as (client, ledger):
        hit = publish_one(client, ledger, now=0)
        lost = {**(ledger.get("batch", "1-0") or {}), "state": "planned", "tried": 0}
        del lost["hit"]
        ledger.put("batch", {"1-0": lost})
        market.advance(hours * 3_600)
        assert publish_one(client, ledger, now=hours * 3_600) == hit
        assert len(client.call("ListHITs")["HITs"]) == 1


def test_a_bonus_is_paid_once_after_any_gap(market: Emulator, tmp_path: Path) -> None:
    """I10, C48."""
    with simple(market, tmp_path) as (client, ledger):
        one = do_batch(market, publish_one(client, ledger, 0), "A1")
        asked = {
            "WorkerId": "A1", "AssignmentId": one, "BonusAmount": "0.10", "Reason": "1",
        }  # fmt: skip
        publishing.bonus(client, ledger, OFFER, "b", asked)
        publishing.bonus(client, ledger, OFFER, "b", asked)
        ledger.put("bonus", {"b": {"state": "planned", "cost": "0.10"}})
        market.advance(25 * 3_600)
        publishing.bonus(client, ledger, OFFER, "b", asked)
        paid = client.call("ListBonusPayments", AssignmentId=one)["BonusPayments"]
        assert [each["BonusAmount"] for each in paid] == ["0.10"]
        assert ledger.get("bonus", "b") == {"state": "done", "cost": "0.10"}


def test_an_extension_is_made_once_and_never_past_nine(market: Emulator, tmp_path: Path) -> None:
    """C49."""
    with simple(market, tmp_path) as (client, ledger):
        hit = publish_one(client, ledger, 0)
        publishing.extend(client, ledger, OFFER, "1-0", 2)
        before = {**(ledger.get("batch", "1-0") or {}), "places": 3}
        ledger.put("batch", {"1-0": before})  # as if killed before it was noted
        publishing.extend(client, ledger, OFFER, "1-0", 2)
        assert client.call("GetHIT", HITId=hit)["HIT"]["MaxAssignments"] == 5
        with pytest.raises(UsageError, match="never have 10"):
            publishing.extend(client, ledger, OFFER, "1-0", 5)
        with pytest.raises(UsageError, match="no open batch"):
            publishing.extend(client, ledger, OFFER, "2-0", 1)


def test_a_batch_ends_twice_as_it_ends_once(market: Emulator, tmp_path: Path) -> None:
    with simple(market, tmp_path) as (client, ledger):
        hit = publish_one(client, ledger, 0)
        publishing.expire(client, ledger, ["1-0", "no such"])
        publishing.expire(client, ledger, ["1-0"])
        assert client.call("GetHIT", HITId=hit)["HIT"]["HITStatus"] == "Reviewable"


def test_what_was_decided_elsewhere_stays_decided(market: Emulator, tmp_path: Path) -> None:
    """I10: approving twice pays once; a rejected one is not approved by the way."""
    with simple(market, tmp_path) as (client, ledger):
        hit = publish_one(client, ledger, 0)
        one, other = do_batch(market, hit, "A1"), do_batch(market, hit, "A2")
        collecting.approve(client, one)
        collecting.approve(client, one)
        collecting.reject(client, other, "a person decided")
        collecting.reject(client, other, "a person decided")
        with pytest.raises(Denial):
            collecting.reject(client, one, "paid already")
        assert market.world.market.spent == Decimal("0.60")


def test_a_claim_counts_only_with_the_worker_the_marketplace_names() -> None:
    """C50: the assignment was given back by A1 and done by A2."""
    good, bad = collecting.confirmed({("3A", "A1"), ("3B", "A3")}, {("3A", "A2"), ("3B", "A3")})
    assert (good, bad) == ({("3B", "A3")}, {("3A", "A1")})


def test_answers_that_are_no_answers_are_paid_and_asked_again(
    market: Emulator, tmp_path: Path
) -> None:
    """C10, C45: one person skips, one sends something that cannot be read."""
    crowd = Amt(seed=1, batch=9)
    with (
        Votes(tmp_path / FILE, "c" * 64, policy=Fixed(votes=2)) as journal,
        desk(crowd, market, journal, Client) as at,
    ):
        journal.ask(ASKED)
        crowd.offer(at, journal, ASKED)
        (hit,) = market.do(lambda world: list(world.market.hits))
        first = ASKED["question_id"][0]
        hand_in(market, hit, "A1", {first: "skip"})
        one = market.do(lambda world: work.accept(world.market, "A2", hit))
        market.do(lambda world: work.submit(world.market, "A2", one.id, "<!DOCTYPE a []><a/>"))
        crowd.poll(at, journal)
        crowd.offer(at, journal, ASKED)
        assert journal.count() == 0
        assert len(market.do(lambda world: list(world.market.hits))) == 2
        assert market.world.market.spent > 0


def hand_in(market: Emulator, hit: str, worker: str, fields: dict[str, str]) -> None:
    one = market.do(lambda world: work.accept(world.market, worker, hit))
    market.do(lambda world: work.submit_fields(world.market, worker, one.id, fields))


def test_only_those_who_pass_the_test_vote(tmp_path: Path) -> None:
    """C3, C47: the value of the test keeps the others from the batches."""
    (tmp_path / "pool.csv").write_text(POOL)
    crowd = Amt(seed=1, batch=4, test={"written": str(tmp_path / "pool.csv")}, pass_at=18)
    with emulated() as market:
        assert step(crowd, market, tmp_path) in (True, False)
        (test,) = market.world.market.tests.values()
        votes = {one.worker for one in market.world.market.assignments.values()}
        assert len(test.values) == 12
        assert votes <= {worker for worker, value in test.values.items() if value >= 90}


def test_what_names_workers_is_their_owners_alone(tmp_path: Path) -> None:
    """C70."""
    with LedgerFile(tmp_path / "ledger.db") as ledger:
        ledger.put("batch", {"1-0": {"handed": [["assignment", "A1WORKER"]]}})
        modes = {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()}
    assert modes == {0}


def test_the_cap_is_never_passed(tmp_path: Path) -> None:
    """C41: a batch of three costs 2.16 with its fees, and a second one would be too much."""
    offer = Terms("campaign", "T", "D", "k", Decimal("0.60"), cap=Decimal("4.00"))
    with LedgerFile(tmp_path / "ledger.db") as ledger:
        publishing.plan(ledger, offer, [Batch("1-0", ("q",), 3)])
        with pytest.raises(Refused, match="pass the cap"):
            publishing.plan(ledger, offer, [Batch("2-0", ("q",), 3)])
        assert terms.committed(ledger) == Decimal("2.16")


def test_nothing_new_begins_at_nine_tenths_of_the_cap() -> None:
    """C41."""
    offer = Terms("campaign", "T", "D", "k", Decimal("0.60"), cap=Decimal("4.00"))
    with pytest.raises(Refused, match="nine tenths"):
        terms.check_cap(offer, Decimal("3.61"), Decimal("0.01"))


@pytest.mark.parametrize(
    ("endpoint", "production", "has_cap"),
    [
        ("https://mturk-requester.us-east-1.amazonaws.com", False, True),
        ("https://mturk-requester.us-east-1.amazonaws.com", True, False),
        ("http://127.0.0.1.example.org", False, False),
    ],
)
def test_real_money_needs_a_word_and_a_cap(endpoint: str, production: bool, has_cap: bool) -> None:
    """I15."""
    with pytest.raises(Refused, match="real money"):
        Client(endpoint, production=production, has_cap=has_cap)


def test_a_market_reads_back_as_it_was_saved(tmp_path: Path, undisturbed: tuple[Any, ...]) -> None:
    """C52: snapshot."""
    with emulated() as market:
        step(Amt(seed=1, batch=4), market, tmp_path)
        save(market.world.market, tmp_path / "state.json")
        assert load(tmp_path / "state.json") == market.world.market


def test_the_pace_is_two_calls_a_second_and_halves_when_throttled() -> None:
    """C51."""
    clock = [0.0]
    waited: Callable[[float], None] = lambda seconds: clock.__setitem__(0, clock[0] + seconds)  # noqa: E731
    pace = Pace(2.0, waited, lambda: clock[0])
    for _ in range(11):
        pace.take()
    assert clock[0] == pytest.approx(5.0)
    pace.after(1, throttled=True)
    before = clock[0]
    for _ in range(3):
        pace.take()
    assert clock[0] - before == pytest.approx(2.0, abs=1.1)
