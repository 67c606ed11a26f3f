"""One policy through the marketplace: test, waves, votes, labels, and what they cost."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import polars as pl

from affekt.amt.emulator.market import Market
from affekt.amt.emulator.server import Emulator
from affekt.amt.emulator.world import World
from affekt.amt.ledger import LedgerFile
from affekt.amt.pace import Pace
from affekt.crowd.amt import Amt, qualification
from affekt.crowd.amt.desk import Desk, ledger_path
from affekt.journal.votes import FILE, Votes
from affekt.parts import Place
from affekt.policies import Policy
from affekt.replay import pictures
from affekt.replay.people import SHARES, Cast
from affekt.rules.at_least import AtLeast
from affekt.simulation import is_felt, mean_yes, paper_acceptance, population, prevalence
from affekt.simulation.person import Person

TEST_QUESTIONS, PASS_AT = 20, 10
NEEDED = 100 * PASS_AT // TEST_QUESTIONS  # percent
KEEP_AT, OF = 3, 5
Watch = Callable[[str], None]


class Run(NamedTuple):
    """What came of one policy."""

    policy: str
    tested: int
    passed: int
    scores: Mapping[int, int]  # right answers → people
    votes: int
    voters: int
    strangers: int  # voters who did not pass the test
    waves: tuple[int, ...]  # questions asked in each
    spent: Decimal  # dollars
    hours: float  # from the first batch to the last vote, at the marketplace
    calls: int
    labels: pl.DataFrame  # question_id, emotion, votes, votes_yes, is_label, felt


def run(
    folder: Path,
    policy: Policy,
    *,
    asked: pl.DataFrame,
    candidates: int,
    seed: int,
    watch: Watch,
) -> Run:
    """Give what came of one policy; everything it needs lies in ``folder``, which is empty.

    Args:
        folder: Where journal and ledger lie.
        policy: How many votes a question gets.
        asked: The questions.
        candidates: People who take the test.
        seed: Of people and marketplace.
        watch: Is told how far it has come.
    """
    with Emulator(World(Market(seed=seed))) as market:
        pool = Place(written=str(pictures.write_pool(folder / "pool.csv", market.address)))
        crowd = Amt(seed=seed, endpoint=market.address, test=pool, calls_per_second=0)
        key = qualification.drawn(pool.path, TEST_QUESTIONS, seed)
        cast = cast_of({one.name: one.emotion for one in key}, asked, candidates, seed)
        market.do(lambda world: world.join(cast))
        with Votes(folder / FILE, "replay", policy=policy) as journal:
            waves = _verified(crowd, market, journal, asked, watch)
            votes = journal.votes()
        return _told(market, policy, votes, cast, waves)


def cast_of(key: Mapping[str, str], asked: pl.DataFrame, candidates: int, seed: int) -> Cast:
    """Give the people, and what is felt: so often that the paper's shares are expected."""
    people = population(seed, SHARES, candidates)
    able = [one for one in people if _score(one, key) >= PASS_AT]
    share = {
        name: prevalence(
            paper_acceptance(name), mean_yes(able, name, True), mean_yes(able, name, False), 0.0
        )
        for name in pictures.SUBMITTED
    }
    felt = {
        name: (emotion, is_felt(name, seed, share[emotion]))
        for name, emotion in asked.select("question_id", "emotion").iter_rows()
    }
    return Cast(people, key, felt)


def _score(one: Person, key: Mapping[str, str]) -> int:
    return sum(one.is_right(name) for name in key)


def _verified(
    crowd: Amt, market: Emulator, journal: Votes, asked: pl.DataFrame, watch: Watch
) -> tuple[int, ...]:
    """Ask wave after wave until every question is decided; give how many each wave asked."""
    waves: list[int] = []
    journal.ask(asked)
    with (
        crowd.client(market.address, Pace(0, wait=market.advance)) as client,
        LedgerFile(ledger_path(journal)) as ledger,
    ):
        desk = Desk(client, ledger, market.address, market)
        while True:
            waiting = journal.open_questions().filter(pl.col("places") > 0)
            if waiting.is_empty():
                return tuple(waves)
            waves.append(waiting.height)
            watch(f"wave {len(waves)}: {waiting.height:,} pictures")
            crowd.offer(desk, journal, waiting)
            market.rest()
            crowd.poll(desk, journal)


def _told(
    market: Emulator, policy: Policy, votes: pl.DataFrame, cast: Cast, waves: tuple[int, ...]
) -> Run:
    state = market.world.market
    (test,) = state.tests.values()
    scores: dict[int, int] = {}
    for value in sorted(test.values.values()):
        scores[value * TEST_QUESTIONS // 100] = scores.get(value * TEST_QUESTIONS // 100, 0) + 1
    done = [one for one in state.assignments.values() if one.submitted]
    passed = {name for name, value in test.values.items() if value >= NEEDED}
    begun = min(one.created for one in state.hits.values())
    felt = pl.DataFrame(
        [(name, is_true) for name, (_, is_true) in cast.asked.items()],
        schema=["question_id", "felt"],
        orient="row",
    )
    labels = AtLeast(yes=KEEP_AT, of=OF).decide(votes).join(felt, on="question_id")
    return Run(
        policy.kind(),
        len(test.values),
        len(passed),
        scores,
        votes.height,
        votes["worker"].n_unique(),
        len({one.worker for one in done} - passed),
        waves,
        state.spent,
        (max(one.submitted or 0.0 for one in done) - begun) / 3_600,
        market.calls,
        labels.select("question_id", "emotion", "votes", "votes_yes", "is_label", "felt").sort(
            "question_id"
        ),
    )
