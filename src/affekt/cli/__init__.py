"""The command line: one command an intention, each a few lines over a library function.

Only click is imported here. The code of a command is imported when it runs, so that ``--help`` and
completion answer at once.
"""

import sys
from importlib import import_module
from typing import Any

import click

from affekt import __version__

STEPS = ("collect", "clean", "dedupe", "sample", "noisy", "verify", "decide", "split", "release")
FAMILIES = (
    "sources",
    "crowd",
    "policies",
    "rules",
    "features",
    "models",
    "datasets",
    "protocols",
)


def _do(place: str, **options: Any) -> None:
    """Run ``module:function`` of this folder with the options of the command."""
    module, name = place.split(":")
    if options.get("trust"):
        sys.path.append("")  # as `python -m` does: code outside affekt may lie where one works
    import_module("affekt.cli.memory").spare()
    getattr(import_module(f"affekt.cli.{module}"), name)(**options)


def _speaking(command: Any) -> Any:
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


def _planned(command: Any) -> Any:
    """Add the plan argument and what goes with it."""
    command = click.option(
        "--trust", is_flag=True, help="Run parts from outside affekt that the plan names."
    )(command)
    return click.argument("plan", type=click.Path(readable=False))(_speaking(command))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="affekt")
def affekt() -> None:
    """Build, verify, publish and benchmark data sets of what pictures make people feel.

    Start with `affekt demo`, or `affekt new plan.toml` and `affekt build plan.toml`.
    """


@affekt.command()
@click.argument("path", type=click.Path(), default="plan.toml")
@click.option("--template", default="folder", help="folder, web, tiny, demo or paper.")
@_speaking
def new(**options: Any) -> None:
    """Write a commented plan."""
    _do("plans:new", **options)


@affekt.command()
@_planned
def check(**options: Any) -> None:
    """Read a plan and show everything that is wrong with it; touches nothing."""
    _do("plans:check", **options)


@affekt.command()
@_planned
@click.option("--to", type=click.Choice(STEPS), help="Stop behind this step.")
@click.option("--dry-run", is_flag=True, help="Show what would run; no network, no write.")
@click.option("--retry", is_flag=True, help="Ask again for pictures lost for a passing reason.")
@click.option("--retry-only", metavar="REASON,…", default="", help="Ask again for these losses.")
@click.option("--retry-final", is_flag=True, help="Try pictures again that were given up for good.")
def build(**options: Any) -> None:
    """Run the build line: from pictures to a release. Run it again to go on."""
    _do("lines:build", **options)


@affekt.command()
@_planned
@click.option("--dry-run", is_flag=True, help="Show what would run; no network, no write.")
def bench(**options: Any) -> None:
    """Run the benchmark: every entry on every data set. Run it again to go on."""
    _do("lines:bench", **options)


@affekt.command()
@_planned
@click.option("--only", metavar="ID", help="One figure or table, such as G3.")
def report(**options: Any) -> None:
    """Write the report of all that stands."""
    _do("lines:report", **options)


@affekt.command()
@_planned
def status(**options: Any) -> None:
    """Show how far both lines have come, and what they dropped."""
    _do("lines:status", **options)


@affekt.command()
@_planned
def stats(**options: Any) -> None:
    """Count what was found: by emotion and source, tags, licences, failures, links."""
    _do("lines:stats", **options)


@affekt.command()
@_planned
@click.argument("image")
def why(**options: Any) -> None:
    """Tell the fate of one picture: IMAGE is a file, a name at its source, or digits of its id."""
    _do("lines:why", **options)


@affekt.command()
@_planned
@click.option("--picture", metavar="SOURCE:ID", multiple=True, help="A picture at its source.")
@click.option("--owner", metavar="SOURCE:NAME", multiple=True, help="All pictures of somebody.")
@click.option("--image", metavar="DIGITS", multiple=True, help="Bytes, by six or more digits.")
@click.option("--why", default="", help="The reason, for the list; without names of persons.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; no write.")
def forget(**options: Any) -> None:
    """Remove pictures from the project, and put them on the list that keeps them out."""
    _do("removal:forget", **options)


@affekt.command()
@click.argument("family", required=False, type=click.Choice(FAMILIES))
@click.argument("kind", required=False)
@_speaking
def parts(**options: Any) -> None:
    """List the parts a plan can name, or the settings of one."""
    _do("plans:parts", **options)


@affekt.command()
@click.argument("folder", type=click.Path())
@_speaking
def copies(**options: Any) -> None:
    """List the files of equal bytes below a folder; changes nothing."""
    _do("copies:copies", **options)


@affekt.command()
@click.argument("folder", type=click.Path(), default="demo")
@_speaking
def demo(**options: Any) -> None:
    """Run both lines on generated pictures, offline, and write the report."""
    _do("demo:demo", **options)


@affekt.command()
@click.argument("project", type=click.Path(), default="work")
@click.option("--deep", is_flag=True, help="Read everything and hold it against its checksum.")
@_speaking
def doctor(**options: Any) -> None:
    """Examine the machine and a project folder, with a remedy for everything that is wrong."""
    _do("machine:doctor", **options)


@affekt.group()
def release() -> None:
    """Look at a release."""


@release.command("check")
@click.argument("folder", type=click.Path())
@_speaking
def release_check(**options: Any) -> None:
    """Check any release folder; needs no project."""
    _do("machine:release_check", **options)


@affekt.group()
def crowd() -> None:
    """Plan what is asked of people, and look at what they answered."""


def _policed(command: Any) -> Any:
    """Add how a policy and its workers are named."""
    for option in (
        click.option("--specificity", type=float, help="P(NO) when it is not felt."),
        click.option("--sensitivity", type=float, help="P(YES) when it is felt."),
        click.option("--accuracy", type=float, default=0.85, help="P(YES) if felt, P(NO) if not."),
        click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="Its settings."),
        click.option("--trust", is_flag=True, help="Run parts from outside affekt."),
    ):
        command = option(command)
    return command


@crowd.command("plan")
@click.argument("plan", type=click.Path(readable=False), required=False)
@click.option("--per-class", metavar="EMOTION=ITEMS,…", default="", help="What is asked about.")
@click.option("--kept", metavar="EMOTION=SHARE,…", default="", help="Share kept at three of five.")
@click.option("--policy", metavar="KIND", default="", help="When to stop asking.")
@_policed
@click.option("--batch", type=click.IntRange(1, 1000), default=20, help="Pictures a batch.")
@click.option("--reward", metavar="AMOUNT", help="For one batch; without it, the fair one.")
@click.option(
    "--fees",
    type=click.Choice(["local", "amt", "amt-masters", "prolific", "prolific-academic"]),
    default="local",
    help="What the marketplace takes.",
)
@click.option("--currency", default="USD", help="Of every amount.")
@click.option("--cap", metavar="AMOUNT", help="Most that may be spent.")
@click.option("--floor", metavar="AMOUNT", default="8.00", help="Least fair pay an hour.")
@click.option("--seconds", type=click.FloatRange(0.1), default=4.2, help="Median of an answer.")
@click.option("--slow-seconds", type=click.FloatRange(0.1), default=6.3, help="75th percentile.")
@click.option("--gold-rate", type=click.FloatRange(0, 0.9), default=0.1, help="Share of gold.")
@click.option("--precision-floor", type=click.FloatRange(0, 1), default=0.8, help="Warn under it.")
@click.option("--candidates", type=click.IntRange(0), default=0, help="People paid for the test.")
@_speaking
def crowd_plan(**options: Any) -> None:
    """Tell votes, cost, hours and precision of each emotion before a cent is spent."""
    _do("crowdplan:plan", **options)


@crowd.command("replay")
@click.argument("files", type=click.Path(readable=False), nargs=-1, required=True)
@click.option("--policy", metavar="KIND", default="curtailed", help="When to stop asking.")
@_policed
@click.option("--yes", metavar="LABEL", help="The label that means YES; without it, each in turn.")
@click.option("--at-least", type=float, help="Ratings from here on mean YES.")
@click.option("--draw", type=click.IntRange(0), default=0, help="Votes drawn of each task.")
@click.option("--seed", type=int, default=0, help="Of the draw.")
@click.option("--counts", is_flag=True, help="A line is a picture with counts of labels.")
@click.option("--header", metavar="NAME,…", default="", help="Columns of a file without header.")
@click.option("--task", metavar="COLUMN", default="", help="What was asked about.")
@click.option("--worker", metavar="COLUMN", default="", help="Who answered.")
@click.option("--label", metavar="COLUMN", default="", help="What was answered.")
@click.option("--time", metavar="COLUMN", default="", help="When; orders the votes.")
@click.option("--by", metavar="COLUMN", default="", help="Class of a task, to report by.")
@_speaking
def crowd_replay(**options: Any) -> None:
    """Run a policy over recorded votes: what it would have asked, and decided."""
    _do("crowdreplay:replay", **options)


@crowd.command("aggregate")
@click.argument("votes", type=click.Path())
@click.option(
    "--rule",
    type=click.Choice(
        ["two_sided", "dawid_skene", "one_coin", "glad", "weighted_majority", "majority"]
    ),
    default="two_sided",
    help="How votes become labels.",
)
@click.option("--gold", type=click.Path(), help="Known labels that the rule may use.")
@click.option("--truth", type=click.Path(), help="Known labels to compare with.")
@click.option("--labels", metavar="A,B,…", help="All labels in their order; others are left out.")
@click.option(
    "--ties",
    type=click.Choice(["lowest", "random", "none", "prior"]),
    default="lowest",
    help="What decides between labels with equally many votes.",
)
@click.option("--seed", type=int, default=0, help="Of ties by chance and of intervals.")
@click.option("-o", "--output", type=click.Path(), help="Folder for labels, workers, agreement.")
@_speaking
def crowd_aggregate(**options: Any) -> None:
    """Turn any table of votes into labels, with workers and agreement."""
    _do("aggregate:crowd_aggregate", **options)


def main() -> None:
    """Run the command line and leave with its exit code."""
    import_module("affekt.cli.exits").run(affekt)
