"""Copies of a campaign, and what is kept of people: `access`, `erase`, `erase-due`."""

from pathlib import Path
from typing import Any

from affekt.campaign import backup, identities, keys, retention
from affekt.campaign.workers import by_pseudonym
from affekt.campaigns.opening import place_of
from affekt.cli import voice
from affekt.cli.campaign import ACTOR, campaign_of, due_of, say
from affekt.cli.lines import looked_at


def back_up(*, plan: str, trust: bool, as_json: bool, **_: Any) -> None:
    """Copy the file of the campaign beside itself."""
    with campaign_of(plan, trust=trust) as (_project, live):
        copy = backup.back_up(live)
    say(f"backup: {copy}", {"backup": str(copy)}, as_json=as_json)


def archive(*, plan: str, trust: bool, file: str, as_json: bool, **_: Any) -> None:
    """Write everything to one file."""
    with campaign_of(plan, trust=trust) as (_project, live):
        manifest = backup.archive(live, Path(file))
    _tell("archive", file, manifest, as_json=as_json)


def restore(*, plan: str, trust: bool, file: str, as_json: bool, **_: Any) -> None:
    """Bring an archive into the empty database of a plan."""
    with looked_at(plan, trust=trust) as project:
        manifest = backup.restore(Path(file), place_of(project.plan))
    _tell("restored", file, manifest, as_json=as_json)


def access(*, plan: str, trust: bool, worker: str, **_: Any) -> None:
    """Print all that is kept of a worker, as JSON, to be handed to that person."""
    with campaign_of(plan, trust=trust) as (project, live):
        folder = project.plan.project / "journal"
        key = keys.project_key(folder) if (folder / keys.FILE).exists() else None
        voice.document(identities.access(live, by_pseudonym(live, worker).id, key))


def erase(*, plan: str, trust: bool, worker: str, why: str, as_json: bool, **_: Any) -> None:
    """Take out who a worker is."""
    with campaign_of(plan, trust=trust) as (_project, live):
        identities.erase(live, by_pseudonym(live, worker).id, ACTOR, why)
    text = f"erased: {worker} is nobody any more; votes and pay stay under that name"
    say(text, {"erased": worker}, as_json=as_json)


def erase_due(*, plan: str, trust: bool, as_json: bool, **_: Any) -> None:
    """Take out who people are where the time to keep it is over; say from when on that is."""
    with campaign_of(plan, trust=trust) as (_project, live):
        done = retention.erase_due(live, ACTOR)
        with live.database.read() as connection:
            kept = retention.retention(connection, live)
    text = f"erased: {done.erased:,} people; {due_of(kept)}"
    say(text, {**done._asdict(), **kept._asdict()}, as_json=as_json)


def _tell(word: str, file: str, manifest: backup.Manifest, *, as_json: bool) -> None:
    rows = {name: told["rows"] for name, told in manifest.tables.items()}
    document = {"file": file, "rows": rows, "audit_head": manifest.audit_head}
    say(f"{word}: {file}, {sum(rows.values()):,} rows", document, as_json=as_json)
