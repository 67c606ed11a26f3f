"""What commands share: how their code is run, and the options that all of them understand.

Only click is imported here; see `affekt.cli`.
"""

import sys
from importlib import import_module
from typing import Any

import click


def do(place: str, **options: Any) -> None:
    """Run ``module:function`` of this folder with the options of the command."""
    module, name = place.split(":")
    if options.get("trust"):
        sys.path.append("")  # as `python -m` does: code outside affekt may lie where one works
    import_module("affekt.cli.memory").spare()
    getattr(import_module(f"affekt.cli.{module}"), name)(**options)


def speaking(command: Any) -> Any:
    """Add what every command that prints understands."""
    for option in (
        click.option(
            "--json", "as_json", is_flag=True, help="One JSON document on standard output."
        ),
        click.option("-q", "--quiet", is_flag=True, help="No progress."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colours.",
        ),
        click.option("--debug", is_flag=True, help="Show the whole traceback of a defect."),
    ):
        command = option(command)
    return command


def planned(command: Any) -> Any:
    """Add the plan argument and what goes with it."""
    command = click.option(
        "--trust", is_flag=True, help="Run parts from outside affekt that the plan names."
    )(command)
    return click.argument("plan", type=click.Path(readable=False))(speaking(command))
