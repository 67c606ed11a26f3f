"""What a campaign is expected to ask, cost and keep."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affekt.planning.advice import advice, cost, pay
from affekt.planning.chances import Rates
from affekt.planning.estimate import Terms, estimate, with_priors
from affekt.planning.savings import Asked
from affekt.planning.table2 import PAPER
from affekt.policies.bayes import Bayes
from affekt.policies.curtailed import Curtailed
from affekt.policies.fixed import Fixed

PLAIN = Terms(gold_rate=0.0, reward=Decimal("0.25"), fees="amt")


def test_the_papers_way_is_450_000_votes_and_525_hours() -> None:
    """C20, C40, E8: 4.2 s an answer."""
    total = estimate(Fixed(), PAPER, PLAIN).total
    assert (total.items, round(total.votes), total.answers) == (90_000, 450_000, 450_000)
    assert total.assignments == 22_500
    assert total.hours == pytest.approx(525)
    assert total.bill.total == Decimal("6750.00")


def test_what_is_kept_is_what_the_paper_kept() -> None:
    """C20, F: as long as workers could have kept so few."""
    planned = estimate(Curtailed(), PAPER, PLAIN)
    assert {row.emotion: round(row.kept) for row in planned.rows} == {
        "amusement": 4942, "anger": 1266, "awe": 3151, "contentment": 5374, "disgust": 1658,
        "excitement": 2963, "fear": 1032, "sadness": 2922,
    }  # fmt: skip


def test_gold_is_paid_too() -> None:
    """C28, C40."""
    total = estimate(Fixed(), {"awe": Asked(900, 0.3)}, Terms(gold_rate=0.1, batch=10)).total
    assert (round(total.votes), total.answers, total.assignments) == (4500, 5000, 500)


def test_tests_are_paid_too() -> None:
    """C40: twenty pictures of a slow worker's 6.3 s at 8 an hour."""
    planned = estimate(Fixed(), PAPER, Terms(candidates=1000))
    assert planned.tests.total == Decimal("280.00")
    assert cost(planned) == planned.total.bill.total + Decimal("280.00")


@given(st.dictionaries(st.sampled_from(sorted(PAPER)), st.integers(0, 20_000)))
def test_emotions_add_up_to_the_whole(items: dict[str, int]) -> None:
    mix = {name: Asked(count, PAPER[name].kept) for name, count in items.items()}
    planned = estimate(Curtailed(), mix, PLAIN)
    assert planned.total.votes == pytest.approx(sum(row.votes for row in planned.rows))
    apart = planned.total.bill.total - sum(row.cost for row in planned.rows)
    assert Decimal("-0.04") <= apart <= Decimal("0.39")  # whole batches, each row to the cent


def test_the_reward_is_by_default_what_pays_a_slow_worker_the_floor() -> None:
    """C40."""
    assert pay(Terms()).per_hour_slow == Decimal("8.00")
    assert pay(Terms()).top_up == 0


def test_pay_under_the_floor_is_warned_of_with_its_remedy() -> None:
    """C40."""
    terms = Terms(reward=Decimal("0.20"))
    (said,) = advice(estimate(Fixed(), {}, terms), terms)
    assert "5.71 USD an hour, under 8.00; a bonus of 0.08, or a reward of 0.28, reaches it" in said


def test_precision_under_the_floor_is_warned_of_with_the_votes_that_reach_it() -> None:
    """C21."""
    said = advice(estimate(Curtailed(), {"fear": PAPER["fear"]}, Terms()), Terms())
    assert said == [
        "fear: 0.68 of the kept are expected to be right, under 0.8; 7 votes a question would "
        "reach 0.83"
    ]


def test_workers_who_could_not_have_kept_so_few_are_told_of() -> None:
    """C21."""
    terms = Terms(rates=Rates(0.75, 0.75))
    said = advice(estimate(Curtailed(), {"fear": PAPER["fear"]}, terms), terms)
    assert "could not keep the expected share" in said[0]
    assert "no number of votes reaches it" in said[1]


@pytest.mark.parametrize(
    ("cap", "said"),
    [("10_000", ""), ("8_000", "nine tenths"), ("7_000", "raise it, or ask less")],
)
def test_a_cap_is_held_against_the_cost(cap: str, said: str) -> None:
    """C41: 22,500 assignments at 0.28 and a fee of 0.06."""
    mix = {"amusement": PAPER["amusement"]._replace(items=90_000)}
    terms = Terms(gold_rate=0.0, reward=Decimal("0.28"), fees="amt")
    warnings = advice(estimate(Fixed(), mix, terms), terms, Decimal(cap))
    assert said in "".join(warnings)
    assert len(warnings) == bool(said)


def test_bayes_starts_from_the_share_that_is_expected() -> None:
    """C18."""
    policy = with_priors(Bayes(), PAPER, Terms())
    assert isinstance(policy, Bayes)
    assert policy.priors["amusement"] > policy.priors["fear"] > 0.01


def test_priors_that_were_given_stay() -> None:
    given_priors = Bayes(priors={"fear": 0.5})
    assert with_priors(given_priors, PAPER, Terms()) is given_priors


def test_an_empty_campaign_costs_nothing() -> None:
    total = estimate(Curtailed(), {}, Terms()).total
    assert (total.items, total.votes, total.assignments) == (0, 0, 0)
    assert total.bill.total == 0
