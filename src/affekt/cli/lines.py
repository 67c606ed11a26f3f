"""`build`, `bench`, `report`, `status` and `why`: a plan and its folder."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from affekt.census.write import shown
from affekt.cli import log, voice
from affekt.cli.exits import Findings
from affekt.foreign import clean
from affekt.plan import Explained, Mapped
from affekt.project import Project, Step, open_plan
from affekt.retry import chosen
from affekt.store import Failure, Product, disk

MARKS = {"done": "green", "waiting": "yellow", "failed": "red", "begun": "yellow", "open": "white"}

MOST = 12  # counts of one kind on a line


@contextmanager
def opened(plan: str, *, trust: bool, quiet: bool, **options: Any) -> Iterator[Project]:
    """Open a plan's project for work: progress on standard error, a log in its folder."""
    ticker = voice.Ticker(quiet=quiet)
    project = open_plan(plan, trust=trust, watch=ticker, **options)
    log.start(project.plan.project)
    try:
        with disk.disk_trouble(project.plan.project):
            yield project
    finally:
        ticker.close()


@contextmanager
def looked_at(plan: str, *, trust: bool) -> Iterator[Project]:
    """Open a plan's project only to read it."""
    project = open_plan(plan, trust=trust)
    with disk.disk_trouble(project.plan.project):
        yield project


def build(  # noqa: PLR0913  (the options of the command)
    *, plan: str, to: str | None, dry_run: bool, retry: bool, retry_only: str, retry_final: bool,
    as_json: bool, color: str, trust: bool, quiet: bool,
    **_: Any,
) -> None:  # fmt: skip
    """Run the build line, or show what would run."""
    reasons = chosen(passing=retry, words=retry_only)
    if dry_run:
        with looked_at(plan, trust=trust) as project:
            steps = project.forecast()
        _show(steps, as_json=as_json, color=color)
        _tell_more(steps, as_json=as_json)
        if any(step.state == "failed" for step in steps):
            raise Findings
        return
    again = {"retry": reasons, "retry_final": retry_final}
    with opened(plan, trust=trust, quiet=quiet, **again) as project:
        steps = project.build(to)
    _show(steps, as_json=as_json, color=color)
    if not as_json:
        release = project.release_folder()
        if release:
            click.echo(
                f"\nrelease: {release}\nnext: affekt bench {plan}"
                if project.plan.bench
                else f"\nrelease: {release}"
            )
    _tell_more(steps, as_json=as_json)


def bench(
    *, plan: str, dry_run: bool, as_json: bool, color: str, trust: bool, quiet: bool, **_: Any
) -> None:
    """Run the benchmark, or show what would run; a failed cell is a finding."""
    if dry_run:
        with looked_at(plan, trust=trust) as project:
            steps = [step for step in project.status() if " " in step.name]
        _show(steps, as_json=as_json, color=color)
        return
    with opened(plan, trust=trust, quiet=quiet) as project:
        results = project.bench()
        nets, maps, explained = project.nets(), project.maps(), project.explanations()
    rows = [
        (one.dataset, one.entry, one.protocol, "failed" if isinstance(one.predictions, Failure)
        else "done",
         one.predictions.reason if isinstance(one.predictions, Failure) else "")
        for one in results
    ]  # fmt: skip
    names = ("dataset", "entry", "protocol", "state", "reason")
    if as_json:
        voice.document([dict(zip(names, row, strict=True)) for row in rows])
    else:
        voice.table(rows, names)
        if nets:
            click.echo()
            voice.table([net_row(name, made) for name, made in nets.items()], NET)
            click.echo(f"their folders, for use elsewhere: affekt nets {plan}")
        if maps:
            click.echo()
            voice.table([_map(one) for one in maps], MAP)
        if explained:
            click.echo()
            voice.table([_explanation(one) for one in explained], EXPLANATION)
        click.echo(f"\nnext: affekt report {plan}")
    beside = [*(one.mapped for one in maps), *(one.explained for one in explained)]
    if any(row[3] == "failed" for row in rows) or any(isinstance(one, Failure) for one in beside):
        log.tell()
        raise Findings


NET = ("net", "state", "epoch", "validation accuracy", "pictures", "weights moved")


def net_row(name: str, made: Product | Failure) -> tuple[str, ...]:
    """Give what is told of a trained net: the choice with its standard error, and what moved."""
    if isinstance(made, Failure):
        state = "open" if made.kind == "open" else "failed"
        return (name, state, "", made.reason, "", "")
    notes = made.manifest["notes"]
    chosen, moved = notes["history"][notes["chosen_epoch"]], notes["moved"]
    seen = notes["data"]["pictures"]
    accuracy = "no validation part: the last epoch"
    if chosen["accuracy"] is not None:
        accuracy = f"{chosen['accuracy']:.1%} ± {chosen['standard_error']:.1%} (standard error)"
    return (
        name,
        "done",
        f"{chosen['epoch'] + 1} of {len(notes['history'])}",
        accuracy,
        " + ".join(f"{count:,} {part}" for part, count in seen.items()),
        f"{moved['weights_moved']:,} of {moved['weights']:,} ({moved['mode']})",
    )


MAP = ("map", "dataset", "entry", "state", "pictures", "reason")


def _map(one: Mapped) -> tuple[str, ...]:
    """Give what is told of one side of a map."""
    about = (str(one.number), one.dataset, one.entry)
    if isinstance(one.mapped, Failure):
        return (*about, "failed", "", one.mapped.reason)
    return (*about, "done", f"{one.mapped.manifest['kept']:,}", "")


EXPLANATION = ("explanation", "dataset", "entry", "state", "pictures", "reason")


def _explanation(one: Explained) -> tuple[str, ...]:
    """Give what is told of one explanation."""
    about = (str(one.number), one.dataset, one.entry)
    if isinstance(one.explained, Failure):
        return (*about, "failed", "", one.explained.reason)
    return (*about, "done", f"{one.explained.manifest['kept']:,}", "")


def report(
    *, plan: str, only: str | None, as_json: bool, trust: bool, quiet: bool, **_: Any
) -> None:
    """Write the report and say where it is."""
    with opened(plan, trust=trust, quiet=quiet) as project:
        page = project.report(only=only)
    if as_json:
        voice.document({"page": str(page)})
    else:
        voice.line(f"report: {page}")


def status(*, plan: str, as_json: bool, color: str, trust: bool, **_: Any) -> None:
    """Show how far both lines have come."""
    with looked_at(plan, trust=trust) as project:
        steps = project.status()
    _show(steps, as_json=as_json, color=color)
    _tell_more(steps, as_json=as_json)


def stats(*, plan: str, as_json: bool, trust: bool, **_: Any) -> None:
    """Show the counts, and where their files are."""
    with looked_at(plan, trust=trust) as project:
        folder, tables = project.stats()
    if as_json:
        voice.document({name: table.to_dicts() for name, table in tables.items()})
        return
    for title, table in shown(tables).items():
        click.echo(f"\n{title}")
        voice.table(table.rows(), table.columns)
    click.echo(f"\nall tables: {folder}")


def why(*, plan: str, image: str, as_json: bool, trust: bool, **_: Any) -> None:
    """Tell the fate of one picture."""
    with looked_at(plan, trust=trust) as project:
        fates = project.why(image)
    if as_json:
        voice.document(fates)
        return
    name: Any = ""
    for one in fates:
        name = one.row.get("source_id") or name or one.row.get("image_id")
        voice.line(f"{one.step:8}  {one.verdict:7}  {one.reason:16}  {name}")
        if one.text:
            voice.line(f"{'':8}  {one.text}")


def _show(steps: list[Step], *, as_json: bool, color: str) -> None:
    if as_json:
        voice.document(steps)
        return
    colored = voice.use_color(color)
    width = max([4, *(len(step.name) for step in steps)])
    click.echo(
        f"{'step':{width}}  {'state':7}  {'kept':>9}  {'dropped':>9}  {'made (UTC)':19}  reasons"
    )
    for step in steps:
        state = (
            click.style(f"{step.state:7}", fg=MARKS.get(step.state))
            if colored
            else f"{step.state:7}"
        )
        counts = f"{_count(step.kept):>9}  {_count(step.dropped):>9}  {step.made_at[:19]:19}"
        reasons = ", ".join(f"{word} {count:,}" for word, count in step.reasons.items())
        if step.state != "done":
            reasons = reasons or clean(step.text, None)
        line = f"{clean(step.name, None):{width}}  {state}  {counts}  {reasons}".rstrip()
        click.echo(line, color=colored)
        for name, tally in sorted(step.tallies.items()):
            voice.line(f"{'':{width}}  {name}: {_listed(tally)}")


def _tell_more(steps: list[Step], *, as_json: bool) -> None:
    """Say what may still be done about what steps that stand have dropped."""
    for step in steps:
        if step.state == "done" and step.text and not as_json:
            click.echo()
            voice.line(step.text)


def _listed(tally: Mapping[str, int]) -> str:
    """Give the counts, biggest first."""
    ranked = sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{word} {count:,}" for word, count in ranked[:MOST]) + (
        f" and {len(ranked) - MOST:,} more" if len(ranked) > MOST else ""
    )


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
