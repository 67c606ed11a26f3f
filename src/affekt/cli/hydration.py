"""`hydrate`: a release and other people's servers, no plan needed."""

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from affekt.cli import voice
from affekt.cli.exits import Findings
from affekt.errors import MissingSecret
from affekt.fetch.manners import Manners
from affekt.forgotten import Forgotten, read
from affekt.hydration import Receipt, ahead, hydrate
from affekt.hydration.asking import lacking
from affekt.sources import Source, guests
from affekt.sources.flickr import Flickr
from affekt.sources.wikimedia import Wikimedia

COLUMNS = ("emotion", "split", "pictures", "shipped", "exact", "same", "changed", "gone",
           "refused", "failed", "surviving", "percent")  # fmt: skip


def fill(  # noqa: PLR0913  (the options of the command)
    *, folder: str, to: str | None, same: bool, again: bool, dry_run: bool, quiet: bool,
    as_json: bool,
    **options: Any,
) -> None:  # fmt: skip
    """Fetch, or show what would be fetched; leave with a finding where some may still come."""
    release = Path(folder)
    whole = release.resolve()  # a folder may be named by a dot
    place = Path(to) if to else whole.with_name(f"{whole.name}-hydrated")
    if dry_run:
        _show_ahead(release, place, same=same, again=again, as_json=as_json)
        return
    manners, forgotten, sources = _manners(options)
    ticker = voice.Ticker(quiet=quiet)
    try:
        made = hydrate(
            release,
            place,
            manners,
            forgotten=forgotten,
            sources=sources,
            same=same,
            again=again,
            watch=ticker,
        )
    except MissingSecret:
        if options["plan"] or manners.contact:
            raise  # which says what to write into the plan, or names the key of a source
        raise MissingSecret(
            "hydrate: nobody asks other people's servers unnamed; name your mail or web address "
            "with --contact, or a plan that has one with --plan"
        ) from None
    finally:
        ticker.close()
    if as_json:
        voice.document({**asdict(made), "folder": str(made.folder)})
    else:
        _show(made)
        _show_unasked(made, sources)
    if made.outcomes["failed"]:
        raise Findings


def _manners(options: dict[str, Any]) -> tuple[Manners, Forgotten, tuple[Source, ...]]:
    """Give how servers are asked, what is not asked for, and who is asked what may be used.

    Addresses of sources come from the user's plan or are those that ship, never from a release.
    """
    manners, lists = Manners(), [Path(options["forgotten"])] if options["forgotten"] else []
    sources: tuple[Source, ...] = ()
    if options["plan"]:
        from affekt import plan  # needs every family of parts, and only this option needs a plan

        read_plan = plan.read(Path(options["plan"]))
        lists += [read_plan.forgotten.path] if read_plan.forgotten else []
        if read_plan.build:
            manners = read_plan.build.collect.fetch
            sources = read_plan.build.collect.sources
    if options["contact"]:
        manners = Manners.model_validate({**manners.model_dump(), "contact": options["contact"]})
    sources = () if options["skip_sources"] else (*sources, Flickr(), Wikimedia())
    forgotten = Forgotten(entry for path in lists for entry in read(path).entries)
    return guests(manners, sources), forgotten, sources


def _show_ahead(release: Path, place: Path, *, same: bool, again: bool, as_json: bool) -> None:
    waiting = ahead(release, place, same=same, again=again)
    if as_json:
        voice.document(waiting._asdict())
    else:
        voice.line(
            f"would fetch {voice.counted(waiting.pictures, 'picture')} of "
            f"{voice.counted(waiting.hosts, 'host')}, "
            f"{waiting.n_bytes / 1e6:,.1f} MB as the release says, into {place}"
        )


def _show(made: Receipt) -> None:
    rows = [[_shown(row[name]) for name in COLUMNS] for row in made.survival]
    voice.table(rows, COLUMNS)
    click.echo()
    for outcome, reasons in made.reasons.items():
        told = ", ".join(f"{reason} {n:,}" for reason, n in reasons.items())
        voice.line(f"{outcome}: {told} (each in outcomes.csv)")
    voice.line(made.report)
    if made.outcomes["same"]:
        voice.line(
            f"{made.outcomes['same']:,} more have the same look and other bytes; they lie in same/ "
            f"and are not counted in. With them n = {made.with_same:,}, list "
            f"{made.with_same_sha256}"
        )
    if made.outcomes["failed"]:
        voice.line(f"{made.outcomes['failed']:,} failed and may come when it is run again")
    voice.line(f"receipt: {made.folder / 'receipt.json'}")


def _show_unasked(made: Receipt, sources: tuple[Source, ...]) -> None:
    """Tell of how many pictures nobody said whether they may still be used, and what would help."""
    if not made.unasked:
        return
    told = ", ".join(f"{source} {n:,}" for source, n in made.unasked.items())
    n = voice.counted(sum(made.unasked.values()), "picture")
    voice.line(f"licences of {n} were not asked about at the source: {told}")
    kinds = {one.partition("-")[0] for one in made.unasked}
    for trouble in dict.fromkeys(lacking(one) for one in sources if one.kind() in kinds):
        if trouble:
            voice.line(trouble)


def _shown(value: str | int | float | None) -> object:
    """Give a share of a hundred with the one digit that it has."""
    return Decimal(str(value)) if isinstance(value, float) else "" if value is None else value
