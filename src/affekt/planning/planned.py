"""A campaign as it is planned: one policy, the usual others beside it, and what to look out for."""

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from affekt.errors import UsageError
from affekt.planning.advice import advice, cost, pay
from affekt.planning.chances import Rates
from affekt.planning.estimate import Estimate, Terms, estimate, with_priors
from affekt.planning.gold import gold_errors
from affekt.planning.money import ROUNDING, Bill
from affekt.planning.qualification import SKILLS, pass_chance
from affekt.planning.replay import beside
from affekt.planning.savings import Asked, saving
from affekt.planning.table2 import OVERALL, PAPER
from affekt.policies import Policy
from affekt.policies.bayes import Bayes
from affekt.policies.curtailed import Curtailed

COMPARED = ("policy", "votes each", "votes", "saved", "hours", "cost", "accuracy", "precision")
RHOS = (0.0, 0.2, 0.4, 0.6)
GOLD = (10, 20, 40)


class Planned(NamedTuple):
    """What is expected of a campaign.

    Attributes:
        terms: What is assumed of workers and agreed with them.
        chosen: The policy that was asked for.
        others: The usual ones, that one among them; a fixed number of votes first.
        saved: Correlation of two answers to one picture → share that `curtailed` saves.
        warnings: A sentence each, with its remedy.
    """

    terms: Terms
    chosen: Estimate
    others: tuple[Estimate, ...]
    saved: Mapping[float, float]
    warnings: tuple[str, ...]


def plan(
    policy: Policy, mix: Mapping[str, Asked], terms: Terms, cap: Decimal | None = None
) -> Planned:
    """Give what is expected of a campaign under a policy, and under the usual others.

    Args:
        policy: When to stop asking; `bayes` without priors gets the expected shares.
        mix: Emotion → questions, and the share of them that three of five would keep.
        terms: What is assumed of workers and agreed with them.
        cap: Most that may be spent.
    """
    chosen = estimate(with_priors(policy, mix, terms), mix, terms)
    others = (estimate(with_priors(one, mix, terms), mix, terms) for one in _usual(chosen.policy))
    saved = {rho: saving(mix.values(), rho) for rho in RHOS}
    return Planned(terms, chosen, tuple(others), saved, tuple(advice(chosen, terms, cap)))


def mix_of(items: Mapping[str, int], kept: Mapping[str, float]) -> dict[str, Asked]:
    """Give emotion → questions with the share kept: as told, else the paper's.

    An emotion that the paper does not have is kept as often as all of the paper's together.
    """
    paper = {name: asked.kept for name, asked in PAPER.items()}
    shares = {**paper, **kept}
    return {name: Asked(count, shares.get(name, OVERALL)) for name, count in items.items()}


def rates_of(
    accuracy: float, sensitivity: float | None = None, specificity: float | None = None
) -> Rates:
    """Give the rates of workers: the accuracy where nothing better is known.

    Raises:
        UsageError: They are no better than coins.
    """
    given = (sensitivity, specificity)
    rates = Rates(*(accuracy if one is None else one for one in given))
    if not (sum(rates) > 1 and all(0 < one < 1 for one in rates)):
        raise UsageError(
            f"sensitivity {rates.sensitivity:g} and specificity {rates.specificity:g}: more than "
            "0, less than 1 and together more than 1 are expected; coins tell nothing"
        )
    return rates


def document(planned: Planned) -> dict[str, Any]:
    """Give all of it as values that JSON has, but for amounts, which are decimals."""
    chosen, terms, base = planned.chosen, planned.terms, planned.others[0]
    rows = [compared(one, base) for one in planned.others]
    return {
        "policy": chosen.policy.identity(),
        "terms": {**vars(terms), "rates": terms.rates._asdict(), "reward": terms.paid()},
        "emotions": [_plain(row._asdict()) for row in chosen.rows],
        "total": _plain({**chosen.total._asdict(), "bill": _bill(chosen.total.bill)}),
        "tests": _bill(chosen.tests),
        "cost": cost(chosen),
        "pay": pay(terms)._asdict(),
        "rounding": ROUNDING,
        "policies": [dict(zip(COMPARED, one, strict=True)) for one in rows],
        "test_passed": {f"{skill:g}": pass_chance(skill) for skill in SKILLS},
        "gold": {str(gold): gold_errors(gold)._asdict() for gold in GOLD},
        "saved_by_curtailed": {f"{rho:g}": share for rho, share in planned.saved.items()},
        "warnings": list(planned.warnings),
    }


def compared(one: Estimate, base: Estimate) -> tuple[object, ...]:
    """Give `COMPARED` of a policy beside another."""
    total = one.total
    return (
        name_of(one.policy), total.votes / total.items if total.items else None, round(total.votes),
        1 - total.votes / base.total.votes if base.total.votes else None, round(total.hours),
        total.bill.total, finite(total.accuracy), finite(total.precision),
    )  # fmt: skip


def name_of(policy: Policy) -> str:
    """Give a policy in a few words: its numbers, which are all there is of those that ship."""
    told = {k: v for k, v in policy.identity().items() if isinstance(v, int | float)}
    if isinstance(policy, Bayes) and policy.priors:
        del told["prior"]  # each emotion has its own
    settings = ", ".join(f"{name} {value:g}" for name, value in told.items() if name != "version")
    return f"{policy.kind()} ({settings})"


def finite(number: float) -> float | None:
    """Give a number; None for what is none, as the precision where nothing is kept."""
    return number if isfinite(number) else None


def _usual(chosen: Policy) -> list[Policy]:
    """Give the policies to compare: a fixed number of votes first, then those that save some."""
    fixed = beside(chosen)
    early = Curtailed(votes=fixed.votes, keep_at=fixed.keep_at)
    usual: list[Policy] = [fixed, early, Bayes()]
    is_usual = chosen.kind() in [one.kind() for one in usual]
    others = [chosen if one.kind() == chosen.kind() else one for one in usual]
    return others if is_usual else [*others, chosen]


def _bill(bill: Bill) -> dict[str, Decimal]:
    return {**bill._asdict(), "total": bill.total}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give values that JSON has: no NaN, names instead of places."""
    return {
        name: finite(value)
        if isinstance(value, float)
        else value._asdict()
        if hasattr(value, "_asdict")
        else value
        for name, value in values.items()
    }
