"""`demo`: the embedded default."""

from pathlib import Path
from typing import Any

import click

from affekt import demo as shown
from affekt.cli import log, voice
from affekt.cli.exits import Findings

WARNING = (
    "Every painted picture is generated and every vote is simulated: "
    "this shows that affekt works, nothing about people."
)


def demo(*, folder: str, as_json: bool, quiet: bool, **_: Any) -> None:
    """Run both lines on generated pictures and hold the planted faults against what was found."""
    ticker = voice.Ticker(quiet=quiet)
    if not quiet:
        click.echo(WARNING, err=True)
    log.start(Path(folder) / "work")
    try:
        made = shown.demo(Path(folder), watch=ticker)
    finally:
        ticker.close()
    if as_json:
        voice.document(made)
    else:
        _print(made)
    if made.findings or made.failures:
        raise Findings


def _print(made: shown.Demo) -> None:
    click.echo("\nplanted faults and what became of them")
    rows = [(one.fault, one.planted, one.found, one.how) for one in made.planted]
    voice.table(rows, ("fault", "planted", "found", "how"))
    click.echo("\nwrong labels are the crowd's to find; all others must be found in full")
    for text in (*made.failures, *(f"{one.place}: {one.text}" for one in made.findings)):
        voice.line(f"failed: {text}")
    state = "sound" if not made.findings else f"{len(made.findings)} findings"
    click.echo(f"\nplan:    {made.plan}\nrelease: {made.release} ({state})\nreport:  {made.page}")
