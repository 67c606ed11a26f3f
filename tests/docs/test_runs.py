"""What the docs show can be read by the plan, parsed by the command line, and run (C19)."""

import re
import shlex
import tomllib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlparse

import click
import pytest

from affekt import plan
from affekt.cli import affekt
from tests.cli import run
from tests.docs.pages import PAGES, ROOT, Block, blocks, commands, name_of

# What a fragment of a plan leaves out.
REST = {
    "collect": '[collect]\nsources = ["generated"]\n',
    "sample": "[sample]\nper_emotion = 4\n",
    "verify": '[verify]\ncrowd = "simulated"\n',
    "decide": '[decide]\nrule = "majority"\n',
    "release": '[release]\nname = "shown"\n',
}
# First words of lines that are not ours.
FOREIGN = {"make", "pip", "git", "cd", ".venv-test/bin/python", "apt-get"}
ELSEWHERE = {"affekt demo"}  # takes minutes; `make demo` runs it
HOSTS = {
    "keepachangelog.com", "semver.org", "github.com", "www.apache.org", "creativecommons.org",
    # of the sources that are online, and of their terms
    "api.flickr.com", "www.flickr.com", "graph.facebook.com", "developers.facebook.com",
    "api.openverse.org", "docs.openverse.org", "commons.wikimedia.org", "wikitech.wikimedia.org",
    "foundation.wikimedia.org",
    # of this machine, and of nobody
    "127.0.0.1", "study.example.org",
}  # fmt: skip
CONSOLE = blocks("console")
LINES = [(block, line) for block in CONSOLE for line in commands(block)]
OURS = [(block, line) for block, line in LINES if line.startswith("affekt ")]
FIRST = "README.md"
PREPARED = "docs/predicting.md"  # needs pictures and a net; tests/predicting/test_page.py runs it
RUN = sorted({block.page for block, _ in OURS})


def ids(pairs: list[tuple[Block, str]]) -> list[str]:
    return [f"{block}-{line}" for block, line in pairs]


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_a_plan_that_is_shown_is_sound(block: Block, tmp_path: Path) -> None:
    given = tomllib.loads(block.text)
    is_bench_only = set(given) <= {"bench", "seed", "title"} and "release" not in str(given)
    rest = [] if is_bench_only else [text for name, text in REST.items() if name not in given]
    (tmp_path / "plan.toml").write_text("\n".join([block.text, *rest]), encoding="utf-8")
    assert plan.read(tmp_path / "plan.toml")


@pytest.mark.parametrize(("block", "line"), OURS, ids=ids(OURS))
def test_a_command_that_is_shown_is_understood(block: Block, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = affekt
    context = click.Context(affekt, info_name="affekt")
    while isinstance(command, click.Group):
        _, inner, words = command.resolve_command(context, words)
        assert inner is not None
        command = inner
    command.make_context("affekt", words, parent=context)


@pytest.mark.parametrize(("block", "line"), LINES, ids=ids(LINES))
def test_a_line_that_is_shown_is_ours_or_well_known(block: Block, line: str) -> None:
    first, *rest = shlex.split(line, comments=True)
    assert first in {"affekt", *FOREIGN}
    targets = re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert first != "make" or rest[0] in targets


def run_page(page: str, affekt: Callable[..., run.Ran]) -> None:
    """A line that says ``# ends with 3`` must end so, every other one with 0."""
    for line in [line for block, line in OURS if block.page == page and line not in ELSEWHERE]:
        wanted = re.search(r"# ends with (\d+)", line)
        ran = affekt(*shlex.split(line, comments=True)[1:])
        assert ran.code == int(wanted[1] if wanted else 0), f"{line}\n{ran.out}\n{ran.err}"


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in RUN if page not in (FIRST, PREPARED)])
def test_the_commands_of_a_page_run_one_after_the_other(page: str, tmp_path: Path) -> None:
    run_page(page, partial(run.here, cwd=tmp_path))


@pytest.mark.slow
def test_the_commands_of_the_first_page_run_as_a_shell_runs_them(tmp_path: Path) -> None:
    run_page(FIRST, partial(run.affekt, cwd=tmp_path))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if urlparse(target).scheme:
            assert urlparse(target).hostname in HOSTS
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_no_page_names_a_foreign_host_or_looks_unfinished(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    hosts = {urlparse(found).hostname for found in re.findall(r"https?://[^\s)>\]]+", text)}
    assert hosts <= HOSTS
    assert not re.search(r"\b(TODO|TBD|FIXME|XXX|lorem)\b|coming soon|%%", text, re.IGNORECASE)
    assert not re.search(r"(?<![\w./])/(work|tmp|root|home)/", text)
