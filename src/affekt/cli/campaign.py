"""The commands of `affekt crowd` on a campaign that runs; each prints what one function gives."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from affekt.campaign import board, state, workers
from affekt.campaign.books import verify_books
from affekt.campaign.live import Live
from affekt.campaign.retention import Retention
from affekt.campaigns.export import export as write
from affekt.campaigns.judging import judge
from affekt.campaigns.known import add_known
from affekt.campaigns.opening import live_of
from affekt.cli import log, voice
from affekt.cli.exits import Findings
from affekt.cli.lines import looked_at
from affekt.errors import UsageError
from affekt.journal.clock import MICROSECONDS
from affekt.project import Project

ACTOR = "command line"
DAY = 24 * 3600 * MICROSECONDS
SHOWN = (
    "worker", "votes", "late", "excluded", "skips", "gold", "gold_n", "agreement", "yes_share",
    "median_seconds",
)  # fmt: skip
EMOTIONS = (
    "emotion", "questions", "votes", "decided", "kept", "undecided", "withdrawn", "share", "paper",
)  # fmt: skip


@contextmanager
def campaign_of(plan: str, *, trust: bool) -> Iterator[tuple[Project, Live]]:
    """Open the campaign of a plan for one command."""
    with looked_at(plan, trust=trust) as project:
        live = live_of(project.plan)
        log.start(project.plan.project)
        with closing(live.database):
            yield project, live


def verify(*, plan: str, trust: bool, as_json: bool, **_: Any) -> None:
    """Recount everything; a difference is a finding."""
    with campaign_of(plan, trust=trust) as (_project, live):
        found = verify_books(live.database)
    if as_json:
        voice.document([one._asdict() for one in found])
    else:
        for one in found:
            voice.line(f"{one.what}: {one.text}")
        voice.line("the books add up" if not found else f"{len(found):,} findings")
    if found:
        raise Findings


def status(*, plan: str, trust: bool, as_json: bool, **_: Any) -> None:
    """Show how the campaign stands."""
    with campaign_of(plan, trust=trust) as (_project, live):
        told = board.board(live)
    if as_json:
        emotions = [one._asdict() for one in told.emotions]
        parts = {"money": told.money._asdict(), "retention": told.retention._asdict()}
        voice.document({**told._asdict(), **parts, "emotions": emotions})
    else:
        _tell(told)


def _tell(told: board.Board) -> None:
    voice.line(f"campaign: {told.state}; {told.active_workers:,} people in the last half hour")
    held = f"{told.open_leases:,} pictures held in {told.open_batches:,} batches"
    voice.line(f"votes: {told.votes:,} counted, {told.votes_per_minute:g} a minute; {held}")
    money = told.money
    voice.line(f"spent: {money.spent} {money.currency}, of it {money.paid} paid, {money.due} due")
    voice.line(f"who people are: {due_of(told.retention)}")
    rows = [
        (
            one.emotion, one.n_questions, one.votes, one.decided, one.kept, one.undecided,
            one.withdrawn, _share(one.kept_share), _share(one.paper_share),
        )
        for one in told.emotions
    ]  # fmt: skip
    voice.table(rows, EMOTIONS)


def due_of(kept: Retention) -> str:
    """Say when it is erased who people are, and how many there are."""
    if kept.due_at is None:
        when = f"is erased {kept.days:,} days after the campaign is closed"
    else:
        when = f"is due to be erased at {datetime.fromtimestamp(kept.due_at // MICROSECONDS, UTC)}"
    return f"{when}; kept of {kept.people:,} people"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}"


def people(*, plan: str, trust: bool, as_json: bool, **_: Any) -> None:
    """Show the evidence about each worker and what a person should look at."""
    with campaign_of(plan, trust=trust) as (_project, live):
        judged = judge(live)
    proposals = [one._asdict() for one in judged.proposals]
    if as_json:
        voice.document({"workers": judged.workers.to_dicts(), "proposals": proposals})
        return
    voice.table(judged.workers.select(SHOWN).rows(), SHOWN)
    for one in judged.proposals:
        voice.line(f"{one.worker}: {one.deed.value}? {one.sign}: {one.evidence}")
    voice.line(f"{len(proposals):,} proposals; nobody is judged until a person confirms one")


def export(*, plan: str, trust: bool, folder: str, as_json: bool, **_: Any) -> None:
    """Write the export and say where it is."""
    with campaign_of(plan, trust=trust) as (project, live):
        manifest = write(project.plan, live, Path(folder))
    if as_json:
        voice.document({"folder": folder, "files": manifest["files"]})
    else:
        voice.line(f"export: {folder}, {len(manifest['files'])} files and their manifest")


def gold(*, plan: str, trust: bool, file: str, as_json: bool, **_: Any) -> None:
    """Add pictures whose emotion is known."""
    with campaign_of(plan, trust=trust) as (project, live):
        kept = project.products().get("dedupe")
        shown = kept.table()["image_id"] if kept else pl.Series([], dtype=pl.String)
        added = add_known(live, Path(file), shown)
    say(f"gold: {added:,} pictures are known", {"gold": added}, as_json=as_json)


def invite(
    *, plan: str, trust: bool, number: int, public_url: str, days: float | None, as_json: bool,
    **_: Any,
) -> None:  # fmt: skip
    """Print a personal link for each of some new people; it is told once."""
    with campaign_of(plan, trust=trust) as (_project, live):
        until = None if days is None else live.now() + round(days * DAY)
        made = workers.invite(live, number, until=until, actor=ACTOR)
    links = [
        {"worker": one.pseudonym, "link": f"{public_url.rstrip('/')}/w/{one.secret}"}
        for one in made
    ]
    if as_json:
        voice.document(links)
        return
    for one in links:
        voice.line(f"{one['worker']}  {one['link']}")


def pause(**options: Any) -> None:
    """Give nothing out until `resume`."""
    _moved(state.pause, **options)


def resume(**options: Any) -> None:
    """Give pictures out again."""
    _moved(state.resume, **options)


def close(**options: Any) -> None:
    """Give nothing out any more, and decide what is left."""
    _moved(state.close, **options)


def _moved(
    move: Callable[..., str], *, plan: str, trust: bool, why: str, as_json: bool, **_: Any
) -> None:
    if not why.strip():
        raise UsageError("say --why in a few words; the reason is kept beside the change")
    with campaign_of(plan, trust=trust) as (_project, live):
        found = move(live, why=why, actor=ACTOR)
    more = "; batches that were begun may be handed in, then run this again"
    text = f"campaign: {found}" + (more if found == "closing" else "")
    say(text, {"state": found}, as_json=as_json)


def say(text: str, document: dict[str, Any], *, as_json: bool) -> None:
    """Print what a command did, in words or as a document."""
    if as_json:
        voice.document(document)
    else:
        voice.line(text)
