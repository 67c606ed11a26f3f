"""`new`, `check` and `parts`: what can stand in a plan, and whether it may."""

from pathlib import Path
from typing import Any

import click

from affekt import catalogue, plan, templates
from affekt.cli import voice
from affekt.cli.exits import Findings
from affekt.plan import seen


def new(*, path: str, template: str, as_json: bool, **_: Any) -> None:
    """Write a commented plan."""
    written = templates.write(Path(path), template)
    if as_json:
        voice.document({"plan": str(written), "template": template})
    else:
        voice.line(
            f"{written}: written from the template {template!r}; next: affekt check {written}"
        )


def check(*, plan: str, trust: bool, as_json: bool, **_: Any) -> None:
    """Read a plan and say that it is sound; what cannot be read comes as `PlanError`.

    A cell of the benchmark that is bound to fail is told, too, and stops no other one.
    """
    read = read_plan(plan, trust=trust)
    failing = [*seen(read.bench)] if read.bench else []
    lines = [name for name, one in (("build", read.build), ("bench", read.bench)) if one]
    if as_json:
        voice.document(
            {
                "plan": plan,
                "title": read.title,
                "lines": lines,
                "sha256": read.sha256,
                "problems": [],
                "failing": failing,
            }
        )
    elif failing:
        voice.line(f"{plan}: can be read, and these cells of the benchmark are bound to fail:")
        for one in failing:
            voice.line(f"  {one}")
    else:
        voice.line(f"{plan}: sound; next: " + ", ".join(f"affekt {line} {plan}" for line in lines))
    if failing:
        raise Findings


def read_plan(path: str, *, trust: bool) -> plan.Plan:
    """Read the plan in a file."""
    return plan.read(Path(path), trust=trust)


def parts(*, family: str | None, kind: str | None, as_json: bool, **_: Any) -> None:
    """List parts, or the settings of one and the values of a feature."""
    found = catalogue.listing(family, kind)
    if as_json:
        voice.document(found)
    elif kind:
        _settings(found[0])
    else:
        voice.table(
            [(one.family, one.kind, one.gives) for one in found], ("family", "kind", "gives")
        )


def _settings(one: catalogue.Listing) -> None:
    click.echo(f"{one.family}/{one.kind}: {one.gives}\n")
    rows = [(each.name, each.type, each.default, each.meaning) for each in one.settings]
    voice.table(rows, ("setting", "type", "default", "meaning"))
    if one.values:
        click.echo()
        voice.table(
            [
                (each.name, each.unit, *map(_end, (each.low, each.high)), each.source)
                for each in one.values
            ],
            ("value", "unit", "low", "high", "source"),
        )


def _end(end: float | None) -> str:
    """Give one end of a range; nothing where it has none."""
    return "" if end is None else f"{end:.4g}"
