"""How commands speak: results on standard output, progress on standard error."""

import os
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from typing import Any

import click

from affekt.cli.log import LOG, in_json
from affekt.fetch.news import FORECAST, WAITING
from affekt.foreign import clean
from affekt.stage import Progress

PLAIN_EVERY_SECONDS = 30.0
LIVE_EVERY_SECONDS = 0.1


def line(text: str) -> None:
    """Print one line, whatever stands in it."""
    click.echo(clean(text, None, keep=" "))


def counted(n: int, noun: str) -> str:
    """Give a count with its noun.

    >>> counted(1, "finding"), counted(2000, "host")
    ('1 finding', '2,000 hosts')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def document(value: Any) -> None:
    """Print one JSON document."""
    LOG.printed = True
    click.echo(in_json(value, indent=1, default=_as_json))


def table(rows: Sequence[Sequence[object]], head: Sequence[str]) -> None:
    """Print aligned columns, numbers to the right; a narrow terminal wraps them, none is cut."""
    texts = [[_cell(value) for value in row] for row in rows]
    widths = [max([len(name), *(len(row[at]) for row in texts)]) for at, name in enumerate(head)]
    right = [
        all(isinstance(row[at], int | float | Decimal) or row[at] is None for row in rows)
        for at in range(len(head))
    ]
    for row in [list(head), *texts]:
        cells = [
            text.rjust(w) if r else text.ljust(w)
            for text, w, r in zip(row, widths, right, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int | Decimal) else clean(value, None, keep=" ")


def _as_json(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return dict(value) if isinstance(value, Mapping) else str(value)


def use_color(choice: str) -> bool:
    """Decide about colours: what was asked for, else ``NO_COLOR``, ``TERM``, the terminal."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


class Ticker:
    """Shows progress: a live line on a terminal, a plain one every 30 s elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.stage = ""
        self.began = self.told = time.monotonic()
        self.base = 0
        self.width = 0
        self.heard: set[str] = set()

    def __call__(self, progress: Progress) -> None:
        """Take one report of a stage."""
        now = time.monotonic()
        if progress.stage != self.stage:
            self.close()
            self.stage, self.began, self.base, self.told = progress.stage, now, progress.done, now
        self._tell_news(progress)
        every = LIVE_EVERY_SECONDS if self.live else PLAIN_EVERY_SECONDS
        if self.quiet or now - self.told < every:
            return
        self.told = now
        text = clean(describe(progress, now - self.began, self.base), None, keep=" ")
        if self.live:
            text = text[: shutil.get_terminal_size((80, 24)).columns - 1]
            click.echo("\r" + text.ljust(self.width), err=True, nl=False)
            self.width = len(text)
        else:
            click.echo(text, err=True)

    def _tell_news(self, progress: Progress) -> None:
        """Say at once, and once, what is foretold and who is waited for."""
        for kind in (FORECAST, WAITING):
            for text, count in progress.tallies.get(kind, {}).items():
                if text not in self.heard and not self.quiet:
                    self.close()
                    click.echo(clean(f"{progress.stage}: {kind}: {text} {count:,}"), err=True)
                self.heard.add(text)

    def close(self) -> None:
        """Wipe the live line."""
        if self.width:
            click.echo("\r" + " " * self.width + "\r", err=True, nl=False)
        self.width = 0


def describe(progress: Progress, seconds: float, base: int = 0) -> str:
    """Give one line of progress: count, rate, time left, failures.

    ``base`` was done before this run began and says nothing about the rate.

    >>> describe(Progress("clean", 500, 1000, 2), 10.0)
    'clean: 500 of 1,000, 50.0/s, 0:10 left, 2 failed'
    """
    rate = (progress.done - base) / seconds if seconds > 0 else 0.0
    text = f"{progress.stage}: {progress.done:,}" + (
        f" of {progress.total:,}" if progress.total else ""
    )
    if rate > 0:
        text += f", {rate:,.1f}/s"
        if progress.total:
            text += f", {clock((progress.total - progress.done) / rate)} left"
    text += f", {progress.failures:,} failed" if progress.failures else ""
    waited = "; ".join(progress.tallies.get(WAITING, {}))
    return text + (f", waiting for {clean(waited)}" if waited else "")


def clock(seconds: float) -> str:
    """Give a duration as ``m:ss`` or ``h:mm:ss``.

    >>> clock(75), clock(3675)
    ('1:15', '1:01:15')
    """
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
