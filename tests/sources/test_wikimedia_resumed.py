"""Collecting from Commons, cut off at any call and gone on with."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from affekt.errors import SourceError
from affekt.stages.collect import Collect
from affekt.tables import FOUND
from affekt.taxonomy import Emotion, Taxonomy
from tests.servers.wikimedia import MANNERS, Commons, Quirks, some, source_at
from tests.stages.test_collect import desk_at

TWO = Taxonomy(name="two", emotions=(Emotion(name="fear"), Emotion(name="awe")))
N_CALLS = 18  # that an undisturbed run makes


@pytest.fixture
def wiki() -> Iterator[Commons]:
    """A wiki that tells each batch in several answers."""
    wiki = Commons(some(48), Quirks(infos=2, categories=3, turns=True))
    with wiki.server:
        yield wiki


def collected(wiki: Commons, project: Path) -> pl.DataFrame:
    stage = Collect(sources=(source_at(wiki),), taxonomy=TWO, fetch=MANNERS)
    table = stage.run(desk_at(project)).table
    assert isinstance(table, pl.DataFrame)
    return FOUND.conform(table, "test").drop("found_at")


def asked_once(wiki: Commons) -> bool:
    return len({str(sorted(one.items())) for one in wiki.asked}) == len(wiki.asked)


def test_an_undisturbed_run_asks_everything_once(wiki: Commons, tmp_path: Path) -> None:
    found = collected(wiki, tmp_path)
    assert sorted(found["source_id"]) == sorted(
        str(file.number) for file in wiki.files if file.words.split()[1] in ("fear", "awe")
    )
    assert wiki.calls == len(wiki.asked) == N_CALLS
    assert asked_once(wiki)


@pytest.mark.parametrize("call", range(1, N_CALLS + 1))
def test_a_run_cut_off_at_any_call_ends_as_an_undisturbed_one(
    wiki: Commons, tmp_path: Path, call: int
) -> None:
    """B11: no page is asked twice and none is left out."""
    wiki.faults[call] = "403"
    with pytest.raises(SourceError):
        collected(wiki, tmp_path / "cut")
    cut = collected(wiki, tmp_path / "cut")
    assert len(wiki.asked) == N_CALLS
    assert asked_once(wiki)
    assert cut.equals(collected(wiki, tmp_path / "whole"))


SCRIPT = """
import sys
from pathlib import Path
from affekt.sources.wikimedia import Wikimedia
from affekt.stages.collect import Collect
from tests.servers.wikimedia import MANNERS
from tests.sources.test_wikimedia_resumed import TWO
from tests.stages.test_collect import desk_at
source = Wikimedia(base=sys.argv[2], per_page=4, gap_seconds=0.0)
Collect(sources=(source,), taxonomy=TWO, fetch=MANNERS).run(desk_at(Path(sys.argv[1])))
"""


@pytest.mark.slow
@pytest.mark.parametrize("call", [1, 8, N_CALLS])
def test_a_killed_process_ends_as_an_undisturbed_one(
    wiki: Commons, tmp_path: Path, call: int
) -> None:
    """B11, D3: what was not on disk is asked again, once; everything else is not."""
    children: list[subprocess.Popen[bytes]] = []
    wiki.before = lambda number: (
        os.kill(children[0].pid, signal.SIGKILL) if number == call else None
    )
    script = [sys.executable, "-c", SCRIPT, str(tmp_path / "cut"), wiki.base]
    children.append(subprocess.Popen(script, cwd=Path(__file__).parents[2]))
    assert children[0].wait() == -signal.SIGKILL
    wiki.before = lambda _: None
    cut = collected(wiki, tmp_path / "cut")
    assert len(wiki.asked) == N_CALLS + 1
    assert cut.equals(collected(wiki, tmp_path / "whole"))
