"""The command line: one command an intention, each a few lines over a library function.

Only click is imported here. The code of a command is imported when it runs, so that ``--help`` and
completion answer at once.
"""

from importlib import import_module
from typing import Any

import click

from affekt import __version__
from affekt.cli.crowd import crowd
from affekt.cli.options import do, planned, speaking

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
FORMS = ("imagefolder", "class-folders", "webdataset", "fiftyone", "coco", "datapackage")
TABLES = ("csv", "jsonl", "parquet")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="affekt")
def affekt() -> None:
    """Build, verify, publish and benchmark data sets of what pictures make people feel.

    Start with `affekt demo`, or `affekt new plan.toml` and `affekt build plan.toml`.
    """


@affekt.command()
@click.argument("path", type=click.Path(), default="plan.toml")
@click.option(
    "--template",
    default="folder",
    help="folder, web, tiny, demo, paper, table3, modern, handmade or small_sets.",
)
@speaking
def new(**options: Any) -> None:
    """Write a commented plan."""
    do("plans:new", **options)


@affekt.command()
@planned
def check(**options: Any) -> None:
    """Read a plan and show everything that is wrong with it; touches nothing."""
    do("plans:check", **options)


@affekt.command()
@planned
@click.option("--to", type=click.Choice(STEPS), help="Stop behind this step.")
@click.option("--dry-run", is_flag=True, help="Show what would run; no network, no write.")
@click.option("--retry", is_flag=True, help="Ask again for pictures lost for a passing reason.")
@click.option("--retry-only", metavar="REASON,…", default="", help="Ask again for these losses.")
@click.option("--retry-final", is_flag=True, help="Try pictures again that were given up for good.")
def build(**options: Any) -> None:
    """Run the build line: from pictures to a release. Run it again to go on."""
    do("lines:build", **options)


@affekt.command()
@planned
@click.option("--dry-run", is_flag=True, help="Show what would run; no network, no write.")
def bench(**options: Any) -> None:
    """Run the benchmark: every entry on every data set. Run it again to go on."""
    do("lines:bench", **options)


@affekt.command()
@planned
@click.option("--only", metavar="ID", help="One figure or table, such as G3.")
def report(**options: Any) -> None:
    """Write the report of all that stands."""
    do("lines:report", **options)


@affekt.command()
@click.argument("predictions", type=click.Path())
@click.argument("folder", type=click.Path(), default="rescored")
@click.option("--only", metavar="ID", help="One figure or table of scores, such as G16.")
@speaking
def rescore(**options: Any) -> None:
    """Score published predictions anew, without the plan that made them."""
    do("rescore:rescore", **options)


@affekt.command()
@planned
def status(**options: Any) -> None:
    """Show how far both lines have come, and what they dropped."""
    do("lines:status", **options)


@affekt.command()
@planned
def stats(**options: Any) -> None:
    """Count what was found: by emotion and source, tags, licences, failures, links."""
    do("lines:stats", **options)


@affekt.command()
@planned
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--public-url", metavar="URL", help="What people open, where a proxy stands before.")
def serve(**options: Any) -> None:
    """Open the site where people answer and researchers watch."""
    do("serve:serve", **options)


@affekt.command()
@planned
@click.argument("image")
def why(**options: Any) -> None:
    """Tell the fate of one picture: IMAGE is a file, a name at its source, or digits of its id."""
    do("lines:why", **options)


@affekt.command()
@planned
@click.option("--picture", metavar="SOURCE:ID", multiple=True, help="A picture at its source.")
@click.option("--owner", metavar="SOURCE:NAME", multiple=True, help="All pictures of somebody.")
@click.option("--image", metavar="DIGITS", multiple=True, help="Bytes, by six or more digits.")
@click.option("--why", default="", help="The reason, for the list; without names of persons.")
@click.option("--dry-run", is_flag=True, help="Show what would be removed; no write.")
def forget(**options: Any) -> None:
    """Remove pictures from the project, and put them on the list that keeps them out."""
    do("removal:forget", **options)


@affekt.command()
@planned
@click.argument("pictures", nargs=-1, required=True)
@click.option("--reason", required=True, metavar="CLASS", help="owner, person-shown, licence, …")
@click.option("--dry-run", is_flag=True, help="Show what would be withdrawn; no write.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def withdraw(**options: Any) -> None:
    """Withdraw pictures: no later release has them or near copies; PICTURES are digits of ids."""
    do("removal:withdraw", **options)


@affekt.command()
@click.argument("family", required=False, type=click.Choice(FAMILIES))
@click.argument("kind", required=False)
@speaking
def parts(**options: Any) -> None:
    """List the parts a plan can name, or the settings and values of one."""
    do("plans:parts", **options)


@affekt.command()
@click.argument("pictures", nargs=-1, required=True, type=click.Path())
@click.option("--set", "set", metavar="KIND", required=True, help="Which feature; a set, a net.")
@click.option("--blocks", metavar="WORD,…", default="", help="Only these blocks of the set.")
@click.option("--setting", metavar="KEY=VALUE", multiple=True, help="One setting, as in a plan.")
@click.option("-o", "--output", metavar="FILE", required=True, help=".parquet or .csv.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; else one a processor.")
@click.option("--trust", is_flag=True, help="Run a feature from outside affekt.")
@speaking
def features(**options: Any) -> None:
    """Write a table of the values of pictures; PICTURES are files and folders."""
    do("features:features", **options)


@affekt.command()
@planned
@click.option("--take", metavar="NAME", help="A net to copy, by its name in the plan.")
@click.option("--out", metavar="FOLDER", type=click.Path(), help="A new folder for it.")
def nets(**options: Any) -> None:
    """List the trained nets of a plan, or copy the folder of one."""
    do("nets:nets", **options)


@affekt.command()
@click.argument("model", type=click.Path())
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@click.option("-o", "--output", metavar="FILE", help="A new file; else standard output.")
@click.option(
    "--format", "form", type=click.Choice(TABLES), help="Else by the name of the file, or csv."
)
@click.option("--jobs", type=click.IntRange(1, 256), help="Nets at once; else one a processor.")
@click.option("--batch", type=click.IntRange(1, 256), default=8, help="Pictures of one run.")
@click.option("--stats", is_flag=True, help="Tell how long decoding and the net took.")
@speaking
def predict(**options: Any) -> None:
    """Tell what a trained net says of pictures; PATHS are files, folders, or - for a list."""
    do("predicting:predict", **options)


@affekt.command()
@click.argument("release", type=click.Path())
@click.option("--to", type=click.Choice(FORMS), required=True, help="The form to write.")
@click.option("--out", metavar="FOLDER", required=True, type=click.Path(), help="A new folder.")
@speaking
def export(**options: Any) -> None:
    """Write a release in the form that another library loads."""
    do("exporting:export", **options)


@affekt.command()
@click.argument("folder", type=click.Path())
@speaking
def copies(**options: Any) -> None:
    """List the files of equal bytes below a folder; changes nothing."""
    do("copies:copies", **options)


@affekt.command()
@click.argument("folder", type=click.Path(), default="demo")
@speaking
def demo(**options: Any) -> None:
    """Run both lines on generated pictures, offline, and write the report."""
    do("demo:demo", **options)


@affekt.command("amt-emulator")
@click.option("--port", type=click.IntRange(0, 65_535), default=8765, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", help="127.0.0.1 or ::1; no other is allowed.")
@click.option("--seed", type=int, default=1, help="Of the people and of what goes wrong.")
@click.option("--workers", type=click.IntRange(0), default=30, help="Simulated people.")
@click.option("--kinds", default="", metavar="KIND=SHARE,…", help="What the people are like.")
@click.option("--faults", default="", metavar="FAULT=SHARE,…", help="What goes wrong on purpose.")
@click.option("--speed", type=click.FloatRange(0), default=60.0, help="Its seconds in one of ours.")
@click.option("--state", type=click.Path(), help="File that keeps its state between two runs.")
@speaking
def amt_emulator(**options: Any) -> None:
    """Run a marketplace on this machine that speaks the protocol of Mechanical Turk."""
    do("emulator:emulate", **options)


@affekt.command()
@click.argument("project", type=click.Path(), default="work")
@click.option("--deep", is_flag=True, help="Read everything and hold it against its checksum.")
@speaking
def doctor(**options: Any) -> None:
    """Examine the machine and a project folder, with a remedy for everything that is wrong."""
    do("machine:doctor", **options)


@affekt.group()
def replay() -> None:
    """Do again, offline, what somebody once did."""


@replay.command("paper")
@click.argument("folder", type=click.Path(), default="replay")
@click.option("--items", type=int, default=90_000, help="Pictures; fewer in the same shares.")
@click.option("--candidates", type=click.IntRange(5), default=1_000, help="Who take the test.")
@click.option("--seed", type=int, default=2016, help="Of everything.")
@speaking
def replay_paper(**options: Any) -> None:
    """Run the 2016 paper's crowd step against the local marketplace, and compare the numbers."""
    do("replay:paper", **options)


@affekt.command()
@click.argument("folder", type=click.Path())
@click.option("--to", metavar="FOLDER", help="Where pictures go; else beside it, -hydrated.")
@click.option("--contact", metavar="MAIL", help="Yours, for servers that want to complain.")
@click.option("--plan", "plan", metavar="PLAN", help="Its [fetch] and its list of what is removed.")
@click.option("--forgotten", metavar="LIST", help="A list of what was removed or withdrawn.")
@click.option(
    "--same", is_flag=True, help="Look at other bytes; keep those of the same look apart."
)
@click.option("--again", is_flag=True, help="Ask once more for all that is not exact.")
@click.option("--skip-sources", is_flag=True, help="Ask no source for licences and opt-outs.")
@click.option("--dry-run", is_flag=True, help="Show what would be fetched; no network, no write.")
@speaking
def hydrate(**options: Any) -> None:
    """Fetch what a release does not ship, and tell what is left of it. Run it again to go on."""
    do("hydration:fill", **options)


@affekt.group()
def release() -> None:
    """Look at releases."""


@release.command("check")
@click.argument("folder", type=click.Path())
@speaking
def release_check(**options: Any) -> None:
    """Check any release folder, or an export of one; needs no project."""
    do("machine:release_check", **options)


@release.command("diff")
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@speaking
def release_diff(**options: Any) -> None:
    """Compare two release folders, picture by picture, and tell the least step of version."""
    do("releases:diff", **options)


affekt.add_command(crowd)


def main() -> None:
    """Run the command line and leave with its exit code."""
    import_module("affekt.cli.exits").run(affekt)
