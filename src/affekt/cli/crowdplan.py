"""`crowd plan`: votes, cost, hours and precision before a cent is spent."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from affekt.cli import voice
from affekt.cli.exits import Findings
from affekt.errors import UsageError
from affekt.plan import file as plans
from affekt.plan.shapes import Build, Plan
from affekt.planning.advice import advice, cost, pay
from affekt.planning.chances import Rates
from affekt.planning.chosen import pairs, policy_of
from affekt.planning.estimate import Estimate, Row, Terms, estimate, with_priors
from affekt.planning.gold import gold_errors
from affekt.planning.money import ROUNDING, Bill, money
from affekt.planning.qualification import SKILLS, pass_chance
from affekt.planning.replay import beside
from affekt.planning.savings import Asked, saving
from affekt.planning.table2 import OVERALL, PAPER
from affekt.policies import Policy
from affekt.policies.bayes import Bayes
from affekt.policies.curtailed import Curtailed

HEAD = ("emotion", "items", "votes each", "votes", "hours", "cost", "kept", "share", "precision")
COMPARED = ("policy", "votes each", "votes", "saved", "hours", "cost", "accuracy", "precision")
RHOS = (0.0, 0.2, 0.4, 0.6)
GOLD = (10, 20, 40)
USUAL = "curtailed"


def plan(*, plan: str | None, as_json: bool, cap: str | None, **options: Any) -> None:
    """Print what is expected, and leave with a finding where it is over the cap."""
    terms = terms_of(options)
    given = plans.read(Path(plan), trust=options["trust"]) if plan else None
    mix = _mix(given, options)
    chosen = with_priors(_policy(given, options), mix, terms)
    planned = estimate(chosen, mix, terms)
    limit = None if cap is None else money(cap, "--cap")
    warnings = advice(planned, terms, limit)
    others = [estimate(with_priors(one, mix, terms), mix, terms) for one in _usual(chosen)]
    if as_json:
        voice.document(
            {
                **_document(planned, others, terms),
                "saved_by_curtailed": _saved(mix),
                "warnings": warnings,
            }
        )
    else:
        _show(planned, others, terms)
        voice.line(_told_of_saving(mix))
        for warning in warnings:
            voice.line(f"warning: {warning}")
    if limit is not None and cost(planned) > limit:
        raise Findings


def rates_of(options: Mapping[str, Any]) -> Rates:
    """Give the rates of workers that the options name.

    Raises:
        UsageError: They are no better than coins.
    """
    accuracy = options["accuracy"]
    given = [options[name] for name in ("sensitivity", "specificity")]
    rates = Rates(*(accuracy if one is None else one for one in given))
    if not (sum(rates) > 1 and all(0 < one < 1 for one in rates)):
        raise UsageError(
            f"sensitivity {rates.sensitivity:g} and specificity {rates.specificity:g}: more than "
            "0, less than 1 and together more than 1 are expected; coins tell nothing"
        )
    return rates


def terms_of(options: Mapping[str, Any]) -> Terms:
    """Give the terms that the options name."""
    reward = options["reward"]
    return Terms(
        rates=rates_of(options),
        reward=None if reward is None else money(reward, "--reward"),
        floor_per_hour=money(options["floor"], "--floor"),
        **{
            name: options[name]
            for name in (
                "batch", "fees", "currency", "gold_rate", "seconds", "slow_seconds",
                "precision_floor", "candidates",
            )
        },
    )  # fmt: skip


def _policy(given: Plan | None, options: Mapping[str, Any]) -> Policy:
    kind, settings = options["policy"], options["settings"]
    if given is None or kind or settings:
        return policy_of(kind or USUAL, settings, trust=options["trust"])
    return _build(given).verify.until


def _build(given: Plan) -> Build:
    if given.build is None:
        raise UsageError(f"{given.path}: has no build line, so nothing is asked of a crowd")
    return given.build


def _mix(given: Plan | None, options: Mapping[str, Any]) -> dict[str, Asked]:
    """Give emotion → questions: of the options, else of the plan, else of the paper."""
    items = {name: asked.items for name, asked in PAPER.items()}
    if given:
        items = _build(given).sample.wanted()
    if options["per_class"]:
        named = pairs(options["per_class"], "--per-class")
        items = {
            name: int(_number(text, "--per-class", whole=True)) for name, text in named.items()
        }
    kept = {name: asked.kept for name, asked in PAPER.items()}
    for name, text in pairs(options["kept"], "--kept").items():
        if name not in items:
            raise UsageError(f"--kept names {name!r}, which is not asked; {', '.join(items)} are")
        kept[name] = _number(text, "--kept", most=1.0)
    return {name: Asked(count, kept.get(name, OVERALL)) for name, count in items.items()}


def _number(text: str, what: str, *, whole: bool = False, most: float = 1e9) -> float:
    try:
        number = float(int(text.replace("_", "")) if whole else float(text))
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise UsageError(f"{what}: {text!r} is no {'whole ' * whole}number from 0 to {most:g}")
    return number


def _usual(chosen: Policy) -> list[Policy]:
    """Give the policies to compare: a fixed number of votes first, then those that save some."""
    fixed = beside(chosen)
    early = Curtailed(votes=fixed.votes, keep_at=fixed.keep_at)
    usual: list[Policy] = [fixed, early, Bayes()]
    is_usual = chosen.kind() in [one.kind() for one in usual]
    others = [chosen if one.kind() == chosen.kind() else one for one in usual]
    return others if is_usual else [*others, chosen]


def _show(planned: Estimate, others: list[Estimate], terms: Terms) -> None:
    total, rates = planned.total, terms.rates
    voice.line(
        f"policy {_name(planned.policy)}; workers: sensitivity {rates.sensitivity:g}, specificity "
        f"{rates.specificity:g}; {terms.gold_rate:.0%} gold; fees {terms.fees}; {terms.currency}"
    )
    voice.line("")
    last = (
        "all", total.items, total.votes / total.items if total.items else None,
        round(total.votes), round(total.hours), total.bill.total, round(total.kept),
        total.kept / total.items if total.items else None, _told(total.precision),
    )  # fmt: skip
    voice.table([*map(_cells, planned.rows), last], HEAD)
    voice.line("")
    voice.table([_compared(one, others[0]) for one in others], COMPARED)
    voice.line("")
    for sentence in _told_of_money(planned, terms):
        voice.line(sentence)


def _told_of_saving(mix: Mapping[str, Asked]) -> str:
    """Say what the shares kept alone tell, without any assumption on workers."""
    least, *more = (f"{100 * share:.1f} %" for share in _saved(mix).values())
    return (
        f"three of five, curtailed, saves {least} if all pictures of an emotion share one YES "
        f"rate; {', '.join(more)} if two answers to one picture correlate by "
        f"{', '.join(f'{rho:g}' for rho in RHOS[1:])}"
    )


def _saved(mix: Mapping[str, Asked]) -> dict[str, float]:
    return {f"{rho:g}": saving(mix.values(), rho) for rho in RHOS}


def _told_of_money(planned: Estimate, terms: Terms) -> Iterable[str]:
    paid, bill = pay(terms), planned.total.bill
    yield (
        f"{planned.total.assignments:,} batches of {terms.batch} at {paid.reward} "
        f"{terms.currency}: {bill.rewards:,} to workers, {bill.fees:,} fees; rounded {ROUNDING}"
    )
    if terms.candidates:
        yield (
            f"tests of {terms.candidates:,} candidates: {planned.tests.rewards:,} to them, "
            f"{planned.tests.fees:,} fees; {cost(planned):,} {terms.currency} in all"
        )
    yield (
        f"pay: {paid.per_hour} an hour at the median of {terms.seconds:g} s an answer, "
        f"{paid.per_hour_slow} at the 75th percentile of {terms.slow_seconds:g} s"
    )


def _cells(row: Row) -> tuple[object, ...]:
    return (
        row.emotion, row.items, row.votes_each, round(row.votes), round(row.hours), row.cost,
        round(row.kept), row.kept_share, _told(row.precision),
    )  # fmt: skip


def _compared(one: Estimate, base: Estimate) -> tuple[object, ...]:
    total = one.total
    return (
        _name(one.policy), total.votes / total.items if total.items else None, round(total.votes),
        1 - total.votes / base.total.votes if base.total.votes else None, round(total.hours),
        total.bill.total, _told(total.accuracy), _told(total.precision),
    )  # fmt: skip


def _name(policy: Policy) -> str:
    """Give a policy in a few words: its numbers, which are all there is of those that ship."""
    told = {k: v for k, v in policy.identity().items() if isinstance(v, int | float)}
    if isinstance(policy, Bayes) and policy.priors:
        del told["prior"]  # each emotion has its own
    settings = ", ".join(f"{name} {value:g}" for name, value in told.items() if name != "version")
    return f"{policy.kind()} ({settings})"


def _told(number: float) -> float | None:
    return number if isfinite(number) else None


def _document(planned: Estimate, others: list[Estimate], terms: Terms) -> dict[str, Any]:
    total = planned.total
    return {
        "policy": planned.policy.identity(),
        "terms": {**vars(terms), "rates": terms.rates._asdict(), "reward": terms.paid()},
        "emotions": [_plain(row._asdict()) for row in planned.rows],
        "total": _plain({**total._asdict(), "bill": _bill(total.bill)}),
        "tests": _bill(planned.tests),
        "cost": cost(planned),
        "pay": pay(terms)._asdict(),
        "rounding": ROUNDING,
        "policies": [dict(zip(COMPARED, _compared(one, others[0]), strict=True)) for one in others],
        "test_passed": {f"{skill:g}": pass_chance(skill) for skill in SKILLS},
        "gold": {str(gold): gold_errors(gold)._asdict() for gold in GOLD},
    }


def _bill(bill: Bill) -> dict[str, Decimal]:
    return {**bill._asdict(), "total": bill.total}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give values that JSON has: no NaN, names instead of places."""
    return {
        name: _told(value)
        if isinstance(value, float)
        else value._asdict()
        if hasattr(value, "_asdict")
        else value
        for name, value in values.items()
    }
