"""`doctor` and `release check`: looking at machines and releases, no plan at hand."""

import sys
from pathlib import Path
from typing import Any

import click

from affekt import doctor as examiner
from affekt.cli import voice
from affekt.cli.exits import Findings
from affekt.datasets.release import check
from affekt.datasets.release.unsaid import unsaid
from affekt.exports.formats import check as exported
from affekt.foreign import clean

MARKS = {"ok": "green", "note": "white", "bad": "red", "missing": "red"}


def doctor(*, project: str, deep: bool, as_json: bool, color: str, **_: Any) -> None:
    """Examine the machine."""
    findings = examiner.examine(Path(project), deep=deep)
    if as_json:
        voice.document(findings)
    else:
        _print(findings, colored=voice.use_color(color))
    code = examiner.exit_code(findings)
    if code:
        sys.stdout.flush()
        raise click.exceptions.Exit(code)


def _print(findings: list[examiner.Finding], *, colored: bool) -> None:
    width = max(len(finding.name) for finding in findings)
    for one in findings:
        state = click.style(f"{one.state:7}", fg=MARKS[one.state]) if colored else f"{one.state:7}"
        click.echo(f"{one.name:{width}}  {state}  {clean(one.text, None)}", color=colored)
        if one.remedy:
            click.echo(f"{'':{width}}           {one.remedy}")


def release_check(*, folder: str, as_json: bool, **_: Any) -> None:
    """Check a release folder."""
    path = Path(folder)
    findings = exported.check(path) if exported.is_export(path) else check.check(path)
    left = unsaid(path)
    if as_json:
        told = [one._asdict() for one in findings]
        voice.document({"findings": told, **left._asdict()})
    else:
        for one in findings:
            voice.line(f"{one.code}: {one.place}: {one.text}; {one.advice}")
        counted = voice.counted(len(findings), "finding")
        voice.line(f"{folder}: {counted if findings else 'sound, no findings'}")
        for hint in left.hints:
            voice.line(hint)
    if findings:
        raise Findings
