"""`replay paper`: the paper's crowd step once more, offline."""

from pathlib import Path
from typing import Any

import click

from affekt.cli import voice
from affekt.replay.paper import replay_paper

WARNING = "Nobody takes part: every person and every vote of a replay is simulated."


def paper(
    *, folder: str, items: int, candidates: int, seed: int, as_json: bool, quiet: bool, **_: Any
) -> None:
    """Replay, and show the numbers."""
    if not quiet:
        click.echo(WARNING, err=True)
    made = replay_paper(
        Path(folder),
        items=items,
        candidates=candidates,
        seed=seed,
        watch=lambda text: None if quiet else click.echo(text, err=True),
    )
    if as_json:
        voice.document({"rows": [one._asdict() for one in made.rows], "files": made.files})
        return
    names = [one.policy for one in made.runs]
    table = [(*one[:4], *one.replayed) for one in made.rows]
    voice.table(table, ("id", "what", "paper", "mark", *names))
    voice.line(f"page: {made.files[0]}")
