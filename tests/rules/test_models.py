"""Rules that learn how well each worker answers."""

import logging

import numpy as np
import polars as pl
import pytest

from affekt.aggregation.two_sided import two_sided
from affekt.rules import Rule
from affekt.rules.dawid_skene import DawidSkene
from affekt.rules.glad import Glad
from affekt.rules.majority import Majority
from affekt.rules.one_coin import OneCoin
from affekt.rules.two_sided import TwoSided
from affekt.rules.weighted_majority import WeightedMajority
from affekt.tables import VOTES
from tests.aggregation.made import PREVALENCE, Made, paper

RULES = [DawidSkene(), TwoSided(), OneCoin(), Glad()]


def votes_of(made: Made) -> pl.DataFrame:
    """The same votes as a table, one emotion a class."""
    votes = made.votes
    rows = {
        "question_id": [f"q{task:05}" for task in votes.task],
        "worker": [f"w{worker:03}" for worker in votes.worker],
        "emotion": [f"emotion-{made.group[task]}" for task in votes.task],
        "felt": votes.label == 1,
        "seconds": np.full(votes.task.size, 3.0),
    }
    return pl.DataFrame(rows, schema=VOTES.types())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind())
def test_who_answers_by_chance_is_outvoted_by_one_who_is_always_right(rule: Rule) -> None:
    """C34: three good workers on 60 questions; two bad ones outvote one of them on the last."""
    truth = [at % 3 == 0 for at in range(60)]
    rows = [
        (f"q{at:02}", f"good-{worker}", "awe", felt, 1.0)
        for at, felt in enumerate(truth)
        for worker in range(3)
    ]
    rows += [
        (f"q{at:02}", f"bad-{worker}", "awe", at % 2 == worker, 1.0)
        for at in range(60)
        for worker in range(2)
    ]
    rows += [("last", "good-0", "awe", False, 1.0)]
    rows += [("last", f"bad-{worker}", "awe", True, 1.0) for worker in range(2)]
    decided = rule.decide(pl.DataFrame(rows, schema=VOTES.types(), orient="row"))
    last = decided.row(by_predicate=pl.col("question_id") == "last", named=True)
    assert (last["votes"], last["votes_yes"]) == (3, 2)
    assert last["is_label"] is False
    assert last["share"] < 0.5


def test_the_share_of_a_model_is_its_probability_and_votes_give_the_other() -> None:
    """C34: soft labels by posterior and by votes from one table."""
    made = paper(500, workers=20)
    decided = TwoSided().decide(votes_of(made)).sort("question_id")
    said = two_sided(made.votes, made.group)
    assert np.allclose(decided["share"], said.probabilities[:, 1])
    by_votes = Majority().decide(votes_of(made)).sort("question_id")
    assert np.allclose(decided["votes_yes"] / decided["votes"], by_votes["share"])


def test_the_class_of_a_question_is_its_emotion() -> None:
    """C34: with equal votes a frequent emotion is more likely than a rare one."""
    made = paper(4000, workers=60)
    decided = TwoSided().decide(votes_of(made)).filter(votes_yes=2, votes=5)
    mean = decided.group_by("emotion").agg(pl.col("share").mean()).sort("emotion")["share"]
    order = np.argsort(PREVALENCE)
    assert mean[int(order[-1])] > mean[int(order[0])] + 0.1


def test_what_a_model_warns_of_goes_to_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("affekt"), "propagate", True)
    OneCoin().decide(votes_of(paper(2000, workers=40)))
    assert "one_coin: mistakes are lopsided" in caplog.text


def test_ties_by_chance_are_about_half_and_do_not_depend_on_other_questions() -> None:
    """C34."""
    rows = [(f"q{at}", worker, "awe", worker == "a", 1.0) for at in range(400) for worker in "ab"]
    votes = pl.DataFrame(rows, schema=VOTES.types(), orient="row")
    rule = Majority(ties="random")
    decided = rule.decide(votes)
    assert 150 < decided["is_label"].sum() < 250
    half = rule.decide(votes.filter(pl.col("question_id") < "q2"))
    assert half.equals(decided.filter(pl.col("question_id") < "q2"))


def test_a_tie_of_weights_is_decided_as_the_plan_says() -> None:
    rows = [("q", "a", "awe", True, 1.0), ("q", "b", "awe", False, 1.0)]
    votes = pl.DataFrame(rows, schema=VOTES.types(), orient="row")
    assert WeightedMajority(ties="no").decide(votes)["is_label"].item() is False
