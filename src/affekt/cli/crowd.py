"""The commands on a crowd: what is planned, and the campaign that runs.

Only click is imported here; see `affekt.cli`.
"""

from typing import Any

import click

from affekt.cli.options import do, planned, speaking


@click.group()
def crowd() -> None:
    """Plan what is asked of people, and look after a campaign that runs."""


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
@speaking
def crowd_plan(**options: Any) -> None:
    """Tell votes, cost, hours and precision of each emotion before a cent is spent."""
    do("crowdplan:plan", **options)


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
@speaking
def crowd_replay(**options: Any) -> None:
    """Run a policy over recorded votes: what it would have asked, and decided."""
    do("crowdreplay:replay", **options)


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
@speaking
def crowd_aggregate(**options: Any) -> None:
    """Turn any table of votes into labels, with workers and agreement."""
    do("aggregate:crowd_aggregate", **options)


@crowd.command("bias")
@click.argument("alone", type=click.Path())
@click.argument("among", type=click.Path())
@speaking
def crowd_bias(**options: Any) -> None:
    """Show how much oftener an emotion is felt when it is asked about alone.

    ALONE and AMONG are folders by `affekt crowd export`: of a campaign that asked yes or no, and of
    one that asked which of all.
    """
    do("bias:bias", **options)


@crowd.command("status")
@planned
def crowd_status(**options: Any) -> None:
    """Show how the campaign stands: its state, votes, decisions by emotion, leases, spending."""
    do("campaign:status", **options)


@crowd.command("workers")
@planned
def crowd_workers(**options: Any) -> None:
    """Show the evidence about each worker, and what a person should look at."""
    do("campaign:people", **options)


@crowd.command("verify-books")
@planned
def crowd_verify_books(**options: Any) -> None:
    """Recount the whole database, and show everything that does not add up."""
    do("campaign:verify", **options)


@crowd.command("export")
@planned
@click.option("-o", "--folder", type=click.Path(), required=True, help="A folder to be made.")
def crowd_export(**options: Any) -> None:
    """Write votes, labels and workers for others into a new folder."""
    do("campaign:export", **options)


@crowd.command("gold")
@planned
@click.argument("file", type=click.Path())
def crowd_gold(**options: Any) -> None:
    """Add pictures whose emotion is known, from a CSV file."""
    do("campaign:gold", **options)


@crowd.command("invite")
@planned
@click.option("-n", "--number", type=click.IntRange(1, 10_000), default=1, help="How many people.")
@click.option("--public-url", default="http://127.0.0.1:8000", help="Where people open the site.")
@click.option("--days", type=click.FloatRange(0, min_open=True), help="How long the links last.")
def crowd_invite(**options: Any) -> None:
    """Make new people, and print a personal link for each."""
    do("campaign:invite", **options)


@crowd.command("pause")
@planned
@click.option("--why", required=True, help="The reason, kept in the audit.")
def crowd_pause(**options: Any) -> None:
    """Give no pictures out; batches that were begun may be handed in."""
    do("campaign:pause", **options)


@crowd.command("resume")
@planned
@click.option("--why", required=True, help="The reason, kept in the audit.")
def crowd_resume(**options: Any) -> None:
    """Give pictures out again after a pause."""
    do("campaign:resume", **options)


@crowd.command("close")
@planned
@click.option("--why", required=True, help="The reason, kept in the audit.")
def crowd_close(**options: Any) -> None:
    """Give no pictures out any more; what the votes do not settle is undecided."""
    do("campaign:close", **options)


@crowd.command("backup")
@planned
def crowd_backup(**options: Any) -> None:
    """Copy the file of the campaign beside itself, while others write."""
    do("keeping:back_up", **options)


@crowd.command("archive")
@planned
@click.argument("file", type=click.Path())
def crowd_archive(**options: Any) -> None:
    """Write the whole campaign to one file, which restores elsewhere."""
    do("keeping:archive", **options)


@crowd.command("restore")
@planned
@click.argument("file", type=click.Path())
def crowd_restore(**options: Any) -> None:
    """Bring an archive into the empty database of a plan."""
    do("keeping:restore", **options)


@crowd.command("access")
@planned
@click.argument("worker")
def crowd_access(**options: Any) -> None:
    """Print all that is kept of a worker, for that person."""
    do("keeping:access", **options)


@crowd.command("erase")
@planned
@click.argument("worker")
@click.option("--why", required=True, help="The reason, kept in the audit.")
def crowd_erase(**options: Any) -> None:
    """Take out who a worker is; votes and pay stay under the pseudonym."""
    do("keeping:erase", **options)


@crowd.command("erase-due")
@planned
def crowd_erase_due(**options: Any) -> None:
    """Take out who people are, where the time to keep it is over."""
    do("keeping:erase_due", **options)
