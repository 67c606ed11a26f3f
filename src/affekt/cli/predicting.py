"""`predict`: what a trained net says of pictures, no plan at hand."""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import click

from affekt import engine
from affekt.cli import voice
from affekt.cli.exits import Findings
from affekt.errors import UsageError
from affekt.foreign import clean, spelled
from affekt.predicting.folder import NetFolder, opened
from affekt.predicting.given import LISTED, Given, files, listed
from affekt.predicting.run import Run, Told
from affekt.predicting.table import SUFFIXES, lines
from affekt.predicting.work import Answer


def predict(  # noqa: PLR0913  (the options of the command)
    *, model: str, paths: tuple[str, ...], output: str | None, form: str | None,
    jobs: int | None, batch: int, stats: bool, as_json: bool, quiet: bool, **_: Any,
) -> None:  # fmt: skip
    """Write a row a picture; leave with a finding where pictures have no answer."""
    form = _form(form, output, as_json=as_json)
    folder = opened(Path(model))
    ticker = voice.Ticker(quiet=quiet)
    run = Run(folder, _given(paths), jobs or engine.places(), batch, ticker)
    try:
        told = run.to(_printer(form, folder)) if output is None else run.to_file(Path(output), form)
    finally:
        ticker.close()
    if output is not None and as_json:
        voice.document(_document(folder, told, output, stats=stats))
    elif output is not None:
        voice.line(_summary(folder, told, output))
    elif not quiet:
        click.echo(clean(_summary(folder, told, "standard output"), None, keep=" "), err=True)
    if stats:
        click.echo(_rates(told), err=True)
    if told.reasons:
        raise Findings


def _form(form: str | None, output: str | None, *, as_json: bool) -> str:
    """Give what is written: as asked for, by the end of the file's name, else CSV."""
    if output is None:
        form = form or ("jsonl" if as_json else "csv")
        if form == "parquet":
            raise UsageError("Parquet is written to a file only; name one by --output")
        if as_json and form != "jsonl":
            raise UsageError(
                f"--json prints JSON lines and --format {form} asks for something else; leave one "
                "out, or name a file by --output"
            )
        return form
    end = Path(output).suffix.lower()
    if form is None and end not in SUFFIXES:
        raise UsageError(
            f"{output}: its name does not end in {', '.join(SUFFIXES)}; let it, or give --format"
        )
    return form or SUFFIXES[end]


def _given(paths: tuple[str, ...]) -> Iterator[Given]:
    """Give every picture that is named; those of a list when it is read that far."""
    if paths.count(LISTED) > 1:
        raise UsageError(f"{LISTED!r} stands for the one list on standard input; give it once")
    if "" in paths:  # as of a variable of the shell that is not set; it would be the whole folder
        raise UsageError("an empty name came where a picture is needed; write . for this folder")
    return chain.from_iterable(
        files(listed(sys.stdin.buffer)) if path == LISTED else files([path]) for path in paths
    )


def _printer(form: str, folder: NetFolder) -> Any:
    """Give what prints an answer; the head comes before the first one."""
    on_terminal = sys.stdout.isatty()
    head, line = lines(form, folder.emotions, spelled if on_terminal else str)
    waiting = [head]

    def add(answer: Answer) -> None:
        click.echo("".join(waiting) + line(answer), nl=False)
        waiting.clear()

    return add


def _document(folder: NetFolder, told: Told, output: str, *, stats: bool) -> dict[str, Any]:
    rates = {
        "decoding_seconds": told.decoding,
        "net_seconds": told.net,
        "seconds": told.seconds,
        "pictures_per_second": told.per_second,
        "provider": told.provider,
    }
    return {
        "model": str(folder.path),
        "table": output,
        "pictures": told.pictures,
        "predicted": told.predicted,
        "reasons": told.reasons,
        "temperature": folder.temperature,
        "stats": rates if stats else None,
    }


def _summary(folder: NetFolder, told: Told, output: str) -> str:
    lost = ", ".join(f"{word} {n:,}" for word, n in told.reasons.items())
    heat = folder.temperature
    return (
        f"{output}: pictures: {told.pictures:,}; predicted: {told.predicted:,}"
        + (f"; without an answer: {lost}" if lost else "")
        + ("; no temperature was fitted" if heat is None else f"; temperature {heat:.3g}")
    )


def _rates(told: Told) -> str:
    return (
        f"decoding {told.decoding:.1f} s and net {told.net:.1f} s, added up over threads; "
        f"{told.seconds:.1f} s on the clock, {told.per_second:.1f} pictures/s, "
        f"on {told.provider}"
    )
