"""What every rule must do; a newcomer's file is found by its folder.

Golden answers stand in ``tests/golden/rules_<kind>.json``: see ``tests/golden/write.py``.
"""

from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.parts import Part
from affekt.rules import Rule
from affekt.tables import DECISIONS, VOTES
from tests.exams.every import every
from tests.golden.write import check

Rows = dict[tuple[str, str], bool]
rules = pytest.mark.parametrize("rule", every("rules"), ids=lambda rule: rule.kind())
ballots = st.dictionaries(
    st.tuples(st.sampled_from(["q1", "q2", "q3"]), st.sampled_from("abcdefg")), st.booleans()
)


def table(rows: Rows, emotion: str = "awe") -> pl.DataFrame:
    full = [(question, worker, emotion, felt, 3.0) for (question, worker), felt in rows.items()]
    return pl.DataFrame(full, schema=VOTES.types(), orient="row")


def fixed_votes() -> pl.DataFrame:
    """Every number of YES among every number of votes from one to seven, and a second emotion."""
    rows = {
        (f"q-{votes}-{yes}", f"worker-{at}"): at < yes
        for votes in range(1, 8)
        for yes in range(votes + 1)
        for at in range(votes)
    }
    return pl.concat([table(rows), table({("q-5-3", "worker-0"): True}, emotion="fear")])


def golden(part: type[Part]) -> list[dict[str, object]]:
    """Decisions on the fixed votes."""
    rule = part.example()
    assert isinstance(rule, Rule)
    return rule.decide(fixed_votes()).to_dicts()


@rules
@given(ballots, st.randoms())
def test_the_order_of_votes_cannot_matter(rule: type[Rule], rows: Rows, random: Random) -> None:
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    again = rule.example().decide(table(dict(shuffled)))
    assert again.equals(rule.example().decide(table(rows)))


@rules
@given(ballots)
def test_decisions_follow_the_contract(rule: type[Rule], rows: Rows) -> None:
    decided = rule.example().decide(table(rows))
    assert decided.equals(DECISIONS.conform(decided, rule.kind()))
    assert set(decided["question_id"]) == {question for question, _ in rows}
    assert decided["share"].is_between(0, 1).all()
    assert decided["share"].is_finite().all()
    assert (decided["votes_yes"] <= decided["votes"]).all()


@rules
@pytest.mark.parametrize("felt", [True, False])
def test_unanimous_votes_win(rule: type[Rule], felt: bool) -> None:
    decided = rule.example().decide(table({("q1", worker): felt for worker in "abcde"}))
    assert decided["is_label"].to_list() == [felt]
    assert decided["votes_yes"].to_list() == [5 * felt]


@rules
def test_no_votes_give_an_empty_table(rule: type[Rule]) -> None:
    assert rule.example().decide(VOTES.empty()).equals(DECISIONS.empty())


@rules
def test_one_vote_is_never_turned_around(rule: type[Rule]) -> None:
    decided = rule.example().decide(table({("q1", "a"): False}))
    assert decided["is_label"].to_list() != [True]


@rules
def test_an_answer_that_moves_raises_the_version(rule: type[Rule]) -> None:
    check(rule, golden(rule))
