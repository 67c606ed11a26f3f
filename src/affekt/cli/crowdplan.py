"""`crowd plan`: votes, cost, hours and precision before a cent is spent."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from affekt.cli import voice
from affekt.cli.exits import Findings
from affekt.errors import UsageError
from affekt.plan import file as plans
from affekt.plan.shapes import Build, Plan
from affekt.planning import planned
from affekt.planning.advice import cost, pay
from affekt.planning.chances import Rates
from affekt.planning.chosen import pairs, policy_of
from affekt.planning.estimate import Row, Terms
from affekt.planning.money import ROUNDING, money
from affekt.planning.planned import COMPARED, Planned, compared, finite, name_of
from affekt.planning.savings import Asked
from affekt.planning.table2 import PAPER
from affekt.policies import Policy

HEAD = ("emotion", "items", "votes each", "votes", "hours", "cost", "kept", "share", "precision")
USUAL = "curtailed"


def plan(*, plan: str | None, as_json: bool, cap: str | None, **options: Any) -> None:
    """Print what is expected, and leave with a finding where it is over the cap."""
    terms = terms_of(options)
    given = plans.read(Path(plan), trust=options["trust"]) if plan else None
    limit = None if cap is None else money(cap, "--cap")
    told = planned.plan(_policy(given, options), _mix(given, options), terms, limit)
    if as_json:
        voice.document(planned.document(told))
    else:
        _show(told)
    if limit is not None and cost(told.chosen) > limit:
        raise Findings


def rates_of(options: Mapping[str, Any]) -> Rates:
    """Give the rates of workers that the options name.

    Raises:
        UsageError: They are no better than coins.
    """
    return planned.rates_of(*(options[one] for one in ("accuracy", "sensitivity", "specificity")))


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
    kept: dict[str, float] = {}
    for name, text in pairs(options["kept"], "--kept").items():
        if name not in items:
            raise UsageError(f"--kept names {name!r}, which is not asked; {', '.join(items)} are")
        kept[name] = _number(text, "--kept", most=1.0)
    return planned.mix_of(items, kept)


def _number(text: str, what: str, *, whole: bool = False, most: float = 1e9) -> float:
    try:
        number = float(int(text.replace("_", "")) if whole else float(text))
    except ValueError:
        number = -1.0
    if not 0 <= number <= most:
        raise UsageError(f"{what}: {text!r} is no {'whole ' * whole}number from 0 to {most:g}")
    return number


def _show(told: Planned) -> None:
    total, terms, rates = told.chosen.total, told.terms, told.terms.rates
    voice.line(
        f"policy {name_of(told.chosen.policy)}; workers: sensitivity {rates.sensitivity:g}, "
        f"specificity {rates.specificity:g}; {terms.gold_rate:.0%} gold; fees {terms.fees}; "
        f"{terms.currency}"
    )
    voice.line("")
    last = (
        "all", total.items, total.votes / total.items if total.items else None,
        round(total.votes), round(total.hours), total.bill.total, round(total.kept),
        total.kept / total.items if total.items else None, finite(total.precision),
    )  # fmt: skip
    voice.table([*map(_cells, told.chosen.rows), last], HEAD)
    voice.line("")
    voice.table([compared(one, told.others[0]) for one in told.others], COMPARED)
    voice.line("")
    for sentence in (*_told_of_money(told), _told_of_saving(told)):
        voice.line(sentence)
    for warning in told.warnings:
        voice.line(f"warning: {warning}")


def _told_of_saving(told: Planned) -> str:
    """Say what the shares kept alone tell, without any assumption on workers."""
    least, *more = (f"{100 * share:.1f} %" for share in told.saved.values())
    return (
        f"three of five, curtailed, saves {least} if all pictures of an emotion share one YES "
        f"rate; {', '.join(more)} if two answers to one picture correlate by "
        f"{', '.join(f'{rho:g}' for rho in list(told.saved)[1:])}"
    )


def _told_of_money(told: Planned) -> Iterable[str]:
    terms, chosen = told.terms, told.chosen
    paid, bill = pay(terms), chosen.total.bill
    yield (
        f"{chosen.total.assignments:,} batches of {terms.batch} at {paid.reward} "
        f"{terms.currency}: {bill.rewards:,} to workers, {bill.fees:,} fees; rounded {ROUNDING}"
    )
    if terms.candidates:
        yield (
            f"tests of {terms.candidates:,} candidates: {chosen.tests.rewards:,} to them, "
            f"{chosen.tests.fees:,} fees; {cost(chosen):,} {terms.currency} in all"
        )
    yield (
        f"pay: {paid.per_hour} an hour at the median of {terms.seconds:g} s an answer, "
        f"{paid.per_hour_slow} at the 75th percentile of {terms.slow_seconds:g} s"
    )


def _cells(row: Row) -> tuple[object, ...]:
    return (
        row.emotion, row.items, row.votes_each, round(row.votes), round(row.hours), row.cost,
        round(row.kept), row.kept_share, finite(row.precision),
    )  # fmt: skip
