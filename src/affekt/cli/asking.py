"""Asks before what cannot be taken back, or costs; a script says yes beforehand."""

import sys

import click

from affekt.errors import AffektError, UsageError


def confirm(what: str, *, yes: bool) -> None:
    """Go on when a person says so.

    Raises:
        UsageError: There is nobody to be asked.
        AffektError: The answer is no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"would {what}, and there is no terminal to ask at; give --yes")
    if not click.confirm(f"{what}?", err=True):
        raise AffektError("nothing was done")
